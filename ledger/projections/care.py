"""What goes with a delegation besides its mandate: terms, check-ins, support, reviews, changes and how it ended.

An offer, a change of mandate and an end are read here a second time: who holds what is another question than how
people fared with it, and the views of the first must not grow with the second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import Boolean, Column, Integer, MetaData

from ledger.events import responsibility as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, json_text, temporal_table
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

metadata = MetaData()

# What a responsibility takes: competences in one text, a space between; the effort in words.
need = temporal_table("need", metadata, Column("competences", TEXT, nullable=False), Column("effort", TEXT))
# Each of these is true from when it was said on: what was said is not unsaid, only answered.
terms = temporal_table(
    "terms",
    metadata,
    Column("number", Integer, nullable=False),
    Column("resources", TEXT, nullable=False),
    Column("delegator_duties", TEXT, nullable=False),
    Column("readiness", TEXT, nullable=False),
    Column("together_with", TEXT, nullable=False),
)
check_in = temporal_table(
    "check_in",
    metadata,
    Column("number", Integer, nullable=False),
    Column("present", TEXT, nullable=False),
    Column("asked_by", TEXT, nullable=False),
    Column("planned", Boolean, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("note_digest", TEXT),
    Column("next_on", TEXT),
)
support = temporal_table(
    "support",
    metadata,
    Column("support", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("asked_at", TEXT, nullable=False),
    Column("asked_by", TEXT, nullable=False),
    Column("of", TEXT, nullable=False),
    Column("what", TEXT, nullable=False),
    Column("given_at", TEXT),
    Column("given_by", TEXT),
    Column("given", TEXT),
    find_by=("of",),
)
review = temporal_table(
    "review",
    metadata,
    Column("number", Integer, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("design", TEXT, nullable=False),
    Column("mandate", TEXT, nullable=False),
    Column("delegator_part", TEXT, nullable=False),
    Column("learned", TEXT, nullable=False),
    Column("next_review_on", TEXT),
)
mandate_change = temporal_table(
    "mandate_change",
    metadata,
    Column("number", Integer, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("direction", TEXT, nullable=False),
    find_by=("by",),
)
ending = temporal_table(
    "ending",
    metadata,
    Column("number", Integer, nullable=False),
    Column("how", TEXT, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("reason", TEXT),
    Column("lacking", TEXT),
    Column("talked_first", Boolean),
    Column("effective", TEXT, nullable=False),
    find_by=("how",),
)

care = Projection("care", 2, "R-", (need, terms, check_in, support, review, mandate_change, ending))


@care.on(events.ResponsibilityDefined)
def _defined(page: Page, event: events.ResponsibilityDefined) -> None:
    page.add(need, page.stamp, None, competences=" ".join(event.competences), effort=event.effort)


@care.on(events.ResponsibilityClarified)
def _clarified(page: Page, event: events.ResponsibilityClarified) -> None:
    for change in event.changes:
        if change.field == "competences":
            page.restate(need, competences=" ".join(cast("Sequence[str]", change.after or ())))
        elif change.field == "effort":
            page.restate(need, effort=change.after)


@care.on(events.ResponsibilityRetired)
def _retired(page: Page, event: events.ResponsibilityRetired) -> None:
    del event
    for row in page.rows(need):
        page.end(need, row, page.stamp)


@care.on(events.DelegationOffered)
def _offered(page: Page, event: events.DelegationOffered) -> None:
    others = page.entry.together_with
    if event.resources or event.delegator_duties or event.readiness or others:
        page.add(
            terms,
            page.stamp,
            None,
            number=event.delegation,
            resources=json_text(event.resources),
            delegator_duties=json_text(event.delegator_duties),
            readiness=json_text(event.readiness),
            together_with=" ".join(others),
        )


@care.on(events.CheckInHeld)
def _checked_in(page: Page, event: events.CheckInHeld) -> None:
    page.add(
        check_in,
        page.stamp,
        None,
        number=event.delegation,
        present=" ".join(_there(page)),
        asked_by=event.asked_by,
        planned=event.planned,
        state=event.state,
        note_digest=event.note_digest,
        next_on=event.next_on.isoformat() if event.next_on else None,
    )


@care.on(events.SupportAsked)
def _asked(page: Page, event: events.SupportAsked) -> None:
    page.add(
        support,
        page.stamp,
        None,
        support=event.support,
        number=event.delegation,
        asked_at=page.stamp,
        asked_by=page.entry.actor,
        of=event.of,
        what=event.what,
    )


@care.on(events.SupportGiven)
def _given(page: Page, event: events.SupportGiven) -> None:
    for row in page.rows(support, support=event.support, given_at=None):
        page.change(support, row, page.stamp, given_at=page.stamp, given_by=page.entry.actor, given=event.what)


@care.on(events.DelegationReviewed)
def _reviewed(page: Page, event: events.DelegationReviewed) -> None:
    page.add(
        review,
        page.stamp,
        None,
        number=event.delegation,
        by=" ".join(_there(page)),
        design=event.design,
        mandate=event.mandate,
        delegator_part=event.delegator_part,
        learned=event.learned,
        next_review_on=event.next_review_on.isoformat() if event.next_review_on else None,
    )


@care.on(events.MandateChanged)
def _changed(page: Page, event: events.MandateChanged) -> None:
    page.add(mandate_change, page.stamp, None, number=event.delegation, by=page.entry.actor, direction=event.direction)


@care.on(events.DelegationHandedBack)
def _handed_back(page: Page, event: events.DelegationHandedBack) -> None:
    effective = timestamp(event.effective)
    _ended(page, event.delegation, "handed back", effective=effective, lacking=event.lacking)


@care.on(events.DelegationRevoked)
def _revoked(page: Page, event: events.DelegationRevoked) -> None:
    effective = timestamp(event.effective)
    _ended(page, event.delegation, "revoked", effective=effective, talked_first=event.talked_first)


def _ended(page: Page, number: int, how: str, **values: object) -> None:
    by, reason = page.entry.actor, page.entry.reason
    page.add(ending, page.stamp, None, number=number, how=how, by=by, reason=reason, **values)


def _there(page: Page) -> list[str]:
    return sorted({page.entry.actor, *page.entry.together_with})
