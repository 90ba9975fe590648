"""The log as files that any reader of transparency logs takes: C2SP tlog-tiles v0.1.0, written to a folder.

https://c2sp.org/tlog-tiles@v0.1.0: `checkpoint`, `tile/<level>/<index>` with the tree's hashes, and
`tile/entries/<index>` with the entries, 256 to a file; the last file of a level, if it holds fewer, is
`<index>.p/<how many>`. The folder can be copied, read as it is, or served by any web server.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, Malformed, NotFound, Refused
from ledger.publishing.reading import MAX_CHECKPOINT, shown
from ledger.publishing.tiling import Tiling
from ledger.publishing.writing import NEW, Writer, writing
from ledger.transparency import proofs
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.tiles import (
    MAX_ENTRY,
    TILE_WIDTH,
    Bundle,
    Tile,
    TiledNodes,
    encode_bundle,
    encode_tile,
    entries_path,
    new_tiles,
    tile_path,
)
from ledger.transparency.tree import TILE_HEIGHT, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ledger.publishing.source import Leaf, Source

CHECKPOINT: Final = "checkpoint"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds: `size` entries of the log `origin`, of which `added` are new, in `written` new files."""

    origin: str
    size: int
    root: bytes
    added: int
    written: int


def export_tlog(
    source: Source, folder: Path, note: bytes, progress: Callable[[int, int], None] | None = None
) -> Exported:
    """Bring the export in `folder` up to the checkpoint `note`, writing only what it has not.

    The tree is exactly that of the checkpoint, worked out from the entries themselves; the log may have grown since.
    `progress` is told (entries done, of), bundle by bundle. A process that is killed leaves the export as it was,
    with files in it that its checkpoint does not lead to; the next export finishes the work. Signatures are not
    verified here: the source is believed, and the note is held against it.

    Raises Malformed "export.note"; Refused "export.other_log", "export.not_ours", "export.ahead"; Damaged
    "export.checkpoint", "export.went_otherwise" (the folder's and the source's log are not one), "export.not_signed"
    (the source is not what the note says), "export.entry"; and as `writing`.
    """
    wanted = _checkpoint(note)
    if wanted.origin != source.origin:
        template = "The checkpoint is of the log {other}, and the log here is {origin}."
        raise Refused("export.other_log", template, other=shown(wanted.origin), origin=shown(source.origin))
    nodes = TiledNodes(source.tile)
    size = source.tree().size
    if wanted.size > size or _root(wanted.size, nodes) != wanted.root:
        template = "The log is not what the checkpoint of {size} entries says, so nothing was exported; verify it."
        raise Damaged("export.not_signed", template, size=wanted.size)
    with writing(folder) as writer:
        held = _held(writer)
        if held is not None:
            _require_ours(held, wanted, nodes)
        run = _Export(source, writer, 0 if held is None else held.size, wanted)
        written = run.write(progress)
        writer.settle()
        writer.write(CHECKPOINT, note)
        writer.settle()
        run.tidy()
    return Exported(wanted.origin, wanted.size, wanted.root, wanted.size - run.old_size, written)


def _checkpoint(note: bytes) -> Checkpoint:
    try:
        return Checkpoint.parse(Note.parse(note).text)
    except TransparencyError as problem:
        template = "What was handed in as a signed checkpoint is none: {why}"
        raise Malformed("export.note", template, why=shown(str(problem))) from problem


def _root(size: int, nodes: TiledNodes) -> bytes | None:
    """The root of the source's first `size` leaves; None where its tiles are not whole."""
    try:
        return proofs.root(size, nodes.node)
    except TransparencyError:
        return None


def _held(writer: Writer) -> Checkpoint | None:
    """The checkpoint of the export that is there, None where nothing is, or only what a killed export left."""
    try:
        data = writer.folder.read(CHECKPOINT, MAX_CHECKPOINT)
    except NotFound:
        others = [name for name, _ in writer.folder.names() if name not in {"tile", NEW}]
        if others:
            template = "The folder {folder} holds other things ({name} is one) and no export; name another folder."
            where = shown(str(writer.folder.path))
            raise Refused("export.not_ours", template, folder=where, name=shown(others[0])) from None
        return None
    try:
        return Checkpoint.parse(Note.parse(data).text)
    except TransparencyError as problem:
        template = "The folder {folder} holds an export whose checkpoint cannot be read ({why}); name another folder."
        where = shown(str(writer.folder.path))
        raise Damaged("export.checkpoint", template, folder=where, why=shown(str(problem))) from problem


