from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from scenario import Scenario, chain, day, team

from ledger.events.responsibility import DelegationAccepted, DelegationOffered, Mandate

WHY = {"reason": "so it is"}


def open_offer() -> Scenario:
    return team().tell("define", code="syd", title="South").tell("offer", code="syd", to="bo")


def test_an_offer_says_all_that_it_means() -> None:
    world = team().tell("define", code="syd", title="South")
    events = world.events("offer", code="syd", to="bo", types=["hire"], two_way_only=True, conditions=["consult:cia/7"])
    mandate = Mandate(types=("hire",), one_way=False, conditions=events[0].mandate.conditions)  # type: ignore[attr-defined]
    assert events == [
        DelegationOffered(
            delegation=1,
            to="bo",
            mandate=mandate,
            review_on=date(2026, 2, 1),
            readiness={"resources": "none named"},
        )
    ]
    assert world.events("accept", code="syd", by="bo", on="02-02") == [DelegationAccepted(delegation=1)]


def test_only_the_holder_of_the_parent_offers() -> None:
    world = chain()
    world.refused("delegation.not_yours", "offer", code="vagn", to="cia", by="eva", on="03-01")
    world.refused("delegation.not_yours", "offer", code="norr", to="cia", by="bo", on="03-01")
    world.tell("offer", code="vagn", to="cia", by="anna", on="03-01")


def test_when_the_parent_is_vacant_the_nearest_live_ancestor_offers() -> None:
    world = chain().tell("revoke", code="norr", on="03-01", **WHY)
    world.refused("delegation.not_yours", "offer", code="vagn", to="cia", by="anna", on="03-02")
    world.tell("offer", code="vagn", to="cia", by="eva", on="03-02")


def test_a_stand_in_of_the_parent_offers_within_its_window() -> None:
    world = chain()
    world.tell("stand-in", code="norr", member="cia", until="2025-04-01", on="03-01", **{"from": "2025-03-01"}, **WHY)
    world.refused("delegation.not_yours", "offer", code="vagn", to="eva", by="cia", on="04-01")
    world.tell("offer", code="vagn", to="eva", by="cia", on="03-15")


def test_the_root_is_offered_by_the_founders() -> None:
    world = team()
    world.refused("delegation.not_yours", "offer", code="root", to="bo", by="anna", on="03-01")
    world.tell("offer", code="root", to="bo", on="03-01").tell("accept", code="root", by="bo", on="03-02")
    assert world.holder("root", "03-02") == "bo"


def test_no_one_delegates_to_themselves() -> None:
    team().refused("delegation.to_oneself", "offer", code="norr", to="eva", on="03-01")


def test_a_group_that_acts_through_somebody_does_not_delegate_to_itself() -> None:
    world = Scenario(founders=("eva", "kim")).tell("define", code="norr", title="North")
    world.refused("delegation.to_oneself", "offer", code="norr", to="founders")
    world.tell("offer", code="norr", to="kim")


def test_there_is_at_most_one_open_offer() -> None:
    open_offer().refused("delegation.already_offered", "offer", code="syd", to="cia")


def test_only_the_delegatee_accepts_or_declines() -> None:
    world = open_offer()
    world.refused("delegation.not_offered_to_you", "accept", code="syd", by="cia", on="02-02")
    world.refused("delegation.not_offered_to_you", "decline", code="syd", by="eva", on="02-02", **WHY)
    world.tell("decline", code="syd", by="bo", on="02-02", **WHY)
    assert world.holder("syd", "02-03") is None


def test_what_is_not_offered_cannot_be_answered() -> None:
    world = team()
    for do in ("accept", "withdraw-offer"):
        world.refused("delegation.no_offer", do, code="norr", by="anna", on="03-01")
    world.refused("delegation.no_offer", "decline", code="norr", by="anna", on="03-01", **WHY)


def test_an_answer_is_not_earlier_than_the_offer() -> None:
    world = team().tell("define", code="syd", title="South").tell("offer", code="syd", to="bo", on="03-01")
    world.refused("delegation.not_yet_offered", "accept", code="syd", by="bo", on="02-28")


def test_authority_begins_with_acceptance_or_the_mandates_day_whichever_is_later() -> None:
    world = open_offer().tell("accept", code="syd", by="bo", on="02-10")
    assert [world.holder("syd", on) for on in ("02-09", "02-10")] == [None, "bo"]
    world.tell("define", code="ost", title="East").tell("offer", code="ost", to="bo", **{"from": "2025-05-01"})
    world.tell("accept", code="ost", by="bo", on="02-10")
    assert [world.holder("ost", on) for on in ("04-30", "05-01")] == [None, "bo"]


def test_a_hand_over_leaves_no_gap_and_no_overlap() -> None:
    world = team().tell("offer", code="norr", to="bo", on="03-01").tell("accept", code="norr", by="bo", on="03-10")
    assert [world.holder("norr", on) for on in ("03-01", "03-09", "03-10")] == ["anna", "anna", "bo"]


def test_two_cannot_hold_it_at_once_also_not_later() -> None:
    world = open_offer().tell("accept", code="syd", by="bo", on="06-01")
    world.tell("hand-back", code="syd", by="bo", lacking="other", on="07-01", **WHY)
    world.tell("offer", code="syd", to="cia", on="04-01")
    world.refused("delegation.overlaps", "accept", code="syd", by="cia", on="05-01")
    world.tell("withdraw-offer", code="syd", on="05-01").tell(
        "offer", code="syd", to="cia", until="2025-06-01", on="05-01"
    )
    world.tell("accept", code="syd", by="cia", on="05-02")


