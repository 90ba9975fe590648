"""What evidence was linked to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.asking.names import subject
from ledger.asking.view import moment
from ledger.projections.connections import evidence as linked
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


def evidence(view: View, name: str | None = None) -> Iterator[Row]:
    """A28: the evidence for one thing, or for all, the oldest first; what lies there now is for the reader to look up.

    Raises NotFound for a name that nothing has.
    """
    query = select(linked).where(at(linked, view.at, view.known)).order_by(linked.c.valid_from, linked.c.id)
    if name is not None:
        query = query.where(linked.c.stream == subject(view.connection, name))
    for row in view.connection.execute(query).mappings():
        yield {
            "of": row["stream"],
            "uri": row["uri"],
            "label": row["label"],
            "digest_recorded": row["digest"],
            "linked_by": row["linked_by"],
            "linked": moment(row["valid_from"]),
            "explain": [row["source"]],
        }
