"""The rules about staying near without taking over: check-ins, support, and looking at a delegation together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import acts_for, member_seat, standing
from ledger.errors import Refused
from ledger.events import responsibility as events
from ledger.rules.common import ROOT_ID, next_number, require_defined, require_present, roster
from ledger.rules.forgetting import require_open
from ledger.rules.holdings import require_live
from ledger.values import FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.responsibility import Responsibility, Support
    from ledger.aggregates.verdict import Link
    from ledger.commands import Command
    from ledger.commands import responsibility as commands


def check_in(command: commands.CheckIn, world: World) -> Decided:
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    _require_both_sides(world, state, command)
    asked_by = command.asked_by or command.by
    require(
        asked_by in {command.by, *command.together_with},
        "check_in.asked_from_outside",
        "{asked_by} was not there; a check-in is wanted by somebody who takes part in it.",
        asked_by=asked_by,
    )
    require(
        command.next_on is None or command.next_on > world.on.date(),
        "check_in.next_past",
        "The next check-in lies before this one; choose a later day.",
    )
    if command.note is not None:
        require_open(world, state.id)
    held = events.CheckInHeld(
        delegation=live.number,
        asked_by=asked_by,
        planned=command.planned,
        state=command.state,
        note_digest=None if command.note is None else world.commit(state.id, "note", command.note),
        next_on=command.next_on,
    )
    return [(state.id, held)]


def ask_support(command: commands.AskSupport, world: World) -> Decided:
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    chain = chain_at(world, state.id, world.on)
    if acts_for(chain[-1], command.by, roster(world)) is None:
        raise Refused(
            "delegation.not_held_by_you", "Only {holder}, who holds it, may {what}.", holder=live.to, what="ask for it"
        )
    of = command.of or next((link.holding.holder for link in reversed(chain[:-1]) if link.holding), None)
    if of is None:
        raise Refused("support.of_whom", "Nobody is above {code}; say with --of whom you ask.", code=command.code)
    require_present(world, of)
    require(of != command.by, "support.of_oneself", "Support is asked of somebody else; say with --of whom you ask.")
    number = next_number(world, state.id, events.SupportAsked)
    asked = events.SupportAsked(support=number, delegation=live.number, of=of, what=command.what)
    return [(state.id, asked)]


def give_support(command: commands.GiveSupport, world: World) -> Decided:
    state = require_defined(world, command.code)
    waiting = _waiting(state, command)
    require(
        waiting.asked <= world.on,
        "support.not_yet_asked",
        "It was asked for on {asked}; it cannot have been given earlier.",
        asked=f"{waiting.asked:%Y-%m-%d %H:%M:%S}Z",
    )
    require(
        command.by != waiting.by, "support.by_oneself", "Who asked for support does not give it; somebody else does."
    )
    above = chain_at(world, state.id, world.on)[:-1]
    asked = member_seat(waiting.of, command.by, roster(world)) is not None
    require(
        asked or any(standing(above[:end], command.by, roster(world)) for end in range(1, len(above) + 1)),
        "support.not_asked_of_you",
        "It was asked of {of}; {of}, or who holds a responsibility above {code}, gives it.",
        of=waiting.of,
        code=command.code,
    )
    return [(state.id, events.SupportGiven(support=waiting.number, what=command.what))]


def review(command: commands.ReviewDelegation, world: World) -> Decided:
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    _require_both_sides(world, state, command)
    require(
        command.next_review_on is None or command.next_review_on > world.on.date(),
        "delegation.review_past",
        "The next review lies before this one; choose a later day.",
    )
    reviewed = events.DelegationReviewed(
        delegation=live.number,
        design=command.design,
        mandate=command.mandate,
        delegator_part=command.delegator_part,
        learned=command.learned,
        next_review_on=command.next_review_on,
    )
    return [(state.id, reviewed)]


def _waiting(state: Responsibility, command: commands.GiveSupport) -> Support:
    """The support that is meant, which nobody has given yet."""
    waiting = [each for each in state.supports if each.given == FOREVER and command.support in {None, each.number}]
    if not waiting:
        raise Refused(
            "support.none_open", "Nobody waits for that support in {code}; see tillit support.", code=command.code
        )
    require(
        len(waiting) == 1,
        "support.several",
        "Several wait for support in {code}: {numbers}; say which with --support.",
        code=command.code,
        numbers=", ".join(f"{each.number} (asked by {each.by})" for each in waiting),
    )
    return waiting[0]


def _require_both_sides(world: World, state: Responsibility, command: Command) -> None:
    """Somebody who holds it and another who delegates it, or stands for them, are both there."""
    chain = chain_at(world, state.id, world.on)
    there = {command.by, *command.together_with}
    below = {each for each in there if acts_for(chain[-1], each, roster(world))}
    above = {each for each in there if _delegates(world, state, chain[:-1], each)}
    holder = chain[-1].holding.holder if chain[-1].holding else "nobody"
    require(
        below and above and len(below | above) > 1,
        "delegation.both_sides",
        "It takes both {holder}, who holds {code}, and {above}, who stands above it; name the other with --with.",
        holder=holder,
        code=chain[-1].code,
        above=next((link.holding.holder for link in reversed(chain[:-1]) if link.holding), "a founder"),
    )


def _delegates(world: World, state: Responsibility, above: Sequence[Link], handle: str) -> bool:
    if state.id == ROOT_ID:
        return handle in world.ledger().founders
    return standing(above, handle, roster(world)) is not None
