"""Which of PostgreSQL's errors means what."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.errors import Damaged, Malformed, Refused, Unavailable
from ledger.store import faults
from ledger.store.faults import Meaning, saying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.errors import LedgerError

LOST: Final[Meaning] = (
    Unavailable,
    "store.lost",
    "The connection to {file} broke ({what}); try again when the server answers.",
)
AWAY: Final[Meaning] = (
    Unavailable,
    "store.away",
    "There is no answer from {file} ({what}); see that the server runs there, and that the address is right.",
)
BAD_ADDRESS: Final[Meaning] = (
    Malformed,
    "store.url",
    "{file} cannot be used as an address ({what}); see what PostgreSQL calls connection URIs.",
)
NO_DATABASE: Final[Meaning] = (
    faults.MISSING[0],
    "store.no_database",
    "There is no such database at {file}; make it first (createdb), or name another.",
)
NOT_LET_IN: Final[Meaning] = (
    Unavailable,
    "store.not_let_in",
    "{file} does not let you in ({what}); a password belongs in a password file or a service file of PostgreSQL's.",
)
NO_RIGHT: Final[Meaning] = (
    Unavailable,
    "store.no_right",
    "You have no right to do this at {file} ({what}); ask whoever owns the ledger for the role that has it.",
)
STANDBY: Final[Meaning] = (
    Unavailable,
    "store.standby",
    (
        "{file} only answers questions: it follows another server, or is set to read only. Write to that other one, "
        "or name both and let target_session_attrs=read-write choose."
    ),
)
NOT_REPLICATED: Final[Meaning] = (
    Unavailable,
    "store.not_replicated",
    (
        "It is recorded at {file}, and no other server has confirmed it: it may be lost with that one. "
        "See that the standbys run, then tell it again with the same key."
    ),
)
TOO_OLD: Final[Meaning] = (
    Unavailable,
    "store.too_old",
    "{file} runs PostgreSQL {version}, and a ledger needs {needed} or later.",
)
NOT_SCRUBBED: Final[Meaning] = (
    Unavailable,
    "store.not_scrubbed",
    (
        "It is recorded and erased at {file}, and nothing shows it any more; but the old bytes lie in the files of the "
        "server until the ledger's owner runs VACUUM FULL ledger.disclosure, ledger.subject_key."
    ),
)
NOT_UTF8: Final[Meaning] = (
    Refused,
    "store.encoding",
    "The database at {file} keeps text as {encoding}; make one that keeps UTF8 (createdb -E UTF8 -T template0).",
)
QUEUED: Final[Meaning] = (
    Unavailable,
    "store.queued",
    "Others have kept {file} to themselves for too long; try again in a moment, or see what they do there.",
)
STOPPED: Final[Meaning] = (
    Unavailable,
    "store.stopped",
    "The server stopped what it was asked to do at {file} ({what}), and nothing of it was recorded; try again.",
)
_POSITION: Final[Meaning] = faults.HEAD
_DAMAGED_PAGE: Final[Meaning] = (
    Damaged,
    "store.malformed",
    "{file} cannot be read as it was written ({what}); verify it, and restore a backup.",
)

# SQLSTATE, or the beginning of it; the first that fits counts. https://www.postgresql.org/docs/current/errcodes-appendix.html
_MEANINGS: Final = {
    "23505": faults.CONFLICT,
    "40001": STOPPED,
    "40P01": faults.CONFLICT,
    "25006": STANDBY,
    "3D000": NO_DATABASE,
    "28": NOT_LET_IN,
    "42501": NO_RIGHT,
    "42P01": faults.MALFORMED,
    "42703": faults.MALFORMED,
    "3F000": faults.MALFORMED,
    "53100": faults.FULL,
    "53300": faults.BUSY,
    "55P03": QUEUED,
    "57014": STOPPED,
    "58": faults.DISK,
    "XX001": _DAMAGED_PAGE,
    "XX002": _DAMAGED_PAGE,
}
_LOST: Final = ("08", "57P", "25P03", "25P04")
"""What a server says as it closes a connection."""
_OF_TRIGGERS: Final = {"store.position": _POSITION}


@contextmanager
def translated(name: str, *, connecting: bool = False) -> Iterator[None]:
    """Raises what an error of PostgreSQL's means about the place; what has no meaning here passes as it is."""
    with faults.translated((psycopg.Error, DBAPIError, PoolTimeout), lambda error: _fault(error, name, connecting)):
        yield


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone rather than the statement wrong."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_LOST)


def _fault(error: Exception, name: str, connecting: bool) -> LedgerError | None:  # noqa: FBT001 - passed on
    if isinstance(error, PoolTimeout):
        return saying(faults.BUSY, name)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return None
    what = _first_line(cause)
    if connecting and isinstance(cause, psycopg.ProgrammingError) and cause.sqlstate is None:
        return saying(BAD_ADDRESS, name, what=what)
    if what in _OF_TRIGGERS:
        return saying(_OF_TRIGGERS[what], name)
    if cause.diag.constraint_name == "event_pkey":
        # Whoever holds the head row takes the position after it, so nobody who keeps to that can have been first.
        return saying(_POSITION, name)
    if is_lost(cause):
        return _unanswered(what, name, connecting)
    for beginning, meaning in _MEANINGS.items():
        if (cause.sqlstate or "").startswith(beginning):
            return saying(meaning, name, what=what)
    return None


def _unanswered(what: str, name: str, connecting: bool) -> LedgerError:  # noqa: FBT001 - as above
    if not connecting:
        return saying(LOST, name, what=what)
    # While connecting there is no SQLSTATE, whatever the server said.
    for words, meaning in _WHILE_CONNECTING.items():
        if words in what:
            return saying(meaning, name, what=what)
    return saying(AWAY, name, what=what)


_WHILE_CONNECTING: Final = {
    "role ": NOT_LET_IN,
    "does not exist": NO_DATABASE,
    "session is read-only": STANDBY,
    "authentication failed": NOT_LET_IN,
    "no password supplied": NOT_LET_IN,
    "no pg_hba.conf entry": NOT_LET_IN,
    "permission denied": NOT_LET_IN,
    "too many connections": faults.BUSY,
    "remaining connection slots": faults.BUSY,
}


def _first_line(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error)).strip().partition("\n")[0]
