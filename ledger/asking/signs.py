"""The signs in a leader's mirror: what each is called, how it is computed, and from which entries.

To add some, write functions from (view, member, span) to a Reading in a module of their own, and add its signs to
SIGNS below.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, select

from ledger.asking.care import promised
from ledger.asking.feedback_signs import FEEDBACK_SIGNS
from ledger.asking.road_signs import ROAD_SIGNS
from ledger.asking.sign import Reading, Sign, Span, share, within
from ledger.asking.taken import check_ins_before, done_since, endings, guidance_before, held_row
from ledger.asking.view import moment
from ledger.projections.care import check_in, mandate_change, support
from ledger.projections.decisions import decision
from ledger.projections.ownership import holding
from ledger.projections.temporal import at, known_at
from ledger.projections.upward import passing
from ledger.values import ROOT, responsibility_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, RowMapping, Table

    from ledger.asking.view import View

_A_MOMENT: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
# Founders gave the root to whoever holds it, often themselves: that is no leading.
_ROOT_ID: Final = responsibility_id(ROOT)


def _taken_back(view: View, me: str, span: Span) -> Reading:
    made = select(decision.c.made_position).where(
        at(decision, view.at, view.known),
        _mine_then(view, me, decision.c.responsibility, decision.c.made_at),
        within(decision.c.made_at, span),
    )
    count = len(list(view.connection.execute(made)))
    undone = _sources(view, passing, span, passing.c.how == "overruled", passing.c.by == me)
    return share(undone, count)


def _taken_or_brought(view: View, me: str, span: Span) -> Reading:
    taken = _sources(view, passing, span, passing.c.how == "called in", passing.c.by == me)
    brought = _sources(
        view,
        passing,
        span,
        passing.c.how == "referred up",
        _mine_then(view, me, passing.c.lower, passing.c.valid_from),
    )
    value = f"{len(taken)} called in, {len(brought)} brought" if taken or brought else None
    return Reading(value, (*taken, *brought))


def _widened(view: View, me: str, span: Span) -> Reading:
    ways = {
        way: _sources(view, mandate_change, span, mandate_change.c.by == me, mandate_change.c.direction == way)
        for way in ("widened", "narrowed", "mixed")
    }
    rows = tuple(source for sources in ways.values() for source in sources)
    return Reading(", ".join(f"{len(each)} {way}" for way, each in ways.items()) if rows else None, rows)


def _unplanned(view: View, me: str, span: Span) -> Reading:
    mine = _mine(view, me, check_in)
    every = _sources(view, check_in, span, mine)
    wanted = _sources(view, check_in, span, mine, check_in.c.planned.is_(False), check_in.c.asked_by == me)
    return share(wanted, len(every))


def _kept(view: View, me: str, span: Span) -> Reading:
    due, kept, rows = 0, 0, list[int]()
    for row in _delegated(view, me):
        since = max(moment(row["held_since"]), span.since)
        until = min(_ended(view, row), span.until + _A_MOMENT)
        if row["check_in_every"] is None or until <= since:
            continue
        # A promise falls due in the span where the rhythm, from the beginning on, says so.
        start = moment(row["held_since"]).date()
        every = row["check_in_every"]
        wanted = promised(start, until.date(), every) - promised(start, since.date(), every)
        number = and_(check_in.c.stream == row["stream"], check_in.c.number == row["number"])
        held_then = _sources(view, check_in, Span(since - _A_MOMENT, until), number)
        due += wanted
        kept += min(wanted, len(held_then))
        rows += held_then
    return Reading(f"{kept} of {due}" if due else None, tuple(rows))


def _answered(view: View, me: str, span: Span) -> Reading:
    asked = list(
        view.connection.execute(
            select(support).where(
                at(support, view.at, view.known),
                support.c.of == me,
                support.c.asked_at <= timestamp(span.until),
            )
        ).mappings()
    )
    given = [row for row in asked if row["given_at"] and span.since < moment(row["given_at"]) <= span.until]
    waits = [row for row in asked if row["given_at"] is None or moment(row["given_at"]) > span.until]
    days = [(moment(row["given_at"]) - moment(row["asked_at"])) / _DAY for row in given]
    words = [f"{median(days):.1f} days, the median of {len(days)}"] if days else []
    words += [f"{len(waits)} waiting"] if waits else []
    return Reading("; ".join(words) or None, tuple(row["source"] for row in (*given, *waits)))


def _revoked(view: View, me: str, span: Span) -> Reading:
    revoked = [row for row in endings(view, "revoked") if row["by"] == me and _in(row, span)]
    silent = [
        row["source"]
        for row in revoked
        if not row["talked_first"]
        or not (
            check_ins_before(view, row["stream"], row["number"], moment(row["valid_from"]))
            or guidance_before(view, row, held_row(view, row["stream"], row["number"]))
        )
    ]
    return share(tuple(silent), len(revoked))


def _handed_back(view: View, me: str, span: Span) -> Reading:
    mine = {(row["stream"], row["number"]): row for row in _delegated(view, me)}
    back = [row for row in endings(view, "handed back") if (row["stream"], row["number"]) in mine and _in(row, span)]
    lacking = [row for row in back if row["lacking"] in {"authority", "resources"}]
    answered = [row for row in lacking if ", with " in done_since(view, row, mine[row["stream"], row["number"]])[0]]
    value = f"{len(lacking)} of {len(back)}, {len(answered)} answered" if back else None
    return Reading(value, tuple(row["source"] for row in lacking))


SIGNS: Final = (
    Sign("taken back", "overruled by me ÷ made in what I delegated", _taken_back),
    Sign(
        "called in against referred up",
        "matters that I called in, beside those that were brought up from what I delegated",
        _taken_or_brought,
    ),
    Sign("widened against narrowed", "changes of mandates by me, by direction", _widened),
    Sign(
        "unplanned check-ins I asked for",
        "check-ins that were not planned and that I asked for ÷ all in what I delegated",
        _unplanned,
    ),
    Sign(
        "promised check-ins kept",
        "check-ins held ÷ promised by the agreed rhythm, in what I delegated; more than promised counts as promised",
        _kept,
    ),
    Sign("support answered", "median days from asked of me to given, and what still waits", _answered),
    Sign(
        "revoked without talk",
        "revoked by me without talk first, or with no check-in and no guidance in the 90 days before ÷ all I revoked",
        _revoked,
    ),
    Sign(
        "handed back for lack of authority or resources",
        "of what I delegated and was handed back; answered where the next offer had a wider mandate or more resources",
        _handed_back,
    ),
    *ROAD_SIGNS,
    *FEEDBACK_SIGNS,
)


def _delegated(view: View, me: str) -> Iterator[RowMapping]:
    """The last row of each delegation that I made and that was held."""
    query = (
        select(holding.c.stream, holding.c.number)
        .where(
            holding.c.delegator == me,
            holding.c.stream != _ROOT_ID,
            known_at(holding, view.known),
            holding.c.valid_from <= timestamp(view.at),
        )
        .distinct()
        .order_by(holding.c.stream, holding.c.number)
    )
    for stream, number in list(view.connection.execute(query)):
        row = held_row(view, stream, number)
        if row is not None:
            yield row


def _ended(view: View, row: RowMapping) -> datetime:
    """When a delegation ends: its own end, or its holder's stay's."""
    stay = view.stay(row["holder"], row["held_since"])
    return moment(min(row["valid_until"], stay["valid_until"] if stay else row["held_since"]))


def _mine(view: View, me: str, table: Table) -> ColumnElement[bool]:
    """The row is about a delegation that I made."""
    return (
        select(holding.c.id)
        .where(
            holding.c.stream == table.c.stream,
            holding.c.number == table.c.number,
            holding.c.delegator == me,
            holding.c.stream != _ROOT_ID,
            known_at(holding, view.known),
        )
        .correlate(table)
        .exists()
    )


def _mine_then(view: View, me: str, stream: Column[str], when: Column[str]) -> ColumnElement[bool]:
    """What I had delegated was held in that responsibility at that moment."""
    return (
        select(holding.c.id)
        .where(
            holding.c.stream == stream,
            holding.c.delegator == me,
            holding.c.stream != _ROOT_ID,
            known_at(holding, view.known),
            holding.c.valid_from <= when,
            holding.c.valid_until > when,
        )
        .correlate(stream.table)
        .exists()
    )


def _in(row: RowMapping, span: Span) -> bool:
    return span.since < moment(row["valid_from"]) <= span.until


def _sources(view: View, table: Table, span: Span, *only: ColumnElement[bool]) -> tuple[int, ...]:
    """The positions of what was said in the span."""
    query = select(table.c.source).where(at(table, view.at, view.known), within(table.c.valid_from, span), *only)
    return tuple(view.connection.execute(query.order_by(table.c.valid_from, table.c.id)).scalars())
