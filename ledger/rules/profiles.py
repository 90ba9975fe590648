"""The rules that differ between kinds of organisation: they read what the ledger's profile says, and refuse by it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger.aggregates.decider import require
from ledger.aggregates.profile import PROFILES
from ledger.aggregates.seats import live_from, member_seat
from ledger.events.responsibility import Condition, Mandate
from ledger.rules.common import ROOT_ID, roster
from ledger.values import FOREVER, start_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ledger.aggregates.decider import World
    from ledger.aggregates.profile import Profile
    from ledger.aggregates.responsibility import Responsibility
    from ledger.aggregates.verdict import Link
    from ledger.commands import Command
    from ledger.commands.ledger import Found

ROOT_LEVEL = 7
JOINT_LEVEL = 4
# What of a level tells the delegator what was decided, without a condition that says so.
_TOLD = frozenset({1, 2, 3, 6})
# What is said at the founding, and the one profile that reads it.
_READ_BY = {
    "heads": "kommunal",
    "urgent_by": "kommunal",
    "term_ends": "kommunal",
    "series": "kommunal",
    "year_ends": "bolag",
    "report_above": "bolag",
}
CALENDAR_YEAR = "12-31"


def profile_of(world: World) -> Profile:
    return PROFILES[world.ledger().profile]


def require_founded_so(command: Found, world: World) -> None:
    """Nothing is said at the founding that the profile never reads, and no term is over before it begins."""
    for name, profile in _READ_BY.items():
        require(
            not getattr(command, name) or command.profile == profile,
            "profile.not_asked",
            "The profile {profile} has no use for {what}; it belongs to {other}.",
            profile=command.profile,
            what=name.replace("_", " ").replace("series", "register"),
            other=profile,
        )
    require(
        command.term_ends is None or command.term_ends > world.on,
        "profile.term_over",
        "The term would end on {day}, before the founding.",
        day=f"{command.term_ends:%Y-%m-%d}" if command.term_ends else "",
    )


def root_mandate(command: Found, holder: str) -> Mandate:
    """Without limits, but for the end of the term and what is reported to the board of a company."""
    told = (Condition(kind="report", member=holder, above=command.report_above),)
    above_a_limit = PROFILES[command.profile].reported == "above a limit"
    return Mandate(level=ROOT_LEVEL, until=command.term_ends, conditions=told if above_a_limit else ())


def require_kept(world: World, state: Responsibility, reserved: Sequence[str] | None) -> None:
    """What the profile reserved for the root from the start stays reserved."""
    before = state.defined(world.on)
    if reserved is None or state.id != ROOT_ID or before is None:
        return
    gone = [each for each in profile_of(world).reserved if each in before.reserved_types and each not in reserved]
    require(
        not gone,
        "profile.stays_reserved",
        "{gone} cannot be delegated under the profile {profile}; name it among what is reserved.",
        gone=" ".join(gone),
        profile=world.ledger().profile,
    )


def require_may_hold(world: World, member: str) -> None:
    """Employees never decide together: a group that does is a body of elected members, or holds nothing."""
    if profile_of(world).joint == "any group":
        return
    joint = _joint(world, member, set())
    require(
        joint is None,
        "profile.no_joint_holder",
        "{group} acts together and is no body of elected members: name a post or a person, or divide the matters.",
        group=joint,
    )


def require_terms(world: World, state: Responsibility, to: str, above: Sequence[Link], mandate: Mandate) -> None:
    """What a mandate below the root may say under the profile."""
    profile = profile_of(world)
    if not above:
        return
    if profile.joint == "a body":
        _require_no_joint_level(world, to, mandate)
    if profile.further == "the head of administration":
        require_handed_on_by_the_head(world, above, mandate)
        _require_steps(world, to, above, mandate)
    if profile.reported == "or minuted, per item":
        _require_minutes(world, state, mandate)


def require_handed_on_by_the_head(world: World, above: Sequence[Link], mandate: Mandate) -> None:
    """What the board did not delegate itself was delegated by the head of administration, who hears what is decided."""
    if profile_of(world).further != "the head of administration":
        return
    nearest = live_from(above, len(above) - 1)
    holding = above[nearest].holding if nearest else None
    if not nearest or holding is None:
        return
    require(
        _is_head(world, holding.holder) and not live_from(above, nearest - 1),
        "profile.only_the_head_delegates_on",
        "{holder} holds {code} and cannot delegate it further: only the head of administration may, one step.",
        holder=holding.holder,
        code=above[nearest].code,
    )
    reported = any(each.kind == "report" and each.member == holding.holder for each in mandate.conditions)
    require(
        reported or {mandate.level, *mandate.levels.values()} <= _TOLD,
        "profile.not_reported_to_the_head",
        "What is delegated further is reported to {head}: choose level 6, or say --condition report:{head}.",
        head=holding.holder,
    )


def steps_further(world: World, further: int | None) -> int | None:
    """How many steps a mandate that says nothing may be delegated on: none where it takes a head of administration."""
    return 0 if further is None and profile_of(world).further == "the head of administration" else further


def latest_end(world: World, start: datetime) -> datetime:
    """The instant by which a mandate that begins at `start` is over, FOREVER where the profile has no such rule."""
    if profile_of(world).window != "fiscal year":
        return FOREVER
    last = world.ledger().year_ends or CALENDAR_YEAR
    day = date.fromisoformat(f"{start.year}-{last}")
    if day < start.date():
        day = date.fromisoformat(f"{start.year + 1}-{last}")
    return start_of(day + timedelta(days=1))


def require_short(world: World, start: datetime, until: datetime | None) -> None:
    """No mandate lasts beyond the end of the fiscal year that it begins in."""
    latest = latest_end(world, start)
    require(
        (until or FOREVER) <= latest,
        "profile.beyond_the_year",
        "A mandate from {start} ends with the fiscal year, on {latest} at the latest; renew it for the next.",
        start=f"{start:%Y-%m-%d}",
        latest=f"{latest:%Y-%m-%d}",
    )


def require_may_overrule(world: World) -> None:
    require(
        profile_of(world).overruled,
        "profile.no_overruling",
        "In a municipality a delegated decision stands; call an open matter in, or revoke the delegation, instead.",
    )


def require_may_ratify(world: World) -> None:
    require(
        profile_of(world).ratified,
        "profile.no_ratifying",
        "In a municipality nothing is ratified afterwards: the board decides anew.",
    )


def require_may_hurry(world: World, command: Command) -> None:
    """Where the profile says so, only the chair or another member who was named decides what cannot wait."""
    named = world.ledger().urgent_by
    require(
        profile_of(world).urgent == "with a reason" or _stands_for(world, named, command.by),
        "profile.not_yours_though_urgent",
        "What cannot wait is decided by {named}, whom the founding names; {by} is not among them.",
        hints=("tillit refer-up TITLE --reason WHY",),
        named=", ".join(named) or "nobody",
        by=command.by,
    )


def require_register(world: World, register: str, year: int) -> None:
    """The decisions of a board and a year are numbered in one register."""
    if profile_of(world).numbered == "as wished":
        return
    name = world.ledger().series
    fits = register == f"{name}-{year}" if name else register.endswith(f"-{year}")
    require(
        fits,
        "profile.one_register_a_year",
        "The decisions of {year} are numbered in {right}, and in no other register.",
        year=year,
        right=f"{name or 'REGISTER'}-{year}",
    )


def in_force_at_once(world: World) -> bool:
    """Whether an offer gives authority by itself."""
    return profile_of(world).accepted == "acknowledged"


def _require_no_joint_level(world: World, to: str, mandate: Mandate) -> None:
    require(
        world.member(to).body or JOINT_LEVEL not in {mandate.level, *mandate.levels.values()},
        "profile.no_joint_level",
        "At level 4 two decide together, which only a body may here; {to} is none.",
        to=to,
    )


def _require_steps(world: World, to: str, above: Sequence[Link], mandate: Mandate) -> None:
    from_board = not live_from(above, len(above) - 1)
    require(
        mandate.further == 0 or (mandate.further == 1 and from_board and _is_head(world, to)),
        "profile.one_step",
        "Only the head of administration may delegate further, one step: leave --further out, or offer it to {heads}.",
        heads=", ".join(world.ledger().heads) or "a head, whom the founding would have named",
    )


def _require_minutes(world: World, state: Responsibility, mandate: Mandate) -> None:
    definition = state.defined(world.on)
    told = definition is not None and definition.report_rule is not None
    require(
        told or ROOT_LEVEL not in {mandate.level, *mandate.levels.values()},
        "profile.neither_reported_nor_minuted",
        "At level 7 nothing is reported, so {code} says how it is minuted and announced: clarify its --report-rule.",
        code=definition.code if definition else state.id,
    )


def _is_head(world: World, holder: str) -> bool:
    return any(member_seat(head, holder, roster(world)) for head in world.ledger().heads)


def _stands_for(world: World, named: Iterable[str], handle: str) -> bool:
    return any(member_seat(each, handle, roster(world)) for each in named)


def _joint(world: World, member: str, seen: set[str]) -> str | None:
    """The group that acts together and is no body: the member itself, or one that sits in it."""
    state = world.member(member)
    if not state.is_group or member in seen:
        return None
    if state.acts == "together" and not state.body:
        return member
    if state.body:
        return None
    inside = (
        _joint(world, seat.member, seen | {member})
        for seat in state.seats
        if seat.is_group and seat.window.until > world.on
    )
    return next((each for each in inside if each is not None), None)
