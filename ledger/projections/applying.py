"""Applies a batch of events to projections, each event to all of them at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ledger.events.corrections import CORRECTIONS, corrected
from ledger.projections.projection import Page
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Table

    from ledger.events import Recorded
    from ledger.projections.projection import Handler, Projection
    from ledger.projections.projector import Log
    from ledger.projections.sheet import Sheet


def apply(
    connection: Connection,
    projections: Sequence[Projection],
    batch: Sequence[Recorded],
    sheets: Mapping[Table, Sheet],
    log: Log,
) -> None:
    """Write what the events of the batch change in the tables of the projections."""
    hearing = [projection for projection in projections if projection.handlers]
    own = [sheets[table] for projection in hearing for table in projection.tables]
    begun = {each.entry.stream for each in batch if each.entry.version == 1}
    streams: dict[str, list[str]] = defaultdict(list)
    for each in batch:
        streams[each.entry.event.kind].append(each.entry.stream)
    for sheet in own:
        sheet.begin(connection, begun, streams)
    handlers: dict[str, list[tuple[str, Handler]]] = defaultdict(list)
    for projection in hearing:
        for kind, handler in projection.handlers.items():
            handlers[kind].append((projection.prefix, handler))
    stamps: list[str] = []
    for recorded in batch:
        entry, position = recorded.entry, recorded.position
        stream, event = entry.stream, entry.event
        # Written down once for all: it costs a good part of what a handler does.
        stamp = timestamp(entry.occurred_at)
        stamps.append(stamp)
        if (hear := handlers.get(event.kind)) is not None:
            page = Page(sheets, entry, position, position, stamp)
            for prefix, handler in hear:
                if stream.startswith(prefix):
                    handler(page, event)
        elif event.kind in CORRECTIONS:
            for projection in hearing:
                if stream.startswith(projection.prefix):
                    _retell(projection, recorded, sheets, log)
    for sheet in own:
        sheet.flush()
    for projection in projections:
        if projection.whole is not None:
            projection.whole(connection, batch, stamps)


def _retell(projection: Projection, correction: Recorded, sheets: Mapping[Table, Sheet], log: Log) -> None:
    """After a correction the whole stream speaks anew, and that is known from the correction on."""
    stream = correction.entry.stream
    for table in projection.tables:
        sheet = sheets[table]
        for row in sheet.rows(stream, correction.entry.event.kind):
            sheet.close(row, correction.position)
    known = [each for each in log.stream(stream) if each.position <= correction.position]
    positions = {each.entry.version: each.position for each in known}
    for entry in corrected(each.entry for each in known):
        handler = projection.handlers.get(entry.event.kind)
        if handler is not None:
            stamp = timestamp(entry.occurred_at)
            handler(Page(sheets, entry, correction.position, positions[entry.version], stamp), entry.event)
