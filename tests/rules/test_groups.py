from __future__ import annotations

import pytest
from scenario import Scenario, team

WHY = {"reason": "so it is"}
CASE = {"title": "x", "type": "t", "in": "syd"}


def group(world: Scenario, handle: str, acts: str, *occupants: str) -> Scenario:
    world.tell("member add", handle=handle, group=True, acts=acts, on="01-02")
    for each in occupants:
        world.tell("member join", group=handle, handle=each, on="01-03")
    return world


def held_by(world: Scenario, holder: str, by: str, *others: str) -> Scenario:
    """The holder has syd from 2 February."""
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to=holder)
    return world.tell("accept", code="syd", by=by, on="02-02", **{"with": list(others)})


def together() -> Scenario:
    return held_by(group(team(), "board", "together", "bo", "cia"), "board", "bo", "cia")


def each() -> Scenario:
    return held_by(group(team(), "pool", "each", "bo", "cia"), "pool", "bo")


def test_every_occupant_of_a_post_decides_alone_and_for_the_post() -> None:
    for who in ("bo", "cia"):
        events = each().events("decide", by=who, on="03-01", **CASE)
        made = events[1].model_dump()
        assert (made["acting_for"], made["authority"]["capacity"]) == ("pool", "occupant")
    each().refused("authority.never_granted", "decide", by="anna", on="03-01", **CASE)


def test_a_group_that_acts_together_names_everybody_who_said_yes() -> None:
    world = together()
    refusal = world.refused("authority.together", "decide", by="cia", on="03-01", **CASE)
    assert str(refusal) == "This takes bo too; name them with --with once they have said yes."
    made = world.events("decide", by="cia", on="03-01", **CASE, **{"with": ["bo"]})[1].model_dump()
    assert made["authority"]["together_with"] == ("bo",)


def test_naming_somebody_who_does_not_sit_there_does_not_help() -> None:
    together().refused("authority.together", "decide", by="cia", on="03-01", **CASE, **{"with": ["anna"]})


def test_who_is_named_beside_the_actor_is_a_member_on_that_day() -> None:
    world = together().tell("member leave", handle="bo", on="03-01")
    world.refused("member.not_there", "decide", by="cia", on="03-01", **CASE, **{"with": ["bo"]})
    world.refused("member.unknown", "decide", by="cia", on="03-01", **CASE, **{"with": ["nobody"]})
    world.tell("decide", by="cia", on="03-01", **CASE)


def test_a_group_that_acts_together_hands_back_and_completes_together() -> None:
    for do, fields in (("hand-back", {"lacking": "capacity", **WHY}), ("complete", {"summary": "done"})):
        world = together()
        world.refused("authority.together", do, code="syd", by="bo", on="03-01", **fields)
        world.tell(do, code="syd", by="bo", on="03-01", **fields, **{"with": ["cia"]})
        assert world.holder("syd", "03-01") is None


def test_a_group_that_acts_together_delegates_together() -> None:
    world = together().tell("define", code="hamn", title="Harbour", parent="syd", by="bo", on="02-02")
    world.refused("authority.together", "offer", code="hamn", to="anna", by="bo", on="03-01")
    world.tell("offer", code="hamn", to="anna", by="bo", on="03-01", **{"with": ["cia"]})


def test_a_group_within_a_post_that_acts_together_decides_together_among_itself() -> None:
    world = group(group(team(), "pair", "together", "bo", "cia"), "pool", "each", "pair", "anna")
    held_by(world, "pool", "anna")
    world.refused("authority.together", "decide", by="bo", on="03-01", **CASE)
    world.tell("decide", by="bo", on="03-01", **CASE, **{"with": ["cia"]})
    world.tell("decide", by="anna", on="03-02", **CASE)


def test_a_group_within_a_group_within_a_group_has_its_say() -> None:
    world = group(group(group(team(), "one", "each", "bo"), "two", "each", "one"), "three", "each", "two")
    assert held_by(world, "three", "bo").ask("bo", "syd").no is None


