"""Fork proofs: one small text that shows anybody that a log signed two histories which cannot both be true.

The format, version 1, is lines of ASCII ended by newlines, then the two signed notes:

    tillit.fork-proof@v1
    root <base64>             the root that the second checkpoint's tree has at the first one's size
    <base64>                  a consistency proof (RFC 6962, 2.1.2) between that root and the second checkpoint's,
    ...                       each hash on a line, those deepest in the tree first
                              (an empty line)
    <the first note>          a C2SP tlog-checkpoint of the smaller size
                              (an empty line)
    <the second note>         a checkpoint of the larger size, or of the same size

The line `root` and the hashes are there if the sizes differ. If they are the same, the two roots show it alone. The
proof holds if both notes are signed by the log, and the tree of the second, which the consistency proof ties to
`root`, has another root at the first one's size than the first note says. It needs no ledger and no export: who has
the log's public key can check it. There is one way only to write a proof down, and any other is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from ledger.errors import Damaged, Malformed
from ledger.publishing.reading import shown
from ledger.transparency.checkpoints import Checkpoint, hash_line, hash_of_line
from ledger.transparency.errors import InvalidNote, InvalidProof, TransparencyError
from ledger.transparency.notes import ED25519, MAX_NOTE, Note, VerifierKey
from ledger.transparency.proofs import consistency_proof, verify_consistency
from ledger.transparency.proofs import root as root_of
from ledger.transparency.rotations import Trusted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.transparency.proofs import Node

MAX_FORK: Final = 2 * MAX_NOTE + 10_000
"""Bytes."""

_HEADER: Final = "tillit.fork-proof@v1"
_ANY_VERSION: Final = b"tillit.fork-proof@"
_ROOT: Final = "root "
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class Fork:
    """What a fork proof shows: the log `origin` signed `first` and `second`, and no log can have both."""

    first: Checkpoint
    second: Checkpoint

    @property
    def origin(self) -> str:
        return self.first.origin

    def __str__(self) -> str:
        if self.first.size == self.second.size:
            return f"The log {shown(self.origin)} signed two different histories of {self.first.size} entries."
        return (
            f"The log {shown(self.origin)} signed a history of {self.first.size} entries, and another of "
            f"{self.second.size} that does not begin with it."
        )


@dataclass(frozen=True, slots=True)
class ForkProof:
    """Two notes and the hashes that hold them against each other, as the module's text says; nothing is verified yet.

    `root` is None and `hashes` empty if the sizes are the same.
    """

    first: Note
    second: Note
    root: bytes | None = None
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The proof that `data` holds. Raises Malformed "export.fork" unless `encoded` gives `data` back."""
        try:
            return cls._parsed(data)
        except ValueError as problem:
            template = "This is no fork proof: {why}"
            raise Malformed("export.fork", template, why=shown(str(problem))) from problem

    @classmethod
    def _parsed(cls, data: bytes) -> Self:
        if len(data) > MAX_FORK:
            raise InvalidProof(f"it is longer than {MAX_FORK} bytes.")
        # A checkpoint has no empty line but the one before its signatures.
        parts = data.split(b"\n\n")
        if len(parts) != _PARTS:
            raise InvalidProof("it is not some lines and two checkpoints.")
        header, *lines = parts[0].decode("ascii").split("\n")
        root = None
        if lines:
            root = hash_of_line(lines.pop(0).removeprefix(_ROOT))
        proof = cls(
            Note.parse(parts[1] + b"\n\n" + parts[2] + b"\n"),
            Note.parse(parts[3] + b"\n\n" + parts[4]),
            root,
            tuple(hash_of_line(line) for line in lines),
        )
        if header != _HEADER or proof.encoded() != data:
            raise InvalidProof(f"it is not written as {_HEADER}.")
        return proof

    def encoded(self) -> bytes:
        lines = [_HEADER]
        if self.root is not None:
            lines += [_ROOT + hash_line(self.root), *map(hash_line, self.hashes)]
        head = "".join(f"{line}\n" for line in lines).encode()
        return head + b"\n" + self.first.encoded() + b"\n" + self.second.encoded()

    def verify(self, keys: Iterable[VerifierKey]) -> Fork:
        """What the proof shows to somebody who knows the log by `keys`.

        Raises Malformed "export.fork_unproved" if it shows nothing, which does not mean that the log is whole.
        """
        known = tuple(keys)
        try:
            fork = Fork(log_checkpoint(self.first, known), log_checkpoint(self.second, known))
            self._require_contradiction(fork)
        except TransparencyError as problem:
            template = "The fork proof shows no fork: {why}"
            raise Malformed("export.fork_unproved", template, why=shown(str(problem))) from problem
        return fork

    def _require_contradiction(self, fork: Fork) -> None:
        first, second = fork.first, fork.second
        if first.origin != second.origin:
            raise InvalidProof("The checkpoints are of two logs.")
        at_first = second.root
        if first.size != second.size:
            if self.root is None:
                raise InvalidProof("Between checkpoints of two sizes there must be a consistency proof.")
            verify_consistency(first.size, second.size, self.hashes, self.root, second.root)
            at_first = self.root
        elif self.root is not None:
            raise InvalidProof("Between checkpoints of one size nothing else is to be proved.")
        if at_first == first.root:
            raise InvalidProof("The second checkpoint's history begins with that of the first.")


def fork_proof(first: bytes, second: bytes, node: Node) -> ForkProof:
    """The proof that two signed checkpoints of one log contradict each other.

    `node(level, index)` gives the hashes of the second checkpoint's tree, which has at least as many entries as the
    first's. It is not asked if the sizes are the same. The caller verifies the proof with the log's keys.

    Raises TransparencyError if the notes hold no checkpoints or the tree does not reach so far.
    """
    notes = Note.parse(first), Note.parse(second)
    old, new = (Checkpoint.parse(note.text).size for note in notes)
    if old == new:
        return ForkProof(*notes)
    return ForkProof(*notes, root_of(old, node), tuple(consistency_proof(old, new, node)))


def is_fork_proof(data: bytes) -> bool:
    """Whether it says of itself that it is one, of whatever version."""
    return data.startswith(_ANY_VERSION)


def verify_fork(data: bytes, keys: Iterable[str]) -> Fork:
    """What a fork proof shows to whoever trusts one of these vkeys. Needs no ledger.

    Raises Malformed "verify.key", "export.fork", Damaged "export.fork_unproved".
    """
    proof = ForkProof.parse(data)
    try:
        trusted = Trusted(map(VerifierKey.parse, keys), (proof.first, proof.second))
    except TransparencyError as wrong:
        raise Malformed("verify.key", "That is no verifier key: {why}", why=str(wrong)) from wrong
    try:
        return proof.verify(trusted.keys)
    except Malformed as nothing:
        raise Damaged(nothing.code, nothing.template, why=nothing.facts["why"]) from nothing


def log_checkpoint(note: Note, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint in `note`, signed by the log it speaks of with one of `keys`.

    A witness's cosignature does not count, nor does a key whose name is not the origin. Raises InvalidNote.
    """
    signers = note.verified(keys)
    checkpoint = Checkpoint.parse(note.text)
    if not any(key.algorithm == ED25519 and key.name == checkpoint.origin for key in signers):
        raise InvalidNote(f"The log {checkpoint.origin} did not sign the checkpoint with a key that is known.")
    return checkpoint
