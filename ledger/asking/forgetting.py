"""What was erased, and on what ground."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from ledger.events.ledger import PersonalDataErased

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


def erasures(view: View) -> Iterator[Row]:
    """A17: each erasure, in order of recording; of the texts themselves only the digests are left."""
    found = (row for stream in view.log.erased_subjects() for row in _of(view, stream))
    yield from sorted(found, key=itemgetter("position"))


def _of(view: View, stream: str) -> Iterator[Row]:
    for recorded in view.log.stream(stream):
        entry = recorded.entry
        if (
            isinstance(entry.event, PersonalDataErased)
            and recorded.position <= view.known
            and entry.occurred_at <= view.at
        ):
            yield {
                "what": list(entry.event.fields),
                "whose": stream,
                "ground": entry.event.ground,
                "by": entry.actor,
                "when": recorded.recorded_at,
                "digest_kept": list(entry.event.digests),
                "for_good": entry.event.whole,
                "occurred": entry.occurred_at,
                "id": entry.id,
                "position": recorded.position,
                "explain": [recorded.position],
            }
