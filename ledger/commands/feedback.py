"""Commands about what members say to each other about the work."""

from __future__ import annotations

from typing import ClassVar

from ledger.commands.base import About, Command, FeedbackId, Handle, Result, Text
from ledger.events.feedback import FeedbackKind, Visibility


class AskFeedback(Command):
    """What is asked is for `of` alone, and may be erased."""

    do: ClassVar[str] = "feedback ask"
    private: ClassVar[frozenset[str]] = frozenset({"question"})
    of: Handle
    about: About
    question: Text | None = None


class GiveFeedback(Command):
    """`answers` names the feedback that was asked for; then `about` is what that was about, if not said."""

    do: ClassVar[str] = "feedback give"
    private: ClassVar[frozenset[str]] = frozenset({"text"})
    to: Handle
    about: About | None = None
    kind: FeedbackKind
    text: Text
    visibility: Visibility = "between"
    answers: FeedbackId | None = None


class OnFeedback(Command):
    feedback: FeedbackId


class AcknowledgeFeedback(OnFeedback):
    do: ClassVar[str] = "feedback acknowledge"


class ReplyToFeedback(OnFeedback):
    do: ClassVar[str] = "feedback reply"
    private: ClassVar[frozenset[str]] = frozenset({"text"})
    text: Text


class ActOnFeedback(OnFeedback):
    """What changed is for all to read."""

    do: ClassVar[str] = "feedback act"
    what: Text
    ref: Result | None = None


class ShareFeedback(OnFeedback):
    do: ClassVar[str] = "feedback share"
    visibility: Visibility


class RetractFeedback(OnFeedback):
    do: ClassVar[str] = "feedback retract"


class EraseFeedback(OnFeedback):
    """All of its texts; by the giver only the giver's own. `ground` is recorded as it is."""

    do: ClassVar[str] = "feedback erase"
    ground: Text
