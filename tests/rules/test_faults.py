"""What the rules should say and do not yet: each is expected to fail, and says what would put it right."""

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


def fault(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, reason=reason)


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


@fault("the walk to the root never ends; `parent`, `parent_before` and `parent_after` belong in housekeeping._FIXED")
def test_where_a_responsibility_lies_is_moved_and_not_corrected() -> None:
    with pytest.raises(Refused):
        correct(chain(), VAGN, 1, "parent", VAGN, by="anna")


@fault("a correction makes somebody holder who never said yes; `to` belongs in housekeeping._FIXED")
@pytest.mark.parametrize("to", ["cia", "anna"])
def test_nobody_becomes_holder_by_a_correction(to: str) -> None:
    with pytest.raises(Refused):
        correct(chain(), VAGN, 2, "to", to, by="anna")


@fault("annul and correct fold nothing to see what they make true; refuse with responsibility.cycle, as move does")
def test_an_annulled_move_leaves_no_circle() -> None:
    world = team().tell("define", code="syd", title="South").tell("define", code="ost", title="East", parent="syd")
    world.tell("move", code="ost", parent="root", on="03-01", **WHY)
    world.tell("move", code="syd", parent="ost", on="04-01", **WHY)
    with pytest.raises(Refused):
        world.tell("annul", stream=responsibility_id("ost"), version=2, on="06-01", **WHY)


@fault("the same for groups, group.cycle; a circle of groups recurs without end in member_seat and people")
def test_an_annulled_annulment_leaves_no_group_in_itself() -> None:
    world = group(group(team(), "two", "each"), "one", "each", "two")
    world.tell("annul", stream="member:one", version=2, on="03-01", **WHY)
    world.tell("member join", group="two", handle="one", on="03-02")
    with pytest.raises(Refused):
        world.tell("annul", stream="member:one", version=3, on="03-03", **WHY)


@fault("events are only shape, so correct stores what no command may say; hold it to the command's types")
@pytest.mark.parametrize(
    ("field", "after"),
    [("mandate.amount", "lots"), ("mandate.amount", "-5"), ("mandate.level", 99), ("mandate.types", ["Not A Type"])],
)
def test_a_correction_is_held_to_what_a_command_may_say(field: str, after: object) -> None:
    with pytest.raises(Refused):
        correct(team(), NORR, 2, field, after)


def _left() -> tuple[Scenario, str, int, str]:
    return team().tell("member leave", handle="anna", on="04-01"), "member:anna", 2, "last_day"


def _until() -> tuple[Scenario, str, int, str]:
    return team(until="2025-06-01"), NORR, 2, "mandate.until"


def _stand_in() -> tuple[Scenario, str, int, str]:
    window = {"from": "2025-04-01", "until": "2025-05-01"}
    world = chain().tell("stand-in", code="vagn", member="cia", by="anna", on="03-01", **window, **WHY)
    return world, VAGN, 4, "until"


@fault("pydantic reads a plain day as an instant without offset; put_right must read days with values.instant")
@pytest.mark.parametrize("given", [_left, _until, _stand_in])
def test_a_day_is_corrected_by_a_day(given: Any) -> None:  # noqa: ANN401 - one of three beginnings
    world, stream, version, field = given()
    correct(world, stream, version, field, "2025-05-15")
    assert world.holder("norr", "05-14") == "anna"
    if stream == VAGN:
        assert [world.ask("cia", "vagn", on=on).no is None for on in ("05-14", "05-15")] == [True, False]


@fault("_accepted ends only what began earlier; a corrected stream must be folded and held to delegation.overlaps")
def test_a_correction_makes_no_second_holder() -> None:
    world = team().tell("offer", code="norr", to="bo", on="03-01").tell("accept", code="norr", by="bo", on="03-10")
    try:
        correct(world, NORR, 3, "occurred_at", "2025-05-01")
    except Refused:
        return
    delegations = world.responsibility("norr").delegations
    assert sum(each.live(instant("2025-05-02")) for each in delegations) <= 1


@fault("_require_still_right looks at mandates only, and DelegationRenewed has an `until` of its own")
def test_a_corrected_renewal_still_ends_with_its_parent() -> None:
    world = team(until="2025-06-01").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna").tell("accept", code="vagn", by="bo", on="02-02")
    world.tell("renew", code="vagn", by="anna", until="2025-05-01", on="03-01")
    with pytest.raises(Refused):
        correct(world, VAGN, 4, "until", "2025-11-01T00:00:00Z")


@fault("a corrected day may lie before the offer that it answers, or the founding; it is held only to the present")
@pytest.mark.parametrize("on", ["2025-01-10", "2024-05-01"])
def test_a_corrected_acceptance_is_not_earlier_than_its_offer(on: str) -> None:
    with pytest.raises(Refused):
        correct(team(), NORR, 3, "occurred_at", on)


@fault("a draw stands in another stream; annulling a decision should annul its AllowanceDrawn in the same batch")
def test_an_annulled_decision_gives_back_what_it_drew() -> None:
    world = team(amount_per_year="100")
    id_ = world.decides("Vans", by="anna", amount="60")
    world.tell("annul", stream=id_, version=2, on="04-01", **WHY)
    assert world.ask("anna", on="05-01", amount=Decimal(60)).no is None


