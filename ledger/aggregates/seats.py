"""As what somebody acts: as holder, in a group, as stand-in, or answering for what is vacant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.verdict import Seat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.verdict import Link, Roster


def standing(chain: Sequence[Link], handle: str, roster: Roster) -> Seat | None:
    """As what `handle` acts for the last link: for its holder, or for the nearest live ancestor where it is vacant."""
    deciding = live_from(chain, len(chain) - 1)
    if deciding is None:
        return None
    seat = acts_for(chain[deciding], handle, roster)
    if seat is None or deciding == len(chain) - 1:
        return seat
    return Seat("answers for vacant", seat.acting_for, seat.together_with)


def member_seat(holder: str, handle: str, roster: Roster) -> Seat | None:
    """As what `handle` acts for the member `holder`: itself, or an occupant of the group, however deep.

    Where there are several ways, the one that needs the fewest others.
    """
    if holder == handle:
        others = people(holder, roster) if roster.acts(holder) == "together" else frozenset[str]()
        return Seat("holder", None, others)
    acts = roster.acts(holder)
    if acts is None:
        return None
    inner = [
        seat
        for occupant, is_group in roster.occupants(holder)
        if (seat := _inner_seat(occupant, handle, roster, is_group=is_group)) is not None
    ]
    if not inner:
        return None
    nearest = min(inner, key=lambda seat: len(seat.together_with))
    others = people(holder, roster) - {handle} if acts == "together" else nearest.together_with
    return Seat("occupant", holder, others)


def _inner_seat(occupant: str, handle: str, roster: Roster, *, is_group: bool) -> Seat | None:
    if occupant == handle:
        return Seat("holder")
    return member_seat(occupant, handle, roster) if is_group else None


def people(holder: str, roster: Roster) -> frozenset[str]:
    """Every person in a group who is there, through the groups in it; a person is only themselves."""
    if roster.acts(holder) is None:
        return frozenset({holder})
    inside = (
        people(who, roster) if is_group else frozenset({who})
        for who, is_group in roster.occupants(holder)
        if roster.present(who)
    )
    return frozenset[str]().union(*inside)


def live_from(chain: Sequence[Link], start: int) -> int | None:
    return next((index for index in range(start, -1, -1) if chain[index].holding is not None), None)


def acts_for(link: Link, handle: str, roster: Roster) -> Seat | None:
    if link.holding is None:
        return None
    seat = member_seat(link.holding.holder, handle, roster)
    if seat is not None:
        return seat
    for stand_in in link.holding.stand_ins:
        seat = member_seat(stand_in, handle, roster)
        if seat is not None:
            return Seat("stand-in", link.holding.holder, seat.together_with)
    return None
