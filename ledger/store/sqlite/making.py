"""Making the file of a record, and bringing one of an earlier format up to this one."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.schema import CreateTable

from ledger.errors import NotFound, Refused
from ledger.store import schema, tree
from ledger.store.faults import system
from ledger.store.sqlite.faults import translated
from ledger.store.sqlite.file import DIALECT, SqliteFile, connected, turn
from ledger.store.sqlite.files import discard, look, sync_folder
from ledger.store.sqlite.triggers import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Table


def create_ledger(path: Path, origin: str) -> None:
    """Makes an empty ledger file, whole or not at all, however the process ends.

    Raises Refused "store.exists", NotFound "store.no_folder", Unavailable "store.read_only",
    "store.full".
    """
    # Whoever was killed here left a file of this name, which nobody has ever written an event to.
    new = path.with_name(path.name + ".new")
    with _vacant(path):
        discard(new)
        try:
            _fill(new, origin)
            new.rename(path)
        finally:
            discard(new)
        sync_folder(path)


@contextmanager
def unfinished(path: Path, origin: str) -> Iterator[SqliteFile]:
    """A ledger file being filled, which gets its name when the block ends well; what stood before a stop is kept.

    Raises as `create_ledger`.
    """
    new = path.with_name(path.name + ".unfinished")
    with _vacant(path):
        if not new.exists():
            create_ledger(new, origin)
        target = open_ledger(new)
        try:
            yield target
        finally:
            target.close()
        new.rename(path)
        new.with_name(new.name + ".lock").unlink(missing_ok=True)
        sync_folder(path)


@contextmanager
def _vacant(path: Path) -> Iterator[None]:
    """Nobody else makes a file there meanwhile."""
    if not path.parent.is_dir():
        raise NotFound("store.no_folder", "There is no folder {folder}; make it first.", folder=str(path.parent))
    with translated(path), system(path), turn(path):
        if path.exists():
            template = "There is already something at {file}; name another file."
            raise Refused("store.exists", template, file=str(path))
        yield


def open_ledger(path: Path) -> SqliteFile:
    """A ledger file that is there. Raises as `look`, before anything is written.

    A file of an earlier format is brought up to this one first, in one transaction.
    """
    if _look(path) < schema.FORMAT:
        with translated(path), system(path), turn(path):
            if _look(path) < schema.FORMAT:
                _upgrade(path)
    return SqliteFile(path, "FULL")


def _look(path: Path) -> int:
    return look(path, schema.LEDGER_ID, schema.FORMAT, schema.tables_of)


def _fill(new: Path, origin: str) -> None:
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {schema.LEDGER_ID:d}")
        connection.execute(f"PRAGMA user_version = {schema.FORMAT:d}")
        for table in schema.metadata.sorted_tables:
            connection.execute(_created(table))
        for trigger in TRIGGERS:
            connection.execute(trigger)
        connection.execute(
            "INSERT INTO head (one, size, recorded_at, origin, edge) VALUES (1, 0, '', ?, x'')", (origin,)
        )
        connection.execute("COMMIT")
        # Last, so that all of it lies in the file that gets its name next, and nothing in a WAL beside it.
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _upgrade(path: Path) -> None:
    """From format 1, which had no tree, built from the leaf hashes that every format holds, and no private texts."""
    connection = connected(path, "FULL", "rw")
    try:
        connection.execute("BEGIN IMMEDIATE")
        for table in (schema.node, schema.checkpoint, schema.disclosure, schema.subject_key):
            connection.execute(_created(table))
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for trigger in TRIGGERS:
            connection.execute(trigger)
        connection.execute("ALTER TABLE head ADD COLUMN edge BLOB NOT NULL DEFAULT x''")
        connection.execute("ALTER TABLE head ADD COLUMN note BLOB")
        (size,) = connection.execute("SELECT size FROM head").fetchone()
        connection.execute("UPDATE head SET edge = ?", (tree.grown(connection, size).encoded,))
        connection.execute(f"PRAGMA user_version = {schema.FORMAT:d}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()
        connection.close()


def _created(table: Table) -> str:
    return str(CreateTable(table).compile(dialect=DIALECT))
