"""The rules about private texts: who may write one about what, and who may have them erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import standing
from ledger.errors import Refused
from ledger.events import ledger as events
from ledger.events.private import closed, kept
from ledger.rules.common import ROOT_ID, require_together, roster
from ledger.values import member_stream

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
    """One event for each thousand texts; all of them are destroyed in the transaction that records it."""
    _require_known(world, command.stream)
    _require_may_erase(command, world)
    texts = kept(world.entries(command.stream))
    wanted = command.fields or tuple(dict.fromkeys(texts.values()))
    gone = [(digest, field) for digest, field in texts.items() if field in wanted]
    require(
        gone,
        "erasure.nothing",
        "{subject} has no private text of that kind that could be erased. (A name that was recorded before names "
        "could be erased stands in the log for ever.)",
        subject=command.stream,
    )
    return [
        (
            command.stream,
            events.PersonalDataErased(fields=fields, digests=digests, ground=command.ground, whole=not command.fields),
        )
        for fields, digests in erasures(gone)
    ]


def erasures(gone: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The fields and the digests of each event that it takes to erase these (digest, field)."""
    for first in range(0, len(gone), MANY):
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
