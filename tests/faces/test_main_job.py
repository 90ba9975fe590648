from __future__ import annotations

import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import root
from cli.table import TABLE

ROOT = Path(__file__).parents[2]
Say = Callable[..., Result]
OWNED = ["responsibility", "code", "title", "holder", "kind", "level", "since", "until", "stand_in", "parent"]
YEAR = """
member add anna --name 'Anna Berg' --me eva --on 2025-01-02
member add bo --me eva --on 2025-01-02
member add cia --me eva --on 2025-01-02
member add board --group --acts each --me eva --on 2025-01-02
member join board cia --me eva --on 2025-01-02
member rename anna 'Anna Ek' --me eva --on 2025-01-03
capacity 20 --me anna --on 2025-01-03
competence law --level able --me anna --on 2025-01-03
confirm anna law --level able --me bo --on 2025-01-04
withdraw-competence anna law --me bo --on 2025-01-05
define norr --title North --decides 'purchase/*' --decides hire --me eva --on 2025-01-05
offer norr --to anna --types 'purchase/*' --types hire --amount 200000 --level 5 --further 3 --me eva --on 2025-01-06
accept norr --me anna --on 2025-01-07
define vagn --title Vehicles --parent norr --me anna --on 2025-01-08
clarify vagn --purpose 'Vans that start' --me anna --on 2025-01-09
offer vagn --to cia --amount 10 --me anna --on 2025-01-09
withdraw-offer vagn --me anna --on 2025-01-10
offer vagn --to cia --amount 10 --me anna --on 2025-01-10
decline vagn --reason 'no time' --me cia --on 2025-01-11
offer vagn --to bo --amount 50000 --condition consult:board --until 2025-12-01 --me anna --on 2025-01-12
accept vagn --reservations 'if I may learn it' --me bo --on 2025-01-13
change-mandate vagn --amount 60000 --agreed-by bo --reason 'dearer vans' --me anna --on 2025-02-01
stand-in vagn --member cia --from 2025-03-01 --until 2025-04-01 --reason leave --me anna --on 2025-02-20
decide 'Two vans' --in vagn --type purchase/vehicle --amount 40000 --because worn --me cia --on 2025-03-10
end-stand-in vagn --member cia --me anna --on 2025-03-20
renew vagn --until 2025-11-01 --me anna --on 2025-03-21
away --from 2025-07-01 --until 2025-08-01 --me bo --on 2025-04-01
decide Truck --in vagn --type purchase/vehicle --amount 90000 --outside-mandate --reason fire --me bo --on 2025-04-02
define syd --title South --me eva --on 2025-05-01
move syd --parent norr --reason 'one unit' --me eva --on 2025-05-02
retire syd --reason 'closed again' --me eva --on 2025-05-03
hand-back vagn --lacking resources --reason 'no money' --me bo --on 2025-06-01
member part board cia --me eva --on 2025-06-02
member leave cia --me eva --on 2025-06-03
member return cia --me eva --on 2025-06-10
revoke norr --reason 'new town' --talked-first --me eva --on 2025-07-01
"""


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    for name in ("TILLIT_LEDGER", "TILLIT_ME", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(root, list(words))
        assert result.exit_code == code, (words, result.output)
        return result

    return run


@pytest.fixture
def year(say: Say) -> Say:
    say("init", "Works", "--founder", "eva", "--on", "2025-01-01")
    for line in YEAR.strip().splitlines():
        say(*shlex.split(line))
    return say


def rows(say: Say, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    return json.loads(say(*words, "--json", code=code).stdout)


def decision(say: Say, title: str) -> str:
    return next(row["decision"] for row in rows(say, "decisions") if row["title"] == title)


def test_who_owns_what_on_any_day(year: Say) -> None:
    (row,) = rows(year, "who-owns", "vagn", "--as-of", "2025-03-14")
    assert list(row) == [*OWNED, "occupants"]
    assert (row["holder"], row["stand_in"], row["parent"], row["until"]) == (
        "bo",
        "cia",
        "norr",
        "2025-06-01T00:00:00.000000Z",
    )
    assert [row["code"] for row in rows(year, "who-owns", "--tree", "--as-of", "2025-03-14")] == [
        "root",
        "norr",
        "vagn",
    ]
    assert rows(year, "who-owns", "vagn", "--as-of", "2025-03-14", "--known-at", "30")[0]["until"] != row["until"]


def test_what_somebody_holds_and_on_what_terms(year: Say) -> None:
    (row,) = rows(year, "holds", "bo", "--as-of", "2025-03-05")
    assert (row["code"], row["types"], row["amount"], row["conditions"]) == (
        "vagn",
        ["purchase/*", "hire"],
        "60000",
        ["consult:board"],
    )
    assert (row["delegator"], row["review_on"]) == ("anna", "2026-01-12")
    assert [row["holder"] for row in rows(year, "delegated-by", "anna", "--as-of", "2025-03-05")] == ["bo"]


def test_a_no_says_where_it_stops_and_leaves_with_one(year: Say) -> None:
    no = rows(year, "can", "bo", "purchase/vehicle", "--amount", "80000", "--as-of", "2025-03-05", code=1)
    assert (no["verdict"], no["link"], no["dimension"], no["limit"], no["asked"]) == (
        "no",
        "vagn",
        "amount",
        "60000",
        "80000",
    )
    assert (no["nearest"], len(no["roads"])) == ("anna", 3)
    yes = rows(year, "can", "bo", "purchase/vehicle", "--amount", "60000", "--as-of", "2025-03-05")
    assert (yes["verdict"], yes["must_first"]) == ("yes", ["consult board"])
    who = rows(year, "who-can", "purchase/vehicle", "--amount", "80000", "--as-of", "2025-03-05")
    assert [row["member"] for row in who] == ["eva", "anna"]


def test_why_a_decision_was_theirs_to_make(year: Say) -> None:
    steps = rows(year, "why", decision(year, "Two vans"))
    assert list(steps[0]) == ["step", "responsibility", "holder", "mandate", "check", "result"]
    assert [step["responsibility"] for step in steps[:3]] == ["root", "norr", "vagn"]
    assert "cia as stand-in for bo" in steps[3]["check"]


def test_what_was_decided_outside_and_by_whom(year: Say) -> None:
    (row,) = rows(year, "decisions", "--outside")
    assert (row["by"], row["link"], row["dimension"], row["reason"]) == ("bo", "vagn", "amount", "fire")
    assert [row["acting_for"] for row in rows(year, "decisions", "--acting")] == ["bo"]
    assert len(rows(year, "decisions", "--by", "bo", "--in", "vagn", "--since", "2025-04-01")) == 1


def test_what_becomes_of_decisions(year: Say) -> None:
    truck = decision(year, "Truck")
    year("ratify", truck, "--reason", "it was right", "--me", "anna", "--on", "2025-04-05")
    year(
        "decide",
        "One van",
        "--in",
        "norr",
        "--type",
        "purchase/vehicle",
        "--supersedes",
        truck,
        "--reason",
        "less",
        "--because",
        "b",
        "--with",
        "eva",
        "--me",
        "anna",
        "--on",
        "2025-05-01",
    )
    assert [row["status"] for row in rows(year, "lineage", truck)] == ["superseded", "stands"]
    year("reverse", decision(year, "One van"), "--reason", "no", "--me", "anna", "--on", "2025-05-02")
    year("overrule", decision(year, "Two vans"), "--reason", "no", "--me", "anna", "--on", "2025-05-02")
    year(
        "refer-up",
        "Bus",
        "--in",
        "vagn",
        "--type",
        "purchase/bus",
        "--reason",
        "big",
        "--me",
        "bo",
        "--on",
        "2025-05-03",
    )
    bus = next(row["decision"] for row in rows(year, "decisions", "--open"))
    year("declare-conflict", bus, "--reason", "my bus", "--me", "bo", "--on", "2025-05-04")
    year("call-in", bus, "--reason", "the town's", "--me", "eva", "--on", "2025-05-05")
    year("decide", bus, "--because", "yes", "--me", "eva", "--on", "2025-05-06")
    year("attach", bus, "https://example.org/m.pdf", "--label", "Minutes", "--me", "eva")
    assert rows(year, "decisions", "--open") == []


def test_vacant_now_and_soon(year: Say) -> None:
    assert [(row["code"], row["cause"], row["answers"]) for row in rows(year, "vacant", "--as-of", "2025-08-01")] == [
        ("norr", "revoked", "eva"),
        ("vagn", "handed back", "eva"),
    ]
    soon = rows(year, "vacant", "--within", "6mo", "--as-of", "2025-05-15")
    assert [(row["code"], row["cause"]) for row in soon] == [("norr", "expiry"), ("vagn", "expiry")]
    lost = rows(year, "what-if", "leaves", "anna", "--on", "2025-05-15", "--as-of", "2025-05-01")
    assert ("responsibility", "norr", "eva") in [(row["what"], row["name"], row["then"]) for row in lost]


def test_the_register_on_a_day_and_between_two(year: Say) -> None:
    line = next(row for row in rows(year, "register", "--as-of", "2025-03-05") if row["code"] == "vagn")
    assert (line["delegate"], line["stand_ins"], line["amount"]) == ("bo", ["cia"], "60000")
    changes = rows(year, "register", "--diff", "2025-01-20..2025-02-10")
    assert [(row["code"], row["change"], row["before"], row["after"]) for row in changes] == [
        ("vagn", "amount", "50000", "60000")
    ]


def test_corrections_change_what_is_so_and_not_what_was_known(year: Say) -> None:
    head = rows(year, "stats")["events"]
    offered = next(row for row in rows(year, "history", "vagn") if row["event"] == "mandate.changed.v1")
    year(
        "correct",
        f"vagn/{offered['id'].rpartition('/')[2]}",
        "after.amount",
        "55000",
        "--reason",
        "slip",
        "--me",
        "anna",
    )
    assert rows(year, "holds", "bo", "--as-of", "2025-03-05")[0]["amount"] == "55000"
    assert rows(year, "holds", "bo", "--as-of", "2025-03-05", "--known-at", str(head))[0]["amount"] == "60000"
    year("annul", f"vagn/{offered['id'].rpartition('/')[2]}", "--reason", "never said", "--me", "anna")
    assert rows(year, "holds", "bo", "--as-of", "2025-03-05")[0]["amount"] == "50000"


def test_who_decided_and_whose_hand_it_was_are_both_recorded(year: Say) -> None:
    year("member", "add", "dan", "--me", "bo", "--by", "eva", "--key", "k-1")
    last = rows(year, "log")[-1]
    assert (last["actor"], last["recorded_by"], last["key"]) == ("eva", "bo", "k-1")
    assert rows(year, "member", "add", "dan", "--me", "bo", "--by", "eva", "--key", "k-1")["again"] is True


def test_a_rehearsal_shows_the_events_and_records_nothing(year: Say) -> None:
    before = rows(year, "stats")["events"]
    shown = json.loads(year("member", "add", "dan", "--me", "eva", "--dry-run").stdout)
    assert (shown["event"], rows(year, "stats")["events"]) == ("member.added.v1", before)


def test_every_form_of_an_answer(year: Say) -> None:
    assert year("who-owns", "--format", "csv", "--as-of", "2025-03-05").stdout.splitlines()[0] == ",".join(OWNED)
    assert year("who-owns", "--format", "md", "--as-of", "2025-03-05").stdout.startswith("| ")
    assert len(year("who-owns", "--format", "jsonl", "--as-of", "2025-03-05").stdout.splitlines()) == 3
    assert year("who-owns", "vagn", "--fields", "holder", "--as-of", "2025-03-05").stdout == "holder\nbo\n"
    assert "code" in year("who-owns", "--fields", "cod", code=2).stderr
    explained = rows(year, "who-owns", "vagn", "--explain", "--as-of", "2025-03-05")
    assert all(isinstance(position, int) for position in explained[0]["explain"])


def test_nothing_found_is_nothing_on_stdout_and_one_sentence(year: Say) -> None:
    nothing = year("offers")
    assert (nothing.stdout, len(nothing.stderr.splitlines())) == ("", 1)
    assert rows(year, "offers") == []


def test_what_nothing_has_the_name_of_is_three_with_the_nearest(year: Say) -> None:
    for words in (("holds", "ana"), ("who-owns", "nor"), ("why", "D-zzzzzz"), ("history", "nor")):
        error = json.loads(year(*words, "--json", code=3).stderr)["error"]
        assert error["code"] == "name.unknown"
    assert "anna" in year("holds", "ana", code=3).stderr
    assert "several" in year("why", "D-", code=3).stderr


def test_verify_rebuild_stats_and_schema(year: Say) -> None:
    report = rows(year, "verify")
    assert (report["verdict"], [check["check"] for check in report["checks"]]) == (
        "whole",
        ["record", "texts", "checkpoints", "views"],
    )
    assert rows(year, "rebuild")["position"] == rows(year, "stats")["events"]
    assert "decide" in json.loads(year("schema", "commands").stdout)["$defs"]


def test_a_flipped_byte_and_an_edited_view_are_found(year: Say) -> None:
    rows(year, "who-owns")
    with closing(sqlite3.connect(".tillit/views.db")) as views, views:
        views.execute("UPDATE holding SET holder = 'mallory' WHERE holder = 'anna'")
    report = rows(year, "verify", code=4)
    assert [check["check"] for check in report["checks"] if not check["ok"]] == ["views"]
    rows(year, "rebuild")
    with closing(sqlite3.connect(".tillit/ledger.db")) as record, record:
        record.execute("DROP TRIGGER event_no_update")
        record.execute(
            "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'anna', 'inga') AS BLOB) WHERE position = 6"
        )
    assert rows(year, "verify", code=4)["first_break"] == 6


def test_every_command_has_help_with_an_example(say: Say) -> None:
    for row in TABLE:
        if row.target and row.name not in {"config", "completion"}:
            text = say(*row.name.split(), "--help").stdout
            assert f"tillit {row.name}" in text.replace("\n", " ")


def test_the_demo_tells_its_year(say: Say) -> None:
    told = say("demo").stdout
    assert "NO   limit passed" in told
    assert "$ tillit verify" in told
    assert "\n  NO " not in told.partition("$ tillit verify")[2]


HOSTILE = {
    "\x1b[31mred": 2,
    "nul\x00": 2,
    "": 2,
    "   ": 2,
    "x" * 70_000: 2,
    "bidi\u202eover": 0,
    "c1\x9bcontrol": 0,
    "=cmd|' /C calc'!A0": 0,
}


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text)[:20] for text in HOSTILE])
def test_a_hostile_title_is_refused_or_stored_as_given_and_shown_escaped(say: Say, text: str) -> None:
    say("init", "Works", "--founder", "eva")
    say("define", "x", "--title", text, "--me", "eva", code=HOSTILE[text])
    if HOSTILE[text] == 0:
        assert rows(say, "who-owns", "x")[0]["title"] == text
        for form in ("table", "csv", "md", "json"):
            shown = say("who-owns", "x", "--format", form).stdout
            assert not any(character in shown for character in "\x1b\x00\u202e\x9b")
        assert "\n=cmd" not in say("who-owns", "x", "--format", "csv", "--fields", "title").stdout
    else:
        assert rows(say, "stats")["events"] == 5


