"""What we want to reach together: a tree, an end that is one, and shared only by consensus in the root."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenario import Scenario, team

from ledger.events.goal import GoalDropped, GoalMoved, GoalProgressNoted, GoalReached, GoalReworded, GoalSet
from ledger.rules.goals import shares
from ledger.values import instant


def goal(world: Scenario, title: str = "No queue", *, by: str = "anna", on: str = "02-01", **fields: str) -> str:
    (event,) = world.events("goal set", by=by, on=on, title=title, **fields)
    assert isinstance(event, GoalSet)
    return event.goal


def agreed(world: Scenario, *, on: str = "02-10", where: str = "root", process: str = "consensus") -> str:
    """A decision of eva's that stands in the log as made in that process; how it comes to that is another rule's."""
    id_ = world.decides(f"What we want from {on}", by="eva", on=on, type="direction", **{"in": where})
    proposed = world.streams[id_][0]
    event = proposed.event.model_copy(update={"process": process})
    world.streams[id_][0] = replace(proposed, event=event)
    return id_


def test_a_goal_is_set_with_what_it_is_part_of_and_until_when() -> None:
    world = team()
    top = goal(world)
    (event,) = world.events(
        "goal set", by="bo", on="02-02", title="Two hands", why="they wait", horizon="2026-12-31", parent=top
    )
    assert isinstance(event, GoalSet)
    assert (event.title, event.why, str(event.horizon), event.parent_goal) == (
        "Two hands",
        "they wait",
        "2026-12-31",
        top,
    )
    assert event.goal.startswith("G-")


def test_the_same_goal_is_not_set_twice() -> None:
    world = team()
    goal(world)
    world.refused("goal.exists", "goal set", by="anna", title="No queue")


@pytest.mark.parametrize("do", ["goal reword", "goal move", "goal note", "goal reach", "goal drop"])
def test_what_is_not_set_is_no_goal(do: str) -> None:
    more = {
        "goal note": {"confidence": "0.5", "note": "n"},
        "goal reach": {"evidence": "e"},
        "goal reword": {"title": "t"},
    }
    world = team()
    world.refused("goal.unknown", do, goal="G-0000000000", reason="r", **more.get(do, {}))
    later = goal(world, on="03-01")
    world.refused("goal.unknown", do, goal=later, on="02-28", reason="r", **more.get(do, {}))


def test_a_goal_is_part_of_one_that_is_set_and_open() -> None:
    world = team()
    world.refused("goal.unknown", "goal set", title="Two hands", parent="G-0000000000")
    top = goal(world)
    world.tell("goal drop", by="anna", on="03-01", goal=top, reason="other times")
    world.refused("goal.closed", "goal set", on="03-02", title="Two hands", parent=top)
    world.tell("goal set", on="02-20", title="Two hands", parent=top)


def test_the_tree_of_goals_has_no_cycle() -> None:
    world = team()
    top = goal(world)
    middle = goal(world, "Middle", parent=top)
    low = goal(world, "Low", parent=middle)
    world.refused("goal.cycle", "goal move", by="anna", on="03-01", goal=top, parent=low, reason="turned")
    world.refused("goal.cycle", "goal move", by="anna", on="03-01", goal=top, parent=top, reason="turned")
    (moved,) = world.events("goal move", by="anna", on="03-01", goal=low, reason="apart")
    assert moved == GoalMoved(parent_before=middle)
    world.tell("goal move", by="anna", on="03-02", goal=top, parent=low, reason="turned")


def test_no_cycle_comes_of_a_move_that_is_told_late() -> None:
    world = team()
    one, two = goal(world), goal(world, "Two")
    world.tell("goal move", by="anna", on="04-01", goal=one, parent=two, reason="below")
    world.refused("goal.cycle", "goal move", by="anna", on="03-01", goal=two, parent=one, reason="told late")


def test_no_cycle_comes_of_a_correction() -> None:
    world = team()
    one, two, three = goal(world), goal(world, "Two"), goal(world, "Three")
    world.tell("goal move", by="anna", on="03-01", goal=one, parent=two, reason="below")
    world.tell("goal move", by="anna", on="03-02", goal=one, parent=three, reason="elsewhere")
    world.tell("goal move", by="anna", on="03-03", goal=two, parent=one, reason="below")
    for version in (2, 3):
        world.refused("correction.structure", "annul", by="anna", on="03-04", stream=one, version=version, reason="no")
    fields = {"stream": one, "version": 3, "reason": "no", "by": "anna", "on": "03-04"}
    world.refused("correction.structure", "correct", field="occurred_at", after="2025-03-01", **fields)
    world.refused("correction.fixed_field", "correct", field="parent_after", after=two, **fields)
    fields["version"] = 1
    world.refused("correction.fixed_field", "correct", field="parent_goal", after=two, **fields)
    world.refused("correction.fixed_field", "correct", field="adopted_by", after="D-0000000000", **fields)


def test_a_goal_lies_where_it_lies_already() -> None:
    world = team()
    top = goal(world)
    low = goal(world, "Low", parent=top)
    world.refused("goal.unchanged", "goal move", by="anna", goal=low, parent=top, reason="r")
    world.refused("goal.unchanged", "goal move", by="anna", goal=top, reason="r")
    world.refused("goal.unchanged", "goal reword", by="anna", goal=top, reason="r")
    world.refused("reason.missing", "goal reword", by="anna", goal=top, title="t")
    world.refused("reason.missing", "goal move", by="anna", goal=low)
    world.refused("reason.missing", "goal drop", by="anna", goal=low)


@pytest.mark.parametrize(
    ("do", "fields"),
    [("goal reach", {"evidence": "nobody waits"}), ("goal drop", {"reason": "other times"})],
)
def test_reached_and_dropped_are_the_end(do: str, fields: dict[str, str]) -> None:
    world = team()
    id_ = goal(world)
    (end,) = world.events(do, by="anna", on="03-01", goal=id_, **fields)
    assert isinstance(end, GoalReached | GoalDropped)
    for after, more in (
        ("goal reword", {"title": "t"}),
        ("goal move", {}),
        ("goal note", {"confidence": "1", "note": "n"}),
        ("goal reach", {"evidence": "e"}),
        ("goal drop", {}),
    ):
        world.refused("goal.closed", after, by="anna", on="03-02", goal=id_, reason="r", **more)
    # Before it ended it was open, but it ends once.
    world.tell("goal note", by="bo", on="02-15", goal=id_, confidence="0.4", note="told late")
    world.refused("goal.closed", "goal reach", by="anna", on="02-20", goal=id_, evidence="earlier")


def test_a_new_attempt_names_the_old_one_which_is_over() -> None:
    world = team()
    old = goal(world)
    world.refused("goal.still_open", "goal set", by="anna", on="03-01", title="No queue", again=old)
    world.tell("goal drop", by="anna", on="03-01", goal=old, reason="too early")
    world.refused("goal.still_open", "goal set", by="anna", on="02-20", title="No queue", again=old)
    world.refused("goal.unknown", "goal set", by="anna", on="03-01", title="No queue", again="G-0000000000")
    (event,) = world.events("goal set", by="anna", on="03-02", title="No queue", again=old)
    assert isinstance(event, GoalSet)
    assert (event.former_goal, event.goal == old) == (old, False)


def test_a_goal_that_was_dropped_by_mistake_goes_on_once_that_is_annulled() -> None:
    world = team()
    id_ = goal(world)
    world.tell("goal drop", by="anna", on="03-01", goal=id_, reason="the wrong one")
    world.tell("annul", by="anna", on="03-02", stream=id_, version=2, reason="the wrong one")
    world.tell("goal note", by="anna", on="03-03", goal=id_, confidence="0.5", note="on we go")


def test_anybody_may_say_how_sure_they_are_from_0_to_1() -> None:
    world = team()
    id_ = goal(world)
    (noted,) = world.events("goal note", by="cia", goal=id_, confidence="0.75", note="two new hands", value="12")
    assert noted == GoalProgressNoted(confidence="0.75", note="two new hands", value="12")
    world.refused(
        "correction.no_such_field",
        "correct",
        by="cia",
        stream=id_,
        version=2,
        field="confidence",
        after="7",
        reason="r",
    )
    world.tell("correct", by="cia", stream=id_, version=2, field="confidence", after="0.7", reason="a slip")


def test_who_set_a_goal_or_holds_the_root_says_what_becomes_of_it() -> None:
    world = team()
    id_ = goal(world)
    for do, more in (
        ("goal reword", {"title": "t"}),
        ("goal drop", {}),
        ("goal reach", {"evidence": "e"}),
    ):
        world.refused("goal.not_yours", do, by="bo", goal=id_, reason="r", **more)
    world.refused("goal.not_yours", "goal move", by="bo", goal=id_, parent=goal(world, "Other"), reason="r")
    (reworded,) = world.events("goal reword", by="anna", on="03-01", goal=id_, title="None waits", reason="plainer")
    assert reworded == GoalReworded(title="None waits")
    world.tell("goal drop", by="eva", on="03-02", goal=id_, reason="other times")


def test_a_decision_stands_behind_a_goal_only_while_it_stands_itself() -> None:
    world = team()
    id_ = goal(world)
    world.refused("decision.unknown", "goal set", title="T", adopted_by="D-0000000000")
    world.refused("decision.unknown", "goal reword", by="anna", goal=id_, adopted_by="D-0000000000", reason="r")
    decision = agreed(world)
    world.refused("decision.not_standing", "goal set", on="02-09", title="T", adopted_by=decision)
    world.tell("reverse", on="03-01", decision=decision, reason="no")
    world.refused("decision.not_standing", "goal drop", on="03-02", goal=id_, adopted_by=decision, reason="r")


def test_a_goal_is_shared_only_by_consensus_in_the_root() -> None:
    world = team()
    by_consensus = agreed(world)
    alone = agreed(world, on="02-11", process="alone")
    world.tell("define", code="syd", title="South")
    below = agreed(world, on="02-12", where="syd")
    world.on = instant("2025-03-01")
    assert shares(world, by_consensus)
    assert not shares(world, alone)
    assert not shares(world, below)
    assert not shares(world, None)
    world.tell("reverse", on="03-02", decision=by_consensus, reason="no")
    world.on = instant("2025-03-03")
    assert not shares(world, by_consensus)


def test_what_is_shared_is_changed_by_the_root_or_by_another_consensus_and_not_by_who_set_it() -> None:
    world = team()
    decision = agreed(world)
    id_ = goal(world, on="02-11", adopted_by=decision)
    world.refused("goal.not_yours", "goal reword", by="anna", on="03-01", goal=id_, title="Mine", reason="r")
    world.refused("goal.not_yours", "goal drop", by="anna", on="03-01", goal=id_, reason="r")
    world.refused("goal.not_yours", "goal reach", by="anna", on="03-01", goal=id_, evidence="e")
    again = agreed(world, on="03-02")
    world.tell("goal reword", by="bo", on="03-03", goal=id_, title="Ours", adopted_by=again, reason="we said so")
    # The words of the root's holder are not what the consensus was about: then it is whoever set it who may go on.
    world.tell("goal reword", by="eva", on="03-04", goal=id_, title="Hers", reason="plainer")
    world.tell("goal reword", by="anna", on="03-05", goal=id_, title="Mine", reason="plainer")


def test_what_has_the_form_of_a_goals_id_names_one_that_is_set() -> None:
    world = team()
    id_ = goal(world)
    world.refused("goal.unknown", "define", code="syd", title="South", goals=["G-0000000000"])
    world.refused("goal.unknown", "clarify", code="norr", goals=["G-0000000000"])
    world.tell("define", code="syd", title="South", goals=[id_, "winter"])
    world.tell("clarify", code="norr", goals=[id_])
    world.refused(
        "goal.unknown", "decide", by="anna", title="T", type="purchase", goals=["G-0000000000"], **{"in": "norr"}
    )
    world.decides("Vans", by="anna", goals=[id_])
