"""Who takes part, by what name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.asking.circles import text_for
from ledger.asking.view import moment
from ledger.events.corrections import corrected
from ledger.events.member import MemberAdded, MemberRenamed
from ledger.projections.members import member_name, presence
from ledger.projections.temporal import at
from ledger.values import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


def members(view: View) -> Iterator[Row]:
    """Everybody who is there at the moment, by handle; a name that is erased says so."""
    query = (
        select(presence, member_name.c.name_digest, member_name.c.source.label("named_by"))
        .outerjoin(member_name, (member_name.c.stream == presence.c.stream) & at(member_name, view.at, view.known))
        .where(at(presence, view.at, view.known))
        .order_by(presence.c.member)
    )
    for row in view.connection.execution_options(yield_per=500).execute(query).mappings():
        until = moment(row["valid_until"])
        yield {
            "member": row["member"],
            "kind": row["kind"],
            "acts": row["acts"],
            "name": None
            if row["named_by"] is None
            else _name(view, row["stream"], row["named_by"], row["name_digest"]),
            "since": moment(row["valid_from"]),
            "until": None if until == FOREVER else until,
            "explain": [row["source"], *([row["named_by"]] if row["named_by"] is not None else [])],
        }


def _name(view: View, stream: str, position: int, digest: str | None) -> str | None:
    if digest is not None:
        return text_for(view, stream, digest).text
    # Recorded before names could be erased: it stands in the event itself, or in a correction of that.
    entry = view.log.read(position - 1, 1)[0].entry
    known = (each.entry for each in view.log.stream(entry.stream) if each.position <= view.known)
    event = next(each.event for each in corrected(known) if each.version == entry.version)
    return event.name if isinstance(event, MemberAdded | MemberRenamed) else None
