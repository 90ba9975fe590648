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
from sqlalchemy.schema import CreateTable

from ledger.errors import Damaged, LedgerError, NotFound, Refused
from ledger.store import schema
from ledger.store.faults import translated
from ledger.store.files import BUSY_SECONDS, discard, is_garbage, look, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import sqlalchemy

# A bump against accidents, not a proof. INSERT OR REPLACE removes a row without asking the triggers on DELETE,
# so the triggers on INSERT leave it nothing to replace.
_TRIGGERS: Final = (
    """CREATE TRIGGER event_in_order BEFORE INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'store.position')
     WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event);
    SELECT RAISE(ABORT, 'store.conflict: the stream has an event of that version')
     WHERE EXISTS (SELECT 1 FROM event WHERE stream = NEW.stream AND version = NEW.version);
    END""",
    """CREATE TRIGGER command_once BEFORE INSERT ON command BEGIN
    SELECT RAISE(ABORT, 'store.conflict: the command was already carried out')
     WHERE EXISTS (SELECT 1 FROM command WHERE key = NEW.key);
    END""",
    *(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON "{table}" BEGIN
    SELECT RAISE(ABORT, 'store.append_only');
    END"""
        for table in ("event", "command")
        for verb in ("UPDATE", "DELETE")
    ),
)
_DIALECT: Final = sqlite.dialect(paramstyle="qmark")
NO_OFFSET: Final = literal_column("0", Integer)
"""Said outright, since the compiler would otherwise put a parameter of its own after the limit."""
CACHE_KIB: Final = 65_536
CHECKPOINT_PAGES: Final = 8_192
_LEDGER_TABLES: Final = frozenset(schema.metadata.tables)


class SqliteConnection(sqlite3.Connection):
    """A connection with its own place in the queue of writers, which is a lock on a file beside the database.

    SQLite's own lock goes to whoever polls at the right moment, so that one of many writers may starve; this one
    goes to whoever asked first, and falls with the process that held it.
    """

    path: Path
    _ticket: int | None = None

    def wait_turn(self) -> None:
        """Waits until no other process or connection writes, however long: a turn is one transaction."""
        with translated(self.path, (OSError,)):
            fcntl.flock(self._own_ticket(), fcntl.LOCK_EX)

    def end_turn(self) -> None:
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
    return str(cast("sqlalchemy.ClauseElement", statement).compile(dialect=_DIALECT))


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
        own.wait_turn()
        try:
            own.execute("BEGIN IMMEDIATE")
            yield connection
            own.execute("COMMIT")
        finally:
            if own.in_transaction:
                own.rollback()
            own.end_turn()


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


def file_of(engine: Engine) -> Path:
    return cast("Path", engine.get_execution_options()["file"])


def create_ledger(path: Path, origin: str) -> None:
    """Makes an empty ledger file, whole or not at all, however the process ends.

    Raises Refused "store.exists", NotFound "store.no_folder", Unavailable "store.read_only",
    "store.full".
    """
    # Whoever was killed here left a file of this name, which nobody has ever written an event to.
    new = path.with_name(path.name + ".new")
    if not path.parent.is_dir():
        raise NotFound("store.no_folder", "There is no folder {folder}; make it first.", folder=str(path.parent))
    with translated(path), translated(path, (OSError,)), _turn(path):
        if path.exists():
            template = "There is already something at {file}; name another file."
            raise Refused("store.exists", template, file=str(path))
        discard(new)
        try:
            _fill(new, origin)
            new.rename(path)
        finally:
            discard(new)
        sync_folder(path)


def open_ledger(path: Path) -> Engine:
    """An engine on a ledger file that is there. Raises as `look`, before anything is written."""
    look(path, schema.LEDGER_ID, schema.FORMAT, _LEDGER_TABLES)
    return _engine(path, "FULL")


def views_engine(ledger: Path, *, anew: bool = False, renewed: Callable[[LedgerError], None] | None = None) -> Engine:
    """An engine on the views beside the ledger (`views.db` beside `ledger.db`).

    Made if it is not there, or thrown away first if `anew`.

    Views can always be computed again, so a file there that cannot be read is never believed: it is deleted and
    made anew, and `renewed` is told why. Only a sound database of another program is somebody else's, and is
    refused: Damaged "store.foreign".
    """
    # In its usual place a ledger is alone; others may lie several to a folder.
    path = ledger.with_name("views.db" if ledger.name == "ledger.db" else f"{ledger.stem}.views.db")
    with translated(path, (OSError,)), _turn(path):
        reason = _unusable(path)
        if reason or anew:
            discard(path)
            if reason and renewed and not isinstance(reason, NotFound):
                renewed(reason)
            with translated(path):
                connection = _connect(path, "NORMAL", "rwc")
                connection.execute(f"PRAGMA application_id = {schema.VIEWS_ID:d}")
                connection.close()
    return _engine(path, "NORMAL")


def _unusable(path: Path) -> LedgerError | None:
    try:
        look(path, schema.VIEWS_ID, 2**31 - 1, frozenset())
    except (NotFound, Damaged) as reason:
        if isinstance(reason, Damaged) and not is_garbage(reason):
            raise
        return reason
    return None


def _engine(path: Path, synchronous: Literal["FULL", "NORMAL"]) -> Engine:
    return create_engine(
        URL.create("sqlite", database=str(path)),
        creator=lambda: _connect(path, synchronous, "rw"),
        execution_options={"file": path},
    )


def _connect(path: Path, synchronous: str, mode: Literal["rw", "rwc"]) -> SqliteConnection:
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
    return connection


def _fill(new: Path, origin: str) -> None:
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {schema.LEDGER_ID:d}")
        connection.execute(f"PRAGMA user_version = {schema.FORMAT:d}")
        for table in schema.metadata.sorted_tables:
            connection.execute(str(CreateTable(table).compile(dialect=_DIALECT)))
        for trigger in _TRIGGERS:
            connection.execute(trigger)
        connection.execute("INSERT INTO head (one, size, recorded_at, origin) VALUES (1, 0, '', ?)", (origin,))
        connection.execute("COMMIT")
        # Last, so that all of it lies in the file that gets its name next, and nothing in a WAL beside it.
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    ticket = _ticket(path)
    try:
        fcntl.flock(ticket, fcntl.LOCK_EX)
        yield
    finally:
        os.close(ticket)


def _ticket(path: Path) -> int:
    # Reading rights are enough to queue, so that those who share a ledger need not share one lock file's owner.
    return os.open(path.with_name(path.name + ".lock"), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
