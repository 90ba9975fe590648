"""Which of SQLite's errors means what."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.store import faults
from ledger.store.faults import saying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.errors import LedgerError

# Texts of our own triggers, and names of SQLite's result codes: the first that an error begins with counts.
_MEANINGS: Final = {
    "store.conflict": faults.CONFLICT,
    "store.position": faults.HEAD,
    "SQLITE_BUSY": faults.BUSY,
    "SQLITE_LOCKED": faults.BUSY,
    "SQLITE_READONLY_DBMOVED": faults.MISSING,
    "SQLITE_READONLY": faults.READ_ONLY,
    "SQLITE_CANTOPEN": faults.READ_ONLY,
    "SQLITE_PERM": faults.READ_ONLY,
    "SQLITE_FULL": faults.FULL,
    # A quota or a limit on file size comes back as a failed write, not as a full disk.
    "SQLITE_IOERR_WRITE": faults.FULL,
    "SQLITE_IOERR_SHMSIZE": faults.FULL,
    "SQLITE_IOERR": faults.DISK,
    "SQLITE_NOTADB": faults.FOREIGN,
    "SQLITE_CORRUPT": faults.MALFORMED,
    # Words without a code of their own: a text whose bytes are none, and names that our own statements know.
    "Could not decode to UTF-8": faults.MALFORMED,
    "no such column": faults.MALFORMED,
    "no such table": faults.MALFORMED,
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises what an error of SQLite's means about the file; what has no meaning here passes as it is."""
    # The last one where a damaged file's schema is quoted in a complaint that the driver cannot read.
    with faults.translated(
        (sqlite3.Error, DBAPIError, PoolTimeout, UnicodeDecodeError), lambda error: _fault(error, path)
    ):
        yield


def _fault(error: Exception, path: Path) -> LedgerError | None:
    if isinstance(error, PoolTimeout):
        return saying(faults.BUSY, path)
    if isinstance(error, UnicodeDecodeError):
        return saying(faults.MALFORMED, path)
    cause = error.orig if isinstance(error, DBAPIError) else error
    for text in (str(cause), getattr(cause, "sqlite_errorname", "")):
        for beginning, meaning in _MEANINGS.items():
            if text.startswith(beginning):
                return saying(meaning, path, what=str(cause).removeprefix("store.conflict: "))
    return None
