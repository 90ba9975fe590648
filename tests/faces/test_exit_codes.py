"""Each exit code by a cause of its own, with one sentence for people and one object for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

import pytest
from faceskit import RAW, Person, process

from ledger.errors import Conflict

if TYPE_CHECKING:
    from pathlib import Path

CAUSES = [
    (1, "authority.", "decide Bus --in vagn --type purchase/vehicle --amount 90000 --me bo"),
    (1, "mandate.", "offer tom --to cia --amount 900000 --me anna"),
    (2, "usage.no_such_command", "frobnicate"),
    (2, "usage.no_such_command", "member frobnicate"),
    (2, "usage.no_such_option", "who-owns --tre"),
    (2, "usage.missing", "offer tom --me anna"),
    (2, "usage.malformed", "who-owns norr vagn"),
    (2, "level.unknown", "offer tom --to cia --level 8 --me anna"),
    (2, "fields.unknown", "who-owns --fields holdr"),
    (2, "day.unreal", "who-owns --as-of 2027-02-30"),
    (2, "amount.malformed", "capacity 1e3 --me bo"),
    (2, "who.malformed", "member add 'Not A Handle' --me eva"),
    (2, "who.unknown", "member add fia"),
    (3, "name.unknown", "who-owns nor"),
    (3, "name.ambiguous", "why D-"),
    (3, "position.beyond", "who-owns --known-at 99999"),
    (3, "ledger.none", "who-owns --ledger ./nowhere"),
]


@pytest.mark.parametrize(("exit_code", "code", "line"), CAUSES, ids=str)
def test_each_refusal_has_its_exit_code_and_its_error_object(
    town: Person, exit_code: int, code: str, line: str
) -> None:
    head = town.head()
    got, error = town.error(line)
    assert (got, error["code"].startswith(code)) == (exit_code, True), error
    plain = town.say(line)
    assert (plain.exit_code, plain.stdout) == (exit_code, "")
    assert plain.stderr.startswith("Error: ")
    assert error["message"] in plain.stderr
    assert "Traceback" not in plain.stderr
    assert town.head() == head


def test_done_is_nought_and_a_plain_no_is_one(town: Person) -> None:
    assert town.say("who-owns").exit_code == 0
    assert town.say("--version").exit_code == 0
    assert town.say("--help").exit_code == 0
    assert town.say("offer tom --to cia --me anna --on 2025-11-01").exit_code == 0
    assert town.say("can bo hire").exit_code == 1
    assert town.say("").exit_code == 2
    assert town.say("").stdout == ""


def flipped(path: Path, before: bytes, after: bytes) -> None:
    whole = path.read_bytes()
    assert whole.count(before) >= 1
    assert len(before) == len(after)
    path.write_bytes(whole.replace(before, after))


def test_history_that_does_not_verify_is_four(town: Person) -> None:
    flipped(town.file, b"Drift norr", b"Drift norR")
    result = town.say("verify")
    assert result.exit_code == 4
    assert result.stdout.startswith("NO record")
    told = town.say("verify --json")
    assert told.exit_code == 4
    facts = json.loads(told.stdout)
    assert facts["verdict"] != "whole"
    assert facts["first_break"] == 13


def test_bytes_that_cannot_be_read_are_four_and_named(town: Person) -> None:
    flipped(town.file, b'"title":"Drift norr"', b'"title"="Drift norr"')
    town.views.unlink()
    for line in ("who-owns", "history norr", "rebuild"):
        code, error = town.error(line)
        assert code == 4, (line, error)
    assert town.say("verify").exit_code == 4


def test_a_row_taken_out_is_four(town: Person) -> None:
    import sqlite3

    with sqlite3.connect(town.file) as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("DELETE FROM event WHERE position = 15")
    connection.close()
    assert town.say("verify").exit_code == 4
    assert town.row("verify")["first_break"] == 15


def test_what_others_kept_changing_is_five_after_three_tries(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def append(*_words: object, **_more: object) -> NoReturn:
        tries.append(1)
        raise Conflict("store.conflict", "Somebody else wrote to the ledger first ({what}).", what="a test")

    head = town.head()
    monkeypatch.setattr("ledger.store.recorder.Recorder.append", append)
    code, error = town.error("offer tom --to cia --me anna --on 2025-11-01")
    assert (code, error["code"], len(tries)) == (5, "store.conflict", 3)
    (town.folder / "j.jsonl").write_text('{"do": "offer", "by": "anna", "code": "tom", "to": "cia"}\n')
    assert town.error("import journal j.jsonl")[0] == 5
    assert len(tries) == 6
    monkeypatch.undo()
    assert town.head() == head


def test_what_others_changed_once_is_tried_again_and_done(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from ledger.store.recorder import Recorder

    whole = Recorder.append
    tries: list[int] = []

    def append(*words: object, **more: object) -> object:
        tries.append(1)
        if len(tries) < 3:
            raise Conflict("store.conflict", "Somebody else was first ({what}).", what="a test")
        return whole(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("ledger.store.recorder.Recorder.append", append)
    town.done("offer tom --to cia --me anna --on 2025-11-01")
    assert len(tries) == 3
    assert [row["event"] for row in town.last()] == ["delegation.offered.v1"]


def test_our_own_bug_is_seventy_and_says_so(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object, **_more: object) -> NoReturn:
        raise KeyError("\x1b[31mhidden")

    head = town.head()
    monkeypatch.setattr("ledger.service.Ledger.tell", broken)
    code, error = town.error("offer tom --to cia --me anna")
    assert (code, error["code"]) == (70, "bug")
    plain = town.say("offer tom --to cia --me anna")
    assert (plain.exit_code, plain.stdout) == (70, "")
    assert "Traceback" not in plain.stderr
    debug = town.say("offer tom --to cia --me anna --debug").stderr
    assert "Traceback" in debug
    assert not RAW.search(debug)
    assert town.head() == head


def test_the_exit_code_is_the_process_s_own_too(town: Person) -> None:
    result = process("can", "bo", "hire", "--json", cwd=town.folder)
    assert (result.returncode, json.loads(result.stdout)["verdict"], result.stderr) == (1, "no", b"")
    result = process("who-owns", b"n\xffrr".decode("utf-8", "surrogateescape"), "--json", cwd=town.folder)
    assert (result.returncode, result.stdout) == (2, b"")
    assert "udcff" in json.loads(result.stderr.decode("ascii"))["error"]["message"]
