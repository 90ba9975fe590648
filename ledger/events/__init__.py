"""The promise: the closed union of all events that a ledger may hold, and their codec."""

from __future__ import annotations

from ledger.events import decision, feedback, goal, ledger, member, responsibility
from ledger.events.base import Entry, Event, Recorded, Shape

KINDS: dict[str, type[Event]] = {
    each.kind: each
    for module in (ledger, member, goal, responsibility, decision, feedback)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Event) and each is not Event
}

__all__ = ["KINDS", "Entry", "Event", "Recorded", "Shape"]
