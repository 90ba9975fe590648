"""What an audit asks of decisions: (known at, as of) -> those whose footing was not there, as known by then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from viewkit import Town, day, only

from ledger import Filters, command, questions
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path

ALL = Filters()
NORR = responsibility_id("norr")
MONTH = timedelta(days=30)


def decided(town: Town, title: str, by: str, on: str, **fields: object) -> str:
    town.clock.now = max(town.clock.now, day(on))
    matter = {"do": "decide", "by": by, "on": day(on), "title": title, "in": "norr", "type": "buy", **fields}
    return town.ledger.tell(command(matter)).entries[0].stream


def _outside(town: Town, title: str, by: str, on: str, **fields: object) -> str:
    return decided(town, title, by, on, outside_mandate=True, reason="it could not wait", **fields)


def _north(folder: Path, **terms: object) -> Town:
    """Norr is offered to anna on the 3rd, and hers from the 5th."""
    town = Town(folder)
    town.people("anna", "bo")
    town.tell("define", on="2", code="norr", title="North")
    town.tell("offer", on="3", code="norr", to="anna", **terms)
    town.tell("accept", "anna", "5", code="norr")
    return town


QUESTIONS = [
    (questions.untimely, ALL),
    (questions.expired, ALL),
    (questions.reserved, ALL),
    (questions.joint, ALL),
    (questions.split_check, MONTH),
    (questions.recorded_for,),
    (questions.late, MONTH),
    (questions.corrections,),
    (questions.numbers,),
    (questions.evidence,),
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked[0].__name__)
@pytest.mark.parametrize("known", [0, None])
def test_an_empty_ledger_has_no_findings(tmp_path: Path, asked: tuple[Any, ...], known: int | None) -> None:
    town = Town(tmp_path)
    assert town.ask(asked[0], "30", known, *asked[1:]) == []


def test_an_empty_ledger_has_the_delegation_of_its_root_alone(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert town.ask(questions.delegations, "30", 0) == []
    assert only(town.ask(questions.delegations, "30"), "delegation", "to", "state") == [("root 1", "eva", "accepted")]
    assert town.ask(questions.delegations, "30", None, unaccepted=True) == []


def test_a_decision_before_accepting_is_untimely_until_an_earlier_acceptance_is_told(tmp_path: Path) -> None:
    town = _north(tmp_path)
    early = _outside(town, "Too early", "anna", "4")
    sooner = _outside(town, "Before the offer", "anna", "2T12")
    never = _outside(town, "Never hers", "bo", "4")
    known = town.ledger.head()
    decided(town, "In time", "anna", "6")
    columns = ("decision", "by", "when", "why_untimely", "link")
    assert only(town.ask(questions.untimely, None, known, ALL), *columns) == [
        (sooner, "anna", day("2T12"), "before it was offered", "norr"),
        (early, "anna", day("4"), "before accepting", "norr"),
    ]
    assert never not in town.column("decision", questions.untimely, None, known, ALL)
    right = {"stream": NORR, "version": 3, "field": "occurred_at", "after": day("3T06").isoformat()}
    corrected = town.tell("correct", on="7", reason="she said yes on the 3rd", **right)
    assert town.column("decision", questions.untimely, None, corrected, ALL) == [sooner]
    assert town.column("decision", questions.untimely, None, known, ALL) == [sooner, early]
    assert town.column("decision", questions.untimely, "3", corrected, ALL) == [sooner]
    assert town.column("decision", questions.untimely, "1", corrected, ALL) == []
    assert town.column("decision", questions.untimely, None, known, Filters(since=day("3"))) == [early]
    assert town.column("decision", questions.untimely, None, known, Filters(by="bo")) == []


def test_a_decision_after_leaving_is_found_once_the_leaving_is_told(tmp_path: Path) -> None:
    town = _north(tmp_path)
    inside = decided(town, "Still here", "anna", "8")
    late = decided(town, "Already gone", "anna", "10")
    before = town.ledger.head()
    assert town.ask(questions.untimely, None, before, ALL) == []
    town.clock.now = day("12")
    town.ledger.tell(command({"do": "member leave", "by": "eva", "handle": "anna", "on": day("9")}))
    rows = town.ask(questions.untimely, None, None, ALL)
    assert only(rows, "decision", "why_untimely", "link") == [(late, "after leaving", "norr")]
    assert inside not in town.column("decision", questions.untimely, None, None, ALL)
    assert town.ask(questions.untimely, None, before, ALL) == []
    assert town.ask(questions.untimely, "9", None, ALL) == []
    assert only(rows, "explain") == [([before],)]


def test_a_decision_on_a_mandate_that_had_ended_is_found(tmp_path: Path) -> None:
    town = _north(tmp_path, until=day("10"))
    decided(town, "In time", "anna", "9")
    after = _outside(town, "Out of time", "anna", "14")
    known = town.ledger.head()
    columns = ("decision", "by", "mandate_ended", "decided", "days_after", "cause")
    assert only(town.ask(questions.expired, None, known, ALL), *columns) == [
        (after, "anna", day("10"), day("14"), 4, "expired")
    ]
    assert town.ask(questions.expired, "13", known, ALL) == []
    assert town.ask(questions.untimely, None, known, ALL) == []


def test_a_mandate_that_is_put_right_later_had_ended_when_it_was_decided_on(tmp_path: Path) -> None:
    town = _north(tmp_path, until=day("20"))
    id_ = decided(town, "In time, it seemed", "anna", "14")
    known = town.ledger.head()
    assert town.ask(questions.expired, None, known, ALL) == []
    right = {"stream": NORR, "version": 2, "field": "mandate.until", "after": day("12").isoformat()}
    corrected = town.tell("correct", on="15", reason="a slip", **right)
    assert only(town.ask(questions.expired, None, corrected, ALL), "decision", "days_after") == [(id_, 2)]
    assert town.ask(questions.expired, None, known, ALL) == []
    renewed = town.tell("annul", on="16", stream=NORR, version=4, reason="it was right")
    assert town.ask(questions.expired, None, renewed, ALL) == []


def test_a_reserved_matter_that_is_decided_below_is_found(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="2", code="norr", title="North", reserve=["hire/*"])
    town.tell("define", on="2", code="vagn", title="Vehicles", parent="norr")
    town.grant("norr", "anna", on="3")
    town.grant("vagn", "bo", on="3", by="anna")
    own = decided(town, "Hers to make", "anna", "4", type="hire/chief")
    below = _outside(town, "Not his", "bo", "4", type="hire/driver", **{"in": "vagn"})
    decided(town, "His to make", "bo", "4", type="buy", **{"in": "vagn"})
    known = town.ledger.head()
    rows = town.ask(questions.reserved, None, known, ALL)
    assert only(rows, "decision", "type", "reserved_by", "decided_in", "by") == [
        (below, "hire/driver", "norr", "vagn", "bo")
    ]
    assert own not in town.column("decision", questions.reserved, None, known, ALL)
    free = town.tell("clarify", on="6", code="norr", reserve=["fire"])
    assert town.column("decision", questions.reserved, None, free, ALL) == [below]
    assert town.ask(questions.reserved, "3", known, ALL) == []
    town.tell("member leave", on="7", handle="bo")
    assert town.column("decision", questions.reserved, None, None, ALL) == [below]
    version = len(town.ask(questions.history, None, None, "norr"))
    town.tell("annul", on="8", stream=below, version=2, reason="nobody decided it")
    assert town.ask(questions.reserved, None, None, ALL) == []
    assert version


@pytest.mark.parametrize(("profile", "found"), [("kommunal", True), ("tillit", False)])
def test_a_group_that_decided_together_and_is_no_body_is_found_where_the_profile_lets_only_one_decide(
    tmp_path: Path, profile: str, *, found: bool
) -> None:
    town = Town(tmp_path, profile=profile)
    town.people("anna", "bo")
    town.tell("member add", on="1", handle="chefer", group=True, acts="together", body=True)
    town.tell("member add", on="1", handle="post", group=True, acts="each")
    for group, who in (("chefer", "anna"), ("chefer", "bo"), ("post", "anna")):
        town.tell("member join", on="1", group=group, handle=who)
    for code in ("norr", "syd"):
        town.tell("define", on="2", code=code, title=code)
    town.tell("offer", on="3", code="norr", to="chefer")
    town.tell("accept", "anna", "3", code="norr", **{"with": ["bo"]})
    town.grant("syd", "post", on="3", taken_by="anna")
    both = decided(town, "Both", "anna", "4", **{"with": ["bo"]})
    decided(town, "One", "anna", "4", **{"in": "syd"})
    decided(town, "The board", "eva", "4", **{"in": "root"})
    assert town.ask(questions.joint, None, None, ALL) == []
    wrong = {"stream": "member:chefer", "version": 1, "field": "body", "after": False}
    town.tell("correct", on="5", reason="they are employees", **wrong)
    known = town.ledger.head()
    town.tell("member leave", on="6", handle="bo")
    columns = ("decision", "group", "acts", "occupants_then")
    expected = [(both, "chefer", "together", ["anna", "bo"])] if found else []
    for as_of, at in ((None, known), ("30", None)):
        rows = town.ask(questions.joint, as_of, at, ALL)
        assert only(rows, *columns) == expected
        assert all(row["profile_rule"].startswith("kommunal: ") for row in rows)
    assert town.ask(questions.joint, "3", known, ALL) == []


def test_purchases_that_add_up_beyond_the_limit_are_found(tmp_path: Path) -> None:
    town = _north(tmp_path, amount="100")
    buy = {"counterparty": "Vans AB"}
    first = decided(town, "One", "anna", "6", amount="60", **buy)
    before = town.ledger.head()
    second = decided(town, "Two", "anna", "10", amount="50.50", counterparty="vans  ab")
    known = town.ledger.head()
    decided(town, "Another", "anna", "11", amount="60", counterparty="Cars AB")
    decided(town, "Of another type", "anna", "11", amount="60", type="hire", **buy)
    _outside(town, "Beyond it anyway", "anna", "11", amount="500", **buy)
    decided(town, "Not said", "anna", "12", **buy)
    columns = ("decider", "type", "counterparty", "count", "sum", "limit", "decisions")
    expected = [("anna", "buy", "Vans AB", 2, "110.50", "100", [first, second])]
    assert only(town.ask(questions.split_check, "30", None, MONTH), *columns) == expected
    assert town.ask(questions.split_check, "30", before, MONTH) == []
    assert town.ask(questions.split_check, "9", known, MONTH) == []
    assert town.ask(questions.split_check, "30", known, timedelta(days=4)) == []
    assert only(town.ask(questions.split_check, "30", known, timedelta(days=5)), "count") == [(2,)]
    town.tell("member leave", on="13", handle="anna")
    assert only(town.ask(questions.split_check, "30", None, MONTH), *columns) == expected
    town.clock.now = day("14")
    right = {"stream": first, "version": 1, "field": "amount", "after": "40"}
    corrected = town.tell("correct", on="14", reason="a slip", **right)
    assert town.ask(questions.split_check, "30", corrected, MONTH) == []
    assert only(town.ask(questions.split_check, "30", known, MONTH), *columns) == expected


def test_what_does_not_stand_any_more_adds_up_to_nothing(tmp_path: Path) -> None:
    town = _north(tmp_path, amount="100")
    first = decided(town, "One", "anna", "6", amount="60")
    decided(town, "Two", "anna", "7", amount="60")
    assert only(town.ask(questions.split_check, "7", None, MONTH), "counterparty", "count") == [(None, 2)]
    town.tell("reverse", "anna", "8", decision=first, reason="sold")
    assert town.ask(questions.split_check, "8", None, MONTH) == []
    assert len(town.ask(questions.split_check, "7", None, MONTH)) == 1


def test_each_run_within_the_window_is_found_once_and_without_a_limit_there_is_none(tmp_path: Path) -> None:
    town = _north(tmp_path, amount="100")
    runs = [decided(town, f"No. {on}", "anna", on, amount="60") for on in ("6", "7", "20", "21", "22")]
    rows = town.ask(questions.split_check, None, None, timedelta(days=5))
    assert [row["decisions"] for row in rows] == [runs[:2], runs[2:]]
    for on in ("23", "24"):
        decided(town, f"The root's own, {on}", "eva", on, amount="60000", **{"in": "root"})
    assert len(town.ask(questions.split_check, None, None, timedelta(days=5))) == 2


def test_a_delegation_that_ran_before_it_was_accepted_is_found(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    for code in ("norr", "syd", "ost", "vast"):
        town.tell("define", on="1", code=code, title=code)
    town.tell("offer", on="2", code="norr", to="anna", **{"from": day("3")})
    offered = town.tell("offer", on="2", code="syd", to="bo")
    town.tell("offer", on="2", code="ost", to="anna", **{"from": day("20")})
    before = _outside(town, "Before", "anna", "5", **{"in": "norr"})
    other = _outside(town, "Before too", "bo", "5", **{"in": "syd"})
    town.tell("accept", "anna", "6", code="norr")
    town.tell("accept", "bo", "6", code="syd")
    town.tell("accept", "anna", "6", code="ost")
    accepted = town.grant("vast", "bo", on="7")
    columns = ("delegation", "to", "valid_from", "accepted", "decisions_before")
    assert only(town.ask(questions.delegations, None, accepted, unaccepted=True), *columns) == [
        ("norr 1", "anna", day("3"), day("6"), [before]),
        ("syd 1", "bo", day("2"), day("6"), [other]),
    ]
    assert only(town.ask(questions.delegations, "4", accepted, unaccepted=True), *columns) == [
        ("norr 1", "anna", day("3"), None, [])
    ]
    assert town.ask(questions.delegations, "2", offered, unaccepted=True) == []
    everything = town.ask(questions.delegations, None, accepted)
    assert only(everything, "delegation", "state") == [
        ("norr 1", "accepted"),
        ("ost 1", "accepted"),
        ("root 1", "accepted"),
        ("syd 1", "accepted"),
        ("vast 1", "accepted"),
    ]
    right = {"stream": NORR, "version": 3, "field": "occurred_at", "after": day("3").isoformat()}
    corrected = town.tell("correct", on="8", reason="she said yes at once", **right)
    assert town.column("delegation", questions.delegations, None, corrected, unaccepted=True) == ["syd 1"]
    town.tell("member leave", on="9", handle="bo")
    assert town.column("delegation", questions.delegations, None, None, unaccepted=True) == ["syd 1"]


def test_an_offer_that_was_never_taken_on_says_so(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("offer", on="2", code="norr", to="anna", **{"from": day("3")})
    town.tell("decline", "anna", "4", code="norr", reason="no time")
    for as_of, state, found in (("3", "open", False), ("3T12", "open", True), ("5", "not taken on", True)):
        rows = town.ask(questions.delegations, as_of)
        assert only(rows, "state")[0] == (state,)
        assert bool(town.ask(questions.delegations, as_of, None, unaccepted=True)) == found