# Who may decide


@fault("_deciding_link asks no level of the link that answers for a vacant one; it must go up while level < 4")
@pytest.mark.parametrize("level", [1, 2, 3])
def test_who_does_not_decide_in_their_own_does_not_decide_in_a_vacant_child_either(level: int) -> None:
    world = team(level=level).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    assert world.ask("anna", "norr").no == "never granted"
    assert world.ask("anna", "vagn").no == "never granted"


@fault("_supersede asks where the new decision lies and not whether its maker may decide there; ask for `inside`")
def test_who_holds_nothing_overrules_nothing_by_deciding_outside_mandate() -> None:
    world = chain()
    id_ = world.decides("Vans", by="bo", **{"in": "vagn"})
    with pytest.raises(Refused):
        world.decides("None", by="cia", on="04-01", supersedes=[id_], outside_mandate=True, **{"in": "root"}, **WHY)


@fault("only `by` is asked for a conflict; refuse a conflicted `with`, and leave them out of who must act together")
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


@fault("nobody asks whether a group is still there that sits in a group, or stands in; occupants() filters people only")
def test_a_group_that_has_left_gives_its_occupants_nothing() -> None:
    world = group(group(team(), "inner", "each", "cia"), "pool", "each", "bo", "inner")
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="pool")
    world.tell("accept", code="syd", by="bo", on="02-02").tell("member leave", handle="inner", on="04-01")
    assert world.ask("cia", "syd", on="04-02").no == "never granted"


@fault("the same for a group that stands in")
def test_a_group_that_has_left_stands_in_no_more() -> None:
    window = {"from": "2025-03-01", "until": "2025-06-01"}
    world = group(team(), "pool", "each", "bo")
    world.tell("stand-in", code="norr", member="pool", on="03-01", **window, **WHY)
    world.tell("member leave", handle="pool", on="04-01")
    assert world.ask("bo", on="04-02").no == "never granted"


@fault("people() takes everybody in a group that acts each, also who has left, and no one can name them any more")
def test_nobody_waits_for_who_has_left_a_post_within_a_board() -> None:
    world = group(team().tell("member add", handle="dan", on="01-01"), "post", "each", "cia", "dan")
    group(world, "board", "together", "bo", "post").tell("member leave", handle="dan", on="02-15")
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="board")
    world.tell("accept", code="syd", by="bo", on="02-20", **{"with": ["cia"]})


@fault("member_seat takes the first seat it finds; it should take the one that needs the fewest others")
def test_a_seat_of_ones_own_counts_before_one_in_a_group_within() -> None:
    world = group(group(team(), "pair", "together", "bo", "cia"), "pool", "each", "pair", "bo")
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="pool")
    world.tell("accept", code="syd", by="bo", on="02-02")


@fault("change_mandate asks for a seat in the holder and not for all who must act together")
def test_a_group_that_acts_together_says_yes_to_a_wider_mandate_together() -> None:
    world = group(team(), "board", "together", "bo", "cia").tell("define", code="syd", title="South")
    world.tell("offer", code="syd", to="board", amount="10")
    world.tell("accept", code="syd", by="bo", on="02-02", **{"with": ["cia"]})
    fields = {"code": "syd", "amount": "20", "on": "03-01", **WHY}
    world.refused("mandate.needs_yes", "change-mandate", agreed_by=["bo"], **fields)


@fault("a duty of level 2 is stamped `due before` and nothing asks for --because; Decision, invariant 4")
def test_at_level_two_a_decision_needs_its_rationale() -> None:
    with pytest.raises(Refused):
        team(level=2).tell("decide", on="03-01", title="x", type="t", **{"in": "norr"})


@fault("Link.former is filled only where nobody holds; who handed it over is told `never granted`")
def test_who_handed_it_over_is_told_that_it_ended() -> None:
    world = team().tell("offer", code="norr", to="bo", on="03-01").tell("accept", code="norr", by="bo", on="03-10")
    assert world.ask("anna", on="04-01").no == "ended"


# Windows


@fault("bounds() reads the mandate's `until`, which a renewal leaves as it was")
def test_what_was_renewed_is_longer_for_those_below_too() -> None:
    world = team(until="2025-06-01").tell("renew", code="norr", until="2025-09-01", on="03-01")
    world.tell("define", code="vagn", title="Vehicles", parent="norr", by="anna", on="03-02")
    world.tell("offer", code="vagn", to="bo", by="anna", until="2025-08-01", on="03-02")


@fault("renew moves an end whatever its cause; it should leave, or refuse, one that was handed back or revoked")
def test_what_was_handed_back_is_not_renewed_over_the_holders_head() -> None:
    fields = {"lacking": "capacity", "by": "anna", "on": "04-01", "effective": "2025-05-01"}
    world = team().tell("hand-back", code="norr", **fields, **WHY)
    try:
        world.tell("renew", code="norr", on="04-10")
    except Refused:
        return
    assert world.holder("norr", "05-01") is None


