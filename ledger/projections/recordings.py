"""How each entry was written down: by whose hand, how long after it was so, and whether it puts another right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

from ledger.events.corrections import CORRECTIONS
from ledger.projections.projection import Projection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.events import Recorded

metadata = MetaData()

# Each entry as it was recorded, `id` its position. `actor` is None where the hand is the actor's own; `delay` is in
# whole seconds. Every entry has a row, so no column that can be spared.
recording = Table(
    "recording",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hand", String, nullable=False),
    Column("actor", String),
    Column("occurred_at", String(27), nullable=False),
    Column("delay", BigInteger, nullable=False),
)
correction = Table(
    "correction",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stream", String, nullable=False),
)

recordings = Projection("recordings", 1, "", (recording, correction))


@recordings.each_batch
def _recorded(connection: Connection, batch: Sequence[Recorded], stamps: Sequence[str]) -> None:
    rows: list[tuple[object, ...]] = []
    correcting: list[tuple[object, ...]] = []
    for recorded, stamp in zip(batch, stamps, strict=True):
        entry = recorded.entry
        hand, actor = entry.recorded_by, entry.actor
        delay = int((recorded.recorded_at - entry.occurred_at).total_seconds())
        rows.append((recorded.position, hand, None if hand == actor else actor, stamp, delay))
        if entry.event.kind in CORRECTIONS:
            correcting.append((recorded.position, entry.stream))
    _write(connection, recording, rows)
    _write(connection, correction, correcting)


def _write(connection: Connection, table: Table, rows: list[tuple[object, ...]]) -> None:
    # Tuples and the statement's text: a dictionary for each row would cost more than the row itself.
    if rows:
        connection.exec_driver_sql(str(table.insert().compile(dialect=connection.dialect)), rows)
