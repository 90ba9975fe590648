"""Which check-ins were missed, who waits for support, how it goes: (known at, as of) -> answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Anna holds norr with a check-in each week, bo vagn below it each month; anna leaves on the 25th."""
    town = Town(tmp_path_factory.mktemp("care"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    # Two grants in one instant, the second of them to somebody else.
    town.tell("offer", on="2", code="norr", to="anna", check_in_every="1w")
    town.tell("accept", "anna", "2", code="norr")
    town.tell("offer", "anna", "2", code="vagn", to="bo", check_in_every="1mo", resources=["two vans"])
    marks["granted"] = town.tell("accept", "bo", "2", code="vagn")
    town.clock.now = day("12")
    marks["checked in, told three days late"] = town.tell(
        "check-in", on="9", code="norr", state="needs_support", next_on="2025-01-14", **{"with": ["anna"]}
    )
    marks["asked"] = town.tell("ask-support", "anna", "12", code="norr", what="a lawyer")
    marks["asked again"] = town.tell("ask-support", "bo", "13", code="vagn", what="a van")
    marks["given"] = town.tell("give-support", on="15", code="norr", what="our own")
    town.clock.now = day("16")
    marks["leaves"] = town.tell("member leave", "anna", "25", handle="anna")
    town.clock.now = day("28")
    held = next(row for row in town.ask(questions.log, None) if row["event"] == "check_in.held.v1")
    marks["corrected"] = town.tell(
        "correct",
        on="28",
        stream=held["subject"],
        version=int(held["id"].rpartition("/")[2]),
        field="next_on",
        after="2025-01-20",
        reason="a slip",
    )
    return town, marks


NORR, VAGN = "norr", "vagn"


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("founded", "20", []),
        ("granted", "1", []),
        ("granted", "8", []),
        ("granted", "9", []),
        ("granted", "10", [(NORR, None, date(2025, 1, 9), 1)]),
        ("checked in, told three days late", "8", []),
        ("checked in, told three days late", "10", []),
        ("checked in, told three days late", "14", []),
        ("checked in, told three days late", "16", [(NORR, day("9"), date(2025, 1, 14), 2)]),
        ("leaves", "24", [(NORR, day("9"), date(2025, 1, 14), 10)]),
        # Nobody holds norr any more: nobody has missed anything there; vagn goes on below the vacant link.
        ("leaves", "25", []),
        ("leaves", "2025-02-04", [(VAGN, None, date(2025, 2, 2), 2)]),
        ("corrected", "16", []),
        ("corrected", "24", [(NORR, day("9"), date(2025, 1, 20), 4)]),
        ("leaves", "16", [(NORR, day("9"), date(2025, 1, 14), 2)]),
    ],
)
def test_a_check_in_is_missed_the_day_after_it_was_promised_for(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.check_ins, as_of, marks[known], missed=True)
    assert only(rows, "code", "last", "next_on", "days_over") == answer


def test_every_promise_is_listed_with_what_was_said_last(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    rows = town.ask(questions.check_ins, "12", marks["asked"])
    assert only(rows, "code", "holder", "delegator", "agreed_every", "state", "days_over") == [
        ("norr", "anna", "eva", "1w", "needs_support", 0),
        ("vagn", "bo", "anna", "1mo", None, 0),
    ]
    assert rows[0]["explain"] == [marks["granted"] - 2, marks["checked in, told three days late"]]


@pytest.mark.parametrize(
    ("known", "as_of", "waiting"),
    [
        ("founded", "1", []),
        ("granted", "12", []),
        ("asked", "11", []),
        ("asked", "12", [("anna", "eva", "a lawyer", 0)]),
        ("asked again", "14", [("anna", "eva", "a lawyer", 2), ("bo", "anna", "a van", 1)]),
        ("given", "14", [("anna", "eva", "a lawyer", 2), ("bo", "anna", "a van", 1)]),
        ("given", "15", [("bo", "anna", "a van", 2)]),
        # Whoever asked and left waits no more; who was asked and left is waited for still.
        ("asked again", "30", [("anna", "eva", "a lawyer", 18), ("bo", "anna", "a van", 17)]),
        ("leaves", "30", [("bo", "anna", "a van", 17)]),
        ("corrected", "30", [("bo", "anna", "a van", 17)]),
    ],
)
def test_support_waits_until_it_is_given_or_its_delegation_is_held_no_more(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, waiting: list[tuple[object, ...]]
) -> None:
    town, marks = year
    assert only(town.ask(questions.supports, as_of, marks[known], waiting=True), "by", "of", "what", "age") == waiting


def test_what_was_given_is_told_with_how_long_it_took(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    rows = town.ask(questions.supports, "30", marks["corrected"])
    assert only(rows, "support", "age", "waits", "given", "given_by", "answer") == [
        (1, 3, False, day("15"), "eva", "our own"),
        (1, 17, True, None, None, None),
    ]


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("granted", "5", (None, None, [])),
        ("checked in, told three days late", "8", (None, None, [])),
        ("asked", "12", (day("9"), "needs_support", ["a lawyer"])),
        ("given", "15", (day("9"), "needs_support", [])),
    ],
)
def test_who_delegated_sees_how_it_goes(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: tuple[object, ...]
) -> None:
    town, marks = year
    rows = {row["code"]: row for row in town.ask(questions.delegated_by, as_of, marks[known], "eva")}
    norr = rows["norr"]
    assert (norr["last_check_in"], norr["state"], norr["support_asked"]) == answer
    assert norr["check_in_every"] == "1w"


def test_an_offer_shows_its_gaps_and_what_comes_with_it_is_part_of_the_terms(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna")
    assert town.ask(questions.offers, "1") == []
    town.tell("define", on="1", code="norr", title="North", competences=["juridik"])
    told = town.tell("offer", on="2", code="norr", to="anna", level=3, delegator_duties=["answers within a day"])
    (row,) = town.ask(questions.offers, "2")
    assert row["readiness_gaps"] == [
        "authority: level 3: the delegator decides",
        "competence: lacking: juridik",
        "resources: none named",
    ]
    town.tell("accept", "anna", "3", code="norr")
    assert town.ask(questions.offers, "3") == []
    assert len(town.ask(questions.offers, "2", told)) == 1
    (held,) = town.ask(questions.holds, "3", None, "anna")
    assert (held["resources"], held["delegator_duties"]) == ([], ["answers within a day"])


def test_a_review_says_when_the_next_is_due_and_leaves_the_mandate_alone(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    granted = town.grant("norr", "anna", on="2", review_on="2025-06-01", amount="1000")
    town.tell(
        "review-delegation",
        on="10",
        code="norr",
        design="fits",
        mandate="widen",
        delegator_part="fits",
        learned="more",
        next_review_on="2025-09-01",
        **{"with": ["anna"]},
    )
    for as_of, known, review in (("9", None, "2025-06-01"), ("10", None, "2025-09-01"), ("10", granted, "2025-06-01")):
        (row,) = town.ask(questions.holds, as_of, known, "anna")
        assert (row["review_on"], row["amount"]) == (review, "1000")