@fault("an `until` left out is kept as no end at all; the walk should test `until` of every link, as it does amounts")
def test_an_end_left_out_is_the_parents_also_when_that_changes() -> None:
    world = chain().tell("change-mandate", code="norr", until="2025-06-01", on="03-01", **WHY)
    assert world.ask("bo", "vagn", on="06-01").no is not None


@fault("an inherited end is None, which breach() reads as no end; write the parent's down, as offer and renew do")
def test_an_end_may_be_left_to_the_parent_again() -> None:
    world = team(until="2025-10-01").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna", until="2025-05-01")
    world.tell("accept", code="vagn", by="bo", on="02-02")
    fields = {"inherit": ["until"], "agreed_by": ["bo"], "by": "anna", "on": "03-01"}
    world.tell("change-mandate", code="vagn", **fields, **WHY)
    assert [world.holder("vagn", on) for on in ("09-30", "10-01")] == ["bo", None]


# Backdating


@fault("Decision.open asks only for the day; a matter that was decided later is decided, as known now")
def test_a_decided_matter_is_not_decided_again_on_an_earlier_day() -> None:
    world = team(amount="10")
    id_ = referred(world, "anna", "norr")
    world.tell("decide matter", decision=id_, on="06-01")
    world.refused("decision.not_open", "decide matter", decision=id_, on="04-01")


@fault("the same: a decision that was made moves to another responsibility")
def test_a_decided_matter_is_not_called_in_on_an_earlier_day() -> None:
    world = chain(amount="10")
    id_ = referred(world, "bo", "vagn")
    world.tell("decide matter", decision=id_, by="anna", on="06-01")
    world.refused("decision.not_open", "call-in", decision=id_, on="04-01", **WHY)


@fault("retire looks at the children of that day; those that are defined or moved under it later hang in the air")
def test_nothing_is_retired_on_a_day_before_something_was_put_under_it() -> None:
    world = team().tell("define", code="syd", title="South")
    world.tell("define", code="hamn", title="Harbour", parent="syd", on="04-01")
    world.refused("responsibility.has_children", "retire", code="syd", on="03-01", **WHY)


@fault("define and move look at the parent of that day; one that is retired later carries nothing")
def test_nothing_is_put_under_what_is_retired_by_now() -> None:
    world = team().tell("define", code="syd", title="South").tell("retire", code="syd", on="05-01", **WHY)
    with pytest.raises(Refused):
        world.tell("define", code="hamn", title="Harbour", parent="syd", on="04-01")


@fault("a code taken up again keeps the last mandate of its former life as ceiling; last() should stop at retirement")
def test_a_code_taken_up_again_begins_without_a_ceiling() -> None:
    world = team(amount="5").tell("revoke", code="norr", on="03-01", **WHY)
    world.tell("retire", code="norr", on="03-02", **WHY).tell("define", code="norr", title="Another", on="04-01")
    world.tell("define", code="vagn", title="Vehicles", parent="norr", on="04-01")
    world.tell("offer", code="vagn", to="bo", amount="10", on="04-01")


# What becomes of decisions


@fault("_supersede overrules the whole where a part is named; leave DecisionOverruled out then")
def test_a_part_taken_over_from_above_leaves_the_rest_standing() -> None:
    world = chain()
    id_ = world.decides("Vans", by="bo", **{"in": "vagn"})
    world.decides("One van", by="anna", on="04-01", supersedes=[id_], part="the second van", **WHY)
    assert world.decision(id_).stands(world.now)


@fault("ratify draws nothing, though what it takes inside counts as inside from then on")
def test_what_is_ratified_counts_against_the_year() -> None:
    world = team(amount="10", amount_per_year="100")
    id_ = world.decides("Vans", by="anna", amount="60", outside_mandate=True, **WHY)
    world.tell("ratify", decision=id_, on="04-01", **WHY)
    assert world.responsibility("norr").drawn == {2025: Decimal(60)}


@fault("`supersedes` is not looked at for doubles; one event each")
def test_a_decision_named_twice_is_superseded_once() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    fields = {"title": "Boats", "type": "purchase", "in": "norr", "by": "anna", "on": "04-01"}
    assert len(world.events("decide", supersedes=[id_, id_], **fields)) == 3


# Members


@fault("`founders` are not looked at for doubles; MemberAdded is told twice")
def test_a_founder_named_twice_founds_once() -> None:
    world = Scenario(founders=("eva", "eva"))
    assert len(world.streams["member:eva"]) == 1


@fault("who is to be consulted, or agreed, is not looked up; require_present for conditions and agreed_by")
@pytest.mark.parametrize(
    "fields", [{"conditions": ["consult:ghost"]}, {"amount": "200", "agreed_by": ["anna", "ghost"]}]
)
def test_a_mandate_speaks_only_of_members(fields: dict[str, Any]) -> None:
    world = team(amount="100")
    world.refused("member.unknown", "change-mandate", code="norr", on="03-01", **fields, **WHY)
