"""A goal: whose it is, what lies above it, which decision stands behind its words, and whether it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.events import goal as events
from ledger.values import FOREVER

if TYPE_CHECKING:
    from ledger.events import Entry

    # From when on it is so, in order of time; of one instant the last told counts.
    Said = tuple[tuple[datetime, str | None], ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """Empty (`id` is "") until it is set. `how` says what it came to at `closed`: reached or dropped."""

    id: str = ""
    title: str = ""
    set_by: str = ""
    since: datetime = FOREVER
    parents: Said = ()
    adoptions: Said = ()
    closed: datetime = FOREVER
    how: str = ""

    def begun(self, moment: datetime) -> bool:
        return self.since <= moment

    def open(self, moment: datetime) -> bool:
        return self.since <= moment < self.closed

    def parent(self, moment: datetime) -> str | None:
        return _at(self.parents, moment)

    def adopted_by(self, moment: datetime) -> str | None:
        """The decision that stands behind its words then."""
        return _at(self.adoptions, moment)


def evolve(state: Goal, entry: Entry) -> Goal:
    """What is so after the entry."""
    on = entry.occurred_at
    match entry.event:
        case events.GoalSet() as event:
            return Goal(
                id=event.goal,
                title=event.title,
                set_by=entry.actor,
                since=on,
                parents=((on, event.parent_goal),),
                adoptions=((on, event.adopted_by),),
            )
        case events.GoalReworded(title=title, adopted_by=adopted_by):
            return replace(state, title=title or state.title, adoptions=_and(state.adoptions, on, adopted_by))
        case events.GoalMoved(parent_after=parent):
            return replace(state, parents=_and(state.parents, on, parent))
        case events.GoalReached():
            return replace(state, closed=min(state.closed, on), how="reached")
        case events.GoalDropped():
            return replace(state, closed=min(state.closed, on), how="dropped")
        case _:
            return state


def _at(said: Said, moment: datetime) -> str | None:
    return next((what for since, what in reversed(said) if since <= moment), None)


def _and(said: Said, since: datetime, what: str | None) -> Said:
    return tuple(sorted((*said, (since, what)), key=lambda each: each[0]))
