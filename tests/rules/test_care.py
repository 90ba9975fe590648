"""Check-ins, support and reviews: staying near a delegation changes nothing in it."""

from __future__ import annotations

import pytest
from scenario import Scenario, chain, team

from ledger.commands.responsibility import CheckIn
from ledger.errors import Malformed
from ledger.events import responsibility as events

STEERING = {
    "mandate",
    "level",
    "levels",
    "types",
    "amount",
    "amount_per_year",
    "scope",
    "conditions",
    "until",
    "further",
}
DECIDING = {"decision", "chosen", "verdict", "options"}


def test_a_check_in_has_no_field_that_could_change_a_mandate_or_decide_anything() -> None:
    assert not (STEERING | DECIDING) & set(events.CheckInHeld.model_fields)
    assert not (STEERING | DECIDING) & set(CheckIn.model_fields)
    with pytest.raises(Malformed):
        team().tell("check-in", code="norr", state="going_well", level=3)


def test_a_check_in_is_recorded_with_what_was_said_and_leaves_the_delegation_as_it_was() -> None:
    world = team()
    before = world.responsibility("norr")
    (held,) = world.events(
        "check-in",
        code="norr",
        state="needs_support",
        on="03-01",
        note="the snow",
        next_on="2025-03-15",
        **{"with": ["anna"]},
    )
    assert isinstance(held, events.CheckInHeld)
    assert (held.delegation, held.asked_by, held.planned, held.state) == (1, "eva", True, "needs_support")
    assert str(held.next_on) == "2025-03-15"
    assert world.texts[held.note_digest or ""].text == "the snow"
    assert world.responsibility("norr") == before


def test_a_check_in_takes_the_holder_and_somebody_above() -> None:
    world = chain()
    world.refused("delegation.both_sides", "check-in", by="anna", code="vagn", state="going_well", on="03-01")
    world.refused(
        "delegation.both_sides", "check-in", by="bo", code="vagn", state="going_well", on="03-01", **{"with": ["cia"]}
    )
    world.refused(
        "delegation.both_sides", "check-in", by="eva", code="vagn", state="going_well", on="03-01", **{"with": ["bo"]}
    )
    world.tell("check-in", by="bo", code="vagn", state="going_well", on="03-01", **{"with": ["anna", "cia"]})


def test_a_stand_in_may_take_part_for_the_holder() -> None:
    world = team()
    world.tell(
        "stand-in", code="norr", member="cia", on="02-05", reason="leave", until="2025-04-01", **{"from": "2025-02-05"}
    )
    world.tell("check-in", code="norr", state="blocked", on="02-10", **{"with": ["cia"]})
    world.refused("delegation.both_sides", "check-in", code="norr", state="blocked", on="05-10", **{"with": ["cia"]})


def test_when_the_link_above_is_vacant_who_answers_for_it_checks_in() -> None:
    world = chain()
    world.tell("revoke", code="norr", reason="moved", on="03-01")
    world.tell("check-in", code="vagn", state="going_well", on="03-02", **{"with": ["bo"]})


def test_nobody_checks_in_with_themselves() -> None:
    world = Scenario(("eva", "ove"))
    world.refused("delegation.both_sides", "check-in", by="eva", code="root", state="going_well")


def test_a_check_in_is_asked_for_by_somebody_who_takes_part() -> None:
    world = team()
    world.refused(
        "check_in.asked_from_outside", "check-in", code="norr", state="blocked", asked_by="bo", **{"with": ["anna"]}
    )
    (held,) = world.events(
        "check-in", code="norr", state="blocked", asked_by="anna", planned=False, **{"with": ["anna"]}
    )
    assert isinstance(held, events.CheckInHeld)
    assert (held.asked_by, held.planned) == ("anna", False)


def test_the_next_check_in_lies_ahead() -> None:
    fields = {"code": "norr", "state": "going_well", "on": "03-01", "with": ["anna"]}
    team().refused("check_in.next_past", "check-in", next_on="2025-03-01", **fields)


