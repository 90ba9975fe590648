"""The mirror: a leader's own signs of trust and of taking back, each with the rows behind it. Never a sum of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.seats import standing
from ledger.asking.held import held
from ledger.asking.names import member_by
from ledger.asking.sign import Span
from ledger.asking.signs import SIGNS
from ledger.errors import Refused
from ledger.projections.ownership import holding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ledger.asking.view import View

    Row = dict[str, object]


def mirror(view: View, handle: str, asker: str, since: datetime, before: datetime) -> Iterator[Row]:
    """L18: each sign in the time from `since` until the moment asked about, and in that from `before` until `since`.

    Only the member and whoever stands right above something they hold may look. `asker` is who says to be asking:
    whoever can read the file of the ledger can read it without this question too, so this keeps a mirror from being
    looked into in passing, not from somebody who lies. Raises NotFound, Refused "mirror.not_yours".
    """
    member_by(view.connection, handle)
    if asker != handle and not _leads(view, asker, handle):
        raise Refused(
            "mirror.not_yours",
            "The mirror of {member} is for {member} and for who stands above what {member} holds; {asker} does not.",
            member=handle,
            asker=asker,
        )
    for sign in SIGNS:
        now = sign.read(view, handle, Span(since, view.at))
        then = sign.read(view, handle, Span(before, since))
        yield {
            "sign": sign.name,
            "value": now.value,
            "before": then.value,
            "how": sign.how,
            "rows": list(now.rows),
            "explain": sorted({*now.rows, *then.rows}),
        }


def _leads(view: View, asker: str, handle: str) -> bool:
    """Whether somebody holds, or answers for, what lies right above something that the member holds."""
    holders = {handle, *view.groups_of(handle)}
    chains = [view.chain(row["stream"]) for row in held(view, holding.c.holder.in_(holders))]
    return any(len(chain) > 1 and standing(chain[:-1], asker, view) is not None for chain in chains)
