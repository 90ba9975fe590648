"""What happens to a decision: the road there, the moment it is made, and what becomes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from ledger.events.base import Event, Shape
from ledger.events.responsibility import Change, Mandate

DecisionKind = Literal["decision", "agreement", "trial"]
Process = Literal["alone", "advice", "consent", "consensus"]
AskedAs = Literal["affected", "expert", "condition", "delegator", "delegatee"]
Leaning = Literal["for", "against", "neither"]
ObjectionKind = Literal["effectiveness", "side_effect", "efficiency", "outside_mandate", "conflict"]
Resolution = Literal["integrated", "withdrawn", "not_an_objection", "deferred"]


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
    """A matter was opened. A decision made directly opens and closes it in one batch.

    `consenters` were frozen as it opened: people, or posts whose occupants each speak for it. `follows` is the trial
    whose next round this is.
    """

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
    follows: str | None = None


class ProposalAmended(Event):
    """The proposal reads otherwise from now on: a new version, for which nobody has spoken yet.

    The version opened with is 1, each amendment makes the next. `because` names the entry or objection it answers.
    """

    kind: ClassVar[str] = "proposal.amended.v1"
    changes: tuple[Change, ...]
    because: str | None = None


class AdviceSought(Event):
    """The actor asked these members for advice, which binds no one. After `by_when` silence has had its time."""

    kind: ClassVar[str] = "advice.sought.v1"
    of: tuple[str, ...]
    asked_as: AskedAs = "expert"
    by_when: date | None = None


class AdviceGiven(Event):
    """The actor advised, for the post `acting_for` where that was asked."""

    kind: ClassVar[str] = "advice.given.v1"
    text: str
    leaning: Leaning = "neither"
    acting_for: str | None = None


class ConcernNoted(Event):
    """A worry of the actor's that stops nothing and becomes something to watch."""

    kind: ClassVar[str] = "concern.noted.v1"
    text: str


class ObjectionRaised(Event):
    """An argument of the actor's that stops consent and consensus; `objection` counts from 1 in the matter."""

    kind: ClassVar[str] = "objection.raised.v1"
    objection: int
    argument: str
    objection_kind: ObjectionKind = "effectiveness"


class ObjectionResolved(Event):
    """How an objection was met. A deferred one is looked at again on `follow_up_on`."""

    kind: ClassVar[str] = "objection.resolved.v1"
    objection: int
    how: Resolution
    explanation: str | None = None
    follow_up_on: date | None = None


class ConsentGiven(Event):
    """The actor consents to version `on_version` and to no other, for the post `acting_for` where that is asked."""

    kind: ClassVar[str] = "consent.given.v1"
    on_version: int
    acting_for: str | None = None


class StoodAside(Event):
    """The actor neither consents nor objects; the envelope's reason says why."""

    kind: ClassVar[str] = "decision.stood_aside.v1"
    acting_for: str | None = None


class ProposalDeclined(Event):
    """It was decided not to do it, by who could have decided to; the envelope's reason says why."""

    kind: ClassVar[str] = "proposal.declined.v1"


class ProposalWithdrawn(Event):
    """Who proposed it took it back; the envelope's reason says why."""

    kind: ClassVar[str] = "proposal.withdrawn.v1"


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


class DecisionReported(Event):
    """`to` was told what was decided, at `item` of `meeting` where it was at one; the envelope says when."""

    kind: ClassVar[str] = "decision.reported.v1"
    to: str
    meeting: str | None = None
    item: str | None = None


class ReportNoted(Event):
    """The actor has seen the report, for `acting_for` where that was told. A question alters nothing."""

    kind: ClassVar[str] = "report.noted.v1"
    meeting: str | None = None
    question: str | None = None
    acting_for: str | None = None


class DecisionReviewed(Event):
    """What came of it, set against what was expected. `outcome` and `process` are judged apart."""

    kind: ClassVar[str] = "decision.reviewed.v1"
    happened: str
    outcome: Literal["better", "as_expected", "worse", "unclear"]
    process: Literal["sound", "weak"]
    learned: str
    verdict: Literal["keep", "adapt", "stop"]
    next_review_on: date | None = None
