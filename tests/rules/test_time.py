from __future__ import annotations

from decimal import Decimal

from scenario import Scenario, team

from ledger.events.decision import DecisionMade

WHY = {"reason": "so it is"}


def test_nothing_is_recorded_as_true_in_the_future() -> None:
    team().refused("time.future", "member add", handle="x", on="2026-01-01")


def test_nothing_is_recorded_as_true_before_the_founding() -> None:
    team().refused("time.before_founding", "member add", handle="x", on="2024-12-31")


def test_a_ledger_is_founded_once() -> None:
    fields = {"name": "Works", "origin": "test/2", "founders": ["eva"]}
    team().refused("ledger.founded", "init", on="02-01", **fields)


def test_several_founders_hold_the_root_as_a_group_that_acts_each() -> None:
    world = Scenario(founders=("eva", "kim"))
    assert world.holder("root", "01-01") == "founders"
    world.tell("define", code="norr", title="North", by="kim")


def test_a_command_is_judged_by_what_was_true_on_its_day_as_known_now() -> None:
    world = team(amount="100").tell("revoke", code="norr", on="06-01", **WHY)
    fields = {"type": "purchase", "in": "norr", "by": "anna", "amount": "90"}
    world.tell("decide", title="In March", on="03-01", **fields)
    world.refused("authority.not_accepted", "decide", title="Before the acceptance", on="01-20", **fields)
    world.refused("authority.ended", "decide", title="In June", on="06-01", **fields)


def test_what_was_learnt_later_about_that_day_counts() -> None:
    world = team(amount="100").tell("change-mandate", code="norr", amount="10", on="03-01", **WHY)
    assert world.ask("anna", on="02-20", amount=Decimal(90)).no is None
    assert world.ask("anna", on="03-15", amount=Decimal(90)).dimension == "amount"


def test_the_proof_shows_the_mandate_of_that_day() -> None:
    world = team(amount="100").tell("change-mandate", code="norr", amount="10", on="06-01", **WHY)
    fields = {"title": "In March", "type": "purchase", "in": "norr", "by": "anna", "amount": "90"}
    made = world.events("decide", on="03-01", **fields)[1]
    assert isinstance(made, DecisionMade)
    mandate = made.authority.chain[-1].mandate
    assert mandate is not None
    assert mandate.amount == "100"
