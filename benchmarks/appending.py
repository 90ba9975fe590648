"""Appending to the record beside plain inserts of the same bytes, with the same promise that they are on the disk."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from benchmarks.measure import interleaved
from benchmarks.report import Row, Target, compared
from ledger.store import CommandRow, Leaf, ReadSet, Recorder, StoredEvent, create_record, open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from benchmarks.ledgers import Ledgers

ROUNDS: Final = 10
SINGLES: Final = 100
_TOGETHER: Final = 1_000
BATCHES: Final = 3
_TABLE: Final = (
    "CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, kind TEXT, command_key TEXT, "
    "recorded_at TEXT, leaf_hash BLOB, leaf BLOB) STRICT"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into one transaction after so many events, ready for each of the three."""

    after: int
    events: tuple[StoredEvent, ...]
    commands: tuple[CommandRow, ...]
    read: dict[str, int]
    rows: tuple[tuple[object, ...], ...]


class Raw:
    """One table, the driver, and the pragmas of the record."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        for pragma in ("synchronous = FULL", "cache_size = -65536", "wal_autocheckpoint = 8192"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_TABLE)

    def append(self, batch: Batch) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch.rows)
        self._connection.execute("COMMIT")


def measure(ledgers: Ledgers) -> Iterator[Row]:
    one, thousand = Target("≥", 0.5), Target("≥", 0.3)
    yield from _compare(ledgers.folder / "single", singles(ledgers), SINGLES, "one command a transaction", one)
    yield from _compare(ledgers.folder / "many", many(ledgers), BATCHES, "1 000 events a transaction", thousand)


def singles(ledgers: Ledgers) -> list[Batch]:
    """Batches of one command, SINGLES for each round."""
    with open_record(ledgers.kept(10_000)) as source:
        commands = _commands(source.log(0, ROUNDS * SINGLES * 5))
    return [_batch([each]) for each in commands[: ROUNDS * SINGLES]]


def many(ledgers: Ledgers) -> list[Batch]:
    """Batches of about a thousand events, BATCHES for each round."""
    with open_record(ledgers.kept(100_000)) as source:
        commands = _commands(source.log(0, ROUNDS * (BATCHES + 1) * _TOGETHER))
    return [_batch(each) for each in _in_thousands(commands)][: ROUNDS * BATCHES]


def _compare(folder: Path, batches: Sequence[Batch], each: int, what: str, target: Target) -> Iterator[Row]:
    folder.mkdir()
    raw = Raw(folder / "raw.db")
    library = SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "library.db"), originator_id_type="text"))
    library.create_table()
    with create_record(folder / "ours.db", "bench") as record:
        ours, theirs, plain = interleaved(
            ROUNDS,
            rate(batches, each, partial(append, record)),
            rate(batches, each, partial(_insert, library)),
            rate(batches, each, raw.append),
        )
    yield compared(f"append, {what}", "events/s", ours, plain, "raw sqlite3", target)
    yield compared(f"the same by eventsourcing's recorder, {what}", "events/s", theirs, plain, "raw sqlite3")


def append(record: Recorder, batch: Batch) -> None:
    record.append(batch.events, read=ReadSet(batch.after, batch.read), commands=batch.commands)


def _insert(library: SQLiteApplicationRecorder, batch: Batch) -> None:
    library.insert_events(batch.events)


def rate(batches: Sequence[Batch], each: int, append: Callable[[Batch], None]) -> Callable[[], float]:
    waiting = iter(batches)

    def run() -> float:
        some = list(itertools.islice(waiting, each))
        began = time.perf_counter()
        for batch in some:
            append(batch)
        return sum(len(batch.events) for batch in some) / (time.perf_counter() - began)

    return run


def _commands(leaves: Sequence[Leaf]) -> list[list[Leaf]]:
    """The events of each command; those without a key are the founding's."""
    keyed = [(str(json.loads(leaf.state).get("key", "founding")), leaf) for leaf in leaves]
    return [[leaf for _, leaf in group] for _, group in itertools.groupby(keyed, key=lambda pair: pair[0])]


def _in_thousands(commands: Sequence[list[Leaf]]) -> Iterator[list[list[Leaf]]]:
    waiting: list[list[Leaf]] = []
    for command in commands:
        waiting.append(command)
        if sum(map(len, waiting)) >= _TOGETHER:
            yield waiting
            waiting = []


def _batch(commands: Sequence[Sequence[Leaf]]) -> Batch:
    rows, places, read, count = list[CommandRow](), list[tuple[object, ...]](), dict[str, int](), 0
    for command in commands:
        key = f"k{command[0].position}"
        rows.append(CommandRow(key, hashlib.sha256(key.encode()).hexdigest(), count, count + len(command) - 1))
        count += len(command)
        for leaf in command:
            read.setdefault(leaf.stream, leaf.version - 1)
            at = leaf.recorded_at.isoformat()
            places.append((leaf.position, leaf.stream, leaf.version, leaf.kind, key, at, leaf.leaf_hash, leaf.leaf))
    events = (StoredEvent(leaf.stream, leaf.version, leaf.kind, leaf.state) for each in commands for leaf in each)
    return Batch(commands[0][0].position - 1, tuple(events), tuple(rows), read, tuple(places))
