"""The rules about the start of a delegation: offering, withdrawing, accepting and declining it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import bounds, chain_at, held, link_at
from ledger.aggregates.decider import require
from ledger.aggregates.mandate import condition
from ledger.aggregates.seats import member_seat, standing
from ledger.errors import Refused
from ledger.events import responsibility as events
from ledger.rules.common import (
    require_defined,
    require_delegator,
    require_inside,
    require_present,
    require_reason,
    require_together,
    roster,
)
from ledger.rules.readiness import gaps
from ledger.values import FOREVER, Window, covered, years_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.responsibility import Delegation, Responsibility
    from ledger.aggregates.verdict import Link
    from ledger.commands import responsibility as commands

ROOT_LEVEL = 7
USUAL_LEVEL = 6


def offer(command: commands.Offer, world: World) -> Decided:
    state = require_defined(world, command.code)
    above = require_delegator(world, state, command, f"offer {command.code}")
    _require_other(world, above, command)
    require_present(world, command.to)
    require(
        state.waiting() is None,
        "delegation.already_offered",
        "{code} is offered to {to} already; withdraw that offer first.",
        code=command.code,
        to=waiting.to if (waiting := state.waiting()) else "",
    )
    mandate = _mandate(command, above)
    for each in mandate.conditions:
        require_present(world, each.member)
    if above:
        require_inside(above, mandate)
    require_decided_here(state, mandate, world.on)
    start = max(world.on, mandate.since or world.on)
    require_window(start, mandate.until)
    review_on = command.review_on or years_after(start.date(), 1)
    require(
        review_on > world.on.date(), "delegation.review_past", "The review lies before the offer; choose a later day."
    )
    holding = link_at(world, state, world.on).holding
    offered = events.DelegationOffered(
        delegation=len(state.delegations) + 1,
        to=command.to,
        mandate=mandate,
        resources=command.resources,
        delegator_duties=command.delegator_duties,
        check_in_every=command.check_in_every,
        review_on=review_on,
        readiness=gaps(world, state, command, mandate, above),
        succeeds=holding.delegation if holding else None,
    )
    return [(state.id, offered)]


def withdraw_offer(command: commands.WithdrawOffer, world: World) -> Decided:
    state = require_defined(world, command.code)
    waiting = _waiting(state, world.on)
    require_delegator(world, state, command, f"withdraw the offer of {command.code}")
    return [(state.id, events.DelegationOfferWithdrawn(delegation=waiting.number))]


def accept(command: commands.Accept, world: World) -> Decided:
    state = require_defined(world, command.code)
    waiting = _waiting(state, world.on)
    _require_delegatee(world, waiting, command, "accept")
    mandate = waiting.mandate(world.on)
    above = chain_at(world, state.id, world.on)[:-1]
    if above:
        require_inside(above, mandate)
    start = max(world.on, mandate.since or world.on)
    require_window(start, mandate.until)
    _require_alone(world, state, waiting, Window(start, mandate.until or FOREVER))
    accepted = events.DelegationAccepted(delegation=waiting.number, reservations=command.reservations)
    return [(state.id, accepted)]


def decline(command: commands.Decline, world: World) -> Decided:
    require_reason(command)
    state = require_defined(world, command.code)
    waiting = _waiting(state, world.on)
    _require_delegatee(world, waiting, command, "decline")
    return [(state.id, events.DelegationDeclined(delegation=waiting.number))]


def require_window(start: datetime, until: datetime | None) -> None:
    require(
        until is None or until > start,
        "delegation.window_over",
        "The mandate would end on {until}, before it begins on {start}.",
        until=f"{until:%Y-%m-%d}" if until else "",
        start=f"{start:%Y-%m-%d}",
    )


def require_decided_here(state: Responsibility, mandate: events.Mandate, at: datetime) -> None:
    """A mandate names only types that the responsibility decides."""
    definition = state.defined(at)
    if definition is None or not definition.decision_types:
        return
    beyond = [each for each in mandate.types or () if not covered(each, definition.decision_types)]
    require(
        not beyond,
        "mandate.not_decided_here",
        "{code} decides {decides}, not {beyond}; clarify the responsibility first, or leave the types out.",
        code=definition.code,
        decides=" ".join(definition.decision_types),
        beyond=" ".join(beyond),
    )


def _mandate(command: commands.Offer, above: Sequence[Link]) -> events.Mandate:
    """The terms as stated. An end left out is the parent's, written down so that it can be read without the chain."""
    end = bounds(above).until if above else FOREVER
    return events.Mandate(
        types=command.types,
        amount=command.amount,
        amount_per_year=command.amount_per_year,
        scope=command.scope,
        one_way=False if command.two_way_only else None if command.two_way_only is None else True,
        since=command.since,
        until=command.until or (None if end == FOREVER else end),
        further=command.further,
        level=command.level or (USUAL_LEVEL if above else ROOT_LEVEL),
        levels=command.levels or {},
        conditions=tuple(condition(text) for text in command.conditions or ()),
    )


def _require_other(world: World, above: Sequence[Link], command: commands.Offer) -> None:
    """No one delegates to themselves, neither as a person nor as the group or holder they act for."""
    seat = standing(above, command.by, roster(world)) if above else None
    own = {
        command.by,
        seat.acting_for if seat else None,
        above[-1].holding.holder if above and above[-1].holding else None,
    }
    require(
        command.to not in own,
        "delegation.to_oneself",
        "{to} answers for {code} already: no one delegates to themselves.",
        to=command.to,
        code=command.code,
    )


def _waiting(state: Responsibility, on: datetime) -> Delegation:
    waiting = state.waiting()
    definition = state.definitions[-1].what
    if waiting is None:
        raise Refused("delegation.no_offer", "There is no open offer of {code}.", code=definition.code)
    require(
        waiting.offered <= on,
        "delegation.not_yet_offered",
        "{code} was offered on {offered}; an answer cannot be earlier.",
        code=definition.code,
        offered=f"{waiting.offered:%Y-%m-%d %H:%M:%S}Z",
    )
    return waiting


def _require_delegatee(
    world: World, waiting: Delegation, command: commands.Accept | commands.Decline, what: str
) -> None:
    require_present(world, waiting.to)
    seat = member_seat(waiting.to, command.by, roster(world))
    if seat is None:
        raise Refused(
            "delegation.not_offered_to_you",
            "{code} is offered to {to}; only {to} may {what}.",
            code=command.code,
            to=waiting.to,
            what=what,
        )
    require_together(world, seat, command)


def _require_alone(world: World, state: Responsibility, new: Delegation, window: Window) -> None:
    """No other delegation is held at any moment of the window, but the one that this succeeds and so ends."""
    for each in state.delegations:
        other = held(world, each)
        if other is None or each.number in {new.number, new.succeeds}:
            continue
        require(
            other.until <= window.since or window.until <= other.since or other.since == other.until,
            "delegation.overlaps",
            "{holder} holds it from {since}; two cannot hold it at once. Give the mandate an end before that day.",
            holder=each.to,
            since=f"{other.since:%Y-%m-%d}",
        )
