"""Who owns what: by responsibility, by holder, by delegator; what is offered, vacant, or would be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from ledger.aggregates.chain import bounds
from ledger.aggregates.seats import people
from ledger.asking.care import how_it_goes
from ledger.asking.held import terms_of
from ledger.asking.names import member_by, responsibility_by
from ledger.asking.statements import latest_holding, taken_on_in
from ledger.asking.view import moment
from ledger.projections.members import absence, presence
from ledger.projections.ownership import holding, offer, responsibility, stand_in
from ledger.projections.temporal import ALWAYS, at, known_at
from ledger.values import FOREVER, ROOT, responsibility_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select

    from ledger.aggregates.verdict import Link
    from ledger.asking.view import View

    Row = dict[str, object]

_PAGE = 500


def who_owns(view: View, code: str | None = None, *, tree: bool = False, occupants: bool = False) -> Iterator[Row]:
    """L1, A19: every responsibility and who holds it, by code; or one; or as a tree, depth first."""
    if tree:
        yield from _tree(
            view, responsibility_by(view.connection, code) if code else responsibility_id(ROOT), 0, occupants
        )
        return
    query = _owned(view).order_by(responsibility.c.code)
    if code is not None:
        query = query.where(responsibility.c.stream == responsibility_by(view.connection, code))
    yield from _rows(view, query, occupants=occupants)


def holds(view: View, handle: str) -> Iterator[Row]:
    """L2: what a member holds, alone, through groups or as stand-in, and under which terms; nothing once they left."""
    member_by(view.connection, handle)
    if not view.present(handle):
        return
    holders = {handle, *view.groups_of(handle)}
    own = select(holding.c.stream, holding.c.holder).where(
        holding.c.holder.in_(holders), at(holding, view.at, view.known)
    )
    acting = select(stand_in.c.stream, stand_in.c.member).where(
        stand_in.c.member.in_(holders), at(stand_in, view.at, view.known)
    )
    rows: list[Row] = []
    for stream, holder in {*view.connection.execute(own), *view.connection.execute(acting)}:
        chain = view.chain(stream)
        if chain and (held := chain[-1].holding) and holder in {held.holder, *held.stand_ins}:
            rows.append(_terms(view, chain, acting_for=None if holder == held.holder else held.holder))
    yield from sorted(rows, key=lambda row: (str(row["code"]), str(row["acting_for"] or "")))


def delegated_by(view: View, handle: str) -> Iterator[Row]:
    """L3: what a member has delegated that is held now, and how it is going.

    `state` is what was said at the last check-in of that delegation; `support_asked` what its holder waits for.
    """
    member_by(view.connection, handle)
    query = select(holding.c.stream).where(holding.c.delegator == handle, at(holding, view.at, view.known))
    chains = (view.chain(stream) for stream in set(view.connection.execute(query).scalars()))
    rows = [_terms(view, chain) for chain in chains if chain and _delegator(chain[-1]) == handle]
    going = how_it_goes(view, {str(row["responsibility"]) for row in rows})
    for row in sorted(rows, key=lambda row: str(row["code"])):
        yield {**row, **going[str(row["responsibility"])], "explain": row["explain"]}


def _delegator(link: Link) -> str | None:
    return link.holding.delegator if link.holding else None


def offers(view: View) -> Iterator[Row]:
    """L9: offers that wait for an answer, the oldest first."""
    query = (
        select(offer, responsibility.c.code, responsibility.c.title)
        .join(responsibility, and_(responsibility.c.stream == offer.c.stream, at(responsibility, view.at, view.known)))
        .where(at(offer, view.at, view.known))
        .order_by(offer.c.valid_from, responsibility.c.code, offer.c.number)
    )
    for row in view.connection.execute(query).mappings():
        offered = moment(row["valid_from"])
        yield {
            "responsibility": row["stream"],
            "code": row["code"],
            "title": row["title"],
            "to": row["to"],
            "by": row["delegator"],
            "since": offered,
            "days": (view.at - offered).days,
            "review_on": row["review_on"],
            "delegation": row["number"],
            "readiness_gaps": list(terms_of(view, row["stream"], row["number"]).gaps),
            "explain": [row["source"]],
        }


def vacant(view: View) -> Iterator[Row]:
    """L7: what nobody holds, since when, and who answers for it."""
    query = _owned(view).order_by(responsibility.c.code)
    for row in _rows(view, query, occupants=False):
        if row["holder"] is not None:
            continue
        chain = view.known_chain(str(row["responsibility"]))
        leaf = chain[-1]
        yield {
            "responsibility": leaf.responsibility,
            "code": leaf.code,
            "title": leaf.title,
            "vacant_since": leaf.former[1] if leaf.former else _defined_since(view, leaf.responsibility),
            "last_holder": leaf.former[0] if leaf.former else None,
            "cause": leaf.former[2] if leaf.former else "offered" if leaf.offered_to else "never held",
            "answers": answers_for(chain),
            "explain": row["explain"],
        }


def vacant_within(view: View, until: datetime) -> Iterator[Row]:
    """L8: what loses its holder before `until`, by the end of the mandate, by leaving, or for a while by absence."""
    edge = timestamp(until)
    for row in _rows(view, _owned(view).order_by(responsibility.c.code), occupants=False):
        holder, end = row["holder"], row["until"]
        if holder is None:
            continue
        away = select(func.min(absence.c.valid_from)).where(
            absence.c.member == holder,
            known_at(absence, view.known),
            absence.c.valid_from < edge,
            absence.c.valid_until > timestamp(view.at),
        )
        absent = view.connection.execute(away).scalar()
        if isinstance(end, datetime) and end < until:
            cause, day = str(row["ends_by"]), end
        elif absent is not None:
            cause, day = "absence", moment(absent)
        else:
            continue
        yield {
            "responsibility": row["responsibility"],
            "code": row["code"],
            "title": row["title"],
            "holder": holder,
            "cause": cause,
            "date": day,
            "stand_in": row["stand_in"],
            "explain": row["explain"],
        }


def _owned(view: View) -> Select[*tuple[Any, ...]]:
    """One row per responsibility at the moment, with the holding that is live and its holder's stay beside it."""
    parent = responsibility.alias("parent")
    substitutes = (
        select(func.aggregate_strings(stand_in.c.member, " "))
        .where(
            stand_in.c.stream == holding.c.stream,
            stand_in.c.number == holding.c.number,
            at(stand_in, view.at, view.known),
        )
        .correlate(holding)
        .scalar_subquery()
    )
    later = holding.alias("later")
    end = (
        select(func.max(later.c.valid_until))
        .where(later.c.stream == holding.c.stream, later.c.number == holding.c.number, known_at(later, view.known))
        .correlate(holding)
        .scalar_subquery()
    )
    then = timestamp(view.at)
    live = and_(holding.c.id == latest_holding(then, view.known), holding.c.valid_until > then)
    stay = and_(taken_on_in(holding, presence, view.known), presence.c.valid_until > then)
    return (
        select(
            responsibility.c.stream.label("responsibility"),
            responsibility.c.code,
            responsibility.c.title,
            responsibility.c.source.label("defined_by"),
            parent.c.code.label("parent"),
            holding.c.holder,
            holding.c.level,
            holding.c.held_since,
            end.label("until"),
            holding.c.source.label("held_by"),
            presence.c.kind,
            presence.c.valid_until.label("gone"),
            substitutes.label("stand_in"),
        )
        .select_from(responsibility)
        .outerjoin(parent, and_(parent.c.stream == responsibility.c.parent, at(parent, view.at, view.known)))
        .outerjoin(holding, live)
        .outerjoin(presence, stay)
        .where(at(responsibility, view.at, view.known))
    )


