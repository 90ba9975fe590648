"""What happens to a responsibility: its definition, and the life of its delegation."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from ledger.events.base import Event, Shape

ConditionKind = Literal["consult", "consent", "report"]
Lacking = Literal["authority", "resources", "competence", "capacity", "other"]
State = Literal["going_well", "needs_support", "blocked"]


class Condition(Shape):
    """`member` is consulted or consents before, or is reported to after, a decision; `within` in days.

    With `above`, a decimal in the ledger's currency, only where more than that is decided, or no amount is stated.
    """

    kind: ConditionKind
    member: str
    within: int | None = None
    above: str | None = None


class Mandate(Shape):
    """What a holder may decide. None in a dimension means the parent's, never "unlimited".

    `amount` per decision and `amount_per_year` are decimals in the ledger's currency. The window is [since, until).
    `further` counts the steps it may be delegated on. `levels` overrides `level` (1 to 7) by type pattern.
    """

    types: tuple[str, ...] | None = None
    amount: str | None = None
    amount_per_year: str | None = None
    scope: tuple[str, ...] | None = None
    one_way: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    further: int | None = None
    level: int = 6
    levels: dict[str, int] = Field(default_factory=dict[str, int])
    conditions: tuple[Condition, ...] = ()


class Change(Shape):
    """A field before and after, each as JSON."""

    field: str
    before: object = None
    after: object = None


class ResponsibilityDefined(Event):
    """A distinct area of responsibility and authority. Without `decision_types` it claims what its mandate holds."""

    kind: ClassVar[str] = "responsibility.defined.v1"
    responsibility: str
    code: str
    title: str
    purpose: str | None = None
    parent: str | None = None
    duties: tuple[str, ...] = ()
    decision_types: tuple[str, ...] = ()
    reserved_types: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    effort: str | None = None
    legal_basis: str | None = None
    report_rule: str | None = None


class ResponsibilityClarified(Event):
    """The definition changed in the named fields."""

    kind: ClassVar[str] = "responsibility.clarified.v1"
    changes: tuple[Change, ...]


class ResponsibilityMoved(Event):
    """The responsibility lies under another parent."""

    kind: ClassVar[str] = "responsibility.moved.v1"
    parent_before: str
    parent_after: str


class ResponsibilityRetired(Event):
    """The responsibility is no more; `passes_to` names the one that takes care of what is left."""

    kind: ClassVar[str] = "responsibility.retired.v1"
    passes_to: str | None = None


class DelegationOffered(Event):
    """The contract on the table. `delegation` counts from 1 within the responsibility; the actor offers.

    `readiness` has every known gap by its leg (authority, resources, competence); a leg without any is left out.
    Where it is `in_force`, whoever offers it decided that it holds: authority starts with the offer, and accepting it
    acknowledges that.
    """

    kind: ClassVar[str] = "delegation.offered.v1"
    delegation: int
    to: str
    mandate: Mandate
    resources: tuple[str, ...] = ()
    delegator_duties: tuple[str, ...] = ()
    check_in_every: str | None = None
    review_on: date
    readiness: dict[str, str] = Field(default_factory=dict[str, str])
    succeeds: int | None = None
    in_force: bool = False


class DelegationOfferWithdrawn(Event):
    """The offer is off the table."""

    kind: ClassVar[str] = "delegation.offer_withdrawn.v1"
    delegation: int


class DelegationAccepted(Event):
    """Authority starts here, or at the mandate's `since` where that is later; what it succeeds ends then.

    Of a delegation that is in force already it is an acknowledgement, and starts nothing.
    """

    kind: ClassVar[str] = "delegation.accepted.v1"
    delegation: int
    reservations: str | None = None


class DelegationDeclined(Event):
    """A no without consequence."""

    kind: ClassVar[str] = "delegation.declined.v1"
    delegation: int


class MandateChanged(Event):
    """The whole mandate before and after, and which way it went."""

    kind: ClassVar[str] = "mandate.changed.v1"
    delegation: int
    before: Mandate
    after: Mandate
    direction: Literal["widened", "narrowed", "mixed"]
    agreed_by: tuple[str, ...] = ()


class StandInAppointed(Event):
    """`member` may act for the holder within [since, until)."""

    kind: ClassVar[str] = "stand_in.appointed.v1"
    delegation: int
    member: str
    since: datetime
    until: datetime


class StandInEnded(Event):
    """The stand-in ended before its time, at `on`."""

    kind: ClassVar[str] = "stand_in.ended.v1"
    delegation: int
    member: str
    on: datetime


class DelegationRenewed(Event):
    """The window ends at `until` (None: with the parent's), and the next review is on `review_on`."""

    kind: ClassVar[str] = "delegation.renewed.v1"
    delegation: int
    until: datetime | None = None
    review_on: date
    agreed_by: tuple[str, ...] = ()


class DelegationCompleted(Event):
    """The task is done."""

    kind: ClassVar[str] = "delegation.completed.v1"
    delegation: int
    summary: str
    learned: str | None = None


class DelegationHandedBack(Event):
    """The holder gave it back, saying what was lacking."""

    kind: ClassVar[str] = "delegation.handed_back.v1"
    delegation: int
    lacking: Lacking
    effective: datetime


class DelegationRevoked(Event):
    """The delegator ended it."""

    kind: ClassVar[str] = "delegation.revoked.v1"
    delegation: int
    effective: datetime
    talked_first: bool = False


class CheckInHeld(Event):
    """Holder and delegator talked about how it goes. It changes nothing, and so has no field that could.

    Who was there are the envelope's actor and those together with them. `note_digest` commits to what was noted,
    which may be erased.
    """

    kind: ClassVar[str] = "check_in.held.v1"
    delegation: int
    asked_by: str
    planned: bool
    state: State
    note_digest: str | None = None
    next_on: date | None = None


class SupportAsked(Event):
    """The actor, who holds it, asks `of` for help. `support` counts from 1 within the responsibility."""

    kind: ClassVar[str] = "support.asked.v1"
    support: int
    delegation: int
    of: str
    what: str


class SupportGiven(Event):
    """The actor gave what was asked for in `support`, or what they could."""

    kind: ClassVar[str] = "support.given.v1"
    support: int
    what: str


class DelegationReviewed(Event):
    """Both sides judged the design of the responsibility, its mandate and the delegator's own part.

    They are the envelope's actor and those together with them. `mandate` says what they found; only a change of the
    mandate changes it.
    """

    kind: ClassVar[str] = "delegation.reviewed.v1"
    delegation: int
    design: Literal["fits", "change"]
    mandate: Literal["keep", "widen", "narrow", "end"]
    delegator_part: Literal["fits", "change"]
    learned: str
    next_review_on: date | None = None


class AllowanceDrawn(Event):
    """A decision used `amount` of what the mandate allows in a calendar year.

    Only written where the mandate limits the year. It stands in the responsibility's own stream so that two
    decisions at once cannot both take the last of it.
    """

    kind: ClassVar[str] = "allowance.drawn.v1"
    decision: str
    amount: str
    year: int
