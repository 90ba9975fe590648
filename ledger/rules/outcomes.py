"""The rules about what becomes of a decision: reversed, overruled, or ratified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.authority import walk
from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import standing
from ledger.errors import Refused
from ledger.events import decision as events
from ledger.rules.common import asker, require_reason, require_standing, require_together, roster
from ledger.rules.decisions import draws
from ledger.rules.footing import ask_of
from ledger.rules.profiles import require_may_overrule, require_may_ratify

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.decision import Decision
    from ledger.commands import decision as commands


def reverse(command: commands.Reverse, world: World) -> Decided:
    require_reason(command)
    state = _standing(world, command.decision)
    require_standing(world, chain_at(world, state.responsibility, world.on), command, "reverse it")
    return [(command.decision, events.DecisionReversed())]


def overrule(command: commands.Overrule, world: World) -> Decided:
    require_reason(command)
    require_may_overrule(world)
    state = _standing(world, command.decision)
    above = chain_at(world, state.responsibility, world.on)[:-1]
    end = next((end for end in range(len(above), 0, -1) if standing(above[:end], command.by, roster(world))), None)
    if end is None:
        raise Refused(
            "decision.not_from_above",
            "{decision} is overruled only from above; {by} holds nothing above it.",
            decision=command.decision,
            by=command.by,
        )
    require_standing(world, above[:end], command, "overrule it")
    return [(command.decision, events.DecisionOverruled(from_responsibility=above[end - 1].responsibility))]


def ratify(command: commands.Ratify, world: World) -> Decided:
    require_reason(command)
    require_may_ratify(world)
    state = _standing(world, command.decision)
    require(
        state.verdict != "inside" and not state.ratified,
        "decision.nothing_to_ratify",
        "{decision} was made inside the mandate, or is ratified already.",
        decision=command.decision,
    )
    require(
        command.by != state.maker,
        "decision.own_ratification",
        "{by} made it; somebody else with the mandate ratifies it.",
        by=command.by,
    )
    assert state.proposal is not None  # noqa: S101 - it stands
    chain = chain_at(world, state.responsibility, world.on)
    who = asker(world, command.by, state.conflicted)
    verdicts = (walk(chain[:end], who, ask_of(state.proposal), roster(world)) for end in range(len(chain), 0, -1))
    verdict = next((each for each in verdicts if each.no is None), None)
    if verdict is None or verdict.seat is None:
        raise Refused(
            "decision.not_yours_to_ratify",
            "Only who could have made {decision} may ratify it; {by} could not.",
            decision=command.decision,
            by=command.by,
        )
    require_together(world, verdict.seat, command)
    ratified = events.DecisionRatified(authority=verdict.proof("inside"))
    return [(command.decision, ratified), *draws(chain, state.proposal, state.made.year)]


def _standing(world: World, decision: str) -> Decision:
    state = world.decision(decision)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=decision)
    require(
        state.stands(world.on),
        "decision.not_standing",
        "{decision} does not stand on {day}.",
        decision=decision,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state
