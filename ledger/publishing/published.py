"""The files of an export by what they hold: entries and hashes, each held against its other widths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from ledger.errors import LedgerError, NotFound
from ledger.publishing.findings import Broken, Damage, broken
from ledger.publishing.reading import MAX_BUNDLE, MAX_TILE, Folder
from ledger.transparency.errors import InvalidTile
from ledger.transparency.tiles import (
    TILE_WIDTH,
    Tile,
    decode_bundle,
    decode_tile,
    entries_path,
    parse_path,
    tile_path,
)
from ledger.transparency.tree import TILE_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKPOINT: Final = "checkpoint"

_WIDTH: Final = re.compile("[1-9][0-9]{0,2}")
# Of an export's own folders; into any other nobody looks.
_OURS: Final = re.compile(r"tile(?:/(?:entries|[0-9]{1,2})(?:/x[0-9]{3}){0,6}(?:/[0-9]{3}\.p)?)?")
_NAMED: Final = 5
_SPARE_NAMES: Final = 10_000

_T = TypeVar("_T")


class Published:
    """The tiles and bundles of a tree of `size` entries in a folder.

    Where a tile is partial, tlog-tiles lets the full one stand in its place, and lets narrower ones stay; all that
    are there must say the same as far as the tree goes. Methods raise Broken, at the first entry that is touched.
    """

    def __init__(self, folder: Folder, size: int) -> None:
        self._folder = folder
        self._size = size
        self._read = 0

    def width(self, level: int, index: int) -> int:
        """How many hashes the tree has of a tile, 0 to 256."""
        return max(0, min(TILE_WIDTH, (self._size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH))

    def leaves(self, index: int) -> list[bytes]:
        """The entries of a bundle, as many as the tree has of it."""
        paths = lambda width: entries_path(index, width)  # noqa: E731 - the two kinds of path differ in no more
        first = index * TILE_WIDTH + 1
        return self._agreed(paths, self.width(0, index), MAX_BUNDLE, decode_bundle, lambda place: first + place)

    def hashes(self, level: int, index: int) -> list[bytes]:
        """The hashes of a tile, 32 bytes each, as many as the tree has of it."""
        paths = lambda width: tile_path(level, index, width)  # noqa: E731 - as above
        first, height = index * TILE_WIDTH, TILE_HEIGHT * level
        return self._agreed(
            paths, self.width(level, index), MAX_TILE, decode_tile, lambda place: ((first + place) << height) + 1
        )

    def strays(self) -> tuple[int, list[str]]:
        """How many files and folders lie there that the tree does not lead to, and some of their paths.

        Looking ends when there are far more names than the files that were read.
        """
        count, some = 0, list[str]()
        for number, path in enumerate(self._others()):
            count += 1
            if number < _NAMED:
                some.append(path)
        return count, some

    def _agreed(
        self,
        path: Callable[[int], str],
        width: int,
        limit: int,
        decode: Callable[[bytes], list[_T]],
        position: Callable[[int], int],
    ) -> list[_T]:
        """What the file of that width holds, and every other one that is there says too."""
        try:
            there = self._widths(path(TILE_WIDTH))
            used = width if width in there else TILE_WIDTH
            found = self._held(path(used), used, limit, decode)[:width]
            others = [one for one in there if one != used]
            if used != TILE_WIDTH and self._is_there(path(TILE_WIDTH)):
                others.append(TILE_WIDTH)
            for other in others:
                said = self._held(path(other), other, limit, decode)[:width]
                place = next((place for place, one in enumerate(said) if one != found[place]), None)
                if place is not None:
                    template = "{path} says otherwise of entry {position} than the file beside it."
                    raise broken("damage.partial", template, position(place), path=path(other))
        except NotFound:
            template = "{path} is missing, which entry {position} stands in."
            raise broken("damage.missing", template, position(0), path=path(width)) from None
        except LedgerError as error:
            raise Broken(Damage(error.code, error.template, error.facts, position(0))) from error
        except InvalidTile as problem:
            template = "A file that entry {position} stands in is malformed: {why}"
            raise broken("damage.malformed", template, position(0), why=str(problem)) from problem
        return found

    def _held(self, path: str, width: int, limit: int, decode: Callable[[bytes], list[_T]]) -> list[_T]:
        found = decode(self._folder.read(path, limit))
        self._read += 1
        if len(found) != width:
            raise InvalidTile(f"{path} holds {len(found)} instead of {width}.")
        return found

    def _widths(self, path: str) -> list[int]:
        """The widths of the partial files that are there."""
        try:
            names = self._folder.names(f"{path}.p")
        except NotFound:
            return []
        return [int(name) for name, _ in names if _WIDTH.fullmatch(name) and int(name) < TILE_WIDTH]

    def _is_there(self, path: str) -> bool:
        try:
            self._folder.read(path, MAX_BUNDLE)
        except NotFound:
            return False
        return True

    def _others(self) -> Iterator[str]:
        left = _SPARE_NAMES + 4 * self._read
        folders = [""]
        while folders:
            above = folders.pop()
            try:
                names = self._folder.names(above)
            except LedgerError:
                yield above
                continue
            for name, is_folder in names:
                left -= 1
                path = f"{above}/{name}" if above else name
                if is_folder and _OURS.fullmatch(path):
                    folders.append(path)
                elif is_folder or not self._leads_to(path):
                    yield path
                if not left:
                    return

    def _leads_to(self, path: str) -> bool:
        if path == CHECKPOINT:
            return True
        try:
            found = parse_path(path)
        except InvalidTile:
            return False
        return self.width(found.level if isinstance(found, Tile) else 0, found.index) > 0
