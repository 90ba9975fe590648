"""The rules about members: who is there, who sits in which group, what they can and have to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import member_seat, standing
from ledger.commands import member as commands
from ledger.events import member as events
from ledger.rules.common import ROOT_ID, require_present, roster
from ledger.rules.forgetting import require_open
from ledger.rules.profiles import require_may_hold
from ledger.values import FOREVER, member_stream

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.aggregates.decider import Decided, World


def add(command: commands.AddMember, world: World) -> Decided:
    before = world.member(command.handle)
    require(
        not before.handle,
        "member.handle_taken",
        "{handle} is taken: a handle is never used again, also not after its member left.",
        handle=command.handle,
    )
    require(
        command.group or command.acts is None,
        "member.acts_is_for_groups",
        "Only a group acts each or together; {handle} is a person.",
        handle=command.handle,
    )
    require(
        not command.body or (command.group and command.acts != "each"),
        "member.body_acts_together",
        "Only a group that acts together is a body; {handle} is none.",
        handle=command.handle,
    )
    stream = member_stream(command.handle)
    added = events.MemberAdded(
        member=command.handle,
        member_kind="group" if command.group else "person",
        acts=(command.acts or "together") if command.group else None,
        name_digest=None if command.name is None else world.commit(stream, "name", command.name),
        body=command.body,
    )
    return [(stream, added)]


def rename(command: commands.RenameMember, world: World) -> Decided:
    require_present(world, command.handle)
    stream = member_stream(command.handle)
    require_open(world, stream)
    return [(stream, events.MemberRenamed(name_digest=world.commit(stream, "name", command.name)))]


def leave(command: commands.LeaveMember, world: World) -> Decided:
    member = require_present(world, command.handle)
    day = _day(command.on, world)
    require(
        member.present(day),
        "member.not_there",
        "{member} is not a member on {day}.",
        member=command.handle,
        day=f"{day:%Y-%m-%d}",
    )
    require(
        all(window.until == FOREVER or window.until <= day for window in member.presence),
        "member.leaves_already",
        "It is recorded already that {member} leaves; correct that entry instead.",
        member=command.handle,
    )
    return [(member_stream(command.handle), events.MemberLeft(last_day=day))]


def come_back(command: commands.ReturnMember, world: World) -> Decided:
    member = world.member(command.handle)
    require(member.handle, "member.unknown", "There is no member {member}.", member=command.handle)
    day = _day(command.on, world)
    require(
        all(window.until <= day for window in member.presence),
        "member.still_there",
        "{member} is a member on {day} and cannot come back.",
        member=command.handle,
        day=f"{day:%Y-%m-%d}",
    )
    return [(member_stream(command.handle), events.MemberReturned(from_day=day))]


def join(command: commands.JoinGroup, world: World) -> Decided:
    """Who sits in a group shares its authority, so its occupants, who added it, or the root's holder say who does."""
    _require_group(world, command.group, command.by)
    member = require_present(world, command.handle)
    since = _day(command.on, world)
    until = command.until or FOREVER
    require(until > since, "time.window_empty", "The time in the group ends before it begins.")
    for seat in world.member(command.group).seats:
        require(
            seat.member != command.handle or seat.window.until <= since or until <= seat.window.since,
            "group.sits_already",
            "{member} sits in {group} already in that time.",
            member=command.handle,
            group=command.group,
        )
    if member.is_group:
        if world.member(command.group).acts != "together":
            require_may_hold(world, command.handle)
        require(
            command.handle != command.group and not _reaches(world, command.handle, command.group, set()),
            "group.cycle",
            "{group} sits in {member} already, and no group may sit in itself.",
            member=command.handle,
            group=command.group,
        )
    joined = events.GroupJoined(
        member=command.handle,
        member_kind="group" if member.is_group else "person",
        since=since,
        until=command.until,
    )
    return [(member_stream(command.group), joined)]


def part(command: commands.PartGroup, world: World) -> Decided:
    if command.by != command.handle:
        _require_group(world, command.group, command.by)
    day = _day(command.on, world)
    require(
        any(seat.member == command.handle and seat.window.until > day for seat in world.member(command.group).seats),
        "group.sits_not",
        "{member} does not sit in {group} on {day}.",
        member=command.handle,
        group=command.group,
        day=f"{day:%Y-%m-%d}",
    )
    return [(member_stream(command.group), events.GroupParted(member=command.handle, on=day))]


def state_capacity(command: commands.StateCapacity, world: World) -> Decided:
    stated = events.CapacityStated(amount=command.amount, unit=command.unit, since=world.on)
    return [(member_stream(command.by), stated)]


def state_competence(command: commands.StateCompetence, world: World) -> Decided:
    del world
    stated = events.CompetenceStated(competence=command.competence, level=command.level, evidence=command.evidence)
    return [(member_stream(command.by), stated)]


def confirm_competence(command: commands.ConfirmCompetence, world: World) -> Decided:
    require(
        command.by != command.handle,
        "competence.own",
        "No one confirms their own competence; ask somebody who has seen it.",
    )
    member = require_present(world, command.handle)
    competence = member.competence(command.competence)
    require(
        competence is not None and competence.stated,
        "competence.not_stated",
        "{member} has not said to have {competence}; the member says it first.",
        member=command.handle,
        competence=command.competence,
    )
    confirmed = events.CompetenceConfirmed(competence=command.competence, level=command.level)
    return [(member_stream(command.handle), confirmed)]


def withdraw_competence(command: commands.WithdrawCompetence, world: World) -> Decided:
    competence = require_present(world, command.handle).competence(command.competence)
    require(
        competence is not None and command.by in {command.handle, *competence.confirmed_by},
        "competence.not_yours",
        "Only {member}, or who confirmed it, may withdraw {competence}.",
        member=command.handle,
        competence=command.competence,
    )
    return [(member_stream(command.handle), events.CompetenceWithdrawn(competence=command.competence))]


def state_absence(command: commands.StateAbsence, world: World) -> Decided:
    del world
    require(command.until > command.since, "time.window_empty", "The absence ends before it begins.")
    return [(member_stream(command.by), events.AbsenceStated(since=command.since, until=command.until))]


def _day(given: datetime | None, world: World) -> datetime:
    """The day the member comes or goes, which may lie ahead."""
    return given or world.on


def _require_group(world: World, group: str, by: str) -> None:
    state = require_present(world, group)
    require(state.is_group, "group.is_person", "{group} is a person; only groups have occupants.", group=group)
    allowed = (
        by == state.added_by
        or member_seat(group, by, roster(world)) is not None
        or standing(chain_at(world, ROOT_ID, world.on), by, roster(world)) is not None
    )
    require(
        allowed,
        "group.not_yours",
        "Who sits in {group} is said by its occupants, by {added_by} who added it, or by who holds the root.",
        group=group,
        added_by=state.added_by,
    )


def _reaches(world: World, start: str, goal: str, seen: set[str]) -> bool:
    """Whether `goal` sits in `start`, at any time and however deep."""
    if start in seen:
        return False
    seen.add(start)
    inner = [seat.member for seat in world.member(start).seats if seat.is_group]
    return goal in inner or any(_reaches(world, each, goal, seen) for each in inner)