@pytest.mark.parametrize(("on", "may"), [("02-28", False), ("03-01", True), ("03-31", True), ("04-01", False)])
def test_a_seat_counts_within_its_time(on: str, may: bool) -> None:  # noqa: FBT001 - a row of the table
    world = each().tell("member join", group="pool", handle="anna", on="03-01", until="2025-04-01")
    assert (world.ask("anna", "syd", on=on).no is None) is may


def test_who_parts_from_the_group_decides_for_it_no_more_and_the_group_holds_on() -> None:
    world = each().tell("member part", group="pool", handle="bo", on="04-01")
    assert [world.ask("bo", "syd", on=on).no for on in ("03-31", "04-01")] == [None, "never granted"]
    assert world.ask("cia", "syd", on="04-01").no is None
    assert world.holder("syd", "04-01") == "pool"


def test_a_group_that_leaves_holds_nothing_more() -> None:
    world = each().tell("member leave", handle="pool", on="04-01")
    assert [world.holder("syd", on) for on in ("03-31", "04-01")] == ["pool", None]
    assert world.ask("bo", "syd", on="04-01").no == "ended"


def test_an_occupant_may_say_the_groups_yes_to_a_wider_mandate() -> None:
    world = each().tell("change-mandate", code="syd", amount="10", on="03-01", **WHY)
    fields = {"code": "syd", "amount": "20", "on": "04-01", **WHY}
    world.refused("mandate.needs_yes", "change-mandate", agreed_by=["anna"], **fields)
    world.tell("change-mandate", agreed_by=["cia"], **fields)


def test_a_group_may_stand_in_and_its_occupants_act_for_the_holder() -> None:
    world = group(team(), "pool", "each", "bo")
    window = {"from": "2025-03-01", "until": "2025-04-01"}
    world.tell("stand-in", code="norr", member="pool", on="02-20", **window, **WHY)
    seat = world.ask("bo", on="03-15").seat
    assert seat is not None
    assert (seat.capacity, seat.acting_for) == ("stand-in", "anna")
    assert world.ask("bo", on="04-01").no == "never granted"


def test_nobody_who_sits_in_the_group_stands_in_for_it() -> None:
    window = {"from": "2025-03-01", "until": "2025-04-01"}
    each().refused("stand_in.holds_it", "stand-in", code="syd", member="bo", on="02-20", **window, **WHY)


def test_at_level_four_a_group_speaks_through_whom_it_acts() -> None:
    world = Scenario(founders=("eva", "kim")).tell("member add", handle="anna").tell("define", code="ost", title="East")
    world.tell("offer", code="ost", to="anna", level=4).tell("accept", code="ost", by="anna", on="02-02")
    case = {"title": "x", "type": "t", "in": "ost", "by": "anna", "on": "03-01"}
    world.refused("authority.together", "decide", **case)
    world.tell("decide", **case, **{"with": ["kim"]})


def test_a_group_that_has_left_gives_its_occupants_nothing() -> None:
    world = group(group(team(), "inner", "each", "cia"), "pool", "each", "bo", "inner")
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="pool")
    world.tell("accept", code="syd", by="bo", on="02-02").tell("member leave", handle="inner", on="04-01")
    assert world.ask("cia", "syd", on="04-02").no == "never granted"


def test_a_group_that_has_left_stands_in_no_more() -> None:
    window = {"from": "2025-03-01", "until": "2025-06-01"}
    world = group(team(), "pool", "each", "bo")
    world.tell("stand-in", code="norr", member="pool", on="03-01", **window, **WHY)
    world.tell("member leave", handle="pool", on="04-01")
    assert world.ask("bo", on="04-02").no == "never granted"


def test_nobody_waits_for_who_has_left_a_post_within_a_board() -> None:
    world = group(team().tell("member add", handle="dan", on="01-01"), "post", "each", "cia", "dan")
    group(world, "board", "together", "bo", "post").tell("member leave", handle="dan", on="02-15")
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="board")
    world.tell("accept", code="syd", by="bo", on="02-20", **{"with": ["cia"]})


def test_a_seat_of_ones_own_counts_before_one_in_a_group_within() -> None:
    world = group(group(team(), "pair", "together", "bo", "cia"), "pool", "each", "pair", "bo")
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="pool")
    world.tell("accept", code="syd", by="bo", on="02-02")
