"""How it goes with what was delegated: check-ins that were promised, and support that was asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.asking.held import code_of, held
from ledger.asking.view import moment
from ledger.projections.care import check_in, support
from ledger.projections.temporal import at
from ledger.values import period_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]


def check_ins(view: View, *, missed: bool = False) -> Iterator[Row]:
    """L11: what is held and has a rhythm or had a check-in, by code; with `missed` only where one is overdue.

    `next_on` is the day agreed at the last check-in, else the rhythm after it, or after the delegation began.
    `days_over` counts the days since then, 0 where it lies ahead, None where nothing was promised.
    """
    last = last_check_ins(view)
    for row in held(view):
        before = last.get((row["stream"], row["number"]))
        if row["check_in_every"] is None and before is None:
            continue
        due = next_check_in(row, before)
        over = None if due is None else max((view.at.date() - due).days, 0)
        if missed and not over:
            continue
        yield {
            "responsibility": row["stream"],
            "code": row["code"],
            "holder": row["holder"],
            "delegator": row["delegator"],
            "agreed_every": row["check_in_every"],
            "last": moment(before["valid_from"]) if before else None,
            "state": before["state"] if before else None,
            "next_on": due,
            "days_over": over,
            "explain": [row["source"], *([before["source"]] if before else [])],
        }


def supports(view: View, *, waiting: bool = False) -> Iterator[Row]:
    """L12: what support was asked for, the oldest first; with `waiting` only what still waits.

    Nobody waits any more where it was given, or where the delegation is no longer held. `age` is in days: until it
    was given, else until the moment asked about.
    """
    alive = {(row["stream"], row["number"]) for row in held(view)}
    query = select(support).where(at(support, view.at, view.known)).order_by(support.c.asked_at, support.c.id)
    for row in view.connection.execute(query).mappings():
        is_open = row["given_at"] is None and (row["stream"], row["number"]) in alive
        if waiting and not is_open:
            continue
        asked = moment(row["asked_at"])
        given = None if row["given_at"] is None else moment(row["given_at"])
        yield {
            "asked": asked,
            "by": row["asked_by"],
            "of": row["of"],
            "what": row["what"],
            "age": ((given or view.at) - asked).days,
            "responsibility": row["stream"],
            "code": code_of(view, row["stream"]),
            "support": row["support"],
            "waits": is_open,
            "given": given,
            "given_by": row["given_by"],
            "answer": row["given"],
            "explain": [row["source"]],
        }


def how_it_goes(view: View, streams: set[str]) -> dict[str, Row]:
    """By responsibility: the last check-in of the delegation that is held, what it said, and what support waits."""
    last = last_check_ins(view)
    waiting: dict[str, list[str]] = {}
    for asked in supports(view, waiting=True):
        waiting.setdefault(str(asked["responsibility"]), []).append(str(asked["what"]))
    found: dict[str, Row] = {}
    for row in held(view):
        if row["stream"] in streams:
            before = last.get((row["stream"], row["number"]))
            found[row["stream"]] = {
                "last_check_in": moment(before["valid_from"]) if before else None,
                "state": before["state"] if before else None,
                "support_asked": waiting.get(row["stream"], []),
                "explain": [before["source"]] if before else [],
            }
    return found


def last_check_ins(view: View) -> dict[tuple[str, int], RowMapping]:
    """The last check-in of each delegation, by responsibility and number."""
    query = select(check_in).where(at(check_in, view.at, view.known)).order_by(check_in.c.valid_from, check_in.c.id)
    return {(row["stream"], row["number"]): row for row in view.connection.execute(query).mappings()}


def next_check_in(held_row: RowMapping, last: RowMapping | None) -> date | None:
    """The day that the next check-in was promised for; None where there is no promise."""
    if last is not None and last["next_on"] is not None:
        return date.fromisoformat(last["next_on"])
    start = moment(held_row["held_since"] if last is None else last["valid_from"]).date()
    every = held_row["check_in_every"]
    return None if every is None else period_after(start, every)


def promised(start: date, end: date, every: str) -> int:
    """How many check-ins a rhythm promises in [start, end): one at the end of each whole stretch of it."""
    count = 0
    following = period_after(start, every)
    while following is not None and following <= end - timedelta(days=1):
        count += 1
        following = period_after(following, every)
    return count
