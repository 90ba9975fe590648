"""A database on a PostgreSQL server: one writer at a time, whoever holds the row that says where the log stands."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from functools import cache
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, TypeVar, cast

import psycopg
import sqlalchemy
from sqlalchemy import URL, create_engine

from ledger.errors import Unavailable
from ledger.store.database import Database, insertion
from ledger.store.faults import saying
from ledger.store.postgres.connection import DIALECT, IDLE_SECONDS, RECORD, VIEWS, PostgresConnection, connected, shown
from ledger.store.postgres.faults import NOT_REPLICATED, NOT_SCRUBBED, is_lost, translated
from ledger.store.postgres.triggers import CHANNEL, altered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ledger.store.database import Link, Rows

T = TypeVar("T")

PATIENCE_SECONDS: Final = 30.0
"""How long a lost server is waited for, once it had answered: a failover takes some seconds."""
_PAUSE_SECONDS: Final = 0.1
_TRIES: Final = 3
_MAY_PASS: Final = frozenset({"store.away", "store.standby", "store.busy"})
_SIZE: Final = sqlalchemy.text(
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
)
_IS_OWNER: Final = sqlalchemy.text(
    "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'ledger.disclosure'::regclass"
)
_TYPES: Final = {"BIGINT": "int8", "SMALLINT": "int2", "TEXT": "text", "BYTEA": "bytea"}
_COPY_FROM_ROWS: Final = 20  # below that, the statements for COPY cost more than they save

# A question may be left open for as long as its reader likes, so it is only here that idling is cut short.
_LOCK_VIEWS: Final = f"""SET LOCAL idle_in_transaction_session_timeout = {IDLE_SECONDS * 1000:.0f};
    SELECT pg_advisory_xact_lock(hashtext('tillit views'))""".encode()


class PostgresDatabase(Database):
    """One schema of a database on a server."""

    safe_when_seen = False
    signed_at_commit = False

    def __init__(self, url: URL, schema: str = RECORD) -> None:
        self.url = url
        self.schema = schema
        self.name = shown(url) if schema == RECORD else f"{shown(url)} ({schema})"
        # Without the address, which may hold what must not be shown.
        self.engine = create_engine(
            "postgresql+psycopg://",
            creator=self.connected,
            pool_reset_on_return=None,
            paramstyle="format",
            use_native_hstore=False,
        )
        self._eye: PostgresConnection | None = None
        self._answered = False

    @contextmanager
    def writing(self) -> Iterator[sqlalchemy.Connection]:
        with translated(self.name), self._begun("BEGIN ISOLATION LEVEL READ COMMITTED") as connection:
            own = _driver(connection)
            if self.schema == RECORD:
                # Everybody waits for whoever holds the head row, so that every round trip saved counts for all. But
                # the row is read outside a pipeline, in which a server would not see that its client has gone idle.
                own.pipe(after_one=True)
            else:
                own.execute(_LOCK_VIEWS)
            yield connection
            own.warned = None
            own.execute(b"COMMIT")
            own.unpipe()
            if own.warned is not None:
                raise saying(NOT_REPLICATED, self.name)

    @contextmanager
    def reading(self) -> Iterator[sqlalchemy.Connection]:
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with translated(self.name), self._begun(begin) as connection:
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Link]:
        with translated(self.name):
            yield _Glance(self)

    @contextmanager
    def watching(self) -> Iterator[Callable[[float], bool]]:
        with translated(self.name), closing(_Ear(self)) as ear:
            yield ear.wait

    def append_rows(self, link: Link, table: sqlalchemy.Table, rows: Sequence[Sequence[object]]) -> None:
        if len(rows) < _COPY_FROM_ROWS:
            link.run_many(insertion(table), rows)
            return
        own = cast("PostgresConnection", link)
        # A pipeline carries no COPY.
        own.unpipe()
        statement, types = _copy(table)
        with own.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        own.pipe()

    def views(self, *, anew: bool = False) -> PostgresDatabase:
        views = PostgresDatabase(self.url, VIEWS)
        if anew:
            with views.writing() as connection:
                tables = sqlalchemy.inspect(connection).get_table_names()
                # First the one that everybody looks at first, so that nobody is in the middle of the others.
                for table in sorted(tables, key=lambda table: table != "progress"):
                    _driver(connection).execute(f'DROP TABLE "{table}" CASCADE'.encode())
        return views

    def unsound(self) -> str | None:
        with translated(self.name):
            trigger = _again(lambda: altered(self.eye()))
        return None if trigger is None else f"the trigger {trigger} is not as it was made"

    def scrub(self) -> None:
        """Writes the tables of private texts anew, without the rows of before.

        What a server has archived or sent to others by then is out of reach. Raises Unavailable "store.not_scrubbed"
        where only the ledger's owner may do this.
        """
        with translated(self.name):
            own = self.connected()
            with closing(own):
                if own.run(_IS_OWNER).fetchone() != (True,):
                    raise saying(NOT_SCRUBBED, self.name)
                own.deadline = None
                own.execute(b"VACUUM FULL ledger.disclosure, ledger.subject_key")

    def bytes_used(self) -> int:
        with self.glancing() as own:
            return int(own.run(_SIZE).fetchone()[0])

    def destroy(self) -> None:
        with self.writing() as connection:
            for schema in (VIEWS, RECORD):
                _driver(connection).execute(f"DROP SCHEMA {schema} CASCADE".encode())
        self.close()

    def close(self) -> None:
        if self._eye is not None:
            self._eye.close()
            self._eye = None
        super().close()

    def eye(self) -> PostgresConnection:
        """A connection for single statements, made anew where the last one broke."""
        if self._eye is None or self._eye.closed:
            self._eye = self.connected()
        return self._eye

    def connected(self) -> PostgresConnection:
        """A new connection. One who has had an answer before waits for a server that is lost."""
        end = monotonic() + (PATIENCE_SECONDS if self._answered else 0)
        while True:
            try:
                own = connected(self.url, self.schema)
            except Unavailable as away:
                if away.code not in _MAY_PASS or monotonic() > end:
                    raise
                sleep(_PAUSE_SECONDS)
            else:
                self._answered = True
                return own

    @contextmanager
    def _begun(self, begin: str) -> Iterator[sqlalchemy.Connection]:
        """A connection with a transaction begun, of which nothing is left when the block ends and has not committed."""
        with self.engine.connect() as connection:
            _again(lambda: self._begin(connection, begin))
            own = _driver(connection)
            try:
                yield connection
            finally:
                # What cannot be told that it is over has noticed it, or will.
                for end in (own.unpipe, own.rollback):
                    with suppress(psycopg.Error):
                        end()
                if own.closed:
                    connection.invalidate()

    def _begin(self, connection: sqlalchemy.Connection, begin: str) -> None:
        own = _driver(connection)
        try:
            own.execute(begin.encode())
        except psycopg.Error:
            if own.closed:
                # So are the others, then, that lie ready.
                self.engine.dispose()
                connection.invalidate()
            raise


class _Glance:
    """Runs each statement again, on another connection, where the one it began on breaks."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def run(self, statement: sqlalchemy.Executable, parameters: Sequence[object] = ()) -> Rows:
        return _again(lambda: self._database.eye().run(statement, parameters))

    def run_many(self, statement: sqlalchemy.Executable, rows: Iterable[Sequence[object]]) -> None:
        _again(lambda: self._database.eye().run_many(statement, rows))


class _Ear:
    """Hears that something was written; a connection that broke may have missed it."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._own = self._listening()

    def _listening(self) -> PostgresConnection:
        own = self._database.connected()
        own.execute(f"LISTEN {CHANNEL}".encode())
        return own

    def wait(self, seconds: float) -> bool:
        try:
            return bool(list(self._own.notifies(timeout=seconds, stop_after=1)))
        except psycopg.Error as error:
            if not is_lost(error):
                raise
        self._own = self._listening()
        return True

    def close(self) -> None:
        self._own.close()


def _again(attempt: Callable[[], T]) -> T:
    """What `attempt` gives; made again where its connection turns out to have broken since it was last used."""
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except psycopg.Error as error:
            if not is_lost(error):
                raise
    return attempt()


def _driver(connection: sqlalchemy.Connection) -> PostgresConnection:
    return cast("PostgresConnection", connection.connection.driver_connection)


@cache
def _copy(table: sqlalchemy.Table) -> tuple[bytes, list[str]]:
    """The statement that copies rows into a table, and the types of its columns."""
    names = ", ".join(column.name for column in table.columns)
    types = [_TYPES[column.type.compile(DIALECT).partition(" ")[0]] for column in table.columns]
    return f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)".encode(), types
