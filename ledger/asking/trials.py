"""What is being tried, and what was learnt from what was decided."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select

from ledger.asking.view import moment
from ledger.projections.decisions import decision, supersession
from ledger.projections.roads import outcome_review, outlook, road
from ledger.projections.temporal import at
from ledger.values import covers, start_of, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]


class Trial(NamedTuple):
    """A trial that goes on: its decision with what it promised, and the day it ends."""

    row: RowMapping
    until: date


def running(view: View) -> Iterator[Trial]:
    """Trials that stand and are not over, the earliest end first.

    One is over when it is reviewed on its last day or later, reviewed to be stopped, or followed by its next round.
    """
    query = (
        select(
            decision,
            outlook.c.expects,
            outlook.c.signs,
            outlook.c.review_on.label("look_again"),
            outlook.c.trial_until,
            road.c.question,
            road.c.follows,
        )
        .join(outlook, and_(outlook.c.stream == decision.c.stream, at(outlook, view.at, view.known)))
        .outerjoin(road, and_(road.c.stream == decision.c.stream, at(road, view.at, view.known)))
        .where(at(decision, view.at, view.known), decision.c.status == "stands", outlook.c.trial_until.is_not(None))
        .order_by(outlook.c.trial_until, decision.c.stream)
    )
    for row in view.connection.execute(query).mappings().all():
        until = date.fromisoformat(row["trial_until"])
        end = timestamp(start_of(until))
        looked_at = _reviews_of(view, row["stream"])
        over = any(each["verdict"] == "stop" or each["valid_from"] >= end for each in looked_at)
        if not over and not _next_rounds(view, row["stream"]):
            yield Trial(row, until)


def trials(view: View) -> Iterator[Row]:
    """L24: what is being tried, the earliest end first.

    `iteration` is 1 for the first round. `next` is when it is looked at next, `days_over` how long its end is past
    without a review.
    """
    for row, until in running(view):
        yield {
            "trial": row["stream"],
            "title": row["title"],
            "hypothesis": row["expects"] or row["question"],
            "since": moment(row["made_at"]),
            "until": until,
            "signs": json.loads(row["signs"]),
            "iteration": _iteration(view, row["follows"]),
            "next": row["look_again"],
            "days_over": max((view.at.date() - until).days, 0),
            "by": row["by"],
            "explain": [row["made_position"]],
        }


def learned(view: View, type_: str | None = None) -> Iterator[Row]:
    """L23: what each outcome review said, the oldest first; `type_` is a decision type, a wildcard at its end allowed.

    `came_of_it` are the decisions that took over or went on as the next round, and what undid it.
    """
    query = (
        select(
            outcome_review,
            decision.c.title,
            decision.c.type,
            decision.c.status,
            decision.c.settled_by,
            outlook.c.expects,
        )
        .join(decision, and_(decision.c.stream == outcome_review.c.stream, at(decision, view.at, view.known)))
        .outerjoin(outlook, and_(outlook.c.stream == outcome_review.c.stream, at(outlook, view.at, view.known)))
        .where(at(outcome_review, view.at, view.known))
        .order_by(outcome_review.c.valid_from, outcome_review.c.id)
    )
    for row in view.connection.execute(query).mappings().all():
        if type_ is not None and not covers(type_, row["type"]):
            continue
        undone = [row["status"]] if row["status"] in {"reversed", "overruled"} else []
        yield {
            "decision": row["stream"],
            "title": row["title"],
            "type": row["type"],
            "reviewed": moment(row["valid_from"]),
            "by": row["by"].split(),
            "expected": row["expects"],
            "happened": row["happened"],
            "process": row["process"],
            "outcome": row["outcome"],
            "learned": row["learned"],
            "verdict": row["verdict"],
            "came_of_it": [*_successors(view, row["stream"]), *_next_rounds(view, row["stream"]), *undone],
            "explain": [row["source"]],
        }


def _reviews_of(view: View, stream: str) -> list[RowMapping]:
    query = select(outcome_review).where(outcome_review.c.stream == stream, at(outcome_review, view.at, view.known))
    return list(view.connection.execute(query).mappings())


def _next_rounds(view: View, stream: str) -> list[str]:
    """The decisions, made by the moment, that are the next round of this one."""
    query = (
        select(decision.c.stream)
        .join(road, and_(road.c.stream == decision.c.stream, at(road, view.at, view.known)))
        .where(road.c.follows == stream, decision.c.made_at.is_not(None), at(decision, view.at, view.known))
        .order_by(decision.c.made_at, decision.c.stream)
    )
    return list(view.connection.execute(query).scalars())


def _successors(view: View, stream: str) -> list[str]:
    query = select(supersession.c.successor).where(
        supersession.c.stream == stream, at(supersession, view.at, view.known)
    )
    return list(view.connection.execute(query.order_by(supersession.c.valid_from)).scalars())


def _iteration(view: View, follows: str | None) -> int:
    """Which round it is that follows that one."""
    count, seen = 1, set[str]()
    while follows is not None and follows not in seen:
        seen.add(follows)
        count += 1
        query = select(road.c.follows).where(road.c.stream == follows, at(road, view.at, view.known))
        follows = view.connection.execute(query).scalar()
    return count
