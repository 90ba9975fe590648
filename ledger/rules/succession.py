"""The rules about what a new decision takes over from: in its own responsibility, or from above as an overruling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.events import decision as events
from ledger.rules.common import require_reason
from ledger.rules.profiles import require_may_overrule

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.commands import decision as commands


def supersede(command: commands.Choice, proposal: events.DecisionProposed, footing: str, world: World) -> Decided:
    """What the new decision takes over from: in its own responsibility, or from above as an overruling."""
    result: Decided = []
    require(
        command.part is None or command.supersedes,
        "decision.part_of_nothing",
        "Only a part of what is superseded can be named; say what with --supersedes.",
    )
    for old in dict.fromkeys(command.supersedes):
        state = world.decision(old)
        require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=old)
        require(
            state.stands(world.on),
            "decision.not_standing",
            "{decision} does not stand on {day}, so nothing can take over from it.",
            decision=old,
            day=f"{world.on:%Y-%m-%d}",
        )
        if state.responsibility != proposal.responsibility:
            above = [link.responsibility for link in chain_at(world, state.responsibility, world.on)]
            require(
                proposal.responsibility in above,
                "decision.not_from_above",
                "{decision} was made in another responsibility, which does not lie below this one.",
                decision=old,
            )
            require(
                footing == "inside",
                "decision.overrule_inside",
                "Only who may decide here takes over from {decision}, which was made below.",
                decision=old,
            )
            require_may_overrule(world)
            require_reason(command)
            if command.part is None:
                result.append((old, events.DecisionOverruled(from_responsibility=proposal.responsibility)))
        part: Literal["whole", "named"] = "named" if command.part else "whole"
        superseded = events.DecisionSuperseded(by_decision=proposal.decision, part=part, named=command.part)
        result.append((old, superseded))
    return result