def _rows(view: View, query: Select[*tuple[Any, ...]], *, occupants: bool) -> Iterator[Row]:
    """The answers, streamed: memory does not grow with the ledger."""
    with view.connection.execution_options(yield_per=_PAGE).execute(query) as result:
        for row in result.mappings():
            held = row["gone"] is not None
            until = min(row["gone"], row["until"]) if held else None
            answer: Row = {
                "responsibility": row["responsibility"],
                "code": row["code"],
                "title": row["title"],
                "holder": row["holder"] if held else None,
                "kind": row["kind"] if held else None,
                "level": row["level"] if held else None,
                "since": moment(row["held_since"]) if held else None,
                "until": None if until in {None, ALWAYS} else moment(str(until)),
                "stand_in": " ".join(sorted((row["stand_in"] or "").split())) or None if held else None,
                "parent": row["parent"],
                "ends_by": "leaving" if held and row["gone"] < row["until"] else "expiry",
                "explain": [row["defined_by"], *([row["held_by"]] if held else [])],
            }
            if occupants:
                group = held and row["kind"] == "group"
                answer["occupants"] = sorted(people(row["holder"], view)) if group else []
            yield answer


def _tree(view: View, id_: str, depth: int, occupants: bool) -> Iterator[Row]:  # noqa: FBT001 - passed on
    for row in _rows(view, _owned(view).where(responsibility.c.stream == id_), occupants=occupants):
        yield {**row, "depth": depth}
    for child in view.children(id_):
        yield from _tree(view, child, depth + 1, occupants)


def _terms(view: View, chain: tuple[Link, ...], acting_for: str | None = None) -> Row:
    """What the holder of the last link may do, the chain's bounds included."""
    leaf = chain[-1]
    held = leaf.holding
    assert held is not None  # noqa: S101 - callers look first
    limits = bounds(chain)
    row = view.row(leaf.responsibility)
    terms = terms_of(view, leaf.responsibility, held.delegation)
    return {
        "responsibility": leaf.responsibility,
        "code": leaf.code,
        "title": leaf.title,
        "holder": held.holder,
        "level": held.mandate.level,
        "types": list(limits.types[-1]) if limits.types else ["*"],
        "amount": None if limits.amount is None else str(limits.amount),
        "conditions": [f"{each.kind}:{each.member}" for each in limits.conditions],
        "since": held.since,
        "until": None if held.until == FOREVER else held.until,
        "review_on": row["review_on"] if row else None,
        "check_in_every": row["check_in_every"] if row else None,
        "delegator": held.delegator,
        "resources": list(terms.resources),
        "delegator_duties": list(terms.delegator_duties),
        "acting_for": acting_for,
        "explain": [row["source"]] if row else [],
    }


def answers_for(chain: tuple[Link, ...]) -> str | None:
    """Who answers for the last link: its holder, or the nearest live ancestor's."""
    return next((link.holding.holder for link in reversed(chain) if link.holding), None)


def _defined_since(view: View, id_: str) -> datetime:
    query = (
        select(responsibility.c.valid_from, responsibility.c.valid_until)
        .where(
            responsibility.c.stream == id_,
            known_at(responsibility, view.known),
            responsibility.c.valid_from <= timestamp(view.at),
        )
        .order_by(responsibility.c.valid_from.desc())
    )
    since = ""
    for start, end in view.connection.execute(query):
        if since and end != since:
            break
        since = start
    return moment(since)
