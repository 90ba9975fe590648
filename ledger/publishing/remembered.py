"""Checkpoints that a verifier kept outside the ledger: what an export's history is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ledger.errors import Malformed
from ledger.publishing.forks import log_checkpoint
from ledger.publishing.reading import shown
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import MAX_NOTE, Note

if TYPE_CHECKING:
    from ledger.transparency.rotations import Trusted


@dataclass(frozen=True, slots=True)
class Remembered:
    """A checkpoint as somebody kept it: the signed note, or only its lines, as pasted into the minutes.

    The lines alone fix the history for who kept them; to convince others that the log forked takes the `note`.
    """

    checkpoint: Checkpoint
    note: bytes | None

    @classmethod
    def parse(cls, data: bytes, trusted: Trusted) -> Self:
        """Raises Malformed "export.known" where `data` is no checkpoint, or a signed one that no trusted key signed.

        The lines alone may end as any editor ends them.
        """
        if len(data) > MAX_NOTE:
            raise _unusable("it is too long")
        try:
            note = Note.parse(data)
        except InvalidNote as no_note:
            try:
                lines = data.decode().replace("\r\n", "\n").strip("\n")
                return cls(Checkpoint.parse(f"{lines}\n"), None)
            except ValueError:
                raise _unusable(str(no_note)) from no_note
        try:
            return cls(log_checkpoint(note, trusted.at(Checkpoint.parse(note.text).size)), data)
        except InvalidNote as problem:
            raise _unusable(str(problem)) from problem


def _unusable(why: str) -> Malformed:
    template = "What was handed in as a checkpoint that was kept cannot be used: {why}"
    return Malformed("export.known", template, why=shown(why))
