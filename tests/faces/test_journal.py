"""A journal of commands: all or nothing, once whatever happens, and every refusal by its line."""

from __future__ import annotations

import json

from faceskit import Person, process
from journalkit import imported, line, members, refusals, written


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
