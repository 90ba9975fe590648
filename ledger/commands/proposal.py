"""Commands about a matter that is open: proposing it, and what people say of it before it is decided."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ledger.commands.base import Amount, Day, DecisionId, Handle, Label, Many, Reference, Text, Title
from ledger.commands.decision import Kind, Matter, OnDecision
from ledger.events.decision import AskedAs, Leaning, ObjectionKind, Process, Resolution

Number = Annotated[int, Field(ge=1)]


class Propose(Matter):
    """Open a matter. Without `consenters`, those whose word the mandate asks for, and who holds it together."""

    do: ClassVar[str] = "propose"
    kind: Kind = "decision"
    process: Process = "advice"
    consenters: Many[Handle] = ()
    recommends: Text | None = None
    decide_by: Day | None = None
    follows: DecisionId | None = None


class Amend(OnDecision):
    """Change what is proposed; a field left out stays. Nobody has consented to what it then says."""

    do: ClassVar[str] = "amend"
    title: Title | None = None
    question: Text | None = None
    options: Many[Title] | None = None
    recommends: Text | None = None
    amount: Amount | None = None
    counterparty: Title | None = None
    scope: Many[Label] | None = None
    one_way: bool | None = None
    affected: Many[Handle] | None = None
    goals: Many[Text] | None = None
    decide_by: Day | None = None
    because: Reference | None = None


class AskAdvice(OnDecision):
    """Ask for advice. Without `as`, as what the matter makes each of them; without `by_when`, in a week at most."""

    do: ClassVar[str] = "ask-advice"
    of: Many[Handle] = Field(min_length=1)
    asked_as: AskedAs | None = Field(default=None, validation_alias="as")
    by_when: Day | None = None


class Advise(OnDecision):
    do: ClassVar[str] = "advise"
    text: Text
    leaning: Leaning = "neither"


class NoteConcern(OnDecision):
    do: ClassVar[str] = "concern"
    text: Text


class Object(OnDecision):
    do: ClassVar[str] = "object"
    argument: Text
    kind: ObjectionKind = "effectiveness"


class Resolve(OnDecision):
    """Say how an objection was met."""

    do: ClassVar[str] = "resolve"
    objection: Number
    how: Resolution
    explanation: Text | None = None
    follow_up_on: Day | None = None


class Consent(OnDecision):
    """Consent to the version that was read, and to no other."""

    do: ClassVar[str] = "consent"
    version: Number


class StandAside(OnDecision):
    do: ClassVar[str] = "stand-aside"


class DeclineProposal(OnDecision):
    """Decide not to do it."""

    do: ClassVar[str] = "decline proposal"


class Withdraw(OnDecision):
    """Take one's own proposal back."""

    do: ClassVar[str] = "withdraw"
