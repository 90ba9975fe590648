"""What was decided, on what footing, and what replaced what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import literal_column, select

from ledger.asking.names import decision_by, member_by, responsibility_by
from ledger.asking.view import moment
from ledger.projections.connections import tag
from ledger.projections.decisions import decision, supersession
from ledger.projections.temporal import at, known_at
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select

    from ledger.asking.view import View

    Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which decisions: each that is given must hold."""

    since: datetime | None = None
    where: str | None = None
    by: str | None = None
    outside: bool = False
    acting: bool = False
    open: bool = False
    tag: str | None = None


def decisions(view: View, filters: Filters) -> Iterator[Row]:
    """L21, A6, A10: the decisions that fit, the oldest first."""
    query = fitting(view, filters)
    query = query.where(decision.c.status == "open" if filters.open else decision.c.made_at.is_not(None))
    with view.connection.execution_options(yield_per=500).execute(query) as result:
        for row in result.mappings():
            yield _answer(view, cast("Row", dict(row)))


def fitting(view: View, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The statement for the rows that fit, made or open, the oldest first. Raises NotFound for unknown names."""
    query = select(decision).where(at(decision, view.at, view.known))
    if filters.since is not None:
        query = query.where(decision.c.made_at >= timestamp(filters.since))
    if filters.where is not None:
        query = query.where(decision.c.responsibility == responsibility_by(view.connection, filters.where))
    if filters.by is not None:
        # Of an open matter, who opened it: the column that is shown.
        who = decision.c.opened_by if filters.open else decision.c.by
        query = query.where(who == member_by(view.connection, filters.by))
    if filters.outside:
        query = query.where(decision.c.verdict != literal_column("'inside'"))
    if filters.acting:
        query = query.where(decision.c.capacity == "stand-in")
    if filters.tag is not None:
        tagged = select(tag.c.stream).where(tag.c.tag == filters.tag, at(tag, view.at, view.known))
        query = query.where(decision.c.stream.in_(tagged))
    return query.order_by(decision.c.made_at, decision.c.stream)


def lineage(view: View, name: str) -> Iterator[Row]:
    """A25: what a decision took over from, and what took over from it, the oldest first."""
    start = decision_by(view.connection, name)
    family: dict[str, list[Row]] = {}
    waiting = [start]
    while waiting:
        id_ = waiting.pop()
        if id_ in family:
            continue
        known = known_at(supersession, view.known)
        stamp = timestamp(view.at)
        links = [
            cast("Row", dict(row))
            for column in (supersession.c.successor, supersession.c.stream)
            for row in view.connection.execute(
                select(supersession).where(column == id_, known, supersession.c.valid_from <= stamp)
            ).mappings()
        ]
        family[id_] = [link for link in links if link["successor"] == id_]
        waiting += [str(link[end]) for link in links for end in ("successor", "stream")]
    rows = [(decision_row(view, id_), links) for id_, links in family.items()]
    for row, links in sorted(((row, links) for row, links in rows if row), key=lambda pair: str(pair[0]["made_at"])):
        yield {
            "decision": row["stream"],
            "date": moment(str(row["made_at"])) if row["made_at"] else None,
            "title": row["title"],
            "status": row["status"],
            "supersedes": [str(link["stream"]) for link in links],
            "part": [str(link["named"] or link["part"]) for link in links],
            "why": next((link["reason"] for link in links if link["reason"]), row["rationale"]),
            "explain": [row["source"]],
        }


def decision_row(view: View, id_: str) -> Row | None:
    """The decision as it stood at the moment."""
    query = select(decision).where(decision.c.stream == id_, at(decision, view.at, view.known))
    row = view.connection.execute(query).mappings().first()
    return None if row is None else cast("Row", dict(row))


def _answer(view: View, row: Row) -> Row:
    made = moment(str(row["made_at"])) if row["made_at"] else None
    found = view.link(str(row["responsibility"]))
    failing = view.link(str(row["failing"])) if row["failing"] else None
    settled = row["settled_by"] is not None or row["verdict"] == "inside"
    return {
        "decision": row["stream"],
        "date": made,
        "title": row["title"],
        "responsibility": found[0].code if found else row["responsibility"],
        "by": row["by"] or row["opened_by"],
        "type": row["type"],
        "amount": row["amount"],
        "verdict": row["verdict"],
        "status": row["status"],
        "review_on": row["review_on"],
        "acting_for": row["acting_for"],
        "as": row["capacity"],
        "link": failing[0].code if failing else None,
        "dimension": row["dimension"],
        "limit": row["limit"],
        "asked": row["asked"],
        "reason": row["reason"],
        "settled_by": row["settled_by"],
        "days_open": None if settled or made is None else (view.at - made).days,
        "explain": [row["source"]],
    }
