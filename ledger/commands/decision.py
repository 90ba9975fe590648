"""Commands about making a decision, and what becomes of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from ledger.commands.base import (
    Amount,
    Command,
    Day,
    DecisionId,
    DecisionType,
    Handle,
    Label,
    Many,
    Responsibility,
    Text,
    Title,
)

Kind = Literal["decision", "agreement", "trial"]


class Matter(Command):
    """What is to be decided, and where."""

    title: Title
    responsibility: Responsibility = Field(validation_alias="in")
    type: DecisionType
    amount: Amount | None = None
    scope: Many[Label] = ()
    one_way: bool = False
    counterparty: Title | None = None
    question: Text | None = None
    options: Many[Title] = ()
    affected: Many[Handle] = ()
    goals: Many[Text] = ()


class Choice(Command):
    """What was chosen and why; on what footing, where the mandate does not reach."""

    chose: Text | None = None
    because: Text | None = None
    expects: Text | None = None
    signs: Many[Text] = ()
    confidence: Text | None = None
    review_on: Day | None = None
    trial_until: Day | None = None
    informed: Many[Handle] = ()
    supersedes: Many[DecisionId] = ()
    part: Title | None = None
    outside_mandate: bool = False
    urgent: bool = False


class Decide(Matter, Choice):
    """Open and close a matter at once."""

    do: ClassVar[str] = "decide"
    kind: Kind = "decision"
    follows: DecisionId | None = None


class DecideMatter(Choice):
    """Close a matter that is open, as its process asks."""

    do: ClassVar[str] = "decide matter"
    decision: DecisionId


class ReferUp(Matter):
    """Ask the holder of the parent, or of the named ancestor, to decide."""

    do: ClassVar[str] = "refer-up"
    to: Responsibility | None = None


class OnDecision(Command):
    decision: DecisionId


class ReferMatterUp(OnDecision):
    """Refer an open matter further up."""

    do: ClassVar[str] = "refer-up matter"
    to: Responsibility | None = None


class CallIn(OnDecision):
    """Take an open matter from below."""

    do: ClassVar[str] = "call-in"
    to: Responsibility | None = None


class DeclareConflict(OnDecision):
    do: ClassVar[str] = "declare-conflict"


class Reverse(OnDecision):
    do: ClassVar[str] = "reverse"


class Overrule(OnDecision):
    do: ClassVar[str] = "overrule"


class Ratify(OnDecision):
    do: ClassVar[str] = "ratify"


class Report(OnDecision):
    """Say that a decision was reported. Without `to`, to the one it must be reported to."""

    do: ClassVar[str] = "report"
    to: Handle | None = None
    meeting: Title | None = None
    item: Title | None = None


class NoteReport(OnDecision):
    """Say that one has seen the report; a question alters nothing."""

    do: ClassVar[str] = "note-report"
    meeting: Title | None = None
    question: Text | None = None


class Review(OnDecision):
    """Set what happened against what was expected: the outcome and the process, each for itself."""

    do: ClassVar[str] = "review"
    happened: Text
    outcome: Literal["better", "as_expected", "worse", "unclear"]
    process: Literal["sound", "weak"]
    learned: Text
    verdict: Literal["keep", "adapt", "stop"]
    next_review_on: Day | None = None
