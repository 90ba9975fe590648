"""What keeps accidents from the record: the triggers of its file, and whether they are as they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3


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
_OF_LOG: Final = (
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
    *_append_only("event", "command", "node", "checkpoint"),
)
# Of private texts and keys, erasing is the only change there is.
_OF_TEXTS: Final = (
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

TRIGGERS: Final = (*_OF_LOG, *_OF_TEXTS)
_MADE: Final = {text.split()[2]: text for text in TRIGGERS}
_FOUND: Final = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"


def altered(connection: sqlite3.Connection) -> str | None:
    """The name of the first trigger that is missing, is none of ours, or says something else; None if all are right."""
    found = dict(connection.execute(_FOUND).fetchall())
    return min((name for name in _MADE.keys() | found.keys() if _MADE.get(name) != found.get(name)), default=None)
