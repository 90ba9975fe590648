"""One look at the views: what was true at a moment, as the log knew it at a position."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.aggregates.chain import as_ceiling, ending
from ledger.aggregates.verdict import Holding, Link
from ledger.asking import statements
from ledger.events.responsibility import Mandate
from ledger.projections.temporal import ALWAYS
from ledger.values import FOREVER, member_stream, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping

    from ledger.asking.archive import Archive


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, by handle; `at` is the present and `known` the last position, since rights are those of today."""

    handle: str
    at: datetime
    known: int


@dataclass(slots=True)
class View:
    """`at` is the moment asked about (UTC), `known` the position up to which the log counts; also a Roster.

    Without a `reader` nobody asks; which feedback the reader may read is kept in `circles`. With `apart` no private
    text is shown, whoever asks.

    A view lives as long as one question: what it has looked up once it does not look up again.
    """

    connection: Connection
    log: Archive
    at: datetime
    known: int
    reader: Reader | None = None
    apart: bool = False
    circles: dict[str, bool] = field(default_factory=dict, repr=False, init=False)
    _stays: dict[tuple[str, str], RowMapping | None] = field(default_factory=dict, repr=False, init=False)
    _groups: dict[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict, repr=False, init=False)
    _rows: dict[str, RowMapping | None] = field(default_factory=dict, repr=False, init=False)
    _away: dict[str, bool] = field(default_factory=dict, repr=False, init=False)
    _links: dict[str, tuple[Link, str | None] | None] = field(default_factory=dict, repr=False, init=False)

    def chain(self, id_: str) -> tuple[Link, ...]:
        """The links from the root down to the responsibility; empty where it is not defined at that moment."""
        links: list[Link] = []
        current: str | None = id_
        while current is not None:
            found = self.link(current)
            if found is None:
                return ()
            links.append(found[0])
            current = found[1]
        return tuple(reversed(links))

    def known_chain(self, id_: str) -> tuple[Link, ...]:
        """The chain; only the last link where something above it is not defined at that moment, but it is."""
        found = self.link(id_)
        return self.chain(id_) or (() if found is None else (found[0],))

    def link(self, id_: str) -> tuple[Link, str | None] | None:
        """One responsibility as it stood, and its parent's id."""
        if id_ not in self._links:
            self._links[id_] = self._link(id_)
        return self._links[id_]

    def _link(self, id_: str) -> tuple[Link, str | None] | None:
        row = self.row(id_)
        if row is None:
            return None
        ended = self._ended(row) if row["holder"] is not None else None
        former = (row["holder"], *ended) if ended else self._former(id_, row["number"]) if row["others"] else None
        mandate = None if row["mandate"] is None else Mandate.model_validate_json(row["mandate"])
        link = Link(
            responsibility=id_,
            code=row["code"],
            title=row["title"],
            decides=tuple(row["decides"].split()),
            reserved=tuple(row["reserved"].split()),
            holding=self._holding(row, mandate) if mandate and ended is None else None,
            ceiling=as_ceiling(mandate) if mandate else None,
            former=former,
            offered_to=row["offered_to"],
            drawn=self._drawn(id_) if mandate and mandate.amount_per_year is not None else Decimal(0),
        )
        return link, row["parent"]

    def row(self, id_: str) -> RowMapping | None:
        """One responsibility with the last holding begun by that moment, and what else is true of it then."""
        if id_ not in self._rows:
            values = {"id": id_, "at": timestamp(self.at), "known": self.known}
            self._rows[id_] = self.connection.execute(statements.LINK, values).mappings().first()
        return self._rows[id_]

    def _former(self, id_: str, number: int) -> tuple[str, datetime, str] | None:
        """(who, when it ended, why) of the last holding before that of this number."""
        values = {"id": id_, "number": number, "at": timestamp(self.at), "known": self.known}
        row = self.connection.execute(statements.FORMER, values).mappings().first()
        ended = self._ended(row) if row else None
        return (row["holder"], *ended) if row and ended else None

    def _ended(self, row: RowMapping) -> tuple[datetime, str] | None:
        """(when, why) the holding ended, or None where it goes on."""
        gone = row["gone"] or row["held_since"]
        until = min(gone, row["valid_until"])
        if until > timestamp(self.at):
            return None
        return moment(until), "left" if gone < row["valid_until"] else row["cause"] or "ended"

    def _holding(self, row: RowMapping, mandate: Mandate) -> Holding:
        until = moment(row["held_until"])
        return Holding(
            delegation=row["number"],
            holder=row["holder"],
            delegator=row["delegator"],
            since=moment(row["held_since"]),
            until=min(until, moment(row["gone"] or ALWAYS)),
            mandate=ending(mandate, until) if row["ends_by"] in {None, "expired"} else mandate,
            stand_ins=tuple(each for each in (row["stand_ins"] or "").split() if self.present(each)),
        )

    def _drawn(self, id_: str) -> Decimal:
        values = {"id": id_, "year": self.at.year, "known": self.known}
        return sum((Decimal(each) for each in self.connection.execute(statements.DRAWN, values).scalars()), Decimal(0))

    def children(self, id_: str) -> Sequence[str]:
        """What lies right under the responsibility, by code."""
        values = {"id": id_, "at": timestamp(self.at), "known": self.known}
        return self.connection.execute(statements.CHILDREN, values).scalars().all()

    def stay(self, member: str, stamp: str) -> RowMapping | None:
        """The stay of a member in the organisation that this timestamp lies in."""
        key = (member, stamp)
        if key not in self._stays:
            values = {"member": member, "at": stamp, "known": self.known}
            self._stays[key] = self.connection.execute(statements.STAY, values).mappings().first()
        return self._stays[key]

    def kind(self, member: str) -> str | None:
        """`person` or `group`, whether or not they are there at the moment."""
        row = self._member(member)
        return None if row is None else str(row["kind"])

    def acts(self, group: str) -> str | None:
        row = self._member(group)
        return None if row is None or row["kind"] != "group" else str(row["acts"] or "each")

    def body(self, group: str) -> bool:
        """Whether it is a group of elected members that decides together in its own right."""
        row = self._member(group)
        return row is not None and bool(row["body"])

    def occupants(self, group: str) -> Sequence[tuple[str, bool]]:
        """(handle, is a group) of everyone who sits in it; a group in it only while that is there."""
        if group not in self._groups:
            values = {"group": member_stream(group), "at": timestamp(self.at), "known": self.known}
            seats = [(row.member, bool(row.is_group)) for row in self.connection.execute(statements.OCCUPANTS, values)]
            self._groups[group] = tuple(seat for seat in seats if not seat[1] or self.present(seat[0]))
        return self._groups[group]

    def groups_of(self, member: str) -> set[str]:
        """Every group the member sits in, through groups too."""
        found: set[str] = set()
        waiting = [member]
        while waiting:
            values = {"member": waiting.pop(), "at": timestamp(self.at), "known": self.known}
            new = set(self.connection.execute(statements.GROUPS, values).scalars()) - found
            found |= new
            waiting += new
        return found

    def present(self, member: str) -> bool:
        return self.stay(member, timestamp(self.at)) is not None

    def absent(self, member: str) -> bool:
        if member not in self._away:
            values = {"member": member, "at": timestamp(self.at), "known": self.known}
            self._away[member] = self.connection.execute(statements.ABSENCE, values).first() is not None
        return self._away[member]

    def _member(self, member: str) -> RowMapping | None:
        key = (member, "")
        if key not in self._stays:
            values = {"member": member, "known": self.known}
            self._stays[key] = self.connection.execute(statements.MEMBER, values).mappings().first()
        return self._stays[key]


def moment(stamp: str) -> datetime:
    """The instant of a timestamp."""
    return FOREVER if stamp == ALWAYS else datetime.fromisoformat(stamp)
