"""May somebody decide this, who could, and why was a decision theirs to make?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.aggregates.authority import nearest, walk
from ledger.aggregates.verdict import DUTIES, Ask, Asker, Link, Verdict
from ledger.asking.decisions import decision_row
from ledger.asking.names import decision_by, member_by, responsibility_by
from ledger.errors import NotFound
from ledger.events.decision import AuthorityProof, Check, DecisionMade
from ledger.projections.ownership import holding, offer, stand_in
from ledger.projections.temporal import at, known_at
from ledger.rules.roads import roads
from ledger.values import ROOT, covered, responsibility_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.asking.view import View
    from ledger.events.responsibility import Mandate

    Row = dict[str, object]

# A no that came further down the walk says more than one that fell at the first step.
_CLOSENESS = ("never granted", "ended", "not accepted", "reserved", "limit passed", "conflicted")


def verdict_in(view: View, id_: str, handle: str, ask: Ask) -> Verdict:
    """The walk to one responsibility, fed from the views. Raises NotFound where it is not defined then."""
    chain = view.chain(id_)
    if not chain:
        raise NotFound("name.unknown", "There is no {what} {name} at that moment.", what="responsibility", name=id_)
    return walk(chain, _asker(view, handle), ask, view)


def can(view: View, handle: str, ask: Ask, code: str | None = None) -> Row:
    """L5: the verdict, and with a no where it stops, who is nearest, and the roads out.

    Raises NotFound for a responsibility that is not defined at that moment.
    """
    member_by(view.connection, handle)
    where = _candidates(view, handle) if code is None else [responsibility_by(view.connection, code)]
    verdicts: list[Verdict] = []
    for id_ in where:
        if code is not None or view.chain(id_):
            verdicts.append(verdict_in(view, id_, handle, ask))
            if _plain_yes(verdicts[-1]):
                break
    if not verdicts:
        verdicts = [verdict_in(view, responsibility_id(ROOT), handle, ask)]
    best = min(verdicts, key=_unfavourable)
    near = nearest(best.chain, ask, view) if best.no else None
    return {
        "verdict": "no" if best.no else "yes",
        "kind": best.no,
        "in": best.chain[-1].code,
        "as": best.seat.capacity if best.seat else None,
        "link": best.link,
        "dimension": best.dimension,
        "limit": best.limit,
        "asked": best.asked,
        "must_first": [f"{duty.kind} {duty.member}" for duty in best.duties if duty.before],
        "afterwards": [f"{duty.kind} {duty.member}" for duty in best.duties if not duty.before],
        "together_with": sorted(best.seat.together_with) if best.seat and not best.no else [],
        "warnings": ["away at that moment"] if any(check.result == "warning" for check in best.checks) else [],
        "nearest": near[0] if near else None,
        "nearest_in": near[1].chain[-1].code if near else None,
        "nearest_must_first": [f"{duty.kind} {duty.member}" for duty in near[1].duties if duty.before] if near else [],
        "roads": list(roads(best, ask, handle, near[0] if near else None)),
    }


def who_can(view: View, ask: Ask) -> Iterator[Row]:
    """L4: everyone who may decide it, and where, by code; a branch whose mandate stops it is not followed further."""
    waiting = [responsibility_id(ROOT)]
    while waiting:
        id_ = waiting.pop()
        chain = view.chain(id_)
        if not chain:
            # Before the founding there is nothing yet.
            continue
        held = chain[-1].holding
        if held is not None:
            yield from _able(view, chain, ask, (held.holder, *held.stand_ins))
        if not _stops_below(chain[-1], ask):
            waiting += reversed(view.children(id_))


def why(view: View, name: str) -> Iterator[Row]:
    """L6: the proof stamped on a decision, step by step, and at the end whether it would be inside at that moment."""
    id_ = decision_by(view.connection, name)
    row = decision_row(view, id_)
    if row is None or row["made_position"] is None:
        raise NotFound("decision.not_made", "{decision} was not made by then.", decision=id_)
    position = int(str(row["made_position"]))
    for step in _steps(view, row, id_, _proof(view, position)):
        yield {**step, "explain": [position]}


def _steps(view: View, row: Row, id_: str, proof: AuthorityProof) -> Iterator[Row]:
    codes = {link.responsibility: link.code for link in proof.chain}
    for step, link in enumerate(proof.chain, 1):
        tests = [
            check
            for check in proof.checks
            if check.responsibility == link.responsibility and check.dimension not in DUTIES
        ]
        failed = [check for check in tests if check.result == "no"]
        yield {
            "step": step,
            "responsibility": link.code,
            "holder": link.holder,
            "mandate": _mandate_words(link.mandate),
            "check": "; ".join(_check_words(check) for check in tests) or "bounds nothing here",
            "result": "no" if failed else "ok",
        }
    step = len(proof.chain)
    made_by = f"{row['by']} as {proof.capacity}" if proof.capacity else f"{row['by']} without a mandate"
    acting = f" for {row['acting_for']}" if row["acting_for"] else ""
    yield _step(step + 1, codes[proof.responsibility], str(row["by"]), f"made by {made_by}{acting}", proof.verdict)
    for number, duty in enumerate((check for check in proof.checks if check.dimension in DUTIES), step + 2):
        yield _step(
            number,
            codes[proof.responsibility],
            duty.limit,
            f"{duty.dimension} {duty.limit} ({duty.asked})",
            duty.result,
        )
    yield _today(view, row, id_)


def _proof(view: View, position: int) -> AuthorityProof:
    """The proof that stands in the log: a view could say anything."""
    event = view.log.read(position - 1, 1)[0].entry.event
    assert isinstance(event, DecisionMade)  # noqa: S101 - the row says that this entry made the decision
    return event.authority


def _today(view: View, row: Row, id_: str) -> Row:
    ask = ask_of(row)
    chain = view.chain(str(row["responsibility"]))
    if not chain:
        return _step(0, id_, None, "the same at the moment asked about", "no: the responsibility is no more")
    verdict = walk(chain, _asker(view, str(row["by"])), ask, view)
    result = f"no: {verdict.no} at {verdict.link}, {verdict.dimension} {verdict.limit}" if verdict.no else "inside"
    return {**_step(0, chain[-1].code, str(row["by"]), "the same at the moment asked about", result), "step": "now"}


def ask_of(row: Row) -> Ask:
    """What a decision asked for."""
    return Ask(
        type=str(row["type"]),
        amount=None if row["amount"] is None else Decimal(str(row["amount"])),
        scope=frozenset(str(row["scope"]).split()),
        one_way=bool(row["one_way"]),
    )


def _asker(view: View, handle: str) -> Asker:
    return Asker(handle, present=view.present(handle), absent=view.absent(handle))


def _candidates(view: View, handle: str) -> list[str]:
    """Responsibilities that the member holds, stands in for, is offered, or held before."""
    handles = {handle, *view.groups_of(handle)}
    held = select(holding.c.stream).where(
        holding.c.holder.in_(handles), known_at(holding, view.known), holding.c.valid_from <= timestamp(view.at)
    )
    offered = select(offer.c.stream).where(offer.c.to.in_(handles), at(offer, view.at, view.known))
    acting = select(stand_in.c.stream).where(stand_in.c.member.in_(handles), at(stand_in, view.at, view.known))
    found = {id_ for query in (held, offered, acting) for id_ in view.connection.execute(query).scalars()}
    return sorted(found)


def _plain_yes(verdict: Verdict) -> bool:
    """A yes for which nobody else is needed and nothing comes first: none is better, so there is no need to look on."""
    return _unfavourable(verdict) == (0, 0, 0)


def _unfavourable(verdict: Verdict) -> tuple[int, int, int]:
    """Smallest for the best answer: the yes that takes least before it, then the no that came furthest.

    What comes after a yes does not count: whom to report to is no ground to decide it elsewhere.
    """
    if verdict.no is None:
        together = len(verdict.seat.together_with) if verdict.seat else 0
        return (0, together, sum(duty.before for duty in verdict.duties))
    return (1, -_CLOSENESS.index(verdict.no), -len(verdict.checks))


def _able(view: View, chain: tuple[Link, ...], ask: Ask, who: Sequence[str]) -> Iterator[Row]:
    for handle in who:
        verdict = walk(chain, _asker(view, handle), ask, view)
        if verdict.no is not None or verdict.seat is None:
            continue
        yield {
            "member": handle,
            "as": verdict.seat.capacity,
            "responsibility": chain[-1].code,
            "verdict": "yes",
            "must_first": [f"{duty.kind} {duty.member}" for duty in verdict.duties if duty.before],
            "together_with": sorted(verdict.seat.together_with),
            "chain": [link.code for link in chain],
            "explain": [],
        }


def _stops_below(link: Link, ask: Ask) -> bool:
    """Whether nothing below the link can decide it, whoever holds it: its mandate is the ceiling."""
    if covered(ask.type, link.reserved) or (link.decides and not covered(ask.type, link.decides)):
        return True
    mandate = link.mandate
    if mandate is None:
        return False
    if mandate.amount is not None and ask.amount is not None and ask.amount > Decimal(mandate.amount):
        return True
    return mandate.types is not None and not covered(ask.type, mandate.types)


def _step(number: int, code: str, holder: str | None, check: str, result: str) -> Row:
    return {
        "step": number,
        "responsibility": code,
        "holder": holder,
        "mandate": None,
        "check": check,
        "result": result,
    }


def _check_words(check: Check) -> str:
    return f"{check.dimension} {check.limit}: {check.asked}"


def _mandate_words(mandate: Mandate | None) -> str | None:
    """What the mandate itself says, in a line; what it leaves out is the parent's."""
    if mandate is None:
        return None
    words = []
    for name, value in mandate.model_dump(mode="json", exclude_defaults=True).items():
        if name == "one_way":
            words.append("one-way too" if value else "two-way only")
        elif name == "levels":
            words += [f"level {level} for {pattern}" for pattern, level in value.items()]
        elif name not in {"conditions", "level"}:
            words.append(f"{name} {' '.join(value) if isinstance(value, list) else value}")
    words += [f"{each.kind} {each.member}" for each in mandate.conditions]
    return ", ".join([*words, f"level {mandate.level}"])
