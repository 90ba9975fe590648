"""The founding of a ledger, and how a later correction changes what earlier entries say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.events import ledger as events

if TYPE_CHECKING:
    from ledger.events import Entry


@dataclass(frozen=True, slots=True)
class Founding:
    """Empty (`origin` is "") until the ledger is founded."""

    name: str = ""
    origin: str = ""
    founders: tuple[str, ...] = ()
    profile: str = "tillit"
    heads: tuple[str, ...] = ()
    urgent_by: tuple[str, ...] = ()
    series: str | None = None
    year_ends: str | None = None
    at: datetime | None = None


def evolve(state: Founding, entry: Entry) -> Founding:
    """What is so after the entry."""
    match entry.event:
        case events.LedgerFounded() as event:
            return replace(
                state,
                name=event.name,
                origin=event.origin,
                founders=event.founders,
                profile=event.profile,
                heads=event.heads,
                urgent_by=event.urgent_by,
                series=event.series,
                year_ends=event.year_ends,
                at=entry.occurred_at,
            )
        case events.LedgerContinued() as event:
            return replace(state, origin=event.origin)
        case _:
            return state
