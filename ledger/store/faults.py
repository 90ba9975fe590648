"""What an engine's errors mean to people. Which error means what stands with each engine."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ledger.errors import Conflict, Damaged, LedgerError, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Meaning = tuple[type[LedgerError], str, str]

CONFLICT: Final[Meaning] = (
    Conflict,
    "store.conflict",
    "Somebody else wrote to the ledger first ({what}); read it again and decide again.",
)
BUSY: Final[Meaning] = (
    Unavailable,
    "store.busy",
    "{file} is held by another program; try again when that one has finished.",
)
READ_ONLY: Final[Meaning] = (
    Unavailable,
    "store.read_only",
    "{file} cannot be written here; ask for the right to write the file and the folder that it lies in.",
)
FULL: Final[Meaning] = (
    Unavailable,
    "store.full",
    "There is no room to write {file}, and nothing of this was recorded; make room on the disk and try again.",
)
IN_DOUBT: Final[Meaning] = (
    Unavailable,
    "store.in_doubt",
    (
        "The connection to {file} broke as this was being recorded, and whether it was cannot be known from here. "
        "See that the server answers, and tell it again with the same key, or look before you do."
    ),
)
NOT_SCRUBBED: Final[Meaning] = (
    Unavailable,
    "store.not_scrubbed",
    (
        "It is recorded and erased, and nothing shows it any more; but another program reads {file}, so the old bytes "
        "still lie in the -wal beside it. They go when that program ends and tillit verify is run after it."
    ),
)
MISSING: Final[Meaning] = (
    NotFound,
    "store.missing",
    "There is no ledger at {file}; check the name, or begin a ledger there.",
)
FOREIGN: Final[Meaning] = (
    Damaged,
    "store.foreign",
    "{file} is not a ledger ({what}), so it was left alone; name another file.",
)
NEWER: Final[Meaning] = (
    Damaged,
    "store.newer",
    "{file} has format {format} and this program knows {known}; use a later version of it.",
)
HALF_COPIED: Final[Meaning] = (
    Damaged,
    "store.half_copied",
    "{file} is only part of a ledger ({what}); copy it again, or restore a backup.",
)
MALFORMED: Final[Meaning] = (
    Damaged,
    "store.malformed",
    "{file} cannot be read as it was written; verify it, and restore a backup.",
)
DISK: Final[Meaning] = (
    Unavailable,
    "store.disk",
    "The disk does not answer for {file}; check the disk before anything else is written.",
)
HEAD: Final[Meaning] = (
    Damaged,
    "store.head",
    "{file} says it holds another number of events than it does, so nothing was added; verify it.",
)

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


def saying(meaning: Meaning, place: str | Path, **facts: object) -> LedgerError:
    """The error of that meaning about a file or a server."""
    kind, code, template = meaning
    return kind(code, template, hints=(), file=str(place), **facts)


@contextmanager
def translated(
    kinds: tuple[type[Exception], ...], meaning: Callable[[Exception], LedgerError | None]
) -> Iterator[None]:
    """Raises what `meaning` makes of an error inside that is one of `kinds`.

    Everything else passes as it is, and so does what has no meaning here.
    """
    try:
        yield
    except kinds as error:
        meant = meaning(error)
        if meant is None:
            raise
        raise meant from error


@contextmanager
def system(path: str | Path) -> Iterator[None]:
    """Raises what an error of the operating system means about a file."""
    try:
        yield
    except OSError as error:
        meaning = _ERRNOS.get(error.errno or 0)
        if meaning is None:
            raise
        raise saying(meaning, path) from error
