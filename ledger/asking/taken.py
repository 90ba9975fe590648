"""What was taken back, revoked and handed back, and why: signs of how power is used above, not of those below."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.aggregates.mandate import reaches_beyond
from ledger.asking.held import code_of, terms_of
from ledger.asking.view import moment
from ledger.events.responsibility import Mandate
from ledger.projections.care import check_in, ending
from ledger.projections.decisions import decision
from ledger.projections.feedback import feedback
from ledger.projections.ownership import holding, offer, responsibility
from ledger.projections.temporal import at, known_at
from ledger.projections.upward import passing
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]

TALKED_WITHIN = timedelta(days=90)
_COUNTED = ("made", "called_in", "overruled", "referred_up", "revoked")
_KIND = {"called in": "called_in", "overruled": "overruled", "referred up": "referred_up"}


def taken_back(view: View, *, by_unit: bool = False) -> Iterator[Row]:
    """A35: how often the level above takes things back: one row, or one for each responsibility with others below it.

    `made` is what was decided in the responsibilities right below the unit; `called_in` and `overruled` what who holds
    it took, `referred_up` what was brought to it, `revoked` the delegations below it that were revoked. `share` is
    what was taken (called in or overruled) of what was made or called in; None where there was neither.
    """
    above = _parents(view)
    counts: dict[str, dict[str, list[int]]] = {}

    def count(unit: str | None, kind: str, source: int) -> None:
        if unit is not None:
            counts.setdefault(unit if by_unit else "", {name: [] for name in _COUNTED})[kind].append(source)

    made = select(decision.c.responsibility, decision.c.made_position).where(
        at(decision, view.at, view.known), decision.c.made_at.is_not(None)
    )
    for id_, position in view.connection.execute(made):
        count(above.get(id_), "made", position)
    for row in view.connection.execute(select(passing).where(at(passing, view.at, view.known))).mappings():
        count(row["upper"], _KIND[row["how"]], row["source"])
    for row in endings(view, "revoked"):
        count(above.get(row["stream"]), "revoked", row["source"])
    rows: list[Row] = []
    for unit, found in counts.items():
        taken = len(found["called_in"]) + len(found["overruled"])
        whole = len(found["made"]) + len(found["called_in"])
        rows.append(
            {
                "unit": code_of(view, unit) if unit else "all",
                **{name: len(sources) for name, sources in found.items()},
                "share": round(taken / whole, 3) if whole else None,
                "explain": sorted({source for sources in found.values() for source in sources}),
            }
        )
    yield from sorted(rows, key=lambda row: str(row["unit"]))


def revocations(view: View) -> Iterator[Row]:
    """A18: every delegation that was revoked, the earliest first.

    `check_ins_before` counts the check-ins of that delegation in the 90 days before it was said, `guidance_before` the
    guidance that the holder got from who revoked it; `notice` is the days from then until it took effect.
    """
    for row in endings(view, "revoked"):
        said, effective = moment(row["valid_from"]), moment(row["effective"])
        before = held_row(view, row["stream"], row["number"])
        yield {
            "responsibility": row["stream"],
            "code": code_of(view, row["stream"]),
            "holder": before["holder"] if before else None,
            "by": row["by"],
            "reason": row["reason"],
            "talked_first": bool(row["talked_first"]),
            "check_ins_before": len(check_ins_before(view, row["stream"], row["number"], said)),
            "guidance_before": len(guidance_before(view, row, before)),
            "notice": (effective - said).days,
            "revoked": said,
            "effective": effective,
            "explain": [row["source"]],
        }


def hand_backs(view: View) -> Iterator[Row]:
    """L31: every delegation that was handed back, the earliest first: what was lacking, and what was done since.

    `held_for` is in days.
    """
    for row in endings(view, "handed back"):
        before = held_row(view, row["stream"], row["number"])
        effective = moment(row["effective"])
        done, source = done_since(view, row, before)
        yield {
            "responsibility": row["stream"],
            "code": code_of(view, row["stream"]),
            "by": row["by"],
            "lacking": row["lacking"],
            "reason": row["reason"],
            "held_for": (effective - moment(before["held_since"])).days if before else None,
            "done": done,
            "handed_back": moment(row["valid_from"]),
            "delegator": before["delegator"] if before else None,
            "explain": [row["source"], *source],
        }


def check_ins_before(view: View, stream: str, number: int, said: datetime) -> list[int]:
    """The check-ins of a delegation in the 90 days before, by their positions."""
    query = select(check_in.c.source).where(
        check_in.c.stream == stream,
        check_in.c.number == number,
        at(check_in, view.at, view.known),
        check_in.c.valid_from >= timestamp(said - TALKED_WITHIN),
        check_in.c.valid_from <= timestamp(said),
    )
    return list(view.connection.execute(query).scalars())


def guidance_before(view: View, row: RowMapping, before: RowMapping | None) -> list[int]:
    """The guidance that the holder got from who revoked it, in the 90 days before, by its positions."""
    said = moment(row["valid_from"])
    query = select(feedback.c.given_position).where(
        at(feedback, view.at, view.known),
        feedback.c.kind == "guidance",
        feedback.c.giver == row["by"],
        feedback.c.to == (before["holder"] if before else None),
        feedback.c.given_at >= timestamp(said - TALKED_WITHIN),
        feedback.c.given_at <= timestamp(said),
    )
    return list(view.connection.execute(query).scalars())


def held_row(view: View, stream: str, number: int) -> RowMapping | None:
    """The last that is known of a delegation that was held."""
    query = (
        select(holding)
        .where(holding.c.stream == stream, holding.c.number == number, known_at(holding, view.known))
        .order_by(holding.c.valid_from.desc(), holding.c.id.desc())
        .limit(1)
    )
    return view.connection.execute(query).mappings().first()


def endings(view: View, how: str) -> Iterator[RowMapping]:
    query = (
        select(ending)
        .where(ending.c.how == how, at(ending, view.at, view.known))
        .order_by(ending.c.valid_from, ending.c.id)
    )
    yield from view.connection.execute(query).mappings()


def _parents(view: View) -> dict[str, str | None]:
    """The parent of each responsibility, at the moment or when it was last defined by then."""
    query = (
        select(responsibility.c.stream, responsibility.c.parent)
        .where(known_at(responsibility, view.known), responsibility.c.valid_from <= timestamp(view.at))
        .order_by(responsibility.c.valid_from, responsibility.c.id)
    )
    return {row.stream: row.parent for row in view.connection.execute(query)}


def done_since(view: View, row: RowMapping, before: RowMapping | None) -> tuple[str, list[int]]:
    """What came of a hand-back, and the entries behind that: the next offer and how it differs, or nothing yet."""
    following = _offered_next(view, row)
    if following is None:
        there = select(responsibility.c.id).where(
            responsibility.c.stream == row["stream"], at(responsibility, view.at, view.known)
        )
        return ("retired" if view.connection.execute(there).first() is None else "nothing yet"), []
    words = [f"offered to {following['to']}"]
    if before is not None:
        old, new = (Mandate.model_validate_json(each["mandate"]) for each in (before, following))
        words += ["with a wider mandate"] if reaches_beyond(old, new) else []
    resources = terms_of(view, row["stream"], following["number"]).resources
    more = [each for each in resources if each not in terms_of(view, row["stream"], row["number"]).resources]
    words += [f"with {', '.join(more)}"] if more else []
    return ", ".join(words), [following["source"]]


def _offered_next(view: View, row: RowMapping) -> RowMapping | None:
    """The delegation after the one that ended: its offer, or, where that was taken on in the same instant, itself."""
    offered, taken_on = (
        select(table.c.number, to.label("to"), table.c.mandate, table.c.source)
        .where(
            table.c.stream == row["stream"],
            table.c.number > row["number"],
            known_at(table, view.known),
            table.c.valid_from <= timestamp(view.at),
        )
        .order_by(table.c.number, table.c.valid_from, table.c.id)
        .limit(1)
        for table, to in ((offer, offer.c.to), (holding, holding.c.holder))
    )
    found = [
        each for query in (offered, taken_on) if (each := view.connection.execute(query).mappings().first()) is not None
    ]
    return min(found, key=lambda each: each["number"], default=None)
