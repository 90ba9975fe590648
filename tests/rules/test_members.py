from __future__ import annotations

import pytest
from scenario import Scenario, team


def test_a_handle_is_never_used_again_also_after_its_member_left() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member leave", handle="anna", on="03-01")
    world.refused("member.handle_taken", "member add", handle="anna", on="04-01")


def test_only_a_group_says_how_it_acts() -> None:
    world = Scenario()
    world.refused("member.acts_is_for_groups", "member add", handle="anna", acts="each")
    world.tell("member add", handle="board", group=True, acts="each")
    assert world.member("board").acts == "each"


def test_a_group_acts_together_where_nothing_else_is_said() -> None:
    assert Scenario().tell("member add", handle="board", group=True).member("board").acts == "together"


def test_a_name_changes_and_the_handle_stays() -> None:
    world = Scenario().tell("member add", handle="anna", name="Anna").tell("member rename", handle="anna", name="Ann")
    assert world.member("anna").handle == "anna"
    assert [text.text for text in world.texts.values()] == ["Anna", "Ann"]


def test_nobody_acts_who_is_not_a_member_on_the_day() -> None:
    world = Scenario().tell("member add", handle="anna", on="03-01")
    world.refused("member.unknown", "member add", handle="x", by="nobody")
    world.refused("member.not_there", "member add", handle="x", by="anna", on="02-01")
    world.tell("member add", handle="x", by="anna", on="03-01")


def test_a_member_who_has_left_can_neither_accept_nor_decide_from_that_day() -> None:
    world = team().tell("member leave", handle="anna", on="04-01")
    world.refused("member.not_there", "decide", by="anna", on="04-01", title="x", type="t", **{"in": "norr"})
    world.tell("decide", by="anna", on="03-31", title="x", type="t", **{"in": "norr"})


def test_a_member_leaves_once() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member leave", handle="anna", on="06-01")
    world.refused("member.leaves_already", "member leave", handle="anna", on="05-01")
    world.refused("member.not_there", "member leave", handle="anna", on="07-01")


def test_a_last_day_may_lie_ahead() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member leave", handle="anna", on="2027-01-01")
    assert world.member("anna").present(world.now)


def test_who_comes_back_was_gone() -> None:
    world = Scenario().tell("member add", handle="anna")
    world.refused("member.still_there", "member return", handle="anna", on="04-01")
    world.refused("member.unknown", "member return", handle="bo", on="04-01")
    world.tell("member leave", handle="anna", on="03-01").tell("member return", handle="anna", on="05-01")
    assert world.member("anna").present(world.now)


def test_what_somebody_held_is_vacant_when_they_leave_and_does_not_come_back_with_them() -> None:
    world = team().tell("member leave", handle="anna", on="04-01").tell("member return", handle="anna", on="05-01")
    assert [world.holder("norr", on) for on in ("03-31", "04-01", "05-02")] == ["anna", None, None]


def test_only_groups_have_occupants() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member add", handle="bo")
    world.refused("group.is_person", "member join", group="anna", handle="bo")


def test_a_member_sits_in_a_group_once_at_a_time() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member add", handle="board", group=True)
    world.tell("member join", group="board", handle="anna", on="03-01", until="2025-04-01")
    world.refused("group.sits_already", "member join", group="board", handle="anna", on="03-15")
    world.tell("member join", group="board", handle="anna", on="04-01")


def test_only_who_sits_there_can_part() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member add", handle="board", group=True)
    world.refused("group.sits_not", "member part", group="board", handle="anna")
    world.tell("member join", group="board", handle="anna").tell(
        "member part", group="board", handle="anna", on="04-01"
    )
    assert world.member("board").occupants(world.now) == ()


def test_nobody_gives_themselves_a_seat_in_a_group_that_is_not_theirs() -> None:
    world = team().tell("member add", handle="board", group=True)
    world.refused("group.not_yours", "member join", group="board", handle="bo", by="bo")
    world.tell("member join", group="board", handle="anna", by="eva")
    world.tell("member join", group="board", handle="bo", by="anna", on="03-01")
    world.tell("member part", group="board", handle="bo", by="bo", on="04-01")