def _require_ours(held: Checkpoint, wanted: Checkpoint, nodes: TiledNodes) -> None:
    """That the export there is an earlier state of the log that is exported."""
    if held.origin != wanted.origin:
        template = "The folder holds an export of the log {other}, not of {origin}; name another folder."
        raise Refused("export.other_log", template, other=shown(held.origin), origin=shown(wanted.origin))
    if held.size > wanted.size:
        template = "The folder holds {held} entries already, and the checkpoint has {size}; name another folder."
        raise Refused("export.ahead", template, held=held.size, size=wanted.size)
    if _root(held.size, nodes) != held.root:
        template = (
            "The export in the folder ends in another history than the log's first {size} entries, so nothing was "
            "added. Keep the folder: with both checkpoints it shows that one of the two was altered."
        )
        raise Damaged("export.went_otherwise", template, size=held.size)


class _Export:
    """One run: from an export of `old_size` entries to that of a checkpoint."""

    def __init__(self, source: Source, writer: Writer, old_size: int, wanted: Checkpoint) -> None:
        self._source = source
        self._writer = writer
        self.old_size: Final = old_size
        self._wanted = wanted
        self._written = 0

    def write(self, progress: Callable[[int, int], None] | None) -> int:
        """Writes all new files but the checkpoint, and says how many."""
        size = self._wanted.size
        tiling = Tiling.resumed(self.old_size, self._source.tile)
        while tiling.size < size:
            first = tiling.size // TILE_WIDTH * TILE_WIDTH
            leaves = self._leaves(first, min(TILE_WIDTH, size - first))
            self._put(Bundle(first // TILE_WIDTH, len(leaves)), encode_bundle(leaves))
            for tile, hashes in tiling.extend([leaf_hash(leaf) for leaf in leaves[tiling.size - first :]]):
                self._put(tile, encode_tile(hashes))
            if progress is not None:
                progress(tiling.size, size)
        for tile, hashes in tiling.partial():
            if not self._published(tile):
                self._put(tile, encode_tile(hashes))
        if tiling.root() != self._wanted.root:
            template = "The entries do not make the tree of the checkpoint of {size} entries; verify the ledger."
            raise Damaged("export.not_signed", template, size=size)
        return self._written

    def tidy(self) -> None:
        """Removes partial files in whose place there is a full one now, which tlog-tiles allows."""
        for tile in new_tiles(self.old_size, self._wanted.size):
            if tile.width == TILE_WIDTH:
                for path in _both_paths(tile):
                    self._clear(path, keep=frozenset())

    def _leaves(self, first: int, count: int) -> list[bytes]:
        """The bytes of `count` entries from index `first` on, each of which is what its hash says."""
        found: Sequence[Leaf] = self._source.log(first, count)
        for place in range(count):
            entry = found[place] if place < len(found) else None
            if entry is None or entry.position != first + place + 1 or not _whole(entry):
                template = "Entry {position} is missing, or is not what its hash was made of; verify the ledger."
                raise Damaged("export.entry", template, position=first + place + 1)
        return [entry.leaf for entry in found]

    def _put(self, what: Tile | Bundle, data: bytes) -> None:
        if what.width < TILE_WIDTH:
            # A killed export may have left another width there, of a state that no checkpoint of this folder had.
            old = self._old_width(what)
            widths = {f"{what.width}"} | {f"{width}" for width in range(1, old + 1)}
            self._clear(what.path.removesuffix(f".p/{what.width}"), keep=frozenset(widths))
        self._writer.write(what.path, data)
        self._written += 1

    def _published(self, tile: Tile) -> bool:
        return tile.width == self._old_width(tile)

    def _old_width(self, what: Tile | Bundle) -> int:
        """How wide the export that was there has it, 0 to 256."""
        level = what.level if isinstance(what, Tile) else 0
        return max(0, min(TILE_WIDTH, (self.old_size >> (TILE_HEIGHT * level)) - what.index * TILE_WIDTH))

    def _clear(self, path: str, keep: frozenset[str]) -> None:
        """Removes the partial files of a tile or bundle whose widths are not to be kept."""
        partial = f"{path}.p"
        with suppress(NotFound):
            for name, is_folder in self._writer.folder.names(partial):
                if name.isdecimal() and not is_folder and name not in keep:
                    self._writer.remove(f"{partial}/{name}")
            self._writer.remove_folder(partial)


def _whole(entry: Leaf) -> bool:
    return len(entry.leaf) <= MAX_ENTRY and leaf_hash(entry.leaf) == entry.leaf_hash


def _both_paths(tile: Tile) -> Iterator[str]:
    yield tile_path(tile.level, tile.index)
    if tile.level == 0:
        yield entries_path(tile.index)
