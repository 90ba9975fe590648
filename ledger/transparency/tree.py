"""The Merkle tree of RFC 6962 over SHA-256, as far as appending needs it: its hashes and its right edge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from ledger.transparency.errors import TransparencyError

HASH_SIZE: Final = 32
"""Bytes."""

EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""

MAX_SIZE: Final = 2**64 - 1
"""Leaves; RFC 6962 gives a tree's size in eight bytes."""

TILE_HEIGHT: Final = 8
"""Levels of the tree that one tile of tlog-tiles spans."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of a zero byte and the leaf, 32 bytes (RFC 6962, 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of a one byte and the hashes of two subtrees, 32 bytes (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def paired(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes one level up: of each two neighbours, their node's. An odd last hash is left out."""
    neighbours = iter(hashes)
    # node_hash written out: one call less for each leaf of an append.
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(neighbours, neighbours, strict=False)]


class CompactRange:
    """The right edge of a tree: its size in leaves and the hashes of its perfect subtrees, largest first.

    It is all that a log must remember to append and to tell its root. Mutable; starts as the empty tree.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._hashes: list[bytes] = []

    @classmethod
    def of(cls, size: int, hashes: Iterable[bytes]) -> CompactRange:
        """The edge of a tree of `size` leaves, with one 32-byte hash for each bit set in `size`, largest subtree first.

        Raises TransparencyError if the size lies outside 0 to 2^64-1 or the hashes are not that many, or that long.
        """
        if not 0 <= size <= MAX_SIZE:
            raise TransparencyError("A tree has from 0 to 2^64-1 leaves.")
        given = _hashes(hashes)
        if len(given) != size.bit_count():
            raise TransparencyError(
                f"The right edge of a tree of {size} leaves has {size.bit_count()} hashes, not {len(given)}."
            )
        edge = cls()
        edge._size = size
        edge._hashes = given
        return edge

    @classmethod
    def decoded(cls, size: int, data: bytes) -> CompactRange:
        """The edge that `encoded` wrote. Raises TransparencyError as `of` does."""
        return cls.of(size, [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)])

    @property
    def encoded(self) -> bytes:
        """The hashes one after the other, largest subtree first: at most 64 * 32 bytes. The size stands apart."""
        return b"".join(self._hashes)

    @property
    def size(self) -> int:
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._hashes)

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves, 32 bytes (RFC 6962, 2.1)."""
        if not self._hashes:
            return EMPTY_ROOT
        *larger, root = self._hashes
        for left in reversed(larger):
            root = node_hash(left, root)
        return root

    def add(self, leaf_hash: bytes) -> list[tuple[int, int, bytes]]:
        """Append one leaf by its hash; returns and raises as `extend` does."""
        return self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> list[tuple[int, int, bytes]]:
        """Append leaves by their hashes, 32 bytes each, first leaf first.

        Returns the nodes of levels 8, 16, 24 and so on that became complete, as (level, index within the level,
        hash), in the order of level and index. Raises TransparencyError, with nothing appended, if a hash has
        another length.
        """
        size, edge = self._size, self._hashes.copy()
        nodes = _hashes(leaf_hashes)
        added = len(nodes)
        unpaired: list[bytes] = []
        completed: list[tuple[int, int, bytes]] = []
        level = 0
        # A level at a time: a level's new nodes and the one that waited there pair up to the new nodes of the next.
        while nodes:
            if size >> level & 1:
                nodes.insert(0, edge.pop())
            if len(nodes) & 1:
                unpaired.append(nodes.pop())
            nodes = paired(nodes)
            level += 1
            if level % TILE_HEIGHT == 0:
                completed.extend((level, index, node) for index, node in enumerate(nodes, size >> level))
        edge.extend(reversed(unpaired))
        self._size, self._hashes = size + added, edge
        return completed

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompactRange):
            return NotImplemented
        return self._size == other._size and self._hashes == other._hashes

    __hash__ = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        return f"CompactRange.of({self._size}, {self._hashes})"


def _hashes(hashes: Iterable[bytes]) -> list[bytes]:
    given = list(hashes)
    if not {HASH_SIZE}.issuperset(map(len, given)):
        raise TransparencyError(f"A hash of the tree has {HASH_SIZE} bytes; one of those given has not.")
    return given
