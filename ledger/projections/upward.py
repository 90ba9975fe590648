"""Which matters went up, and by whose wish: brought by who held them, or taken by who stands above."""

from __future__ import annotations

from sqlalchemy import Column, MetaData

from ledger.events import decision as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, temporal_table

metadata = MetaData()

# `lower` is where the matter was, `upper` the responsibility above that it went to or that undid it.
passing = temporal_table(
    "passing",
    metadata,
    Column("how", TEXT, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("lower", TEXT),
    Column("upper", TEXT, nullable=False),
    find_by=("how", "upper"),
)

# The view of decisions says where a matter is; what it went through on the way is told here.
upward = Projection("upward", 1, "D-", (passing,))


@upward.on(events.DecisionReferredUp)
def _referred(page: Page, event: events.DecisionReferredUp) -> None:
    _passed(page, "referred up", event.from_responsibility, event.to_responsibility)


@upward.on(events.DecisionCalledIn)
def _called_in(page: Page, event: events.DecisionCalledIn) -> None:
    _passed(page, "called in", event.from_responsibility, event.to_responsibility)


@upward.on(events.DecisionOverruled)
def _overruled(page: Page, event: events.DecisionOverruled) -> None:
    _passed(page, "overruled", None, event.from_responsibility)


def _passed(page: Page, how: str, lower: str | None, upper: str) -> None:
    page.add(passing, page.stamp, None, how=how, by=page.entry.actor, lower=lower, upper=upper)
