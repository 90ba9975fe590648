"""What is aimed at, whether it is over, and how sure people are of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, String

from ledger.events import goal as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import ALWAYS, temporal_table

if TYPE_CHECKING:
    from collections.abc import Sequence

metadata = MetaData()

goal = temporal_table(
    "goal",
    metadata,
    Column("title", String, nullable=False),
    Column("why", String),
    Column("horizon", String),
    Column("parent", String),
    Column("former", String),
    Column("adopted_by", String),
    Column("set_by", String, nullable=False),
    Column("status", String, nullable=False),
    Column("evidence", String),
    Column("learned", String),
)
progress = temporal_table(
    "progress_note",
    metadata,
    Column("confidence", String, nullable=False),
    Column("note", String, nullable=False),
    Column("value", String),
    Column("by", String, nullable=False),
)

goals = Projection("goals", 1, "G-", (goal, progress))


def goals_text(named: Sequence[str]) -> str | None:
    """The goals that something names, as a view keeps them: a JSON list, since a goal may be named in any words."""
    return json.dumps(list(named), ensure_ascii=False) if named else None


@goals.on(events.GoalSet)
def _set(page: Page, event: events.GoalSet) -> None:
    page.add(
        goal,
        page.stamp,
        None,
        title=event.title,
        why=event.why,
        horizon=event.horizon.isoformat() if event.horizon else None,
        parent=event.parent_goal,
        former=event.former_goal,
        adopted_by=event.adopted_by,
        set_by=page.entry.actor,
        status="open",
        evidence=None,
        learned=None,
    )


@goals.on(events.GoalReworded)
def _reworded(page: Page, event: events.GoalReworded) -> None:
    if event.title is not None:
        _say(page, "title", event.title)
    if event.why is not None:
        _say(page, "why", event.why)
    _say(page, "adopted_by", event.adopted_by)


@goals.on(events.GoalMoved)
def _moved(page: Page, event: events.GoalMoved) -> None:
    _say(page, "parent", event.parent_after)


@goals.on(events.GoalProgressNoted)
def _noted(page: Page, event: events.GoalProgressNoted) -> None:
    """The last word in time is the one that is shown, whenever it was told."""
    known = page.rows(progress)
    following = min((row.valid_from for row in known if row.valid_from > page.stamp), default=None)
    for row in known:
        if row.valid_from <= page.stamp < row.valid_until:
            page.end(progress, row, page.stamp)
    page.add(
        progress,
        page.stamp,
        following,
        confidence=event.confidence,
        note=event.note,
        value=event.value,
        by=page.entry.actor,
    )


@goals.on(events.GoalReached)
def _reached(page: Page, event: events.GoalReached) -> None:
    _say(page, "status", "reached")
    _say(page, "evidence", event.evidence)
    _say(page, "learned", event.learned)


@goals.on(events.GoalDropped)
def _dropped(page: Page, event: events.GoalDropped) -> None:
    del event
    _say(page, "status", "dropped")


def _say(page: Page, column: str, value: object) -> None:
    """From the day on, until a later word about that same column."""
    affected = [row for row in page.rows(goal) if row.valid_until > page.stamp]
    end = ALWAYS
    for row in affected:
        if row.values[column] != affected[0].values[column] or row.valid_from > end:
            return
        end = row.valid_until
        page.change(goal, row, page.stamp, **{column: value})
