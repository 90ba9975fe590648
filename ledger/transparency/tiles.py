"""Tiles: the files of C2SP tlog-tiles v0.1.0 that a log's hashes and entries are published in, and read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.transparency.errors import InvalidTile
from ledger.transparency.tree import HASH_SIZE, TILE_HEIGHT, paired

TILE_WIDTH: Final = 1 << TILE_HEIGHT
"""Hashes in a full tile, and entries in a full bundle."""

MAX_ENTRY: Final = 0xFFFF
"""Bytes; a bundle gives an entry's length in two bytes."""

MAX_LEVEL: Final = 63

_LENGTH_SIZE: Final = 2
_CACHED_TILES: Final = 256

_PATH: Final = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """`width` hashes, 1 to 256, of the tree's level 8 * `level`, from the hash `index` * 256 of that level on."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        return tile_path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True)
class Bundle:
    """`width` entries, 1 to 256, from entry `index` * 256 on: those hashed in the tile of level 0 and that index."""

    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        return entries_path(self.index, self.width)


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Where a tile is served below a log's prefix, as `tile/1/x001/x234/067` or `tile/0/273.p/112`.

    Raises InvalidTile unless the level is 0 to 63, the index 0 or more and the width 1 to 256.
    """
    if not 0 <= level <= MAX_LEVEL:
        raise InvalidTile(f"A tile's level is from 0 to {MAX_LEVEL}, not {level}.")
    return f"tile/{level}/{_encoded_index(index)}{_suffix(width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Where a bundle is served below a log's prefix, as `tile/entries/273.p/112`. Raises InvalidTile as tile_path."""
    return f"tile/entries/{_encoded_index(index)}{_suffix(width)}"


def parse_path(path: str) -> Tile | Bundle:
    """What a path that tile_path or entries_path wrote leads to. Raises InvalidTile for any other spelling."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise InvalidTile(f"{path[:80]!r} is not the path of a tile or of a bundle of entries.")
    level, encoded, partial = match.groups()
    index = int(encoded.replace("x", "").replace("/", ""))
    width = TILE_WIDTH if partial is None else int(partial)
    found = Bundle(index, width) if level == "entries" else Tile(int(level), index, width)
    if found.path != path:
        raise InvalidTile(f"{path[:80]!r} is not how the path of a tile is written: {found.path!r} would be.")
    return found


def tiles_of(size: int) -> Iterator[Tile]:
    """All tiles of a tree of `size` leaves, partial ones with their width, by level and then index.

    Bundles of entries go with the tiles of level 0. Raises InvalidTile if the size is below 0.
    """
    return new_tiles(0, size)


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles of a tree of `new_size` leaves that it had not, or not that wide, at `old_size`, as tiles_of.

    Raises InvalidTile unless 0 <= old_size <= new_size.
    """
    if not 0 <= old_size <= new_size:
        raise InvalidTile(f"A tree grows from 0 leaves up, not from {old_size} to {new_size}.")
    return _new_tiles(old_size, new_size)


def encode_tile(hashes: Sequence[bytes]) -> bytes:
    """The hashes one after the other: a tile's file. Raises InvalidTile unless they are 1 to 256 of 32 bytes each."""
    _check_hashes(hashes)
    return b"".join(hashes)


