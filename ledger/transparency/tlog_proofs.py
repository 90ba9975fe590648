"""Proofs to keep beside a leaf: one small text that shows offline that the leaf is in a log, and who saw the log.

C2SP tlog-proof (https://c2sp.org/tlog-proof), version 1; the files are named `….tlog-proof`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Self

from ledger.transparency.checkpoints import (
    MAX_TREE_SIZE,
    Checkpoint,
    checkpoint_in,
    exact_size,
    hash_line,
    hash_of_line,
)
from ledger.transparency.errors import InvalidProof
from ledger.transparency.notes import Note, VerifierKey, exact_base64
from ledger.transparency.proofs import verify_inclusion
from ledger.transparency.tree import HASH_SIZE, leaf_hash

MAX_HASHES: Final = 63
"""Hashes; a tree of at most 2^63-1 leaves is no higher."""

MAX_EXTRA: Final = 1_000_000
"""Bytes of extra data. The specification sets no limit."""

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_MAX_HEAD: Final = 2 * MAX_EXTRA


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That the leaf at `index`, counted from 0, is in the tree of a checkpoint.

    `hashes` is the inclusion proof (RFC 6962, 2.1.1), hashes of 32 bytes, the leaf's sibling first. `checkpoint` may
    hold cosignatures: hand it to a policy. `extra` is carried along, proved by nothing; empty means none.
    Raises InvalidProof if it cannot be written, InvalidNote if the note is no checkpoint.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_TREE_SIZE:
            raise InvalidProof("The index of a leaf lies between 0 and 2^63-1.")
        if len(self.hashes) > MAX_HASHES or any(len(one) != HASH_SIZE for one in self.hashes):
            raise InvalidProof(f"A proof has at most {MAX_HASHES} hashes, each of {HASH_SIZE} bytes.")
        if len(self.extra) > MAX_EXTRA:
            raise InvalidProof(f"A proof carries at most {MAX_EXTRA} bytes of extra data.")
        Checkpoint.parse(self.checkpoint.text)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The proof that `data` holds. Raises InvalidProof or InvalidNote unless `encoded` gives `data` back."""
        head, empty_line, note = data.partition(b"\n\n")
        if not empty_line or len(head) > _MAX_HEAD:
            raise InvalidProof("A proof is some lines, an empty line and a checkpoint.")
        checkpoint = Note.parse(note)
        try:
            index, hashes, extra = _parse_head(head.decode("ascii").split("\n"))
        except ValueError as problem:
            raise InvalidProof(f"The lines before the checkpoint make no proof: {problem}.") from problem
        return cls(index, hashes, checkpoint, extra)

    def encoded(self) -> bytes:
        extra = (f"extra {base64.b64encode(self.extra).decode()}",) if self.extra else ()
        lines = (_HEADER, *extra, f"index {self.index}", *map(hash_line, self.hashes), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint.encoded()

    def verify(self, leaf: bytes, key: VerifierKey, origin: str | None = None) -> Checkpoint:
        """The log's checkpoint, if it proves that the log holds `leaf` (the bytes that were logged) at `index`.

        `key` is the log's; `origin` is given where it is not the key's name. Cosignatures are not looked at. Raises
        InvalidNote if the checkpoint is not signed by `key` for that log, InvalidProof if the leaf is not proved.
        """
        return self.verify_hash(leaf_hash(leaf), key, origin)

    def verify_hash(self, digest: bytes, key: VerifierKey, origin: str | None = None) -> Checkpoint:
        """As `verify`, for a reader who has only the leaf's hash, `digest` (32 bytes, RFC 6962, 2.1)."""
        # Two methods, since a leaf of 32 bytes looks like a hash.
        checkpoint = checkpoint_in(self.checkpoint, key, origin)
        verify_inclusion(self.index, checkpoint.size, digest, self.hashes, checkpoint.root)
        return checkpoint


def _parse_head(lines: list[str]) -> tuple[int, tuple[bytes, ...], bytes]:
    if lines[0] != _HEADER:
        raise ValueError(f"the first line is not {_HEADER}")
    rest, extra = lines[1:], b""
    if rest and rest[0].startswith("extra "):
        extra = exact_base64(rest.pop(0).removeprefix("extra "))
        if not extra:
            raise ValueError("the line of extra data is empty")
    if not rest or not rest[0].startswith("index "):
        raise ValueError("a line with the index is missing")
    index = exact_size(rest[0].removeprefix("index "))
    if len(rest) > MAX_HASHES + 1:
        raise ValueError(f"there are more than {MAX_HASHES} hashes")
    return index, tuple(map(hash_of_line, rest[1:])), extra
