"""One look at the views: what was true at a moment, as the log knew it at a position."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, String, and_, bindparam, case, func, select

from ledger.aggregates.chain import as_ceiling, ending
from ledger.aggregates.verdict import Holding, Link
from ledger.events.responsibility import Mandate
from ledger.projections.members import absence, occupant, presence
from ledger.projections.ownership import allowance, holding, offer, responsibility, stand_in
from ledger.projections.temporal import ALWAYS, at, known_at
from ledger.values import FOREVER, member_stream, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import BindParameter, ColumnElement, Connection, FromClause, RowMapping, ScalarSelect, Select

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
    _rows: dict[str, RowMapping | None] = field(default_factory=dict, repr=False, init=False)
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
            self._rows[id_] = self.connection.execute(_LINK, values).mappings().first()
        return self._rows[id_]

    def _former(self, id_: str, number: int) -> tuple[str, datetime, str] | None:
        """(who, when it ended, why) of the last holding before that of this number."""
        values = {"id": id_, "number": number, "at": timestamp(self.at), "known": self.known}
        row = self.connection.execute(_FORMER, values).mappings().first()
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
        """(handle, is a group) of everyone who sits in it; a group in it only while that is there."""
        if group not in self._groups:
            query = select(occupant.c.member, occupant.c.is_group).where(
                occupant.c.stream == member_stream(group), at(occupant, self.at, self.known)
            )
            seats = [(row.member, bool(row.is_group)) for row in self.connection.execute(query.order_by(occupant.c.id))]
            self._groups[group] = tuple(seat for seat in seats if not seat[1] or self.present(seat[0]))
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


def latest_holding(
    then: BindParameter[str] | str, known: BindParameter[int] | int, *, but: BindParameter[int] | None = None
) -> ScalarSelect[int]:
    """The row of the holding that holds or held last in the life of the responsibility in the statement around it.

    By when each ends with its holder's stay, so that what somebody who has left was to hold does not come before what
    another holds; that of the delegation numbered `but` left out.
    """
    latest, stay = holding.alias("latest"), presence.alias("stay")
    gone = func.coalesce(stay.c.valid_until, latest.c.held_since)
    query = (
        select(latest.c.id)
        .select_from(latest.outerjoin(stay, taken_on_in(latest, stay, known)))
        .where(
            latest.c.stream == responsibility.c.stream,
            known_at(latest, known),
            latest.c.valid_from <= then,
            latest.c.held_since >= responsibility.c.life,
        )
        .order_by(
            case((gone < latest.c.valid_until, gone), else_=latest.c.valid_until).desc(),
            latest.c.held_since.desc(),
            latest.c.number.desc(),
            latest.c.valid_from.desc(),
            latest.c.id.desc(),
        )
        .limit(1)
    )
    query = query if but is None else query.where(latest.c.number != but)
    return query.correlate(responsibility).scalar_subquery()


def taken_on_in(held: FromClause, stay: FromClause, known: BindParameter[int] | int) -> ColumnElement[bool]:
    """The stay of a holder in which it was taken on: who left and came back holds it no more."""
    return and_(
        stay.c.member == held.c.holder,
        known_at(stay, known),
        stay.c.valid_from <= held.c.held_since,
        stay.c.valid_until > held.c.held_since,
    )


def _link_statement() -> Select[*tuple[Any, ...]]:
    """Everything about one responsibility in one statement, since a chain has many links and a question many chains."""
    then, known = bindparam("at", type_=String), bindparam("known", type_=BigInteger)
    later, other = holding.alias("later"), holding.alias("other")
    others = (
        select(other.c.id)
        .where(other.c.stream == holding.c.stream, other.c.number != holding.c.number, known_at(other, known))
        .exists()
    )
    until = (
        select(func.max(later.c.valid_until))
        .where(later.c.stream == holding.c.stream, later.c.number == holding.c.number, known_at(later, known))
        .scalar_subquery()
    )
    final = holding.alias("final")
    ends_by = (
        select(final.c.cause)
        .where(final.c.stream == holding.c.stream, final.c.number == holding.c.number, known_at(final, known))
        .order_by(final.c.valid_until.desc(), final.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    offered_to = (
        select(offer.c.to)
        .where(offer.c.stream == responsibility.c.stream, at(offer, then, known))
        .order_by(offer.c.number)
        .limit(1)
        .scalar_subquery()
    )
    acting = (
        select(stand_in.c.member)
        .where(stand_in.c.stream == holding.c.stream, stand_in.c.number == holding.c.number, at(stand_in, then, known))
        .order_by(stand_in.c.valid_from, stand_in.c.member)
        .correlate(holding)
        .subquery()
    )
    return (
        select(
            responsibility.c.code,
            responsibility.c.title,
            responsibility.c.parent,
            responsibility.c.decides,
            responsibility.c.reserved,
            responsibility.c.source.label("defined_by"),
            holding.c.number,
            holding.c.holder,
            holding.c.delegator,
            holding.c.mandate,
            holding.c.held_since,
            holding.c.valid_until,
            holding.c.cause,
            holding.c.review_on,
            holding.c.basis,
            holding.c.source,
            presence.c.valid_until.label("gone"),
            presence.c.source.label("gone_by"),
            until.label("held_until"),
            ends_by.label("ends_by"),
            offered_to.label("offered_to"),
            others.label("others"),
            select(func.group_concat(acting.c.member, " ")).scalar_subquery().label("stand_ins"),
        )
        .select_from(responsibility)
        .outerjoin(holding, holding.c.id == latest_holding(then, known))
        .outerjoin(presence, taken_on_in(holding, presence, known))
        .where(responsibility.c.stream == bindparam("id"), at(responsibility, then, known))
        .limit(1)
    )


def _former_statement() -> Select[*tuple[Any, ...]]:
    """Who held a responsibility before the one who holds it."""
    then, known = bindparam("at", type_=String), bindparam("known", type_=BigInteger)
    before = latest_holding(then, known, but=bindparam("number", type_=Integer))
    return (
        select(
            holding.c.holder,
            holding.c.held_since,
            holding.c.valid_until,
            holding.c.cause,
            presence.c.valid_until.label("gone"),
        )
        .select_from(responsibility)
        .join(holding, holding.c.id == before)
        .outerjoin(presence, taken_on_in(holding, presence, known))
        .where(responsibility.c.stream == bindparam("id"), at(responsibility, then, known))
        .limit(1)
    )


_LINK = _link_statement()
_FORMER = _former_statement()
