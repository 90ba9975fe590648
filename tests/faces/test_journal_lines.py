"""What is wrong with a line of a journal, or with the whole file, is told by its number."""

from __future__ import annotations

import json
import os

import pytest
from faceskit import Person
from journalkit import ON, imported, line, members, refusals, written

BROKEN = {
    "no JSON": "do member add",
    "cut": line(handle="x")[:-1],
    "two objects": line(handle="x") + line(handle="y"),
    "a list": "[1]",
    "a text": '"x"',
    "a number": "7",
    "null": "null",
    "twice": '{"do": "member add", "by": "eva", "handle": "x", "handle": "y"}',
    "do twice": '{"do": "member add", "do": "member leave", "by": "eva", "handle": "x"}',
    "a float": '{"do": "capacity", "by": "bo", "amount": 20.5}',
    "an exponent": '{"do": "capacity", "by": "bo", "amount": 2e1}',
    "NaN": '{"do": "capacity", "by": "bo", "amount": NaN}',
    "Infinity": '{"do": "capacity", "by": "bo", "amount": -Infinity}',
    "a great number": '{"do": "annul", "by": "eva", "stream": "ledger", "version": ' + "9" * 5000 + "}",
    "deep": '{"do": ' + "[" * 100_000,
    "deep and whole": '{"do": ' + "[" * 60_000 + "]" * 60_000 + "}",
    "deep objects": '{"do": ' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "}",
    "single quotes": "{'do': 'member add'}",
    "a comment": '{"do": "member add"} // x',
    "a comma": '{"do": "member add",}',
    "a raw tab in a text": '{"do": "member add", "by": "eva", "handle": "x", "name": "a\tb"}',
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_line_is_told_by_its_number(town: Person, broken: str) -> None:
    assert refusals(town, [*members(2), broken, *members(1)]) in (
        [(3, "journal.broken_line"), (4, "member.exists")],
        [(3, "journal.broken_line"), (4, refusals(town, [*members(1), *members(1)])[0][1])],
    )


WRONG = {
    "an unknown command": ({"do": "ofer"}, "command.unknown", "ofer"),
    "no command": ({"do": None}, "command.unknown", "None"),
    "a list for a command": ({"do": ["member add"]}, "command.unknown", "member add"),
    "a group of commands": ({"do": "member"}, "command.unknown", "member"),
    "a question": ({"do": "who-owns"}, "command.unknown", "who-owns"),
    "an unknown field": ({"handel": "x"}, "command.malformed", "no field handel, but handle"),
    "a field of the record": ({"recorded_at": ON}, "command.malformed", "no field recorded_at"),
    "who typed": ({"recorded_by": "eva"}, "command.malformed", "no field recorded_by"),
    "nobody": ({"by": None}, "command.malformed", "by"),
    "a number for a handle": ({"handle": 7}, "command.malformed", "handle"),
    "a text for a flag": ({"group": "yes"}, "command.malformed", "group"),
    "a number for a flag": ({"group": 1}, "command.malformed", "group"),
    "a list for a text": ({"name": ["x"]}, "command.malformed", "name"),
    "a half pair": ({"name": "a\ud83d"}, "command.malformed", "name"),
    "NUL": ({"name": "a\0b"}, "command.malformed", "name"),
    "no offset": ({"on": "2025-11-01T09:00:00"}, "command.malformed", "on"),
    "no day": ({"on": "2025-02-30"}, "command.malformed", "on"),
    "no hour": ({"on": "2025-11-01T25:00:00Z"}, "command.malformed", "on"),
    "slashes": ({"on": "01/11/2025"}, "command.malformed", "on"),
    "a number for a day": ({"on": 1761987600}, "command.malformed", "on"),
    "words for a day": ({"on": "today"}, "command.malformed", "on"),
    "a day ahead": ({"on": "2025-12-24"}, "time.", ""),
    "before the founding": ({"on": "2024-01-01"}, "", ""),
    "a stranger": ({"by": "nobody"}, ".unknown", "nobody"),
}


@pytest.mark.parametrize(("change", "code", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_field_is_told_by_its_name(town: Person, change: dict[str, object], code: str, says: str) -> None:
    fields = {"do": "member add", "by": "eva", "on": ON, "handle": "fia", **change}
    fields = {name: value for name, value in fields.items() if value is not None}
    written(town, [*members(1), json.dumps(fields)])
    (refusal,) = imported(town, code=2 if code.startswith("command.") else 1)["refused"]
    assert refusal["line"] == 2
    assert code in refusal["code"], refusal
    assert says in refusal["message"], refusal
    assert "\n" not in refusal["message"]


@pytest.mark.parametrize("on", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_beyond_the_calendar_is_a_line_like_others(town: Person, on: str) -> None:
    assert [number for number, _code in refusals(town, [line(handle="fia", on=on)])] == [1]


def test_an_unknown_command_or_field_is_answered_with_the_nearest(town: Person) -> None:
    written(town, [line("ofer", code="tom", to="cia")])
    assert "did you mean offer?" in town.say("import journal j.jsonl").stderr
    written(town, [line(handel="fia")])
    assert "handle" in town.say("import journal j.jsonl").stderr


FORMS = {
    "a mark of its encoding": b"\xef\xbb\xbf" + "\n".join(members(3)).encode() + b"\n",
    "lines of Windows": "\r\n".join(members(3)).encode() + b"\r\n",
    "empty lines": ("\n\n" + "\n\n  \n\t\n".join(members(3)) + "\n\n").encode(),
    "no last newline": "\n".join(members(3)).encode(),
    "spaces round it": "\n".join(f"  {each}\t " for each in members(3)).encode(),
    "escaped letters": "\n".join(each.replace("m", "\\u006d") for each in members(3)).encode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_how_the_file_is_written_does_not_matter(town: Person, form: bytes) -> None:
    written(town, form)
    assert imported(town) == {"recorded": 3, "again": 0, "events": 3, "refused": []}
    assert imported(town)["again"] == 3


UNREADABLE = {
    "binary": bytes(range(256)) * 40,
    "UTF-16": "\n".join(members(3)).encode("utf-16"),
    "UTF-16 without a mark": "\n".join(members(3)).encode("utf-16-be"),
    "Latin-1": (line(handle="fia", name="Åsa") + "\n").encode("latin-1"),
    "a mark in the middle": ("\n\ufeff".join(members(2))).encode(),
    "a long line": (line(handle="fia", name="a" * 300_000) + "\n").encode(),
    "a long line of spaces inside": ('{"do":' + " " * 300_000 + '"member add"}').encode(),
    "gzip": b"\x1f\x8b\x08\x00" + os.urandom(200),
    "a ledger": b"SQLite format 3\x00" + bytes(500),
    "NUL only": bytes(1000),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_journal_is_refused_line_by_line(town: Person, data: bytes) -> None:
    assert refusals(town, data)


def test_a_line_over_the_limit_is_told_with_the_limit(town: Person) -> None:
    assert refusals(town, [*members(1), line(handle="fia", name="a" * 300_000)]) == [(2, "journal.line_too_long")]


def test_an_empty_file_is_nothing_to_do(town: Person) -> None:
    for data in (b"", b"\n\n", b"\xef\xbb\xbf", b"   "):
        written(town, data)
        assert imported(town) == {"recorded": 0, "again": 0, "events": 0, "refused": []}
