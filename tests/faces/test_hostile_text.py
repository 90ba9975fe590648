"""Hostile text in every word that every writing command takes: refused, or stored as given and shown escaped."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from typing import TYPE_CHECKING

import click
import pytest
from faceskit import FORMATS, RAW, WRITES, Person, loaded

from cli.values import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REFUSED = {
    "nothing": "",
    "spaces": "   ",
    "other spaces": "\u00a0\u2003\n\t",
    "too long": "a" * 70_000,
    "NUL": "a\x00b",
    "ESC": "a\x1bb",
    "an ANSI colour": "\x1b[31mred\x1b[0m",
    "an ANSI title": "\x1b]0;owned\x07",
    "BEL": "\x07",
    "backspace": "ab\x08",
    "return": "a\rb",
    "vertical tab": "a\x0bb",
    "unit separator": "a\x1fb",
    "DEL": "a\x7fb",
    "half a pair": "a\ud83d",
    "a byte that is no character": "a\udcff",
}
STORED = {
    "a formula": '=HYPERLINK("https://example.org/?"&A1,"click")',
    "a formula with at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "a formula with plus": "+1+1",
    "a full-width formula": "\uff1d1+1",
    "Markdown": "|`x`| **b** [a](https://example.org) ![i](x) <script>&amp;",
    "bidi": "a\u202eb\u2066c\u200fd",
    "C1": "a\x9b31mb\x85c",
    "zero width": "a\u200bb\ufeffc\u2060d",
    "combining": "e\u0301 a\u030a \u1100\u1161 \u212b",
    "many combining": "a" + "\u0301" * 200,
    "tags": "a\U000e0041b",
    "braces": "{0} {name!r} {__class__} %s %(x)s",
    "markup": "[red]anna[/] [link=x]",
}
ALL_STORED = "=1+1 {x} |`b` e\u0301 \u202e\u2066 \x9b31m \x85 \u200b <b> [a](b)"
UNFIT_NAMES = {*REFUSED.values(), *STORED.values()}


def texts(name: str) -> list[click.Parameter]:
    """The parameters of a command whose value is a text, free or of a form of its own."""
    return [
        each
        for each in loaded(name).params
        if (each.type is TEXT or type(each.type) is click.types.StringParamType)
        and each.name not in {"ledger", "help"}
        and not getattr(each, "is_flag", False)
    ]


def free(parameter: click.Parameter) -> bool:
    return parameter.type is TEXT or parameter.name in {"duties", "goals"}


def unfit(parameter: click.Parameter) -> Iterable[str]:
    # A key is any short run of visible ASCII.
    return REFUSED.values() if free(parameter) or parameter.name == "key" else UNFIT_NAMES


def with_value(town: Person, name: str, parameter: click.Parameter, value: str) -> list[str]:
    words = town.words(WRITES[name])
    if isinstance(parameter, click.Argument):
        place = [each for each in loaded(name).params if isinstance(each, click.Argument)].index(parameter)
        words[len(name.split()) + place] = value
    else:
        option = parameter.opts[-1]
        if option in words and not parameter.multiple:
            at = words.index(option)
            del words[at : at + 2]
        words.append(f"{option}={value}")
    return [*words, "--on", "2025-11-01"]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def harmless(text: str, *, words: object) -> None:
    found = RAW.search(text)
    assert not found, (words, found, text)


def test_every_writing_command_takes_some_text() -> None:
    assert all(texts(name) for name in WRITES)
    assert sum(free(each) for name in WRITES for each in texts(name)) > 60


@pytest.mark.parametrize("name", WRITES)
def test_what_is_no_text_is_refused_in_every_word_and_nothing_is_recorded(town: Person, name: str) -> None:
    head = town.head()
    for parameter in texts(name):
        for value in unfit(parameter):
            words = with_value(town, name, parameter, value)
            if value == "" and parameter.name in {"me", "by"}:
                continue  # An empty --me or --by says nothing, as an empty TILLIT_ME does.
            code, error = town.wrong(words)
            assert code in {1, 2, 3}, (words, error)
            assert "\n" not in error["message"], words
            harmless(error["message"] + (error["hint"] or ""), words=words)
            if value in {REFUSED["ESC"], REFUSED["half a pair"], STORED["bidi"]}:
                plain = town.say_words(words)
                assert (plain.exit_code, plain.stdout) == (code, "")
                assert plain.stderr.startswith("Error: ")
                harmless(plain.stderr, words=words)
    assert town.head() == head


FREE = [
    pytest.param(
        name,
        each.name,
    )
    for name in WRITES
    for each in texts(name)
    if free(each)
]
# What some words are only taken together with.
_ESCAPED = ALL_STORED.replace("{", "{{").replace("}", "}}")
WITH = {
    "decide options": ("--chose", _ESCAPED),
    "propose recommends": ("--option", _ESCAPED),
    "amend recommends": ("--option", _ESCAPED),
    "decide part": ("--supersedes", "{lease}"),
}


@pytest.mark.parametrize(("name", "field"), FREE)
def test_what_only_looks_dangerous_is_stored_as_given_and_shown_escaped(town: Person, name: str, field: str) -> None:
    parameter = next(each for each in texts(name) if each.name == field)
    head = town.head()
    words = with_value(town, name, parameter, ALL_STORED) + [
        each.format(**town.ids) for each in WITH.get(f"{name} {field}", ())
    ]
    result = town.say_words(words)
    assert result.exit_code == 0, (words, result.output)
    harmless(result.stdout + result.stderr, words=words)
    # Some texts are only for whoever wrote them and whom they are for.
    entries = town.rows(f"log --since {head} --me {words[words.index('--me') + 1]}")
    kept = set(strings([[row["data"], row["reason"], row["basis"], row["after"]] for row in entries]))
    assert unicodedata.normalize("NFC", ALL_STORED) in kept
    for form in FORMATS:
        shown = town.say(f"log --since {head} --format {form} --fields id,reason,basis,before,after,data")
        assert shown.exit_code == 0
        harmless(shown.stdout + shown.stderr, words=(words, form))
    again = town.say_words([*words, "--dry-run", "--json"])
    harmless(again.stdout + again.stderr, words=words)


@pytest.mark.parametrize("value", STORED.values(), ids=STORED)
def test_a_hostile_title_is_harmless_in_every_question_and_every_form(town: Person, value: str) -> None:
    town.done("clarify norr --me eva --on 2025-11-01 --title", value)
    town.done("member rename bo --me eva --on 2025-11-01 --", value)
    told = town.say_words(
        ["decide", value, "--in", "vagn", "--type", "purchase/vehicle", "--me", "bo", "--because", value,
         "--supersedes", town.ids["lease"], "--on", "2025-11-01", "--json"]
    )  # fmt: skip
    id_ = json.loads(told.stdout)["decision"]
    kept = unicodedata.normalize("NFC", value)
    assert town.rows("who-owns norr")[0]["title"] == kept
    assert [row["title"] for row in town.rows("decisions")][-1] == kept
    for line in (
        "who-owns", "who-owns --tree", "decisions", f"lineage {id_}", f"why {id_}", f"history {id_}", "register",
        "register --diff 2025-10-01..2025-11-30", "log --since 30", "log --fields data",
        "history member:bo --fields data",
    ):  # fmt: skip
        for form in FORMATS:
            shown = town.say(line, "--format", form)
            assert shown.exit_code == 0, (line, shown.output)
            harmless(shown.stdout + shown.stderr, words=(line, form))


@pytest.mark.parametrize("value", ['=HYPERLINK("x")', "+1+1", "-1+1", "@SUM(A1)", "\uff1d1", "\t=1", "=1\n=2"])
def test_no_cell_of_a_csv_begins_a_formula(town: Person, value: str) -> None:
    title = value.strip().replace("\n", "")
    words = ["--reason", value, "--me", "anna", "--on", "2025-11-01", f"--title={title}"]
    town.done("clarify vagn", *words)
    for line in ("log --since 32", "history vagn", "register", "who-owns", "register --diff 2025-10-01..2025-11-30"):
        for row in csv.reader(io.StringIO(town.done(line, "--format", "csv"))):
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")), (line, row)
    assert town.last()[0]["reason"] == value


def test_a_table_for_markdown_keeps_its_columns(town: Person) -> None:
    town.done("clarify norr --me eva --on 2025-11-01 --title", STORED["Markdown"])
    lines = town.done("who-owns --format md").splitlines()
    columns = {len(line.replace("\\|", "").split("|")) for line in lines}
    assert len(columns) == 1
    assert "<script>" not in "".join(lines)


def test_a_text_with_lines_may_be_one_but_a_title_may_not(town: Person) -> None:
    town.done("clarify norr --me eva --on 2025-11-01 --purpose", "one\n\ttwo")
    assert "one\n\ttwo" in set(strings(town.last()[0]["after"]))
    for form in FORMATS:
        harmless(town.done(f"history norr --fields after,data --format {form}"), words=form)
    assert town.wrong(["clarify", "norr", "--me", "eva", "--title", "one\ntwo"])[0] == 2


def test_the_longest_text_that_fits_fits(town: Person) -> None:
    town.done("clarify norr --me eva --on 2025-11-01 --purpose", "å" * 20_000)
    assert town.wrong(["clarify", "norr", "--me", "eva", "--purpose", "å" * 20_001])[0] == 2
    town.done("clarify norr --me eva --on 2025-11-02 --title", "å" * 300)
    assert town.wrong(["clarify", "norr", "--me", "eva", "--title", "å" * 301])[0] == 2


def test_what_comes_from_standard_input_is_held_to_the_same(town: Person) -> None:
    head = town.head()
    words = town.words("clarify norr --me eva --on 2025-11-01 --purpose -")
    for data in (
        b"",
        b"  \n",
        b"a\x00b",
        b"\x1b[31m",
        b"\xff\xfe",
        "å".encode("latin-1"),
        b"\xed\xa0\x80",
        b"a" * 2_000_000,
    ):
        result = town.say_words(words, stdin=data)
        assert (result.exit_code, result.stdout) == (2, ""), data[:20]
        harmless(result.stderr, words=data[:20])
    assert town.head() == head
    assert town.say_words(words, stdin="e\u0301\u202e".encode()).exit_code == 0
    assert set(strings(town.last()[0]["after"])) == {"\u00e9\u202e"}


@pytest.mark.parametrize("value", [*REFUSED.values(), *STORED.values()], ids=[*REFUSED, *STORED])
def test_no_question_obeys_what_it_is_asked_with(town: Person, value: str) -> None:
    questions: list[list[str]] = [
        ["who-owns", "--", value], ["holds", "--", value], ["delegated-by", "--", value], ["why", "--", value],
        ["lineage", "--", value], ["history", "--", value], ["what-if", "leaves", "--", value],
        ["can", "--", value, "hire"], ["can", "bo", f"--in={value or 'x y'}", "hire"], ["decisions", f"--in={value}"],
        ["decisions", f"--by={value}"], ["who-owns", f"--fields={value}"], ["who-owns", f"--as-of={value}"],
        ["vacant", f"--within={value}"], ["who-owns", f"--format={value}"], ["schema", "--", value], ["--", value],
        ["register", f"--diff={value}..{value}"], ["config", "me", "--", value], ["log", f"--since={value}"],
    ]  # fmt: skip
    for words in questions:
        result = town.say_words(words)
        assert result.exit_code in {1, 2, 3}, (words, result.output)
        assert result.stdout == "", words
        harmless(result.stderr, words=words)
        assert "Traceback" not in result.stderr


def test_a_hostile_line_of_a_journal_is_told_harmlessly(town: Person) -> None:
    head = town.head()
    journal = town.folder / "evil.jsonl"
    for value in (*REFUSED.values(), "\x1b[31m", "\u202eevil"):
        line = json.dumps({"do": "clarify", "by": "eva", "code": value, "title": value}) + "\n"
        journal.write_text(line + f'{{"do": {json.dumps(value)}}}\n' + f"{{{json.dumps(value)}: 1}}\n")
        result = town.say("import journal evil.jsonl")
        assert result.exit_code == 2
        harmless(result.stdout + result.stderr, words=value)
        harmless(town.say("import journal evil.jsonl --json").stdout, words=value)
    journal.write_bytes(b'{"do": "\x1b[31m", "x": "\xe2\x80\xae"}\n\x1b]0;owned\x07\n')
    result = town.say("import journal evil.jsonl")
    harmless(result.stdout + result.stderr, words="raw")
    assert town.head() == head
