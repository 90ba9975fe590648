"""Answers in rows, in every form, to a program and to a person."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click
import pexpect  # type: ignore[import-untyped]
import pytest

from cli import days, tables
from cli.options import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from cli.call import Asking

    Say = Callable[..., Result]
    Demonstrate = Callable[[click.Command], None]

EVIL = "\x1b[31m|=a\u202e\n<b>"
ROWS: list[dict[str, object]] = [
    {"code": "norr", "holder": "anna", "types": ["hire", "purchase/*"], "more": 1},
    {"code": "=1+1", "holder": EVIL, "types": [], "explain": ["R-1@3"]},
    {"code": "-5", "holder": None, "types": {"a": 1}},
]
DEMO = """
import click
from cli import tables
from cli.main import root
from cli.options import reads
@click.command("rows")
@click.argument("count", type=int)
@reads("code", "holder")
def rows(asking, count):
    found = ({"code": n, "holder": "[red]anna[/] \\x1b[31m"} for n in range(count))
    tables.answer(found, asking, nothing="None.", known=7)
root.commands["rows"] = rows
"""


@pytest.fixture(autouse=True)
def rows(demonstrate: Demonstrate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "now", lambda: datetime(2025, 3, 14, 9, 30, tzinfo=UTC))

    @click.command("rows")
    @click.option("--none", is_flag=True)
    @reads("code", "holder", "types")
    def rows(asking: Asking, *, none: bool) -> None:
        tables.answer([] if none else ROWS, asking, nothing="Nothing found.", known=1204)

    @click.command("row")
    @reads("code", "holder", "types")
    def row(asking: Asking) -> None:
        tables.answer_one(ROWS[0], asking)

    demonstrate(rows)
    demonstrate(row)


def test_a_program_gets_tabs_with_a_heading_and_no_drawing(say: Say) -> None:
    result = say("rows")
    assert result.stdout == (
        'code\tholder\ttypes\nnorr\tanna\thire,purchase/*\n=1+1\t\\x1b[31m|=a\\u202e\\n<b>\t\n-5\t\t{"a": 1}\n'
    )
    assert result.stderr == "3 rows, as of Friday 2025-03-14, known at 1204\n"
    assert "known at 1204" in say("rows", "--as-of", "2025-01-01").stderr
    assert "as of Wednesday 2025-01-01," in say("rows", "--as-of", "2025-01-01").stderr


def test_json_is_an_array_of_the_fields_in_order(say: Say) -> None:
    result = say("rows", "--json")
    told = json.loads(result.stdout)
    assert [list(row) for row in told] == [["code", "holder", "types"]] * 3
    assert told[1]["holder"] == EVIL
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert result.stdout.count("\n") == 3
    assert json.loads(say("rows", "--format", "json", "--fields", "holder").stdout)[0] == {"holder": "anna"}


def test_jsonl_is_one_object_a_line(say: Say) -> None:
    lines = say("rows", "--format", "jsonl", "--explain", "--fields", "explain,code").stdout.splitlines()
    assert [json.loads(line) for line in lines][1] == {"explain": ["R-1@3"], "code": "=1+1"}


def test_csv_defuses_formulas_and_reads_back(say: Say) -> None:
    told = list(csv.reader(io.StringIO(say("rows", "--format", "csv").stdout)))
    assert told[0] == ["code", "holder", "types"]
    assert told[2][:2] == ["'=1+1", "\\x1b[31m|=a\\u202e\n<b>"]
    assert told[3][0] == "'-5"


def test_markdown_is_a_table_of_one_line_rows(say: Say) -> None:
    lines = say("rows", "--format", "md").stdout.splitlines()
    assert lines[:3] == ["| code | holder | types |", "| --- | --- | --- |", "| norr | anna | hire, purchase/\\* |"]
    assert lines[3] == "| =1+1 | \\\\x1b\\[31m\\|=a\\\\u202e\\\\n&lt;b&gt; |  |"


@pytest.mark.parametrize(
    ("form", "expected"), [("table", ""), ("json", "[]\n"), ("jsonl", ""), ("csv", ""), ("md", "")]
)
def test_nothing_found_is_one_sentence_and_no_error(say: Say, form: str, expected: str) -> None:
    result = say("rows", "--none", "--format", form)
    assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "Nothing found.\n")


def test_one_answer_is_one_object(say: Say) -> None:
    assert json.loads(say("row", "--json").stdout) == {
        "code": "norr",
        "holder": "anna",
        "types": ["hire", "purchase/*"],
    }
    assert say("row").stdout == "code\tholder\ttypes\nnorr\tanna\thire,purchase/*\n"


def test_json_is_written_row_by_row(demonstrate: Demonstrate, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def numbers() -> Iterator[dict[str, object]]:
        for n in range(3):
            order.append(f"asked {n}")
            yield {"n": n}

    @click.command("numbers")
    @reads("n")
    def command(asking: Asking) -> None:
        tables.answer(numbers(), asking, nothing="")

    monkeypatch.setattr("cli.show.data", order.append)
    demonstrate(command)
    say("numbers", "--json")
    assert order == ["asked 0", "asked 1", '[{"n": 0},', "asked 2", ' {"n": 1},', ' {"n": 2}]']


def test_days_amounts_and_sets_have_one_form_in_json() -> None:
    told = tables.json_text(
        [datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1), Decimal("1.50"), frozenset({"b", "a"})]
    )
    assert json.loads(told) == ["2025-01-01T00:00:00.000000Z", "2025-01-01", "1.50", ["a", "b"]]
    with pytest.raises(TypeError):
        tables.json_text(object())


def person(*words: str, **environment: str) -> str:
    program = f"{DEMO}\nfrom cli.main import main\nmain()"
    told, code = pexpect.run(
        f"{sys.executable} -c '{program.replace(chr(39), chr(34))}' {' '.join(words)}",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm", **environment},
        withexitstatus=True,
        encoding="utf-8",
    )
    assert code == 0, told
    return str(told)


def test_a_person_sees_a_drawn_table_with_hostile_text_written_out() -> None:
    shown = person("rows", "2")
    assert "─" in shown
    assert "[red]anna[/] \\x1b[31m" in shown
    assert "2 rows, as of" in shown


def test_no_color_and_force_color_are_obeyed() -> None:
    assert "\x1b[1m" in person("rows", "2")
    assert "\x1b[" not in person("rows", "2", NO_COLOR="1")
    program = f"{DEMO}\nfrom cli.main import main\nmain()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "FORCE_COLOR": "1"}
    for words, coloured in ((["rows", "2"], False), (["rows", "2", "--format", "table"], True)):
        told = subprocess.run(
            [sys.executable, "-c", program, *words], env=environment, capture_output=True, check=True
        ).stdout
        assert (b"\x1b[1m" in told) is coloured


def test_a_table_longer_than_the_screen_goes_through_the_pager() -> None:
    assert "PAGED" in person("rows", "100", PAGER="sed s/anna/PAGED/")
    assert "PAGED" not in person("rows", "2", PAGER="sed s/anna/PAGED/")
    assert "PAGED" not in person("rows", "100", "--no-input", PAGER="sed s/anna/PAGED/")


def test_head_ends_a_long_answer_quietly() -> None:
    program = f"{DEMO}\nfrom cli.main import main\nmain()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    writer = subprocess.Popen(
        [sys.executable, "-c", program, "rows", "200000", "--json"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.readline()
    writer.stdout.close()
    assert (writer.stderr.read(), writer.wait()) == (b"", 0)
    writer.stderr.close()
