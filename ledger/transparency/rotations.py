"""A log's key that another replaces: a checkpoint that both sign, and that names both.

A signature says nothing of the line beside it, which anybody could have added. So both keys stand in what is signed, in
an extension line of C2SP tlog-checkpoint v1.0.0 (https://c2sp.org/tlog-checkpoint@v1.0.0), as signed-note writes them:

    tillit.key-rotation@v1 <the key that was> <the key that is>

Whoever knows one of the two may then go by the other: the key that was has named its successor, and the key that is has
said what was before it. The line is ours; to other tools it is one of no meaning.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from ledger.transparency.checkpoints import MAX_TREE_SIZE, Checkpoint
from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import ED25519, Note, SigningKey, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LINE: Final = "tillit.key-rotation@v1"
_WORDS: Final = 3
_SOME: Final = 5
"""Keys that are named, however many signed."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """From `size` entries on, the key `new` signs for the log in the place of `old`; both say so."""

    size: int
    old: VerifierKey
    new: VerifierKey

    @classmethod
    def read(cls, note: Note) -> Self | None:
        """What a note says of keys; None if it says nothing. Raises InvalidNote unless both signed what it says."""
        checkpoint = Checkpoint.parse(note.text)
        said = [line.split(" ") for line in checkpoint.extensions if line.startswith(_LINE)]
        if not said:
            return None
        if len(said) != 1 or len(said[0]) != _WORDS or said[0][0] != _LINE:
            raise InvalidNote("A checkpoint names the key that was and the key that is, once.")
        old, new = (VerifierKey.parse(word) for word in said[0][1:])
        if any(key.name != checkpoint.origin or key.algorithm != ED25519 for key in (old, new)) or old == new:
            raise InvalidNote(f"A key of {checkpoint.origin} is replaced by another of its own.")
        if len(note.verified((old, new))) != len((old, new)):
            raise InvalidNote("A key is replaced where both sign, the one that was and the one that is.")
        return cls(checkpoint.size, old, new)


def rotated(checkpoint: Checkpoint, old: SigningKey, new: SigningKey) -> Note:
    """The checkpoint with the line that names both keys, signed by both."""
    line = f"{_LINE} {old.verifier} {new.verifier}"
    note = Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, (line,)).signed(old)
    return note.with_signature(new.signature(note.text))


class Trusted:
    """The keys that somebody knows, and those that these vouch for in rotations.

    A key that was replaced is gone by for the trees up to that moment only, unless it is known anyway: the reason to
    replace it may have been that it was stolen.
    """

    def __init__(self, known: Iterable[VerifierKey], notes: Iterable[Note] = ()) -> None:
        self._up_to = dict.fromkeys(known, MAX_TREE_SIZE)
        self.rotations: Sequence[Rotation] = self._followed(list(_rotations(notes)))

    def __bool__(self) -> bool:
        return bool(self._up_to)

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        return tuple(self._up_to)

    def at(self, size: int) -> tuple[VerifierKey, ...]:
        """The keys to verify a checkpoint of that size by."""
        return tuple(key for key, up_to in self._up_to.items() if size <= up_to)

    def beside(self, note: Note) -> str:
        """A sentence, with a space before it, on who signed for the log where none of these keys did; else empty."""
        checkpoint = Checkpoint.parse(note.text)
        others = [each.key_id.hex() for each in note.signatures if each.name == checkpoint.origin]
        if not others or any(note.signature_of(key) for key in self.at(checkpoint.size)):
            return ""
        named = ", ".join(others[:_SOME])
        return f" In the log's name the key {named} signed: if that is its own too, bring it as well."

    def _followed(self, rotations: Sequence[Rotation]) -> Sequence[Rotation]:
        """Those that a key vouches for that is gone by, in the order of their sizes."""
        followed: set[Rotation] = set()
        while new := [each for each in rotations if each not in followed and self._goes_by(each)]:
            for each in new:
                self._up_to.setdefault(each.new, MAX_TREE_SIZE)
                self._up_to[each.old] = max(self._up_to.get(each.old, 0), each.size)
            followed.update(new)
        return sorted(followed, key=lambda each: each.size)

    def _goes_by(self, rotation: Rotation) -> bool:
        return any(key in self.at(rotation.size) for key in (rotation.old, rotation.new))


def _rotations(notes: Iterable[Note]) -> Iterator[Rotation]:
    for note in notes:
        with suppress(InvalidNote):
            if rotation := Rotation.read(note):
                yield rotation
