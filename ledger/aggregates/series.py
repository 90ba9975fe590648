"""A series of official numbers: how far it has come, and what has a number in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.events import ledger as events

if TYPE_CHECKING:
    from ledger.events import Entry


@dataclass(frozen=True, slots=True)
class Given:
    """A number that was given, and the one given before it.

    Linked, since a mapping that is copied for each number would make a long series slow to fold.
    """

    number: int
    of: str
    before: Given | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Series:
    """`last` is the highest number given, `at` the latest instant at which one was."""

    last: int = 0
    at: datetime | None = None
    given: Given | None = None

    def number_of(self, subject: str) -> int | None:
        """The number that a thing has here."""
        each = self.given
        while each is not None and each.of != subject:
            each = each.before
        return each.number if each else None


def evolve(state: Series, entry: Entry) -> Series:
    """What is so after the entry."""
    match entry.event:
        case events.NumberAssigned(number=number, of=of):
            given = Given(number, of, state.given)
            return replace(
                state,
                last=max(state.last, number),
                at=max(state.at or entry.occurred_at, entry.occurred_at),
                given=given,
            )
        case _:
            return state
