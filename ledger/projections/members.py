"""Who is a member, who sits in which group, who is away, and what they can and have to give."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, MetaData

from ledger.events import member as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, temporal_table
from ledger.values import timestamp

metadata = MetaData()

presence = temporal_table(
    "presence",
    metadata,
    Column("member", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("acts", TEXT),
    Column("body", Boolean, nullable=False),
    find_by=("member",),
    keep_empty=True,
)
# Never the name itself, which may be erased: its digest, or None where the event behind the row has it plainly.
member_name = temporal_table("member_name", metadata, Column("member", TEXT), Column("name_digest", TEXT))
occupant = temporal_table(
    "occupant",
    metadata,
    Column("group", TEXT, nullable=False),
    Column("member", TEXT, nullable=False),
    Column("is_group", Boolean, nullable=False),
    find_by=("member",),
)
absence = temporal_table("absence", metadata, Column("member", TEXT, nullable=False), find_by=("member",))
capacity = temporal_table("capacity", metadata, Column("member", TEXT), Column("amount", TEXT), Column("unit", TEXT))
competence = temporal_table(
    "competence",
    metadata,
    Column("member", TEXT),
    Column("competence", TEXT),
    Column("level", TEXT),
    Column("said_by", TEXT),
    find_by=("member", "competence"),
)

members = Projection("members", 4, "member:", (presence, member_name, occupant, absence, capacity, competence))


def _handle(page: Page) -> str:
    return page.entry.stream.partition(":")[2]


@members.on(events.MemberAdded)
def _added(page: Page, event: events.MemberAdded) -> None:
    who = {"member": event.member, "kind": event.member_kind, "acts": event.acts, "body": event.body}
    page.add(presence, page.stamp, None, **who)
    if event.name is not None or event.name_digest is not None:
        page.add(member_name, page.stamp, None, member=event.member, name_digest=event.name_digest)


@members.on(events.MemberRenamed)
def _renamed(page: Page, event: events.MemberRenamed) -> None:
    known = page.rows(member_name)
    for row in known:
        if row.valid_from <= page.stamp < row.valid_until:
            page.change(member_name, row, page.stamp, name_digest=event.name_digest)
            return
    following = min((row.valid_from for row in known if row.valid_from > page.stamp), default=None)
    page.add(member_name, page.stamp, following, member=_handle(page), name_digest=event.name_digest)


@members.on(events.MemberLeft)
def _left(page: Page, event: events.MemberLeft) -> None:
    day = timestamp(event.last_day)
    for row in page.rows(presence):
        if row.valid_from <= day < row.valid_until:
            # Kept though its time be empty: it says what kind of member this was, who may come back.
            page.end(presence, row, day)


@members.on(events.MemberReturned)
def _returned(page: Page, event: events.MemberReturned) -> None:
    last = page.rows(presence)[-1]
    page.add(presence, event.from_day, None, **last.values)


@members.on(events.GroupJoined)
def _joined(page: Page, event: events.GroupJoined) -> None:
    page.add(
        occupant,
        event.since,
        event.until,
        group=_handle(page),
        member=event.member,
        is_group=event.member_kind == "group",
    )


@members.on(events.GroupParted)
def _parted(page: Page, event: events.GroupParted) -> None:
    for row in page.rows(occupant, member=event.member):
        page.end(occupant, row, event.on)


@members.on(events.AbsenceStated)
def _absent(page: Page, event: events.AbsenceStated) -> None:
    page.add(absence, event.since, event.until, member=_handle(page))


@members.on(events.CapacityStated)
def _capacity(page: Page, event: events.CapacityStated) -> None:
    since = timestamp(event.since)
    known = page.rows(capacity)
    following = min((row.valid_from for row in known if row.valid_from > since), default=None)
    for row in known:
        if row.valid_from <= since < row.valid_until:
            page.end(capacity, row, since)
    page.add(capacity, since, following, member=_handle(page), amount=event.amount, unit=event.unit)


@members.on(events.CompetenceStated, events.CompetenceConfirmed)
def _competence(page: Page, event: events.CompetenceStated | events.CompetenceConfirmed) -> None:
    for row in page.rows(competence, competence=event.competence, said_by=page.entry.actor):
        page.end(competence, row, page.stamp)
    page.add(
        competence,
        page.stamp,
        None,
        member=_handle(page),
        competence=event.competence,
        level=event.level,
        said_by=page.entry.actor,
    )


@members.on(events.CompetenceWithdrawn)
def _withdrawn(page: Page, event: events.CompetenceWithdrawn) -> None:
    """By the member all of it goes, also what others confirmed; by a confirmer only their own word."""
    for row in page.rows(competence, competence=event.competence):
        if page.entry.actor in {_handle(page), row.values["said_by"]}:
            page.end(competence, row, page.stamp)
