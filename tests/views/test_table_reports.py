"""What had to be reported, which conditions were met, who was asked, who is to hear: (known at, as of) -> answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from roadtown import RoadTown
from viewkit import Town, day, only

from ledger import questions
from ledger.events.decision import AuthorityProof, Check, DecisionMade
from ledger.store import mapper
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path

    from ledger import Recorded
    from ledger.store import Leaf

NORR = responsibility_id("norr")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadTown:
    """Anna reports to bo within five days, as a condition says, and to eva, as level 6 does."""
    conditions = ["report:bo/5", "consult:cia"]
    town = RoadTown(tmp_path_factory.mktemp("reports"), level=6, conditions=conditions)
    town.open("vans", "2", "advice", affected=["bo", "eva"])
    town.on("vans", "ask-advice", "anna", "2", of=["cia", "bo", "eva"], by_when="2025-01-04")
    town.on("vans", "advise", "cia", "3", text="yes")
    town.on("vans", "advise", "bo", "3", text="no")
    town.marks["asked"] = town.ledger.head()
    town.marks["made"] = town.on("vans", "decide matter", "anna", "5", chose="yes", informed=["cia"])
    town.marks["to bo"] = town.on("vans", "report", "anna", "12", to="bo", meeting="2025-01-12")
    town.marks["to eva"] = town.on("vans", "report", "anna", "20", to="eva")
    return town


@pytest.mark.parametrize(
    ("known", "as_of", "late", "answer"),
    [
        ("founded", "30", False, []),
        ("asked", "30", False, []),
        ("made", "4", False, []),
        ("made", "10", False, [("bo", "01-10", None, 0), ("eva", "02-04", None, 0)]),
        ("made", "10", True, []),
        ("made", "12", True, [("bo", "01-10", None, 2)]),
        ("to bo", "12", True, [("bo", "01-10", "01-12", 2)]),
        ("to bo", "11", True, [("bo", "01-10", None, 1)]),
        ("to eva", "2025-03-01", True, [("bo", "01-10", "01-12", 2)]),
        ("to eva", "20", False, [("bo", "01-10", "01-12", 2), ("eva", "02-04", "01-20", 0)]),
    ],
)
def test_a_report_is_due_when_its_condition_says_and_else_in_thirty_days(
    town: RoadTown, known: str, as_of: str, late: object, answer: list[tuple[Any, ...]]
) -> None:
    rows = town.ask(questions.reports, as_of, town.marks[known], late=late)
    found = [
        (row["to"], f"{row['due']:%m-%d}", row["reported"] and f"{row['reported']:%m-%d}", row["days_late"])
        for row in rows
    ]
    assert found == answer


@pytest.mark.parametrize(
    ("known", "as_of", "unmet", "answer"),
    [
        ("founded", "30", False, []),
        ("made", "4", False, []),
        ("made", "6", True, []),
        ("made", "11", True, [("report bo (condition of norr)", None, None)]),
        (
            "to bo",
            "12",
            False,
            [
                ("consult cia (condition of norr)", "01-02", "01-03"),
                ("report bo (condition of norr)", None, "01-12"),
                ("report eva (level 6)", None, None),
            ],
        ),
    ],
)
def test_what_a_mandate_has_come_first_or_after_is_met_or_is_listed(
    town: RoadTown, known: str, as_of: str, unmet: object, answer: list[tuple[str, str | None, str | None]]
) -> None:
    rows = town.ask(questions.conditions, as_of, town.marks[known], unmet=unmet)
    found = [
        (row["condition"], *(row[name] and f"{row[name]:%m-%d}" for name in ("sought", "answered"))) for row in rows
    ]
    assert found == answer


def test_a_condition_that_was_passed_over_is_found_however_it_came_to_be_written(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.open("vans", "2", "alone")
    check = Check(responsibility=NORR, dimension="consent", limit="bo", asked="condition of norr", result="due before")
    proof = AuthorityProof(verdict="inside", responsibility=NORR, checks=(check,))
    forced = town.force("vans", DecisionMade(authority=proof), "anna", "3")
    for known, as_of, answer in ((forced, "2", []), (forced, "3", [("consent bo (condition of norr)", False)])):
        assert only(town.ask(questions.conditions, as_of, known, unmet=True), "condition", "met") == answer


def test_of_a_yes_the_views_read_the_duties_and_no_other_check(town: RoadTown) -> None:
    leaf: Leaf = next(each for each in town.ledger._recorder.stream(town.ids["vans"]) if each.kind == DecisionMade.kind)

    def duties(recorded: Recorded) -> list[Check]:
        event = recorded.entry.event
        assert isinstance(event, DecisionMade)
        return [each for each in event.authority.checks if each.dimension in {"consult", "report"}]

    whole, outlined = mapper.recorded(leaf), mapper.outlined(leaf)
    assert duties(whole) == duties(outlined) == list(outlined.entry.event.authority.checks)  # type: ignore[attr-defined]
    assert [each.limit for each in duties(outlined)] == ["bo", "cia", "eva"]


@pytest.mark.parametrize(
    ("known", "as_of", "meeting", "answer"),
    [
        ("made", "30", "2025-01-12", ["vans"]),
        ("made", "30", "2025-01-04", []),
        # It was told at that meeting, and is on its list; on the list of the next it is no more.
        ("to bo", "30", "2025-01-12", ["vans"]),
        ("to bo", "30", "2025-01-19", []),
    ],
)
def test_the_list_for_a_meeting_has_what_was_decided_and_not_reported_before_it(
    town: RoadTown, known: str, as_of: str, meeting: str, answer: list[str]
) -> None:
    asked = (questions.report_pack, as_of, town.marks[known], "bo", date.fromisoformat(meeting))
    assert town.column("matter", *asked) == answer


def test_the_list_for_a_meeting_names_the_official_number_the_item_and_where_the_papers_are(tmp_path: Path) -> None:
    town = Town(tmp_path, founders=["board"], profile="kommunal", urgent_by=["anna"])
    for handle in ("anna", "bo"):
        town.tell("member add", "board", "1", handle=handle)
    town.tell("define", "board", "1", code="3.2.1", title="Vehicles")
    town.grant("3.2.1", "anna", by="board", on="1")
    town.tell("stand-in", "board", "2", code="3.2.1", member="bo", until=day("9"), reason="leave", **{"from": day("2")})
    town.tell("decide", "bo", "3", title="Two vans", type="buy", chose="lease", **{"in": "3.2.1"})
    (made,) = town.ask(questions.report_pack, "4", None, "board", date(2025, 1, 10))
    town.tell("number", "board", "4", register="KS-2025", decision=made["id"])
    town.tell("attach", "board", "4", stream=made["id"], uri="case.pdf", label="KS 2025/14")
    town.tell("decide", "anna", "5", title="A tow", type="rescue", urgent=True, reason="it blocks", **{"in": "3.2.1"})
    rows = town.ask(questions.report_pack, "6", None, "board", date(2025, 1, 10))
    assert only(rows, "number", "code", "matter", "decision", "delegate", "acting", "case") == [
        ("KS-2025-1", "3.2.1", "Two vans", "lease", "bo", "anna", "KS 2025/14"),
        (None, "3.2.1", "A tow", "A tow", "anna", None, None),
    ]


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "30", []),
        ("asked", "30", []),
        ("made", "4", []),
        ("made", "5", [(["bo", "eva"], ["bo", "eva"], ["bo"], ["bo"], 1.0)]),
    ],
)
def test_those_affected_were_asked_before_it_was_decided(
    town: RoadTown, known: str, as_of: str, answer: list[tuple[Any, ...]]
) -> None:
    rows = town.ask(questions.involvement, as_of, town.marks[known])
    assert only(rows, "affected", "asked", "answered", "answered_before", "share") == answer


def test_whom_a_decision_affects_and_nobody_asked_shows_in_the_share(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.decide("vans", "2", affected=["anna", "bo", "cia"])
    assert only(town.ask(questions.involvement, "2"), "affected", "asked", "share") == [(["bo", "cia"], [], 0.0)]
    assert town.ask(questions.involvement, "2", None, day("3")) == []


def test_who_is_to_hear_of_a_decision_says_why_and_whether_they_did(town: RoadTown) -> None:
    columns = ("member", "because", "told")
    told_bo = town.ask(questions.audience, "12", town.marks["to bo"], town.ids["vans"])
    assert only(told_bo, *columns) == [
        ("bo", ["affected", "report: condition of norr", "asked"], True),
        ("cia", ["asked"], True),
        ("eva", ["affected", "delegator", "report: level 6", "asked"], False),
    ]
    told_all = town.ask(questions.audience, "20", town.marks["to eva"], town.ids["vans"])
    assert [row["told"] for row in told_all] == [True, True, True]


def test_who_advised_has_not_heard_what_came_of_it_and_who_made_it_together_has(tmp_path: Path) -> None:
    town = RoadTown(tmp_path, level=4)
    town.open("vans", "2", "advice", affected=["bo"])
    town.on("vans", "ask-advice", "anna", "2", of=["bo"])
    town.on("vans", "advise", "bo", "3", text="no")
    town.on("vans", "decide matter", "anna", "4", chose="yes", **{"with": ["eva"]})
    rows = town.ask(questions.audience, "4", None, town.ids["vans"])
    assert only(rows, "member", "told") == [("bo", False), ("eva", True)]


def test_whoever_made_or_owns_what_is_replaced_is_to_hear_of_it(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.tell("stand-in", on="2", code="norr", member="bo", until=day("9"), reason="leave", **{"from": day("2")})
    old = town.decide("vans", "3", by="bo")
    town.decide("bikes", "4", supersedes=[old])
    left = town.ledger.head()
    town.clock.now = day("5")
    town.tell("member leave", on="6", handle="bo")
    for known, gone in ((left, False), (None, True)):
        rows = town.ask(questions.audience, "7", known, town.ids["bikes"])
        assert [(row["member"], row["because"], row["left"]) for row in rows] == [
            ("bo", [f"made {old}"], gone),
            ("eva", ["delegator"], False),
        ]
