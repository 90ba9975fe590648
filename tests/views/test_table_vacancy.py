"""What nobody holds, what soon will have no holder, and which offers wait: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import questions
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("code", "vacant_since", "last_holder", "cause", "answers")


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Norr above Vagn: both fall vacant in every way there is."""
    town = Town(tmp_path_factory.mktemp("vacancy"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    marks["defined"] = town.tell("define", on="2", code="vagn", title="Vehicles", parent="norr")
    marks["offered"] = town.tell("offer", on="2", code="norr", to="anna", until=day("20"))
    marks["norr"] = town.tell("accept", "anna", "3", code="norr")
    marks["vagn"] = town.grant("vagn", "bo", by="anna", on="3")
    marks["handed back"] = town.tell(
        "hand-back", "bo", "5", code="vagn", lacking="capacity", reason="full", effective=day("6")
    )
    marks["completed"] = town.ledger.head()
    marks["cia"] = town.grant("vagn", "cia", by="anna", on="8")
    town.clock.now = day("9")
    marks["left"] = town.tell("member leave", on="10", handle="cia")
    town.clock.now = day("12")
    marks["told late"] = town.tell("member leave", on="11", handle="bo")
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("founded", "30", []),
        ("defined", "1", [("norr", day("1"), None, "never held", "eva")]),
        (
            "defined",
            "3",
            [("norr", day("1"), None, "never held", "eva"), ("vagn", day("2"), None, "never held", "eva")],
        ),
        ("offered", "2", [("norr", day("1"), None, "offered", "eva"), ("vagn", day("2"), None, "never held", "eva")]),
        ("norr", "2", [("norr", day("1"), None, "offered", "eva"), ("vagn", day("2"), None, "never held", "eva")]),
        ("norr", "3", [("vagn", day("2"), None, "never held", "anna")]),
        ("norr", "20", [("norr", day("20"), "anna", "expired", "eva"), ("vagn", day("2"), None, "never held", "eva")]),
        ("vagn", "3", []),
        ("vagn", "19", []),
        ("handed back", "5", []),
        ("handed back", "6", [("vagn", day("6"), "bo", "handed back", "anna")]),
        ("vagn", "6", []),
        ("cia", "8", []),
        ("cia", "7", [("vagn", day("6"), "bo", "handed back", "anna")]),
        ("left", "9", []),
        ("left", "10", [("vagn", day("10"), "cia", "left", "anna")]),
        ("cia", "10", []),
        ("left", "21", [("norr", day("20"), "anna", "expired", "eva"), ("vagn", day("10"), "cia", "left", "eva")]),
        ("told late", "7", [("vagn", day("6"), "bo", "handed back", "anna")]),
    ],
)
def test_what_is_vacant_since_when_and_who_answers(
    links: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = links
    assert only(town.ask(questions.vacant, as_of, marks[known]), *COLUMNS) == answer


@pytest.mark.parametrize(
    ("known", "as_of", "until", "answer"),
    [
        ("founded", "1", "2025-12-31", []),
        ("norr", "3", "20", []),
        ("norr", "3", "20T01", [("norr", "anna", "expiry", day("20"))]),
        ("norr", "20", "30", []),
        ("cia", "8", "15", []),
        ("left", "9", "15", [("vagn", "cia", "leaving", day("10"))]),
        ("left", "9", "30", [("norr", "anna", "expiry", day("20")), ("vagn", "cia", "leaving", day("10"))]),
        ("left", "9", "10", []),
        ("left", "10", "15", []),
    ],
)
def test_what_loses_its_holder_before_a_day(
    links: tuple[Town, dict[str, int]], known: str, as_of: str, until: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = links
    rows = town.ask(questions.vacant_within, as_of, marks[known], day(until))
    assert only(rows, "code", "holder", "cause", "date") == answer


def test_an_absence_leaves_a_responsibility_without_its_holder_for_a_while(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    before = town.grant("norr", "anna", on="2")
    town.tell("away", "anna", "3", until=day("8"), **{"from": day("5")})
    named = town.tell("stand-in", on="3", code="norr", member="bo", until=day("9"), reason="away", **{"from": day("4")})
    for known, as_of, until, answer in (
        (before, "4", "10", []),
        (None, "3", "5", []),
        (None, "3", "5T01", [("norr", "anna", "absence", day("5"), None)]),
        (named, "4", "10", [("norr", "anna", "absence", day("5"), "bo")]),
        (None, "7", "10", [("norr", "anna", "absence", day("5"), "bo")]),
        (None, "8", "10", []),
    ):
        rows = town.ask(questions.vacant_within, as_of, known, day(until))
        assert only(rows, "code", "holder", "cause", "date", "stand_in") == answer, (known, as_of, until)


def test_an_offer_waits_from_its_day_until_it_is_answered(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    none = town.tell("define", on="1", code="syd", title="South")
    first = town.tell("offer", on="2", code="norr", to="anna")
    second = town.tell("offer", on="2", code="syd", to="bo")
    declined = town.tell("decline", "anna", "4", code="norr", reason="no time")
    anew = town.tell("offer", on="5", code="norr", to="bo")
    withdrawn = town.tell("withdraw-offer", on="6", code="syd")
    accepted = town.tell("accept", "bo", "7", code="norr")
    for known, as_of, answer in (
        (town.founded, "2", []),
        (none, "2", []),
        (first, "1T23", []),
        (first, "2", [("norr", "anna", 0)]),
        (first, "9", [("norr", "anna", 7)]),
        (second, "3", [("norr", "anna", 1), ("syd", "bo", 1)]),
        (declined, "3", [("norr", "anna", 1), ("syd", "bo", 1)]),
        (declined, "4", [("syd", "bo", 2)]),
        (anew, "5", [("syd", "bo", 3), ("norr", "bo", 0)]),
        (withdrawn, "6", [("norr", "bo", 1)]),
        (withdrawn, "5", [("syd", "bo", 3), ("norr", "bo", 0)]),
        (accepted, "6", [("norr", "bo", 1)]),
        (accepted, "7", []),
    ):
        assert only(town.ask(questions.offers, as_of, known), "code", "to", "days") == answer, (known, as_of)


def test_an_annulled_acceptance_leaves_the_offer_waiting(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    accepted = town.grant("norr", "anna", on="2")
    line = next(row for row in town.ask(questions.log, None) if row["position"] == accepted)
    town.clock.now = day("5")
    annulled = town.tell(
        "annul", on="5", stream=line["subject"], version=int(line["id"].rpartition("/")[2]), reason="she never said so"
    )
    for known, offered, holder in ((accepted, [], "anna"), (annulled, ["norr"], None)):
        assert town.column("code", questions.offers, "3", known) == offered
        assert town.holder("norr", "3", known) == holder
    assert only(town.ask(questions.vacant, "3"), "code", "cause") == [("norr", "offered")]


def test_a_defined_again_code_is_vacant_since_its_new_life(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.tell("define", on="1", code="norr", title="North")
    town.tell("clarify", on="2", code="norr", title="North and more")
    town.tell("retire", on="3", code="norr", reason="no longer needed")
    again = town.tell("define", on="5", code="norr", title="North anew")
    for known, as_of, answer in (
        (None, "2", [("norr", day("1"))]),
        (None, "4", []),
        (again, "6", [("norr", day("5"))]),
    ):
        assert only(town.ask(questions.vacant, as_of, known), "code", "vacant_since") == answer, as_of


@pytest.mark.parametrize("before", ["change-mandate", "renew"])
@pytest.mark.parametrize(("ends_by", "cause"), [("revoke", "revoked"), ("complete", "completed")])
def test_what_ends_in_the_instant_of_another_change_still_says_why(
    tmp_path: Path, before: str, ends_by: str, cause: str
) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2", amount="100")
    terms = {"amount": "50", "reason": "less"} if before == "change-mandate" else {"review_on": "2026-06-01"}
    town.tell(before, on="4", code="norr", **terms)
    if ends_by == "revoke":
        town.tell("revoke", on="4", code="norr", reason="done")
    else:
        town.tell("complete", "anna", "4", code="norr", summary="done")
    rows = only(town.ask(questions.vacant, "5"), "code", "last_holder", "vacant_since", "cause")
    assert rows == [("norr", "anna", day("4"), cause)]


def test_a_renewal_to_its_own_instant_expires_then(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2")
    renewed = town.tell("renew", on="4", code="norr", until=day("9"))
    town.tell(
        "correct",
        on="4",
        stream=responsibility_id("norr"),
        version=4,
        field="until",
        after=day("4").isoformat(),
        reason="a slip",
    )
    for known, as_of, answer in (
        (renewed, "8", []),
        (renewed, "9", [("norr", "expired")]),
        (None, "4", [("norr", "expired")]),
    ):
        assert only(town.ask(questions.vacant, as_of, known), "code", "cause") == answer, (known, as_of)
