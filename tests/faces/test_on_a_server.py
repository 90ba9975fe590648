"""Every command on a PostgreSQL server: it does and says what it does on a file."""

from __future__ import annotations

import json
import re
from itertools import count
from typing import TYPE_CHECKING

import pytest
from faceskit import ASKS, DECISION, WRITES, Person

from ledger import open_ledger, questions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Server

NUMBERS = count()
# Chance and the server's own clock: the ids of what is new, and hashes of texts with a salt.
CHANCE = re.compile(r'(?<=_digest": ")[^"]*')


@pytest.fixture(scope="module")
def carried(told: tuple[Path, dict[str, str]], server: Server) -> str:
    """The name of a database with the town's ledger and its views."""
    url = server.database()
    with open_ledger(told[0] / ".tillit" / "ledger.db") as ledger:
        ledger.copy(url)
    with open_ledger(url) as ledger, ledger.ask(questions.who_owns, None, None) as answer:
        assert list(answer.value)
    return url.partition("/@/")[2].partition("?")[0] or url.split("/")[3].partition("?")[0]


@pytest.fixture
def address(carried: str, server: Server) -> str:
    """A copy of it that a test may write to."""
    name = f"{carried}_{next(NUMBERS)}"
    server.ask(f"CREATE DATABASE {name} TEMPLATE {carried}")
    return server.url(name)


def known(text: str) -> str:
    return CHANCE.sub("#", DECISION.sub("ID", text))


@pytest.mark.parametrize("line", ASKS)
def test_a_question_has_the_same_answer_on_a_server(town: Person, carried: str, server: Server, line: str) -> None:
    here = town.say(line, "--json", "--explain")
    there = town.say(line, "--json", "--explain", "--ledger", server.url(carried))
    assert (there.exit_code, json.loads(there.stdout)) == (here.exit_code, json.loads(here.stdout)), there.stderr


@pytest.mark.parametrize("line", ["who-owns", "decisions", "register", "holds anna", "due"])
@pytest.mark.parametrize("when", ["--as-of 2025-03-10", "--known-at 20", "--as-of 2025-06-01 --known-at 2025-04-02"])
def test_and_of_any_day_as_known_at_any_time(town: Person, carried: str, server: Server, line: str, when: str) -> None:
    here, there = town.rows(f"{line} {when}"), town.rows(f"{line} {when} --ledger '{server.url(carried)}'")
    assert there == here


@pytest.mark.parametrize("name", WRITES)
def test_what_is_recorded_on_a_server_is_what_a_file_would_hold(town: Person, address: str, name: str) -> None:
    before = str(town.head())
    here = town.say(WRITES[name], "--on", "2025-11-01")
    there = town.say(WRITES[name], "--on", "2025-11-01", "--ledger", address)
    assert there.exit_code == here.exit_code == 0, there.output
    assert known(there.stdout) == known(here.stdout)
    written, expected = (town.done("log --json --since", before, *where) for where in (("--ledger", address), ()))
    assert json.loads(known(written)) == json.loads(known(expected))


def test_a_ledger_that_all_of_it_was_told_to_is_whole(town: Person, address: str) -> None:
    for name in ("decide", "feedback give", "note", "erase", "number"):
        town.done(WRITES[name], "--ledger", address)
    assert town.row(f"verify --ledger '{address}'")["verdict"] == "whole"
    town.done(f"checkpoint --ledger '{address}'")
    assert town.row(f"verify --ledger '{address}'")["verdict"] == "whole"
