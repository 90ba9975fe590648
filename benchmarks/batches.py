"""What goes into one transaction of the record, made of entries that the rules recorded, ready for each who appends."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.store import CommandRow, StoredEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.store import Leaf


@dataclass(frozen=True, slots=True)
class Batch:
    """One transaction after so many events: as ours takes it, as eventsourcing does, and as plain rows."""

    after: int
    events: tuple[StoredEvent, ...]
    commands: tuple[CommandRow, ...]
    read: dict[str, int]
    rows: tuple[tuple[object, ...], ...]


def by_command(leaves: Sequence[Leaf], least: int = 1) -> Iterator[Batch]:
    """Transactions of whole commands, as many as make at least so many events."""
    waiting: list[Leaf] = []
    for _, group in itertools.groupby(leaves, key=_key):
        waiting += group
        if len(waiting) >= least:
            yield batch(waiting)
            waiting = []


def by_size(leaves: Sequence[Leaf], size: int) -> Iterator[Batch]:
    """Transactions of exactly so many events."""
    for start in range(0, len(leaves) - size + 1, size):
        yield batch(leaves[start : start + size])


def apart(leaves: Sequence[Leaf], size: int, prefix: str) -> Iterator[Batch]:
    """Transactions of so many events without end, each event the first of a stream of its own that `prefix` begins."""
    turns = itertools.cycle(leaves)
    for number in itertools.count():
        own = [(f"{prefix}.{number}.{place}", leaf) for place, leaf in enumerate(itertools.islice(turns, size))]
        key = f"{prefix}.{number}"
        yield Batch(
            0,
            tuple(StoredEvent(stream, 1, leaf.kind, leaf.state) for stream, leaf in own),
            (CommandRow(key, _digest(key), 0, size - 1),),
            dict.fromkeys((stream for stream, _ in own), 0),
            tuple(_row(leaf, stream, 1, key) for stream, leaf in own),
        )


def batch(leaves: Sequence[Leaf]) -> Batch:
    """One transaction of entries as they followed one another."""
    rows, places, read, count = list[CommandRow](), list[tuple[object, ...]](), dict[str, int](), 0
    for _, group in itertools.groupby(leaves, key=_key):
        own = list(group)
        # A command may have been cut apart here, and then each part is one.
        key = f"k{own[0].position}"
        rows.append(CommandRow(key, _digest(key), count, count + len(own) - 1))
        count += len(own)
        for leaf in own:
            read.setdefault(leaf.stream, leaf.version - 1)
            places.append(_row(leaf, leaf.stream, leaf.version, key))
    events = (StoredEvent(leaf.stream, leaf.version, leaf.kind, leaf.state) for leaf in leaves)
    return Batch(leaves[0].position - 1, tuple(events), tuple(rows), read, tuple(places))


def _row(leaf: Leaf, stream: str, version: int, key: str) -> tuple[object, ...]:
    return stream, version, leaf.kind, key, leaf.recorded_at.isoformat(), leaf.leaf_hash, leaf.leaf


def _key(leaf: Leaf) -> str:
    """Those without a key are the founding's."""
    return str(json.loads(leaf.state).get("key", "founding"))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
