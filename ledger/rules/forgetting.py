"""The rules about private texts: who may write one about what, and who may have them erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import standing
from ledger.errors import Refused
from ledger.events import ledger as events
from ledger.events.feedback import FeedbackBodyErased
from ledger.events.private import closed, kept
from ledger.rules.common import ROOT_ID, require_together, roster
from ledger.values import MEMBERS, member_stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.aggregates.decider import Decided, World
    from ledger.commands import ledger as commands

MANY: Final = 1000
"""Digests in one event; an entry holds some 1 400 of them at most."""


def note(command: commands.Note, world: World) -> Decided:
    _require_known(world, command.stream)
    require_open(world, command.stream)
    return [(command.stream, events.NoteAdded(note_digest=world.commit(command.stream, "note", command.text)))]


def erase(command: commands.Erase, world: World) -> Decided:
    """One event for each thousand texts of a stream; all of them are destroyed in the transaction that records it.

    Of a member also what was said to them or about them, whoever said it; not what they said to others, which is the
    receiver's too.
    """
    _require_known(world, command.stream)
    _require_may_erase(command, world)
    subjects = [command.stream]
    if command.stream.startswith(MEMBERS):
        subjects += world.said_to(command.stream.removeprefix(MEMBERS))
    whole = not command.fields
    gone = {
        subject: [
            (digest, field)
            for digest, field in kept(world.entries(subject)).items()
            if whole or field in command.fields
        ]
        for subject in subjects
    }
    require(
        any(gone.values()),
        "erasure.nothing",
        "{subject} has no private text of that kind that could be erased. (A name that was recorded before names "
        "could be erased stands in the log for ever.)",
        subject=command.stream,
    )
    return [
        (subject, erased(fields=fields, digests=digests, ground=command.ground, whole=whole))
        for subject, texts in gone.items()
        # Who was erased as a whole is closed to new texts, whether or not there were any of their own.
        if texts or (whole and subject == command.stream)
        for erased in (events.PersonalDataErased if subject == command.stream else FeedbackBodyErased,)
        for fields, digests in erasures(texts)
    ]


def erasures(gone: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The fields and the digests of each event that it takes to erase these (digest, field); of none, one."""
    for first in range(0, max(len(gone), 1), MANY):
        some = gone[first : first + MANY]
        yield tuple(dict.fromkeys(field for _digest, field in some)), tuple(digest for digest, _field in some)


def require_open(world: World, stream: str) -> None:
    """What was erased as a whole stays so.

    A new text would need a new key, and would bring back, by anybody's slip, what somebody was promised is gone. Who
    wants only the old texts away erases them by their field.
    """
    require(
        not closed(world.entries(stream)),
        "erasure.for_good",
        "All private texts of {subject} were erased for good, so nothing private is recorded about it again.",
        subject=stream,
    )


def _require_known(world: World, stream: str) -> None:
    require(world.entries(stream), "subject.unknown", "There is nothing by the name {subject}.", subject=stream)


def _require_may_erase(command: commands.Erase, world: World) -> None:
    """The member themself; else who holds the root, or, while nobody does, a founder."""
    if command.stream == member_stream(command.by):
        return
    root = chain_at(world, ROOT_ID, world.on)
    seat = standing(root, command.by, roster(world))
    if seat is not None:
        require_together(world, seat, command)
    elif root[-1].holding is not None or command.by not in world.ledger().founders:
        raise Refused(
            "erasure.not_yours",
            "Private texts of {subject} are erased by the member themself, or by who holds the root or answers for "
            "it; ask {owner}.",
            subject=command.stream,
            owner=root[-1].holding.holder if root[-1].holding else ", ".join(world.ledger().founders),
        )
