"""At a terminal: drawn tables, colours that can be turned off, a bar for a long job, and never a prompt in the way."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pexpect  # type: ignore[import-untyped]
import pytest
from faceskit import Person, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def seen(person: Person, words: Sequence[str], *, code: int = 0, columns: int = 100, **more: str) -> str:
    """All that the terminal shows of a command."""
    env = environment(**{"TERM": "xterm", "LC_ALL": "C.UTF-8", **more})
    child = pexpect.spawn(
        sys.executable,
        ["-m", "cli.main", *words],
        cwd=str(person.folder),
        env=env,
        encoding="utf-8",
        dimensions=(40, columns),
        timeout=30,
    )
    child.expect(pexpect.EOF)
    told = str(child.before).replace("\r\n", "\n")
    child.close()
    assert child.exitstatus == code, told
    return told


def test_a_person_sees_a_drawn_table_and_a_program_gets_tabs(town: Person) -> None:
    told = seen(town, ["who-owns", "--fields", "code,title,holder,until", "--as-of", "2025-12-01"])
    assert "─" in told
    assert "\t" not in told
    assert "Drift norr" in told
    assert "2026-02-01" in told
    assert "2026-02-01T00" not in told
    assert "rows, as of" in told
    assert "\x1b[1m" in told
    assert town.done("who-owns --fields code").startswith("code\n")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_are_there_unless_they_are_not_wanted(
    town: Person, variables: dict[str, str], *, coloured: bool
) -> None:
    told = seen(town, ["who-owns", "--fields", "code,holder"], **variables)
    assert bool(ANSI.search(told)) is coloured
    assert "─" in told


@pytest.mark.parametrize("columns", [200, 80, 60, 40, 20])
def test_a_narrow_terminal_breaks_no_word_and_loses_nothing(town: Person, columns: int) -> None:
    told = seen(town, ["who-owns", "vagn", "--as-of", "2025-12-01"], columns=columns, NO_COLOR="1")
    answer = told.split("\n\n")[0] if columns < 80 else told.rpartition("\n1 row")[0]
    assert all(len(line) <= columns for line in answer.split("\n"))
    for value in ("vagn", "Vehicles", "bo", "person", "cia", "norr", "2025-01-11"):
        assert re.search(rf"\b{value}\b", answer), told
    assert ("─" in answer) is (columns >= 80)
    assert ("R-ahj8dfr10a" in answer) is (columns != 80)


def test_columns_that_say_nothing_give_way_before_words_do(town: Person) -> None:
    words = ["who-owns", "norr", "--as-of", "2025-12-01"]
    assert "stand in" in seen(town, words, columns=200, NO_COLOR="1")
    told = seen(town, words, columns=80, NO_COLOR="1")
    assert "─" in told
    assert "stand in" not in told
    assert "R-" not in told
    assert "(nobody)" in seen(town, ["who-owns", "tom", "--as-of", "2025-12-01"], NO_COLOR="1")


def test_hostile_text_is_drawn_escaped(town: Person) -> None:
    town.done("clarify norr --me eva --on 2025-11-01 --title", "[red]x[/] \u202eevil \x9b31m {y}")
    told = seen(town, ["who-owns", "norr", "--fields", "code,title"], NO_COLOR="1")
    assert "[red]x[/] \\u202eevil \\x9b31m {y}" in told
    assert not ANSI.search(told)


def test_the_tree_is_drawn_with_its_depth(town: Person) -> None:
    drawn = ANSI.sub("", seen(town, ["who-owns", "--tree", "--fields", "code,holder"]))
    depths = [len(re.findall(rf"^ *(?={code} )", drawn, re.MULTILINE)[0]) for code in ("root", "norr", "vagn")]
    assert [depth - depths[0] for depth in depths] == [0, 2, 4]


def test_the_answer_of_a_question_with_one_answer_is_words(town: Person) -> None:
    told = seen(town, ["can", "bo", "purchase/vehicle", "--amount", "80000"], code=1)
    assert told.startswith("NO   limit passed")
    assert "roads out" in told
    told = seen(town, ["can", "bo", "purchase/vehicle", "--fields", "verdict,in"])
    assert re.search(r"verdict +yes", told)


def test_nothing_is_ever_asked_of_whoever_sits_there(town: Person) -> None:
    for words, code in (
        (["member", "add", "fia"], 2),
        (["offer", "tom", "--me", "anna"], 2),
        (["revoke", "flytt", "--me", "anna"], 2),
        (["decide", "Now", "--me", "anna"], 2),
        (["init", "Town"], 2),
        (["hand-back", "flytt", "--me", "dag", "--no-input"], 2),
    ):
        told = seen(town, words, code=code)
        assert "Error: " in told or "Usage: " in told


def test_a_long_import_shows_a_bar_and_ends_with_its_sentence(town: Person) -> None:
    lines = [json.dumps({"do": "member add", "by": "eva", "on": "2025-11-01", "handle": f"m{n}"}) for n in range(500)]
    (town.folder / "j.jsonl").write_text("".join(f"{each}\n" for each in lines))
    told = seen(town, ["import", "journal", "j.jsonl"])
    assert "importing" in told
    assert told.count("\r") > 1
    assert "500 commands recorded as 500 events, 0 had been before, 0 refused." in told
    told = seen(town, ["import", "journal", "j.jsonl", "--json"])
    assert json.loads(told)["again"] == 500
    assert "verifying" in seen(town, ["verify"])
    assert "rebuilding" in seen(town, ["rebuild"])


def test_what_was_recorded_is_said_with_its_day(town: Person) -> None:
    told = seen(town, ["offer", "tom", "--to", "cia", "--me", "anna", "--on", "2025-11-01"])
    assert "tom is offered to cia, level 6." in told
    assert "on Saturday 2025-11-01" in told
    assert "next: tillit accept tom --me cia" in told


def test_ctrl_c_at_the_terminal_is_said_and_ends_with_one(town: Person) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "cli.main", "import", "journal", "-"],
        cwd=str(town.folder),
        env=environment(TERM="xterm"),
        encoding="utf-8",
        timeout=30,
    )
    child.expect("importing")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
    assert "Traceback" not in str(child.before)


def test_a_page_that_is_too_long_goes_through_the_pager_unless_nothing_may_be_asked(town: Person) -> None:
    told = seen(town, ["log", "--format", "table"], PAGER="sed s/eva/PAGED/")
    assert "PAGED" in told
    assert "PAGED" not in seen(town, ["log", "--no-input"], PAGER="sed s/eva/PAGED/")
