"""What happens to a goal: what the organisation wants to reach together, and how it goes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from ledger.events.base import Event


class GoalSet(Event):
    """A goal of its own, or below `parent_goal`. A new attempt names the `former_goal` that was reached or dropped.

    `adopted_by` is the decision that made it shared.
    """

    kind: ClassVar[str] = "goal.set.v1"
    goal: str
    title: str
    why: str | None = None
    horizon: date | None = None
    parent_goal: str | None = None
    former_goal: str | None = None
    adopted_by: str | None = None


class GoalReworded(Event):
    """The goal says something else from now on, where `title` or `why` is given.

    `adopted_by` is the decision that stands behind these words; without one nobody has adopted them.
    """

    kind: ClassVar[str] = "goal.reworded.v1"
    title: str | None = None
    why: str | None = None
    adopted_by: str | None = None


class GoalMoved(Event):
    """The goal lies below another goal, or below none."""

    kind: ClassVar[str] = "goal.moved.v1"
    parent_before: str | None = None
    parent_after: str | None = None


class GoalProgressNoted(Event):
    """How sure the actor is that it will be reached, from 0 to 1 as a decimal, and why; `value` where it is counted."""

    kind: ClassVar[str] = "goal.progress_noted.v1"
    confidence: str
    note: str
    value: str | None = None


class GoalReached(Event):
    """It is so, as `evidence` shows. Nothing follows."""

    kind: ClassVar[str] = "goal.reached.v1"
    evidence: str
    learned: str | None = None


class GoalDropped(Event):
    """It is not aimed at any more; the envelope's reason says why. Nothing follows."""

    kind: ClassVar[str] = "goal.dropped.v1"
    adopted_by: str | None = None
