"""No bit of what is stored can be turned without its being found: each is turned here, and turned back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from auditkit import FOUNDED, Office, now, tell

from ledger import Ledger, Outside, create_ledger, open_ledger
from ledger.errors import LedgerError, Refused
from ledger.store import open_record

CHUNKS = 16
"""Pieces for as many workers."""
FILE_STRIDE = 29
"""Bytes of the file from one that is turned to the next."""
STORED = {
    "event": ("position", "stream", "version", "kind", "command_key", "recorded_at", "leaf_hash", "leaf"),
    "command": ("key", "digest", "first", "last"),
    "head": ("one", "size", "recorded_at", "origin", "edge", "note"),
    "checkpoint": ("number", "size", "note"),
    "node": ("level", "idx", "hash"),
}
"""The record's tables with their columns."""
KEYS = {"event": ("position",), "command": ("key",), "head": ("one",), "checkpoint": ("number",)}


class Flip(NamedTuple):
    """One bit of one stored value: the bit counted from the value's first byte."""

    table: str
    column: str
    key: tuple[object, ...]
    value: int | bytes
    text: bool
    bit: int

    @property
    def flipped(self) -> int | bytes:
        if isinstance(self.value, int):
            return self.value ^ 1 << self.bit
        turned = bytearray(self.value)
        turned[self.bit // 8] ^= 1 << self.bit % 8
        return bytes(turned)


def flips(path: Path, tables: tuple[str, ...], stride: int) -> Iterator[Flip]:
    """One bit in each `stride` bits of each value, beginning elsewhere in each; at least one of each value."""
    begin = 0
    with closing(sqlite3.connect(path)) as reader:
        for table in tables:
            keys = KEYS.get(table, ("level", "idx"))
            for column in STORED[table]:
                query = f"SELECT typeof({column}), CAST({column} AS BLOB), {column}, {', '.join(keys)} FROM {table}"
                reader.text_factory = bytes
                for kind, data, value, *key in reader.execute(query).fetchall():
                    if value is None:
                        continue
                    number = kind == b"integer"
                    bits = 8 * ((value.bit_length() + 7) // 8 or 1) if number else 8 * len(data)
                    begin += 1
                    for bit in range(begin * 7 % min(stride, bits), bits, stride):
                        yield Flip(table, column, tuple(key), value if number else data, kind == b"text", bit)


@contextmanager
def turned(forger: sqlite3.Connection, flip: Flip) -> Iterator[bool]:
    """With that bit turned; false where the table cannot hold the value, since another row has it."""
    keys = KEYS.get(flip.table, ("level", "idx"))
    place = " AND ".join(f"{key} = {'CAST(? AS TEXT)' if key == 'key' else '?'}" for key in keys)
    new = "CAST(? AS TEXT)" if flip.text else "?"
    statement = f"UPDATE {flip.table} SET {flip.column} = {new} WHERE {place}"
    moved = tuple(flip.flipped if key == flip.column else at for key, at in zip(keys, flip.key, strict=True))
    try:
        assert forger.execute(statement, (flip.flipped, *flip.key)).rowcount == 1, flip
    except sqlite3.IntegrityError:
        yield False
        return
    try:
        yield True
    finally:
        assert forger.execute(statement, (flip.value, *moved)).rowcount == 1, flip


def found(ledger: Ledger, outside: Outside) -> bool:
    """Whether the ledger says anything else than that all is whole; whatever is no answer is our own bug."""
    try:
        return not ledger.verify(outside).whole
    except LedgerError:
        return True


def found_on_opening(file: Path, outside: Outside) -> bool:
    try:
        with open_ledger(file, now) as ledger:
            return found(ledger, outside)
    except LedgerError:
        return True


@contextmanager
def attacker(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for which there are no triggers, while all others find them as they were made."""
    with closing(sqlite3.connect(path, isolation_level=None)) as forger:
        forger.execute("PRAGMA journal_mode = WAL")
        triggers = forger.execute("SELECT * FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for _type, name, *_rest in triggers:
            forger.execute(f"DROP TRIGGER {name}")
        # Rows of the schema that are written past SQLite are read by whoever opens the file later.
        forger.execute("PRAGMA writable_schema = ON")
        forger.executemany("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", triggers)
        # What a crash may take of this does not matter.
        forger.execute("PRAGMA synchronous = OFF")
        yield forger


def signed_ledger(folder: Path, events: int) -> Office:
    office = Office(folder)
    office.file.parent.mkdir(parents=True)
    with create_ledger(office.file, "Flips", ["eva"], on=FOUNDED, clock=now, keys=office.keys) as ledger:
        for number in range(ledger.head() + 1, events + 1):
            tell(ledger, number)
            if number % (events // 2) == 0:
                ledger.notary.checkpoint()
        office.vkey = str(office.keys.verifiers(ledger.origin)[0])
    return office


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return signed_ledger(tmp_path_factory.mktemp("forty"), 40)


@pytest.fixture(scope="module")
def three_hundred(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Enough for a node of the tree to be stored."""
    return signed_ledger(tmp_path_factory.mktemp("three"), 300)


def missed(office: Office, tables: tuple[str, ...], stride: int, chunk: int = 0, of: int = 1) -> tuple[int, list[Flip]]:
    """How many bits were turned, and which of them nobody found."""
    outside = Outside.read([office.vkey])
    unfound, count = [], 0
    with attacker(office.file) as forger, open_ledger(office.file, now) as ledger:
        assert ledger.verify(outside).whole
        for number, flip in enumerate(flips(office.file, tables, stride)):
            if number % of != chunk:
                continue
            with turned(forger, flip) as stored:
                count += stored
                # The log's name is read when the ledger is opened.
                opened = flip.column == "origin"
                if stored and not (found_on_opening(office.file, outside) if opened else found(ledger, outside)):
                    unfound.append(flip)
        assert ledger.verify(outside).whole
    return count, unfound


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_bit_of_forty_entries_and_of_what_surrounds_them_is_found(forty: Office, chunk: int) -> None:
    count, unfound = missed(forty, ("event", "command", "head", "checkpoint"), 1, chunk, CHUNKS)
    assert unfound == []
    assert count > 8_000


def test_every_bit_of_a_node_of_the_tree_is_found(three_hundred: Office) -> None:
    count, unfound = missed(three_hundred, ("node",), 1)
    assert unfound == []
    assert count > 256


def test_a_bit_of_each_value_of_the_entries_below_a_node_is_found(three_hundred: Office) -> None:
    count, unfound = missed(three_hundred, ("event",), 30_011)
    assert unfound == []
    assert count > 1_900


def test_a_command_that_was_told_again_is_held_against_what_the_entries_say_it_asked(forty: Office) -> None:
    with attacker(forty.file) as forger, open_ledger(forty.file, now) as ledger:
        ((digest, first),) = forger.execute("SELECT digest, first FROM command WHERE key = 'k6'").fetchall()
        assert ledger.verify(Outside.read([forty.vkey])).whole
        forger.execute("UPDATE command SET digest = ? WHERE key = 'k6'", ("0" * 64,))
        broken = next(check for check in ledger.verify(Outside.read([forty.vkey])).checks if check.damage)
        assert broken.position == first
        assert broken.damage == f"Event {first} comes from a command that asked something else."
        with pytest.raises(Refused) as refused:
            tell(ledger, 6)
        assert refused.value.code == "command.key_reused"
        forger.execute("UPDATE command SET digest = ? WHERE key = 'k6'", (digest,))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_bit_of_the_file_itself_is_found_or_changes_nothing_that_is_stored(forty: Office, chunk: int) -> None:
    with closing(sqlite3.connect(forty.file)) as settling:
        settling.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, stored = forty.file.read_bytes(), content(forty.file)
    outside = Outside.read([forty.vkey])
    copy = forty.base / f"copy-{chunk}" / "ledger.db"
    copy.parent.mkdir()
    unfound = 0
    for number, at in enumerate(range(chunk, len(whole), FILE_STRIDE * CHUNKS)):
        turned = bytearray(whole)
        turned[at] ^= 1 << number % 8
        for beside in copy.parent.iterdir():
            beside.unlink()
        copy.write_bytes(turned)
        if not found_in_the_record(copy):
            # Building all views anew takes long, so only for what was changed and can be read as well as before.
            if content(copy) != stored:
                assert found_on_opening(copy, outside), at
            unfound += 1
    # What lies between the values, such as room on a page, is nobody's.
    assert 0 < unfound < len(whole) // FILE_STRIDE // CHUNKS + 1


def found_in_the_record(path: Path) -> bool:
    try:
        with open_record(path) as record:
            return record.check().damage is not None
    except LedgerError:
        return True


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored, as SQL reads it; nothing where it cannot be read."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(path)) as reader:
        for table, columns in STORED.items():
            try:
                found[table] = reader.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2").fetchall()
            except sqlite3.Error:
                found[table] = []
    return found