def test_nothing_is_checked_in_on_what_nobody_holds() -> None:
    world = team()
    world.tell("define", code="soder", title="South", on="02-01")
    world.refused("delegation.not_live", "check-in", code="soder", state="going_well", **{"with": ["anna"]})


def test_a_rhythm_is_a_length_of_time() -> None:
    world = (
        Scenario().tell("member add", handle="anna", on="01-01").tell("define", code="norr", title="North", on="01-02")
    )
    for rhythm in ("now and then", "0d", "2 weeks", ""):
        with pytest.raises(Malformed):
            world.tell("offer", code="norr", to="anna", check_in_every=rhythm)
    world.tell("offer", code="norr", to="anna", check_in_every="2w", delegator_duties=["answers within a day"])


def test_support_is_asked_for_by_the_holder_of_whoever_stands_above_where_nobody_is_named() -> None:
    world = chain()
    (asked,) = world.events("ask-support", by="bo", code="vagn", what="a lawyer for a day", on="03-01")
    assert asked == events.SupportAsked(support=1, delegation=1, of="anna", what="a lawyer for a day")
    (asked,) = world.events("ask-support", by="bo", code="vagn", what="time", of="cia", on="03-02")
    assert isinstance(asked, events.SupportAsked)
    assert (asked.support, asked.of) == (2, "cia")


def test_only_who_holds_it_asks_for_support() -> None:
    chain().refused("delegation.not_held_by_you", "ask-support", by="cia", code="vagn", what="help", on="03-01")


def test_support_is_asked_of_somebody_else_who_is_there() -> None:
    world = team()
    world.refused("support.of_oneself", "ask-support", by="anna", code="norr", what="help", of="anna")
    world.refused("member.unknown", "ask-support", by="anna", code="norr", what="help", of="nobody")
    world.refused("support.of_whom", "ask-support", by="eva", code="root", what="help")
    world.tell("ask-support", by="eva", code="root", what="help", of="anna")


def test_support_is_given_by_whom_it_was_asked_of_or_from_above_and_once() -> None:
    world = chain().tell("ask-support", by="bo", code="vagn", what="a lawyer", on="03-01")
    world.refused("support.by_oneself", "give-support", by="bo", code="vagn", what="did it", on="03-02")
    world.refused("support.not_asked_of_you", "give-support", by="cia", code="vagn", what="here", on="03-02")
    world.refused("support.not_yet_asked", "give-support", by="anna", code="vagn", what="early", on="02-28")
    assert world.events("give-support", by="eva", code="vagn", what="our own", on="03-02") == [
        events.SupportGiven(support=1, what="our own")
    ]
    world.refused("support.none_open", "give-support", by="anna", code="vagn", what="again", on="03-03")


def test_where_several_wait_it_is_said_which() -> None:
    world = chain()
    world.tell("ask-support", by="bo", code="vagn", what="a lawyer", on="03-01")
    world.tell("ask-support", by="bo", code="vagn", what="a van", on="03-02")
    world.refused("support.several", "give-support", by="anna", code="vagn", what="yes", on="03-03")
    world.refused("support.none_open", "give-support", by="anna", code="vagn", what="yes", support=3, on="03-03")
    world.tell("give-support", by="anna", code="vagn", what="yes", support=2, on="03-03")
    world.tell("give-support", by="anna", code="vagn", what="that too", on="03-03")


REVIEW = {"code": "norr", "design": "fits", "mandate": "widen", "delegator_part": "change", "learned": "ask earlier"}


def test_a_review_judges_the_design_the_mandate_and_the_delegators_part_and_changes_nothing() -> None:
    world = team()
    before = world.responsibility("norr")
    (reviewed,) = world.events(
        "review-delegation", on="06-01", next_review_on="2025-12-01", **REVIEW, **{"with": ["anna"]}
    )
    assert isinstance(reviewed, events.DelegationReviewed)
    assert (reviewed.design, reviewed.mandate, reviewed.delegator_part) == ("fits", "widen", "change")
    assert world.responsibility("norr") == before
    for left_out in ("design", "mandate", "delegator_part", "learned"):
        with pytest.raises(Malformed):
            world.tell("review-delegation", **{name: value for name, value in REVIEW.items() if name != left_out})


