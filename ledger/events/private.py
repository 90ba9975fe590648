"""Which fields of which events commit to a private text, and which texts of a stream are still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ledger.events.feedback import FeedbackAsked, FeedbackBodyErased, FeedbackGiven, FeedbackReplied
from ledger.events.ledger import NoteAdded, PersonalDataErased
from ledger.events.member import MemberAdded, MemberRenamed
from ledger.events.responsibility import CheckInHeld

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.events.base import Entry, Event

PrivateField = Literal["name", "note", "body", "question"]

ERASED: Final = "(erased)"
"""What is shown in the place of a text that is gone."""
WITHHELD: Final = "(not for you)"
"""What is shown in the place of a text that the reader may not read."""
APART: Final = "(private)"
"""What is shown in the place of every text in an answer that is handed on: it lies apart, for whom it is meant."""

# Of each, the field `<name>_digest` of the event holds the commitment.
PRIVATE: Final[dict[str, tuple[PrivateField, ...]]] = {
    MemberAdded.kind: ("name",),
    MemberRenamed.kind: ("name",),
    NoteAdded.kind: ("note",),
    CheckInHeld.kind: ("note",),
    FeedbackAsked.kind: ("question",),
    FeedbackGiven.kind: ("body",),
    FeedbackReplied.kind: ("body",),
}


# The events by which texts are destroyed.
ERASING: Final = (PersonalDataErased.kind, FeedbackBodyErased.kind)


def commitments(event: Event) -> dict[PrivateField, str]:
    """The digest of each private text that the event commits to, by the name of its field."""
    found: dict[PrivateField, str | None] = {
        field: getattr(event, f"{field}_digest") for field in PRIVATE.get(event.kind, ())
    }
    return {field: digest for field, digest in found.items() if digest is not None}


def kept(entries: Iterable[Entry]) -> dict[str, PrivateField]:
    """The private texts of a stream that are not erased: the name of its field by each digest, in order.

    Of the entries as they were recorded: an annulled one has its text until that is erased.
    """
    found: dict[str, PrivateField] = {}
    for entry in entries:
        found.update((digest, field) for field, digest in commitments(entry.event).items())
        if isinstance(entry.event, PersonalDataErased):
            for digest in entry.event.digests:
                found.pop(digest, None)
    return found


def closed(entries: Iterable[Entry]) -> bool:
    """Whether the stream's texts were erased as a whole, so that it gets no new ones."""
    return any(isinstance(entry.event, PersonalDataErased) and entry.event.whole for entry in entries)
