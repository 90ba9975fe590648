"""What happens to those who can hold a responsibility."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from ledger.events.base import Event

MemberKind = Literal["person", "group"]
Acts = Literal["each", "together"]
CompetenceLevel = Literal["learning", "able", "teaching"]


class MemberAdded(Event):
    """A person or a group joined the organisation; `acts` says how the occupants of a group decide.

    A `body` is a group of elected members, which decides together in its own right. `name_digest` commits to the name
    to show, which may be erased. `name` held it plainly before there was that.
    """

    kind: ClassVar[str] = "member.added.v1"
    member: str
    member_kind: MemberKind = "person"
    name: str | None = None
    acts: Acts | None = None
    name_digest: str | None = None
    body: bool = False


class MemberRenamed(Event):
    """The display name changed; the handle stays. `name` and `name_digest` are as those of MemberAdded."""

    kind: ClassVar[str] = "member.renamed.v1"
    name: str | None = None
    name_digest: str | None = None


class MemberLeft(Event):
    """All that the member held is vacant from `last_day` on."""

    kind: ClassVar[str] = "member.left.v1"
    last_day: datetime


class MemberReturned(Event):
    """The member is back from `from_day`; earlier delegations are not."""

    kind: ClassVar[str] = "member.returned.v1"
    from_day: datetime


class GroupJoined(Event):
    """`member`, itself a group or a person, is an occupant of the group within [since, until)."""

    kind: ClassVar[str] = "group.joined.v1"
    member: str
    member_kind: MemberKind = "person"
    since: datetime
    until: datetime | None = None


class GroupParted(Event):
    """`member` is no longer an occupant of the group from `on`."""

    kind: ClassVar[str] = "group.parted.v1"
    member: str
    on: datetime


class CapacityStated(Event):
    """What the member says they have to give from `since`; `amount` is a decimal."""

    kind: ClassVar[str] = "capacity.stated.v1"
    amount: str
    unit: Literal["hours_week", "points"]
    since: datetime


class CompetenceStated(Event):
    """The member's own word."""

    kind: ClassVar[str] = "competence.stated.v1"
    competence: str
    level: CompetenceLevel
    evidence: str | None = None


class CompetenceConfirmed(Event):
    """Somebody else's word; the envelope's actor confirmed."""

    kind: ClassVar[str] = "competence.confirmed.v1"
    competence: str
    level: CompetenceLevel


class CompetenceWithdrawn(Event):
    """Taken back by the member or by who confirmed it."""

    kind: ClassVar[str] = "competence.withdrawn.v1"
    competence: str


class AbsenceStated(Event):
    """The member is away within [since, until); no cause is asked for."""

    kind: ClassVar[str] = "absence.stated.v1"
    since: datetime
    until: datetime
