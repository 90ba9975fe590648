"""How things were written down: (known at, as of) -> late, for somebody else, put right; read from the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import command, questions
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path

WEEK = timedelta(days=7)
NORR = responsibility_id("norr")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    town = Town(tmp_path_factory.mktemp("recordings"))
    marks = {"founded": town.founded}
    town.people("anna", "bo")
    town.tell("define", on="2", code="norr", title="North")
    town.clock.now = day("20")
    marks["late"] = town.tell("clarify", on="5", code="norr", title="Drift", reason="told late")
    marks["a week"] = town.tell("clarify", on="13", code="norr", title="North again")
    for by, hand, title in (("anna", "bo", "One"), ("anna", "bo", "Two"), ("eva", "bo", "Three"), ("bo", "bo", "Four")):
        told = {"do": "capacity", "by": by, "amount": str(len(title)), "on": day("20"), "basis": title}
        town.ledger.tell(command(told), recorded_by=hand)
    marks["for others"] = town.ledger.head()
    town.clock.now = day("21")
    right = {"stream": NORR, "version": 2, "field": "occurred_at", "after": day("18").isoformat()}
    marks["corrected"] = town.tell("correct", on="21", reason="it was the 18th", **right)
    marks["annulled"] = town.tell("annul", on="22", stream=NORR, version=4, reason="it was the 5th")
    marks["left"] = town.tell("member leave", on="23", handle="bo")
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "events"),
    [
        ("founded", "30", []),
        ("late", "30", ["2 15d"]),
        ("late", "4", []),
        ("a week", "30", ["2 15d"]),
        ("corrected", "30", []),
        ("annulled", "30", ["2 15d"]),
        ("left", "30", ["2 15d"]),
    ],
)
def test_what_was_written_down_more_than_a_week_later(
    desk: tuple[Town, dict[str, int]], known: str, as_of: str, events: list[str]
) -> None:
    town, marks = desk
    rows = town.ask(questions.late, as_of, marks[known], WEEK)
    assert [f"{row['event'].rpartition('/')[2]} {row['delay']}" for row in rows] == events


def test_late_is_more_than_and_not_as_much_as_was_said(desk: tuple[Town, dict[str, int]]) -> None:
    town, marks = desk
    rows = town.ask(questions.late, "30", marks["a week"], timedelta(days=6))
    assert only(rows, "event", "occurred", "recorded", "delay", "recorded_by") == [
        (f"{NORR}/2", day("5"), day("20"), "15d", "eva"),
        (f"{NORR}/3", day("13"), day("20"), "7d", "eva"),
    ]
    assert only(rows, "explain") == [([marks["late"]],), ([marks["a week"]],)]


def test_what_was_annulled_was_not_late_either(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.tell("define", on="2", code="norr", title="North")
    town.clock.now = day("20")
    told = town.tell("clarify", on="3", code="norr", title="Drift")
    annulled = town.tell("annul", on="20", stream=NORR, version=2, reason="a mistake")
    assert town.column("event", questions.late, None, told, WEEK) == [f"{NORR}/2"]
    assert town.ask(questions.late, None, annulled, WEEK) == []


@pytest.mark.parametrize(
    ("known", "as_of", "expected"),
    [
        ("founded", "30", []),
        ("late", "30", []),
        ("for others", "19", []),
        ("for others", "20", [("bo", "anna", 2, "0.500"), ("bo", "eva", 1, "0.250")]),
        ("left", "30", [("bo", "anna", 2, "0.500"), ("bo", "eva", 1, "0.250")]),
    ],
)
def test_who_writes_down_what_others_decided(
    desk: tuple[Town, dict[str, int]], known: str, as_of: str, expected: list[tuple[object, ...]]
) -> None:
    town, marks = desk
    rows = town.ask(questions.recorded_for, as_of, marks[known])
    assert only(rows, "recorded_by", "actor", "events", "share") == expected
    if rows:
        assert [len(row["explain"]) for row in rows] == [2, 1]


@pytest.mark.parametrize(
    ("known", "as_of", "expected"),
    [
        ("founded", "30", []),
        ("for others", "30", []),
        ("corrected", "20", []),
        ("corrected", "21", ["corrected 2 occurred_at True"]),
        ("annulled", "22", ["corrected 2 occurred_at False", "annulled 4 None True"]),
        ("left", "30", ["corrected 2 occurred_at False", "annulled 4 None True"]),
    ],
)
def test_what_was_put_right_and_whether_that_still_counts(
    desk: tuple[Town, dict[str, int]], known: str, as_of: str, expected: list[str]
) -> None:
    town, marks = desk
    rows = town.ask(questions.corrections, as_of, marks[known])
    said = [f"{row['what']} {row['event'].rpartition('/')[2]} {row['field']} {row['counts']}" for row in rows]
    assert said == expected


def test_a_correction_says_what_was_and_what_is_and_why(desk: tuple[Town, dict[str, int]]) -> None:
    town, marks = desk
    row = town.ask(questions.corrections, "21", marks["corrected"])[0]
    assert (row["was"], row["is"]) == (day("5").isoformat(), day("18").isoformat())
    assert (row["by"], row["reason"], row["when"]) == ("eva", "it was the 18th", day("21"))
    assert row["explain"] == [marks["corrected"]]


def test_what_is_late_is_found_wherever_it_stands_in_the_log(tmp_path: Path) -> None:
    town = Town(tmp_path, now="20")
    late = []
    for number in range(60):
        on = "2" if number in {1, 2, 30, 58} else "20"
        position = town.tell("define", on=on, code=f"r{number}", title="R")
        late += [position] if on == "2" else []
    founded = [[position] for position in range(1, town.founded + 1)]
    assert town.column("explain", questions.late, None, None, WEEK) == [*founded, *([position] for position in late)]


def test_behind_each_hand_stand_the_last_ten_events(tmp_path: Path) -> None:
    town = Town(tmp_path, now="20")
    told = [
        town.ledger.tell(command({"do": "define", "by": "eva", "code": f"r{number}", "title": "R"}), recorded_by="bo")
        for number in range(12)
    ]
    assert len(told) == 12
    (row,) = town.ask(questions.recorded_for, None)
    assert (row["events"], row["share"], row["explain"]) == (
        12,
        "1.000",
        list(range(town.founded + 3, town.founded + 13)),
    )


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE recording SET delay = 0 WHERE id = (SELECT max(id) FROM recording)",
        "UPDATE recording SET actor = 'bo' WHERE id = 1",
        "DELETE FROM correction",
        "DELETE FROM recording WHERE id = 2",
        "INSERT INTO recording VALUES (99, 'eva', NULL, '2025-01-01T00:00:00.000000Z', 0)",
    ],
)
def test_an_edited_view_of_how_it_was_written_down_is_found(tmp_path: Path, forgery: str) -> None:
    town = Town(tmp_path, now="20")
    town.tell("define", on="2", code="norr", title="North")
    town.tell("clarify", on="3", code="norr", title="Drift")
    town.tell("annul", on="4", stream=NORR, version=2, reason="a mistake")
    assert town.ledger.verify().whole
    with closing(sqlite3.connect(town.views)) as forged, forged:
        forged.execute(forgery)
    assert not town.ledger.verify().whole
