"""What one member said to another about something in the ledger, and what came of it; never the words themselves."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.events.base import Event
from ledger.events.ledger import PersonalDataErased

FeedbackKind = Literal["appreciation", "guidance"]
Visibility = Literal["between", "line", "open"]


class FeedbackAsked(Event):
    """The actor would like to hear from `of` about something; `question_digest` commits to what in particular."""

    kind: ClassVar[str] = "feedback.asked.v1"
    feedback: str
    of: str
    about: str
    question_digest: str | None = None


class FeedbackGiven(Event):
    """The actor appreciates something, or wishes for a change; `body_digest` commits to the words.

    `about` is a stream, or an entry `stream/version` where it is a check-in or a review. `answers` names the feedback
    that was asked for.
    """

    kind: ClassVar[str] = "feedback.given.v1"
    feedback: str
    to: str
    about: str
    feedback_kind: FeedbackKind
    body_digest: str
    visibility: Visibility = "between"
    answers: str | None = None


class FeedbackAcknowledged(Event):
    """The receiver has read it."""

    kind: ClassVar[str] = "feedback.acknowledged.v1"


class FeedbackReplied(Event):
    """The receiver answered; `body_digest` commits to the words, which whoever may read the feedback may read."""

    kind: ClassVar[str] = "feedback.replied.v1"
    body_digest: str


class FeedbackActedOn(Event):
    """What came of it, in words that are for all; `ref` is the decision, responsibility or entry where it shows."""

    kind: ClassVar[str] = "feedback.acted_on.v1"
    what: str
    ref: str | None = None


class FeedbackShared(Event):
    """The receiver lets more people read it."""

    kind: ClassVar[str] = "feedback.shared.v1"
    visibility: Visibility


class FeedbackRetracted(Event):
    """The giver takes it back; that it was given stays. The envelope's reason says why."""

    kind: ClassVar[str] = "feedback.retracted.v1"


class FeedbackBodyErased(PersonalDataErased):
    """The words are gone, as with any erasure; the digests prove that nothing was put in their place."""

    kind: ClassVar[str] = "feedback.body_erased.v1"
