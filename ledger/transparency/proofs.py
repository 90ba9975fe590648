"""Proofs that a leaf stands in a tree, and that a later tree only added to an earlier one; made and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ledger.transparency.errors import InvalidProof
from ledger.transparency.tree import EMPTY_ROOT, HASH_SIZE, MAX_SIZE, node_hash

Node = Callable[[int, int], bytes]
"""(level, index) to the hash of the perfect subtree over leaves index * 2^level to (index + 1) * 2^level - 1."""


def root(size: int, node: Node) -> bytes:
    """The Merkle tree hash of the first `size` leaves, 32 bytes (RFC 6962, 2.1).

    Raises InvalidProof if the size lies outside 0 to 2^64-1.
    """
    _check_size(size)
    return _subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `index`, counted from 0, in the tree of the first `size` leaves (RFC 6962, 2.1.1).

    At most 64 hashes, the leaf's sibling first. Raises InvalidProof if the tree has no such leaf.
    """
    _check_leaf(index, size)
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        split = _split(begin, end)
        if index < split:
            path.append(_subtree(split, end, node))
            end = split
        else:
            path.append(_subtree(begin, split, node))
            begin = split
    path.reverse()
    return path


def consistency_proof(old_size: int, new_size: int, node: Node) -> list[bytes]:
    """The proof that the tree of `new_size` leaves begins with that of `old_size` leaves (RFC 6962, 2.1.2).

    At most 65 hashes, those deepest in the tree first; none if the sizes are equal. Raises InvalidProof if the old
    tree is empty, of which there is nothing to prove, or larger than the new one.
    """
    _check_sizes(old_size, new_size)
    proof: list[bytes] = []
    begin, end = 0, new_size
    while old_size < end:
        split = _split(begin, end)
        if old_size <= split:
            proof.append(_subtree(split, end, node))
            end = split
        else:
            proof.append(_subtree(begin, split, node))
            begin = split
    # What is left ends where the old tree ends. If it is the whole old tree, the verifier has its hash: the old root.
    if begin > 0:
        proof.append(_subtree(begin, end, node))
    proof.reverse()
    return proof


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with `leaf_hash` stands at `index`, counted from 0, in the tree of `size` leaves and `root`.

    RFC 9162, 2.1.3.2. Hashes have 32 bytes. Raises InvalidProof if it is not proved. Size and root must be known to
    belong together, as in a checkpoint: a proof alone does not tell apart sizes in which the leaf's path runs alike.
    """
    _check_leaf(index, size)
    _check_hash("leaf hash", leaf_hash)
    _check_hash("root", root)
    inner, border = _path_lengths(index, size)
    _check_proof(proof, inner + border)
    computed = _climbed(leaf_hash, proof[:inner], index)
    computed = _joined(computed, proof[inner:])
    if computed != root:
        raise InvalidProof(f"The proof leads from leaf {index} to another root than that of the tree of {size} leaves.")


def verify_consistency(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of `new_size` leaves and `new_root` begins with that of `old_size` leaves and `old_root`.

    RFC 9162, 2.1.4.2. Hashes have 32 bytes. Raises InvalidProof if it is not proved, and always if the old tree is
    empty: every tree begins with it, so that nothing is shown. Each size must be known to belong to its root.
    """
    _check_sizes(old_size, new_size)
    _check_hash("old root", old_root)
    _check_hash("new root", new_root)
    if old_size == new_size:
        _check_proof(proof, 0)
        if old_root != new_root:
            raise InvalidProof(f"Two trees of {old_size} leaves have different roots: they are not the same log.")
        return
    # The proof is the path of the old tree's last perfect subtree in the new tree, after that subtree's own hash,
    # unless the subtree is all of the old tree.
    height = (old_size & -old_size).bit_length() - 1
    last = (old_size - 1) >> height
    inner, border = _path_lengths(old_size - 1, new_size)
    inner -= height
    if last == 0:
        _check_proof(proof, inner + border)
        start, path = old_root, proof
    else:
        _check_proof(proof, 1 + inner + border)
        start, path = proof[0], proof[1:]
    within_old = [sibling for level, sibling in enumerate(path[:inner]) if last >> level & 1]
    if _joined(_joined(start, within_old), path[inner:]) != old_root:
        raise InvalidProof(f"The proof does not lead to the root of the old tree of {old_size} leaves.")
    if _joined(_climbed(start, path[:inner], last), path[inner:]) != new_root:
        raise InvalidProof(f"The proof does not lead to the root of the new tree of {new_size} leaves.")


def _split(begin: int, end: int) -> int:
    """Where RFC 6962 divides the leaves begin to end-1: after the largest power of two smaller than their number."""
    return begin + (1 << (end - begin - 1).bit_length() - 1)


def _subtree(begin: int, end: int, node: Node) -> bytes:
    """The Merkle tree hash of leaves begin to end-1, where begin is a place at which RFC 6962 divides."""
    perfect: list[bytes] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        perfect.append(node(level, begin >> level))
        begin += 1 << level
    return _joined(perfect.pop(), reversed(perfect))


def _path_lengths(index: int, size: int) -> tuple[int, int]:
    """Of a leaf's audit path: how many siblings lie below where it meets the path of the last leaf, and above.

    Below, siblings lie on either side. Above, the path runs along the right edge, and all lie to the left.
    """
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _climbed(start: bytes, siblings: Sequence[bytes], index: int) -> bytes:
    """The hash above `start`, whose place in its level is `index`: a sibling is to the left where a bit is set."""
    for level, sibling in enumerate(siblings):
        start = node_hash(sibling, start) if index >> level & 1 else node_hash(start, sibling)
    return start


def _joined(start: bytes, siblings: Iterable[bytes]) -> bytes:
    """The hash above `start` where all siblings lie to the left."""
    for sibling in siblings:
        start = node_hash(sibling, start)
    return start


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise InvalidProof("A tree has from 0 to 2^64-1 leaves.")


def _check_leaf(index: int, size: int) -> None:
    _check_size(size)
    if not 0 <= index < size:
        raise InvalidProof(f"The leaf's index, counted from 0, lies outside the tree of {size} leaves.")


def _check_sizes(old_size: int, new_size: int) -> None:
    _check_size(old_size)
    _check_size(new_size)
    if old_size == 0:
        raise InvalidProof("Every tree begins with the empty one, so there is nothing to prove of it.")
    if old_size > new_size:
        raise InvalidProof(f"A log does not shrink: the old tree has {old_size} leaves and the new one {new_size}.")


def _check_hash(name: str, value: bytes) -> None:
    if len(value) != HASH_SIZE:
        raise InvalidProof(f"The {name} has {len(value)} bytes; a hash has {HASH_SIZE}.")


def _check_proof(proof: Sequence[bytes], length: int) -> None:
    if len(proof) != length:
        raise InvalidProof(f"For these sizes a proof has {length} hashes, not {len(proof)}.")
    for place, value in enumerate(proof, 1):
        _check_hash(f"proof's hash {place}", value)
