"""On what footing somebody decides a matter: inside the mandate, or without it where that is said, with a reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ledger.aggregates.authority import nearest, walk
from ledger.aggregates.chain import chain_at
from ledger.aggregates.verdict import Ask, Verdict
from ledger.errors import Refused
from ledger.rules.common import asker, require_reason, require_together, roster
from ledger.rules.processes import past
from ledger.rules.profiles import require_may_hurry
from ledger.rules.roads import roads

if TYPE_CHECKING:
    from ledger.aggregates.decider import World
    from ledger.commands import decision as commands
    from ledger.events import decision as events

NO = "This is not {by}'s to decide: {no} at {link}, {dimension} {limit}, asked {asked}."


def ask_of(proposal: events.DecisionProposed) -> Ask:
    return Ask(
        type=proposal.decision_type,
        amount=None if proposal.amount is None else Decimal(proposal.amount),
        scope=frozenset(proposal.scope),
        one_way=proposal.reversibility == "one_way",
    )


def judged(proposal: events.DecisionProposed, by: str, conflicted: frozenset[str], world: World) -> Verdict:
    """The walk's verdict on `by`; it goes past those who are barred, but its proof shows them where they stood."""
    chain = chain_at(world, proposal.responsibility, world.on)
    verdict = walk(past(chain, conflicted), asker(world, by, conflicted), ask_of(proposal), roster(world))
    if not conflicted:
        return verdict
    seat = verdict.seat
    if seat is not None:
        seat = replace(seat, together_with=seat.together_with - conflicted)
        if seat.capacity == "answers for vacant" and chain[-1].holding:
            seat = replace(seat, capacity="delegator")
    return replace(verdict, seat=seat, chain=chain)


def require_yes(verdict: Verdict, ask: Ask, by: str, world: World) -> None:
    """The verdict is a yes; or else it is said where it stops, with the roads out."""
    if verdict.no is None:
        return
    near = nearest(verdict.chain, ask, roster(world))
    raise Refused(
        f"authority.{verdict.no.replace(' ', '_')}",
        NO,
        hints=roads(verdict, ask, by, near[0] if near else None),
        by=by,
        no=verdict.no,
        link=verdict.link,
        dimension=verdict.dimension,
        limit=verdict.limit,
        asked=verdict.asked,
    )


def footing_of(
    command: commands.Choice, verdict: Verdict, ask: Ask, consented: frozenset[str], world: World
) -> Literal["inside", "outside", "urgent"]:
    """Inside where the mandate reaches, and everyone it takes said yes; else as it was said to be."""
    if verdict.no is None:
        assert verdict.seat is not None  # noqa: S101 - a yes has a seat
        require_together(world, verdict.seat, command, consented)
        return "inside"
    if not (command.outside_mandate or command.urgent):
        require_yes(verdict, ask, command.by, world)
    require_reason(command)
    if command.urgent:
        require_may_hurry(world, command)
    return "urgent" if command.urgent else "outside"
