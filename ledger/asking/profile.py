"""Which kind of organisation the ledger is of, and so which rules it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.profile import PROFILES, TILLIT
from ledger.events.ledger import LedgerFounded

if TYPE_CHECKING:
    from ledger.aggregates.profile import Profile
    from ledger.asking.view import View


def profile(view: View) -> Profile:
    """As it was founded; that of any organisation where nothing is founded yet."""
    events = (each.entry.event for each in view.log.stream("ledger"))
    return next((PROFILES[each.profile] for each in events if isinstance(each, LedgerFounded)), TILLIT)