def test_a_review_takes_both_sides_and_its_next_lies_ahead() -> None:
    world = team()
    world.refused("delegation.both_sides", "review-delegation", by="eva", **REVIEW)
    world.refused("delegation.both_sides", "review-delegation", by="anna", **REVIEW)
    fields = {**REVIEW, "with": ["anna"], "on": "06-01", "next_review_on": "2025-06-01"}
    world.refused("delegation.review_past", "review-delegation", **fields)


def test_readiness_shows_every_gap_that_the_ledger_can_see_and_stops_nothing() -> None:
    world = Scenario()
    for handle in ("anna", "bo"):
        world.tell("member add", handle=handle, on="01-01")
    world.tell("competence", by="anna", competence="upphandling", level="able", on="01-02")
    world.tell("competence", by="anna", competence="ekonomi", level="learning", on="01-02")
    world.tell(
        "define", code="norr", title="North", decides=["purchase/*", "hire"], on="01-02",
        competences=["upphandling", "ekonomi", "juridik"],
    )  # fmt: skip
    (offered,) = world.events(
        "offer", code="norr", to="anna", types=["purchase/*"], level=5, levels={"purchase/vehicle": 3}, on="01-03"
    )
    assert isinstance(offered, events.DelegationOffered)
    assert offered.readiness == {
        "authority": "not granted: hire; level 3 for purchase/vehicle: the delegator decides",
        "resources": "none named",
        "competence": "lacking: juridik; learning: ekonomi",
    }
    world.tell("accept", code="norr", by="anna", on="01-04")


def test_readiness_without_gaps_is_empty() -> None:
    world = team()
    world.tell("define", code="soder", title="South", decides=["hire"], on="02-01")
    (offered,) = world.events("offer", code="soder", to="bo", resources=["two vans"], on="02-02")
    assert isinstance(offered, events.DelegationOffered)
    assert offered.readiness == {}


def test_a_group_can_what_any_of_those_in_it_can() -> None:
    world = team()
    world.tell("member add", handle="gruppen", group=True, acts="together", on="02-01")
    world.tell("member join", group="gruppen", handle="bo", on="02-01")
    world.tell("competence", by="bo", competence="juridik", level="able", on="02-01")
    world.tell("define", code="soder", title="South", competences=["juridik"], on="02-01")
    (offered,) = world.events("offer", code="soder", to="gruppen", resources=["time"], level=2, on="02-02")
    assert isinstance(offered, events.DelegationOffered)
    assert offered.readiness == {"authority": "level 2: the delegator decides"}


def test_types_that_the_chain_above_does_not_hold_are_a_gap_of_authority() -> None:
    world = team(types=["purchase/*"])
    world.tell("define", code="vagn", title="Vehicles", parent="norr", decides=["hire"], by="anna", on="02-02")
    (offered,) = world.events("offer", code="vagn", to="bo", by="anna", resources=["time"], on="02-02")
    assert isinstance(offered, events.DelegationOffered)
    assert offered.readiness == {"authority": "not granted: hire"}


def test_support_that_is_asked_for_never_has_the_number_of_what_was_annulled() -> None:
    world = chain()
    for what in ("a lawyer", "a van"):
        world.tell("ask-support", by="bo", code="vagn", what=what, on="03-01")
    vagn = world.responsibility("vagn").id
    asked = next(each for each in world.entries(vagn) if isinstance(each.event, events.SupportAsked))
    world.tell("annul", stream=vagn, version=asked.version, reason="not needed", by="bo", on="03-02")
    world.tell("ask-support", by="bo", code="vagn", what="time", on="03-03")
    assert [each.number for each in world.responsibility("vagn").supports] == [2, 3]
