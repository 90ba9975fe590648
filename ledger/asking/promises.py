"""Every promise with a day to it, in one list, and the reviews that decisions promise."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, or_, select

from ledger.asking.care import last_check_ins, next_check_in
from ledger.asking.held import held
from ledger.asking.matters import open_matters, waits
from ledger.asking.reports import due_reports
from ledger.asking.trials import running
from ledger.asking.view import moment
from ledger.projections.decisions import decision
from ledger.projections.ownership import holding, responsibility
from ledger.projections.roads import objection, outcome_review, outlook
from ledger.projections.temporal import ALWAYS, at, known_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]


class Promise(NamedTuple):
    """Something that is to be so by the end of `day`. `whose` are the members who see to it."""

    what: str
    ref: str
    title: str
    day: date
    whose: tuple[str, ...]
    sources: tuple[int, ...]


def due(view: View, until: date) -> Iterator[Row]:
    """L10: every promise that falls due by the end of `until` or did before, the earliest first.

    `what` is review (of a decision), agreement review, trial end, decide by, advice, report, follow-up (of an
    objection that was deferred), delegation review, mandate end, or check-in. `days_over` is 0 until the day is past.
    """
    today = view.at.date()
    found = (each for each in promises(view) if each.day <= until)
    for each in sorted(found, key=lambda each: (each.day, each.what, each.ref, each.whose)):
        yield {
            "what": each.what,
            "ref": each.ref,
            "title": each.title,
            "due": each.day,
            "days_over": max((today - each.day).days, 0),
            "whose": list(each.whose),
            "explain": list(each.sources),
        }


def origin(view: View) -> str:
    """The name of this log and no other: it tells a promise of one ledger from the same of another."""
    return view.log.origin


def promises(view: View, mine: frozenset[str] | None = None) -> Iterator[Promise]:
    """Everything that is promised at the moment and not done; with `mine` what those members see to, and maybe more.

    Open matters are left out then: what they wait for is asked of them.
    """
    yield from _reviews(view, mine)
    for trial in running(view):
        yield Promise(
            "trial end",
            str(trial.row["stream"]),
            str(trial.row["title"]),
            trial.until,
            _makers(trial.row),
            (trial.row["made_position"],),
        )
    if mine is None:
        yield from _open(view)
    yield from _reports(view, mine)
    yield from _follow_ups(view)
    yield from _delegations(view, mine)


def reviews(view: View, *, due: bool = False, overdue: bool = False) -> Iterator[Row]:
    """L22, A26: the reviews that standing decisions promise and that have not come, the earliest first.

    With `due` only those whose day has come, with `overdue` those whose day is past.
    """
    today = view.at.date()
    for row in _promised_reviews(view):
        day = date.fromisoformat(row["look_again"])
        if (due and day > today) or (overdue and day >= today):
            continue
        yield {
            "decision": row["stream"],
            "title": row["title"],
            "what": row["kind"],
            "expected": row["expects"],
            "signs_to_watch": json.loads(row["signs"]),
            "due": day,
            "days_over": max((today - day).days, 0),
            "by": row["by"],
            "whose": list(_makers(row)),
            "explain": [row["made_position"]],
        }


def overdue_reviews(view: View) -> Iterator[Row]:
    """A26: every review that was promised and never came, of decisions and of delegations, the earliest first."""
    today = view.at.date()
    found = [each for each in (*_reviews(view), *_delegations(view)) if "review" in each.what and each.day < today]
    for each in sorted(found, key=lambda each: (each.day, each.what, each.ref)):
        yield {
            "what": each.what,
            "ref": each.ref,
            "title": each.title,
            "promised": each.day,
            "days_over": (today - each.day).days,
            "whose": list(each.whose),
            "explain": list(each.sources),
        }


def _promised_reviews(view: View, mine: frozenset[str] | None = None) -> Iterator[RowMapping]:
    whose = () if mine is None else (or_(decision.c.by.in_(mine), decision.c.acting_for.in_(mine)),)
    query = (
        select(
            decision,
            outlook.c.review_on.label("look_again"),
            outlook.c.expects,
            outlook.c.signs,
            outlook.c.trial_until,
        )
        .join(outlook, and_(outlook.c.stream == decision.c.stream, at(outlook, view.at, view.known)))
        .where(
            at(decision, view.at, view.known),
            decision.c.status == "stands",
            outlook.c.review_on.is_not(None),
            *whose,
        )
        .order_by(outlook.c.review_on, decision.c.stream)
    )
    yield from view.connection.execute(query).mappings()


def _reviews(view: View, mine: frozenset[str] | None = None) -> Iterator[Promise]:
    for row in _promised_reviews(view, mine):
        if row["kind"] == "trial" and row["look_again"] == row["trial_until"]:
            # Its end says so already.
            continue
        what = "agreement review" if row["kind"] == "agreement" else "review"
        day = date.fromisoformat(row["look_again"])
        yield Promise(what, row["stream"], row["title"], day, _makers(row), (row["made_position"],))


def _makers(row: RowMapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys(who for who in (row["by"], row["acting_for"]) if who))


def _open(view: View) -> Iterator[Promise]:
    """Matters that are to be decided by a day, and advice that is awaited."""
    for matter in open_matters(view):
        waiting = list(waits(view, matter))
        if matter.decide_by is not None:
            whose = tuple(dict.fromkeys(who for each in waiting if each.what != "advice" for who in each.who))
            whose = whose or (str(matter.row["opened_by"]),)
            source = matter.road["source"] if matter.road else matter.row["source"]
            yield Promise("decide by", matter.id, str(matter.row["title"]), matter.decide_by, whose, (source,))
        for each in waiting:
            if each.what == "advice" and each.by_when is not None:
                asked = tuple(row["source"] for row in matter.asked if row["member"] in each.who)
                yield Promise("advice", matter.id, str(matter.row["title"]), each.by_when, each.who, asked)


def _reports(view: View, mine: frozenset[str] | None) -> Iterator[Promise]:
    """What one member owes another, in one line: at level 6 there may be many."""
    owed: dict[tuple[str, str], list[tuple[date, RowMapping]]] = {}
    whose = () if mine is None else (decision.c.by.in_(mine),)
    for row, day, _reported in due_reports(view, *whose, waiting=True):
        if view.present(row["to"]):
            owed.setdefault((row["by"], row["to"]), []).append((day, row))
    for (by, to), found in owed.items():
        day, first = min(found, key=lambda each: (each[0], each[1]["stream"]))
        more = "" if len(found) == 1 else f" (+{len(found) - 1})"
        sources = tuple(row["made_position"] for _day, row in found)
        yield Promise("report", first["stream"], f"to {to}: {first['title']}{more}", day, (by,), sources)


def _follow_ups(view: View) -> Iterator[Promise]:
    """Objections that were deferred, until the decision is reviewed or no longer stands."""
    query = (
        select(decision.c.title, decision.c.by, decision.c.acting_for, decision.c.opened_by, objection)
        .join(objection, objection.c.stream == decision.c.stream)
        .where(
            at(decision, view.at, view.known),
            at(objection, view.at, view.known),
            objection.c.follow_up_on.is_not(None),
            or_(decision.c.status == "stands", decision.c.status == "open"),
        )
    )
    for row in view.connection.execute(query).mappings():
        if not _reviewed_since(view, row["stream"], row["resolved_at"]):
            day = date.fromisoformat(row["follow_up_on"])
            title = f"{row['title']}: {row['argument']}"
            whose = _makers(row) or (row["opened_by"],)
            yield Promise("follow-up", row["stream"], title, day, whose, (row["source"],))


def _reviewed_since(view: View, stream: str, stamp: str) -> bool:
    query = select(outcome_review.c.id).where(
        outcome_review.c.stream == stream, at(outcome_review, view.at, view.known), outcome_review.c.valid_from >= stamp
    )
    return view.connection.execute(query.limit(1)).first() is not None


def _delegations(view: View, mine: frozenset[str] | None = None) -> Iterator[Promise]:
    """Reviews of delegations, mandates that end, and check-ins."""
    theirs = or_(holding.c.holder.in_(mine or ()), holding.c.delegator.in_(mine or ()))
    streams = select(holding.c.stream).where(at(holding, view.at, view.known), theirs)
    rows = list(held(view, *(() if mine is None else (responsibility.c.stream.in_(streams),))))
    ends = _ends(view, *(() if mine is None else (holding.c.stream.in_([row["stream"] for row in rows]),)))
    last = last_check_ins(view) if rows else {}
    for row in rows:
        key = (row["stream"], row["number"])
        code, title, source = row["code"], row["title"], (row["source"],)
        whose = tuple(dict.fromkeys((row["holder"], row["delegator"])))
        yield Promise("delegation review", code, title, date.fromisoformat(row["review_on"]), whose, source)
        if (end := ends.get(key, ALWAYS)) != ALWAYS:
            yield Promise("mandate end", code, title, moment(end).date(), whose, source)
        before = last.get(key)
        if (following := next_check_in(row, before)) is not None:
            sources = (*source, before["source"]) if before else source
            yield Promise("check-in", code, title, following, whose, sources)


def _ends(view: View, *only: ColumnElement[bool]) -> dict[tuple[str, int], str]:
    """When each delegation ends, as known: a renewal or a change may have cut its rows."""
    query = (
        select(holding.c.stream, holding.c.number, func.max(holding.c.valid_until))
        .where(known_at(holding, view.known), *only)
        .group_by(holding.c.stream, holding.c.number)
    )
    return {(stream, number): end for stream, number, end in view.connection.execute(query)}
