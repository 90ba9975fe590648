"""A tree as its leaves come, tile by tile: what an export writes, and what a verifier compares it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.transparency.tiles import TILE_WIDTH, Tile
from ledger.transparency.tree import TILE_HEIGHT, CompactRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Tiling:
    """The tiles of a tree from its leaf hashes. Memory: one tile for each level, and the tree's right edge."""

    def __init__(self) -> None:
        self._edge = CompactRange()
        self._rows: list[list[bytes]] = []

    @classmethod
    def resumed(cls, size: int, read: Callable[[int, int], Sequence[bytes]]) -> Tiling:
        """That of a tree of `size` leaves whose tiles `read(level, index)` gives, at least as wide as it needs them."""
        tiling = cls()
        hashes: list[bytes] = []
        level = 0
        while rest := size >> (TILE_HEIGHT * level):
            width = rest % TILE_WIDTH
            row = list(read(level, rest // TILE_WIDTH)[:width]) if width else []
            tiling._rows.append(row)
            # The tile's own perfect subtrees are the edge's, smaller ones first the lower they lie.
            within = CompactRange()
            within.extend(row)
            hashes[:0] = within.hashes
            level += 1
        tiling._edge = CompactRange.of(size, hashes)
        return tiling

    @property
    def size(self) -> int:
        return self._edge.size

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves, 32 bytes."""
        return self._edge.root()

    def edge(self) -> CompactRange:
        """A copy of the right edge, which may grow another way."""
        return CompactRange.of(self._edge.size, self._edge.hashes)

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[tuple[Tile, list[bytes]]]:
        """Append leaves, no more than the last tile of level 0 has room for.

        Returns the tiles that became full, lowest first, each with its hashes. Raises ValueError on more leaves.
        """
        if self.size % TILE_WIDTH + len(leaf_hashes) > TILE_WIDTH:
            raise ValueError("more leaves than the tile has room for")
        new: dict[int, list[bytes]] = {0: list(leaf_hashes)}
        for level, _, node in self._edge.extend(leaf_hashes):
            new.setdefault(level // TILE_HEIGHT, []).append(node)
        full: list[tuple[Tile, list[bytes]]] = []
        for level, hashes in new.items():
            if level == len(self._rows):
                self._rows.append([])
            self._rows[level].extend(hashes)
            if len(self._rows[level]) == TILE_WIDTH:
                index = (self.size >> (TILE_HEIGHT * level)) // TILE_WIDTH - 1
                full.append((Tile(level, index), self._rows[level]))
                self._rows[level] = []
        return full

    def partial(self) -> Iterator[tuple[Tile, list[bytes]]]:
        """The tiles that are not full, lowest first, each with its hashes."""
        for level, row in enumerate(self._rows):
            if row:
                yield Tile(level, (self.size >> (TILE_HEIGHT * level)) // TILE_WIDTH, len(row)), list(row)