def test_groups_nest_without_a_cycle() -> None:
    world = Scenario()
    for handle in ("one", "two", "three"):
        world.tell("member add", handle=handle, group=True)
    world.tell("member join", group="one", handle="two").tell("member join", group="two", handle="three")
    world.refused("group.cycle", "member join", group="three", handle="one")
    world.refused("group.cycle", "member join", group="one", handle="one")


def test_a_time_in_a_group_ends_after_it_begins() -> None:
    world = Scenario().tell("member add", handle="anna").tell("member add", handle="board", group=True)
    world.refused("time.window_empty", "member join", group="board", handle="anna", on="03-01", until="2025-03-01")


def test_competence_is_stated_by_the_member_first_and_confirmed_by_others_second() -> None:
    world = team()
    world.refused("competence.not_stated", "confirm", handle="anna", competence="law", level="able")
    world.tell("competence", by="anna", competence="law", level="able")
    world.refused("competence.own", "confirm", by="anna", handle="anna", competence="law", level="able")
    world.tell("confirm", handle="anna", competence="law", level="teaching")
    assert world.member("anna").competence("law") is not None


def test_a_competence_is_withdrawn_by_the_member_or_by_who_confirmed_it() -> None:
    world = team().tell("competence", by="anna", competence="law", level="able")
    world.refused("competence.not_yours", "withdraw-competence", by="bo", handle="anna", competence="law")
    world.tell("confirm", by="bo", handle="anna", competence="law", level="able")
    world.tell("withdraw-competence", by="bo", handle="anna", competence="law")
    competence = world.member("anna").competence("law")
    assert competence is not None
    assert not competence.confirmed_by
    world.tell("withdraw-competence", by="anna", handle="anna", competence="law")
    assert world.member("anna").competence("law") is None


@pytest.mark.parametrize("until", ["2025-03-01", "2025-02-01"])
def test_an_absence_ends_after_it_begins(until: str) -> None:
    team().refused("time.window_empty", "away", by="anna", until=until, **{"from": "2025-03-01"})


def test_capacity_is_ones_own_word() -> None:
    (stated,) = team().events("capacity", by="anna", amount="20")
    assert stated.model_dump()["amount"] == "20"


def test_who_has_left_can_neither_accept_nor_be_offered_anything() -> None:
    world = team().tell("define", code="syd", title="South").tell("offer", code="syd", to="bo")
    world.tell("define", code="ost", title="East").tell("member leave", handle="bo", on="03-01")
    world.refused("member.not_there", "accept", code="syd", by="bo", on="03-01")
    world.refused("member.not_there", "offer", code="ost", to="bo", on="03-01")
    world.tell("accept", code="syd", by="bo", on="02-28")


def test_who_has_left_can_stand_in_for_nobody() -> None:
    window = {"from": "2025-03-01", "until": "2025-06-01"}
    world = team().tell("stand-in", code="norr", member="bo", on="02-20", **window, reason="leave")
    world.tell("member leave", handle="bo", on="04-01")
    assert [world.ask("bo", on=on).no for on in ("03-31", "04-01")] == [None, "ended"]
    fields = {"code": "norr", "member": "bo", "reason": "leave", "from": "2025-05-01", "until": "2025-06-01"}
    world.refused("member.not_there", "stand-in", on="05-01", **fields)


def test_a_confirmation_needs_the_members_word_also_after_it_was_withdrawn() -> None:
    world = team().tell("competence", by="anna", competence="law", level="able")
    world.tell("withdraw-competence", by="anna", handle="anna", competence="law")
    world.refused("competence.not_stated", "confirm", handle="anna", competence="law", level="able")


def test_two_members_cannot_be_told_by_one_handle_whatever_they_are() -> None:
    world = team()
    world.refused("member.handle_taken", "member add", handle="anna", group=True)
