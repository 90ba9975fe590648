"""What is added to the record together, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.store.leaf import spliced, surroundings
from ledger.transparency.tree import leaf_hash

if TYPE_CHECKING:
    from eventsourcing.persistence import StoredEvent, Tracking

    from ledger.store.disclosures import ErasureRow, TextRow


EventRow = tuple[int, str, int, str, str | None, str, bytes, bytes]


@dataclass(frozen=True, slots=True)
class ReadSet:
    """What was read to decide, which must still hold when the decision is written.

    `head` is the position up to which the log was read: while it stands there, all of it holds. Else each of
    `streams` must be at exactly that version (0: does not exist), and no event of `kinds` may stand after `head`.
    """

    head: int
    streams: Mapping[str, int]
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command and the events of a batch that it causes, by their places there, both counted in (from 0).

    `key` names the command for ever, `digest` says what was asked for.
    """

    key: str
    digest: str
    offset_first: int
    offset_last: int


@dataclass(frozen=True, slots=True)
class Appended:
    """The positions that a batch got, and when it was recorded (UTC)."""

    first: int
    last: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What is added together; see `Writer.append`."""

    events: Sequence[StoredEvent]
    read: ReadSet | None = None
    commands: Sequence[CommandRow] = ()
    origin: str | None = None
    texts: Sequence[TextRow] = ()
    erasures: Sequence[ErasureRow] = ()
    tracked: Tracking | None = None


def numbered(batch: Batch, size: int, origin: str, recorded_at: str) -> list[EventRow]:
    """The rows of a batch after `size` entries. Raises Refused "entry.too_long"."""
    # Nowhere else does an entry get its number: one writer today, it could be a sequencer's work tomorrow.
    around = surroundings(origin, recorded_at)
    keys = _keys(len(batch.events), batch.commands)
    rows: list[EventRow] = []
    for position, (entry, key) in enumerate(zip(batch.events, keys, strict=True), size + 1):
        leaf = spliced(entry.state, around, position)
        stream, version = str(entry.originator_id), entry.originator_version
        rows.append((position, stream, version, entry.topic, key, recorded_at, leaf_hash(leaf), leaf))
    return rows


def _keys(size: int, commands: Sequence[CommandRow]) -> list[str | None]:
    """The command that each event of a batch of that size comes from."""
    keys: list[str | None] = [None] * size
    for each in commands:
        places = range(each.offset_first, each.offset_last + 1)
        if not places or each.offset_first < 0 or each.offset_last >= size or any(keys[place] for place in places):
            message = f"command {each.key} needs events of its own within the batch"
            raise ValueError(message)
        keys[each.offset_first : each.offset_last + 1] = [each.key] * len(places)
    return keys
