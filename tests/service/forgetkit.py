"""What the tests of forgetting share: a ledger with private texts, and every byte that its folder holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ledger import command, create_ledger, open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from ledger import Ledger, Report, Told

FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 1, tzinfo=UTC)
NAME = "Göran Åkesson-Öst"
NOTE = "Rang upp om sin sjukskrivning"
PIECE = 12
"""Bytes of a secret that would be worth something, were they left somewhere."""


def clock() -> datetime:
    return NOW


def found(folder: Path) -> Ledger:
    return create_ledger(folder / "ledger.db", "Works", ["eva"], on=FOUNDED, clock=clock)


def again(folder: Path) -> Ledger:
    return open_ledger(folder / "ledger.db", clock)


def say(ledger: Ledger, do: str, **fields: object) -> Told:
    return ledger.tell(command({"do": do, "by": "eva", "on": "2025-02-01", **fields}))


def goran(folder: Path) -> Ledger:
    """A ledger with Göran in it, what somebody noted about him, and bo, whom nothing is to happen to."""
    ledger = found(folder)
    say(ledger, "member add", handle="goran", name=NAME)
    say(ledger, "member add", handle="bo", name="Bo Ek")
    say(ledger, "note", stream="member:goran", text=NOTE)
    return ledger


def stored(folder: Path, subject: str) -> list[bytes]:
    """The secrets about a subject as they lie in the file: its key, and of each text the nonce and the ciphertext."""
    with closing(sqlite3.connect(folder / "ledger.db")) as own:
        keys = own.execute("SELECT key FROM subject_key WHERE subject = ?", (subject,)).fetchall()
        rows = own.execute("SELECT nonce, ciphertext FROM disclosure WHERE subject = ?", (subject,)).fetchall()
    return [secret for row in (*keys, *rows) for secret in row if secret is not None]


def every_byte(folder: Path) -> bytes:
    """All that lies in the files of the ledger, whatever they are."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def pieces(secret: bytes) -> list[bytes]:
    """Every part of it that would be worth anything, were it left somewhere: a piece of each 48 bytes."""
    return [secret[begin : begin + PIECE] for begin in range(0, len(secret), 48) if begin + PIECE <= len(secret)]


def text(ledger: Ledger, digest: str) -> str | None:
    found_ = ledger._recorder.disclosed(digest)
    return None if found_ is None else found_.text


def digests(told: Told) -> list[str]:
    fields: list[dict[str, Any]] = [entry.event.model_dump() for entry in told.entries]
    return [value for each in fields for name, value in each.items() if name.endswith("_digest") and value]


def harm(folder: Path, *statements: str) -> None:
    """As somebody would who has the file: the triggers go first, and are put back as they were."""
    with closing(sqlite3.connect(folder / "ledger.db")) as forger, forger:
        triggers = forger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _text in triggers:
            forger.execute(f"DROP TRIGGER {name}")
        for statement in (*statements, *(text for _name, text in triggers)):
            forger.execute(statement)


def verified(folder: Path) -> Report:
    with again(folder) as ledger:
        return ledger.verify()
