"""What is held at a moment, by whom and on what terms: the rows that many questions begin with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, cast

from sqlalchemy import and_, select

from ledger.asking.statements import latest_holding, taken_on_in
from ledger.projections.care import need, terms
from ledger.projections.members import presence
from ledger.projections.ownership import holding, responsibility
from ledger.projections.temporal import at, known_at
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, RowMapping

    from ledger.asking.view import View


class Terms(NamedTuple):
    """What comes with a delegation, and what was missing when it was offered, as `leg: gap`."""

    resources: tuple[str, ...] = ()
    delegator_duties: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


class Need(NamedTuple):
    """What a responsibility takes: competences, and the effort in words."""

    competences: tuple[str, ...] = ()
    effort: str | None = None


def held(view: View, *only: ColumnElement[bool]) -> Iterator[RowMapping]:
    """Every delegation that is held at the moment by somebody who is there, by code."""
    then = timestamp(view.at)
    query = (
        select(
            responsibility.c.code,
            responsibility.c.title,
            responsibility.c.parent,
            responsibility.c.decides,
            holding,
            presence.c.kind,
        )
        .select_from(responsibility)
        .join(holding, and_(holding.c.id == latest_holding(then, view.known), holding.c.valid_until > then))
        .join(presence, and_(taken_on_in(holding, presence, view.known), presence.c.valid_until > then))
        .where(at(responsibility, view.at, view.known), *only)
        .order_by(responsibility.c.code)
    )
    yield from view.connection.execution_options(yield_per=500).execute(query).mappings()


def terms_of(view: View, stream: str, number: int) -> Terms:
    """The terms that the delegation was offered on."""
    query = select(terms).where(terms.c.stream == stream, terms.c.number == number, known_at(terms, view.known))
    row = view.connection.execute(query).mappings().first()
    if row is None:
        return Terms()
    readiness = cast("dict[str, str]", json.loads(row["readiness"]))
    return Terms(
        tuple(json.loads(row["resources"])),
        tuple(json.loads(row["delegator_duties"])),
        tuple(f"{leg}: {readiness[leg]}" for leg in sorted(readiness)),
    )


def needs(view: View, *only: ColumnElement[bool]) -> dict[str, Need]:
    """What each responsibility takes at the moment, by its id."""
    query = select(need).where(at(need, view.at, view.known), *only)
    return {
        row["stream"]: Need(tuple(row["competences"].split()), row["effort"])
        for row in view.connection.execute(query).mappings()
    }


def code_of(view: View, stream: str) -> str:
    """The code of a responsibility, also of one that is no more: a code never changes."""
    query = select(responsibility.c.code).where(responsibility.c.stream == stream).limit(1)
    return str(view.connection.execute(query).scalar() or stream)
