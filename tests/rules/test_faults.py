"""What a review of the rules found, each as the rule that was wanting."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from scenario import Scenario, chain, team

from ledger.errors import Refused
from ledger.values import instant, responsibility_id

WHY = {"reason": "so it is"}
NORR, VAGN = responsibility_id("norr"), responsibility_id("vagn")
VANS = {"title": "Vans", "type": "purchase", "amount": "900"}


def correct(world: Scenario, stream: str, version: int, field: str, after: object, by: str = "eva") -> Scenario:
    return world.tell("correct", stream=stream, version=version, field=field, after=after, by=by, on="06-01", **WHY)


def group(world: Scenario, handle: str, acts: str, *occupants: str) -> Scenario:
    world.tell("member add", handle=handle, group=True, acts=acts, on="01-02")
    for each in occupants:
        world.tell("member join", group=handle, handle=each, on="01-03")
    return world


def referred(world: Scenario, by: str, code: str) -> str:
    proposed, _referred = world.events("refer-up", by=by, on="03-01", **VANS, **{"in": code}, **WHY)
    return str(proposed.model_dump()["decision"])


# Corrections


def test_where_a_responsibility_lies_is_moved_and_not_corrected() -> None:
    with pytest.raises(Refused):
        correct(chain(), VAGN, 1, "parent", VAGN, by="anna")


@pytest.mark.parametrize("to", ["cia", "anna"])
def test_nobody_becomes_holder_by_a_correction(to: str) -> None:
    with pytest.raises(Refused):
        correct(chain(), VAGN, 2, "to", to, by="anna")


def test_an_annulled_move_leaves_no_circle() -> None:
    world = team().tell("define", code="syd", title="South").tell("define", code="ost", title="East", parent="syd")
    world.tell("move", code="ost", parent="root", on="03-01", **WHY)
    world.tell("move", code="syd", parent="ost", on="04-01", **WHY)
    world.refused("correction.structure", "annul", stream=responsibility_id("ost"), version=2, on="06-01", **WHY)


def test_the_seat_of_a_group_in_a_group_is_not_annulled() -> None:
    world = group(group(team(), "two", "each"), "one", "each", "two")
    world.refused("correction.structure", "annul", stream="member:one", version=2, on="03-01", **WHY)


@pytest.mark.parametrize(
    ("field", "after"),
    [("mandate.amount", "lots"), ("mandate.amount", "-5"), ("mandate.level", 99), ("mandate.types", ["Not A Type"])],
)
def test_a_correction_is_held_to_what_a_command_may_say(field: str, after: object) -> None:
    with pytest.raises(Refused):
        correct(team(), NORR, 2, field, after)


def test_a_correction_makes_no_second_holder() -> None:
    world = team().tell("offer", code="norr", to="bo", on="03-01").tell("accept", code="norr", by="bo", on="03-10")
    try:
        correct(world, NORR, 3, "occurred_at", "2025-05-01")
    except Refused:
        return
    delegations = world.responsibility("norr").delegations
    assert sum(each.live(instant("2025-05-02")) for each in delegations) <= 1


def test_a_corrected_renewal_still_ends_with_its_parent() -> None:
    world = team(until="2025-06-01").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna").tell("accept", code="vagn", by="bo", on="02-02")
    world.tell("renew", code="vagn", by="anna", until="2025-05-01", on="03-01")
    with pytest.raises(Refused):
        correct(world, VAGN, 4, "until", "2025-11-01T00:00:00Z")


@pytest.mark.parametrize("on", ["2025-01-10", "2024-05-01"])
def test_a_corrected_acceptance_is_not_earlier_than_its_offer(on: str) -> None:
    with pytest.raises(Refused):
        correct(team(), NORR, 3, "occurred_at", on)


def test_an_annulled_decision_gives_back_what_it_drew() -> None:
    world = team(amount_per_year="100")
    id_ = world.decides("Vans", by="anna", amount="60")
    world.tell("annul", stream=id_, version=2, on="04-01", **WHY)
    assert world.ask("anna", on="05-01", amount=Decimal(60)).no is None


# Who may decide


def test_who_holds_nothing_overrules_nothing_by_deciding_outside_mandate() -> None:
    world = chain()
    id_ = world.decides("Vans", by="bo", **{"in": "vagn"})
    fields = {"title": "None", "type": "purchase", "by": "cia", "on": "04-01", "in": "root"}
    world.refused("decision.overrule_inside", "decide", supersedes=[id_], outside_mandate=True, **fields, **WHY)


@pytest.mark.parametrize("named", [["cia"], []])
def test_who_declared_a_conflict_consents_to_nothing_and_is_not_waited_for(named: list[str]) -> None:
    world = group(team(amount="10"), "board", "together", "bo", "cia")
    world.tell("offer", code="root", to="board", on="02-02")
    world.tell("accept", code="root", by="bo", on="02-03", **{"with": ["cia"]})
    id_ = referred(world, "anna", "norr")
    world.tell("declare-conflict", decision=id_, by="cia", on="03-02", **WHY)
    if named:
        with pytest.raises(Refused):
            world.tell("decide matter", decision=id_, by="bo", on="03-03", **{"with": named})
    else:
        world.tell("decide matter", decision=id_, by="bo", on="03-03")


def test_a_group_that_acts_together_says_yes_to_a_wider_mandate_together() -> None:
    world = group(team(), "board", "together", "bo", "cia").tell("define", code="syd", title="South")
    world.tell("offer", code="syd", to="board", amount="10")
    world.tell("accept", code="syd", by="bo", on="02-02", **{"with": ["cia"]})
    fields = {"code": "syd", "amount": "20", "on": "03-01", **WHY}
    world.refused("mandate.needs_yes", "change-mandate", agreed_by=["bo"], **fields)


def test_at_level_two_a_decision_needs_its_rationale() -> None:
    fields = {"on": "03-01", "title": "x", "type": "t", "in": "norr"}
    team(level=2).refused("decision.rationale_missing", "decide", **fields)
    team(level=2).tell("decide", because="it snows", **fields)


def test_who_handed_it_over_is_told_that_it_ended() -> None:
    world = team().tell("offer", code="norr", to="bo", on="03-01").tell("accept", code="norr", by="bo", on="03-10")
    assert world.ask("anna", on="04-01").no == "ended"


# Windows


def test_what_was_handed_back_is_not_renewed_over_the_holders_head() -> None:
    fields = {"lacking": "capacity", "by": "anna", "on": "04-01", "effective": "2025-05-01"}
    world = team().tell("hand-back", code="norr", **fields, **WHY)
    world.refused("delegation.ends_already", "renew", code="norr", on="04-10")
    assert world.holder("norr", "05-01") is None


def test_an_end_may_be_left_to_the_parent_again() -> None:
    world = team(until="2025-10-01").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna", until="2025-05-01")
    world.tell("accept", code="vagn", by="bo", on="02-02")
    fields = {"inherit": ["until"], "agreed_by": ["bo"], "by": "anna", "on": "03-01"}
    world.tell("change-mandate", code="vagn", **fields, **WHY)
    assert [world.holder("vagn", on) for on in ("09-30", "10-01")] == ["bo", None]


# Backdating


def test_a_decided_matter_is_not_decided_again_on_an_earlier_day() -> None:
    world = team(amount="10")
    id_ = referred(world, "anna", "norr")
    world.tell("decide matter", decision=id_, on="06-01")
    world.refused("decision.not_open", "decide matter", decision=id_, on="04-01")


def test_a_decided_matter_is_not_called_in_on_an_earlier_day() -> None:
    world = chain(amount="10")
    id_ = referred(world, "bo", "vagn")
    world.tell("decide matter", decision=id_, by="anna", on="06-01")
    world.refused("decision.not_open", "call-in", decision=id_, on="04-01", **WHY)


def test_nothing_is_retired_on_a_day_before_something_was_put_under_it() -> None:
    world = team().tell("define", code="syd", title="South")
    world.tell("define", code="hamn", title="Harbour", parent="syd", on="04-01")
    world.refused("responsibility.has_children", "retire", code="syd", on="03-01", **WHY)


def test_nothing_is_put_under_what_is_retired_by_now() -> None:
    world = team().tell("define", code="syd", title="South").tell("retire", code="syd", on="05-01", **WHY)
    world.refused("responsibility.retires", "define", code="hamn", title="Harbour", parent="syd", on="04-01")


# What becomes of decisions


def test_a_part_taken_over_from_above_leaves_the_rest_standing() -> None:
    world = chain()
    id_ = world.decides("Vans", by="bo", **{"in": "vagn"})
    world.decides("One van", by="anna", on="04-01", supersedes=[id_], part="the second van", **WHY)
    assert world.decision(id_).stands(world.now)


def test_what_is_ratified_counts_against_the_year() -> None:
    world = team(amount="10", amount_per_year="100")
    id_ = world.decides("Vans", by="anna", amount="60", outside_mandate=True, **WHY)
    world.tell("ratify", decision=id_, on="04-01", **WHY)
    assert world.responsibility("norr").drawn == {2025: Decimal(60)}


def test_a_decision_named_twice_is_superseded_once() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    fields = {"title": "Boats", "type": "purchase", "in": "norr", "by": "anna", "on": "04-01"}
    assert len(world.events("decide", supersedes=[id_, id_], **fields)) == 3


# Members


def test_a_founder_named_twice_founds_once() -> None:
    world = Scenario(founders=("eva", "eva"))
    assert len(world.streams["member:eva"]) == 1


@pytest.mark.parametrize(
    "fields", [{"conditions": ["consult:ghost"]}, {"amount": "200", "agreed_by": ["anna", "ghost"]}]
)
def test_a_mandate_speaks_only_of_members(fields: dict[str, Any]) -> None:
    world = team(amount="100")
    world.refused("member.unknown", "change-mandate", code="norr", on="03-01", **fields, **WHY)


# Corrections, once more: what the first round left open


def test_a_corrected_day_of_a_move_leaves_no_circle_in_between() -> None:
    world = team().tell("define", code="syd", title="South").tell("define", code="ost", title="East", parent="syd")
    world.tell("move", code="ost", parent="root", on="03-01", **WHY)
    world.tell("move", code="syd", parent="ost", on="04-01", **WHY)
    with pytest.raises(Refused):
        correct(world, responsibility_id("ost"), 2, "occurred_at", "2025-05-01")


def test_a_definition_is_not_corrected_to_a_day_after_somebody_held_it() -> None:
    with pytest.raises(Refused):
        correct(chain(), NORR, 1, "occurred_at", "2025-05-01")


def test_a_retirement_is_not_corrected_to_a_day_when_something_lay_below() -> None:
    world = team().tell("define", code="syd", title="South")
    world.tell("define", code="hamn", title="Harbour", parent="syd", on="03-01")
    world.tell("move", code="hamn", parent="root", on="04-01", **WHY).tell("retire", code="syd", on="05-01", **WHY)
    with pytest.raises(Refused):
        correct(world, responsibility_id("syd"), 2, "occurred_at", "2025-03-15")


@pytest.mark.parametrize(("field", "after"), [("parent", VAGN), ("title", 7), ("colour", "red")])
def test_what_was_clarified_is_clarified_anew_and_not_corrected(field: str, after: object) -> None:
    world = chain().tell("clarify", code="vagn", title="Cars", by="anna", on="03-01")
    with pytest.raises(Refused):
        correct(world, VAGN, 4, "changes", [{"field": field, "before": None, "after": after}], by="anna")


@pytest.mark.parametrize("of", ["draw", "proposal", "condition"])
def test_every_corrected_field_is_held_to_what_a_command_may_say(of: str) -> None:
    world = team(amount_per_year="100", conditions=["consult:bo"])
    id_ = world.decides("Vans", by="anna", amount="60", **{"with": ["bo"]})
    stream, version, field, after = {
        "draw": (NORR, 4, "amount", "x"),
        "proposal": (id_, 1, "amount", "lots"),
        "condition": (NORR, 2, "mandate.conditions", [{"kind": "consult", "member": "ghost"}]),
    }[of]
    with pytest.raises(Refused):
        correct(world, stream, version, field, after)


def test_a_decision_that_counts_again_counts_against_the_year_again() -> None:
    world = team(amount_per_year="100")
    id_ = world.decides("Vans", by="anna", amount="60")
    world.tell("annul", stream=id_, version=2, on="04-01", **WHY)
    world.tell("annul", stream=id_, version=world.streams[id_][-1].version, on="04-02", **WHY)
    assert world.decision(id_).stands(world.now)
    assert world.responsibility("norr").drawn == {2025: Decimal(60)}


def test_a_municipality_is_not_corrected_into_something_else() -> None:
    with pytest.raises(Refused):
        correct(Scenario(profile="kommunal"), "ledger", 1, "profile", "tillit")


# Who may decide, once more


def test_what_takes_two_takes_two_in_a_vacant_child_too() -> None:
    world = team(level=4).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    seat = world.ask("anna", "vagn").seat
    assert seat is None or seat.together_with == {"eva"}
