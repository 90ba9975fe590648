from __future__ import annotations

from scenario import chain, team

WHY = {"reason": "so it is"}


def test_two_responsibilities_cannot_share_a_code() -> None:
    team().refused("responsibility.code_taken", "define", code="norr", title="Another")


def test_a_retired_code_may_be_taken_up_again() -> None:
    world = team().tell("define", code="syd", title="South").tell("retire", code="syd", on="03-01", **WHY)
    world.tell("define", code="syd", title="South again", on="04-01")
    assert len(world.responsibility("syd").definitions) == 2


def test_a_responsibility_lies_under_one_that_is_there() -> None:
    team().refused("responsibility.unknown", "define", code="syd", title="South", parent="nowhere")


def test_only_who_holds_the_chain_above_defines_below_it() -> None:
    world = team()
    world.refused("responsibility.not_in_your_chain", "define", code="x", title="X", parent="norr", by="bo")
    world.tell("define", code="x", title="X", parent="norr", by="anna")
    world.tell("define", code="y", title="Y", parent="norr", by="eva")


def test_clarifying_says_what_changed_before_and_after() -> None:
    world = team()
    (event,) = world.events("clarify", code="norr", title="North and west", by="anna")
    assert event.model_dump()["changes"] == ({"field": "title", "before": "North", "after": "North and west"},)
    world.refused("responsibility.unchanged", "clarify", code="norr", title="North and west", on="03-01")


def test_a_backdated_clarification_holds_until_the_next_one_of_that_field() -> None:
    world = team().tell("clarify", code="norr", title="Later", on="06-01")
    world.tell("clarify", code="norr", title="Earlier", purpose="Streets", on="03-01")
    titles = [(each.what.title, each.what.purpose) for each in world.responsibility("norr").definitions]
    assert titles == [("North", None), ("Earlier", "Streets"), ("Later", "Streets")]


def test_nothing_can_lie_below_what_lies_below_it() -> None:
    world = chain()
    world.refused("responsibility.cycle", "move", code="norr", parent="vagn", on="04-01", **WHY)
    world.refused("responsibility.cycle", "move", code="norr", parent="norr", on="04-01", **WHY)


def test_nor_can_it_at_a_later_day_that_is_known() -> None:
    world = team().tell("define", code="syd", title="South").tell("define", code="ost", title="East")
    world.tell("move", code="ost", parent="syd", on="06-01", **WHY)
    world.refused("responsibility.cycle", "move", code="syd", parent="ost", on="03-01", **WHY)


def test_the_root_stays() -> None:
    world = team()
    world.refused("responsibility.root_stays", "move", code="root", parent="norr", on="03-01", **WHY)
    world.refused("responsibility.root_stays", "retire", code="root", on="03-01", **WHY)


def test_moving_to_where_it_lies_changes_nothing() -> None:
    team().refused("responsibility.unchanged", "move", code="norr", parent="root", on="03-01", **WHY)


def test_a_mandate_must_fit_below_the_new_parent() -> None:
    world = chain(amount="50000").tell("define", code="syd", title="South")
    world.tell("offer", code="syd", to="cia", amount="100").tell("accept", code="syd", by="cia", on="02-10")
    refusal = world.refused("mandate.not_inside", "move", code="vagn", parent="syd", on="03-01", **WHY)
    assert (refusal.facts["dimension"], refusal.facts["limit"], refusal.facts["asked"]) == ("amount", "100", "50000")


def test_moving_retiring_and_declining_need_a_reason() -> None:
    world = team().tell("define", code="syd", title="South")
    for do, fields in (("move", {"code": "syd", "parent": "norr"}), ("retire", {"code": "syd"})):
        world.refused("reason.missing", do, on="03-01", **fields)
    world.tell("offer", code="syd", to="bo")
    world.refused("reason.missing", "decline", code="syd", by="bo", on="03-01")


def test_nothing_is_retired_while_somebody_holds_it() -> None:
    world = team()
    world.refused("responsibility.still_held", "retire", code="norr", on="03-01", **WHY)
    world.tell("revoke", code="norr", on="03-01", **WHY).tell("retire", code="norr", on="03-02", **WHY)


def test_nothing_is_retired_while_it_is_offered() -> None:
    world = team().tell("define", code="syd", title="South").tell("offer", code="syd", to="bo")
    world.refused("responsibility.still_offered", "retire", code="syd", on="03-01", **WHY)
    world.tell("withdraw-offer", code="syd", on="03-01").tell("retire", code="syd", on="03-02", **WHY)


def test_nothing_is_retired_while_something_lies_under_it() -> None:
    world = team().tell("define", code="syd", title="South").tell("define", code="hamn", title="Harbour", parent="syd")
    world.refused("responsibility.has_children", "retire", code="syd", on="03-01", **WHY)
    world.tell("move", code="hamn", parent="root", on="03-01", **WHY).tell("retire", code="syd", on="03-02", **WHY)
