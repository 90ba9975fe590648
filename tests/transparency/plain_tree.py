"""Merkle trees as RFC 6962 defines them, word for word and slowly; shares no code with the package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

LEAF_HASHES = [sha256(b"\x00%d" % number).digest() for number in range(2_000)]
"""Of leaves that all differ."""


def digest(prefix: bytes, *parts: bytes) -> bytes:
    return sha256(prefix + b"".join(parts)).digest()


def largest_power_below(number: int) -> int:
    power = 1
    while power * 2 < number:
        power *= 2
    return power


@cache
def tree_hash(begin: int, end: int) -> bytes:
    """MTH(D[begin:end]) of RFC 6962, 2.1, over LEAF_HASHES."""
    if begin == end:
        return sha256(b"").digest()
    if end - begin == 1:
        return LEAF_HASHES[begin]
    split = begin + largest_power_below(end - begin)
    return digest(b"\x01", tree_hash(begin, split), tree_hash(split, end))


def node(level: int, index: int) -> bytes:
    return tree_hash(index << level, (index + 1) << level)


def path(leaf: int, begin: int, end: int) -> list[tuple[str, bytes]]:
    """PATH(m, D[begin:end]) of RFC 6962, 2.1.1, each hash with the side it stands on; `leaf` counts from begin."""
    if end - begin == 1:
        return []
    power = largest_power_below(end - begin)
    split = begin + power
    if leaf < power:
        return [*path(leaf, begin, split), ("right", tree_hash(split, end))]
    return [*path(leaf - power, split, end), ("left", tree_hash(begin, split))]


def subproof(old: int, begin: int, end: int, *, whole: bool) -> list[tuple[str, bytes]]:
    """SUBPROOF(m, D[begin:end], b) of RFC 6962, 2.1.2, each hash with the side it stands on."""
    if old == end - begin:
        return [] if whole else [("start", tree_hash(begin, end))]
    power = largest_power_below(end - begin)
    split = begin + power
    if old <= power:
        return [*subproof(old, begin, split, whole=whole), ("right", tree_hash(split, end))]
    return [*subproof(old - power, split, end, whole=False), ("left", tree_hash(begin, split))]


def hashes(sided: Sequence[tuple[str, bytes]]) -> list[bytes]:
    return [value for _, value in sided]


def sides(sided: Sequence[tuple[str, bytes]]) -> list[str]:
    return [side for side, _ in sided]
