"""Who holds it after whom: what a member who left was to hold is another's, and who held it before is told so."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import Ask, questions

if TYPE_CHECKING:
    from pathlib import Path

BUY = Ask("buy", Decimal(80))


def _town(folder: Path) -> Town:
    town = Town(folder)
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    return town


def _told(town: Town, who: str, as_of: str) -> tuple[object, ...]:
    row = town.ask(questions.can, as_of, None, who, BUY, "norr")
    return only([row], "kind", "dimension", "limit")[0]


@pytest.fixture(scope="module")
def left_before(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Anna was to hold norr from the 10th up to 50 and left on the 3rd; Bo holds it from the 4th to the 15th."""
    town = _town(tmp_path_factory.mktemp("successors"))
    town.tell("offer", on="2", code="norr", to="anna", amount="50", **{"from": day("10")})
    town.tell("accept", "anna", "3", code="norr")
    town.tell("member leave", on="3", handle="anna")
    town.grant("norr", "bo", on="4", until=day("9"), amount="200")
    town.tell("renew", on="5", code="norr", until=day("15"))
    town.tell("define", "bo", "5", code="vagn", title="Vehicles", parent="norr")
    town.grant("vagn", "cia", on="6", by="bo")
    town.clock.now = day("20")
    return town


@pytest.mark.parametrize(("as_of", "holder"), [("3", None), ("4", "bo"), ("10", "bo"), ("14", "bo"), ("15", None)])
def test_what_was_to_be_held_by_who_left_is_no_more_in_the_way(
    left_before: Town, as_of: str, holder: str | None
) -> None:
    assert left_before.holder("norr", as_of) == holder
    norr = ["norr"] if holder else []
    assert left_before.column("code", questions.holds, as_of, None, "bo") == norr
    assert left_before.column("code", questions.delegated_by, as_of, None, "eva") == [*norr, "root"]


def test_vacant_since_the_last_who_did_hold_it(left_before: Town) -> None:
    row, _vagn = left_before.ask(questions.vacant, "16")
    assert only([row], "code", "vacant_since", "last_holder", "cause") == [("norr", day("15"), "bo", "expired")]


@pytest.mark.parametrize("as_of", ["9", "12"])
def test_the_ceiling_is_of_who_did_hold_it(left_before: Town, as_of: str) -> None:
    row = left_before.ask(questions.can, as_of, None, "cia", Ask("buy", Decimal(250)), "vagn")
    assert only([row], "link", "limit") == [("norr", "200")]


def test_what_the_successor_holds_is_changed_and_ended_as_any_other(tmp_path: Path) -> None:
    town = _town(tmp_path)
    town.tell("offer", on="2", code="norr", to="anna", amount="50", **{"from": day("10")})
    town.tell("accept", "anna", "3", code="norr")
    town.tell("member leave", on="3", handle="anna")
    town.tell("define", on="3", code="vagn", title="Vehicles", parent="norr")
    town.grant("norr", "bo", on="4", until=day("9"))
    town.tell("renew", on="5", code="norr", until=day("20"))
    town.tell("change-mandate", on="12", code="norr", amount="60", reason="less money")
    town.tell("hand-back", "bo", "14", code="norr", lacking="capacity", reason="too much")
    assert _told(town, "bo", "13") == ("limit passed", "amount", "60")
    assert _told(town, "bo", "14") == ("ended", "window", "handed back 2025-01-14")
    town.grant("vagn", "cia", on="15", amount="60")
    assert town.column("amount", questions.holds, "15", None, "cia") == ["60"]


def test_who_handed_it_over_is_told_that_and_when(tmp_path: Path) -> None:
    town = _town(tmp_path)
    town.grant("norr", "anna", on="2")
    town.grant("norr", "bo", on="5")
    town.grant("norr", "cia", on="8")
    assert _told(town, "anna", "4") == (None, None, None)
    assert _told(town, "anna", "7") == ("ended", "window", "handed over 2025-01-05")
    assert _told(town, "bo", "7") == (None, None, None)
    assert _told(town, "bo", "9") == ("ended", "window", "handed over 2025-01-08")
    assert _told(town, "cia", "7") == ("never granted", "holder", "bo")
    row = town.ask(questions.can, "9", None, "bo", BUY)
    assert only([row], "kind", "in") == [("ended", "norr")]


def test_who_left_and_came_back_is_told_that_it_ended_when_they_left(tmp_path: Path) -> None:
    town = _town(tmp_path)
    town.grant("norr", "anna", on="2")
    town.clock.now = day("9")
    town.tell("member leave", on="4", handle="anna")
    town.grant("norr", "bo", on="5")
    town.tell("member return", on="6", handle="anna")
    assert _told(town, "anna", "7") == ("ended", "window", "left 2025-01-04")


def test_one_instant_s_holder_in_between_is_the_former(tmp_path: Path) -> None:
    town = _town(tmp_path)
    town.grant("norr", "anna", on="2")
    town.grant("norr", "cia", on="5")
    town.grant("norr", "bo", on="5")
    assert town.holder("norr", "5") == "bo"
    assert _told(town, "cia", "6") == ("ended", "window", "handed over 2025-01-05")
