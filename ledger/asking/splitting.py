"""Were purchases split so that each stays under a limit?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.asking.view import moment
from ledger.events.decision import DecisionMade
from ledger.projections.decisions import decision
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from ledger.asking.view import View

    Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Purchase:
    """One decision about money, and the narrowest limit that it was made under (None: it had none)."""

    id: str
    made: datetime
    amount: Decimal
    limit: Decimal | None
    position: int
    counterparty: str | None


def split_check(view: View, window: timedelta) -> Iterator[Row]:
    """A7: standing decisions of one maker, type and counterparty, within the window, each within the limit stamped on
    it and all of them together beyond the lowest.

    By maker, type and counterparty; the spelling of a counterparty counts but for case and spaces. That nobody said
    with whom counts as one counterparty, else leaving it out would hide a split. A finding says what adds up, not why.
    """
    groups: dict[tuple[str, str, str], list[_Purchase]] = defaultdict(list)
    for key, purchase in _purchases(view):
        groups[key].append(purchase)
    for (decider, type_, _spelt), purchases in sorted(groups.items()):
        for together in _beyond(purchases, window):
            limits = [each.limit for each in together if each.limit is not None]
            yield {
                "decider": decider,
                "type": type_,
                "counterparty": together[0].counterparty,
                "count": len(together),
                "sum": f"{sum(each.amount for each in together):f}",
                "limit": f"{min(limits):f}",
                "decisions": [each.id for each in together],
                "first": together[0].made,
                "last": together[-1].made,
                "explain": [each.position for each in together],
            }


def _purchases(view: View) -> Iterator[tuple[tuple[str, str, str], _Purchase]]:
    """Every standing decision with an amount whose maker has another like it; no proof of the others is read."""
    query = (
        select(decision)
        .where(at(decision, view.at, view.known), decision.c.status == "stands", decision.c.amount.is_not(None))
        .order_by(decision.c.made_at, decision.c.stream)
    )
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in view.connection.execute(query).mappings():
        spelt = " ".join(str(row["counterparty"] or "").casefold().split())
        groups[str(row["by"]), str(row["type"]), spelt].append(dict(row))
    for key, rows in groups.items():
        if len(rows) > 1:
            yield from ((key, _purchase(view, each)) for each in rows)


def _purchase(view: View, row: Row) -> _Purchase:
    position = int(str(row["made_position"]))
    return _Purchase(
        id=str(row["stream"]),
        made=moment(str(row["made_at"])),
        amount=Decimal(str(row["amount"])),
        limit=_limit(view, position),
        position=position,
        counterparty=None if row["counterparty"] is None else str(row["counterparty"]),
    )


def _limit(view: View, position: int) -> Decimal | None:
    """The narrowest amount per decision in the chain that is stamped on it."""
    event = view.log.read(position - 1, 1)[0].entry.event
    assert isinstance(event, DecisionMade)  # noqa: S101 - the row says that this entry made the decision
    amounts = [
        Decimal(link.mandate.amount)
        for link in event.authority.chain
        if link.mandate is not None and link.mandate.amount is not None
    ]
    return min(amounts, default=None)


def _beyond(purchases: Sequence[_Purchase], window: timedelta) -> Iterator[list[_Purchase]]:
    """Each longest run within the window whose sum is beyond its lowest limit; none that lies in the one before."""
    within = [each for each in purchases if each.limit is not None and each.amount <= each.limit]
    reached = 0
    for start, first in enumerate(within):
        end = start
        while end < len(within) and within[end].made - first.made < window:
            end += 1
        together = within[start:end]
        limits = [each.limit for each in together if each.limit is not None]
        if end > reached and len(together) > 1 and sum(each.amount for each in together) > min(limits):
            reached = end
            yield together
