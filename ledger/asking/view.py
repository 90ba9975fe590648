"""One look at the views: what was true at a moment, as the log knew it at a position."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ledger.aggregates.verdict import Holding, Link
from ledger.events.responsibility import Mandate
from ledger.projections.members import absence, occupant, presence
from ledger.projections.ownership import allowance, holding, offer, responsibility, stand_in
from ledger.projections.temporal import ALWAYS, at, known_at
from ledger.values import FOREVER, member_stream, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping

    from ledger.projections.projector import Log


@dataclass(slots=True)
class View:
    """`at` is the moment asked about (UTC), `known` the position up to which the log counts; also a Roster.

    A view lives as long as one question: what it has looked up once it does not look up again.
    """

    connection: Connection
    log: Log
    at: datetime
    known: int
    _stays: dict[tuple[str, str], RowMapping | None] = field(default_factory=dict, repr=False, init=False)
    _groups: dict[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict, repr=False, init=False)
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
        query = select(responsibility).where(responsibility.c.stream == id_, at(responsibility, self.at, self.known))
        row = self.connection.execute(query).mappings().first()
        if row is None:
            return None
        held = self.latest_holding(id_)
        ended = self._ended(held) if held else None
        offered = self.connection.execute(
            select(offer.c.to).where(offer.c.stream == id_, at(offer, self.at, self.known)).order_by(offer.c.number)
        ).scalar()
        link = Link(
            responsibility=id_,
            code=row["code"],
            title=row["title"],
            decides=tuple(row["decides"].split()),
            reserved=tuple(row["reserved"].split()),
            holding=self._holding(id_, held) if held and ended is None else None,
            ceiling=_mandate(held) if held else None,
            former=(held["holder"], *ended) if held and ended else None,
            offered_to=offered,
            drawn=self._drawn(id_),
        )
        return link, row["parent"]

    def latest_holding(self, id_: str) -> RowMapping | None:
        """The holding that is or was the last one begun by that moment."""
        later = holding.alias("later")
        end = (
            select(func.max(later.c.valid_until))
            .where(later.c.stream == holding.c.stream, later.c.number == holding.c.number, known_at(later, self.known))
            .correlate(holding)
            .scalar_subquery()
        )
        query = (
            select(holding, end.label("held_until"))
            .where(holding.c.stream == id_, known_at(holding, self.known), holding.c.valid_from <= timestamp(self.at))
            .order_by(holding.c.valid_from.desc())
            .limit(1)
        )
        return self.connection.execute(query).mappings().first()

    def _ended(self, held: RowMapping) -> tuple[datetime, str] | None:
        """(when, why) the holding ended, or None where it goes on."""
        stay = self.stay(held["holder"], held["held_since"])
        gone = held["held_since"] if stay is None else stay["valid_until"]
        until = min(gone, held["valid_until"])
        if until > timestamp(self.at):
            return None
        cause = "left" if gone < held["valid_until"] else held["cause"] or "ended"
        return moment(until), cause

    def _holding(self, id_: str, held: RowMapping) -> Holding:
        query = select(stand_in.c.member).where(
            stand_in.c.stream == id_, stand_in.c.number == held["number"], at(stand_in, self.at, self.known)
        )
        stay = self.stay(held["holder"], held["held_since"])
        return Holding(
            delegation=held["number"],
            holder=held["holder"],
            delegator=held["delegator"],
            since=moment(held["held_since"]),
            until=moment(min(held["held_until"], stay["valid_until"] if stay else ALWAYS)),
            mandate=_mandate(held),
            stand_ins=tuple(
                self.connection.execute(query.order_by(stand_in.c.valid_from, stand_in.c.member)).scalars()
            ),
        )

    def _drawn(self, id_: str) -> Decimal:
        query = select(allowance.c.amount).where(
            allowance.c.stream == id_, known_at(allowance, self.known), allowance.c.year == self.at.year
        )
        return sum((Decimal(each) for each in self.connection.execute(query).scalars()), Decimal(0))

    def stay(self, member: str, stamp: str) -> RowMapping | None:
        """The stay of a member in the organisation that this timestamp lies in."""
        key = (member, stamp)
        if key not in self._stays:
            query = select(presence).where(
                presence.c.member == member,
                known_at(presence, self.known),
                presence.c.valid_from <= stamp,
                presence.c.valid_until > stamp,
            )
            self._stays[key] = self.connection.execute(query).mappings().first()
        return self._stays[key]

    def kind(self, member: str) -> str | None:
        """`person` or `group`, whether or not they are there at the moment."""
        row = self._member(member)
        return None if row is None else str(row["kind"])

    def acts(self, group: str) -> str | None:
        row = self._member(group)
        return None if row is None or row["kind"] != "group" else str(row["acts"] or "each")

    def occupants(self, group: str) -> Sequence[tuple[str, bool]]:
        """(handle, is a group) of everyone who sits in it; of a group that acts together, only those still there."""
        if group not in self._groups:
            query = select(occupant.c.member, occupant.c.is_group).where(
                occupant.c.stream == member_stream(group), at(occupant, self.at, self.known)
            )
            seats = [(row.member, bool(row.is_group)) for row in self.connection.execute(query.order_by(occupant.c.id))]
            if self.acts(group) == "together":
                seats = [seat for seat in seats if self.present(seat[0])]
            self._groups[group] = tuple(seats)
        return self._groups[group]

    def groups_of(self, member: str) -> set[str]:
        """Every group the member sits in, through groups too."""
        found: set[str] = set()
        waiting = [member]
        while waiting:
            query = select(occupant.c.group).where(
                occupant.c.member == waiting.pop(), at(occupant, self.at, self.known)
            )
            new = set(self.connection.execute(query).scalars()) - found
            found |= new
            waiting += new
        return found

    def present(self, member: str) -> bool:
        return self.stay(member, timestamp(self.at)) is not None

    def absent(self, member: str) -> bool:
        query = select(absence.c.id).where(absence.c.member == member, at(absence, self.at, self.known))
        return self.connection.execute(query).first() is not None

    def _member(self, member: str) -> RowMapping | None:
        key = (member, "")
        if key not in self._stays:
            query = select(presence).where(presence.c.member == member, known_at(presence, self.known)).limit(1)
            self._stays[key] = self.connection.execute(query).mappings().first()
        return self._stays[key]


def moment(stamp: str) -> datetime:
    """The instant of a timestamp."""
    return FOREVER if stamp == ALWAYS else datetime.fromisoformat(stamp)


def _mandate(row: RowMapping) -> Mandate:
    return Mandate.model_validate_json(row["mandate"])
