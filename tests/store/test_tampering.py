from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from storekit import record

from ledger.store import open_record

EDIT = "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'hej', 'nej') AS BLOB) WHERE position = 3"
ATTACKS = {
    "a leaf edited crudely": (EDIT, 3),
    "a hash edited": ("UPDATE event SET leaf_hash = x'00' WHERE position = 3", 3),
    "a column edited": ("UPDATE event SET stream = 'R-2' WHERE position = 3", 3),
    "a kind edited": ("UPDATE event SET kind = 'test.other.v1' WHERE position = 2", 2),
    "a time edited": ("UPDATE event SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 4", 4),
    "an event cut out": ("DELETE FROM event WHERE position = 2", 2),
    "the tail cut off crudely": ("DELETE FROM event WHERE position = 5", 5),
    "the head edited": ("UPDATE head SET size = 6", 6),
    "two swapped": (
        (
            "UPDATE event SET position = -1 WHERE position = 2; UPDATE event SET position = 2 WHERE position = 3;"
            "UPDATE event SET position = 3 WHERE position = -1"
        ),
        2,
    ),
    "a command taken away": ("DELETE FROM command WHERE key = 'k4'", 4),
    "a command that claims another's event": ("UPDATE command SET last = 3 WHERE key = 'k2'", 2),
}


def harm(path: Path, attack: str) -> None:
    """As somebody would who has the file: the triggers go first, and are put back as they were."""
    with closing(sqlite3.connect(path)) as forger, forger:
        triggers = forger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _text in triggers:
            forger.execute(f"DROP TRIGGER {name}")
        forger.executescript(attack)
        for _name, text in triggers:
            forger.execute(text)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_at_its_position(tmp_path: Path, attack: str) -> None:
    record(tmp_path, 5).close()
    statement, position = ATTACKS[attack]
    harm(tmp_path / "ledger.db", statement)
    with open_record(tmp_path / "ledger.db") as recorder:
        damage = recorder.check().damage
    assert damage is not None
    assert damage.position == position
    assert "{" not in str(damage)


def test_bytes_that_are_not_canonical_are_found_also_with_a_hash_to_match(tmp_path: Path) -> None:
    record(tmp_path, 3).close()
    with open_record(tmp_path / "ledger.db") as recorder:
        leaf = recorder.log()[1].leaf.replace(b'{"entry":', b'{ "entry":')
    digest = hashlib.sha256(b"\x00" + leaf).hexdigest()
    harm(tmp_path / "ledger.db", f"UPDATE event SET leaf = x'{leaf.hex()}', leaf_hash = x'{digest}' WHERE position = 2")
    with open_record(tmp_path / "ledger.db") as recorder:
        damage = recorder.check().damage
    assert damage is not None
    assert (damage.position, damage.what) == (2, "damage.leaf")


def test_what_nobody_touched_is_whole(tmp_path: Path) -> None:
    with record(tmp_path, 5) as recorder:
        check = recorder.check()
        assert (check.events, check.streams, check.damage) == (5, 1, None)
