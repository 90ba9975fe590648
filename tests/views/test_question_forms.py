"""Every question on the command line, as of a day and as known at a position, in every form, with what is behind it."""

from __future__ import annotations

import csv
import io
import json
import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hardtown import HardTown
from test_every_question import CASES, QUESTIONS, table

from cli.main import root
from cli.tables import FORMATS

if TYPE_CHECKING:
    from click.testing import Result

# What a command needs besides its name.
WORDS = {
    "holds": "cia",
    "delegated-by": "eva",
    "can": "bo buy",
    "who-can": "buy",
    "vacant --within": "20d",
    "fit": "vagn",
    "mirror": "eva --me eva",
    "inbox": "cia",
    "agreement": "{Rule}",
    "audience": "{Van}",
    "goals": "--coverage",
    "what-if leaves": "cia --on 2025-01-30",
    "feedback show": "{Wish}",
    "why": "{Van}",
    "lineage": "{Van}",
    "history": "{Van}",
    "log": "--since 64",
    "register --diff": "2025-01-08..2025-01-20",
    "split-check": "--window 30d",
    "late": "--over 1d",
    "conditions": "--unmet",
    "report-pack": "eva --meeting 2025-01-10",
    "chains --to-root": "{Van}",
    "taken-back": "--by unit",
    "due": "--within 31d",
}
# A sample is drawn from what a checkpoint fixed, and so as known at that.
ASKED = [name for name in QUESTIONS if name != "sample decisions"]
ONE = {"can", "feedback show"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> HardTown:
    return HardTown(tmp_path_factory.mktemp("forms"))


def say(town: HardTown, name: str, case: str, *more: str) -> Result:
    words = f"{name} {WORDS.get(name, '')}".format(**town.ids)
    known, as_of = CASES[case]
    hour = as_of.partition("T")[2] or "0"
    when = ["--as-of", f"2025-01-{as_of.partition('T')[0]}T{hour:0>2}:00:00Z", "--known-at", str(town.marks[known])]
    # Nobody asks: what the machine's own settings say must not show.
    nobody = {"XDG_CONFIG_HOME": str(town.path.parent), "TILLIT_ME": None, "TILLIT_READ_FROM": None}
    return CliRunner(env=nobody).invoke(root, [*shlex.split(words), *when, "--ledger", str(town.path), *more])


def rows(town: HardTown, name: str, case: str, *more: str) -> list[dict[str, object]]:
    told = say(town, name, case, "--json", *more)
    if told.exit_code == 3:
        return []
    answer = json.loads(told.stdout)
    return [answer] if isinstance(answer, dict) else answer


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_asked_as_of_a_moment_and_as_known_at_a_position(town: HardTown, name: str) -> None:
    answers = table()[name][1]
    for case in CASES:
        expected = [] if answers[case] == "nothing" or answers[case].startswith("!") else answers[case].split("; ")
        assert len(rows(town, name, case)) == len(expected), case


@pytest.mark.parametrize("name", ASKED)
def test_a_question_has_the_same_rows_in_every_form(town: HardTown, name: str) -> None:
    said = {form: say(town, name, "told", "--format", form) for form in FORMATS}
    assert {each.exit_code for each in said.values()} <= {0, 1}
    found = rows(town, name, "told")
    if name in ONE:
        assert json.loads(said["jsonl"].stdout) == found[0]
        return
    assert [json.loads(line) for line in said["jsonl"].stdout.splitlines()] == found
    assert len(list(csv.reader(io.StringIO(said["csv"].stdout)))) == len(found) + bool(found)
    assert len(said["md"].stdout.splitlines()) == (len(found) + 2 if found else 0)
    assert len(said["table"].stdout.splitlines()) == len(found) + bool(found)


@pytest.mark.parametrize("name", [name for name in ASKED if name != "can"])
def test_each_row_names_the_entries_behind_it(town: HardTown, name: str) -> None:
    for case in ("told", "left"):
        for row in rows(town, name, case, "--explain"):
            behind = row["explain"]
            assert isinstance(behind, list)
            assert all(1 <= each <= town.marks[CASES[case][0]] for each in behind), row
