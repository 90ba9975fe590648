"""What many rules ask: is the actor there, do they stand for a responsibility, did all who must act together act?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import WorldRoster, bounds, chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.mandate import breach
from ledger.aggregates.seats import people, standing
from ledger.aggregates.verdict import Asker, Link, Seat
from ledger.errors import Refused
from ledger.values import ROOT, responsibility_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ledger.aggregates.decider import World
    from ledger.aggregates.member import Member
    from ledger.aggregates.responsibility import Responsibility
    from ledger.commands import Command
    from ledger.events import Event
    from ledger.events.responsibility import Mandate

ROOT_ID = responsibility_id(ROOT)


def roster(world: World) -> WorldRoster:
    return WorldRoster(world, world.on)


def require_present(world: World, handle: str) -> Member:
    """The member, who must be there on the day."""
    member = world.member(handle)
    require(member.handle, "member.unknown", "There is no member {member}.", member=handle)
    require(
        member.present(world.on),
        "member.not_there",
        "{member} is not a member on {day}.",
        member=handle,
        day=f"{world.on:%Y-%m-%d}",
    )
    return member


def require_reason(command: Command) -> None:
    require(command.reason, "reason.missing", "{do} needs a reason; say it with --reason.", do=command.do)


def require_defined(world: World, id_or_code: str) -> Responsibility:
    state = world.responsibility(id_or_code)
    require(
        state.defined(world.on),
        "responsibility.unknown",
        "There is no responsibility {code} on {day}.",
        code=id_or_code,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state


def require_together(world: World, seat: Seat, command: Command, consented: frozenset[str] = frozenset()) -> None:
    """Everyone whose word is needed beside the actor's must be named, or have `consented` before."""
    named = {command.by, *command.together_with, *consented}
    missing = sorted(who for who in seat.together_with if not spoke(world, who, named))
    require(
        not missing,
        "authority.together",
        "This takes {missing} too; name them with --with once they have said yes.",
        missing=", ".join(missing),
    )


def require_standing(world: World, chain: Sequence[Link], command: Command, what: str) -> Seat:
    """As what the actor stands for the last link of the chain: its holder, or who answers for it while it is vacant."""
    seat = standing(chain, command.by, roster(world))
    if seat is None:
        raise Refused(
            "delegation.not_yours",
            "Only {owner}, who holds {code} or answers for it, may {what}.",
            owner=next((link.holding.holder for link in reversed(chain) if link.holding), "nobody"),
            code=chain[-1].code,
            what=what,
        )
    require_together(world, seat, command)
    return seat


def require_delegator(world: World, state: Responsibility, command: Command, what: str) -> tuple[Link, ...]:
    """The chain above the responsibility, for whose last link the actor stands; the founders for the root."""
    if state.id == ROOT_ID:
        founders = world.ledger().founders
        require(
            command.by in founders,
            "delegation.not_yours",
            "Only {owner}, who founded the ledger, may {what}.",
            owner=", ".join(founders),
            what=what,
        )
        return ()
    above = chain_at(world, state.id, world.on)[:-1]
    require_standing(world, above, command, what)
    return above


def require_in_chain(world: World, chain: Iterable[Link], by: str) -> None:
    """The actor holds one of the links, or answers for it."""
    links = tuple(chain)
    stands = any(standing(links[:end], by, roster(world)) for end in range(len(links), 0, -1))
    require(
        stands,
        "responsibility.not_in_your_chain",
        "Only who holds {code} or a responsibility above it may do that; {by} holds none of them.",
        code=links[-1].code,
        by=by,
    )


def require_inside(chain: Sequence[Link], mandate: Mandate) -> None:
    """The mandate lies inside what the chain above leaves open, on every dimension."""
    beyond = breach(bounds(chain), mandate)
    if beyond is not None:
        raise Refused(
            "mandate.not_inside",
            "The mandate reaches beyond that of {code} in {dimension}: {limit} there, {asked} asked.",
            code=chain[-1].code,
            dimension=beyond.dimension,
            limit=beyond.limit,
            asked=beyond.asked,
        )


def asker(world: World, handle: str, conflicted: frozenset[str] = frozenset()) -> Asker:
    member = world.member(handle)
    return Asker(
        handle, present=member.present(world.on), absent=member.absent(world.on), conflicted=handle in conflicted
    )


def effective(world: World, given: datetime | None) -> datetime:
    """The day something takes effect: never before the day it is said, which an earlier hour of that day counts as."""
    day = given or world.on
    require(
        day.date() >= world.on.date(),
        "time.effective_before_said",
        "It cannot take effect on {day}, before the day it is said, {on}; say with --on when it was said.",
        day=f"{day:%Y-%m-%d}",
        on=f"{world.on:%Y-%m-%d}",
    )
    return max(day, world.on)


def next_number(world: World, stream: str, kind: type[Event]) -> int:
    """Of what the stream counts by events of that kind, annulled ones among them: no two ever have the same number."""
    return 1 + sum(isinstance(each.event, kind) for each in world.entries(stream))


def spoke(world: World, who: str, named: set[str]) -> bool:
    """Whether `who` is among the named; for a group, enough of its occupants are."""
    acts = roster(world).acts(who)
    if who in named or acts is None:
        return who in named
    inside = people(who, roster(world))
    return inside <= named if acts == "together" else bool(inside & named)
