from __future__ import annotations

from datetime import datetime

import pytest
from scenario import Scenario, chain, team

WHY = {"reason": "so it is"}


def test_only_the_delegator_changes_renews_or_revokes() -> None:
    world = chain()
    for do, fields in (("change-mandate", {"amount": "1"}), ("renew", {}), ("revoke", {})):
        for by in ("bo", "eva", "cia"):
            world.refused("delegation.not_yours", do, code="vagn", by=by, on="03-01", **fields, **WHY)


def test_what_nobody_holds_cannot_be_changed_or_ended() -> None:
    world = team().tell("define", code="syd", title="South")
    for do, fields in (
        ("change-mandate", {"amount": "1"}),
        ("renew", {}),
        ("revoke", {}),
        ("hand-back", {"lacking": "other"}),
        ("complete", {"summary": "done"}),
        ("end-stand-in", {"member": "bo"}),
        ("stand-in", {"member": "bo", "from": "2025-03-01", "until": "2025-04-01"}),
    ):
        world.refused("delegation.not_live", do, code="syd", on="03-01", **fields, **WHY)


def test_a_wider_mandate_needs_the_holders_yes() -> None:
    world = team(amount="100")
    world.refused("mandate.needs_yes", "change-mandate", code="norr", amount="200", on="03-01", **WHY)
    (event,) = world.events("change-mandate", code="norr", amount="200", agreed_by=["anna"], on="03-01", **WHY)
    assert event.model_dump()["direction"] == "widened"


def test_a_narrower_mandate_needs_a_reason_and_no_yes() -> None:
    world = team(amount="100")
    world.refused("reason.missing", "change-mandate", code="norr", amount="50", on="03-01")
    (event,) = world.events("change-mandate", code="norr", amount="50", on="03-01", **WHY)
    assert event.model_dump()["direction"] == "narrowed"


@pytest.mark.parametrize(
    ("change", "direction"),
    [
        ({"amount": "200", "level": 5}, "mixed"),
        ({"level": 7}, "widened"),
        ({"level": 3}, "narrowed"),
        ({"inherit": ["amount"]}, "widened"),
        ({"types": ["purchase/vehicle"]}, "narrowed"),
        ({"conditions": ["consult:bo"]}, "narrowed"),
        ({"two_way_only": True}, "narrowed"),
        ({"until": "2025-11-01"}, "narrowed"),
    ],
)
def test_a_change_says_which_way_it_went(change: dict[str, object], direction: str) -> None:
    fields = {"code": "norr", "on": "03-01", "agreed_by": ["anna"], **change, **WHY}
    (event,) = team(amount="100").events("change-mandate", **fields)  # type: ignore[arg-type]
    assert event.model_dump()["direction"] == direction


def test_a_change_changes_something() -> None:
    team(amount="100").refused("mandate.unchanged", "change-mandate", code="norr", amount="100", on="03-01", **WHY)


def test_a_changed_mandate_lies_inside_its_parents() -> None:
    world = chain()
    fields = {"agreed_by": ["bo"], "by": "anna", "on": "03-01", **WHY}
    world.refused("mandate.not_inside", "change-mandate", code="vagn", amount="200001", **fields)
    world.tell("change-mandate", code="vagn", amount="200000", **fields)


def test_one_narrowing_above_bounds_all_below_without_touching_them() -> None:
    world = chain(amount="50000").tell("change-mandate", code="norr", amount="100", on="03-01", **WHY)
    assert len(world.streams[world.responsibility("vagn").id]) == 3
    assert world.ask("bo", "vagn", on="03-02").no is None
    world.refused(
        "authority.limit_passed",
        "decide",
        by="bo",
        on="03-02",
        title="x",
        type="purchase",
        amount="101",
        **{"in": "vagn"},
    )
    world.tell("decide", by="bo", on="02-28", title="x", type="purchase", amount="101", **{"in": "vagn"})


def test_a_stand_in_acts_only_within_its_window() -> None:
    world = chain()
    window = {"from": "2025-05-28", "until": "2025-06-10"}
    world.tell("stand-in", code="vagn", member="cia", by="anna", on="05-20", **window, **WHY)
    assert [world.ask("cia", "vagn", on=on).no is None for on in ("05-27", "05-28", "06-09", "06-10")] == [
        False,
        True,
        True,
        False,
    ]
    seat = world.ask("cia", "vagn", on="06-01").seat
    assert seat is not None
    assert (seat.capacity, seat.acting_for) == ("stand-in", "bo")


