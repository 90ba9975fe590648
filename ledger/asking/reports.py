"""What had to be reported to whom, and whether it was: by condition, by level, and for the list of a meeting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, select

from ledger.asking.held import code_of
from ledger.asking.names import member_by
from ledger.asking.owners import answers_for
from ledger.asking.view import moment
from ledger.events.responsibility import Mandate
from ledger.projections.connections import evidence
from ledger.projections.decisions import decision
from ledger.projections.numbers import number
from ledger.projections.ownership import holding
from ledger.projections.roads import duty, report
from ledger.projections.temporal import at, known_at
from ledger.values import responsibility_id, start_of, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]

WITHIN_DAYS = 30
"""How long a report may take where no condition says; a level says none."""
_CONDITION = "condition of "


class Due(NamedTuple):
    """A decision that is to be reported: its row with `to`, `rule` and `duty_source`, by when, and when it was."""

    row: RowMapping
    day: date
    reported: RowMapping | None


def due_reports(view: View, *only: ColumnElement[bool], waiting: bool = False) -> Iterator[Due]:
    """Every report that a decision made by the moment owes, the oldest first; with `waiting` only what was not made."""
    told = (
        select(report.c.id)
        .where(report.c.stream == duty.c.stream, report.c.to == duty.c.member, at(report, view.at, view.known))
        .order_by(report.c.valid_from, report.c.id)
        .limit(1)
        .correlate(duty)
        .scalar_subquery()
    )
    query = (
        select(decision, duty.c.member.label("to"), duty.c.rule, told.label("told"))
        .join(duty, and_(duty.c.stream == decision.c.stream, duty.c.kind == "report"))
        .where(at(decision, view.at, view.known), at(duty, view.at, view.known), *only)
        .order_by(decision.c.made_at, decision.c.stream, duty.c.member)
    )
    if waiting:
        query = query.where(told.is_(None))
    limits: dict[str, list[RowMapping]] = {}
    for row in view.connection.execute(query).mappings().all():
        reported = None
        if row["told"] is not None:
            reported = view.connection.execute(select(report).where(report.c.id == row["told"])).mappings().one()
        yield Due(row, moment(row["made_at"]).date() + timedelta(days=_within(view, row, limits)), reported)


def reports(view: View, *, late: bool = False) -> Iterator[Row]:
    """A12: what had to be reported to whom, the oldest first; with `late` only what came, or still is, after its day.

    `due` is as many days after the decision as its condition says, else 30. `days_late` is 0 for what was in time.
    """
    for row, day, reported in due_reports(view):
        when = None if reported is None else moment(reported["valid_from"])
        days = max(((when or view.at).date() - day).days, 0)
        if late and not days:
            continue
        yield {
            "decision": row["stream"],
            "title": row["title"],
            "by": row["by"],
            "rule": row["rule"],
            "due": day,
            "reported": when,
            "days_late": days,
            "to": row["to"],
            "meeting": reported["meeting"] if reported else None,
            "explain": [row["made_position"], *([reported["source"]] if reported else [])],
        }


def report_pack(view: View, body: str, meeting: date) -> Iterator[Row]:
    """A13: what a body is to be told at a meeting on that day, the oldest first.

    That is what had to be reported to it and was decided by the end of that day, urgent decisions in what it answers
    for among it, but for what was reported to it before that meeting.
    """
    member_by(view.connection, body)
    end = timestamp(start_of(meeting + timedelta(days=1)))
    owed = {
        str(row["stream"]): (row, reported)
        for row, _day, reported in due_reports(view, duty.c.member == body, decision.c.made_at < end)
    }
    urgent = select(decision).where(
        at(decision, view.at, view.known), decision.c.verdict == "urgent", decision.c.made_at < end
    )
    for row in view.connection.execute(urgent).mappings().all():
        chain = view.known_chain(row["responsibility"])
        if row["stream"] not in owed and body in {answers_for(chain), answers_for(chain[:-1])}:
            owed[row["stream"]] = (row, _told(view, row["stream"], body))
    for row, reported in sorted(owed.values(), key=lambda each: (str(each[0]["made_at"]), str(each[0]["stream"]))):
        if reported is not None and not _at_meeting(reported, meeting):
            continue
        yield {
            "number": _number(view, row["stream"]),
            "date": moment(row["made_at"]),
            "code": code_of(view, row["responsibility"]),
            "matter": row["title"],
            "decision": row["chosen"] or row["title"],
            "delegate": row["by"],
            "acting": row["acting_for"],
            "case": _case(view, row["stream"]),
            "id": row["stream"],
            "verdict": row["verdict"],
            "explain": [row["made_position"], *([reported["source"]] if reported else [])],
        }


def _within(view: View, row: RowMapping, limits: dict[str, list[RowMapping]]) -> int:
    """The days that the condition gives which the duty follows from, as the mandate stood when it was decided."""
    rule = str(row["rule"])
    if not rule.startswith(_CONDITION):
        return WITHIN_DAYS
    code = rule.removeprefix(_CONDITION)
    if code not in limits:
        query = select(holding).where(holding.c.stream == responsibility_id(code), known_at(holding, view.known))
        limits[code] = list(view.connection.execute(query).mappings())
    for each in limits[code]:
        if each["valid_from"] <= row["made_at"] < each["valid_until"]:
            conditions = Mandate.model_validate_json(each["mandate"]).conditions
            found = (one.within for one in conditions if (one.kind, one.member) == ("report", row["to"]))
            return next((days for days in found if days is not None), WITHIN_DAYS)
    return WITHIN_DAYS


def _told(view: View, stream: str, to: str) -> RowMapping | None:
    query = select(report).where(report.c.stream == stream, report.c.to == to, at(report, view.at, view.known))
    return view.connection.execute(query.order_by(report.c.valid_from).limit(1)).mappings().first()


def _at_meeting(reported: RowMapping, meeting: date) -> bool:
    """Whether it was told at that meeting: as the report says, else by the day it was made."""
    said: str | None = reported["meeting"]
    when: datetime = moment(reported["valid_from"])
    return meeting.isoformat() in said if said else when.date() >= meeting


def _number(view: View, stream: str) -> str | None:
    query = select(number.c.official).where(number.c.of == stream, at(number, view.at, view.known))
    found = view.connection.execute(query.order_by(number.c.id).limit(1)).scalar()
    return None if found is None else str(found)


def _case(view: View, stream: str) -> str | None:
    """Where the papers of the matter are: what was linked to it, in order."""
    query = select(evidence.c.label).where(evidence.c.stream == stream, at(evidence, view.at, view.known))
    labels = view.connection.execute(query.order_by(evidence.c.valid_from, func.lower(evidence.c.label))).scalars()
    return "; ".join(labels) or None
