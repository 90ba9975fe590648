"""Views that are spoilt between two commands are built anew, or found by verify."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from faceskit import Person

WRITE = "offer tom --to cia --me anna --on 2025-11-01"
QUESTIONS = ("who-owns", "log", "history norr", "verify", "stats", "rebuild", "decisions", "register", WRITE)


VIEWS = (
    "deleted",
    "empty",
    "truncated",
    "scribbled on",
    "a text",
    "of another ledger",
    "behind",
    "a table dropped",
)


def spoil_views(town: Person, how: str) -> None:
    views = town.views
    whole = views.read_bytes()
    for ending in ("-wal", "-shm"):
        views.with_name(views.name + ending).unlink(missing_ok=True)
    match how:
        case "deleted":
            views.unlink()
        case "empty":
            views.write_bytes(b"")
        case "truncated":
            views.write_bytes(whole[: len(whole) // 2 - 100])
        case "scribbled on":
            views.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
        case "a text":
            views.write_text("no views\n" * 1000)
        case "of another ledger":
            other = Person(town.folder / "other", town.clock)
            if not other.file.exists():
                other.done("init Other --founder zoe --on 2025-01-01 --ledger", str(other.folder))
            other.rows("who-owns --ledger", str(other.folder))
            shutil.copy(other.views, views)
        case "behind":
            shutil.copy(views, town.folder / "before.db")
            town.done("member rename bo Bosse --me eva --on 2025-11-01")
            shutil.copy(town.folder / "before.db", views)
        case "a table dropped":
            with closing(sqlite3.connect(views)) as connection:
                tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
                connection.execute(f'DROP TABLE "{next(each for each in tables if "holding" in each)}"')


@pytest.mark.parametrize("how", VIEWS)
def test_views_that_were_spoilt_between_commands_are_built_anew(town: Person, how: str) -> None:
    expected = [town.say(line).stdout for line in QUESTIONS if line not in {WRITE, "stats", "rebuild", "verify"}]
    if how == "behind":
        expected = []
    spoil_views(town, how)
    answers = [town.say(line) for line in QUESTIONS if line not in {WRITE, "stats", "rebuild", "verify"}]
    assert [result.exit_code for result in answers] == [0] * len(answers), answers[0].output
    assert not expected or [result.stdout for result in answers] == expected
    assert town.row("verify")["verdict"] == "whole"
    spoil_views(town, how) if how != "behind" else None
    town.done(WRITE)
    assert [row["code"] for row in town.rows("offers")] == ["bud", "tom"]
    assert town.row("verify")["verdict"] == "whole"


def test_a_view_that_was_altered_is_found_by_verify_and_mended_by_rebuild(town: Person) -> None:
    with closing(sqlite3.connect(town.views)) as connection:
        connection.execute("UPDATE responsibility SET title = 'Forged' WHERE code = 'norr'")
        connection.commit()
    result = town.say("verify --json")
    facts = json.loads(result.stdout)
    assert (result.exit_code, facts["verdict"]) == (4, "damaged")
    assert [check["ok"] for check in facts["checks"]] == [True, True, True, False]
    town.done("rebuild")
    assert town.row("verify")["verdict"] == "whole"
    assert town.rows("who-owns norr")[0]["title"] == "Drift norr"


# Forks before anything is open, so that a child costs nothing and can be killed where chance has it.