def decode_tile(data: bytes) -> list[bytes]:
    """The hashes that a tile's file holds, 1 to 256 of 32 bytes each. Raises InvalidTile if it holds anything else."""
    if len(data) % HASH_SIZE:
        raise InvalidTile(f"A tile of {len(data)} bytes does not hold whole hashes of {HASH_SIZE}.")
    _check_width(len(data) // HASH_SIZE, "A tile", "hashes")
    return [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """Each leaf after its length in two bytes, most significant first: a bundle's file.

    Raises InvalidTile unless they are 1 to 256 of at most 65 535 bytes each.
    """
    _check_width(len(leaves), "A bundle", "entries")
    longest = max(map(len, leaves))
    if longest > MAX_ENTRY:
        raise InvalidTile(f"An entry of {longest} bytes is longer than the {MAX_ENTRY} that a bundle can hold.")
    return b"".join(part for leaf in leaves for part in (len(leaf).to_bytes(_LENGTH_SIZE, "big"), leaf))


def decode_bundle(data: bytes) -> list[bytes]:
    """The leaves that a bundle's file holds, 1 to 256. Raises InvalidTile if it holds none, more, or anything else."""
    leaves: list[bytes] = []
    start = 0
    while start < len(data):
        begin = start + _LENGTH_SIZE
        end = begin + int.from_bytes(data[start:begin], "big")
        if max(begin, end) > len(data):
            raise InvalidTile(f"The bundle breaks off in its entry {len(leaves) + 1}.")
        if len(leaves) == TILE_WIDTH:
            raise InvalidTile(f"The bundle goes on after its {TILE_WIDTH} entries.")
        leaves.append(data[begin:end])
        start = end
    _check_width(len(leaves), "A bundle", "entries")
    return leaves


class TiledNodes:
    """Gives `node(level, index)`, which proofs are made from, out of tiles.

    `read(tile_level, tile_index)` answers with the up to 256 hashes of 32 bytes that the log has of that tile (its
    number of hashes tells how wide it is), which lie at level 8 * tile_level of the tree. The tiles that were used
    last, at most 256 of them, are kept with the nodes inside them: about 33 kB each. A kept tile that was partial
    is read again when the tree has grown beyond it.
    """

    __slots__ = ("_kept", "_read")

    def __init__(self, read: Callable[[int, int], Sequence[bytes]]) -> None:
        self._read = read
        self._kept: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree over leaves index * 2^level to (index + 1) * 2^level - 1, 32 bytes.

        Raises InvalidTile if the tile does not reach so far, or is not one.
        """
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, place = divmod(index, TILE_WIDTH >> height)
        if index < 0 or not 0 <= tile_level <= MAX_LEVEL:
            raise InvalidTile(f"No tree has a node {index} at level {level}.")
        needed = (place + 1) << height
        rows = self._rows((tile_level, tile_index), needed)
        while len(rows) <= height:
            rows.append(paired(rows[-1]))
        return rows[height][place]

    def _rows(self, key: tuple[int, int], needed: int) -> list[list[bytes]]:
        """The levels of a tile as far as they were computed, lowest first, once it has the hashes needed."""
        rows = self._kept.pop(key, None)
        if rows is None or len(rows[0]) < needed:
            hashes = list(self._read(*key))
            _check_hashes(hashes)
            rows = [hashes]
            if len(hashes) < needed:
                raise InvalidTile(
                    f"The tile {tile_path(*key)} has {len(hashes)} hashes, too few for a node over its first {needed}."
                )
        self._kept[key] = rows
        if len(self._kept) > _CACHED_TILES:
            del self._kept[next(iter(self._kept))]
        return rows


def _new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    level = 0
    while new_size:
        if new_size > old_size:
            for index in range(old_size // TILE_WIDTH, -(-new_size // TILE_WIDTH)):
                yield Tile(level, index, min(TILE_WIDTH, new_size - index * TILE_WIDTH))
        old_size >>= TILE_HEIGHT
        new_size >>= TILE_HEIGHT
        level += 1


def _encoded_index(index: int) -> str:
    if index < 0:
        raise InvalidTile(f"A tile's index counts from 0; {index} is below.")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _suffix(width: int) -> str:
    _check_width(width, "A tile or bundle", "hashes or entries")
    return "" if width == TILE_WIDTH else f".p/{width}"


def _check_hashes(hashes: Sequence[bytes]) -> None:
    _check_width(len(hashes), "A tile", "hashes")
    if not {HASH_SIZE}.issuperset(map(len, hashes)):
        raise InvalidTile(f"Each hash of a tile has {HASH_SIZE} bytes; one of those given has not.")


def _check_width(width: int, what: str, of_what: str) -> None:
    if not 1 <= width <= TILE_WIDTH:
        raise InvalidTile(f"{what} holds from 1 to {TILE_WIDTH} {of_what}, not {width}.")