def test_a_window_ends_by_itself_and_after_it_begins() -> None:
    world = team().tell("define", code="syd", title="South")
    world.refused("delegation.window_over", "offer", code="syd", to="bo", until="2025-02-01")
    world.tell("offer", code="syd", to="bo", until="2025-04-01").tell("accept", code="syd", by="bo", on="02-02")
    assert [world.holder("syd", on) for on in ("03-31", "04-01")] == ["bo", None]


def test_a_review_lies_ahead() -> None:
    world = team().tell("define", code="syd", title="South")
    world.refused("delegation.review_past", "offer", code="syd", to="bo", review_on="2025-02-01")


def test_a_mandate_names_only_types_that_the_responsibility_decides() -> None:
    world = team().tell("define", code="syd", title="South", decides=["purchase/*"])
    world.refused("mandate.not_decided_here", "offer", code="syd", to="bo", types=["hire"])
    world.tell("offer", code="syd", to="bo", types=["purchase/vehicle"])


PARENT: dict[str, Any] = {
    "types": ["purchase/*", "hire"],
    "amount": "1000",
    "amount_per_year": "5000",
    "scope": ["north", "west"],
    "two_way_only": True,
    "until": "2025-10-01",
    "further": 2,
    "from": "2025-02-01",
}
BEYOND = [
    ("types", {"types": ["fire"]}, "purchase/* hire", "fire"),
    ("types", {"types": ["*"]}, "purchase/* hire", "*"),
    ("amount", {"amount": "1000.01"}, "1000", "1000.01"),
    ("amount_per_year", {"amount_per_year": "5001"}, "5000", "5001"),
    ("scope", {"scope": ["north", "south"]}, "north west", "south"),
    ("one_way", {"two_way_only": False}, "two-way only", "one-way"),
    ("until", {"until": "2025-10-02"}, "2025-10-01", "2025-10-02"),
    ("since", {"from": "2025-01-20"}, "2025-02-01", "2025-01-20"),
    ("further", {"further": 2}, "1", "2"),
]


@pytest.mark.parametrize(("dimension", "mandate", "limit", "asked"), BEYOND)
def test_a_mandate_lies_inside_its_parents_in_every_dimension(
    dimension: str, mandate: dict[str, Any], limit: str, asked: str
) -> None:
    world = team(**PARENT).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    refusal = world.refused("mandate.not_inside", "offer", code="vagn", to="bo", by="anna", **mandate)
    assert (refusal.facts["dimension"], refusal.facts["limit"], refusal.facts["asked"]) == (dimension, limit, asked)


def test_a_mandate_equal_to_its_parents_lies_inside_it() -> None:
    world = team(**PARENT).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna", **{**PARENT, "further": 1})


def test_what_is_left_out_is_the_parents_and_never_unlimited() -> None:
    world = team(**PARENT).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna").tell("accept", code="vagn", by="bo", on="02-02")
    assert world.holder("vagn", "10-01") is None
    assert world.ask("bo", "vagn", type="fire").dimension == "types"


def test_delegating_further_ends_where_the_mandate_says() -> None:
    world = team(further=0).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    refusal = world.refused("mandate.not_inside", "offer", code="vagn", to="bo", by="anna")
    assert refusal.facts["dimension"] == "further"


def test_a_reserved_type_never_enters_a_mandate_below() -> None:
    world = team().tell("clarify", code="root", reserve=["hire/*"]).tell("define", code="syd", title="South")
    refusal = world.refused("mandate.not_inside", "offer", code="syd", to="bo", types=["hire/head"], on="02-02")
    assert refusal.facts["dimension"] == "reserved"


def test_what_the_parent_lost_meanwhile_cannot_be_accepted() -> None:
    world = chain(amount="100").tell("offer", code="vagn", to="cia", amount="90000", by="anna", on="03-01")
    world.tell("change-mandate", code="norr", amount="500", on="03-02", **WHY)
    world.refused("mandate.not_inside", "accept", code="vagn", by="cia", on="03-03")


def test_a_vacant_link_keeps_its_last_mandate_as_ceiling() -> None:
    world = chain().tell("revoke", code="norr", on="03-01", **WHY)
    world.refused("mandate.not_inside", "offer", code="vagn", to="cia", amount="900000", on="03-02")


def test_a_group_that_acts_together_accepts_together() -> None:
    world = team().tell("member add", handle="board", group=True)
    for who in ("bo", "cia"):
        world.tell("member join", group="board", handle=who)
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="board")
    world.refused("authority.together", "accept", code="syd", by="bo", on="02-02")
    world.tell("accept", code="syd", by="bo", on="02-02", **{"with": ["cia"]})
    assert world.holder("syd", "02-02") == "board"


def test_days_are_written_as_iso_days() -> None:
    assert day("03-14") == "2025-03-14"


def test_a_delegation_never_has_the_number_of_another_one_that_was_annulled() -> None:
    world = team().tell("hand-back", code="norr", by="anna", lacking="capacity", reason="ill", on="03-01")
    world.tell("offer", code="norr", to="bo", on="03-02").tell("accept", code="norr", by="bo", on="03-03")
    world.tell("annul", stream=world.responsibility("norr").id, version=2, reason="never offered", on="04-01")
    world.tell("offer", code="norr", to="cia", on="05-01").tell("accept", code="norr", by="cia", on="05-02")
    assert [each.number for each in world.responsibility("norr").delegations] == [2, 3]
    assert [world.holder("norr", day) for day in ("03-03", "05-01", "05-02")] == ["bo", "bo", "cia"]
