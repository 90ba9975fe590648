"""Writing into an export's folder: every file whole or not at all, by one writer at a time."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ledger.errors import NotFound, Refused, Unavailable
from ledger.publishing.reading import Folder, refusal, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEW: Final = ".new"
"""Where each file is written before it gets its name; whoever was killed leaves at most this one behind."""

_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_HELD: Final = frozenset({errno.EAGAIN, errno.EACCES})


class Writer:
    """The only writer of an export's folder, for as long as it is open.

    Every method raises as Folder's, and Unavailable "export.full", "export.unwritable".
    """

    def __init__(self, folder: Folder) -> None:
        self.folder: Final = folder
        self._unsynced: set[str] = set()

    def write(self, path: str, data: bytes) -> None:
        """Puts a file of these bytes in the place of whatever file `path` names; durable once `settle` has returned."""
        *folders, name = path.split("/")
        with _translated(path), self.folder.inside(folders, make=True) as parent:
            _discard(NEW, self.folder.descriptor)
            descriptor = os.open(NEW, _NEW_FILE, 0o644, dir_fd=self.folder.descriptor)
            try:
                _write(descriptor, data)
                # Before it has its name: after a loss of power, a file with a name must not be an empty one.
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.rename(NEW, name, src_dir_fd=self.folder.descriptor, dst_dir_fd=parent)
        self._unsynced.update("/".join(folders[:depth]) for depth in range(len(folders) + 1))

    def remove(self, path: str) -> None:
        """Removes a file, if it is there."""
        *folders, name = path.split("/")
        with _translated(path):
            try:
                with self.folder.inside(folders) as parent:
                    _discard(name, parent)
            except FileNotFoundError:
                return

    def remove_folder(self, path: str) -> None:
        """Removes a folder, if it is there and empty."""
        *folders, name = path.split("/")
        with _translated(path):
            try:
                with self.folder.inside(folders) as parent:
                    os.rmdir(name, dir_fd=parent)
            except OSError as error:
                if error.errno not in {errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST}:
                    raise

    def settle(self) -> None:
        """Waits until the names of all files that were written are on the disk."""
        for path in sorted(self._unsynced):
            with _translated(path), self.folder.inside(path.split("/") if path else []) as folder:
                os.fsync(folder)
        self._unsynced.clear()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """The folder at `path`, made if it is missing, held against other writers while the block runs.

    Raises NotFound "export.no_folder" where the folder around it is missing too, Unavailable "export.busy", and as
    Folder and Writer.
    """
    with _translated(str(path)):
        if not path.parent.is_dir():
            template = "There is no folder {folder}; make it first."
            raise NotFound("export.no_folder", template, folder=shown(str(path.parent)))
        path.mkdir(exist_ok=True)
    with Folder(path) as folder:
        try:
            # The system lets go of it with the last descriptor, however the process ends.
            fcntl.flock(folder.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                template = "Another program is exporting to {folder}; try again when it has finished."
                raise Unavailable("export.busy", template, folder=shown(str(path))) from error
            raise refusal(error, str(path)) from error
        yield Writer(folder)


@contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        template = "There is something else than a folder at {path}; name another one."
        raise Refused("export.no_room", template, path=shown(path)) from error
    except OSError as error:
        if error.errno in _FULL:
            template = "There is no room to write {path}; make room on the disk and export again."
            raise Unavailable("export.full", template, path=shown(path)) from error
        if error.errno in {errno.EPERM, errno.EACCES, errno.EROFS}:
            template = "{path} cannot be written here; ask for the right to, or name another folder."
            raise Unavailable("export.unwritable", template, path=shown(path)) from error
        raise refusal(error, path) from error


def _discard(name: str, parent: int) -> None:
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
