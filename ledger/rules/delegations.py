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
    next_number,
    require_defined,
    require_delegator,
    require_inside,
    require_present,
    require_reason,
    require_together,
    roster,
)
from ledger.rules.profiles import (
    ROOT_LEVEL,
    in_force_at_once,
    latest_end,
    profile_of,
    require_may_hold,
    require_short,
    require_terms,
    steps_further,
)
from ledger.rules.readiness import gaps
from ledger.rules.roads import repeated
from ledger.values import FOREVER, Window, covered, years_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.responsibility import Delegation, Responsibility
    from ledger.aggregates.verdict import Link
    from ledger.commands import responsibility as commands


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
    require_may_hold(world, command.to)
    start = max(world.on, command.since or world.on)
    mandate = _mandate(command, above, start, world)
    for each in mandate.conditions:
        require_present(world, each.member)
    require_terms(world, state, command.to, above, mandate)
    if above:
        require_inside(above, mandate)
        require_short(world, start, mandate.until)
    require_decided_here(state, mandate, world.on)
    require_window(start, mandate.until)
    review_on = command.review_on or years_after(start.date(), 1)
    require(
        review_on > world.on.date(), "delegation.review_past", "The review lies before the offer; choose a later day."
    )
    holding = link_at(world, state, world.on).holding
    number = next_number(world, state.id, events.DelegationOffered)
    succeeds = holding.delegation if holding else None
    in_force = in_force_at_once(world)
    if in_force:
        _require_alone(world, state, {number, succeeds}, Window(start, mandate.until or FOREVER))
    offered = events.DelegationOffered(
        delegation=number,
        to=command.to,
        mandate=mandate,
        resources=command.resources,
        delegator_duties=command.delegator_duties,
        check_in_every=command.check_in_every,
        review_on=review_on,
        readiness=gaps(world, state, command, mandate, above),
        succeeds=succeeds,
        in_force=in_force,
    )
    return [(state.id, offered)]


def withdraw_offer(command: commands.WithdrawOffer, world: World) -> Decided:
    state = require_defined(world, command.code)
    waiting = _waiting(state, world.on)
    require_delegator(world, state, command, f"withdraw the offer of {command.code}")
    return [(state.id, events.DelegationOfferWithdrawn(delegation=waiting.number))]


def accept(command: commands.Accept, world: World) -> Decided:
    state = require_defined(world, command.code)
    if (begun := _unacknowledged(state, world.on)) is not None:
        _require_delegatee(world, begun, command, "accept")
        return [(state.id, events.DelegationAccepted(delegation=begun.number, reservations=command.reservations))]
    waiting = _waiting(state, world.on)
    _require_delegatee(world, waiting, command, "accept")
    mandate = waiting.mandate(world.on)
    above = chain_at(world, state.id, world.on)[:-1]
    if above:
        require_inside(above, mandate)
    start = max(world.on, mandate.since or world.on)
    require_window(start, mandate.until)
    _require_alone(world, state, {waiting.number, waiting.succeeds}, Window(start, mandate.until or FOREVER))
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
        hints=(f"tillit clarify {definition.code}{repeated('--decides', (*definition.decision_types, *beyond))}",),
        code=definition.code,
        decides=" ".join(definition.decision_types),
        beyond=" ".join(beyond),
    )


def _mandate(command: commands.Offer, above: Sequence[Link], start: datetime, world: World) -> events.Mandate:
    """The terms as stated. An end left out is the parent's, written down so that it can be read without the chain."""
    end = min(bounds(above).until, latest_end(world, start)) if above else FOREVER
    usual = profile_of(world).usual_level if above else ROOT_LEVEL
    return events.Mandate(
        types=command.types,
        amount=command.amount,
        amount_per_year=command.amount_per_year,
        scope=command.scope,
        one_way=False if command.two_way_only else None if command.two_way_only is None else True,
        since=command.since,
        until=command.until or (None if end == FOREVER else end),
        further=steps_further(world, command.further) if above else command.further,
        level=command.level or usual,
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


def _unacknowledged(state: Responsibility, on: datetime) -> Delegation | None:
    """What is in force without an acknowledgement."""
    return next((each for each in state.delegations if each.in_force and each.open(on) and each.live(on)), None)


def _waiting(state: Responsibility, on: datetime) -> Delegation:
    waiting = state.waiting()
    definition = state.definitions[-1].what
    require(
        waiting is not None or _unacknowledged(state, on) is None,
        "profile.in_force",
        "{code} is in force since it was decided, whether or not it is acknowledged: hand it back, or revoke it.",
        code=definition.code,
    )
    if waiting is None:
        raise Refused(
            "delegation.no_offer",
            "There is no open offer of {code}.",
            hints=(f"tillit who-owns {definition.code}", "tillit offers"),
            code=definition.code,
        )
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


def _require_alone(world: World, state: Responsibility, but: set[int | None], window: Window) -> None:
    """No other delegation is held at any moment of the window, `but` this one and what it succeeds and so ends."""
    for each in state.delegations:
        other = held(world, each)
        if other is None or each.number in but:
            continue
        require(
            other.until <= window.since or window.until <= other.since or other.since == other.until,
            "delegation.overlaps",
            "{holder} holds it from {since}; two cannot hold it at once. Give the mandate an end before that day.",
            holder=each.to,
            since=f"{other.since:%Y-%m-%d}",
        )