@pytest.mark.parametrize("amount", ["1e3", "-1", "0.1+0.2", "1 000", "00", "1.23456"])
def test_an_amount_is_plain_digits(say: Say, amount: str) -> None:
    say("init", "Works", "--founder", "eva")
    say("decide", "x", "--in", "root", "--type", "t", "--amount", amount, "--me", "eva", code=2)


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "01/02/2027", "2025-01-01T09:00:00", "someday"])
def test_a_day_is_a_day_of_the_calendar(say: Say, day: str) -> None:
    say("init", "Works", "--founder", "eva")
    say("who-owns", "--as-of", day, code=2)
    say("member", "add", "anna", "--me", "eva", "--on", day, code=2)


def journal(say: Say, text: bytes, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    Path("j.jsonl").write_bytes(text)
    return rows(say, "import", "journal", "j.jsonl", *words, code=code)


def adding(handle: str, **fields: str) -> bytes:
    return json.dumps({"do": "member add", "by": "eva", "handle": handle, **fields}).encode()


def test_a_journal_is_carried_out_whole_or_not_at_all_and_once(say: Say) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, b"\n".join([adding("anna"), adding("anna"), b"{", adding("bo", day="x")]), code=2)
    assert (done["recorded"], [each["line"] for each in done["refused"]]) == (0, [2, 3, 4])
    text = b"\xef\xbb\xbf" + adding("anna") + b"\r\n\r\n" + adding("bo") + b"\r\n"
    assert journal(say, text)["recorded"] == 2
    assert journal(say, text)["again"] == 2


