"""The auditor's trail and samples, asked as an auditor would: again later, and after something changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.store import open_record

if TYPE_CHECKING:
    from faceskit import Clock, Person

ZEROES = "0" * 64
REPEATABLE = (
    "register",
    "who-owns --tree",
    "decisions",
    "decisions --since 300d",
    "vacant --within 90d",
    "holds anna",
    "members",
    "history anna",
    "sample decisions --n 2 --seed 7",
)


def repeated(person: Person, code: int = 0) -> dict[str, object]:
    result = person.say("audits --repeat --format jsonl --fields query,same")
    assert result.exit_code == code, result.output
    return {row["query"]: row["same"] for row in person_rows(result.stdout)}


def person_rows(text: str) -> list[dict[str, object]]:
    import json

    return [json.loads(line) for line in text.splitlines()]


def test_what_was_asked_is_asked_again_a_year_later_and_answers_the_same(town: Person, clock: Clock) -> None:
    town.done("checkpoint")
    for query in REPEATABLE:
        town.done("audit", query, "--me", "bo")
    clock.set("2026-11-01T09:00:00Z")
    town.done("member leave anna --me eva --on 2026-10-01")
    town.done("define ny --title Ny --parent norr --me eva")
    town.done("decide 'Two tyres' --in root --type hire --because flat --me eva")
    town.done("checkpoint")
    assert repeated(town) == dict.fromkeys(REPEATABLE, True)


def test_an_audit_says_what_it_answered_and_is_told_by_whom_and_when(town: Person) -> None:
    head = town.head()
    told = town.row("audit 'decisions --outside' --finding 'one, with a reason' --me bo")
    assert (told["query"], told["rows"], told["known_at"]) == ("decisions --outside", 1, head)
    (row,) = town.rows("audits")
    assert (row["query"], row["finding"], row["by"], row["known_at"]) == (
        "decisions --outside",
        "one, with a reason",
        "bo",
        head,
    )
    assert row["fingerprint"] == told["fingerprint"]
    assert town.rows("audits --as-of 2025-11-01") == []
    assert set(town.rows("audits --repeat")[0]) >= {"audit", "query", "as_of", "fingerprint", "fingerprint_now", "same"}


def test_an_audit_of_another_moment_keeps_that_moment(town: Person) -> None:
    then = town.row("audit 'who-owns --as-of 2025-02-01' --me bo")
    at_position = town.row("audit 'tillit who-owns --known-at=20' --me bo")
    assert at_position["known_at"] == 20
    assert then["fingerprint"] != at_position["fingerprint"]
    assert [row["query"] for row in town.rows("audits")] == ["who-owns", "tillit who-owns"]
    assert set(repeated(town).values()) == {True}


def test_an_answer_is_the_same_after_a_private_text_is_erased_since_it_holds_none(town: Person) -> None:
    for query in ("members", "register", "log"):
        town.done(f"audit {query} --me bo")
    town.done("erase anna --ground asked --me anna")
    assert repeated(town) == {"members": True, "register": True, "log": True}


def test_a_forged_fingerprint_is_found(town: Person) -> None:
    line = (
        '{"do": "audit", "by": "bo", "query": "register", "as_of": "2025-06-01", "known_at": 20, "fingerprint": "%s"}'
    )
    (town.folder / "more.jsonl").write_text(line % ("0" * 64) + "\n")
    town.done("import journal more.jsonl --me bo")
    assert repeated(town, 1) == {"register": False}


def test_what_cannot_be_asked_again_says_why_and_is_neither_same_nor_not(town: Person) -> None:
    lines = [
        f'{{"do": "audit", "by": "bo", "query": "{query}", "as_of": "2025-06-01", "known_at": 20, '
        f'"fingerprint": "{ZEROES}"}}\n'
        for query in ("nonsense", "holds nobody", "member add fia --me eva", "'")
    ]
    (town.folder / "more.jsonl").write_text("".join(lines))
    town.done("import journal more.jsonl --me bo")
    head = town.head()
    rows = town.rows("audits --repeat")
    assert [row["same"] for row in rows] == [None] * 4
    assert all(row["why"] for row in rows)
    assert town.head() == head


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("nonsense", 2),
        ("", 2),
        ("'", 2),
        ("member add fia --me eva", 2),
        ("stats", 2),
        ("verify --known minutes", 2),
        ("holds nobody", 3),
        ("who-owns --known-at 999", 2),
        ("who-owns --known-at yesterday", 2),
        ("who-owns --as-of nonsense", 2),
    ],
)
def test_what_is_no_question_is_refused_and_nothing_is_recorded(town: Person, query: str, code: int) -> None:
    head = town.head()
    result = town.say("audit --me bo", "--", query)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert town.head() == head


def test_a_sample_needs_a_root_that_was_given_out(town: Person) -> None:
    assert town.error("sample decisions --n 2 --seed 7")[0] == 3
    town.done("checkpoint")
    rows = town.rows("sample decisions --n 9 --seed 7")
    assert [set(row) >= {"decision", "type", "amount", "by", "verdict"} for row in rows] == [True] * 2
    assert {row["decision"] for row in rows} == {town.ids["lease"], town.ids["big"]}
    assert {row["population"] for row in rows} == {2}


def test_a_sample_of_an_earlier_checkpoint_is_drawn_again_by_size_or_file(town: Person) -> None:
    (town.folder / "minutes.txt").write_text(town.done("checkpoint"))
    size = town.head()
    before = town.rows("sample decisions --n 9 --seed 7")
    town.done("decide 'Two tyres' --in vagn --type purchase/vehicle --amount 800 --because flat --me bo")
    town.done("checkpoint")
    assert town.rows("sample decisions --n 9 --seed 7") != before
    for which in (str(size), "minutes.txt"):
        assert town.rows("sample decisions --n 9 --seed 7 --checkpoint", which) == before
    assert town.rows("sample decisions --n 9 --seed 7 --known-at", str(size)) == before
    assert town.error("sample decisions --n 9 --seed 7 --checkpoint", str(size - 1))[0] == 3


def test_a_checkpoint_of_another_log_draws_nothing(town: Person, tmp_path: Path) -> None:
    note = town.done("checkpoint").splitlines(keepends=True)
    note[2] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    (tmp_path / "forged.txt").write_text("".join(note))
    code, error = town.error("sample decisions --n 2 --seed 7 --checkpoint", str(tmp_path / "forged.txt"))
    assert (code, error["code"]) == (4, "checkpoint.other")
    (tmp_path / "none.txt").write_text("no checkpoint")
    code, error = town.error("sample decisions --n 2 --seed 7 --checkpoint", str(tmp_path / "none.txt"))
    assert (code, error["code"]) == (2, "checkpoint.malformed")
    assert town.error("sample decisions --n 2 --seed 7 --checkpoint nowhere.txt")[0] == 2


def test_a_note_and_an_erasure_are_told_by_their_own_words(town: Person) -> None:
    town.done("note {lease} 'The supplier called' --me cia")
    assert [row["text"] for row in town.rows("history {lease}")][-1] == "The supplier called"
    assert "backups" in town.done("erase {lease} --field note --ground wrong --me eva")
    assert [row["text"] for row in town.rows("history {lease}")][-2:] == ["(erased)", None]
    assert [(row["what"], row["whose"]) for row in town.rows("erasures")] == [(["note"], town.ids["lease"])]
    with open_record(town.file) as recorder:
        assert recorder.check_texts().damage is None
