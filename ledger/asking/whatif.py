"""What would be so if somebody left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.aggregates.seats import people
from ledger.asking.names import member_by
from ledger.asking.owners import holds
from ledger.projections.members import competence
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ledger.aggregates.verdict import Link
    from ledger.asking.view import View

    Row = dict[str, object]


def what_if_leaves(view: View, handle: str, day: datetime) -> Iterator[Row]:
    """L33: what changes if the member leaves on that day: what falls vacant, which groups lose them, what is lost."""
    member_by(view.connection, handle)
    view = replace(view, at=max(view.at, day))
    for row in holds(view, handle):
        chain = view.chain(str(row["responsibility"]))
        held = chain[-1].holding
        if held is None:
            continue
        left = people(held.holder, view) - {handle}
        if held.holder == handle or not left:
            stand_ins = [each for each in held.stand_ins if each != handle]
            goes_on = stand_ins and held.holder != handle
            then = f"stand-in {', '.join(stand_ins)}" if goes_on else _answers_without(view, chain[:-1], handle)
            yield {"what": "responsibility", "name": row["code"], "then": then, "explain": row["explain"]}
        elif row["acting_for"] is not None:
            yield {"what": "stand-in", "name": row["code"], "then": held.holder, "explain": row["explain"]}
    for group in sorted(view.groups_of(handle)):
        others = sorted(people(group, view) - {handle})
        yield {"what": "group", "name": group, "then": ", ".join(others) or "nobody", "explain": []}
    own = select(competence.c.competence).where(competence.c.member == handle, at(competence, view.at, view.known))
    for name in sorted(set(view.connection.execute(own).scalars())):
        query = select(competence.c.member).where(
            competence.c.competence == name, competence.c.member != handle, at(competence, view.at, view.known)
        )
        able = sorted(set(view.connection.execute(query).scalars()))
        yield {"what": "competence", "name": name, "then": ", ".join(able) or "nobody", "explain": []}


def _answers_without(view: View, above: tuple[Link, ...], handle: str) -> str | None:
    """The holder of the nearest link that somebody still holds when the member is gone."""
    holders = (link.holding.holder for link in reversed(above) if link.holding)
    return next((holder for holder in holders if people(holder, view) - {handle}), None)
