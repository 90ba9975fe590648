"""A responsibility as windows in time: its definitions, and the delegations that were offered and held."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.events import responsibility as events
from ledger.values import FOREVER, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ledger.events import Entry

    _Change = Callable[["Delegation"], "Delegation"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What the responsibility was within a window; `life` is when it was defined, or defined anew after retiring."""

    life: datetime
    window: Window
    what: events.ResponsibilityDefined


@dataclass(frozen=True, slots=True)
class Substitute:
    """A stand-in and its window."""

    member: str
    window: Window


@dataclass(frozen=True, slots=True)
class Delegation:
    """One delegation from offer to end.

    `answered` is when the offer was accepted, declined or withdrawn; `held` is None until it is accepted and ends
    where the holding did or will; `cause` says why it ended. One that is `in_force` holds from its offer, and
    `answered` is when that was acknowledged. `mandates` are (from when, mandate), in order of time,
    those after the end too: a ceiling for those below goes on, and an end recorded late undoes no narrowing.
    """

    number: int
    to: str
    by: str
    offered: datetime
    mandates: tuple[tuple[datetime, events.Mandate], ...]
    succeeds: int | None = None
    answered: datetime = FOREVER
    held: Window | None = None
    cause: str | None = None
    stand_ins: tuple[Substitute, ...] = ()
    in_force: bool = False

    def open(self, moment: datetime) -> bool:
        return self.offered <= moment < self.answered

    def live(self, moment: datetime) -> bool:
        return self.held is not None and self.held.holds(moment)

    def mandate(self, moment: datetime) -> events.Mandate:
        """The mandate in force at `moment`, or the nearest: the first before it began, the last after it ended."""
        place = bisect_right(self.mandates, moment, key=lambda each: each[0])
        return self.mandates[max(place - 1, 0)][1]


