"""What falls due, which reviews are promised, what is tried and what was learnt: (known at, as of) -> answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from roadtown import RoadTown
from viewkit import day, only

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path

REVIEW = {"happened": "quieter", "outcome": "better", "process": "sound", "learned": "ask earlier", "verdict": "keep"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadTown:
    """A decision, an agreement and a trial that promise to be looked at again, and were."""
    town = RoadTown(tmp_path_factory.mktemp("promises"), review_on="2025-01-25", check_in_every="2w", until=day("29"))
    town.decide("vans", "2", review_on="2025-01-10", expects="fewer calls", signs=["calls a day"])
    town.decide("charter", "2", kind="agreement", review_on="2025-01-20", type="buy")
    town.decide("shifts", "3", kind="trial", review_on="2025-01-08", trial_until="2025-01-12", expects="better sleep")
    town.marks["made"] = town.ledger.head()
    town.open("rota", "4", "consent", consenters=["bo"], decide_by="2025-01-09")
    town.marks["asked"] = town.on("rota", "ask-advice", "anna", "4", of=["cia"], by_when="2025-01-07")
    town.marks["advised"] = town.on("rota", "advise", "cia", "6", text="why not")
    town.marks["looked"] = town.on("shifts", "review", "anna", "8", **{**REVIEW, "verdict": "adapt"})
    town.marks["reviewed"] = town.on("vans", "review", "anna", "11", **REVIEW, next_review_on="2025-02-10")
    town.decide(
        "more shifts", "12", kind="trial", review_on="2025-01-20", trial_until="2025-01-20", follows=town.ids["shifts"]
    )
    town.marks["reversed"] = town.on("vans", "reverse", "anna", "13", reason="dear")
    town.clock.now = day("14")
    town.marks["left"] = town.tell("member leave", on="15", handle="anna")
    return town


def _due(town: RoadTown, known: str, as_of: str, until: str) -> list[tuple[Any, ...]]:
    rows = town.ask(questions.due, as_of, town.marks[known], date.fromisoformat(f"2025-{until}"))
    return [(row["what"], row["title"], f"{row['due']:%m-%d}", row["days_over"], row["whose"]) for row in rows]


@pytest.mark.parametrize(
    ("known", "as_of", "until", "answer"),
    [
        ("founded", "1", "12-31", []),
        ("made", "1", "01-14", []),
        ("made", "2", "01-14", [("review", "vans", "01-10", 0, ["anna"])]),
        (
            "made",
            "4",
            "01-14",
            [
                ("review", "shifts", "01-08", 0, ["anna"]),
                ("review", "vans", "01-10", 0, ["anna"]),
                ("trial end", "shifts", "01-12", 0, ["anna"]),
            ],
        ),
        ("asked", "4", "01-07", [("advice", "rota", "01-07", 0, ["cia"])]),
        ("advised", "6", "01-07", []),
        (
            "asked",
            "10",
            "01-10",
            [
                ("review", "shifts", "01-08", 2, ["anna"]),
                ("decide by", "rota", "01-09", 1, ["anna"]),
                ("review", "vans", "01-10", 0, ["anna"]),
            ],
        ),
        (
            "looked",
            "12",
            "01-12",
            [
                ("decide by", "rota", "01-09", 3, ["anna"]),
                ("review", "vans", "01-10", 2, ["anna"]),
                ("trial end", "shifts", "01-12", 0, ["anna"]),
            ],
        ),
        (
            "reversed",
            "14",
            "02-15",
            [
                ("decide by", "rota", "01-09", 5, ["anna"]),
                ("check-in", "North", "01-15", 0, ["anna", "eva"]),
                ("agreement review", "charter", "01-20", 0, ["anna"]),
                ("trial end", "more shifts", "01-20", 0, ["anna"]),
                ("delegation review", "North", "01-25", 0, ["anna", "eva"]),
                ("mandate end", "North", "01-29", 0, ["anna", "eva"]),
            ],
        ),
        ("reversed", "12", "01-11", [("decide by", "rota", "01-09", 3, ["anna"])]),
        # What nobody holds any more has no check-in; what was decided is still to be looked at.
        (
            "left",
            "15",
            "01-24",
            [
                ("decide by", "rota", "01-09", 6, ["eva"]),
                ("agreement review", "charter", "01-20", 0, ["anna"]),
                ("trial end", "more shifts", "01-20", 0, ["anna"]),
            ],
        ),
    ],
)
def test_every_promise_stands_in_one_list_the_earliest_first(
    town: RoadTown, known: str, as_of: str, until: str, answer: list[tuple[Any, ...]]
) -> None:
    assert _due(town, known, as_of, until) == answer


@pytest.mark.parametrize(
    ("known", "as_of", "due", "answer"),
    [
        ("founded", "30", False, []),
        ("made", "2", False, [("vans", "01-10"), ("charter", "01-20")]),
        ("made", "9", True, [("shifts", "01-08")]),
        ("made", "10", True, [("shifts", "01-08"), ("vans", "01-10")]),
        ("reviewed", "10", True, [("vans", "01-10")]),
        ("reviewed", "11", False, [("charter", "01-20"), ("vans", "02-10")]),
        ("reversed", "13", False, [("charter", "01-20"), ("more shifts", "01-20")]),
    ],
)
def test_a_review_is_promised_until_it_comes_and_the_next_is_promised_in_it(
    town: RoadTown, known: str, as_of: str, due: object, answer: list[tuple[str, str]]
) -> None:
    rows = town.ask(questions.reviews, as_of, town.marks[known], due=due)
    # Two of one day come in the order of their ids, which says nothing.
    assert sorted((f"{row['due']:%m-%d}", row["title"]) for row in rows) == [
        (due_on, title) for title, due_on in answer
    ]
    assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)


def test_a_review_says_what_was_expected_and_which_signs_to_watch(town: RoadTown) -> None:
    rows = town.ask(questions.reviews, "2", town.marks["made"])
    assert only(rows[:1], "expected", "signs_to_watch", "by") == [("fewer calls", ["calls a day"], "anna")]


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "30", []),
        ("made", "10", [("shifts", 2)]),
        ("made", "11", [("shifts", 3), ("vans", 1)]),
        ("reviewed", "26", [("charter", 6), ("North", 1)]),
        # Whoever has left held it: nobody reviews a delegation that is none.
        ("left", "26", [("charter", 6)]),
    ],
)
def test_reviews_that_never_came_are_of_decisions_and_of_delegations(
    town: RoadTown, known: str, as_of: str, answer: list[tuple[str, int]]
) -> None:
    assert only(town.ask(questions.overdue_reviews, as_of, town.marks[known]), "title", "days_over") == answer


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "30", []),
        ("made", "2", []),
        ("made", "3", [("shifts", "better sleep", 1, "2025-01-08", 0)]),
        ("looked", "14", [("shifts", "better sleep", 1, None, 2)]),
        ("reversed", "12", [("more shifts", None, 2, "2025-01-20", 0)]),
        ("reversed", "11", [("shifts", "better sleep", 1, None, 0)]),
    ],
)
def test_a_trial_goes_on_until_it_is_looked_at_or_its_next_round_begins(
    town: RoadTown, known: str, as_of: str, answer: list[tuple[Any, ...]]
) -> None:
    rows = town.ask(questions.trials, as_of, town.marks[known])
    assert only(rows, "title", "hypothesis", "iteration", "next", "days_over") == answer


@pytest.mark.parametrize(
    ("known", "as_of", "type_", "answer"),
    [
        ("made", "30", None, []),
        ("reviewed", "8", None, [("shifts", "better sleep", "adapt", [])]),
        (
            "reversed",
            "30",
            None,
            [("shifts", "better sleep", "adapt", ["{more shifts}"]), ("vans", "fewer calls", "keep", ["reversed"])],
        ),
        (
            "reversed",
            "30",
            "buy",
            [("shifts", "better sleep", "adapt", ["{more shifts}"]), ("vans", "fewer calls", "keep", ["reversed"])],
        ),
        ("reversed", "30", "hire/*", []),
    ],
)
def test_what_was_learnt_says_what_came_of_it(
    town: RoadTown, known: str, as_of: str, type_: str | None, answer: list[tuple[str, str, str, list[str]]]
) -> None:
    rows = town.ask(questions.learned, as_of, town.marks[known], type_)
    expected = [
        (title, hope, verdict, [each.format(**town.ids) for each in came]) for title, hope, verdict, came in answer
    ]
    assert only(rows, "title", "expected", "verdict", "came_of_it") == expected


def test_a_correction_that_arrives_later_moves_the_day_of_a_review(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.decide("vans", "2", review_on="2025-01-10")
    made = town.ledger.head()
    town.tell(
        "correct", on="5", stream=town.ids["vans"], version=2, field="review_on", after="2025-01-20", reason="slip"
    )
    for known, as_of, promised in ((made, "6", "01-10"), (None, "6", "01-20"), (None, "3", "01-20")):
        assert [f"{each:%m-%d}" for each in town.column("due", questions.reviews, as_of, known)] == [promised]


def test_what_is_owed_to_one_member_is_one_promise_with_the_earliest_day(tmp_path: Path) -> None:
    town = RoadTown(tmp_path, level=6)
    town.decide("vans", "2")
    town.decide("bikes", "3")
    (row,) = [row for row in town.ask(questions.due, "4", None, date(2025, 3, 1)) if row["what"] == "report"]
    assert (row["title"], row["due"], row["whose"]) == ("to eva: vans (+1)", date(2025, 2, 1), ["anna"])
    town.on("vans", "report", "anna", "5")
    (row,) = [row for row in town.ask(questions.due, "5", None, date(2025, 3, 1)) if row["what"] == "report"]
    assert (row["title"], row["due"]) == ("to eva: bikes", date(2025, 2, 2))


def test_an_objection_that_was_deferred_is_promised_to_be_looked_at(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.open("rota", "2", "consent", consenters=["bo"])
    town.on("rota", "object", "bo", "3", argument="nights are long")
    town.on(
        "rota",
        "resolve",
        "anna",
        "4",
        objection=1,
        how="deferred",
        explanation="try",
        follow_up_on="2025-01-20",
        together_with=["bo"],
    )
    town.on("rota", "consent", "bo", "5", version=1)
    town.on("rota", "decide matter", "anna", "6", chose="yes")
    rows = [row for row in town.ask(questions.due, "7", None, date(2025, 1, 31)) if row["what"] == "follow-up"]
    assert only(rows, "title", "due", "whose") == [("rota: nights are long", date(2025, 1, 20), ["anna"])]
    town.on("rota", "review", "anna", "8", **REVIEW)
    assert "follow-up" not in town.column("what", questions.due, "8", None, date(2025, 1, 31))
