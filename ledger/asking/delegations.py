"""Every delegation there was: offered, accepted or not, and what was decided before it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.aggregates.seats import people
from ledger.asking.view import moment
from ledger.events.responsibility import Mandate
from ledger.projections.decisions import decision
from ledger.projections.ownership import holding, offer
from ledger.projections.temporal import at, known_at
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from datetime import datetime

    from sqlalchemy import RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]


def delegations(view: View, *, unaccepted: bool = False) -> Iterator[Row]:
    """Every delegation that was offered by the moment, by responsibility and number.

    A21: with `unaccepted` only those whose window had begun before they were accepted, or under which the one it was
    offered to decided before. Without a day of its own a mandate begins when it is offered: then only what was decided
    tells.
    """
    offered = select(offer).where(known_at(offer, view.known), offer.c.valid_from <= timestamp(view.at))
    rows = [_answer(view, row) for row in view.connection.execute(offered).mappings().all()]
    if not unaccepted:
        rows += _at_once(view, {(row["stream"], row["number"]) for row in rows})
    for row in sorted(rows, key=lambda row: (str(row["responsibility"]), int(str(row["number"])))):
        if not unaccepted or row["ran"] or row["decisions_before"]:
            yield {name: value for name, value in row.items() if name not in {"ran", "stream"}}


def _at_once(view: View, but: Container[tuple[object, object]]) -> Iterator[Row]:
    """Those accepted in the instant in which they were offered: no offer of theirs was ever true."""
    held = (
        select(holding)
        .where(known_at(holding, view.known), holding.c.valid_from <= timestamp(view.at))
        .order_by(holding.c.stream, holding.c.number, holding.c.valid_from, holding.c.id)
    )
    seen: set[tuple[object, object]] = set()
    for row in view.connection.execute(held).mappings().all():
        key = (row["stream"], row["number"])
        if key in but or key in seen:
            continue
        seen.add(key)
        since = moment(row["held_since"])
        yield {
            **_named(view, row, row["holder"]),
            "valid_from": since,
            "accepted": since,
            "state": "accepted",
            "decisions_before": [],
            "ran": False,
            "explain": [row["source"]],
        }


def _answer(view: View, row: RowMapping) -> Row:
    stated = Mandate.model_validate_json(row["mandate"]).since
    offered, ended = moment(row["valid_from"]), moment(row["valid_until"])
    begins = stated or offered
    accepted = _accepted(view, row)
    until = accepted or min(view.at, ended)
    before = _decided(view, row, min(begins, offered), until)
    return {
        **_named(view, row, row["to"]),
        "valid_from": begins,
        "accepted": accepted,
        "state": "accepted" if accepted else "open" if ended > view.at else "not taken on",
        "decisions_before": [str(each["stream"]) for each in before],
        "ran": stated is not None and begins < until,
        "explain": [row["source"], *(each["made_position"] for each in before)],
    }


def _named(view: View, row: RowMapping, to: object) -> Row:
    found = view.link(str(row["stream"]))
    code = found[0].code if found else str(row["stream"])
    return {
        "stream": row["stream"],
        "delegation": f"{code} {row['number']}",
        "responsibility": code,
        "number": row["number"],
        "to": to,
        "by": row["delegator"],
    }


def _accepted(view: View, row: RowMapping) -> datetime | None:
    """When it was accepted, which is when the offer ended: authority may start later."""
    query = select(holding.c.id).where(
        holding.c.stream == row["stream"], holding.c.number == row["number"], known_at(holding, view.known)
    )
    if row["valid_until"] > timestamp(view.at) or view.connection.execute(query).first() is None:
        return None
    return moment(row["valid_until"])


def _decided(view: View, row: RowMapping, since: datetime, until: datetime) -> list[RowMapping]:
    """What the one it was offered to, or whoever sits in that group, decided there meanwhile."""
    query = (
        select(decision)
        .where(
            at(decision, view.at, view.known),
            decision.c.responsibility == row["stream"],
            decision.c.by.in_(people(str(row["to"]), view)),
            decision.c.made_at >= timestamp(since),
            decision.c.made_at < timestamp(until),
        )
        .order_by(decision.c.made_at, decision.c.stream)
    )
    return list(view.connection.execute(query).mappings().all())
