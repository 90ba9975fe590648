"""What happens to a decision: the road there, the moment it is made, and what becomes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from ledger.events.base import Event, Shape
from ledger.events.responsibility import Mandate

DecisionKind = Literal["decision", "agreement", "trial"]
Process = Literal["alone", "advice", "consent", "consensus"]


class Check(Shape):
    """One test of the authority walk: what the link allows, what was asked, how it went."""

    responsibility: str
    dimension: str
    limit: str
    asked: str
    result: Literal["ok", "no", "not stated", "due before", "due after", "warning"] = "ok"


class ProofLink(Shape):
    """One link of the chain as it stood: who held it and within which mandate."""

    responsibility: str
    code: str
    holder: str | None = None
    delegation: int | None = None
    since: datetime | None = None
    delegator: str | None = None
    mandate: Mandate | None = None


class AuthorityOutcome(Shape):
    """Whether a decision was its maker's to make.

    `capacity` says as what the maker acted: holder, occupant, stand-in, delegator or answering for a vacant link.
    """

    verdict: Literal["inside", "outside", "urgent"]
    responsibility: str
    delegation: int | None = None
    capacity: str | None = None
    together_with: tuple[str, ...] = ()


class AuthorityProof(AuthorityOutcome):
    """The outcome with the chain and the checks it follows from, stamped for ever."""

    chain: tuple[ProofLink, ...] = ()
    checks: tuple[Check, ...] = ()


class DecisionProposed(Event):
    """A matter was opened. A decision made directly opens and closes it in one batch."""

    kind: ClassVar[str] = "decision.proposed.v1"
    decision: str
    title: str
    responsibility: str
    decision_type: str
    question: str | None = None
    decision_kind: DecisionKind = "decision"
    amount: str | None = None
    counterparty: str | None = None
    scope: tuple[str, ...] = ()
    reversibility: Literal["two_way", "one_way"] = "two_way"
    options: tuple[str, ...] = ()
    recommends: str | None = None
    goals: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    process: Process = "alone"
    consenters: tuple[str, ...] = ()
    decide_by: date | None = None


class ConflictDeclared(Event):
    """The actor has a conflict of interest and is barred from the matter; the envelope's reason is the ground."""

    kind: ClassVar[str] = "conflict.declared.v1"


class DecisionReferredUp(Event):
    """The holder asks the level above to decide."""

    kind: ClassVar[str] = "decision.referred_up.v1"
    from_responsibility: str
    to_responsibility: str


class DecisionCalledIn(Event):
    """The level above takes an open matter."""

    kind: ClassVar[str] = "decision.called_in.v1"
    from_responsibility: str
    to_responsibility: str


class DecisionMade(Event):
    """The choice, with the proof of the right to make it. The actor decided, for `acting_for` where that is another."""

    kind: ClassVar[str] = "decision.made.v1"
    acting_for: str | None = None
    chosen: str | None = None
    rationale: str | None = None
    version: int = 1
    authority: AuthorityProof
    expects: str | None = None
    signs: tuple[str, ...] = ()
    confidence: str | None = None
    review_on: date | None = None
    trial_until: date | None = None
    supersedes: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()


class DecisionSuperseded(Event):
    """Another decision took over, wholly or in the `named` part."""

    kind: ClassVar[str] = "decision.superseded.v1"
    by_decision: str
    part: Literal["whole", "named"] = "whole"
    named: str | None = None


class DecisionReversed(Event):
    """Undone by the same responsibility."""

    kind: ClassVar[str] = "decision.reversed.v1"


class DecisionOverruled(Event):
    """Undone from above, by the ancestor `from_responsibility`."""

    kind: ClassVar[str] = "decision.overruled.v1"
    from_responsibility: str


class DecisionRatified(Event):
    """A decision made outside mandate was taken inside, by somebody who could have made it."""

    kind: ClassVar[str] = "decision.ratified.v1"
    authority: AuthorityProof
