"""Which official number was given to what."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, String

from ledger.events import ledger as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import temporal_table
from ledger.values import official

metadata = MetaData()

number = temporal_table(
    "official_number",
    metadata,
    Column("official", String, nullable=False),
    Column("series", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("of", String, nullable=False),
    Column("assigned_by", String, nullable=False),
    find_by=("official", "of"),
)

numbers = Projection("numbers", 1, "number:", (number,))


@numbers.on(events.NumberAssigned)
def _assigned(page: Page, event: events.NumberAssigned) -> None:
    page.add(
        number,
        page.stamp,
        None,
        official=official(event.series, event.number),
        series=event.series,
        number=event.number,
        of=event.of,
        assigned_by=page.entry.actor,
    )
