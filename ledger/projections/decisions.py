"""What was decided, on what footing, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData

from ledger.events import decision as events
from ledger.projections.goals import goals_text
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, temporal_table

if TYPE_CHECKING:
    from ledger.projections.sheet import Row

metadata = MetaData()

decision = temporal_table(
    "decision",
    metadata,
    Column("title", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("type", TEXT, nullable=False),
    Column("responsibility", TEXT, nullable=False),
    Column("amount", TEXT),
    Column("scope", TEXT, nullable=False),
    Column("one_way", Boolean, nullable=False),
    Column("counterparty", TEXT),
    Column("process", TEXT, nullable=False),
    Column("goals", TEXT),
    Column("status", TEXT, nullable=False),
    Column("opened_by", TEXT, nullable=False),
    Column("by", TEXT),
    Column("acting_for", TEXT),
    Column("capacity", TEXT),
    Column("delegation", BigInteger),
    Column("made_at", TEXT),
    Column("verdict", TEXT),
    Column("made_position", BigInteger),
    Column("failing", TEXT),
    Column("dimension", TEXT),
    Column("limit", TEXT),
    Column("asked", TEXT),
    Column("chosen", TEXT),
    Column("rationale", TEXT),
    Column("reason", TEXT),
    Column("review_on", TEXT),
    Column("settled_by", TEXT),
    find_by=("responsibility", "by", "made_at"),
)
# Few are not inside a mandate, and they are looked for often.
_NOT_INSIDE = decision.c.verdict != "inside"
Index("decision_not_inside", decision.c.verdict, sqlite_where=_NOT_INSIDE, postgresql_where=_NOT_INSIDE)
supersession = temporal_table(
    "supersession",
    metadata,
    Column("successor", TEXT, nullable=False),
    Column("part", TEXT, nullable=False),
    Column("named", TEXT),
    Column("reason", TEXT),
    find_by=("successor",),
)
conflict = temporal_table(
    "conflict", metadata, Column("member", TEXT, nullable=False), Column("ground", TEXT), find_by=("member",)
)

decisions = Projection("decisions", 6, "D-", (decision, supersession, conflict))


@decisions.on(events.DecisionProposed)
def _proposed(page: Page, event: events.DecisionProposed) -> None:
    page.add(
        decision,
        page.stamp,
        None,
        title=event.title,
        kind=event.decision_kind,
        type=event.decision_type,
        responsibility=event.responsibility,
        amount=event.amount,
        scope=" ".join(event.scope),
        one_way=event.reversibility == "one_way",
        counterparty=event.counterparty,
        process=event.process,
        goals=goals_text(event.goals),
        status="open",
        opened_by=page.entry.actor,
    )


@decisions.on(events.DecisionReferredUp, events.DecisionCalledIn)
def _went_up(page: Page, event: events.DecisionReferredUp | events.DecisionCalledIn) -> None:
    _from_now(page, responsibility=event.to_responsibility)


# What an amendment may change that the view shows, and under which name.
_SHOWN = {
    "title": "title",
    "decision_type": "type",
    "amount": "amount",
    "counterparty": "counterparty",
}


@decisions.on(events.ProposalAmended)
def _amended(page: Page, event: events.ProposalAmended) -> None:
    values = {_SHOWN[each.field]: each.after for each in event.changes if each.field in _SHOWN}
    for each in event.changes:
        if each.field == "scope":
            values["scope"] = " ".join(map(str, cast("list[object]", each.after or [])))
        if each.field == "goals":
            values["goals"] = goals_text(cast("list[str]", each.after or []))
        if each.field == "reversibility":
            values["one_way"] = each.after == "one_way"
    if values:
        _from_now(page, **values)


@decisions.on(events.ProposalDeclined)
def _declined(page: Page, event: events.ProposalDeclined) -> None:
    del event
    _from_now(page, status="declined", reason=page.entry.reason, settled_by=f"declined by {page.entry.actor}")


@decisions.on(events.ProposalWithdrawn)
def _withdrawn(page: Page, event: events.ProposalWithdrawn) -> None:
    del event
    _from_now(page, status="withdrawn", reason=page.entry.reason, settled_by=f"withdrawn by {page.entry.actor}")


@decisions.on(events.DecisionMade)
def _made(page: Page, event: events.DecisionMade) -> None:
    # Whoever reads the log for the views gets a proof with its checks only where one of them failed.
    checks = () if event.authority.verdict == "inside" else event.authority.checks
    failed = next((check for check in checks if check.result == "no"), None)
    _from_now(
        page,
        status="stands",
        by=page.entry.actor,
        acting_for=event.acting_for,
        capacity=event.authority.capacity,
        delegation=event.authority.delegation,
        made_at=page.stamp,
        verdict=event.authority.verdict,
        made_position=page.source,
        failing=failed.responsibility if failed else None,
        dimension=failed.dimension if failed else None,
        limit=failed.limit if failed else None,
        asked=failed.asked if failed else None,
        chosen=event.chosen,
        rationale=event.rationale,
        reason=page.entry.reason,
        review_on=event.review_on.isoformat() if event.review_on else None,
    )


@decisions.on(events.DecisionSuperseded)
def _superseded(page: Page, event: events.DecisionSuperseded) -> None:
    page.add(
        supersession,
        page.stamp,
        None,
        successor=event.by_decision,
        part=event.part,
        named=event.named,
        reason=page.entry.reason,
    )
    if event.part == "whole":
        _from_now(page, status="superseded", settled_by=f"superseded by {event.by_decision}")


@decisions.on(events.DecisionReversed)
def _reversed(page: Page, event: events.DecisionReversed) -> None:
    del event
    _from_now(page, status="reversed", settled_by=f"reversed by {page.entry.actor}")


@decisions.on(events.DecisionOverruled)
def _overruled(page: Page, event: events.DecisionOverruled) -> None:
    del event
    _from_now(page, status="overruled", settled_by=f"overruled by {page.entry.actor}")


@decisions.on(events.DecisionRatified)
def _ratified(page: Page, event: events.DecisionRatified) -> None:
    del event
    _from_now(page, settled_by=f"ratified by {page.entry.actor}")


@decisions.on(events.DecisionReported)
def _reported(page: Page, event: events.DecisionReported) -> None:
    """What was made outside mandate or as urgent is settled by being reported, where nothing settled it before."""
    for row in _affected(page):
        if row.values["verdict"] in {"outside", "urgent"} and row.values["settled_by"] is None:
            page.change(decision, row, page.stamp, settled_by=f"reported to {event.to}")


@decisions.on(events.ConflictDeclared)
def _conflict(page: Page, event: events.ConflictDeclared) -> None:
    del event
    page.add(conflict, page.stamp, None, member=page.entry.actor, ground=page.entry.reason)


def _from_now(page: Page, **values: object) -> None:
    for row in _affected(page):
        page.change(decision, row, page.stamp, **values)


def _affected(page: Page) -> list[Row]:
    return [row for row in page.rows(decision) if row.valid_until > page.stamp]
