"""What a look at the views asks of them, built once: that takes longer than to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, String, and_, bindparam, case, func, select

from ledger.projections.members import absence, occupant, presence
from ledger.projections.ownership import allowance, holding, offer, responsibility, stand_in
from ledger.projections.temporal import at, known_at

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, FromClause, ScalarSelect, Select

_THEN, _KNOWN = bindparam("at", type_=String), bindparam("known", type_=BigInteger)


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
    then, known = _THEN, _KNOWN
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
        .where(offer.c.stream == responsibility.c.stream, at(offer, then, known), offer.c.in_force.is_(False))
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
            holding.c.check_in_every,
            holding.c.basis,
            holding.c.source,
            presence.c.valid_until.label("gone"),
            presence.c.source.label("gone_by"),
            until.label("held_until"),
            ends_by.label("ends_by"),
            offered_to.label("offered_to"),
            others.label("others"),
            select(func.aggregate_strings(acting.c.member, " ")).scalar_subquery().label("stand_ins"),
        )
        .select_from(responsibility)
        .outerjoin(holding, holding.c.id == latest_holding(then, known))
        .outerjoin(presence, taken_on_in(holding, presence, known))
        .where(responsibility.c.stream == bindparam("id"), at(responsibility, then, known))
        .limit(1)
    )


def _former_statement() -> Select[*tuple[Any, ...]]:
    """Who held a responsibility before the one who holds it."""
    before = latest_holding(_THEN, _KNOWN, but=bindparam("number", type_=Integer))
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
        .outerjoin(presence, taken_on_in(holding, presence, _KNOWN))
        .where(responsibility.c.stream == bindparam("id"), at(responsibility, _THEN, _KNOWN))
        .limit(1)
    )


LINK = _link_statement()
FORMER = _former_statement()
DRAWN = select(allowance.c.amount).where(
    allowance.c.stream == bindparam("id"), known_at(allowance, _KNOWN), allowance.c.year == bindparam("year")
)
STAY = select(presence).where(presence.c.member == bindparam("member"), at(presence, _THEN, _KNOWN))
MEMBER = select(presence).where(presence.c.member == bindparam("member"), known_at(presence, _KNOWN)).limit(1)
ABSENCE = select(absence.c.id).where(absence.c.member == bindparam("member"), at(absence, _THEN, _KNOWN)).limit(1)
GROUPS = select(occupant.c.group).where(occupant.c.member == bindparam("member"), at(occupant, _THEN, _KNOWN))
OCCUPANTS = (
    select(occupant.c.member, occupant.c.is_group)
    .where(occupant.c.stream == bindparam("group"), at(occupant, _THEN, _KNOWN))
    .order_by(occupant.c.id)
)
CHILDREN = (
    select(responsibility.c.stream)
    .where(responsibility.c.parent == bindparam("id"), at(responsibility, _THEN, _KNOWN))
    .order_by(responsibility.c.code)
)
