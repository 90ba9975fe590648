"""Commands about a responsibility: its definition, and the life of its delegation."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from ledger.commands.base import (
    Amount,
    Code,
    Command,
    ConditionText,
    Day,
    Handle,
    Label,
    Level,
    Many,
    Moment,
    Period,
    Responsibility,
    Text,
    Title,
    TypePattern,
)


class Define(Command):
    """A new responsibility under `parent` (the root where none is named)."""

    do: ClassVar[str] = "define"
    code: Code
    title: Title
    parent: Responsibility = "root"
    purpose: Text | None = None
    duties: Many[Text] = ()
    decides: Many[TypePattern] = ()
    reserve: Many[TypePattern] = ()
    goals: Many[Text] = ()
    competences: Many[Label] = ()
    effort: Text | None = None
    legal_basis: Text | None = None
    report_rule: Text | None = None


class Clarify(Command):
    """Whatever is given replaces what stood there."""

    do: ClassVar[str] = "clarify"
    code: Responsibility
    title: Title | None = None
    purpose: Text | None = None
    duties: Many[Text] | None = None
    decides: Many[TypePattern] | None = None
    reserve: Many[TypePattern] | None = None
    goals: Many[Text] | None = None
    competences: Many[Label] | None = None
    effort: Text | None = None
    legal_basis: Text | None = None
    report_rule: Text | None = None


class Move(Command):
    do: ClassVar[str] = "move"
    code: Responsibility
    parent: Responsibility


class Retire(Command):
    do: ClassVar[str] = "retire"
    code: Responsibility
    passes_to: Responsibility | None = None


class Terms(Command):
    """The dimensions of a mandate as somebody states them; what is left out is the parent's."""

    code: Responsibility
    types: Many[TypePattern] | None = None
    amount: Amount | None = None
    amount_per_year: Amount | None = None
    scope: Many[Label] | None = None
    two_way_only: bool | None = None
    further: int | None = Field(default=None, ge=0, le=99)
    until: Moment | None = None
    level: Level | None = None
    levels: dict[TypePattern, Level] | None = None
    conditions: Many[ConditionText] | None = None


class Offer(Terms):
    """Where somebody holds it already, acceptance hands it over at that very moment."""

    do: ClassVar[str] = "offer"
    to: Handle
    since: Moment | None = Field(default=None, validation_alias="from")
    review_on: Day | None = None
    resources: Many[Text] = ()
    delegator_duties: Many[Text] = ()
    check_in_every: Period | None = None


class WithdrawOffer(Command):
    do: ClassVar[str] = "withdraw-offer"
    code: Responsibility


class Accept(Command):
    do: ClassVar[str] = "accept"
    code: Responsibility
    reservations: Text | None = None


class Decline(Command):
    do: ClassVar[str] = "decline"
    code: Responsibility


class ChangeMandate(Terms):
    """What is given changes, what is in `inherit` becomes the parent's, the rest stays."""

    do: ClassVar[str] = "change-mandate"
    inherit: Many[
        Literal["types", "amount", "amount_per_year", "scope", "one_way", "further", "until", "conditions"]
    ] = ()
    agreed_by: Many[Handle] = ()


class StandIn(Command):
    do: ClassVar[str] = "stand-in"
    code: Responsibility
    member: Handle
    since: Moment = Field(validation_alias="from")
    until: Moment


class EndStandIn(Command):
    do: ClassVar[str] = "end-stand-in"
    code: Responsibility
    member: Handle


class Renew(Command):
    do: ClassVar[str] = "renew"
    code: Responsibility
    until: Moment | None = None
    review_on: Day | None = None
    agreed_by: Many[Handle] = ()


class Complete(Command):
    do: ClassVar[str] = "complete"
    code: Responsibility
    summary: Text
    learned: Text | None = None


class HandBack(Command):
    do: ClassVar[str] = "hand-back"
    code: Responsibility
    lacking: Literal["authority", "resources", "competence", "capacity", "other"]
    effective: Moment | None = None


class Revoke(Command):
    do: ClassVar[str] = "revoke"
    code: Responsibility
    effective: Moment | None = None
    talked_first: bool = False


class CheckIn(Command):
    """`with` names who else was there; `asked_by` is who wanted it (None: `by`)."""

    do: ClassVar[str] = "check-in"
    private: ClassVar[frozenset[str]] = frozenset({"note"})
    code: Responsibility
    state: Literal["going_well", "needs_support", "blocked"]
    asked_by: Handle | None = None
    planned: bool = True
    note: Text | None = None
    next_on: Day | None = None


class AskSupport(Command):
    """`of` is who answers above it where nobody is named."""

    do: ClassVar[str] = "ask-support"
    code: Responsibility
    what: Text
    of: Handle | None = None


class GiveSupport(Command):
    """`support` may be left out where only one waits."""

    do: ClassVar[str] = "give-support"
    code: Responsibility
    what: Text
    support: int | None = Field(default=None, ge=1)


class ReviewDelegation(Command):
    """`with` names the other side, without whom there is no review."""

    do: ClassVar[str] = "review-delegation"
    code: Responsibility
    design: Literal["fits", "change"]
    mandate: Literal["keep", "widen", "narrow", "end"]
    delegator_part: Literal["fits", "change"]
    learned: Text
    next_review_on: Day | None = None
