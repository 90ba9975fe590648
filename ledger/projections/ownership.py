"""What responsibilities there are, who is offered or holds them, and within which mandate."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ledger.events import responsibility as events
from ledger.projections.goals import goals_text
from ledger.projections.owned import allowance, holding, offer, responsibility, stand_in
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import ALWAYS
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from ledger.projections.sheet import Row

ownership = Projection("ownership", 7, "R-", (responsibility, offer, holding, stand_in, allowance))

_COLUMN_OF = {
    "title": "title",
    "purpose": "purpose",
    "decision_types": "decides",
    "reserved_types": "reserved",
    "legal_basis": "legal_basis",
    "report_rule": "report_rule",
    "goals": "goals",
}


def mandate_text(mandate: events.Mandate) -> str:
    return mandate.model_dump_json(exclude_defaults=True)


@ownership.on(events.ResponsibilityDefined)
def _defined(page: Page, event: events.ResponsibilityDefined) -> None:
    page.add(
        responsibility,
        page.stamp,
        None,
        code=event.code,
        title=event.title,
        parent=event.parent,
        purpose=event.purpose,
        decides=" ".join(event.decision_types),
        reserved=" ".join(event.reserved_types),
        legal_basis=event.legal_basis,
        report_rule=event.report_rule,
        goals=goals_text(event.goals),
        life=page.stamp,
    )


@ownership.on(events.ResponsibilityClarified)
def _clarified(page: Page, event: events.ResponsibilityClarified) -> None:
    for change in event.changes:
        if (column := _COLUMN_OF.get(change.field)) is not None:
            page.restate(responsibility, **{column: _as_kept(column, change.after)})


def _as_kept(column: str, said: object) -> object:
    if not isinstance(said, list | tuple):
        return said
    words = [str(each) for each in cast("Sequence[object]", said)]
    return goals_text(words) if column == "goals" else " ".join(words)


@ownership.on(events.ResponsibilityMoved)
def _moved(page: Page, event: events.ResponsibilityMoved) -> None:
    page.restate(responsibility, parent=event.parent_after)


@ownership.on(events.ResponsibilityRetired)
def _retired(page: Page, event: events.ResponsibilityRetired) -> None:
    del event
    for row in page.rows(responsibility):
        page.end(responsibility, row, page.stamp)


@ownership.on(events.DelegationOffered)
def _offered(page: Page, event: events.DelegationOffered) -> None:
    page.add(
        offer,
        page.stamp,
        None,
        number=event.delegation,
        to=event.to,
        delegator=page.entry.actor,
        mandate=mandate_text(event.mandate),
        review_on=event.review_on.isoformat(),
        check_in_every=event.check_in_every,
        basis=page.entry.basis,
        succeeds=event.succeeds,
        in_force=event.in_force,
    )
    if event.in_force:
        (row,) = page.rows(offer, number=event.delegation)
        _take_effect(page, row, None)
        # It waits for an acknowledgement, for as long as it is held.
        (held,) = page.rows(holding, number=event.delegation)
        page.extend(offer, row, held.valid_until)


@ownership.on(events.DelegationOfferWithdrawn, events.DelegationDeclined)
def _unanswered(page: Page, event: events.DelegationOfferWithdrawn | events.DelegationDeclined) -> None:
    for row in page.rows(offer, number=event.delegation):
        page.end(offer, row, page.stamp)


@ownership.on(events.DelegationAccepted)
def _accepted(page: Page, event: events.DelegationAccepted) -> None:
    for row in page.rows(offer, number=event.delegation):
        page.end(offer, row, page.stamp, in_force=False)
        if not row.values["in_force"]:
            _take_effect(page, row, event.reservations)
            continue
        for held in page.rows(holding, number=event.delegation):
            page.change(holding, held, page.stamp, reservations=event.reservations)


def _take_effect(page: Page, row: Row, reservations: str | None) -> None:
    """What the row of an offer says is held from now on, or from its own day."""
    mandate = events.Mandate.model_validate_json(str(row.values["mandate"]))
    start = page.stamp if mandate.since is None else max(page.stamp, timestamp(mandate.since))
    # Whatever is still held then ends: what this succeeds, or what somebody held who has left since.
    before = [former.values["number"] for former in page.rows(holding) if str(former.values["held_since"]) <= start]
    for number in dict.fromkeys(before):
        _end(page, number, start, "handed over")
    page.add(
        holding,
        start,
        None if mandate.until is None else max(timestamp(mandate.until), start),
        number=row.values["number"],
        holder=row.values["to"],
        delegator=row.values["delegator"],
        mandate=row.values["mandate"],
        mandate_since=start,
        level=mandate.level,
        held_since=start,
        cause="expired" if mandate.until else None,
        review_on=row.values["review_on"],
        check_in_every=row.values["check_in_every"],
        reservations=reservations,
        basis=row.values["basis"],
    )


@ownership.on(events.MandateChanged)
def _mandate_changed(page: Page, event: events.MandateChanged) -> None:
    """From the day on, until a later change: a renewal cuts a row in two, but the mandate goes on in both."""
    rows = page.rows(holding, number=event.delegation)
    if not rows:
        return
    start, end, cause = max(page.stamp, rows[0].valid_from), rows[-1].valid_until, rows[-1].values["cause"]
    current = max(place for place, row in enumerate(rows) if row.valid_from <= start)
    before = rows[current].values["mandate_since"]
    text, level = mandate_text(event.after), event.after.level
    for row in rows[current:]:
        if row.values["mandate_since"] == before:
            page.change(holding, row, start, mandate=text, mandate_since=start, level=level)
    later = any(start < str(row.values["mandate_since"]) < end for row in rows)
    if start < end and not later and cause in {None, "expired"}:
        _extend(page, event.delegation, event.after.until)


@ownership.on(events.DelegationRenewed)
def _renewed(page: Page, event: events.DelegationRenewed) -> None:
    _extend(page, event.delegation, event.until)
    _look_again(page, event.delegation, event.review_on)


@ownership.on(events.DelegationReviewed)
def _reviewed(page: Page, event: events.DelegationReviewed) -> None:
    if event.next_review_on is not None:
        _look_again(page, event.delegation, event.next_review_on)


def _look_again(page: Page, number: int, day: date) -> None:
    for row in page.rows(holding, number=number):
        if row.valid_until > page.stamp:
            page.change(holding, row, page.stamp, review_on=day.isoformat())


@ownership.on(events.DelegationCompleted)
def _completed(page: Page, event: events.DelegationCompleted) -> None:
    _end(page, event.delegation, page.stamp, "completed")


@ownership.on(events.DelegationHandedBack)
def _handed_back(page: Page, event: events.DelegationHandedBack) -> None:
    _end(page, event.delegation, timestamp(event.effective), "handed back")


@ownership.on(events.DelegationRevoked)
def _revoked(page: Page, event: events.DelegationRevoked) -> None:
    _end(page, event.delegation, timestamp(event.effective), "revoked")


@ownership.on(events.StandInAppointed)
def _stand_in(page: Page, event: events.StandInAppointed) -> None:
    page.add(
        stand_in,
        event.since,
        event.until,
        number=event.delegation,
        member=event.member,
        named_by=page.entry.actor,
    )


@ownership.on(events.StandInEnded)
def _stand_in_ended(page: Page, event: events.StandInEnded) -> None:
    for row in page.rows(stand_in, number=event.delegation, member=event.member):
        page.end(stand_in, row, event.on)


@ownership.on(events.AllowanceDrawn)
def _drawn(page: Page, event: events.AllowanceDrawn) -> None:
    page.add(allowance, page.stamp, None, year=event.year, amount=event.amount, decision=event.decision)


def _end(page: Page, number: object, day: str, cause: str) -> None:
    """The delegation ends on that day, if it did not before."""
    rows = page.rows(holding, number=number)
    if rows and rows[-1].valid_until > day:
        _set_end(page, rows, day, cause)


def _extend(page: Page, number: int, until: datetime | None) -> None:
    """Another end for a delegation that is held, earlier or later than before."""
    end, cause = (ALWAYS, None) if until is None else (timestamp(until), "expired")
    if rows := page.rows(holding, number=number):
        _set_end(page, rows, end, cause)


def _set_end(page: Page, rows: Sequence[Row], end: str, cause: str | None) -> None:
    """No row is true after the end, and those that reach it say the cause.

    One that would begin later ends before it begins and is true at no time. It is kept, as is the first however short
    it was held: a mandate stays as ceiling for those below, and that ceiling changes when the mandate would have.
    """
    end = max(end, rows[0].valid_from)
    for row in page.rows(offer, number=rows[0].values["number"], in_force=True):
        page.extend(offer, row, end)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        until = end if following is None else min(end, following.valid_from)
        if until == end:
            page.extend(holding, row, end, cause=cause)
        elif until != row.valid_until:
            page.extend(holding, row, until)


__all__ = ["allowance", "holding", "mandate_text", "offer", "ownership", "responsibility", "stand_in"]
