"""What is said to do after a no keeps what was there, and names who must agree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from scenario import Scenario, chain, team

from ledger.aggregates.verdict import Ask
from ledger.rules.roads import roads

WHY = {"reason": "so it is"}


def second(world: Scenario, by: str, code: str = "norr", **asked: Any) -> str:  # noqa: ANN401 - what is asked
    """The second road: what would make it somebody's to decide."""
    verdict = world.ask(by, code, **asked)
    ask = Ask(
        asked.get("type", "purchase"),
        asked.get("amount"),
        frozenset(asked.get("scope", ())),
        asked.get("one_way", False),
    )
    return roads(verdict, ask, by, "eva")[1]


def test_what_a_responsibility_decides_is_said_whole_with_the_new_type() -> None:
    world = team().tell("clarify", code="norr", decides=["purchase/*", "rent"], on="02-02")
    assert second(world, "anna", type="hire").endswith(
        "tillit clarify norr --decides 'purchase/*' --decides rent --decides hire"
    )


def test_the_types_and_places_of_a_mandate_are_said_whole_with_the_new_one() -> None:
    world = team(types=["purchase/*"], scope=["north"])
    wider = "tillit change-mandate norr --types 'purchase/*' --types hire --agreed-by anna --reason WHY"
    assert second(world, "anna", type="hire").endswith(wider)
    wider = "tillit change-mandate norr --scope north --scope south --agreed-by anna --reason WHY"
    assert second(world, "anna", scope=("south", "north")).endswith(wider)


def test_what_cannot_be_undone_takes_a_mandate_for_it() -> None:
    wider = "tillit change-mandate norr --one-way-too --agreed-by anna --reason WHY"
    assert second(team(two_way_only=True), "anna", one_way=True).endswith(wider)


def test_who_holds_the_mandate_that_stops_it_agrees_and_not_who_asks() -> None:
    wider = "tillit change-mandate norr --amount 300000 --agreed-by anna --reason WHY"
    assert second(chain(), "bo", "vagn", amount=Decimal(300000)).endswith(wider)


def test_a_level_that_leaves_the_choice_above_is_raised() -> None:
    wider = "tillit change-mandate norr --level 4 --agreed-by anna --reason WHY"
    assert second(team(level=2), "anna").endswith(wider)


def test_a_vacant_ceiling_is_offered_anew() -> None:
    world = chain().tell("revoke", code="norr", on="03-01", **WHY)
    told = second(world, "bo", "vagn", amount=Decimal(200001), on="04-01")
    assert told.endswith("tillit offer norr --to HANDLE --amount 200001")


def test_what_is_reserved_is_decided_where_it_is_reserved() -> None:
    world = team().tell("clarify", code="root", reserve=["hire/*"], on="02-02")
    assert second(world, "anna", type="hire/head") == "have eva decide it in root, which keeps hire/* for itself"


@pytest.mark.parametrize("number", [0, 2])
def test_what_was_asked_is_said_again_whole(number: int) -> None:
    verdict = team(two_way_only=True, scope=["north"]).ask("anna", scope=("a", "b"), one_way=True)
    told = roads(verdict, Ask("purchase", Decimal(7), frozenset("ab"), one_way=True), "anna", None)[number]
    assert "--in norr --type purchase --amount 7 --scope a --scope b --one-way" in told
