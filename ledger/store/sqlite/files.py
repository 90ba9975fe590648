"""A look at a file before it is trusted, so that one which is not ours is refused by name and left as it is."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, LedgerError, Unavailable
from ledger.store import faults
from ledger.store.faults import saying, system
from ledger.store.sqlite.faults import translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUSY_SECONDS: Final = 5.0
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write to the file."""
    # Not immutable=1: such a connection's close would drop the locks that this process holds on the file.
    address = f"{path.as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def look(path: Path, application_id: int, newest: int, tables_of: Callable[[int], frozenset[str]]) -> int:
    """The user_version of `path`, if it is a whole SQLite file with that id, up to `newest`, and the version's tables.

    Raises NotFound "store.missing", Unavailable "store.read_only", "store.busy", Damaged "store.foreign",
    "store.newer", "store.half_copied". The file is only ever opened by SQLite: a plain open() and close() would
    drop the locks that this process holds on it.
    """
    size = _size(path)
    try:
        with translated(path), closing(connect_read_only(path)) as connection:
            version = _compare(connection, path, application_id, newest, tables_of)
            page = connection.execute("PRAGMA page_size").fetchone()[0]
    except Damaged as damage:
        if damage.code == "store.malformed":
            raise saying(faults.HALF_COPIED, path, what="pages are missing") from damage
        raise
    if size % page:
        raise saying(faults.HALF_COPIED, path, what="it ends in the middle of a page")
    return version


def _size(path: Path) -> int:
    with system(path):
        status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise saying(faults.FOREIGN, path, what="it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise saying(faults.FOREIGN, path, what="it is no ordinary file")
    if not os.access(path, os.R_OK):
        template = "{file} cannot be read here; ask for the right to read it."
        raise Unavailable("store.unreadable", template, file=str(path))
    if not status.st_size:
        raise saying(faults.HALF_COPIED, path, what="it is empty")
    return status.st_size


def _compare(
    connection: sqlite3.Connection,
    path: Path,
    application_id: int,
    newest: int,
    tables_of: Callable[[int], frozenset[str]],
) -> int:
    found_id = connection.execute("PRAGMA application_id").fetchone()[0]
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not found_id and not found:
        raise saying(faults.HALF_COPIED, path, what="nothing is in it")
    if found_id != application_id:
        raise saying(faults.FOREIGN, path, what="it is a database of another program")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > newest:
        raise saying(faults.NEWER, path, format=version, known=newest)
    if not tables_of(version) <= found:
        raise saying(faults.HALF_COPIED, path, what="tables are missing")
    return version


def discard(path: Path) -> None:
    """Removes a file that nobody needs, and what SQLite laid beside it."""
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Makes a new name in the folder last through a power cut."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_garbage(error: LedgerError) -> bool:
    """Whether nobody, of whatever program, can use the file that `look` refused so."""
    return error.code == "store.half_copied" or isinstance(error.__cause__, sqlite3.DatabaseError)
