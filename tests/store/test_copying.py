"""A record carried from one place to another is the same in every byte."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from storekit import ROOT, event, record, row

from ledger.errors import Damaged, LedgerError, NotFound, Refused
from ledger.store import ReadSet, copy, create_record, open_record
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import SigningKey

if TYPE_CHECKING:
    from ledger.store import Recorder
    from tests.servers import Server

EVENTS = 12_000
KEY = SigningKey.generate("test/1")


def filled(address: str | Path, events: int = 700) -> Recorder:
    recorder = record(address, 3)
    recorder.append([event("R-2", version) for version in range(1, events + 1)], read=ReadSet(3, {}))
    tree = recorder.tree()
    recorder.give_out(Checkpoint("test/1", tree.size, tree.root()).signed(KEY).encoded(), tree.size)
    return recorder


def held(recorder: Recorder) -> list[object]:
    """Every row of every table, whatever engine it lies in."""
    from ledger.store.schema import metadata

    with recorder.database.reading() as connection:
        return [
            [table.name, *sorted(map(tuple, connection.execute(table.select())), key=repr)]
            for table in metadata.sorted_tables
        ]


def test_a_copy_there_and_back_is_the_same_in_every_row(tmp_path: Path, server: Server) -> None:
    there, back = server.database(), tmp_path / "back.db"
    with filled(tmp_path) as source:
        assert copy(source.database, there) == 703
        with open_record(there) as moved:
            assert held(moved) == held(source)
            copy(moved.database, back)
        with open_record(back) as again:
            assert held(again) == held(source)
            assert again.tree().root() == source.tree().root()
            assert len(again.checkpoints()) == 1


def test_a_command_that_was_told_before_the_move_is_known_after_it(tmp_path: Path, server: Server) -> None:
    there = server.database()
    with filled(tmp_path) as source:
        copy(source.database, there)
    with open_record(there) as moved:
        assert moved.find_command("k2") == ("digest", 2, 2)
        moved.append([event("R-9", 1, "k9")], read=ReadSet(703, {}), commands=[row("k9")])
        assert moved.check().damage is None


CUT = """
import os, sys
from ledger.store import copying, open_record, copy
whole, pages = copying._put, []
def cut(*words):
    whole(*words)
    pages.append(1)
    if len(pages) == 2:
        os.kill(os.getpid(), 9)
copying._put = cut
with open_record(sys.argv[1]) as source:
    copy(source.database, sys.argv[2])
"""


def test_a_copy_that_was_killed_is_no_ledger_and_goes_on_where_it_was(tmp_path: Path, address: str) -> None:
    source = tmp_path / "source.db"
    filled(str(source), EVENTS).close()
    killed = subprocess.run([sys.executable, "-c", CUT, str(source), address], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with pytest.raises((NotFound, Damaged)):
        open_record(address)
    seen: list[int] = []
    with open_record(source) as recorder:
        copy(recorder.database, address, lambda done, _of: seen.append(done))
        with open_record(address) as whole:
            assert held(whole) == held(recorder)
    # The first of its pages of five thousand had come through before.
    assert seen[0] == 10_000


def test_what_others_write_meanwhile_is_not_half_of_it(tmp_path: Path, address: str) -> None:
    with filled(str(tmp_path / "source.db"), EVENTS) as source:

        def meanwhile(_done: int, _of: int) -> None:
            with open_record(tmp_path / "source.db") as other:
                other.append([event("R-3", 1 + len(other.stream("R-3")))], read=ReadSet(other.head().position, {}))

        assert copy(source.database, address, meanwhile) == EVENTS + 3
    with open_record(address) as moved:
        assert (moved.head().position, moved.check().damage) == (EVENTS + 3, None)


def test_a_place_that_is_taken_is_left_as_it_is(tmp_path: Path, address: str) -> None:
    with create_record(address, "test/2") as taken:
        before = held(taken)
    with filled(str(tmp_path / "source.db")) as source:
        with pytest.raises(Refused) as refused:
            copy(source.database, address)
        assert refused.value.rule == "store.exists"
    with open_record(address) as taken:
        assert held(taken) == before


def test_another_history_is_not_gone_on_with(tmp_path: Path, address: str) -> None:
    source, other = tmp_path / "source.db", tmp_path / "other.db"
    filled(str(source), EVENTS).close()
    subprocess.run([sys.executable, "-c", CUT, str(source), address], cwd=ROOT, check=False)
    with record(str(other)) as longer:
        longer.append([event("R-7", version) for version in range(1, EVENTS)], read=ReadSet(0, {}))
        with pytest.raises(LedgerError) as caught:
            copy(longer.database, address)
        assert caught.value.code == "copy.other"


def test_a_command_that_no_event_comes_from_is_not_left_out_in_silence(tmp_path: Path, address: str) -> None:
    source = tmp_path / "source.db"
    filled(str(source)).close()
    with closing(sqlite3.connect(source)) as vandal, vandal:
        vandal.execute("INSERT INTO command VALUES ('stray', 'digest', 3, 3)")
    with open_record(source) as recorder, pytest.raises(Damaged) as caught:
        copy(recorder.database, address)
    assert caught.value.code == "copy.damaged"
    with pytest.raises((NotFound, Damaged)):
        open_record(address)


def test_a_damaged_record_is_not_copied_as_if_it_were_whole(tmp_path: Path, address: str) -> None:
    source = tmp_path / "source.db"
    filled(str(source)).close()
    with closing(sqlite3.connect(source)) as vandal, vandal:
        vandal.executescript("DROP TRIGGER event_no_update; UPDATE event SET leaf = zeroblob(9) WHERE position = 9;")
    with open_record(source) as recorder, pytest.raises(Damaged) as caught:
        copy(recorder.database, address)
    assert (caught.value.code, caught.value.facts["position"]) == ("copy.damaged", 9)
    with pytest.raises((NotFound, Damaged)):
        open_record(address)
