"""Commands about what the organisation wants to reach together."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ledger.commands.base import Amount, Command, Day, DecisionId, GoalId, Text, Title

Confidence = Annotated[str, Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$")]


class SetGoal(Command):
    """`again` names the goal that this is a new attempt at."""

    do: ClassVar[str] = "goal set"
    title: Title
    why: Text | None = None
    horizon: Day | None = None
    parent: GoalId | None = None
    again: GoalId | None = None
    adopted_by: DecisionId | None = None


class OnGoal(Command):
    goal: GoalId


class RewordGoal(OnGoal):
    """Only `adopted_by`: the words stay, and that decision stands behind them."""

    do: ClassVar[str] = "goal reword"
    title: Title | None = None
    why: Text | None = None
    adopted_by: DecisionId | None = None


class MoveGoal(OnGoal):
    """Below `parent`; without one it becomes a top goal."""

    do: ClassVar[str] = "goal move"
    parent: GoalId | None = None


class NoteGoal(OnGoal):
    """`confidence` is a decimal from 0 to 1."""

    do: ClassVar[str] = "goal note"
    confidence: Confidence
    note: Text
    value: Amount | None = None


class ReachGoal(OnGoal):
    do: ClassVar[str] = "goal reach"
    evidence: Text
    learned: Text | None = None


class DropGoal(OnGoal):
    do: ClassVar[str] = "goal drop"
    adopted_by: DecisionId | None = None
