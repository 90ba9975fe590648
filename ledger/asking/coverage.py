"""Where mandates overlap, and what nobody may decide where it belongs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ledger.aggregates.authority import nearest, walk
from ledger.aggregates.chain import bounds
from ledger.aggregates.verdict import Ask, Asker
from ledger.asking.held import held
from ledger.projections.ownership import responsibility
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.aggregates.verdict import Link
    from ledger.asking.view import View

    Row = dict[str, object]


class _Claim(NamedTuple):
    """A responsibility whose holder may decide a type; `above` are the ids of those it lies in."""

    responsibility: str
    code: str
    holder: str
    above: frozenset[str]
    scope: frozenset[str] | None
    source: int


def overlaps(view: View) -> Iterator[Row]:
    """L32: types that holders in several branches may decide, by type.

    Who stands above another on the same branch does not overlap with them, nor do mandates for different scopes. A
    type stands here as the mandates name it, so that `purchase/*` there and `purchase/vehicle` here overlap in the
    narrower.
    """
    claims: dict[str, list[_Claim]] = {}
    for row in held(view):
        chain = view.chain(row["stream"])
        if not chain:
            continue
        limits = bounds(chain)
        claim = _Claim(
            row["stream"],
            row["code"],
            row["holder"],
            frozenset(link.responsibility for link in chain[:-1]),
            limits.scope,
            row["source"],
        )
        for pattern in chain[-1].decides or (limits.types[-1] if limits.types else ("*",)):
            claims.setdefault(pattern, []).append(claim)
    for pattern in sorted(claims):
        wider = {each for name in _covering(pattern) for each in claims.get(name, ())}
        inner = {each for claim in wider for each in claim.above}
        meeting = _meeting([claim for claim in wider if claim.responsibility not in inner])
        if len(meeting) > 1:
            meeting.sort(key=lambda claim: claim.code)
            yield {
                "decision_type": pattern,
                "responsibilities": [claim.code for claim in meeting],
                "holders": [claim.holder for claim in meeting],
                "explain": [claim.source for claim in meeting],
            }


def gaps(view: View) -> Iterator[Row]:
    """L32: types that belong to a responsibility and that nobody who holds it may decide, by type and code.

    `nearest_ancestor` is the responsibility closest above whose holder may decide it alone; None where nobody may.
    """
    query = (
        select(responsibility.c.stream, responsibility.c.source)
        .where(at(responsibility, view.at, view.known), responsibility.c.decides != "")
        .order_by(responsibility.c.code)
    )
    rows: list[Row] = []
    for stream, source in list(view.connection.execute(query)):
        chain = view.chain(stream)
        for pattern in chain[-1].decides if chain else ():
            why = _gap(view, chain, pattern)
            if why is not None:
                found = nearest(chain[:-1], _ask(pattern), view)
                rows.append(
                    {
                        "decision_type": pattern,
                        "nearest_ancestor": found[1].chain[-1].code if found else None,
                        "who": found[0] if found else None,
                        "code": chain[-1].code,
                        "responsibility": stream,
                        "why": why,
                        "explain": [source],
                    }
                )
    yield from sorted(rows, key=lambda row: (str(row["decision_type"]), str(row["code"])))


def _gap(view: View, chain: tuple[Link, ...], pattern: str) -> str | None:
    """Why the holder of the last link may not decide it; None where they may."""
    holding = chain[-1].holding
    if holding is None:
        return "vacant"
    verdict = walk(chain, Asker(holding.holder), _ask(pattern), view)
    return None if verdict.no is None else f"{verdict.no}: {verdict.dimension} {verdict.limit} at {verdict.link}"


def _ask(pattern: str) -> Ask:
    """A decision of that type; of `purchase/*`, one of the type that it begins with."""
    return Ask(pattern.removesuffix("/*"))


def _covering(pattern: str) -> Iterator[str]:
    """Every pattern that covers this one, itself among them."""
    yield pattern
    if pattern != "*":
        yield "*"
    plain = pattern.removesuffix("/*")
    if plain == pattern:
        yield f"{plain}/*"
    while "/" in plain:
        plain = plain.rpartition("/")[0]
        yield f"{plain}/*"


def _meeting(claims: list[_Claim]) -> list[_Claim]:
    """Those whose scope meets that of another; without a scope a mandate is for all of them."""
    everywhere = sum(claim.scope is None for claim in claims)
    labels = Counter(label for claim in claims for label in claim.scope or ())
    scoped = sum(claim.scope is not None for claim in claims)
    return [
        claim
        for claim in claims
        if (
            everywhere + scoped > 1
            if claim.scope is None
            else everywhere or any(labels[each] > 1 for each in claim.scope)
        )
    ]
