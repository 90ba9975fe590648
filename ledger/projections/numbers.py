"""Which official number was given to what."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData

from ledger.events import ledger as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, temporal_table
from ledger.values import official

metadata = MetaData()

number = temporal_table(
    "official_number",
    metadata,
    Column("official", TEXT, nullable=False),
    Column("series", TEXT, nullable=False),
    Column("number", Integer, nullable=False),
    Column("of", TEXT, nullable=False),
    Column("assigned_by", TEXT, nullable=False),
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
