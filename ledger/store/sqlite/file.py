"""An SQLite file: written by one at a time, in the order in which they asked."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import contextmanager, suppress
from functools import cache
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Literal, cast

from sqlalchemy import URL, PoolProxiedConnection, create_engine
from sqlalchemy.dialects import sqlite

from ledger.errors import Damaged, LedgerError, NotFound
from ledger.store import schema
from ledger.store.database import Database, insertion
from ledger.store.faults import NOT_SCRUBBED, saying, system
from ledger.store.sqlite.faults import translated
from ledger.store.sqlite.files import BUSY_SECONDS, discard, is_garbage, look
from ledger.store.sqlite.triggers import altered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import sqlalchemy

    from ledger.store.database import Link

DIALECT: Final = sqlite.dialect(paramstyle="qmark")
CACHE_KIB: Final = 65_536
CHECKPOINT_PAGES: Final = 8_192
_LOOK_SECONDS: Final = 0.02  # between two looks at whether somebody wrote; each costs some microseconds


@cache
def sql(statement: sqlalchemy.Executable) -> str:
    """The text of a statement with its parameters by place, compiled once."""
    return str(cast("sqlalchemy.ClauseElement", statement).compile(dialect=DIALECT))


class SqliteConnection(sqlite3.Connection):
    """A connection with its own place in the queue of writers, which is a lock on a file beside the database.

    SQLite's own lock goes to whoever polls at the right moment, so that one of many writers may starve; this one
    goes to whoever asked first, and falls with the process that held it.
    """

    path: Path
    _ticket: int | None = None

    def run(self, statement: sqlalchemy.Executable, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        return self.execute(sql(statement), parameters)

    def run_many(self, statement: sqlalchemy.Executable, rows: Iterable[Sequence[object]]) -> None:
        self.executemany(sql(statement), rows)

    def waitturn(self) -> None:
        """Waits until no other process or connection writes, however long: a turn is one transaction."""
        with system(self.path):
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


class SqliteFile(Database):
    """A file that is there. `synchronous` FULL: what is written is on the disk; NORMAL: soon, and never half."""

    row_errors = (sqlite3.DatabaseError,)
    safe_when_seen = True
    signed_at_commit = True

    def __init__(self, path: Path, synchronous: Literal["FULL", "NORMAL"]) -> None:
        self.path = path
        self.name = str(path)
        self.engine = create_engine(
            URL.create("sqlite", database=str(path)), creator=lambda: connected(path, synchronous, "rw")
        )
        self._eye: PoolProxiedConnection | None = None
        self._was = _identity(path)

    @contextmanager
    def writing(self) -> Iterator[sqlalchemy.Connection]:
        with translated(self.path), self.engine.connect() as connection:
            own = _driver(connection)
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
    def reading(self) -> Iterator[sqlalchemy.Connection]:
        with translated(self.path), self.engine.connect() as connection:
            own = _driver(connection)
            own.execute("BEGIN")
            try:
                yield connection
            finally:
                if own.in_transaction:
                    own.rollback()

    @contextmanager
    def glancing(self) -> Iterator[SqliteConnection]:
        with translated(self.path):
            # Kept, since taking a connection out of a pool costs more than most of what is read through it.
            if self._eye is None:
                self._eye = self.engine.raw_connection()
            yield cast("SqliteConnection", self._eye.driver_connection)

    @contextmanager
    def watching(self) -> Iterator[Callable[[float], bool]]:
        with translated(self.path):
            connection = self.engine.raw_connection()
            try:
                yield _watch(cast("SqliteConnection", connection.driver_connection))
            finally:
                connection.close()

    def views(self, *, anew: bool = False) -> SqliteFile:
        """The file beside the ledger: `views.db` beside `ledger.db`.

        Only a sound database of another program is somebody else's, and is refused: Damaged "store.foreign".
        """
        return views_beside(self.path, anew=anew)

    def append_rows(self, link: Link, table: sqlalchemy.Table, rows: Sequence[Sequence[object]]) -> None:
        link.run_many(insertion(table), rows)

    def unsound(self) -> str | None:
        with self.glancing() as own:
            found = str(own.execute("PRAGMA integrity_check(1)").fetchone()[0])
            if found != "ok":
                return found
            trigger = altered(own)
        return None if trigger is None else f"the trigger {trigger} is not as it was made"

    def scrub(self) -> None:
        """Moves all that is written into the file itself and empties the WAL, where the pages of before still stand.

        Raises Unavailable "store.not_scrubbed" where somebody reads an older state all the while.
        """
        with self.glancing() as own:
            own.waitturn()
            try:
                busy = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                own.endturn()
        if busy:
            raise saying(NOT_SCRUBBED, self.path)

    def bytes_used(self) -> int:
        # What was written last may still lie in the WAL beside the file, which whoever closes last takes away.
        size = self.path.stat().st_size
        with suppress(FileNotFoundError):
            size += self.path.with_name(self.path.name + "-wal").stat().st_size
        return size

    def replaced(self) -> bool:
        return _identity(self.path) != self._was

    def destroy(self) -> None:
        self.close()
        discard(self.path)

    def close(self) -> None:
        if self._eye is not None:
            self._eye.close()
            self._eye = None
        super().close()


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another that takes its name while somebody has it open; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _driver(connection: sqlalchemy.Connection) -> SqliteConnection:
    return cast("SqliteConnection", connection.connection.driver_connection)


def _watch(own: SqliteConnection) -> Callable[[float], bool]:
    def version() -> int:
        # It changes whenever anybody else, in any process, has written.
        return cast("int", own.execute("PRAGMA data_version").fetchone()[0])

    before = version()

    def wait(seconds: float) -> bool:
        nonlocal before
        end = monotonic() + seconds
        while (now := version()) == before:
            left = end - monotonic()
            if left <= 0:
                return False
            sleep(min(_LOOK_SECONDS, left))
        before = now
        return True

    return wait


def views_beside(path: Path, *, anew: bool = False) -> SqliteFile:
    """The views of the ledger at `path`, as `Database.views`; nobody looks whether there is a ledger."""
    # In its usual place a ledger is alone; others may lie several to a folder.
    views = path.with_name("views.db" if path.name == "ledger.db" else f"{path.stem}.views.db")
    with system(views), turn(views):
        reason = _unusable(views)
        if reason or anew:
            discard(views)
            with translated(views):
                connection = connected(views, "NORMAL", "rwc")
                connection.execute(f"PRAGMA application_id = {schema.VIEWS_ID:d}")
                connection.close()
    return SqliteFile(views, "NORMAL")


def _unusable(path: Path) -> LedgerError | None:
    try:
        look(path, schema.VIEWS_ID, 2**31 - 1, lambda _version: frozenset())
    except (NotFound, Damaged) as reason:
        if isinstance(reason, Damaged) and not is_garbage(reason):
            raise
        return reason
    return None


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
