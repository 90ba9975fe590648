"""Catching up happens exactly once, whoever does it and however it ends; views that are not right are not believed."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from viewkit import Town, batches_of, day, only, rows

from ledger import questions
from ledger.errors import Damaged, LedgerError
from ledger.events.corrections import corrects
from ledger.projections import PROJECTIONS, projector
from ledger.projections.ownership import ownership

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Some sixty entries, nothing caught up with yet."""
    town = Town(tmp_path)
    town.people("anna", "bo")
    for number in range(12):
        code = f"area{number}"
        town.tell("define", on="2", code=code, title=code)
        town.tell("offer", on="2", code=code, to="anna")
        town.tell("accept", "anna", "3", code=code)
        town.tell("revoke", on="4", code=code, reason="done", effective=day(str(5 + number)))
    yield town
    town.ledger.close()


def _fresh(town: Town) -> dict[str, list[tuple[Any, ...]]]:
    """The rows as worked out anew in a place of their own."""
    town.ledger.rebuild()
    return rows(town.ledger)


def _in_a_process(town: Town, program: str) -> subprocess.Popen[str]:
    code = f"""
import os, signal, sys
from datetime import UTC, datetime
from ledger import open_ledger
from ledger.projections import projector
ledger = open_ledger({str(town.path)!r}, clock=lambda: datetime(2025, 2, 1, tzinfo=UTC))
{program}
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def test_two_that_catch_up_in_turn_apply_every_entry_once(town: Town) -> None:
    with town.again() as other:
        for number in range(8):
            code = f"more{number}"
            town.tell("define", on="5", code=code, title=code)
            with batches_of(3):
                (town.ledger if number % 2 else other).catch_up()
            town.tell("offer", on="5", code=code, to="bo")
            town.tell("accept", "bo", "5", code=code)
            (other if number % 3 else town.ledger).catch_up()
        have = rows(other)
    assert have == _fresh(town)


def test_one_that_lost_the_race_goes_on_from_where_the_other_came(town: Town) -> None:
    with town.again() as other, batches_of(4):
        # Between any two batches of the one, the other takes two.
        taken: list[int] = []

        def progress(position: int, head: int) -> None:
            del head
            if len(taken) < 20:
                taken.append(position)
                with batches_of(2):
                    other._views.projector.catch_up(None)

        town.ledger.catch_up(progress)
        assert taken
        have = rows(town.ledger)
    assert have == _fresh(town)


def test_a_bookmark_that_moved_meanwhile_is_not_moved_again(town: Town) -> None:
    town.ledger.catch_up()
    with town.ledger._views._writing() as connection, pytest.raises(LedgerError) as caught:
        projector.advance(connection, "ownership", 3, 9)
    assert caught.value.code == "views.moved"


def test_two_processes_at_once_apply_every_entry_once(town: Town) -> None:
    program = "projector.BATCH = 2\nprint('ready', flush=True)\nsys.stdin.readline()\nprint(ledger.catch_up())"
    both = [_in_a_process(town, program) for _ in range(2)]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in both:
        said, _ = each.communicate(timeout=60)
        assert (each.returncode, said) == (0, f"{town.ledger.head()}\n")
    have = rows(town.ledger)
    assert have == _fresh(town)
    assert town.ledger.verify().whole


@pytest.mark.parametrize("when", ["before the bookmark", "after the bookmark"])
def test_a_kill_in_the_middle_of_a_batch_leaves_nothing_half_done(town: Town, when: str) -> None:
    name = "advance" if when == "before the bookmark" else "apply"
    # In the second batch: each projection has a bookmark of its own, and all of them are applied in one go.
    turns = len(PROJECTIONS) + 1 if name == "advance" else 4
    program = f"""
projector.BATCH = 5
kept, calls = projector.{name}, []
def dying(*args):
    calls.append(1)
    if len(calls) > {turns} and {name == "advance"}:
        os.kill(os.getpid(), signal.SIGKILL)
    kept(*args)
    if len(calls) > {turns}:
        os.kill(os.getpid(), signal.SIGKILL)
