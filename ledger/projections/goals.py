"""What is aimed at, whether it is over, and how sure people are of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, MetaData

from ledger.events import goal as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, json_text, temporal_table

if TYPE_CHECKING:
    from collections.abc import Sequence

metadata = MetaData()

# `worded` is the position of the words that hold, which `adopted_by` stands behind.
goal = temporal_table(
    "goal",
    metadata,
    Column("title", TEXT, nullable=False),
    Column("why", TEXT),
    Column("horizon", TEXT),
    Column("parent", TEXT),
    Column("former", TEXT),
    Column("adopted_by", TEXT),
    Column("worded", BigInteger, nullable=False),
    Column("set_by", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("evidence", TEXT),
    Column("learned", TEXT),
)
progress = temporal_table(
    "progress_note",
    metadata,
    Column("confidence", TEXT, nullable=False),
    Column("note", TEXT, nullable=False),
    Column("value", TEXT),
    Column("by", TEXT, nullable=False),
)

goals = Projection("goals", 3, "G-", (goal, progress))


def goals_text(named: Sequence[str]) -> str | None:
    """The goals that something names, as a view keeps them: a JSON list, since a goal may be named in any words."""
    return json_text(named) if named else None


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
        worded=page.source,
        set_by=page.entry.actor,
        status="open",
    )


@goals.on(events.GoalReworded)
def _reworded(page: Page, event: events.GoalReworded) -> None:
    if event.title is not None:
        page.restate(goal, title=event.title)
    if event.why is not None:
        page.restate(goal, why=event.why)
    # None of two wordings is the other, though the same decision, or none, stands behind both.
    page.restate(goal, worded=page.source, adopted_by=event.adopted_by)


@goals.on(events.GoalMoved)
def _moved(page: Page, event: events.GoalMoved) -> None:
    page.restate(goal, parent=event.parent_after)


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
    page.restate(goal, status="reached")
    page.restate(goal, evidence=event.evidence)
    page.restate(goal, learned=event.learned)


@goals.on(events.GoalDropped)
def _dropped(page: Page, event: events.GoalDropped) -> None:
    del event
    page.restate(goal, status="dropped")
