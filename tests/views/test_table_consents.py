"""Who stands behind what was decided, what was objected, and who was barred: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from roadtown import RoadTown
from viewkit import day, only

from ledger import questions
from ledger.events.decision import AuthorityProof, ConsentGiven, DecisionMade
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadTown:
    """A team of three that agrees on a charter, which is changed once on the way; a fourth joins afterwards."""
    town = RoadTown(tmp_path_factory.mktemp("consents"))
    town.people("dan")
    town.tell("member add", on="1", handle="team", group=True, acts="together")
    for handle in ("anna", "bo", "cia"):
        town.tell("member join", on="1", group="team", handle=handle)
    town.open("charter", "2", "consensus", kind="agreement", consenters=["team"])
    town.on("charter", "consent", "anna", "3", version=1)
    town.on("charter", "concern", "bo", "3", text="it is long")
    town.marks["concern"] = town.on("charter", "consent", "bo", "4", version=1)
    town.marks["objected"] = town.on("charter", "object", "cia", "4", argument="it says nothing of nights")
    town.marks["amended"] = town.on("charter", "amend", "anna", "5", question="What do we owe each other at night?")
    town.on("charter", "resolve", "anna", "5", objection=1, how="integrated")
    for handle in ("anna", "bo", "cia"):
        town.marks[handle] = town.on("charter", "consent", handle, "6", version=2)
    town.marks["made"] = town.on("charter", "decide matter", "anna", "7", chose="yes", review_on="2025-06-01")
    town.tell("member join", on="9", group="team", handle="dan")
    town.marks["joined"] = town.ledger.head()
    town.clock.now = day("10")
    town.marks["left"] = town.tell("member leave", on="11", handle="bo")
    return town


@pytest.mark.parametrize(
    ("known", "as_of", "unanimous", "answer"),
    [
        ("charter", "2", False, [("anna", "silent", None), ("bo", "silent", None), ("cia", "silent", None)]),
        ("concern", "3", False, [("anna", "consented", 1), ("bo", "silent", None), ("cia", "silent", None)]),
        ("objected", "4", False, [("anna", "consented", 1), ("bo", "consented", 1), ("cia", "objected", None)]),
        (
            "amended",
            "5",
            False,
            [("anna", "earlier version", 1), ("bo", "earlier version", 1), ("cia", "objected", None)],
        ),
        ("bo", "6", False, [("anna", "consented", 2), ("bo", "consented", 2), ("cia", "silent", None)]),
        ("made", "7", True, [("anna", "consented", 2), ("bo", "consented", 2), ("cia", "consented", 2)]),
        (
            "joined",
            "9",
            True,
            [("anna", "consented", 2), ("bo", "consented", 2), ("cia", "consented", 2), ("dan", "not asked", None)],
        ),
        # As the ledger knew it, and as it was: who joined is not there before they joined.
        ("joined", "8", True, [("anna", "consented", 2), ("bo", "consented", 2), ("cia", "consented", 2)]),
        ("amended", "4", False, [("anna", "consented", 1), ("bo", "consented", 1), ("cia", "objected", None)]),
    ],
)
def test_who_stands_behind_a_decision_and_on_which_version(
    town: RoadTown, known: str, as_of: str, unanimous: object, answer: list[tuple[str, str, int | None]]
) -> None:
    rows = town.ask(questions.agreement, as_of, town.marks[known], town.ids["charter"])
    assert only(rows, "member", "stance", "version") == answer
    assert {row["unanimous"] for row in rows} == {unanimous}
    assert [row["member"] for row in rows if row["joined_since"]] == [
        who for who, stance, _ in answer if "not" in stance
    ]


def test_a_concern_stops_nothing_and_stays_beside_the_consent(town: RoadTown) -> None:
    rows = town.ask(questions.agreement, "9", town.marks["joined"], town.ids["charter"])
    assert [row["concern"] for row in rows] == [None, "it is long", None, None]
    assert {row["review_on"] for row in rows} == {"2025-06-01"}


def test_who_left_still_stands_behind_what_they_consented_to(town: RoadTown) -> None:
    rows = town.ask(questions.agreement, "12", None, town.ids["charter"])
    assert [(row["member"], row["left"]) for row in rows if row["stance"] == "consented"] == [
        ("anna", False),
        ("bo", True),
        ("cia", False),
    ]


def test_where_nobody_was_asked_nobody_stands_behind_it(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.decide("vans", "2")
    assert town.ask(questions.agreement, "3", None, town.ids["vans"]) == []


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "30", []),
        ("cia", "30", []),
        ("made", "6", []),
        ("made", "7", [("charter", ["anna", "bo", "cia"], [], [], 1)]),
    ],
)
def test_a_consensus_is_of_all_who_were_asked_on_the_version_that_was_decided(
    town: RoadTown, known: str, as_of: str, answer: list[tuple[Any, ...]]
) -> None:
    columns = ("title", "consented_on_final_version", "missing", "conflicted", "changed_in_between")
    assert only(town.ask(questions.consensus, as_of, town.marks[known]), *columns) == answer
    assert town.ask(questions.consensus, as_of, town.marks[known], broken=True) == []


def _made() -> DecisionMade:
    norr = responsibility_id("norr")
    return DecisionMade(version=1, authority=AuthorityProof(verdict="inside", responsibility=norr))


def test_a_consensus_that_lacks_a_yes_is_found_however_it_came_to_be_written(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.open("values", "2", "consensus", consenters=["anna", "bo", "cia"])
    town.on("values", "declare-conflict", "cia", "3", reason="her brother sells it")
    town.on("values", "consent", "anna", "3", version=1)
    town.force("values", _made(), "anna", "4")
    made = town.ledger.head()
    # A consent that was given afterwards comes too late to make it a consensus.
    town.force("values", ConsentGiven(on_version=1), "bo", "5")
    for known in (made, None):
        rows = town.ask(questions.consensus, "6", known, broken=True)
        assert only(rows, "missing", "conflicted") == [(["bo"], ["cia"])]
    told = town.tell("annul", on="6", stream=town.ids["values"], version=4, reason="nobody decided it")
    assert town.ask(questions.consensus, "6", told) == []


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "30", []),
        ("objected", "3", []),
        ("objected", "4", [("cia", "open", None)]),
        ("made", "6", [("cia", "integrated", None)]),
        ("made", "7", [("cia", "integrated", "integrated")]),
        ("amended", "30", [("cia", "open", None)]),
    ],
)
def test_an_objection_is_open_until_it_is_met(
    town: RoadTown, known: str, as_of: str, answer: list[tuple[str, str, str | None]]
) -> None:
    rows = town.ask(questions.objections, as_of, town.marks[known])
    assert only(rows, "by", "state", "state_when_decided") == answer
    assert town.ask(questions.objections, as_of, town.marks[known], overridden=True) == []


def test_what_was_decided_over_an_open_objection_is_found_even_where_it_may_be(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.open("vans", "2", "advice", affected=["bo"])
    town.on("vans", "ask-advice", "anna", "2", of=["bo"])
    town.on("vans", "advise", "bo", "3", text="no")
    town.on("vans", "object", "bo", "3", argument="they rust")
    town.on("vans", "decide matter", "anna", "4", chose="yes")
    rows = town.ask(questions.objections, "4", None, overridden=True)
    assert only(rows, "title", "by", "process", "state_when_decided") == [("vans", "bo", "advice", "open")]


def test_who_declared_a_conflict_is_listed_with_what_they_did_after_it(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.open("vans", "2", "consent", consenters=["bo", "cia"])
    assert town.ask(questions.conflicts, "3") == []
    declared = town.on("vans", "declare-conflict", "bo", "3", reason="a cousin sells them")
    town.on("vans", "consent", "cia", "4", version=1)
    town.on("vans", "decide matter", "anna", "5", chose="yes")
    forced = town.force("vans", ConsentGiven(on_version=1), "bo", "6")
    for known, as_of, after, instead in (
        (declared, "3", [], None),
        (None, "5", [], "anna"),
        (forced, "6", ["consented"], "anna"),
    ):
        rows = town.ask(questions.conflicts, as_of, known)
        assert only(rows, "member", "ground", "acted_after", "who_decided_instead") == [
            ("bo", "a cousin sells them", after, instead)
        ]
