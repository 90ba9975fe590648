"""Which checkpoint fixes what: one that was given out, so that nobody can choose it after the fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Damaged, Malformed, NotFound
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.proofs import root
from ledger.transparency.tiles import TiledNodes

if TYPE_CHECKING:
    from ledger.store import Recorder


def given_out(recorder: Recorder, which: bytes | int | None, upto: int) -> Checkpoint:
    """The checkpoint in the note `which`, or the one given out of so many entries, or the last one given out.

    None is of more than `upto` entries. Raises NotFound "checkpoint.none", Malformed "checkpoint.malformed", Damaged
    "checkpoint.other" where the log's first entries are not those that it fixes.
    """
    if isinstance(which, bytes):
        found = _read(which)
    else:
        kept = (_read(note) for note in reversed(recorder.checkpoints()))
        fits = (each for each in kept if each.size <= upto and which in {None, each.size})
        chosen = next(fits, None)
        if chosen is None:
            raise NotFound(
                "checkpoint.none",
                "No checkpoint that fits was given out; give one out before the number is picked.",
                hints=("tillit checkpoint",),
            )
        found = chosen
    if found.size > upto:
        raise NotFound(
            "checkpoint.none",
            "The checkpoint is of {size} entries, and only {upto} count here.",
            size=found.size,
            upto=upto,
        )
    if root(found.size, TiledNodes(recorder.tile).node) != found.root:
        raise Damaged(
            "checkpoint.other", "The first {size} entries are not those that the checkpoint fixes.", size=found.size
        )
    return found


def last_signed(recorder: Recorder) -> int:
    """How many entries the last checkpoint that was signed is of; 0 where none was. Raises Malformed as `given_out`."""
    note = recorder.note()
    return 0 if note is None else _read(note).size


def _read(note: bytes) -> Checkpoint:
    try:
        return Checkpoint.parse(Note.parse(note).text)
    except TransparencyError as wrong:
        raise Malformed("checkpoint.malformed", "That is no checkpoint: {why}", why=str(wrong)) from wrong
