"""What keeps accidents from the record: the triggers of its tables, and whether they are as they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.store.postgres.connection import PostgresConnection

CHANNEL: Final = "tillit_log"
"""What `in_order` notifies of every append."""

FUNCTIONS: Final = {
    "append_only": "BEGIN RAISE EXCEPTION 'store.append_only'; END",
    "in_order": """
DECLARE low bigint; high bigint; number bigint; before bigint;
BEGIN
    SELECT min(position), max(position), count(*) INTO low, high, number FROM added;
    SELECT coalesce(max(position), 0) INTO before FROM ledger.event WHERE position < low;
    IF number > 0 AND (low <> before + 1 OR high <> low + number - 1
            OR EXISTS (SELECT FROM ledger.event WHERE position > high)) THEN
        RAISE EXCEPTION 'store.position';
    END IF;
    PERFORM pg_notify('tillit_log', '');
    RETURN NULL;
END""",
    "text_only_erased": """
BEGIN
    IF NEW.nonce IS NOT NULL OR NEW.ciphertext IS NOT NULL
        OR (NEW.digest, NEW.position, NEW.subject) IS DISTINCT FROM (OLD.digest, OLD.position, OLD.subject) THEN
        RAISE EXCEPTION 'store.append_only';
    END IF;
    RETURN NEW;
END""",
    "key_only_erased": """
BEGIN
    IF NEW.key IS NOT NULL OR NEW.subject IS DISTINCT FROM OLD.subject OR OLD.key IS NULL THEN
        RAISE EXCEPTION 'store.append_only';
    END IF;
    RETURN NEW;
END""",
}
_ALL: Final = "DELETE OR UPDATE OR TRUNCATE"
_ONLY_ERASED: Final = "DELETE OR TRUNCATE"
_KEPT: Final = {
    "event": _ALL,
    "command": _ALL,
    "node": _ALL,
    "checkpoint": _ALL,
    "disclosure": _ONLY_ERASED,
    "subject_key": _ONLY_ERASED,
    "head": _ONLY_ERASED,
}
# The table, the function, and the statement as a server says it when it is asked.
_TRIGGERS: Final = {
    "event_in_order": (
        "event",
        "in_order",
        "AFTER INSERT ON event REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
    ),
    "disclosure_only_erased": ("disclosure", "text_only_erased", "BEFORE UPDATE ON disclosure FOR EACH ROW"),
    "subject_key_only_erased": ("subject_key", "key_only_erased", "BEFORE UPDATE ON subject_key FOR EACH ROW"),
    **{
        f"{table}_append_only": (table, "append_only", f"BEFORE {verbs} ON {table} FOR EACH STATEMENT")
        for table, verbs in _KEPT.items()
    },
}
_MADE: Final = {
    name: (f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()", "A", FUNCTIONS[function])
    for name, (_table, function, when) in _TRIGGERS.items()
}
_FOUND: Final = b"""
SELECT tgname, replace(pg_get_triggerdef(pg_trigger.oid), 'ledger.', ''), tgenabled::text, prosrc
  FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
 WHERE relnamespace = 'ledger'::regnamespace AND NOT tgisinternal"""


def statements() -> Iterator[str]:
    """What makes the functions and the triggers, in the schema of the record."""
    for name, body in FUNCTIONS.items():
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    for name, (table, _function, _when) in _TRIGGERS.items():
        yield _MADE[name][0]
        # So that they hold for a session in replica mode too.
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def altered(own: PostgresConnection) -> str | None:
    """The name of the first trigger that is missing, is none of ours, or does something else; None if all are right."""
    found = {name: tuple(rest) for name, *rest in own.execute(_FOUND).fetchall()}
    return min((name for name in _MADE.keys() | found.keys() if _MADE.get(name) != found.get(name)), default=None)
