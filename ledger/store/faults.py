"""What the engine's errors mean to people: the one place where they become the ledger's own."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.errors import Conflict, Damaged, LedgerError, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_Meaning = tuple[type[LedgerError], str, str]

CONFLICT: Final[_Meaning] = (
    Conflict,
    "store.conflict",
    "Somebody else wrote to the ledger first ({what}); read it again and decide again.",
)
BUSY: Final[_Meaning] = (
    Unavailable,
    "store.busy",
    "{file} is held by another program; try again when that one has finished.",
)
READ_ONLY: Final[_Meaning] = (
    Unavailable,
    "store.read_only",
    "{file} cannot be written here; ask for the right to write the file and the folder that it lies in.",
)
FULL: Final[_Meaning] = (
    Unavailable,
    "store.full",
    "There is no room to write {file}, and nothing of this was recorded; make room on the disk and try again.",
)
NOT_SCRUBBED: Final[_Meaning] = (
    Unavailable,
    "store.not_scrubbed",
    (
        "It is recorded and erased, and nothing shows it any more; but another program reads {file}, so the old bytes "
        "still lie in the -wal beside it. They go when that program ends and tillit verify is run after it."
    ),
)
MISSING: Final[_Meaning] = (
    NotFound,
    "store.missing",
    "There is no ledger at {file}; check the name, or begin a ledger there.",
)
FOREIGN: Final[_Meaning] = (
    Damaged,
    "store.foreign",
    "{file} is not a ledger ({what}), so it was left alone; name another file.",
)
NEWER: Final[_Meaning] = (
    Damaged,
    "store.newer",
    "{file} has format {format} and this program knows {known}; use a later version of it.",
)
HALF_COPIED: Final[_Meaning] = (
    Damaged,
    "store.half_copied",
    "{file} is only part of a ledger ({what}); copy it again, or restore a backup.",
)
MALFORMED: Final[_Meaning] = (
    Damaged,
    "store.malformed",
    "{file} cannot be read as it was written; verify it, and restore a backup.",
)
_DISK: Final[_Meaning] = (
    Unavailable,
    "store.disk",
    "The disk does not answer for {file}; check the disk before anything else is written.",
)
_HEAD: Final[_Meaning] = (
    Damaged,
    "store.head",
    "{file} says it holds another number of events than it does, so nothing was added; verify it.",
)

# Texts of our own triggers, and names of SQLite's result codes: the first that an error begins with counts.
_MEANINGS: Final = {
    "store.conflict": CONFLICT,
    "store.position": _HEAD,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_READONLY_DBMOVED": MISSING,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_FULL": FULL,
    # A quota or a limit on file size comes back as a failed write, not as a full disk.
    "SQLITE_IOERR_WRITE": FULL,
    "SQLITE_IOERR_SHMSIZE": FULL,
    "SQLITE_IOERR": _DISK,
    "SQLITE_NOTADB": FOREIGN,
    "SQLITE_CORRUPT": MALFORMED,
    # Words without a code of their own: a text whose bytes are none, and names that our own statements know.
    "Could not decode to UTF-8": MALFORMED,
    "no such column": MALFORMED,
    "no such table": MALFORMED,
}
# The last one where a damaged file's schema is quoted in a complaint that the driver cannot read.
_DATABASE: Final[tuple[type[Exception], ...]] = (sqlite3.Error, DBAPIError, PoolTimeout, UnicodeDecodeError)
_ERRNOS: Final = {
    errno.ENOENT: MISSING,
    errno.ENOTDIR: MISSING,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EROFS: READ_ONLY,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
}


def saying(meaning: _Meaning, file: Path, **facts: object) -> LedgerError:
    """The error of that meaning about `file`."""
    kind, code, template = meaning
    return kind(code, template, hints=(), file=str(file), **facts)


def fault(error: Exception, file: Path) -> LedgerError | None:
    """What an error of a library or the system means; None where it is our own mistake."""
    if isinstance(error, PoolTimeout):
        return saying(BUSY, file)
    if isinstance(error, UnicodeDecodeError):
        return saying(MALFORMED, file)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError):
        meaning = _ERRNOS.get(cause.errno or 0)
        return saying(meaning, file) if meaning else None
    for text in (str(cause), getattr(cause, "sqlite_errorname", "")):
        for beginning, meaning in _MEANINGS.items():
            if text.startswith(beginning):
                return saying(meaning, file, what=str(cause).removeprefix("store.conflict: "))
    return None


@contextmanager
def translated(file: Path, kinds: tuple[type[Exception], ...] = _DATABASE) -> Iterator[None]:
    """Raises what `fault` makes of an error inside that is one of `kinds`, which are the database's unless told.

    Everything else passes as it is, and so does what has no meaning here.
    """
    try:
        yield
    except kinds as error:
        meant = fault(error, file)
        if meant is None:
            raise
        raise meant from error
