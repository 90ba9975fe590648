"""Proofs that an entry is in the log, complete in themselves: the leaf, its path, the checkpoint that it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.canonical import read
from ledger.errors import Damaged, Malformed, NotFound, Refused
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note, VerifierKey
from ledger.transparency.proofs import inclusion_proof, verify_inclusion
from ledger.transparency.tiles import TiledNodes
from ledger.transparency.tlog_proofs import TlogProof
from ledger.transparency.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.store import Reader


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof shows: the entry at `position` of the log `origin`, which had `size` entries then."""

    origin: str
    size: int
    position: int
    leaf: dict[str, Any]


def prove(reader: Reader, note: bytes, position: int) -> bytes:
    """A `.tlog-proof` (C2SP tlog-proof) of the entry at `position`, with the leaf's bytes as its extra data.

    `note` is a signed checkpoint. Raises NotFound "position.beyond", Damaged "proof.impossible".
    """
    note_read = Note.parse(note)
    checkpoint = Checkpoint.parse(note_read.text)
    size = checkpoint.size
    if not 0 < position <= size:
        template = "There is no position {position}; the log ends at {head}."
        raise NotFound("position.beyond", template, position=position, head=size)
    leaf = reader.at(position)
    try:
        hashes = tuple(inclusion_proof(position - 1, size, TiledNodes(reader.tile).node))
        # A proof that nobody can verify must not leave the house: the checkpoint was signed by the edge alone.
        proved = b"" if leaf is None else leaf.leaf
        verify_inclusion(position - 1, size, leaf_hash(proved), hashes, checkpoint.root)
    except TransparencyError as wrong:
        template = "Entry {position} cannot be proved: the record was altered since it was signed; see tillit verify."
        raise Damaged("proof.impossible", template, position=position) from wrong
    return TlogProof(position - 1, hashes, note_read, proved).encoded()


def verify_proof(data: bytes, keys: Sequence[str]) -> Proved:
    """What the proof shows to whoever trusts one of these vkeys. Needs no ledger.

    Raises Malformed "proof.malformed", "verify.key", Refused "proof.no_leaf", Damaged "proof.wrong".
    """
    try:
        trusted = [VerifierKey.parse(key) for key in keys]
    except TransparencyError as wrong:
        raise Malformed("verify.key", "That is no verifier key: {why}", why=str(wrong)) from wrong
    try:
        proof = TlogProof.parse(data)
    except TransparencyError as wrong:
        raise Malformed("proof.malformed", "The file is no proof: {why}", why=str(wrong)) from wrong
    if not proof.extra:
        raise Refused("proof.no_leaf", "The proof carries no entry, so that nothing is shown; ask for one that does.")
    wrongs: list[str] = []
    for key in trusted:
        try:
            checkpoint = proof.verify(proof.extra, key)
        except TransparencyError as wrong:
            wrongs.append(str(wrong))
            continue
        leaf = read(proof.extra)
        if leaf is None or (leaf.get("seq"), leaf.get("log")) != (proof.index, checkpoint.origin):
            break
        return Proved(checkpoint.origin, checkpoint.size, proof.index + 1, leaf)
    why = wrongs[0] if wrongs else "the entry is of another place or another log"
    raise Damaged("proof.wrong", "The proof does not hold: {why}", why=why)