def test_in_batches_a_refused_line_stops_only_itself(say: Say) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, b"\n".join([adding("anna"), adding("anna"), adding("bo")]), "--batch", "2", code=1)
    assert (done["recorded"], [each["line"] for each in done["refused"]]) == (2, [2])


def test_a_key_stands_for_one_command(say: Say) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, b"\n".join([adding("anna", key="k"), adding("bo", key="k")]), code=1)
    assert done["refused"][0]["code"] == "command.key_reused"


@pytest.mark.parametrize(
    "line",
    [
        b"[1]",
        b'{"do":"member add","do":"x"}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b"\xff\xfe{\x00",
        b"[" * 5000,
        b"x" * 300_000,
    ],
)
def test_a_broken_line_is_said_with_its_number(say: Say, line: bytes) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, adding("anna") + b"\n" + line, code=2)
    assert [each["line"] for each in done["refused"]] == [2]
    assert rows(say, "stats")["events"] == 5


def test_an_import_that_is_killed_goes_on_by_key(say: Say, tmp_path: Path) -> None:
    say("init", "Works", "--founder", "eva")
    count = 3000
    (tmp_path / "j.jsonl").write_bytes(b"\n".join(adding(f"m{number}") for number in range(count)))
    words = [sys.executable, "-m", "cli.main", "import", "journal", str(tmp_path / "j.jsonl"), "--batch", "50"]
    environment = {**os.environ, "TILLIT_LEDGER": str(tmp_path), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while rows(say, "stats")["events"] < 105 and process.poll() is None:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = rows(say, "import", "journal", "j.jsonl", "--batch", "500")
    assert (done["recorded"] + done["again"], done["refused"]) == (count, [])
    assert rows(say, "stats")["events"] == 5 + count
    assert rows(say, "verify")["verdict"] == "whole"


def test_four_processes_record_at_once(say: Say, tmp_path: Path) -> None:
    say("init", "Works", "--founder", "eva")
    each = 40
    environment = {**os.environ, "TILLIT_LEDGER": str(tmp_path), "PYTHONPATH": str(ROOT)}
    processes = []
    for name in "abcd":
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(b"\n".join(adding(f"{name}{number}") for number in range(each)))
        words = [sys.executable, "-m", "cli.main", "import", "journal", str(path), "--batch", "1"]
        processes.append(subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert rows(say, "stats")["members"] == 1 + 4 * each
    assert rows(say, "verify")["verdict"] == "whole"


def test_before_the_founding_nobody_may_decide_anything(year: Say) -> None:
    assert rows(year, "who-can", "hire", "--as-of", "2024-01-01") == []


def test_every_step_of_a_why_names_the_entry_behind_it(year: Say) -> None:
    assert all(len(step["explain"]) == 1 for step in rows(year, "why", decision(year, "Two vans"), "--explain"))
