"""The rules about a delegation that is held: changing its mandate, standing in, renewing and ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import as_it_ends, bounds, chain_at, ending, held, live_at
from ledger.aggregates.decider import require
from ledger.aggregates.mandate import condition, direction
from ledger.aggregates.seats import member_seat
from ledger.errors import Refused
from ledger.events import responsibility as events
from ledger.rules.common import (
    effective,
    require_defined,
    require_delegator,
    require_inside,
    require_present,
    require_reason,
    require_together,
    roster,
    spoke,
)
from ledger.rules.delegations import require_decided_here, require_window
from ledger.rules.profiles import latest_end, require_may_hold, require_short, require_terms
from ledger.values import FOREVER, years_after

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.responsibility import Delegation, Responsibility
    from ledger.commands import Command
    from ledger.commands import responsibility as commands

# What of a mandate a profile has rules about, beside its end.
_PROFILED = ("level", "levels", "further", "conditions")
_GIVEN = ("types", "amount", "amount_per_year", "scope", "further", "until", "level", "levels")


def change_mandate(command: commands.ChangeMandate, world: World) -> Decided:
    require_reason(command)
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    above = require_delegator(world, state, command, f"change the mandate of {command.code}")
    before = as_it_ends(live, world.on)
    both = sorted(set(command.inherit) & {name for name in _GIVEN if getattr(command, name) is not None})
    require(
        not both,
        "mandate.given_and_inherited",
        "{both} is given and left to the parent at once; say one of the two.",
        both=", ".join(both),
    )
    after = _changed(before, command)
    if "until" in command.inherit:
        end = min(bounds(above).until, latest_end(world, world.on)) if above else FOREVER
        after = ending(after, end)
    for handle in (*command.agreed_by, *(each.member for each in after.conditions)):
        require_present(world, handle)
    require(
        after != before,
        "mandate.unchanged",
        "Nothing in the mandate of {code} would change; say what is to be different.",
        code=command.code,
    )
    if any(getattr(after, name) != getattr(before, name) for name in _PROFILED):
        require_terms(world, state, live.to, above, after)
    if above:
        require_inside(above, after)
    require_decided_here(state, after, world.on)
    require_window(world.on, after.until)
    if after.until != before.until:
        _require_room(world, state, live, after.until)
        if above:
            require_short(world, world.on, after.until)
    way = direction(before, after)
    agreed = {command.by, *command.together_with, *command.agreed_by}
    require(
        way == "narrowed" or spoke(world, live.to, agreed),
        "mandate.needs_yes",
        "A wider mandate needs the yes of {holder}; say --agreed-by {holder} once it is given.",
        holder=live.to,
    )
    changed = events.MandateChanged(
        delegation=live.number, before=before, after=after, direction=way, agreed_by=command.agreed_by
    )
    return [(state.id, changed)]


def stand_in(command: commands.StandIn, world: World) -> Decided:
    """By the delegator, or by the holder where the mandate may be delegated further."""
    require_reason(command)
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    chain = chain_at(world, state.id, world.on)
    own = member_seat(live.to, command.by, roster(world))
    if own is not None and bounds(chain).further != 0:
        require_together(world, own, command)
    else:
        require_delegator(world, state, command, f"name a stand-in for {command.code}")
    require_present(world, command.member)
    require_may_hold(world, command.member)
    require(
        member_seat(live.to, command.member, roster(world)) is None,
        "stand_in.holds_it",
        "{member} holds {code} already and cannot stand in for themselves.",
        member=command.member,
        code=command.code,
    )
    since = effective(world, command.since)
    require(command.until > since, "time.window_empty", "The time of the stand-in ends before it begins.")
    window = held(world, live)
    require(
        window is not None and window.since <= since and command.until <= window.until,
        "stand_in.outside_window",
        "{holder} holds {code} from {since} to {until}; nobody can stand in outside that.",
        holder=live.to,
        code=command.code,
        since=f"{window.since:%Y-%m-%d}" if window else "",
        until=f"{window.until:%Y-%m-%d}" if window and window.until != FOREVER else "further notice",
    )
    appointed = events.StandInAppointed(delegation=live.number, member=command.member, since=since, until=command.until)
    return [(state.id, appointed)]


def end_stand_in(command: commands.EndStandIn, world: World) -> Decided:
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    require(
        any(each.member == command.member and each.window.until > world.on for each in live.stand_ins),
        "stand_in.none",
        "{member} does not stand in for {code}.",
        member=command.member,
        code=command.code,
    )
    if command.by != command.member and member_seat(live.to, command.by, roster(world)) is None:
        require_delegator(world, state, command, f"end the stand-in for {command.code}")
    return [(state.id, events.StandInEnded(delegation=live.number, member=command.member, on=world.on))]


def renew(command: commands.Renew, world: World) -> Decided:
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    above = require_delegator(world, state, command, f"renew {command.code}")
    require(
        live.cause in {None, "expired"},
        "delegation.ends_already",
        "{code} is {cause} from {day}; offer it anew instead.",
        code=command.code,
        cause=live.cause,
        day=f"{live.held.until:%Y-%m-%d}" if live.held else "",
    )
    for handle in command.agreed_by:
        require_present(world, handle)
    # What lasts out the fiscal year is renewed for the next, and for no later one.
    year = latest_end(world, world.on)
    start = year if live.held and live.held.until >= year != FOREVER else world.on
    end = min(bounds(above).until, latest_end(world, start)) if above else FOREVER
    until = command.until or (None if end == FOREVER else end)
    require_window(world.on, until)
    if above:
        require_short(world, start, until)
        require_inside(above, live.mandate(world.on).model_copy(update={"until": until, "since": None}))
    review_on = command.review_on or years_after(world.on.date(), 1)
    require(review_on > world.on.date(), "delegation.review_past", "The review lies in the past; choose a later day.")
    _require_room(world, state, live, until)
    renewed = events.DelegationRenewed(
        delegation=live.number, until=until, review_on=review_on, agreed_by=command.agreed_by
    )
    return [(state.id, renewed)]


def complete(command: commands.Complete, world: World) -> Decided:
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    _require_holder(world, live, command, "complete")
    completed = events.DelegationCompleted(delegation=live.number, summary=command.summary, learned=command.learned)
    return [(state.id, completed)]


def hand_back(command: commands.HandBack, world: World) -> Decided:
    require_reason(command)
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    _require_holder(world, live, command, "hand back")
    day = effective(world, command.effective)
    return [(state.id, events.DelegationHandedBack(delegation=live.number, lacking=command.lacking, effective=day))]


def revoke(command: commands.Revoke, world: World) -> Decided:
    require_reason(command)
    state = require_defined(world, command.code)
    live = require_live(world, state, command.code)
    require_delegator(world, state, command, f"revoke {command.code}")
    day = effective(world, command.effective)
    revoked = events.DelegationRevoked(delegation=live.number, effective=day, talked_first=command.talked_first)
    return [(state.id, revoked)]


def require_live(world: World, state: Responsibility, code: str) -> Delegation:
    """The delegation that is held on the day, by somebody who is still there."""
    live = live_at(world, state, world.on)
    if live is None:
        raise Refused("delegation.not_live", "Nobody holds {code} on {day}.", code=code, day=f"{world.on:%Y-%m-%d}")
    return live


def _require_room(world: World, state: Responsibility, live: Delegation, until: datetime | None) -> None:
    """A longer window does not run into the next delegation that is known and that somebody will hold."""
    for each in state.delegations:
        window = held(world, each)
        if each.number == live.number or window is None or window.since == window.until:
            continue
        require(
            live.held is None or window.since <= live.held.since or (until or FOREVER) <= window.since,
            "delegation.overlaps",
            "{holder} holds it from {since}; two cannot hold it at once. Give the mandate an end before that day.",
            holder=each.to,
            since=f"{window.since:%Y-%m-%d}",
        )


def _require_holder(world: World, live: Delegation, command: Command, what: str) -> None:
    seat = member_seat(live.to, command.by, roster(world))
    if seat is None:
        raise Refused(
            "delegation.not_held_by_you", "Only {holder}, who holds it, may {what}.", holder=live.to, what=what
        )
    require_together(world, seat, command)


def _changed(before: events.Mandate, command: commands.ChangeMandate) -> events.Mandate:
    """The mandate with what the command gives in place of what was there."""
    update: dict[str, object] = {str(name): None for name in command.inherit}
    if "conditions" in update:
        update["conditions"] = ()
    update |= {name: value for name in _GIVEN if (value := getattr(command, name)) is not None}
    if command.two_way_only is not None:
        update["one_way"] = not command.two_way_only
    if command.conditions is not None:
        update["conditions"] = tuple(condition(text) for text in command.conditions)
    return before.model_copy(update=update)
