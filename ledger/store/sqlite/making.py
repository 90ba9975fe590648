"""Making the file of a record, and bringing one of an earlier format up to this one."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.schema import CreateTable

from ledger.errors import NotFound, Refused
from ledger.store import schema, tree
from ledger.store.faults import system
from ledger.store.sqlite.faults import translated
from ledger.store.sqlite.file import DIALECT, SqliteFile, connected, turn
from ledger.store.sqlite.files import discard, look, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Table


def _append_only(*tables: str) -> tuple[str, ...]:
    return tuple(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON "{table}" BEGIN
    SELECT RAISE(ABORT, 'store.append_only');
    END"""
        for table in tables
        for verb in ("UPDATE", "DELETE")
    )


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
    *_append_only("event", "command"),
)
_TREE_TRIGGERS: Final = _append_only("node", "checkpoint")
# Of private texts and keys, erasing is the only change there is.
_TEXT_TRIGGERS: Final = (
    """CREATE TRIGGER disclosure_once BEFORE INSERT ON disclosure BEGIN
    SELECT RAISE(ABORT, 'store.append_only') WHERE EXISTS (SELECT 1 FROM disclosure WHERE digest = NEW.digest);
    END""",
    """CREATE TRIGGER disclosure_only_erased BEFORE UPDATE ON disclosure BEGIN
    SELECT RAISE(ABORT, 'store.append_only')
     WHERE NEW.nonce IS NOT NULL OR NEW.ciphertext IS NOT NULL
        OR (NEW.digest, NEW.position, NEW.subject) IS NOT (OLD.digest, OLD.position, OLD.subject);
    END""",
    """CREATE TRIGGER subject_key_once BEFORE INSERT ON subject_key BEGIN
    SELECT RAISE(ABORT, 'store.append_only') WHERE EXISTS (SELECT 1 FROM subject_key WHERE subject = NEW.subject);
    END""",
    """CREATE TRIGGER subject_key_only_erased BEFORE UPDATE ON subject_key BEGIN
    SELECT RAISE(ABORT, 'store.append_only')
     WHERE NEW.key IS NOT NULL OR NEW.subject IS NOT OLD.subject OR OLD.key IS NULL;
    END""",
    *(
        f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN
    SELECT RAISE(ABORT, 'store.append_only');
    END"""
        for table in ("disclosure", "subject_key")
    ),
)


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
        for trigger in (*_TRIGGERS, *_TREE_TRIGGERS, *_TEXT_TRIGGERS):
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
        for trigger in (*_TREE_TRIGGERS, *_TEXT_TRIGGERS):
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
