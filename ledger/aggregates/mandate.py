"""The mandate: what it means for one to lie inside another, dimension by dimension."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast

from ledger.events.responsibility import Condition, ConditionKind, Mandate
from ledger.values import FOREVER, covered, covers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DIMENSIONS = ("types", "amount", "amount_per_year", "scope", "one_way", "since", "until", "further", "conditions")
LEVEL_NAMES = {1: "tell", 2: "sell", 3: "consult", 4: "agree", 5: "advise", 6: "inquire", 7: "delegate"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a chain of mandates leaves open below it. None is no bound, which only the root's mandate can give.

    `types` holds one layer of patterns per mandate that names types: a type must be covered in every layer.
    """

    types: tuple[tuple[str, ...], ...] = ()
    reserved: tuple[str, ...] = ()
    amount: Decimal | None = None
    amount_per_year: Decimal | None = None
    scope: frozenset[str] | None = None
    one_way: bool = True
    since: datetime | None = None
    until: datetime = FOREVER
    further: int | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a mandate reaches beyond its bounds."""

    dimension: str
    limit: str
    asked: str


def narrowed(bounds: Bounds, mandate: Mandate, reserved: tuple[str, ...]) -> Bounds:
    """The bounds below a link with that mandate, which reserves those types for itself."""
    return Bounds(
        types=bounds.types if mandate.types is None else (*bounds.types, mandate.types),
        reserved=(*bounds.reserved, *reserved),
        amount=_smaller(bounds.amount, mandate.amount),
        amount_per_year=_smaller(bounds.amount_per_year, mandate.amount_per_year),
        scope=_within(bounds.scope, mandate.scope),
        one_way=bounds.one_way and mandate.one_way is not False,
        since=_later(bounds.since, mandate.since),
        until=min(bounds.until, mandate.until or FOREVER),
        further=steps_left(bounds.further, mandate.further),
        conditions=union(bounds.conditions, mandate.conditions),
    )


def steps_left(above: int | None, own: int | None) -> int | None:
    """How many steps a mandate may be delegated on: its own word, at most one less than the parent's."""
    left = None if above is None else max(above - 1, 0)
    if own is None or left is None:
        return left if own is None else own
    return min(own, left)


def breach(bounds: Bounds, mandate: Mandate) -> Breach | None:
    """The first dimension in which `mandate` is not inside `bounds`, or None."""
    if bounds.further == 0:
        return Breach("further", "0", "one more step")
    for asked in mandate.types or ():
        for layer in bounds.types:
            if not covered(asked, layer):
                return Breach("types", " ".join(layer), asked)
        for pattern in bounds.reserved:
            if covers(pattern, asked):
                return Breach("reserved", pattern, asked)
    for dimension in ("amount", "amount_per_year"):
        limit = cast("Decimal | None", getattr(bounds, dimension))
        value = cast("str | None", getattr(mandate, dimension))
        if limit is not None and value is not None and Decimal(value) > limit:
            return Breach(dimension, str(limit), value)
    if bounds.scope is not None and mandate.scope is not None and (beyond := set(mandate.scope) - bounds.scope):
        return Breach("scope", " ".join(sorted(bounds.scope)), " ".join(sorted(beyond)))
    if mandate.one_way and not bounds.one_way:
        return Breach("one_way", "two-way only", "one-way")
    if bounds.since is not None and mandate.since is not None and mandate.since < bounds.since:
        return Breach("since", _shown(bounds.since), _shown(mandate.since))
    if (mandate.until or FOREVER) > bounds.until:
        return Breach("until", _shown(bounds.until), _shown(mandate.until))
    left = steps_left(bounds.further, None)
    if left is not None and mandate.further is not None and mandate.further > left:
        return Breach("further", str(left), str(mandate.further))
    return None


def level_for(mandate: Mandate, decision_type: str) -> int:
    """The level that binds a decision of that type: the longest matching pattern's, else the mandate's own."""
    matching = [pattern for pattern in mandate.levels if covers(pattern, decision_type)]
    return mandate.levels[max(matching, key=len)] if matching else mandate.level


def direction(before: Mandate, after: Mandate) -> Literal["widened", "narrowed", "mixed"]:
    """Which way a change went, over all dimensions and the level."""
    wider, narrower = reaches_beyond(before, after), reaches_beyond(after, before)
    return "mixed" if wider == narrower else "widened" if wider else "narrowed"


def reaches_beyond(limit: Mandate, other: Mandate) -> bool:
    """Whether `other` allows anything that `limit` does not; what is left to the parent is the wider."""

    def opened(dimension: str) -> bool:
        return getattr(limit, dimension) is not None and getattr(other, dimension) is None

    return (
        any(opened(dimension) for dimension in DIMENSIONS if dimension not in {"one_way", "conditions"})
        or breach(narrowed(Bounds(further=None), limit.model_copy(update={"further": None}), ()), other) is not None
        or (limit.further is not None and other.further is not None and other.further > limit.further)
        or (limit.one_way is False and other.one_way is not False)
        or bool(set(limit.conditions) - set(other.conditions))
        or other.level > limit.level
    )


def union(one: Iterable[Condition], other: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def condition(text: str) -> Condition:
    """The condition written as `consult:HANDLE`, `report:HANDLE/DAYS` or `report:HANDLE/DAYS+AMOUNT`."""
    kind, _, rest = text.partition(":")
    rest, _, above = rest.partition("+")
    member, _, days = rest.partition("/")
    return Condition(
        kind=cast("ConditionKind", kind), member=member, within=int(days) if days else None, above=above or None
    )


def _smaller(bound: Decimal | None, own: str | None) -> Decimal | None:
    if own is None:
        return bound
    return Decimal(own) if bound is None else min(bound, Decimal(own))


def _within(bound: frozenset[str] | None, own: tuple[str, ...] | None) -> frozenset[str] | None:
    if own is None:
        return bound
    return frozenset(own) if bound is None else bound & frozenset(own)


def _later(bound: datetime | None, own: datetime | None) -> datetime | None:
    return own if bound is None else bound if own is None else max(bound, own)


def _shown(moment: datetime | None) -> str:
    return "no end" if moment is None or moment == FOREVER else f"{moment:%Y-%m-%d}"
