"""The rules about goals: a tree without cycles, an end that is one, and who may say what a shared goal is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import standing
from ledger.events import goal as events
from ledger.rules.common import ROOT_ID, require_reason, require_together, roster
from ledger.values import FOREVER, content_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.goal import Goal
    from ledger.commands import goal as commands

_ID: Final = re.compile(r"G-[0-9a-z]{10}")


def set_(command: commands.SetGoal, world: World) -> Decided:
    _require_adopting(command.adopted_by, world)
    if command.parent is not None:
        _require_open(world, command.parent)
    if command.again is not None:
        former = _require_set(world, command.again)
        require(
            former.closed <= world.on,
            "goal.still_open",
            "{goal} is neither reached nor dropped on {day}; a new attempt is made at what is over.",
            goal=command.again,
            day=f"{world.on:%Y-%m-%d}",
        )
    content: dict[str, object] = {
        "title": command.title,
        "by": command.by,
        "on": timestamp(world.on),
        "key": command.key,
    }
    id_ = content_id("G", content)
    require(
        not world.goal(id_).id,
        "goal.exists",
        "That is recorded already as {goal}; if it is another one, give it another title.",
        goal=id_,
    )
    goal = events.GoalSet(
        goal=id_,
        title=command.title,
        why=command.why,
        horizon=command.horizon,
        parent_goal=command.parent,
        former_goal=command.again,
        adopted_by=command.adopted_by,
    )
    return [(id_, goal)]


def reword(command: commands.RewordGoal, world: World) -> Decided:
    """The decision that stood behind the words does not stand behind others: who rewords says which one does."""
    require_reason(command)
    state = _require_open(world, command.goal)
    require(
        command.title or command.why or command.adopted_by,
        "goal.unchanged",
        "Nothing about {goal} would change; give --title, --why or --adopted-by.",
        goal=command.goal,
    )
    _require_adopting(command.adopted_by, world)
    _require_yours(command, state, world, command.adopted_by)
    reworded = events.GoalReworded(title=command.title, why=command.why, adopted_by=command.adopted_by)
    return [(command.goal, reworded)]


def move(command: commands.MoveGoal, world: World) -> Decided:
    require_reason(command)
    state = _require_open(world, command.goal)
    before = state.parent(world.on)
    require(
        before != command.parent,
        "goal.unchanged",
        "{goal} lies there already.",
        goal=command.goal,
    )
    if command.parent is not None:
        _require_open(world, command.parent)
        _require_no_cycle(world, command.goal, command.parent)
    _require_yours(command, state, world)
    return [(command.goal, events.GoalMoved(parent_before=before, parent_after=command.parent))]


def note(command: commands.NoteGoal, world: World) -> Decided:
    """Anybody's: how sure each of us is, is worth knowing."""
    _require_open(world, command.goal)
    noted = events.GoalProgressNoted(confidence=command.confidence, note=command.note, value=command.value)
    return [(command.goal, noted)]


def reach(command: commands.ReachGoal, world: World) -> Decided:
    state = _require_never_closed(world, command.goal)
    _require_yours(command, state, world)
    return [(command.goal, events.GoalReached(evidence=command.evidence, learned=command.learned))]


def drop(command: commands.DropGoal, world: World) -> Decided:
    require_reason(command)
    state = _require_never_closed(world, command.goal)
    _require_adopting(command.adopted_by, world)
    _require_yours(command, state, world, command.adopted_by)
    return [(command.goal, events.GoalDropped(adopted_by=command.adopted_by))]


def require_goals(world: World, named: Iterable[str]) -> None:
    """A goal may be named in any words; what has the form of an id names one that is set."""
    for each in named:
        if _ID.fullmatch(each):
            _require_set(world, each)


def shares(world: World, decision: str | None) -> bool:
    """Whether that decision makes a goal shared: made with process consensus in the root, and standing."""
    if decision is None:
        return False
    state = world.decision(decision)
    return (
        state.proposal is not None
        and state.proposal.process == "consensus"
        and state.responsibility == ROOT_ID
        and state.stands(world.on)
    )


def _require_set(world: World, goal: str) -> Goal:
    state = world.goal(goal)
    require(
        state.begun(world.on),
        "goal.unknown",
        "There is no goal {goal} on {day}.",
        goal=goal,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state


def _require_open(world: World, goal: str) -> Goal:
    state = _require_set(world, goal)
    require(
        state.open(world.on),
        "goal.closed",
        "{goal} is {how}, and nothing follows on that; set a new goal with --again {goal}.",
        goal=goal,
        how=state.how,
    )
    return state


def _require_never_closed(world: World, goal: str) -> Goal:
    """It has one end: also none on an earlier day than the one that is known."""
    state = _require_set(world, goal)
    require(
        state.closed == FOREVER,
        "goal.closed",
        "{goal} is {how}, and nothing follows on that; set a new goal with --again {goal}.",
        goal=goal,
        how=state.how,
    )
    return state


def _require_adopting(decision: str | None, world: World) -> None:
    if decision is None:
        return
    state = world.decision(decision)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=decision)
    require(
        state.stands(world.on),
        "decision.not_standing",
        "{decision} does not stand on {day}.",
        decision=decision,
        day=f"{world.on:%Y-%m-%d}",
    )


def _require_yours(command: commands.OnGoal, state: Goal, world: World, adopted_by: str | None = None) -> None:
    """Who set a goal says what becomes of it, until it is shared: then it takes the root, or another consensus."""
    shared = shares(world, state.adopted_by(world.on))
    if (command.by == state.set_by and not shared) or shares(world, adopted_by):
        return
    seat = standing(chain_at(world, ROOT_ID, world.on), command.by, roster(world))
    require(
        seat is not None,
        "goal.not_yours",
        "{goal} is shared: only who holds the root, or a consensus there (--adopted-by), changes it."
        if shared
        else "Only {who}, who set {goal}, who holds the root, or a consensus there (--adopted-by) changes it.",
        goal=command.goal,
        who=state.set_by,
    )
    assert seat is not None  # noqa: S101 - required above
    require_together(world, seat, command)


def _require_no_cycle(world: World, goal: str, parent: str) -> None:
    """Neither on the day nor at any later day that is known may the new parent lie below what is moved."""
    moment: datetime = world.on
    while moment != FOREVER:
        above: list[str] = []
        current: str | None = parent
        while current is not None and current not in above:
            above.append(current)
            current = world.goal(current).parent(moment)
        require(
            goal not in above,
            "goal.cycle",
            "{parent} lies below {goal} itself; nothing can lie below what lies below it.",
            parent=parent,
            goal=goal,
        )
        later = (since for each in above for since, _parent in world.goal(each).parents if since > moment)
        moment = min(later, default=FOREVER)