def test_a_stand_in_lies_within_the_delegation_and_is_somebody_else() -> None:
    world = chain(until="2025-06-01")
    window = {"from": "2025-05-01", "until": "2025-06-02"}
    world.refused(
        "stand_in.outside_window", "stand-in", code="vagn", member="cia", by="anna", on="03-01", **window, **WHY
    )
    window = {"from": "2025-05-01", "until": "2025-05-20"}
    world.refused("stand_in.holds_it", "stand-in", code="vagn", member="bo", by="anna", on="03-01", **window, **WHY)
    window = {"from": "2025-05-01", "until": "2025-05-01"}
    world.refused("time.window_empty", "stand-in", code="vagn", member="cia", by="anna", on="03-01", **window, **WHY)
    window = {"from": "2025-02-20", "until": "2025-05-01"}
    world.refused(
        "time.effective_before_said", "stand-in", code="vagn", member="cia", by="anna", on="03-01", **window, **WHY
    )


def test_a_holder_names_a_stand_in_only_where_the_mandate_may_be_delegated_further() -> None:
    window = {"from": "2025-05-01", "until": "2025-05-20"}
    chain().tell("stand-in", code="vagn", member="cia", by="bo", on="03-01", **window, **WHY)
    fields = {"code": "vagn", "member": "cia", "by": "bo", "on": "03-01", **window, **WHY}
    chain(further=0).refused("delegation.not_yours", "stand-in", **fields)


def test_a_stand_in_ends_early_by_anyone_concerned() -> None:
    window = {"from": "2025-05-01", "until": "2025-06-01"}
    world = chain().tell("stand-in", code="vagn", member="cia", by="anna", on="03-01", **window, **WHY)
    world.refused("stand_in.none", "end-stand-in", code="vagn", member="eva", by="anna", on="05-10")
    world.refused("delegation.not_yours", "end-stand-in", code="vagn", member="cia", by="eva", on="05-10")
    world.tell("end-stand-in", code="vagn", member="cia", by="cia", on="05-10")
    assert world.ask("cia", "vagn", on="05-10").no == "never granted"


def test_renewing_moves_the_end_and_the_review() -> None:
    world = team(until="2025-06-01")
    world.refused("delegation.review_past", "renew", code="norr", review_on="2025-03-01", on="03-01")
    world.refused("delegation.window_over", "renew", code="norr", until="2025-03-01", on="03-01")
    world.tell("renew", code="norr", until="2025-09-01", on="03-01")
    assert [world.holder("norr", on) for on in ("08-31", "09-01")] == ["anna", None]


def test_a_longer_window_does_not_run_into_the_next_holder() -> None:
    world = (
        team(until="2025-06-01")
        .tell("offer", code="norr", to="bo", on="07-01")
        .tell("accept", code="norr", by="bo", on="07-01")
    )
    world.refused("delegation.overlaps", "renew", code="norr", until="2025-08-01", on="03-01")
    world.tell("renew", code="norr", until="2025-07-01", on="03-01")


def test_only_the_holder_completes_or_hands_back() -> None:
    world = team()
    world.refused("delegation.not_held_by_you", "complete", code="norr", summary="done", on="03-01")
    world.refused("delegation.not_held_by_you", "hand-back", code="norr", lacking="other", by="bo", on="03-01", **WHY)
    world.refused("reason.missing", "hand-back", code="norr", lacking="other", by="anna", on="03-01")
    world.tell("hand-back", code="norr", lacking="resources", by="anna", on="03-01", **WHY)
    assert world.holder("norr", "03-01") is None


def test_what_is_completed_is_held_no_more() -> None:
    assert team().tell("complete", code="norr", summary="done", by="anna", on="03-01").holder("norr", "03-01") is None


def test_a_revocation_has_a_reason_and_takes_effect_not_before_it_is_said() -> None:
    world = team()
    world.refused("reason.missing", "revoke", code="norr", on="03-01")
    world.refused("time.effective_before_said", "revoke", code="norr", effective="2025-02-28", on="03-01", **WHY)
    world.tell("revoke", code="norr", effective="2025-04-01", on="03-01", **WHY)
    assert [world.holder("norr", on) for on in ("03-31", "04-01")] == ["anna", None]


def test_a_backdated_change_of_mandate_holds_until_the_next_one() -> None:
    world = team(amount="100").tell("change-mandate", code="norr", amount="50", on="06-01", **WHY)
    world.tell("change-mandate", code="norr", amount="80", on="04-01", **WHY)
    mandates = [world.responsibility("norr").delegations[0].mandate(moment).amount for moment in _moments(world)]
    assert mandates == ["100", "80", "50"]


def _moments(world: Scenario) -> list[datetime]:
    moments: list[datetime] = []
    for on in ("03-01", "05-01", "07-01"):
        world.ask("anna", on=on)
        moments.append(world.on)
    return moments


def test_a_limit_is_given_or_left_to_the_parent_and_not_both() -> None:
    fields = {"code": "norr", "amount": "50", "inherit": ["amount"], "on": "03-01"}
    team(amount="100").refused("mandate.given_and_inherited", "change-mandate", **fields, **WHY)
