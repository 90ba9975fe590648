"""The same, of a real record: what the store holds is what is exported and verified."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exportkit import KEY, KEYS, ORIGIN, broken, files, plain_root, verified

from ledger.canonical import canonical
from ledger.errors import Damaged
from ledger.publishing.tlog import export_tlog
from ledger.store import ReadSet, Recorder, StoredEvent, create_record
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.tiles import decode_bundle

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    with create_record(tmp_path / "ledger.db", ORIGIN, lambda: NOON) as recorder:
        yield recorder


def append(record: Recorder, count: int) -> None:
    if not count:
        return
    start = record.head().position
    fields = {"event": {"text": "hej på dig"}, "kind": "test.happened.v1", "stream": "R-1"}
    events = [
        StoredEvent("R-1", version, "test.happened.v1", canonical(fields | {"version": version}))
        for version in range(start + 1, start + count + 1)
    ]
    record.append(events, read=ReadSet(start, {}))


def note(record: Recorder, size: int | None = None) -> bytes:
    leaves = record.log(0, 1_000_000)[:size]
    return Checkpoint(ORIGIN, len(leaves), plain_root([leaf.leaf_hash for leaf in leaves])).signed(KEY).encoded()


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1_300])
def test_a_record_is_exported_and_verified(record: Recorder, tmp_path: Path, size: int) -> None:
    append(record, size)
    assert export_tlog(record, tmp_path / "out", note(record)).size == size
    assert broken(tmp_path / "out") == []
    found = [
        leaf
        for path, data in files(tmp_path / "out").items()
        if path.startswith("tile/entries/")
        for leaf in decode_bundle(data)
    ]
    assert found == [leaf.leaf for leaf in record.log(0, size)]


def test_a_record_that_grew_is_exported_on_top(record: Recorder, tmp_path: Path) -> None:
    kept = []
    for count in (3, 250, 4, 600):
        append(record, count)
        kept.append(note(record))
        export_tlog(record, tmp_path / "out", kept[-1])
        assert verified(tmp_path / "out", *kept)["coverage"].whole
        assert broken(tmp_path / "out", *kept) == []
    export_tlog(record, tmp_path / "whole", kept[-1])
    assert files(tmp_path / "whole").items() <= files(tmp_path / "out").items()


def test_a_record_is_exported_as_it_stood_at_a_checkpoint(record: Recorder, tmp_path: Path) -> None:
    append(record, 700)
    assert export_tlog(record, tmp_path / "out", note(record, 300)).size == 300
    assert broken(tmp_path / "out") == []


def test_a_record_that_was_edited_is_not_exported(record: Recorder, tmp_path: Path) -> None:
    append(record, 300)
    signed = note(record)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as forger, forger:
        for (name,) in forger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            forger.execute(f"DROP TRIGGER {name}")
        forger.execute(
            "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'hej', 'nej') AS BLOB) WHERE position = 42"
        )
    with pytest.raises(Damaged) as error:
        export_tlog(record, tmp_path / "out", signed)
    assert (error.value.code, error.value.facts["position"]) == ("export.entry", 42)


def test_the_key_of_the_verifier_is_the_one_that_counts(record: Recorder, tmp_path: Path) -> None:
    append(record, 9)
    export_tlog(record, tmp_path / "out", note(record))
    assert KEYS[0].name == ORIGIN
    assert verified(tmp_path / "out")["checkpoint"].whole
