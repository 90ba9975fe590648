"""A ledger that an earlier Tillit wrote, without a tree, is opened, gets its tree, and verifies."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from auditkit import EVENTS, Office, limited, open_to_others, root_of
from auditwriters import opening

from ledger.store import ReadSet, StoredEvent, create_record, open_record
from tests.processes import heard

KILLS = 20
FIRST = """
PRAGMA application_id = 1416195180;
PRAGMA user_version = 1;
CREATE TABLE event (
    position INTEGER NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL, kind TEXT NOT NULL, command_key TEXT,
    recorded_at TEXT NOT NULL, leaf_hash BLOB NOT NULL, leaf BLOB NOT NULL, PRIMARY KEY (position),
    CONSTRAINT event_stream_version UNIQUE (stream, version)
) STRICT;
CREATE TABLE command (
    key TEXT NOT NULL, digest TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (key)
) WITHOUT ROWID, STRICT;
CREATE TABLE head (
    one INTEGER NOT NULL CHECK (one = 1), size INTEGER NOT NULL, recorded_at TEXT NOT NULL, origin TEXT NOT NULL,
    PRIMARY KEY (one)
) STRICT;
CREATE TABLE tracking (
    application_name TEXT NOT NULL, notification_id INTEGER NOT NULL, PRIMARY KEY (application_name)
) WITHOUT ROWID, STRICT;
"""


def as_first(file: Path) -> None:
    """The file as format 1 had it: no tree, no checkpoint, no private texts."""
    new = file.with_name("first.db")
    with closing(sqlite3.connect(new, isolation_level=None)) as writer:
        writer.executescript(FIRST)
        writer.execute("ATTACH ? AS now", (str(file),))
        writer.execute("INSERT INTO event SELECT * FROM now.event")
        writer.execute("INSERT INTO command SELECT * FROM now.command")
        writer.execute("INSERT INTO head SELECT one, size, recorded_at, origin FROM now.head")
        writer.execute("DETACH now")
        for table in ("event", "command"):
            for verb in ("UPDATE", "DELETE"):
                writer.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'store.append_only'); END"
                )
        writer.execute("PRAGMA journal_mode = WAL")
    for beside in file.parent.glob(f"{file.name}*"):
        beside.unlink()
    new.rename(file)


def format_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as reader:
        return int(reader.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def first(office: Office) -> Office:
    as_first(office.file)
    assert format_of(office.file) == 1
    return office


def test_it_gets_the_tree_that_today_s_would_have(first: Office) -> None:
    root = root_of(first.file, EVENTS)
    with open_record(first.file) as record:
        assert (record.tree().size, record.tree().root()) == (EVENTS, root)
        assert record.check().damage is None
    assert format_of(first.file) > 1
    # What was signed before it was copied to the old format is the very history that the tree now shows.
    assert "signed here" in first.done("verify")


def test_it_is_whole_unsigned_and_can_be_signed_from_then_on(first: Office) -> None:
    result = first.say("verify", elsewhere=True)
    assert result.exit_code == 0
    assert f"events 1 to {EVENTS}: not signed" in result.stdout
    assert first.say("key", "create", elsewhere=True).exit_code == 0
    assert first.say("checkpoint", elsewhere=True).exit_code == 0
    result = first.say("verify", elsewhere=True)
    assert result.exit_code == 0
    assert f"events 1 to {EVENTS}: signed here" in result.stdout


def test_it_is_append_only_in_all_that_it_got(first: Office) -> None:
    first.done("checkpoint")
    for statement in ("DELETE FROM checkpoint", "UPDATE checkpoint SET size = 1"):
        with closing(sqlite3.connect(first.file)) as careless, pytest.raises(sqlite3.IntegrityError):
            careless.execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET leaf_hash = zeroblob(32) WHERE position = 9", "DELETE FROM event WHERE position = 9"],
)
def test_one_that_was_altered_before_is_opened_and_found(first: Office, statement: str) -> None:
    with closing(sqlite3.connect(first.file, isolation_level=None)) as forger:
        forger.execute("DROP TRIGGER event_no_update")
        forger.execute("DROP TRIGGER event_no_delete")
        forger.execute(statement)
    result = first.say("verify", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["first_break"] == 9


def test_a_large_one_gets_its_nodes_too(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with create_record(file, "test/1") as record:
        for start in range(0, 66_000, 6_000):
            batch = [
                StoredEvent(
                    "R-1",
                    version,
                    "test.happened.v1",
                    b'{"kind":"test.happened.v1","stream":"R-1","version":%d}' % version,
                )
                for version in range(start + 1, start + 6_001)
            ]
            record.append(batch, read=ReadSet(start, {}))
        tree, tiles = record.tree(), [record.tile(level, 0) for level in (1, 2)]
    as_first(file)
    with open_record(file) as record:
        assert record.tree() == tree
        assert [record.tile(level, 0) for level in (1, 2)] == tiles
        assert len(tiles[1]) == 1
        assert record.check().damage is None


def test_on_a_medium_that_cannot_be_written_one_sentence_says_so(first: Office) -> None:
    open_to_others(first)
    first.file.chmod(0o444)
    for beside in first.file.parent.glob("*.lock"):
        beside.unlink()
    first.file.parent.chmod(0o555)
    before = first.file.read_bytes()
    told = limited(first)
    first.file.parent.chmod(0o755)
    assert told.split()[0] in {"store.read_only", "store.unreadable"}
    assert len(told.splitlines()) == 1
    assert first.file.read_bytes() == before


def test_killed_while_it_gets_its_tree_it_is_as_it_was_or_as_it_will_be(first: Office) -> None:
    kept = first.base / "kept.db"
    shutil.copy(first.file, kept)
    formats, ends = set(), set()
    for statement in range(1, KILLS + 1):
        for beside in first.file.parent.glob("ledger.db*"):
            beside.unlink()
        shutil.copy(kept, first.file)
        with opening(first.file, statement) as (process, said):
            heard(said)
            process.join()
        ends.add(process.exitcode)
        formats.add(format_of(first.file))
        with open_record(first.file) as record:
            assert record.tree().root() == root_of(first.file, EVENTS)
            assert record.check().damage is None
        assert "signed here" in first.done("verify")
    assert 1 in formats
    assert -9 in ends
    assert ends <= {-9, 0}
