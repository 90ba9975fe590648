"""One pass over an export's entries, from which its whole tree is worked out anew and held against its tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.publishing.entries import Entries
from ledger.publishing.findings import Broken, Damage, Finding, broken
from ledger.publishing.tiling import Tiling
from ledger.transparency.tiles import TILE_WIDTH, Tile, tile_path
from ledger.transparency.tree import TILE_HEIGHT, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ledger.publishing.entries import Continued
    from ledger.publishing.published import Published
    from ledger.transparency.checkpoints import Checkpoint
    from ledger.transparency.tree import CompactRange


class Pass:
    """The entries of `checkpoint`'s tree, read once. `sizes` are those at which the root is to be known."""

    def __init__(self, published: Published, checkpoint: Checkpoint, sizes: Iterable[int]) -> None:
        self._published = published
        self._checkpoint = checkpoint
        self._sizes = frozenset(sizes) | {0}
        self._entries = Entries()
        self._tiling = Tiling()
        self._roots: dict[int, bytes] = {}
        # The tree as the tiles' leaf hashes have it, from where it first differs from the entries'; it tells which of
        # the two was altered.
        self._claimed: CompactRange | None = None
        self._end: Damage | None = None
        self._breach: Damage | None = None
        self._differs: Damage | None = None
        self._tile: Damage | None = None

    def run(self, progress: Callable[[int, int], None] | None) -> None:
        """Read to the end, or to where no more can be read. `progress` is told (entries done, of)."""
        self._mark()
        try:
            while self._tiling.size < self._checkpoint.size:
                self._read_bundle()
                if progress is not None:
                    progress(self._tiling.size, self._checkpoint.size)
        except Broken as end:
            self._end = end.damage
            return
        for tile, hashes in self._tiling.partial():
            if tile.level:
                self._compare(tile, hashes)
        if self._breach is None:
            try:
                self._entries.end(self._checkpoint.origin)
            except Broken as breach:
                self._breach = breach.damage

    @property
    def whole(self) -> bool:
        """Whether every entry was read and keeps the rules."""
        return self._end is None and self._breach is None

    @property
    def continued(self) -> Sequence[Continued]:
        """Where the log went on under another name, as far as the entries were read."""
        return self._entries.continued

    def root_at(self, size: int) -> bytes | None:
        """The root of the first `size` entries; None where the pass did not come so far or the entries were altered."""
        altered = self._altered()
        if altered is not None and altered.position is not None and altered.position <= size:
            return None
        return self._roots.get(size)

    def findings(self, agreed: int) -> list[Finding]:
        """What the pass found of entries, tiles and root. Up to `agreed`, the entries are known to be right."""
        altered = self._altered()
        damages = (altered, self._breach, self._end)
        entries = min((one for one in damages if one is not None), key=lambda one: one.position or 0, default=None)
        count, streams = self._entries.count, self._entries.streams
        found = [
            Finding("entries", f"{count} entries in {streams} streams: bytes, order and versions as written", entries)
        ]
        if self._end is not None or (altered is not None and self._leads_to_root(self._claimed)):
            return found
        if altered is None:
            tiles = self._differs or self._tile
            found.append(Finding("tiles", "the hashes of every level are those of the entries", tiles))
        size, damage = self._checkpoint.size, None
        if self._tiling.root() != self._checkpoint.root:
            # Where exactly cannot be told from a root, and nowhere if there are no entries.
            position = min(agreed + 1, size) or None
            template = (
                "The {size} entries make another tree than that of the checkpoint; up to {agreed} they are right."
            )
            damage = Damage("damage.root", template, {"size": size, "agreed": agreed}, position)
        found.append(Finding("root", f"the {size} entries make the tree of the checkpoint", damage))
        return found

    def _altered(self) -> Damage | None:
        """Where entries and tiles differ: that damage, unless the signed root shows that it is the tiles'."""
        if self._differs is None or (self._end is None and self._tiling.root() == self._checkpoint.root):
            return None
        return self._differs

    def _leads_to_root(self, edge: CompactRange | None) -> bool:
        return edge is not None and edge.size == self._checkpoint.size and edge.root() == self._checkpoint.root

    def _read_bundle(self) -> None:
        index = self._tiling.size // TILE_WIDTH
        leaves = self._published.leaves(index)
        hashes = [leaf_hash(leaf) for leaf in leaves]
        self._compare_leaves(index, hashes)
        if self._breach is None:
            try:
                for leaf in leaves:
                    self._entries.add(leaf)
            except Broken as breach:
                self._breach = breach.damage
        first, start = self._tiling.size, 0
        stops = {size - first for size in self._sizes if first < size < first + len(hashes)}
        for stop in (*sorted(stops), len(hashes)):
            for tile, full in self._tiling.extend(hashes[start:stop]):
                if tile.level:
                    self._compare(tile, full)
            self._mark()
            start = stop

    def _mark(self) -> None:
        if self._tiling.size in self._sizes:
            self._roots[self._tiling.size] = self._tiling.root()

    def _compare_leaves(self, index: int, hashes: list[bytes]) -> None:
        """Holds a tile of level 0 against the hashes of the entries, and goes on with the tree as the tiles have it."""
        try:
            said = self._published.hashes(0, index)
        except Broken as unreadable:
            self._tile = self._tile or unreadable.damage
            return
        if said != hashes and self._differs is None:
            place = next(place for place, one in enumerate(said) if one != hashes[place])
            template = "Entry {position} is not what its hash in {path} was made of."
            facts = {"path": tile_path(0, index, len(said))}
            self._differs = broken("damage.leaf_hash", template, index * TILE_WIDTH + place + 1, **facts).damage
            self._claimed = self._tiling.edge()
        if self._claimed is not None:
            self._claimed.extend(said)

    def _compare(self, tile: Tile, hashes: list[bytes]) -> None:
        """Holds a tile above level 0 against what the entries make of it."""
        if self._tile is not None:
            return
        try:
            said = self._published.hashes(tile.level, tile.index)
            for place, one in enumerate(said):
                if one != hashes[place]:
                    position = ((tile.index * TILE_WIDTH + place) << (TILE_HEIGHT * tile.level)) + 1
                    template = "{path} has a hash of the entries from {position} on that is not theirs."
                    raise broken("damage.tile", template, position, path=tile.path)
        except Broken as damage:
            self._tile = damage.damage
