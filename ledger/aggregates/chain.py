"""The chain of responsibilities from the root, as it stood at a moment, read from the streams."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.aggregates.decider import require
from ledger.aggregates.mandate import Bounds, narrowed
from ledger.aggregates.verdict import Holding, Link
from ledger.values import FOREVER, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ledger.aggregates.decider import World
    from ledger.aggregates.responsibility import Delegation, Responsibility
    from ledger.events.responsibility import Mandate


@dataclass(frozen=True, slots=True)
class WorldRoster:
    """Who sits in a group at a moment, read from the streams."""

    world: World
    at: datetime

    def acts(self, group: str) -> str | None:
        member = self.world.member(group)
        return member.acts or "each" if member.is_group else None

    def occupants(self, group: str) -> Sequence[tuple[str, bool]]:
        """Everyone who sits in the group, whether or not they are there; a group in it only while it is."""
        seats = self.world.member(group).occupants(self.at)
        return [(seat.member, seat.is_group) for seat in seats if not seat.is_group or self.present(seat.member)]

    def present(self, member: str) -> bool:
        return self.world.member(member).present(self.at)


def chain_at(world: World, responsibility: str, at: datetime) -> tuple[Link, ...]:
    """The links from the root down to `responsibility`, as they stood at `at`, as known now."""
    links: list[Link] = []
    current: str | None = responsibility
    while current is not None:
        state = world.responsibility(current)
        definition = state.defined(at)
        require(
            definition is not None,
            "responsibility.unknown",
            "There is no responsibility {code} on {day}.",
            code=current,
            day=f"{at:%Y-%m-%d}",
        )
        assert definition is not None  # noqa: S101 - required above
        links.append(link_at(world, state, at))
        current = definition.parent
    return tuple(reversed(links))


def link_at(world: World, state: Responsibility, at: datetime) -> Link:
    """One responsibility as it stood at `at`."""
    definition = state.defined(at)
    assert definition is not None  # noqa: S101 - callers look first
    begun = state.begun(at)
    last = _latest(world, begun)
    live = last if last and _ended(world, last, at) is None else None
    offer = state.offered(at)
    return Link(
        responsibility=definition.responsibility,
        code=definition.code,
        title=definition.title,
        decides=definition.decision_types,
        reserved=definition.reserved_types,
        holding=_holding(world, live, at) if live else None,
        ceiling=as_ceiling(last.mandate(at)) if last else None,
        former=_former(world, [each for each in begun if each is not live], at),
        offered_to=offer.to if offer else None,
        drawn=state.drawn.get(at.year, Decimal(0)),
    )


def live_at(world: World, state: Responsibility, at: datetime) -> Delegation | None:
    """The delegation that somebody holds at `at`, and is still there to hold."""
    last = _latest(world, state.begun(at))
    return last if last and _ended(world, last, at) is None else None


def _latest(world: World, delegations: Iterable[Delegation]) -> Delegation | None:
    """The delegation that holds or held last: its mandate stays as ceiling while nobody holds.

    By when each ends with its holder's stay, so that what somebody who has left was to hold does not come before what
    another holds. Also one that ended as it began: else a limit would be gone because somebody took it on and gave it
    back.
    """
    latest: tuple[datetime, datetime, int] | None = None
    found: Delegation | None = None
    ends = ((each.held.until, each) for each in delegations if each.held is not None)
    for end, each in sorted(ends, key=lambda pair: pair[0], reverse=True):
        if latest is not None and end < latest[0]:
            # Nor can any other end later: whoever held it before is not asked for.
            break
        window = held(world, each)
        assert window is not None  # noqa: S101 - it is held
        if latest is None or (window.until, window.since, each.number) > latest:
            latest, found = (window.until, window.since, each.number), each
    return found


def _former(world: World, delegations: Iterable[Delegation], at: datetime) -> tuple[str, datetime, str] | None:
    """(who, when it ended, why) of the one that ended last."""
    last = _latest(world, delegations)
    ended = _ended(world, last, at) if last else None
    return (last.to, *ended) if last and ended else None


def held(world: World, delegation: Delegation) -> Window | None:
    """When the delegation is held: its window, cut where its holder leaves the organisation."""
    if delegation.held is None:
        return None
    gone = world.member(delegation.to).gone_since(delegation.held.since)
    return delegation.held if gone is None else delegation.held.ended(max(gone, delegation.held.since))


def as_it_ends(delegation: Delegation, at: datetime) -> Mandate:
    """The mandate with the end that it has: a renewal moves the end and leaves the rest of the mandate alone."""
    mandate = delegation.mandate(at)
    if delegation.held is None or delegation.cause not in {None, "expired"}:
        return mandate
    return ending(mandate, delegation.held.until)


def as_ceiling(mandate: Mandate) -> Mandate:
    """What stays of a mandate when nobody holds it: all but its window, which is over."""
    if mandate.since is None and mandate.until is None:
        return mandate
    return mandate.model_copy(update={"since": None, "until": None})


def ending(mandate: Mandate, until: datetime) -> Mandate:
    """The mandate with that end, which FOREVER says it has not."""
    end = None if until == FOREVER else until
    return mandate if mandate.until == end else mandate.model_copy(update={"until": end})


def bounds(chain: Sequence[Link]) -> Bounds:
    """What the chain leaves open below its last link; a vacant link keeps its last mandate as ceiling."""
    result = Bounds()
    for link in chain:
        if link.mandate is not None:
            result = narrowed(result, link.mandate, link.reserved)
        else:
            result = replace(result, reserved=(*result.reserved, *link.reserved))
    return result


def _ended(world: World, delegation: Delegation, at: datetime) -> tuple[datetime, str] | None:
    """(when, why) it ended, or None where it is held at `at`."""
    window = held(world, delegation)
    if window is None or delegation.held is None or window.holds(at):
        return None
    left = window.until < delegation.held.until
    return window.until, "left" if left else delegation.cause or "ended"


def _holding(world: World, delegation: Delegation, at: datetime) -> Holding:
    assert delegation.held is not None  # noqa: S101 - it is live
    return Holding(
        delegation=delegation.number,
        holder=delegation.to,
        delegator=delegation.by,
        since=delegation.held.since,
        until=delegation.held.until,
        mandate=as_it_ends(delegation, at),
        stand_ins=tuple(
            each.member
            for each in sorted(delegation.stand_ins, key=lambda each: (each.window.since, each.member))
            if each.window.holds(at) and world.member(each.member).present(at)
        ),
    )
