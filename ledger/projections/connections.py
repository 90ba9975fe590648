"""What was found out later about anything: the evidence for it, and the words to find it by."""

from __future__ import annotations

from sqlalchemy import Column, MetaData

from ledger.events import ledger as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, temporal_table

metadata = MetaData()

evidence = temporal_table(
    "evidence",
    metadata,
    Column("uri", TEXT, nullable=False),
    Column("label", TEXT, nullable=False),
    Column("digest", TEXT),
    Column("linked_by", TEXT, nullable=False),
)
tag = temporal_table("tag", metadata, Column("tag", TEXT, nullable=False), find_by=("tag",))

# Of every stream: they may be about anything.
connections = Projection("connections", 1, "", (evidence, tag))


@connections.on(events.EvidenceLinked)
def _linked(page: Page, event: events.EvidenceLinked) -> None:
    page.add(
        evidence,
        page.stamp,
        None,
        uri=event.uri,
        label=event.label,
        digest=event.digest,
        linked_by=page.entry.actor,
    )


@connections.on(events.Tagged)
def _tagged(page: Page, event: events.Tagged) -> None:
    for each in event.tags:
        page.add(tag, page.stamp, None, tag=each)
