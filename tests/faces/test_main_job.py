"""The main job, asked as of any day: who owns what, who may decide, and why."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from mainjobkit import OWNED, Say, decision, rows

from cli.table import TABLE


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


def test_before_the_founding_nobody_may_decide_anything(year: Say) -> None:
    assert rows(year, "who-can", "hire", "--as-of", "2024-01-01") == []


def test_every_step_of_a_why_names_the_entry_behind_it(year: Say) -> None:
    assert all(len(step["explain"]) == 1 for step in rows(year, "why", decision(year, "Two vans"), "--explain"))
