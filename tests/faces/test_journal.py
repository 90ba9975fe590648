"""A journal of commands: all or nothing, once whatever happens, and every refusal by its line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from faceskit import Person, environment, process

if TYPE_CHECKING:
    from collections.abc import Iterable

ON = "2025-11-01T09:00:00Z"


def line(do: str = "member add", **fields: object) -> str:
    return json.dumps({"do": do, "by": "eva", "on": ON, **fields}, ensure_ascii=False)


def members(count: int, **more: object) -> list[str]:
    return [line(handle=f"m{number}", **more) for number in range(count)]


def written(person: Person, lines: Iterable[str] | bytes, name: str = "j.jsonl") -> Path:
    path = person.folder / name
    path.write_bytes(lines if isinstance(lines, bytes) else "".join(f"{each}\n" for each in lines).encode())
    return path


def imported(person: Person, *more: str, code: int = 0) -> dict[str, Any]:
    result = person.say("import journal j.jsonl --json", *more)
    assert result.exit_code == code, result.output
    assert result.stderr == ""
    told = json.loads(result.stdout)
    assert set(told) == {"recorded", "again", "events", "refused"}
    return dict(told)


def refusals(person: Person, lines: Iterable[str] | bytes) -> list[tuple[int, str]]:
    """(line, code) of what is refused of a journal of which then nothing may be recorded."""
    head = person.head()
    written(person, lines)
    result = person.say("import journal j.jsonl --json")
    assert result.exit_code in {1, 2}, result.output
    told = json.loads(result.stdout)
    assert (told["recorded"], told["events"]) == (0, 0)
    assert person.head() == head
    plain = person.say("import journal j.jsonl")
    assert plain.exit_code == result.exit_code
    assert "Nothing was recorded" in plain.stderr
    assert all(f"line {each['line']}: {each['message']}" in plain.stderr for each in told["refused"][:20])
    return [(each["line"], each["code"]) for each in told["refused"]]


def test_all_is_recorded_or_nothing_with_every_refusal_by_its_line(town: Person) -> None:
    lines = members(10)
    lines[3] = line(handle="Not A Handle")
    lines[6] = line("accept", code="tom")
    lines[8] = "{"
    assert [number for number, _code in refusals(town, lines)] == [4, 7, 9]
    assert town.say("import journal j.jsonl").exit_code == 2
    lines[3], lines[8] = line(handle="x"), line(handle="y")
    assert [number for number, _code in refusals(town, lines)] == [7]
    assert town.say("import journal j.jsonl").exit_code == 1
    lines[6] = line(handle="z")
    written(town, lines)
    assert imported(town) == {"recorded": 10, "again": 0, "events": 10, "refused": []}


def test_a_line_may_rest_on_the_lines_before_it_and_not_on_those_after(town: Person) -> None:
    lines = [
        line(handle="fia"),
        line("define", code="ny", title="Ny", parent="norr", by="anna"),
        line("offer", code="ny", to="fia", by="anna"),
        line("accept", code="ny", by="fia"),
        line("decide", title="Now", **{"in": "ny", "type": "hire"}, by="fia"),
    ]
    assert [number for number, _code in refusals(town, lines[::-1])] == [1, 2, 3]
    written(town, lines)
    assert imported(town)["recorded"] == 5
    assert town.rows("who-owns ny")[0]["holder"] == "fia"


def test_the_same_file_twice_is_recorded_once(town: Person) -> None:
    written(town, [*members(3), line(handle="k", key="my-key"), *members(1)])
    told = imported(town, code=1)
    assert [each["line"] for each in told["refused"]] == [5]  # m0 again, on another line: another command.
    written(town, [*members(3), line(handle="k", key="my-key")])
    assert imported(town)["recorded"] == 4
    head = town.head()
    assert imported(town) == {"recorded": 0, "again": 4, "events": 0, "refused": []}
    assert town.head() == head
    written(town, [*members(3), line(handle="k", key="my-key"), line(handle="last")])
    assert imported(town) == {"recorded": 1, "again": 4, "events": 1, "refused": []}


def test_a_key_stands_for_one_command_and_no_other(town: Person) -> None:
    written(town, [line(handle="k", key="k1")])
    imported(town)
    assert refusals(town, [line(handle="other", key="k1")]) == [(1, "command.key_reused")]
    assert refusals(town, [line(handle="a", key="k2"), line(handle="b", key="k2")]) == [(2, "command.key_reused")]
    written(town, [line(handle="a", key="k3"), line(handle="a", key="k3")])
    assert imported(town) == {"recorded": 1, "again": 1, "events": 1, "refused": []}
    for key in ("", "a b", "å", "a" * 201, None, 7):
        told = [code for _line, code in refusals(town, [line(handle="z", key=key)])] if key is not None else None
        assert told in (None, ["command.malformed"])


def test_in_batches_a_refused_line_stops_only_itself(town: Person) -> None:
    lines = members(10)
    lines[3], lines[6] = line(handle="Not A Handle"), line("accept", code="tom")
    written(town, lines)
    told = imported(town, "--batch", "2", code=2)
    assert (told["recorded"], [each["line"] for each in told["refused"]]) == (8, [4, 7])
    told = imported(town, "--batch", "3", code=2)
    assert (told["recorded"], told["again"]) == (0, 8)
    plain = town.say("import journal j.jsonl --batch 5")
    assert "Nothing was recorded" not in plain.stderr


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


def test_a_journal_comes_from_standard_input_too(town: Person) -> None:
    data = "\n".join(members(3)).encode()
    result = town.say("import journal - --json", stdin=data)
    assert json.loads(result.stdout)["recorded"] == 3
    piped = process("import", "journal", "-", cwd=town.folder, stdin=data)
    assert (piped.returncode, piped.stdout) == (0, b"0 commands recorded as 0 events, 3 had been before, 0 refused.\n")


def test_a_file_that_is_not_there_or_no_file_is_refused(town: Person) -> None:
    for name in ("nowhere.jsonl", ".", "/"):
        assert town.wrong(["import", "journal", name])[0] in {1, 2}, name
    (town.folder / "j.jsonl").write_text("")
    for batch in ("0", "-1", "x"):
        assert town.wrong(["import", "journal", "j.jsonl", f"--batch={batch}"])[0] == 2


def test_who_typed_it_is_whoever_imports_or_whoever_decided(town: Person) -> None:
    written(town, [line("offer", by="anna", code="tom", to="cia", reason="asked", basis="minutes 4")])
    imported(town)
    (row,) = town.last()
    assert (row["actor"], row["recorded_by"], row["reason"], row["basis"]) == ("anna", "anna", "asked", "minutes 4")
    assert row["occurred"] == "2025-11-01T09:00:00.000000Z"
    written(town, [line("withdraw-offer", by="anna", code="tom")])
    imported(town, "--me", "dag")
    assert [(row["actor"], row["recorded_by"]) for row in town.last()] == [("anna", "dag")]


def test_twenty_refusals_are_shown_and_the_rest_counted(town: Person) -> None:
    written(town, ["{"] * 50)
    result = town.say("import journal j.jsonl")
    assert sum(each.startswith("line ") for each in result.stderr.splitlines()) == 20
    assert "30 more" in result.stderr
    assert len(imported(town, code=2)["refused"]) == 50


def big(lines: int) -> Iterable[str]:
    """A journal that goes through every kind of rule: people, tree, offers, answers, decisions, endings."""
    count = 0
    yield line(handle="boss")
    yield line("define", code="all", title="All")
    yield line("offer", code="all", to="boss")
    yield line("accept", code="all", by="boss")
    number = 4
    while number < lines:
        each = f"u{count}"
        for text in (
            line(handle=each),
            line("define", by="boss", code=each, title=f"Unit {count}", parent="all", decides=["hire"]),
            line("offer", by="boss", code=each, to=each, amount="1000", conditions=["report:eva"]),
            line("accept", by=each, code=each),
            line("decide", by=each, title=f"Hire {count}", amount="10", **{"in": each, "type": "hire"}),
            line("change-mandate", by="boss", code=each, amount="900", reason="less"),
            line("competence", by=each, competence="law", level="able"),
            line("hand-back", by=each, code=each, lacking="capacity", reason="tired"),
            line("retire", by="boss", code=each, reason="done"),
            line("member leave", handle=each),
        ):
            if number < lines:
                yield text
                number += 1
        count += 1


def test_twenty_thousand_lines_go_through_every_rule(town: Person) -> None:
    written(town, big(20_000))
    told = imported(town, "--batch", "2000")
    assert (told["recorded"], told["refused"]) == (20_000, [])
    assert told["events"] > 20_000
    assert town.row("stats")["events"] == town.head()
    # What the town had, what all lie under, and the one unit that the journal ends in the middle of.
    assert len(town.rows("who-owns --fields code")) == 6 + 1 + 1


def test_an_import_that_is_killed_goes_on_where_it_stopped(town: Person) -> None:
    lines = members(1500)
    written(town, lines)
    before = town.head()
    kills = 0
    for _attempt in range(2):
        running = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "import", "journal", "j.jsonl", "--batch", "50"],
            cwd=town.folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        start = town.head()
        while running.poll() is None and town.head() < min(start + 200, before + 1400):
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        kills += running.wait() == -signal.SIGKILL
        recorded = town.head() - before
        assert recorded % 50 == 0, "a batch is recorded whole or not at all"
    assert kills
    result = process("import", "journal", "j.jsonl", "--batch", "50", "--json", cwd=town.folder)
    told = json.loads(result.stdout)
    assert told["recorded"] + told["again"] == 1500
    assert told["again"] >= 50
    assert town.head() == before + 1500
    assert town.row("stats")["members"] == 6 + 1500
    assert town.row("verify")["verdict"] == "whole"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a process has opened is seen in /proc only")
def test_a_whole_import_that_is_interrupted_leaves_nothing(town: Person) -> None:
    written(town, members(20_000))
    before = town.head()
    running = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "import", "journal", "/dev/stdin", "--debug"],
        cwd=town.folder, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdin is not None
    # It waits for the rest of its journal when the interruption comes.
    running.stdin.write("".join(f"{each}\n" for each in members(500)).encode())
    running.stdin.flush()
    while not has_opened_the_ledger(running.pid) and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    told, words = running.communicate()
    assert (running.returncode, told) == (1, b""), words
    assert b"KeyboardInterrupt" in words or words.strip() == b"", words
    assert town.head() == before
    assert town.row("verify")["verdict"] == "whole"


def has_opened_the_ledger(pid: int) -> bool:
    try:
        opened = [each.readlink() for each in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(each.name == "ledger.db" for each in opened)