projector.{name} = dying
ledger.catch_up()
"""
    process = _in_a_process(town, program)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert 0 < town.ledger._views.projector.position() < town.ledger.head()
    assert town.ledger.catch_up() == town.ledger.head()
    have = rows(town.ledger)
    assert have == _fresh(town)


def test_an_error_in_the_middle_of_a_batch_leaves_the_views_as_they_were(town: Town) -> None:
    with (
        batches_of(10),
        mock.patch.object(projector, "advance", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        town.ledger.catch_up()
    assert town.ledger._views.projector.position() == 0
    town.ledger.catch_up()
    have = rows(town.ledger)
    assert have == _fresh(town)


@pytest.mark.parametrize("to", [1000, 0])
def test_another_version_of_a_projection_is_built_anew_by_itself(
    town: Town, monkeypatch: pytest.MonkeyPatch, to: int
) -> None:
    town.ledger.catch_up()
    have = rows(town.ledger)
    with closing(sqlite3.connect(town.views)) as edited, edited:
        edited.execute("UPDATE holding SET holder = 'mallory'")
        edited.execute("UPDATE presence SET acts = 'mallory'")
    monkeypatch.setattr(ownership, "version", to)
    assert town.column("holder", questions.who_owns, "3", None, "area3") == ["anna"]
    after = rows(town.ledger)
    assert after["holding"] == have["holding"]
    assert after["presence"] != have["presence"], "only the projection whose version changed is built anew"


def test_a_projection_that_begins_anew_does_not_pull_the_others_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.ledger.catch_up()
    monkeypatch.setattr(ownership, "version", 1000)
    town.tell("define", on="6", code="late", title="late")
    with batches_of(7):
        town.ledger.catch_up()
    have = rows(town.ledger)
    assert have == _fresh(town)


def _delete(views: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        views.with_name(views.name + ending).unlink(missing_ok=True)


def _truncate(views: Path) -> None:
    _settle(views)
    os.truncate(views, 4096 + 17)


def _empty(views: Path) -> None:
    _settle(views)
    os.truncate(views, 0)


def _scribble(views: Path) -> None:
    _settle(views)
    with views.open("r+b") as file:
        file.write(b"scribbled on " * 400)


def _scribble_inside(views: Path) -> None:
    _settle(views)
    with views.open("r+b") as file:
        file.seek(4096)
        file.write(b"scribbled on " * 2000)


def _settle(views: Path) -> None:
    """All of it lies in the one file."""
    with closing(sqlite3.connect(views)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


HARMS = (_delete, _truncate, _empty, _scribble, _scribble_inside)


@pytest.mark.parametrize("harm", HARMS)
def test_views_harmed_between_two_openings_are_built_anew(town: Town, harm: Callable[[Path], None]) -> None:
    town.ledger.catch_up()
    have = rows(town.ledger)
    town.ledger.close()
    harm(town.views)
    with town.again() as again:
        town.ledger = again
        assert town.column("holder", questions.who_owns, "3", None, "area3") == ["anna"]
        assert rows(again) == have
        assert again.verify().whole


@pytest.mark.parametrize("harm", HARMS)
def test_views_harmed_between_two_asks_are_built_anew(town: Town, harm: Callable[[Path], None]) -> None:
    assert town.column("holder", questions.who_owns, "3", None, "area3") == ["anna"]
    harm(town.views)
    assert town.column("holder", questions.who_owns, "3", None, "area4") == ["anna"]
    town.tell("define", on="6", code="late", title="late")
    assert town.column("holder", questions.who_owns, "6", None, "late") == [None]
    with town.again() as again:
        town.ledger = again
        assert town.column("holder", questions.who_owns, "6", None, "area4") == ["anna"]


@pytest.mark.parametrize("harm", HARMS)
def test_views_harmed_between_two_asks_are_never_believed(town: Town, harm: Callable[[Path], None]) -> None:
    wanted = town.ask(questions.who_owns, "3")
    harm(town.views)
    with suppress(Damaged):
        assert town.ask(questions.who_owns, "3") == wanted


@pytest.mark.parametrize("harm", HARMS)
def test_rebuild_mends_views_that_cannot_be_read(town: Town, harm: Callable[[Path], None]) -> None:
    town.ledger.catch_up()
    have = rows(town.ledger)
    harm(town.views)
    town.ledger.rebuild()
    assert rows(town.ledger) == have


def test_a_database_of_another_program_in_the_place_of_the_views_is_left_alone(town: Town) -> None:
    town.ledger.close()
    _delete(town.views)
    with closing(sqlite3.connect(town.views)) as other, other:
        other.execute("PRAGMA application_id = 7")
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(LedgerError) as caught:
        town.again()
    assert caught.value.code == "store.foreign"
    with closing(sqlite3.connect(town.views)) as other:
        assert other.execute("SELECT count(*) FROM theirs").fetchone() == (0,)


def test_a_read_takes_no_write_lock_when_nothing_is_new(town: Town) -> None:
    town.ledger.catch_up()
    turn = os.open(town.views.with_name("views.db.lock"), os.O_RDONLY | os.O_CREAT)
    with closing(sqlite3.connect(town.views, isolation_level=None)) as other:
        fcntl.flock(turn, fcntl.LOCK_EX)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE holding SET holder = 'mallory'")
        assert town.column("holder", questions.who_owns, "3", None, "area3") == ["anna"]
        assert len(town.ask(questions.vacant, "2")) == 12
        other.execute("ROLLBACK")
    os.close(turn)


def test_a_question_that_is_open_sees_one_state_while_others_catch_up(town: Town) -> None:
    with town.ledger.ask(questions.who_owns, day("4"), None) as answer:
        first = next(iter(answer.value))
        with town.again() as other:
            town.tell("define", on="4", code="area", title="comes first but for root")
            other.catch_up()
        others = list(answer.value)
    assert len([first, *others]) == 13
    assert len(town.ask(questions.who_owns, "4")) == 14


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE holding SET holder = 'bo' WHERE number = 1 AND id = (SELECT max(id) FROM holding)", "holding"),
        ("DELETE FROM offer WHERE id = (SELECT max(id) FROM offer)", "offer"),
        ("DELETE FROM responsibility WHERE id = 2", "responsibility"),
        (
            "INSERT INTO absence VALUES (9, 'member:bo', 1, '2025', '2026', 1, 4611686018427387904, 'bo')",
            "absence",
        ),
        ("UPDATE presence SET known_until = 3 WHERE member = 'bo'", "presence"),
        ("UPDATE holding SET valid_until = valid_from WHERE id = 1", "holding"),
    ],
)
def test_an_edited_view_is_found_by_verify_and_mended_by_rebuild(town: Town, statement: str, found: str) -> None:
    town.ledger.catch_up()
    have = rows(town.ledger)
    assert town.ledger.verify().whole
    with closing(sqlite3.connect(town.views)) as edited, edited:
        assert edited.execute(statement).rowcount == 1
    report = town.ledger.verify()
    assert not report.whole
    assert (report.checks[-1].damage or "").startswith(f"{found}: ")
    town.ledger.rebuild()
    assert rows(town.ledger) == have
    assert town.ledger.verify().whole


def test_a_bookmark_that_was_put_ahead_is_found_by_verify(town: Town) -> None:
    town.ledger.catch_up()
    town.tell("define", on="6", code="late", title="late")
    with closing(sqlite3.connect(town.views)) as edited, edited:
        edited.execute("UPDATE progress SET position = ?", (town.ledger.head(),))
    assert not town.ledger.verify().whole
    town.ledger.rebuild()
    assert town.ledger.verify().whole
    assert only(town.ask(questions.who_owns, "6", None, "late"), "code") == [("late",)]


def test_what_no_entry_was_told_about_is_in_no_view(town: Town) -> None:
    town.ledger.catch_up()
    head = town.ledger.head()
    with town.ledger._views._reading() as connection:
        for each in PROJECTIONS:
            for table in each.tables:
                for row in connection.execute(table.select()).mappings():
                    if "source" not in row:
                        assert 1 <= row["id"] <= head
                        continue
                    assert 1 <= row["source"] <= row["known_from"] <= head
                    assert row["known_from"] < row["known_until"]
    assert not any(corrects(each.entry.event) for each in town.ledger._views.log.read(0, head))
