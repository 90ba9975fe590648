"""Reading a folder that somebody else may have made: nothing outside it, nothing but plain files, nothing too long."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from ledger.errors import Damaged, LedgerError, NotFound, Unavailable
from ledger.transparency.notes import MAX_NOTE
from ledger.transparency.tiles import MAX_ENTRY, TILE_WIDTH
from ledger.transparency.tree import HASH_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

MAX_TILE: Final = TILE_WIDTH * HASH_SIZE
"""Bytes: 8192."""
MAX_BUNDLE: Final = TILE_WIDTH * (2 + MAX_ENTRY)
"""Bytes: every entry as long as can be, after its length in two bytes."""
MAX_CHECKPOINT: Final = MAX_NOTE
"""Bytes."""
MAX_NAMES: Final = 4_096
"""Names in one folder of an export; what an export writes takes at most about 2000."""

_SHOWN: Final = 120
# Opening a pipe must not wait for somebody to write into it, and a terminal must not become ours.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_ABSENT: Final = frozenset({errno.ENOENT})
_NOT_PLAIN: Final = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.EMLINK})


def shown(text: str) -> str:
    """Text from outside on one line that no terminal obeys, cut after 120 characters.

    What cannot be printed is written as an escape, and so is a backslash.
    """
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "\u2026"
    return "".join(
        one if one.isprintable() and one != "\\" else one.encode("unicode_escape", "surrogatepass").decode()
        for one in cut
    )


class Folder:
    """An open folder, whose files are named by paths below it, as `tile/0/x001/234`.

    No symbolic link is followed, not even the folder itself: it could lead anywhere. Every method raises NotFound
    "export.missing", Damaged "export.not_plain" (a link, a pipe, a device, a folder in place of a file or the other
    way round), Unavailable "export.unreadable".
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        with self._translated(""):
            self.descriptor: Final = os.open(path, _FOLDER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of a plain file. Raises Damaged "export.too_big", before anything is read, above `limit` bytes."""
        *folders, name = _parts(path)
        with self._translated(path), self.inside(folders) as parent:
            descriptor = os.open(name, _FILE, dir_fd=parent)
            try:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise _not_plain(path)
                if status.st_size > limit:
                    raise _too_big(path, status.st_size, limit)
                data = _read(descriptor, limit + 1)
            finally:
                os.close(descriptor)
        # It may have grown meanwhile, or be one of the files whose size the system does not tell.
        if len(data) > limit:
            raise _too_big(path, len(data), limit)
        return data

    def names(self, path: str = "") -> list[tuple[str, bool]]:
        """The names in a folder, each with whether it is a folder (a link to one is not), sorted.

        Raises Damaged "export.too_many" above MAX_NAMES.
        """
        found: list[tuple[str, bool]] = []
        with self._translated(path), self.inside(_parts(path)) as folder, os.scandir(folder) as entries:
            for entry in entries:
                if len(found) == MAX_NAMES:
                    template = "{path} holds more than {limit} names, which no export writes."
                    raise Damaged("export.too_many", template, path=shown(path or "."), limit=MAX_NAMES)
                found.append((entry.name, entry.is_dir(follow_symlinks=False)))
        return sorted(found)

    @contextmanager
    def inside(self, folders: list[str], *, make: bool = False) -> Iterator[int]:
        """A descriptor of the folder that lies so deep, for as long as the block runs. Raises OSError.

        With `make`, folders that are missing are made.
        """
        current = os.dup(self.descriptor)
        try:
            for name in folders:
                if make:
                    _made(name, current)
                deeper = os.open(name, _FOLDER, dir_fd=current)
                os.close(current)
                current = deeper
            yield current
        finally:
            os.close(current)

    @contextmanager
    def _translated(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise refusal(error, path or str(self.path)) from error


def refusal(error: OSError, path: str) -> LedgerError:
    """What an error of the system about `path` means to a reader of an export."""
    if error.errno in _ABSENT:
        return NotFound("export.missing", "{path} is not there.", path=shown(path))
    if error.errno in _NOT_PLAIN:
        return _not_plain(path)
    return Unavailable(
        "export.unreadable", "{path} cannot be read: {why}.", path=shown(path), why=os.strerror(error.errno or 0)
    )


def _parts(path: str) -> list[str]:
    parts = path.split("/") if path else []
    if any(part in {"", ".", ".."} or "\0" in part for part in parts):
        raise _not_plain(path)
    return parts


def _made(name: str, parent: int) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return  # whatever it is: opening it comes next, and tells


def _read(descriptor: int, most: int) -> bytes:
    parts: list[bytes] = []
    while most and (part := os.read(descriptor, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _not_plain(path: str) -> Damaged:
    template = "{path} is a link, a pipe or something else that is not followed; an export has plain files and folders."
    return Damaged("export.not_plain", template, path=shown(path))


def _too_big(path: str, size: int, limit: int) -> Damaged:
    template = "{path} has {size} bytes, and {limit} is the most that such a file can have; it was not read."
    return Damaged("export.too_big", template, path=shown(path), size=size, limit=limit)
