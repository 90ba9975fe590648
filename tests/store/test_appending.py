from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from storekit import NOON, event, record, row

from ledger.canonical import canonical, parse
from ledger.errors import Conflict, Refused
from ledger.store import MAX_LEAF, ReadSet, StoredEvent, create_record, open_record

NOTHING = ReadSet(0, {})


def test_what_is_stored_is_canonical_and_hashed_as_rfc_6962_says(tmp_path: Path) -> None:
    with record(tmp_path) as recorder:
        recorder.append([event("R-1", 1)], read=NOTHING)
        leaf = recorder.log()[0]
    entry = '{"event":{"text":"hej"},"kind":"test.happened.v1","stream":"R-1","version":1}'
    after = ',"log":"test/1","recorded_at":"2025-03-14T12:00:00.000000Z","seq":0}'
    assert leaf.leaf.decode() == '{"entry":' + entry + after
    assert rfc8785.dumps(parse(leaf.leaf)) == leaf.leaf
    assert leaf.leaf_hash == hashlib.sha256(b"\x00" + leaf.leaf).digest()
    assert leaf.state.decode() == entry


texts = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(codec="ascii"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
)


@given(st.dictionaries(keys, values))
def test_our_canonical_json_is_that_of_rfc_8785(value: dict[str, object]) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert parse(canonical(value)) == value


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', '{"a":1.5}', '{"a":NaN}', "[]", '{"a":9007199254740992}', '{"a":1e3}']
)
def test_what_could_be_written_in_two_ways_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_positions_have_no_gap(address: str) -> None:
    with record(address) as recorder:
        first = recorder.append([event("R-1", 1), event("R-2", 1)], read=NOTHING)
        second = recorder.append([event("R-1", 2)], read=ReadSet(2, {}))
        assert (first.first, first.last, second.first, second.last) == (1, 2, 3, 3)
        assert [leaf.position for leaf in recorder.log()] == [1, 2, 3]


def test_a_stream_of_the_read_set_that_moved_is_a_conflict(address: str) -> None:
    with record(address, 2) as recorder:
        with pytest.raises(Conflict):
            recorder.append([event("R-2", 1)], read=ReadSet(1, {"R-1": 1}))
        assert recorder.head().position == 2
        recorder.append([event("R-2", 1)], read=ReadSet(1, {"R-1": 2}))


def test_a_stream_that_was_not_there_and_is_now_is_a_conflict(address: str) -> None:
    with record(address, 1) as recorder, pytest.raises(Conflict):
        recorder.append([event("R-2", 1)], read=ReadSet(0, {"R-1": 0}))


def test_an_event_of_a_kind_that_must_not_have_come_is_a_conflict(address: str) -> None:
    with record(address, 1) as recorder:
        with pytest.raises(Conflict):
            recorder.append([event("R-2", 1)], read=ReadSet(0, {}, frozenset({"test.happened.v1"})))
        recorder.append([event("R-2", 1)], read=ReadSet(0, {}, frozenset({"test.other.v1"})))


def test_a_version_is_taken_once(address: str) -> None:
    with record(address, 1) as recorder, pytest.raises(Conflict):
        recorder.append([event("R-1", 1)], read=ReadSet(1, {}))


def test_a_command_key_is_taken_once_and_answers_with_what_it_caused(address: str) -> None:
    with record(address, 1) as recorder:
        assert recorder.find_command("k1") == ("digest", 1, 1)
        assert recorder.find_command("k2") is None
        with pytest.raises(Conflict):
            recorder.append([event("R-2", 1, "k1")], read=ReadSet(1, {}), commands=[row("k1")])
        assert recorder.head().position == 1


def test_a_batch_is_there_whole_or_not_at_all(address: str) -> None:
    with record(address, 1) as recorder:
        with pytest.raises(Conflict):
            recorder.append([event("R-2", 1), event("R-1", 1)], read=ReadSet(1, {}))
        assert recorder.stream("R-2") == []


def test_an_entry_that_is_too_long_is_refused_before_anything_is_written(address: str) -> None:
    long = StoredEvent("R-9", 1, "test.happened.v1", canonical({"event": {"text": "x" * MAX_LEAF}}))
    with record(address) as recorder:
        with pytest.raises(Refused) as refused:
            recorder.append([event("R-1", 1), long], read=NOTHING)
        assert (refused.value.rule, recorder.head().position) == ("entry.too_long", 0)


def test_recorded_time_never_goes_back_when_the_clock_does(address: str) -> None:
    times = iter([NOON, NOON - timedelta(hours=1), NOON + timedelta(hours=1)])

    def clock() -> datetime:
        return next(times)

    with create_record(address, "test/1", clock) as recorder:
        for number in (1, 2, 3):
            recorder.append([event("R-1", number)], read=ReadSet(number - 1, {}))
        assert [leaf.recorded_at for leaf in recorder.log()] == [NOON, NOON, NOON + timedelta(hours=1)]
        assert [recorder.position_at(NOON + timedelta(hours=hour)) for hour in (-1, 0, 1)] == [0, 2, 3]


COLUMNS = "{position}, stream, {version}, {kind}, command_key, recorded_at, leaf_hash, leaf"
COPY = f"SELECT {COLUMNS} FROM event WHERE position = 2"
FORGERIES = [
    "UPDATE event SET leaf = x'00' WHERE position = 2",
    "DELETE FROM event WHERE position = 3",
    "INSERT OR REPLACE INTO event " + COPY.format(position="position", version="version", kind="'forged'"),
    "INSERT INTO event " + COPY.format(position=9, version=9, kind="kind"),
    "INSERT INTO event " + COPY.format(position=4, version=2, kind="kind"),
    "UPDATE command SET digest = 'x'",
    "DELETE FROM command",
    "INSERT OR REPLACE INTO command SELECT key, 'x', first, last FROM command",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_triggers_refuse_to_change_what_was_written(tmp_path: Path, forgery: str) -> None:
    record(tmp_path, 3).close()
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as forger, pytest.raises(sqlite3.Error):
        forger.execute(forgery)
    with open_record(tmp_path / "ledger.db") as recorder:
        assert recorder.check().damage is None
