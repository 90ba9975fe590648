"""What is streamed of each entry: the same line as in the log, in order, whole, and never a private text."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from followkit import PROJECT, SECRET, Place, positions

from ledger import COMMANDS, command, following, questions
from ledger.errors import Damaged, NotFound

if TYPE_CHECKING:
    from ledger import Ledger

ATTRIBUTES = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def said(place: Place, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the error of a command that ends by itself."""
    with place.running(*words, "--json") as running:
        code, answers, told = running.ended()
        assert answers == []
        return code, json.loads(told[0])["error"]


def log(opened: Ledger) -> list[dict[str, Any]]:
    with opened.ask(questions.log, None, None) as answer:
        return [dict(row) for row in answer.value]


def tell_secrets(place: Place) -> None:
    """One of each command that takes a private text."""
    given = {"do": "feedback give", "to": "anna", "kind": "appreciation", "visibility": "open"}
    with place.open() as opened:
        for by, fields in (
            ("eva", {"do": "member rename", "handle": "anna", "name": SECRET}),
            ("eva", {"do": "note", "stream": "member:anna", "text": SECRET}),
            ("eva", {"do": "feedback ask", "of": "anna", "about": "member:eva", "question": SECRET}),
            ("anna", {**given, "to": "eva", "about": "member:eva", "text": SECRET}),
        ):
            told = opened.tell(command({**fields, "by": by}))
        reply = {"do": "feedback reply", "by": "eva", "feedback": told.entries[0].stream, "text": SECRET}
        opened.tell(command(reply))


def test_a_line_is_that_of_the_log_but_for_private_texts(place: Place) -> None:
    head = place.add("anna")
    with place.running("follow", "--since", "0") as running, place.running("log", "--json") as asked:
        rows = running.rows_to(head)
        listed = json.loads("".join(asked.ended()[1]))
    assert [list(row) for row in rows] == [list(row) for row in listed]
    assert rows[:-1] == listed[:-1]
    assert listed[-1]["text"] == SECRET
    placeholder = rows[-1]["text"]
    data = {**listed[-1]["data"], "name": placeholder}
    assert rows[-1] == {**listed[-1], "text": placeholder, "data": data}


def test_no_private_text_is_ever_streamed(place: Place) -> None:
    place.add("anna")
    tell_secrets(place)
    with place.open() as opened:
        head = opened.head()
        shown = {row["event"] for row in log(opened) if row["text"] == SECRET}
    private = {"member.added.v1", "member.renamed.v1", "note.added.v1"}
    assert shown == {*private, "feedback.given.v1", "feedback.replied.v1"}
    with place.running("follow", "--since", "0", "--format", "cloudevents") as running:
        lines = [running.row() for _ in range(head)]
    assert SECRET not in json.dumps(lines)
    assert json.dumps(lines).count("_digest") == len(shown) + 1


def test_a_cloudevent_has_what_the_specification_asks_for(place: Place) -> None:
    head = place.add("anna", "bo")
    with place.running("follow", "--since", "0", "--format", "cloudevents") as running:
        events = [running.row() for _ in range(head)]
    with place.running("follow", "--since", "0") as running:
        rows = running.rows_to(head)
    with place.open() as opened:
        origin = opened.origin
    assert [event["data"] for event in events] == rows
    for event, row in zip(events, rows, strict=True):
        assert set(event) == {*ATTRIBUTES, "sequence", "recordedtime"}
        assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in event)
        assert (event["specversion"], event["datacontenttype"]) == ("1.0", "application/json")
        assert (event["source"], event["id"]) == (origin, row["id"])
        assert (event["type"], event["subject"]) == (row["event"], row["subject"])
        assert (event["time"], event["recordedtime"]) == (row["occurred"], row["recorded"])
        assert INSTANT.fullmatch(event["time"])
        assert all(isinstance(value, str) and value for name, value in event.items() if name != "data")
        assert int(event["sequence"]) == row["position"]
    assert len({(event["source"], event["id"]) for event in events}) == head
    sequence = [event["sequence"] for event in events]
    assert sequence == sorted(sequence)


def test_an_entry_keeps_its_source_when_the_log_goes_on_under_another_name(in_file: Place) -> None:
    with in_file.open() as opened:
        former = opened.origin
        name = opened.begin_anew("eva", "a restored copy")
        head = opened.head()
    with in_file.running("follow", "--since", "0", "--format", "cloudevents") as running:
        sources = [running.row()["source"] for _ in range(head)]
    assert sources == [former] * (head - 1) + [name]


def test_only_the_kinds_that_are_named_are_streamed(place: Place) -> None:
    place.add("anna", "bo")
    words = ("--kind", "member.added.v1", "--kind", "delegation.accepted.v1")
    with place.running("follow", "--since", "2", *words) as running:
        rows = [running.row() for _ in range(3)]
        head = place.add("cia")
        rows.append(running.row())
    assert [row["event"] for row in rows] == ["delegation.accepted.v1", *["member.added.v1"] * 3]
    assert rows[-1]["position"] == head


