"""What was asked before, and what it answered then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.events.corrections import corrected
from ledger.events.ledger import AuditRecorded
from ledger.values import LEDGER_STREAM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


def audits(view: View) -> Iterator[Row]:
    """A36: every audit that was recorded, in order; an annulled one left out."""
    known = [each for each in view.log.stream(LEDGER_STREAM) if each.position <= view.known]
    places = {each.entry.version: each for each in known}
    for entry in corrected(each.entry for each in known):
        event = entry.event
        if isinstance(event, AuditRecorded) and entry.occurred_at <= view.at:
            yield {
                "audit": entry.id,
                "query": event.query,
                "as_of": event.as_of,
                "known_at": event.known_at,
                "fingerprint": event.fingerprint,
                "finding": event.finding,
                "by": entry.actor,
                "when": places[entry.version].recorded_at,
                "explain": [places[entry.version].position],
            }
