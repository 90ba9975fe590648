"""What the questions say of delegations that are in force before anybody acknowledged them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from viewkit import Town, day, only

from ledger import Filters, questions
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path

OWNED, WAITS = ("code", "holder", "level"), ("code", "to", "by")
RAN = ("delegation", "accepted", "state", "decisions_before")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A municipal board, eva, delegates norr to anna on the 2nd, syd to bo on the 3rd; bo acknowledges on the 6th."""
    town = Town(tmp_path, profile="kommunal", term_ends=day("28"))
    town.people("anna", "bo")
    for code, to in (("norr", "anna"), ("syd", "bo")):
        town.tell("define", on="1", code=code, title=code)
        town.tell("offer", on="2" if to == "anna" else "3", code=code, to=to)
    town.tell("accept", "bo", "6", code="syd", reservations="until May")
    return town


def owned(town: Town, as_of: str, known: int | None = None) -> list[tuple[Any, ...]]:
    return [row for row in only(town.ask(questions.who_owns, as_of, known), *OWNED) if row[0] != "root"]


def test_what_is_in_force_is_held_from_the_day_that_the_board_decided_it(town: Town) -> None:
    assert owned(town, "2") == [("norr", "anna", 6), ("syd", None, None)]
    assert owned(town, "3") == owned(town, "7") == [("norr", "anna", 6), ("syd", "bo", 6)]
    assert [row[1] for row in owned(town, "28")] == [None, None]


def test_what_nobody_acknowledged_is_listed_until_they_do_or_it_ends(town: Town) -> None:
    norr, syd = ("norr", "anna", "eva"), ("syd", "bo", "eva")
    wanted = {"1": [], "2": [norr], "3": [norr, syd], "6": [norr], "27": [norr], "28": []}
    assert {as_of: only(town.ask(questions.offers, as_of), *WAITS) for as_of in wanted} == wanted
    revoked = town.tell("revoke", on="8", code="norr", reason="so it is")
    assert only(town.ask(questions.offers, "8", revoked), *WAITS) == []
    assert only(town.ask(questions.offers, "8", revoked - 1), *WAITS) == [norr]


def test_what_was_decided_before_it_was_acknowledged_is_listed(town: Town) -> None:
    town.tell("decide", "anna", "4", title="Vans", type="buy", **{"in": "norr"})
    (row,) = town.ask(questions.decisions, "5", None, Filters())
    asked = town.ask(questions.delegations, "7", None, unaccepted=True)
    assert only(asked, *RAN) == [("norr 1", None, "open", [row["decision"]])]


def test_a_handover_ends_what_was_in_force_and_its_wait(town: Town) -> None:
    town.tell("offer", on="9", code="norr", to="bo")
    assert owned(town, "9")[0] == ("norr", "bo", 6)
    assert only(town.ask(questions.offers, "9"), *WAITS) == [("norr", "bo", "eva")]


def test_an_offer_that_was_annulled_was_never_in_force(town: Town) -> None:
    known = town.ledger.head()
    town.tell("annul", on="9", stream=responsibility_id("norr"), version=2, reason="a slip")
    assert owned(town, "3") == [("norr", None, None), ("syd", "bo", 6)]
    assert owned(town, "3", known) == [("norr", "anna", 6), ("syd", "bo", 6)]


def test_who_left_holds_nothing_though_it_was_never_acknowledged(town: Town) -> None:
    town.clock.now = day("10")
    town.tell("member leave", on="9", handle="anna")
    assert owned(town, "9") == [("norr", None, None), ("syd", "bo", 6)]


def test_the_views_of_a_ledger_without_any_delegation_are_empty(tmp_path: Path) -> None:
    town = Town(tmp_path, profile="kommunal")
    assert town.ask(questions.offers, "9") == []
    assert owned(town, "9") == []
