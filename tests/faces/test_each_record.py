"""What every command that records has in common: a rehearsal, a key, who decided and who typed."""

from __future__ import annotations

import json

import pytest
from faceskit import WRITES, Person


@pytest.mark.parametrize("name", WRITES)
def test_a_dry_run_shows_the_events_and_records_nothing(town: Person, name: str) -> None:
    before = town.head()
    shown = town.done(WRITES[name], "--on", "2025-11-01", "--dry-run").splitlines()
    events = [json.loads(line) for line in shown]
    assert events
    assert town.head() == before
    told = town.row(WRITES[name], "--on", "2025-11-01")
    assert len(told["events"]) == len(events)
    assert town.head() == before + len(events)
    recorded = town.last(len(events))
    assert [row["event"] for row in recorded] == [event["event"] for event in events]
    assert [row["occurred"] for row in recorded] == [event["occurred"] for event in events]
    assert [row["id"] for row in recorded] == told["events"]


@pytest.mark.parametrize("name", WRITES)
def test_the_same_key_twice_is_recorded_once_and_answered_alike(town: Person, name: str) -> None:
    words = ("--on", "2025-11-01", "--key", "mail-17", "--basis", "minutes 4")
    first = town.row(WRITES[name], *words)
    head = town.head()
    again = town.row(WRITES[name], *words)
    assert first.pop("again") is False
    assert again.pop("again") is True
    if name == "member leave":  # It lists what falls vacant then, which had fallen already.
        first.pop("vacant"), again.pop("vacant")
    assert again == first
    assert town.head() == head
    assert [(row["key"], row["basis"]) for row in town.last()] == [("mail-17", "minutes 4")]


@pytest.mark.parametrize("name", WRITES)
def test_who_decided_and_who_typed_are_both_recorded(town: Person, name: str) -> None:
    line, _me, decider = WRITES[name].rpartition(" --me ")
    result = town.say(line, "--by", decider, "--me", "dag", "--on", "2025-11-01")
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[0] == "on Saturday 2025-11-01"
    assert {(row["actor"], row["recorded_by"]) for row in town.last()} == {(decider, "dag")}


def test_the_words_of_a_command_are_needed_and_nothing_else_is(town: Person) -> None:
    for name, line in WRITES.items():
        code, error = town.error(line.rpartition(" --me ")[0])
        assert (name, code, error["code"]) == (name, 2, "who.unknown")
        assert "config me" in error["hint"]
    assert len(town.rows("log")) == town.head()


def test_a_founding_says_where_and_who_and_cannot_be_rehearsed_nor_repeated(person: Person) -> None:
    assert person.error("init Town --founder eva --dry-run")[1]["code"] == "init.no_rehearsal"
    assert not person.file.exists()
    told = person.row("init Town --founder eva --founder bo --on 2025-01-01")
    assert set(told) == {"ledger", "origin", "root", "founders"}
    assert (told["root"], told["founders"], told["ledger"]) == ("root", ["eva", "bo"], ".tillit/ledger.db")
    assert person.error("init Other --founder eva")[0] == 1
    assert person.rows("who-owns")[0]["title"] == "Town"
    assert person.done("who-owns root --fields code", "--as-of", "2025-01-01") == "code\nroot\n"
