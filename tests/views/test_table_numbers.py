"""Official numbers, tags and evidence: (known at, as of) -> what was given to what, whole or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import Filters, command, questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path


def decided(town: Town, title: str, on: str = "2", by: str = "eva") -> str:
    town.clock.now = max(town.clock.now, day(on))
    told = command({"do": "decide", "by": by, "on": day(on), "title": title, "in": "root", "type": "buy"})
    return town.ledger.tell(told).entries[0].stream


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int], list[str]]:
    town = Town(tmp_path_factory.mktemp("numbers"))
    marks = {"founded": town.founded}
    town.people("anna")
    ids = [decided(town, each) for each in ("One", "Two", "Three")]
    for each, on in zip(ids[:2], ("3", "4"), strict=True):
        marks[f"given on {on}"] = town.tell("number", "anna", on, decision=each, register="KS-2025")
    marks["other"] = town.tell("number", on="5", decision=ids[0], register="SN-2025")
    marks["third"] = town.tell("number", on="6", decision=ids[2], register="KS-2025")
    marks["left"] = town.tell("member leave", on="7", handle="anna")
    town.clock.now = day("8")
    stream = "number:KS-2025"
    marks["annulled"] = town.tell("annul", on="8", stream=stream, version=2, reason="the wrong one")
    marks["again"] = town.tell("number", on="9", decision=ids[1], register="KS-2025")
    marks["restored"] = town.tell("annul", on="10", stream=stream, version=4, reason="it was right")
    return town, marks, ids


@pytest.mark.parametrize(
    ("known", "as_of", "expected"),
    [
        ("founded", "30", []),
        ("given on 3", "2", []),
        ("given on 3", "3", ["1 given 0"]),
        ("third", "4", ["1 given 0", "2 given 1"]),
        ("third", "6", ["1 given 0", "2 given 1", "3 given 2"]),
        ("left", "7", ["1 given 0", "2 given 1", "3 given 2"]),
        ("annulled", "4", ["1 given 0"]),
        ("annulled", "8", ["1 given 0", "2 gap -", "3 given 2"]),
        ("again", "9", ["1 given 0", "2 gap -", "3 given 2", "4 given 1"]),
        ("restored", "10", ["1 given 0", "2 double 1", "3 given 2", "4 double 1"]),
        ("annulled", "6", ["1 given 0", "2 gap -", "3 given 2"]),
    ],
)
def test_which_numbers_were_given_and_which_are_missing_or_double(
    register: tuple[Town, dict[str, int], list[str]], known: str, as_of: str, expected: list[str]
) -> None:
    town, marks, ids = register
    rows = town.ask(questions.numbers, as_of, marks[known], "KS-2025")
    assert [f"{row['number']} {row['state']} {ids.index(row['of']) if row['of'] else '-'}" for row in rows] == expected


def test_a_row_says_when_by_whom_and_how_it_is_written(register: tuple[Town, dict[str, int], list[str]]) -> None:
    town, marks, ids = register
    rows = town.ask(questions.numbers, "10", marks["other"])
    assert only(rows, "register", "number", "official", "of", "assigned", "by") == [
        ("KS-2025", 1, "KS-2025-1", ids[0], day("3"), "anna"),
        ("KS-2025", 2, "KS-2025-2", ids[1], day("4"), "anna"),
        ("SN-2025", 1, "SN-2025-1", ids[0], day("5"), "eva"),
    ]
    assert only(rows, "explain")[0] == ([marks["given on 3"]],)
    assert town.ask(questions.numbers, "10", None, "no such register") == []


def test_an_official_number_means_its_decision_wherever_an_id_does(
    register: tuple[Town, dict[str, int], list[str]],
) -> None:
    town, _marks, ids = register
    with town.ledger.ask(questions.decision_id, None, None, "KS-2025-3") as answer:
        assert answer.value == ids[2]
    with town.ledger.ask(questions.subject_id, None, None, "SN-2025-1") as answer:
        assert answer.value == ids[0]
    assert town.column("event", questions.history, "9", None, "KS-2025-3")[0] == "decision.proposed.v1"
    assert town.column("title", questions.lineage, "9", None, "KS-2025-3") == ["Three"]
    assert town.ask(questions.why, "9", None, "KS-2025-3")
    for unknown in ("KS-2025-5", "KS-2025-", "KS-2025-03", "KS-2025"):
        with pytest.raises(NotFound):
            town.ask(questions.subject_id, "9", None, unknown)


def test_the_register_itself_has_a_history(register: tuple[Town, dict[str, int], list[str]]) -> None:
    town, _marks, _ids = register
    assert town.column("event", questions.history, "30", None, "number:SN-2025") == ["number.assigned.v1"]
    with pytest.raises(NotFound, match="register"):
        town.ask(questions.history, "30", None, "number:XX")


def test_decisions_are_found_by_their_tags(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    ids = [decided(town, each) for each in ("One", "Two")]
    town.tell("define", on="2", code="norr", title="North")
    first = town.tell("tag", "anna", "3", stream=ids[0], tags=["winter", "vans"])
    town.tell("tag", on="4", stream=ids[1], tags=["winter"])
    both = town.tell("tag", on="4", stream=ids[1], tags=["new"])
    town.tell("member leave", on="5", handle="anna")
    town.clock.now = day("6")
    version = town.ask(questions.history, "6", None, ids[0])[-1]["n"]
    annulled = town.tell("annul", on="6", stream=ids[0], version=version, reason="a slip")
    for known, as_of, tag, titles in (
        (0, "3", "winter", []),
        (first, "2", "winter", []),
        (first, "3", "winter", ["One"]),
        (both, "3", "winter", ["One"]),
        (both, "4", "winter", ["One", "Two"]),
        (both, "5", "vans", ["One"]),
        (both, "5", "new", ["Two"]),
        (annulled, "6", "winter", ["Two"]),
        (annulled, "6", "none", []),
    ):
        found = town.column("title", questions.decisions, as_of, known, Filters(tag=tag))
        assert sorted(found) == titles, (known, as_of, tag)


def test_evidence_is_listed_of_whatever_it_is_for(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    id_ = decided(town, "One")
    digest = "sha256:" + "0" * 64
    assert town.ask(questions.evidence, "30", town.founded) == []
    town.tell("attach", "anna", "3", stream=id_, uri="minutes.pdf", label="Minutes", digest=digest)
    member = town.tell("attach", "anna", "4", stream="member:anna", uri="file:///cv.pdf", label="Course")
    town.tell("member leave", on="5", handle="anna")
    town.clock.now = day("6")
    version = town.ask(questions.history, "6", None, id_)[-1]["n"]
    corrected = town.tell(
        "correct", on="6", stream=id_, version=version, field="uri", after="protocol.pdf", reason="renamed"
    )
    columns = ("of", "uri", "digest_recorded")
    for known, as_of, expected in (
        (member, "2", []),
        (member, "3", [(id_, "minutes.pdf", digest)]),
        (member, "4", [(id_, "minutes.pdf", digest), ("member:anna", "file:///cv.pdf", None)]),
        (corrected, "6", [(id_, "protocol.pdf", digest), ("member:anna", "file:///cv.pdf", None)]),
    ):
        assert only(town.ask(questions.evidence, as_of, known), *columns) == expected, (known, as_of)
    assert only(town.ask(questions.evidence, "6", None, "anna"), "of", "linked_by") == [("member:anna", "anna")]
