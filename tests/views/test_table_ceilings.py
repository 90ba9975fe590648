"""What stays of a mandate as a ceiling for those below when it has ended, also when that is told late."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from viewkit import Town, day, only

from ledger import Ask, questions

if TYPE_CHECKING:
    from pathlib import Path


def _narrowed_on_the_8th(folder: Path) -> Town:
    """Anna may spend 200 and from the 8th 50, Bo below her whatever she may; it is the 12th."""
    town = Town(folder)
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2", amount="200")
    town.tell("define", "anna", "2", code="vagn", title="Vehicles", parent="norr")
    town.grant("vagn", "bo", on="3", by="anna")
    town.tell("change-mandate", on="8", code="norr", amount="50", reason="less money")
    town.clock.now = day("12")
    return town


def _limits(town: Town, *days: str) -> list[str | None]:
    """What stops Bo from spending 250, on each of the days."""
    return [town.ask(questions.can, each, None, "bo", Ask("buy", Decimal(250)), "vagn")["limit"] for each in days]


def test_what_was_narrowed_stays_so_below_though_an_end_before_it_is_told_late(tmp_path: Path) -> None:
    town = _narrowed_on_the_8th(tmp_path)
    town.tell("hand-back", "anna", "5", code="norr", lacking="capacity", reason="told too late")
    assert _limits(town, "4", "7", "8", "12") == ["200", "200", "50", "50"]
    assert town.holder("norr", "4") == "anna"
    assert town.holder("norr", "9") is None
    (row,) = town.ask(questions.vacant, "9")
    assert only([row], "code", "vacant_since", "last_holder", "cause") == [("norr", day("5"), "anna", "handed back")]


def test_a_ceiling_gives_way_to_whom_it_was_granted_to_next(tmp_path: Path) -> None:
    town = _narrowed_on_the_8th(tmp_path)
    town.tell("hand-back", "anna", "5", code="norr", lacking="capacity", reason="told too late")
    town.grant("norr", "cia", on="6", amount="230")
    town.tell("hand-back", "cia", "10", code="norr", lacking="capacity", reason="too much")
    assert _limits(town, "5", "6", "8", "9", "11") == ["200", "230", "230", "230", "230"]
    assert town.holder("norr", "9") == "cia"
    (row,) = town.ask(questions.vacant, "11")
    assert only([row], "code", "vacant_since", "last_holder", "cause") == [("norr", day("10"), "cia", "handed back")]


def test_who_goes_on_after_all_goes_on_with_what_was_narrowed_meanwhile(tmp_path: Path) -> None:
    town = _narrowed_on_the_8th(tmp_path)
    town.tell("renew", on="4", code="norr", until=day("6"))
    assert town.column("amount", questions.holds, "9", None, "anna") == []
    assert _limits(town, "7", "8") == ["200", "50"]
    town.tell("change-mandate", on="5", code="norr", amount="220", until=day("11"), agreed_by=["anna"], reason="more")
    assert _limits(town, "4", "5", "7", "8", "12") == ["200", "220", "220", "50", "50"]
    assert [town.holder("norr", each) for each in ("6", "10", "11")] == ["anna", "anna", None]
    assert town.column("amount", questions.holds, "9", None, "anna") == ["50"]
