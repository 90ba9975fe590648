"""Checkpoints: what a log says it holds, signed by the log and cosigned by witnesses that saw it only grow.

C2SP tlog-checkpoint v1.0.0 (https://c2sp.org/tlog-checkpoint@v1.0.0) and the Ed25519 cosignatures of C2SP
tlog-cosignature v1.0.0 (https://c2sp.org/tlog-cosignature@v1.0.0).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final, Self

from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey, VerifierKey, exact_base64
from ledger.transparency.tree import HASH_SIZE

MAX_TREE_SIZE: Final = 2**63 - 1
"""Leaves. The formats set no limit; other implementations count in signed 64 bits."""

_TIME_BYTES: Final = 8
_SIZE: Final = re.compile("0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile("[\x00-\x1f]")
_FIXED_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of the log `origin` at `size` leaves (0 to MAX_TREE_SIZE) has the root hash `root` (32 bytes).

    `extensions` are further lines of no meaning here. Raises InvalidNote if no checkpoint can say that.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or _CONTROL.search(line):
                raise InvalidNote("The origin or an extension line is empty or holds a control character.")
        if not 0 <= self.size <= MAX_TREE_SIZE:
            raise InvalidNote(f"A tree size lies between 0 and 2^63-1; {self.size} does not.")
        if len(self.root) != HASH_SIZE:
            raise InvalidNote(f"A root hash has {HASH_SIZE} bytes, not {len(self.root)}.")

    @property
    def text(self) -> str:
        """The text of the note, with its final newline."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, hash_line(self.root), *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint of a note's text. Raises InvalidNote unless `text` is what the checkpoint writes."""
        lines = text.split("\n")
        if len(lines) <= _FIXED_LINES or lines.pop():
            raise InvalidNote("A checkpoint has at least three lines, each ended by a newline.")
        try:
            size, root = exact_size(lines[1]), hash_of_line(lines[2])
        except ValueError as problem:
            raise InvalidNote(f"The checkpoint has a wrong tree size or root hash: {problem}.") from problem
        return cls(lines[0], size, root, tuple(lines[_FIXED_LINES:]))

    def signed(self, key: SigningKey) -> Note:
        """The checkpoint as a note signed by the log. Raises InvalidNote unless the key's name is the origin.

        A log must never sign two checkpoints that are inconsistent; that is for the caller to see to.
        """
        if key.name != self.origin:
            raise InvalidNote(f"The key {key.name} does not sign for the log {self.origin}.")
        return Note(self.text, (key.signature(self.text),))


def opened(data: bytes, key: VerifierKey, origin: str | None = None) -> Checkpoint:
    """The checkpoint in the note `data`, signed by the log's `key`. `origin` is given where it is not the key's name.

    Raises InvalidNote if it is malformed, not signed by `key`, or of another log.
    """
    return checkpoint_in(Note.parse(data), key, origin)


def checkpoint_in(note: Note, key: VerifierKey, origin: str | None = None) -> Checkpoint:
    """As `opened`, of a note that is read already."""
    note.verified((key,))
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != (key.name if origin is None else origin):
        raise InvalidNote(f"The checkpoint is of the log {checkpoint.origin}, for which {key.name} does not sign.")
    return checkpoint


def cosigned(note: Note, key: SigningKey, time: int) -> Note:
    """The checkpoint `note` with a cosignature of `key` at `time`, in place of an earlier one by the same key.

    `time` is in seconds since 1970 (POSIX). It states that this is the largest tree that the cosigner has seen of the
    log and that it is consistent with all before; that is for the caller to see to. Raises InvalidNote if the note
    holds no checkpoint or the key is not one for cosignatures.
    """
    Checkpoint.parse(note.text)
    return note.with_signature(key.cosignature(note.text, time))


def verify_cosignature(note: Note, key: VerifierKey) -> int:
    """When `key` cosigned the checkpoint `note`, in seconds since 1970 (POSIX).

    Raises InvalidNote if it did not, if the note holds no checkpoint, or if the key is not one for cosignatures.
    """
    if key.algorithm != COSIGNATURE_V1:
        raise InvalidNote(f"{key.name} is no key for cosignatures.")
    Checkpoint.parse(note.text)
    signature = note.signature_of(key)
    if signature is None or not key.verifies(note.text, signature.value):
        raise InvalidNote(f"{key.name} did not cosign the checkpoint.")
    return int.from_bytes(signature.value[:_TIME_BYTES])


def exact_size(text: str) -> int:
    """A number of leaves, or a leaf's index, in decimal without leading zeros. Raises ValueError above 2^63-1."""
    if not _SIZE.fullmatch(text) or int(text) > MAX_TREE_SIZE:
        raise ValueError(f"{text[:40]!r} is no number from 0 to 2^63-1 without leading zeros")
    return int(text)


def hash_line(value: bytes) -> str:
    """A hash as these formats write it, in base64, without a newline."""
    return base64.b64encode(value).decode()


def hash_of_line(line: str) -> bytes:
    """The hash of 32 bytes that `line` writes, given without its newline. Raises ValueError."""
    value = exact_base64(line)
    if len(value) != HASH_SIZE:
        raise ValueError(f"a hash has {HASH_SIZE} bytes, not {len(value)}")
    return value
