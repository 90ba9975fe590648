"""A member: who can hold a responsibility, since when, and who sits in a group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.events import ledger, member
from ledger.values import FOREVER, Window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ledger.events import Entry


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A member's seat in a group."""

    member: str
    is_group: bool
    window: Window


@dataclass(frozen=True, slots=True)
class Competence:
    level: str
    stated: bool = False
    confirmed_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Member:
    """Empty (`handle` is "") until the member is added. `presence` has one window per stay, in order of time."""

    handle: str = ""
    is_group: bool = False
    acts: str | None = None
    body: bool = False
    added_by: str = ""
    presence: tuple[Window, ...] = ()
    seats: tuple[Occupancy, ...] = ()
    absences: tuple[Window, ...] = ()
    competences: tuple[tuple[str, Competence], ...] = ()

    def present(self, moment: datetime) -> bool:
        return any(window.holds(moment) for window in self.presence)

    def gone_since(self, start: datetime) -> datetime | None:
        """The end of the stay that `start` lies in, or None where it goes on: what was held then ended with it."""
        for window in self.presence:
            if window.holds(start):
                return None if window.until == FOREVER else window.until
        return start

    def absent(self, moment: datetime) -> bool:
        return any(window.holds(moment) for window in self.absences)

    def occupants(self, moment: datetime) -> tuple[Occupancy, ...]:
        return tuple(seat for seat in self.seats if seat.window.holds(moment))

    def competence(self, name: str) -> Competence | None:
        return dict(self.competences).get(name)


def evolve(state: Member, entry: Entry) -> Member:
    """What is so after the entry."""
    match entry.event:
        case member.MemberAdded() as event:
            return Member(
                handle=event.member,
                is_group=event.member_kind == "group",
                acts=event.acts,
                body=event.body,
                added_by=entry.actor,
                presence=(Window(entry.occurred_at),),
            )
        case member.MemberLeft(last_day=day):
            return replace(state, presence=_cut(state.presence, day))
        case member.MemberReturned(from_day=day):
            return replace(state, presence=(*state.presence, Window(day)))
        case member.GroupJoined() as event:
            window = Window(event.since, event.until or FOREVER)
            seat = Occupancy(event.member, event.member_kind == "group", window)
            return replace(state, seats=(*state.seats, seat))
        case member.GroupParted(member=who, on=day):
            return replace(state, seats=tuple(_parted(state.seats, who, day)))
        case member.AbsenceStated(since=since, until=until):
            return replace(state, absences=(*state.absences, Window(since, until)))
        case member.CompetenceStated(competence=name, level=level):
            before = state.competence(name) or Competence(level)
            return _with(state, name, replace(before, level=level, stated=True))
        case member.CompetenceConfirmed(competence=name, level=level):
            before = state.competence(name) or Competence(level)
            confirmed = before.confirmed_by | {entry.actor}
            return _with(state, name, replace(before, level=level, confirmed_by=confirmed))
        case member.CompetenceWithdrawn(competence=name):
            before = state.competence(name) or Competence("")
            if entry.actor != state.handle:
                return _with(state, name, replace(before, confirmed_by=before.confirmed_by - {entry.actor}))
            return replace(state, competences=tuple(each for each in state.competences if each[0] != name))
        case member.MemberRenamed() | member.CapacityStated() | ledger.EvidenceLinked():
            return state
        case _:
            return state


def _cut(presence: tuple[Window, ...], day: datetime) -> tuple[Window, ...]:
    return tuple(window.ended(day) if window.holds(day) else window for window in presence)


def _parted(seats: Iterable[Occupancy], who: str, day: datetime) -> Iterable[Occupancy]:
    for seat in seats:
        if seat.member == who and seat.window.until > day:
            if seat.window.since < day:
                yield replace(seat, window=seat.window.ended(day))
        else:
            yield seat


def _with(state: Member, name: str, competence: Competence) -> Member:
    return replace(state, competences=(*(each for each in state.competences if each[0] != name), (name, competence)))
