"""The rules about a matter that is not decided yet: referred up, called in, or barred to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import standing
from ledger.errors import Refused
from ledger.events import decision as events
from ledger.rules.common import require_reason, require_standing, roster
from ledger.rules.decisions import proposal_of, require_open

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.commands import decision as commands


def refer_up(command: commands.ReferUp, world: World) -> Decided:
    require_reason(command)
    proposal = proposal_of(command, world, "decision")
    referred = _referral(command, proposal.responsibility, command.to, world)
    return [(proposal.decision, proposal), (proposal.decision, referred)]


def refer_matter_up(command: commands.ReferMatterUp, world: World) -> Decided:
    require_reason(command)
    matter = require_open(world, command.decision)
    return [(command.decision, _referral(command, matter.responsibility, command.to, world))]


def call_in(command: commands.CallIn, world: World) -> Decided:
    require_reason(command)
    matter = require_open(world, command.decision)
    above = chain_at(world, matter.responsibility, world.on)[:-1]
    ends = [
        end
        for end in range(len(above), 0, -1)
        if command.to in {None, above[end - 1].code, above[end - 1].responsibility}
    ]
    end = next((end for end in ends if standing(above[:end], command.by, roster(world))), None)
    if end is None:
        raise Refused(
            "decision.not_from_above",
            "Only who holds a responsibility above {code} may call {decision} in; {by} holds none.",
            code=world.responsibility(matter.responsibility).definitions[-1].what.code,
            decision=command.decision,
            by=command.by,
        )
    require_standing(world, above[:end], command, "call it in")
    called = events.DecisionCalledIn(
        from_responsibility=matter.responsibility, to_responsibility=above[end - 1].responsibility
    )
    return [(command.decision, called)]


def declare_conflict(command: commands.DeclareConflict, world: World) -> Decided:
    require_reason(command)
    matter = require_open(world, command.decision)
    require(
        command.by not in matter.conflicted,
        "decision.conflict_declared",
        "{by} has declared that conflict already.",
        by=command.by,
    )
    return [(command.decision, events.ConflictDeclared())]


def _referral(
    command: commands.ReferUp | commands.ReferMatterUp, responsibility: str, to: str | None, world: World
) -> events.DecisionReferredUp:
    chain = chain_at(world, responsibility, world.on)
    require(len(chain) > 1, "decision.nothing_above", "Nothing lies above the root; it is decided there.")
    require_standing(world, chain, command, "refer it up")
    above = {link.code: link.responsibility for link in chain[:-1]} | {
        each.responsibility: each.responsibility for each in chain[:-1]
    }
    require(
        to is None or to in above,
        "decision.not_above",
        "{to} does not lie above {code}; a matter is referred up, never aside.",
        to=to,
        code=chain[-1].code,
    )
    return events.DecisionReferredUp(
        from_responsibility=responsibility,
        to_responsibility=chain[-2].responsibility if to is None else above[to],
    )