@dataclass(frozen=True, slots=True)
class Support:
    """Help that `by` asked `of` somebody for; `given` is when it came, FOREVER while it waits."""

    number: int
    by: str
    of: str
    asked: datetime
    given: datetime = FOREVER


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Without definitions until it is defined. `drawn` is what decisions have used of the allowance, by year."""

    id: str = ""
    definitions: tuple[Definition, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    drawn: Mapping[int, Decimal] = field(default_factory=dict[int, Decimal])
    supports: tuple[Support, ...] = ()

    def defined(self, moment: datetime) -> events.ResponsibilityDefined | None:
        return next((each.what for each in self.definitions if each.window.holds(moment)), None)

    def offered(self, moment: datetime) -> Delegation | None:
        """The offer that is open at `moment`."""
        return next((each for each in self.delegations if each.open(moment) and not each.in_force), None)

    def waiting(self) -> Delegation | None:
        """The offer that nobody has answered, as far as is known."""
        return next((each for each in self.delegations if each.answered == FOREVER and not each.in_force), None)

    def begun(self, moment: datetime) -> list[Delegation]:
        """The delegations that began to be held by `moment`, since it was defined, or defined anew after retiring."""
        life = next((each.life for each in self.definitions if each.window.holds(moment)), moment)
        return [each for each in self.delegations if each.held is not None and life <= each.held.since <= moment]


def evolve(state: Responsibility, entry: Entry) -> Responsibility:
    """What is so after the entry."""
    at = entry.occurred_at
    match entry.event:
        case events.ResponsibilityDefined() as event:
            new = Definition(at, Window(at), event)
            return replace(state, id=event.responsibility, definitions=(*state.definitions, new))
        case events.ResponsibilityClarified(changes=changes):
            return _redefined(state, at, {change.field: change.after for change in changes})
        case events.ResponsibilityMoved(parent_after=parent):
            return _redefined(state, at, {"parent": parent})
        case events.ResponsibilityRetired():
            return replace(state, definitions=_shortened(state.definitions, at))
        case events.DelegationOffered() as event:
            new_offer = Delegation(
                number=event.delegation,
                to=event.to,
                by=entry.actor,
                offered=at,
                mandates=((at, event.mandate),),
                succeeds=event.succeeds,
                in_force=event.in_force,
            )
            offered = replace(state, delegations=(*state.delegations, new_offer))
            return _taking_effect(offered, event.delegation, at) if event.in_force else offered
        case events.DelegationOfferWithdrawn(delegation=number) | events.DelegationDeclined(delegation=number):
            return _changed(state, number, lambda each: replace(each, answered=at))
        case events.DelegationAccepted(delegation=number):
            answered = _changed(state, number, lambda each: replace(each, answered=at))
            if any(each.number == number and each.in_force for each in state.delegations):
                return answered
            return _taking_effect(answered, number, at)
        case events.MandateChanged(delegation=number, after=mandate):
            return _changed(state, number, lambda each: _remandated(each, at, mandate))
        case events.StandInAppointed() as event:
            stand_in = Substitute(event.member, Window(event.since, event.until))
            return _changed(state, event.delegation, lambda each: replace(each, stand_ins=(*each.stand_ins, stand_in)))
        case events.StandInEnded(delegation=number, member=who, on=day):
            return _changed(state, number, lambda each: _relieved(each, who, day))
        case events.DelegationRenewed(delegation=number, until=until):
            return _changed(state, number, lambda each: _renewed(each, until or FOREVER))
        case events.DelegationCompleted(delegation=number):
            return _changed(state, number, lambda each: _ended(each, at, "completed"))
        case events.DelegationHandedBack(delegation=number, effective=day):
            return _changed(state, number, lambda each: _ended(each, day, "handed back"))
        case events.DelegationRevoked(delegation=number, effective=day):
            return _changed(state, number, lambda each: _ended(each, day, "revoked"))
        case events.AllowanceDrawn(amount=amount, year=year):
            drawn = state.drawn.get(year, Decimal(0)) + Decimal(amount)
            return replace(state, drawn={**state.drawn, year: drawn})
        case events.SupportAsked(support=number, of=of):
            return replace(state, supports=(*state.supports, Support(number, entry.actor, of, at)))
        case events.SupportGiven(support=number):
            supports = tuple(replace(each, given=at) if each.number == number else each for each in state.supports)
            return replace(state, supports=supports)
        case _:
            return state


def _redefined(state: Responsibility, at: datetime, update: dict[str, object]) -> Responsibility:
    """The definition in force at `at` changes from there on, each field until a later change of that same field."""
    definitions: list[Definition] = []
    before: events.ResponsibilityDefined | None = None
    left = dict(update)
    end = FOREVER
    for each in sorted(state.definitions, key=lambda definition: definition.window.since):
        window = each.window
        if window.until <= at or window.since > end:
            # Over by then, or a later life of the same code.
            definitions.append(each)
            continue
        end = window.until
        before = before or each.what
        left = {name: value for name, value in left.items() if getattr(each.what, name) == getattr(before, name)}
        what = events.ResponsibilityDefined.model_validate({**each.what.model_dump(), **left})
        if window.since < at:
            definitions += [
                replace(each, window=window.ended(at)),
                Definition(each.life, Window(at, window.until), what),
            ]
        else:
            definitions.append(replace(each, what=what))
    return replace(state, definitions=tuple(definitions))


def _shortened(definitions: tuple[Definition, ...], at: datetime) -> tuple[Definition, ...]:
    return tuple(replace(each, window=each.window.ended(at)) for each in definitions if each.window.since < at)


def _changed(state: Responsibility, number: int, change: _Change) -> Responsibility:
    delegations = tuple(change(each) if each.number == number else each for each in state.delegations)
    return replace(state, delegations=delegations)


def _taking_effect(state: Responsibility, number: int, at: datetime) -> Responsibility:
    def accept(each: Delegation) -> Delegation:
        mandate = each.mandates[-1][1]
        start = max(at, mandate.since or at)
        until = max(mandate.until or FOREVER, start)
        return replace(each, held=Window(start, until), cause="expired" if mandate.until else None)

    accepted = _changed(state, number, accept)
    start = next((each.held.since for each in accepted.delegations if each.number == number and each.held), at)

    def give_way(each: Delegation) -> Delegation:
        # Whatever is still held then ends: what this succeeds, or what somebody held who has left since.
        before = each.number != number and each.held is not None and each.held.since <= start
        return _ended(each, start, "handed over") if before else each

    return replace(accepted, delegations=tuple(give_way(each) for each in accepted.delegations))


def _remandated(each: Delegation, at: datetime, mandate: events.Mandate) -> Delegation:
    if each.held is None:
        return each
    start = max(at, each.held.since)
    kept = tuple(version for version in each.mandates if version[0] != start or version[0] < each.held.since)
    changed = replace(each, mandates=tuple(sorted((*kept, (start, mandate)), key=lambda version: version[0])))
    last = each.held.holds(start) and not any(start < since < each.held.until for since, _mandate in kept)
    if last and each.cause in {None, "expired"}:
        return _renewed(changed, mandate.until or FOREVER)
    return changed


def _renewed(each: Delegation, until: datetime) -> Delegation:
    if each.held is None:
        return each
    return _until(each, until, None if until == FOREVER else "expired")


def _until(each: Delegation, until: datetime, cause: str | None) -> Delegation:
    """The delegation with another end."""
    if each.held is None:
        return each
    return replace(each, held=Window(each.held.since, max(until, each.held.since)), cause=cause)


def _relieved(each: Delegation, who: str, day: datetime) -> Delegation:
    kept = (
        replace(stand_in, window=stand_in.window.ended(day)) if stand_in.member == who else stand_in
        for stand_in in each.stand_ins
    )
    return replace(
        each, stand_ins=tuple(stand_in for stand_in in kept if stand_in.window.since < stand_in.window.until)
    )


def _ended(each: Delegation, day: datetime, cause: str) -> Delegation:
    if each.held is None or each.held.until <= day:
        return each
    return _until(each, day, cause)
