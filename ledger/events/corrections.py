"""How a stream reads in the light of its corrections: what was, as known now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ledger.events.base import Event
from ledger.events.ledger import EntryAnnulled, EntryCorrected
from ledger.values import instant, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.events.base import Entry

OCCURRED_AT = "occurred_at"
# Fields that hold an instant, where a day means its beginning.
_INSTANTS = {"since", "until", "on", "effective", "last_day", "from_day"}


CORRECTIONS = frozenset({EntryCorrected.kind, EntryAnnulled.kind})


def corrects(event: Event) -> bool:
    return isinstance(event, EntryCorrected | EntryAnnulled)


def corrected(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries of one stream as they should have been recorded: annulled ones left out, fields put right.

    Corrections themselves are applied in order and may be annulled like anything else. The order is that of recording.
    """
    recorded = tuple(entries)
    if not any(corrects(entry.event) for entry in recorded):
        return recorded
    return tuple(entry for entry in counting(recorded) if not corrects(entry.event))


def counting(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Every entry that counts, fields put right, the corrections and annulments that do among them."""
    counted = {entry.version: entry for entry in entries}
    for version in sorted(counted, reverse=True):
        entry = counted.get(version)
        if entry is not None and isinstance(entry.event, EntryAnnulled):
            counted.pop(entry.event.version, None)
    for entry in list(counted.values()):
        event = entry.event
        if isinstance(event, EntryCorrected) and event.version in counted:
            counted[event.version] = put_right(counted[event.version], event.field, event.after)
    return tuple(counted.values())


def put_right(entry: Entry, field: str, value: object) -> Entry:
    """The entry with another value in `field`, a dotted path into its event or `occurred_at`.

    Raises KeyError for a field that is not there, ValueError for a value that does not fit it.
    """
    if field == OCCURRED_AT:
        return replace(entry, occurred_at=instant(str(value)))
    data = entry.event.model_dump(mode="json")
    *path, last = field.split(".")
    place: object = data
    for name in path:
        place = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or last not in place:
        raise KeyError(field)
    cast("dict[str, object]", place)[last] = (
        timestamp(instant(value)) if last in _INSTANTS and isinstance(value, str) else value
    )
    return replace(entry, event=type(entry.event).model_validate(data))


def value_of(entry: Entry, field: str) -> object:
    """What stands in `field` of the entry, as JSON. Raises KeyError for a field that is not there."""
    if field == OCCURRED_AT:
        return entry.occurred_at.isoformat()
    place: object = entry.event.model_dump(mode="json")
    for name in field.split("."):
        if not isinstance(place, dict):
            raise KeyError(field)
        place = cast("dict[str, object]", place)[name]
    return place
