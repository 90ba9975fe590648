"""Who carries how much, who could grow into what, and where all hangs on one person. By name, never by rank."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ledger.aggregates.seats import people
from ledger.asking.held import Need, held, needs
from ledger.asking.names import responsibility_by
from ledger.projections.care import need
from ledger.projections.decisions import decision
from ledger.projections.members import capacity, competence, presence
from ledger.projections.ownership import stand_in
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]

# An effort that can be added up: `8 hours_week`, `3 points`, or a plain number in the unit of the member's capacity.
_MEASURED = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,2})?) ?(hours_week|points)?")


class Carried(NamedTuple):
    """What a member holds by their own name: the rows, and the effort of those whose effort can be added up."""

    rows: tuple[RowMapping, ...]
    effort: Decimal
    unmeasured: tuple[str, ...]


def load(view: View) -> Iterator[Row]:
    """L13: what each member has said to have to give, and what the responsibilities take that they hold, by handle.

    Only what is held by the member's own name counts, so a group has a row of its own. `share` is effort ÷ capacity;
    None where either is not stated as a number in the same unit. `flag` says what is amiss or not known, never how
    good anybody is.
    """
    capacities = _capacities(view)
    required = needs(view)
    holders: dict[str, list[RowMapping]] = {}
    for row in held(view):
        holders.setdefault(row["holder"], []).append(row)
    kinds = select(presence.c.member, presence.c.kind).where(at(presence, view.at, view.known))
    for member, kind in view.connection.execute(kinds.order_by(presence.c.member)):
        rows = holders.get(member, [])
        if kind == "group" and not rows:
            continue
        stated = capacities.get(member)
        carried = _carried(rows, required, stated["unit"] if stated else None)
        share = _share(carried, stated)
        yield {
            "member": member,
            "capacity": f"{stated['amount']} {stated['unit']}" if stated else None,
            "effort_held": str(carried.effort) if rows else "0",
            "share": share,
            "responsibilities": [row["code"] for row in rows],
            "open_proposals": _open(view, [row["stream"] for row in rows]),
            "flag": "; ".join(_flags(carried, stated, share)) or None,
            "explain": [*([stated["source"]] if stated else []), *(row["source"] for row in rows)],
        }


def fit(view: View, code: str) -> Iterator[Row]:
    """L14: who could grow into a responsibility: everybody who is there, by handle and never ranked.

    `has` and `lacks` are the competences that it takes, as the member said; `level` how far each of `has` goes;
    `confirmed` those of them that somebody else has confirmed. `capacity_left` is in the unit of the member's
    capacity, None where that is not known. Raises NotFound.
    """
    id_ = responsibility_by(view.connection, code)
    required = needs(view, need.c.stream == id_).get(id_, Need()).competences
    said = _competences(view)
    loads = {str(row["member"]): row for row in load(view)}
    capacities = _capacities(view)
    everybody = select(presence).where(presence.c.kind == "person", at(presence, view.at, view.known))
    for row in view.connection.execute(everybody.order_by(presence.c.member)).mappings():
        member = row["member"]
        own = said.get(member, {})
        has = [name for name in required if member in own.get(name, {})]
        carried = loads[member]
        stated = capacities.get(member)
        left = None
        if stated is not None and carried["share"] is not None:
            left = str(Decimal(stated["amount"]) - Decimal(str(carried["effort_held"])))
        yield {
            "member": member,
            "has": has,
            "lacks": [name for name in required if name not in has],
            "level": [f"{name} {own[name][member]['level']}" for name in has],
            "confirmed": [name for name in has if len(own[name]) > 1],
            "capacity_left": left,
            "holds": carried["responsibilities"],
            "explain": [row["source"], *(each["source"] for name in has for each in own[name].values())],
        }


def single_points(view: View) -> Iterator[Row]:
    """L15: what one person holds with nobody to stand in, and who else has every competence that it takes.

    Where no competence is named, nobody is known to have them, and the list is empty.
    """
    required = needs(view)
    said = _competences(view)
    acting = select(stand_in.c.stream, stand_in.c.number, stand_in.c.member).where(at(stand_in, view.at, view.known))
    backed = {(row.stream, row.number) for row in view.connection.execute(acting) if view.present(row.member)}
    for row in held(view):
        inside = people(row["holder"], view)
        if len(inside) > 1 or (row["stream"], row["number"]) in backed:
            continue
        names = required.get(row["stream"], Need()).competences
        yield {
            "responsibility": row["stream"],
            "code": row["code"],
            "holder": row["holder"],
            "stand_ins": [],
            "competences": list(names),
            "others_with_the_competence": sorted(
                member
                for member, own in said.items()
                if names and member not in inside and all(member in own.get(name, {}) for name in names)
            ),
            "explain": [row["source"]],
        }


def _competences(view: View) -> dict[str, dict[str, dict[str, RowMapping]]]:
    """What members who are there can: by member, competence, and who said so (the member first of all)."""
    found: dict[str, dict[str, dict[str, RowMapping]]] = {}
    for row in view.connection.execute(select(competence).where(at(competence, view.at, view.known))).mappings():
        if view.present(row["member"]):
            found.setdefault(row["member"], {}).setdefault(row["competence"], {})[row["said_by"]] = row
    return found


def _capacities(view: View) -> dict[str, RowMapping]:
    query = select(capacity).where(at(capacity, view.at, view.known))
    return {row["member"]: row for row in view.connection.execute(query).mappings()}


def _carried(rows: list[RowMapping], required: dict[str, Need], unit: str | None) -> Carried:
    effort, unmeasured = Decimal(0), []
    for row in rows:
        measured = _MEASURED.fullmatch(required.get(row["stream"], Need()).effort or "")
        if measured is None or (measured[2] and unit and measured[2] != unit):
            unmeasured.append(row["code"])
        else:
            effort += Decimal(measured[1])
    return Carried(tuple(rows), effort, tuple(unmeasured))


def _share(carried: Carried, stated: RowMapping | None) -> float | None:
    if stated is None or not Decimal(stated["amount"]) or carried.unmeasured:
        return None
    return round(float(carried.effort / Decimal(stated["amount"])), 2)


def _flags(carried: Carried, stated: RowMapping | None, share: float | None) -> Iterator[str]:
    if share is not None and share > 1:
        yield "more than they said to have"
    if carried.rows and stated is None:
        yield "capacity not stated"
    if carried.unmeasured:
        yield f"effort not stated: {' '.join(carried.unmeasured)}"


def _open(view: View, streams: list[str]) -> int:
    """How many matters are open in those responsibilities."""
    query = select(func.count()).where(
        at(decision, view.at, view.known), decision.c.status == "open", decision.c.responsibility.in_(streams)
    )
    return view.connection.execute(query).scalar_one() if streams else 0