def test_whoever_begins_again_after_the_last_position_misses_nothing(place: Place) -> None:
    head = place.add("anna", "bo", "cia")
    seen: list[int] = []
    while not seen or seen[-1] < head:
        with place.running("follow", "--since", str(seen[-1] if seen else 0)) as running:
            seen += positions([running.row() for _ in range(min(3, head - (seen[-1] if seen else 0)))])
    assert seen == list(range(1, head + 1))


def test_a_position_beyond_the_end_and_a_kind_that_is_none_are_refused(place: Place) -> None:
    with place.open() as opened:
        head = opened.head()
    code, error = said(place, "follow", "--since", str(head + 1))
    assert (code, error["code"]) == (3, "position.beyond")
    assert error["message"] == f"There is no position {head + 1}; the log ends at {head}."
    assert said(place, "follow", "--since", "-1")[0] == 2
    code, error = said(place, "follow", "--kind", "decision.mad.v1")
    assert (code, error["code"]) == (2, "kind.unknown")
    assert "decision.made.v1" in error["hint"]
    with place.open() as opened, pytest.raises(NotFound), opened.follow(head + 1):
        pass


def test_what_comes_while_it_begins_and_while_it_looks_away_is_given(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So long that only a wake-up can be why an entry comes.
    monkeypatch.setattr(following, "SECONDS", 3600.0)
    with place.open() as opened, opened.follow() as follower:
        begun = follower.position
        assert place.add("anna") == begun + 1
        rows = follower.rows()
        assert [next(rows)] != [None]
        look = opened._recorder.log

        def looking(after: int, limit: int) -> list[Any]:
            found = look(after, limit)
            if len(found) == 1 and follower.position == begun + 1:
                place.add("bo")
            return found

        monkeypatch.setattr(opened._recorder, "log", looking)
        row = next(rows)
        assert row is not None
        assert (row["subject"], follower.position) == ("member:bo", begun + 2)


def test_while_nothing_comes_whoever_reads_may_look_round(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SECONDS", 0.0)
    with place.open() as opened, opened.follow() as follower:
        rows = follower.rows()
        assert next(rows) is None
        assert next(rows) is None


def test_an_end_that_is_not_what_was_streamed_is_said_and_nothing_after_it_given(in_file: Place) -> None:
    with in_file.open() as opened:
        opened.back_up(Path(f"{in_file.address}.copy"))
    with in_file.running("follow", "--since", "0", "--json") as running:
        running.rows_to(in_file.add("anna", "bo"))
        Path(f"{in_file.address}.copy").replace(in_file.address)
        code, answers, words = running.ended()
    error = json.loads(words[0])["error"]
    assert (code, answers, error["code"]) == (4, [], "log.changed")
    assert "up to position 7" in error["message"]


def test_a_server_that_forgot_what_was_streamed_is_found_out(on_server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    head = on_server.add("anna", "bo")
    with on_server.open() as opened, opened.follow(head - 2) as follower:
        rows = follower.rows()
        assert next(rows)
        look = opened._recorder.log
        for altered in (lambda found: found[:0], lambda found: found[1:], lambda found: [found[1], found[1]]):
            monkeypatch.setattr(
                opened._recorder, "log", lambda after, limit, altered=altered: altered(look(after, limit))
            )
            with pytest.raises(Damaged) as damaged:
                follower._new()
            assert damaged.value.code == "log.changed"


def test_it_ends_with_nothing_said_when_it_is_told_to(place: Place) -> None:
    with place.running("follow", "--since", "2") as running:
        assert running.word().startswith("Each entry after position ")
        code, answers, told = running.end()
    assert (code, told) == (0, [])
    assert all(line.endswith("\n") for line in answers)


def test_ctrl_c_counts_as_aborted(place: Place) -> None:
    with place.running("follow", "--since", "0", "--json") as running:
        running.row()
        code, answers, told = running.end(signal.SIGINT)
    assert (code, json.loads(told[0])["error"]["code"]) == (1, "aborted")
    assert all(line.endswith("\n") for line in answers)


def test_told_to_end_in_the_middle_it_leaves_no_line_half_written(in_file: Place) -> None:
    in_file.add(*(f"m{number}" for number in range(200)))
    with in_file.running("follow", "--since", "0") as running:
        first = positions([running.row()])
        code, answers, _told = running.end()
    rows = [json.loads(line) for line in answers]
    assert code == 0
    assert first + positions(rows) == list(range(1, len(rows) + 2))


def test_a_reader_who_goes_away_ends_it_quietly_even_while_nothing_is_recorded(in_file: Place) -> None:
    words = ["-m", "cli.main", "follow", "--since", "0", "--json", "--ledger", in_file.address]
    with subprocess.Popen(
        [sys.executable, *words], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["position"] == 1
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr.read() == b""


def test_every_command_with_a_private_text_is_known_here() -> None:
    assert {do for do, kind in COMMANDS.items() if kind.private} == {
        *("member add", "member rename", "note", "check-in"),
        *("feedback ask", "feedback give", "feedback reply"),
    }
