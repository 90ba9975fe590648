"""Those who append the same bytes, each by its name: ours, eventsourcing's recorders, and nothing but the driver."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final, Protocol

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from sqlalchemy import make_url

from benchmarks.places import conninfo
from ledger.store import ReadSet, create_record, open_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.batches import Batch
    from ledger.store import Recorder

OURS: Final = "ours"
LIBRARY: Final = "eventsourcing"
INSERT: Final = "raw INSERT"
COPY: Final = "raw COPY"
_COLUMNS: Final = "stream, version, kind, command_key, recorded_at, leaf_hash, leaf"
_TYPES: Final = ("text", "int8", "text", "text", "text", "bytea", "bytea")
_INSERT: Final = f"INSERT INTO event ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - constants
_SQLITE: Final = (
    "CREATE TABLE IF NOT EXISTS event (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, kind TEXT, "
    "command_key TEXT, recorded_at TEXT, leaf_hash BLOB, leaf BLOB) STRICT"
)
_POSTGRES: Final = (
    "CREATE TABLE event (position bigserial PRIMARY KEY, stream text, version bigint, kind text, "
    "command_key text, recorded_at text, leaf_hash bytea, leaf bytea)"
)


class Log(Protocol):
    """A log that is open."""

    def append(self, batch: Batch) -> None:
        """One transaction, on the disk when this returns."""
        ...

    def close(self) -> None: ...


class Ours:
    """The record, with the order, the hashes and the tree, the read set and the command keys."""

    def __init__(self, address: str, *, new: bool) -> None:
        self._record: Recorder = create_record(address, "bench") if new else open_record(address)

    def append(self, batch: Batch) -> None:
        self._record.append(batch.events, read=ReadSet(batch.after, batch.read), commands=batch.commands)

    def close(self) -> None:
        self._record.close()


class Library:
    """The recorder of eventsourcing's own module: versions of streams; on PostgreSQL an order, by locking the table."""

    def __init__(self, address: str, *, new: bool) -> None:
        self._recorder = _recorder(address)
        if new:
            self._recorder.create_table()

    def append(self, batch: Batch) -> None:
        self._recorder.insert_events(batch.events)

    def close(self) -> None:
        self._recorder.datastore.close()


class Sqlite:
    """One table, the driver, and the pragmas of the record."""

    def __init__(self, address: str, *, new: bool) -> None:
        self._connection = sqlite3.connect(address, isolation_level=None, timeout=60)
        self._connection.execute("PRAGMA journal_mode = WAL")
        for pragma in ("synchronous = FULL", "cache_size = -65536", "wal_autocheckpoint = 8192"):
            self._connection.execute(f"PRAGMA {pragma}")
        if new:
            self._connection.execute(_SQLITE)

    def append(self, batch: Batch) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(f"INSERT INTO event ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", batch.rows)  # noqa: S608 - constants
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class Postgres:
    """One table and the driver; the numbers are a sequence's, so their order is nobody's."""

    def __init__(self, address: str, *, new: bool, copies: bool) -> None:
        self._connection = psycopg.connect(conninfo(address), autocommit=True)
        self._copies = copies
        if new:
            self._connection.execute(_POSTGRES)

    def append(self, batch: Batch) -> None:
        if self._copies:
            with self._connection.cursor().copy(f"COPY event ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(_TYPES)
                for row in batch.rows:
                    copy.write_row(row)
        elif len(batch.rows) == 1:
            self._connection.execute(_INSERT, batch.rows[0], prepare=True)
        else:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.executemany(_INSERT, batch.rows)

    def close(self) -> None:
        self._connection.close()


def opened(name: str, address: str, *, new: bool = False) -> Log:
    """The log at that address, made first if `new`."""
    openers: dict[str, Callable[[], Log]] = {
        OURS: lambda: Ours(address, new=new),
        LIBRARY: lambda: Library(address, new=new),
        INSERT: lambda: Postgres(address, new=new, copies=False) if _served(address) else Sqlite(address, new=new),
        COPY: lambda: Postgres(address, new=new, copies=True),
    }
    return openers[name]()


def names(engine: str) -> tuple[str, ...]:
    """Who appends on that engine."""
    return (OURS, LIBRARY, INSERT, COPY) if engine == "PostgreSQL" else (OURS, LIBRARY, INSERT)


def _served(address: str) -> bool:
    return address.startswith("postgresql")


def _recorder(address: str) -> SQLiteApplicationRecorder | PostgresApplicationRecorder:
    if not _served(address):
        return SQLiteApplicationRecorder(SQLiteDatastore(address, originator_id_type="text"))
    url = make_url(address)
    place = str(url.database), str(url.query["host"]), str(url.query["port"]), str(url.username), "not asked for"
    return PostgresApplicationRecorder(PostgresDatastore(*place, originator_id_type="text"))
