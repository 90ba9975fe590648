"""Where the record lives: an SQLite file that is written by one at a time, in the order in which they asked."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, cast

from sqlalchemy import URL, Engine, Integer, create_engine, literal_column
from sqlalchemy.dialects import sqlite

from ledger.errors import Damaged, LedgerError, NotFound
from ledger.store import schema
from ledger.store.faults import NOT_SCRUBBED, saying, translated
from ledger.store.files import BUSY_SECONDS, discard, is_garbage, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import sqlalchemy

DIALECT: Final = sqlite.dialect(paramstyle="qmark")
NO_OFFSET: Final = literal_column("0", Integer)
"""Said outright, since the compiler would otherwise put a parameter of its own after the limit."""
CACHE_KIB: Final = 65_536
CHECKPOINT_PAGES: Final = 8_192


class SqliteConnection(sqlite3.Connection):
    """A connection with its own place in the queue of writers, which is a lock on a file beside the database.

    SQLite's own lock goes to whoever polls at the right moment, so that one of many writers may starve; this one
    goes to whoever asked first, and falls with the process that held it.
    """

    path: Path
    _ticket: int | None = None

    def waitturn(self) -> None:
        """Waits until no other process or connection writes, however long: a turn is one transaction."""
        with translated(self.path, (OSError,)):
            fcntl.flock(self._own_ticket(), fcntl.LOCK_EX)

    def endturn(self) -> None:
        fcntl.flock(self._own_ticket(), fcntl.LOCK_UN)

    def close(self) -> None:
        """Closes within a turn, since the last one to close moves the WAL into the file.

        If somebody else has the turn, then this is not the last one, and waiting for a turn that the same thread
        may hold would never end.
        """
        with suppress(OSError):
            fcntl.flock(self._own_ticket(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        super().close()
        if self._ticket is not None:
            os.close(self._ticket)
            self._ticket = None

    def _own_ticket(self) -> int:
        if self._ticket is None:
            self._ticket = _ticket(self.path)
        return self._ticket


@cache
def sql(statement: sqlalchemy.Executable) -> str:
    """The text of a statement with its parameters by place, compiled once, for `driver` and `glancing`."""
    return str(cast("sqlalchemy.ClauseElement", statement).compile(dialect=DIALECT))


def driver(connection: sqlalchemy.Connection) -> SqliteConnection:
    """The driver's own connection, for statements that run too often to pass through a library."""
    return cast("SqliteConnection", connection.connection.driver_connection)


@contextmanager
def writing(engine: Engine) -> Iterator[sqlalchemy.Connection]:
    """One transaction that writes, alone; it is on the disk when the block ends, or nothing of it is.

    Raises Conflict "store.conflict", Unavailable "store.busy", "store.read_only", "store.full", "store.disk",
    Damaged "store.malformed", "store.head". Blocks must not be nested, nor commit by themselves.
    """
    path = file_of(engine)
    with translated(path), engine.connect() as connection:
        own = driver(connection)
        own.waitturn()
        try:
            own.execute("BEGIN IMMEDIATE")
            yield connection
            own.execute("COMMIT")
        finally:
            if own.in_transaction:
                own.rollback()
            own.endturn()


@contextmanager
def reading(engine: Engine) -> Iterator[sqlalchemy.Connection]:
    """One state of the whole file, whatever others write meanwhile. Raises as `writing`, but for Conflict."""
    with translated(file_of(engine)), engine.connect() as connection:
        own = driver(connection)
        own.execute("BEGIN")
        try:
            yield connection
        finally:
            if own.in_transaction:
                own.rollback()


@contextmanager
def glancing(engine: Engine) -> Iterator[SqliteConnection]:
    """A bare connection for one statement, which is a state of its own and needs no transaction around it."""
    with translated(file_of(engine)):
        connection = engine.raw_connection()
        try:
            yield cast("SqliteConnection", connection.driver_connection)
        finally:
            connection.close()


@contextmanager
def watching(engine: Engine) -> Iterator[Callable[[], int]]:
    """A number that changes whenever anybody else, in any process, has written."""
    with glancing(engine) as connection:
        yield lambda: cast("int", connection.execute("PRAGMA data_version").fetchone()[0])


def unsound(engine: Engine) -> str | None:
    """What SQLite itself finds wrong first with the file or its indexes; None if nothing."""
    with glancing(engine) as connection:
        found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return None if found == "ok" else found


def scrub(engine: Engine) -> None:
    """Moves all that is written into the file itself and empties the WAL, where the pages of before still stand.

    Raises Unavailable "store.not_scrubbed" where somebody reads an older state all the while.
    """
    path = file_of(engine)
    with glancing(engine) as own:
        own.waitturn()
        try:
            busy = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            own.endturn()
    if busy:
        raise saying(NOT_SCRUBBED, path)


def file_of(engine: Engine) -> Path:
    return cast("Path", engine.get_execution_options()["file"])


def views_engine(ledger: Path, *, anew: bool = False, renewed: Callable[[LedgerError], None] | None = None) -> Engine:
    """An engine on the views beside the ledger (`views.db` beside `ledger.db`).

    Made if it is not there, or thrown away first if `anew`.

    Views can always be computed again, so a file there that cannot be read is never believed: it is deleted and
    made anew, and `renewed` is told why. Only a sound database of another program is somebody else's, and is
    refused: Damaged "store.foreign".
    """
    # In its usual place a ledger is alone; others may lie several to a folder.
    path = ledger.with_name("views.db" if ledger.name == "ledger.db" else f"{ledger.stem}.views.db")
    with translated(path, (OSError,)), turn(path):
        reason = _unusable(path)
        if reason or anew:
            discard(path)
            if reason and renewed and not isinstance(reason, NotFound):
                renewed(reason)
            with translated(path):
                connection = connected(path, "NORMAL", "rwc")
                connection.execute(f"PRAGMA application_id = {schema.VIEWS_ID:d}")
                connection.close()
    return engine_on(path, "NORMAL")


def _unusable(path: Path) -> LedgerError | None:
    try:
        look(path, schema.VIEWS_ID, 2**31 - 1, lambda _version: frozenset())
    except (NotFound, Damaged) as reason:
        if isinstance(reason, Damaged) and not is_garbage(reason):
            raise
        return reason
    return None


def engine_on(path: Path, synchronous: Literal["FULL", "NORMAL"]) -> Engine:
    return create_engine(
        URL.create("sqlite", database=str(path)),
        creator=lambda: connected(path, synchronous, "rw"),
        execution_options={"file": path},
    )


def connected(path: Path, synchronous: str, mode: Literal["rw", "rwc"]) -> SqliteConnection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        # The driver begins and ends no transaction by itself: a deferred one fails as soon as two processes write.
        isolation_level=None,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
        factory=SqliteConnection,
    )
    connection.path = path
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    # Ids are as good as random, so every insert touches pages all over the indexes. A cache that holds most of them,
    # and a WAL that is moved into the file every 32 MB and not every 4, keep long jobs from waiting for the disk.
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB:d}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES:d}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    # What is erased must not go on lying in the free space of a page, and a page that splits must not keep what moved.
    connection.execute("PRAGMA secure_delete = ON")
    return connection


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """The turn of whoever makes or changes a file as a whole, in the same queue as its writers."""
    ticket = _ticket(path)
    try:
        fcntl.flock(ticket, fcntl.LOCK_EX)
        yield
    finally:
        os.close(ticket)


def _ticket(path: Path) -> int:
    # Reading rights are enough to queue, so that those who share a ledger need not share one lock file's owner.
    return os.open(path.with_name(path.name + ".lock"), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
