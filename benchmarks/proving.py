"""What the tree costs an append, how fast the record is verified, and how soon an entry is proved."""

from __future__ import annotations

import time
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from benchmarks import appending, batches, holding
from benchmarks.ledgers import KEPT
from benchmarks.measure import Sample, interleaved
from benchmarks.report import Row, Target, compared, number, row
from ledger.proving import prove
from ledger.signing import Keys
from ledger.store import ReadSet, Recorder, create_record, open_record, writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.batches import Batch
    from benchmarks.ledgers import Ledgers

_PROOFS: Final = 200
_TIMES: Final = 2
_TOGETHER: Final = 1_000
_DEARER: Final = Target("≥", 1 / 1.5)


class _NoTree:
    """Stands in for the tree: nothing is hashed, and nothing is kept."""

    encoded = b""

    @classmethod
    def decoded(cls, size: int, edge: bytes) -> _NoTree:
        del edge
        return cls(size)

    def __init__(self, size: int) -> None:
        self.size = size

    def extend(self, hashes: Iterator[bytes]) -> list[object]:
        self.size += sum(1 for _hash in hashes)
        return []


def measure(ledgers: Ledgers) -> Iterator[Row]:
    with open_record(ledgers.kept(100_000)) as source:
        leaves = source.log(0, (appending.ROUNDS * appending.BATCHES + 2) * _TOGETHER)
    singles = list(islice(batches.by_command(leaves), appending.ROUNDS * appending.SINGLES))
    yield from _appending(ledgers, singles, appending.SINGLES, "one command a transaction")
    many = list(batches.by_command(leaves, _TOGETHER))
    yield from _appending(ledgers, many, appending.BATCHES, "1 000 events a transaction")
    for events, times in (*zip(KEPT, (_TIMES, _TIMES), strict=True), (ledgers.events, 1)):
        file = ledgers.big().file if events == ledgers.events else ledgers.kept(events)
        yield from _verified(file, times)
    yield _proved(ledgers)


def _appending(ledgers: Ledgers, some: list[Batch], each: int, what: str) -> Iterator[Row]:
    with TemporaryDirectory(dir=ledgers.folder) as name:
        folder = Path(name)
        keys = Keys(folder / "keys")
        keys.create("bench-signed")
        with (
            create_record(folder / "tree.db", "bench") as tree,
            create_record(folder / "plain.db", "bench") as plain,
            create_record(folder / "signed.db", "bench-signed") as signed,
        ):
            signed.sealer = keys.signer("bench-signed")
            with_tree, without, with_signature = interleaved(
                appending.ROUNDS,
                appending.rate(some, each, partial(_append, tree)),
                appending.rate(some, each, partial(_append_without_tree, plain)),
                appending.rate(some, each, partial(_append, signed)),
            )
    yield compared(f"append with the tree, {what}", "events/s", with_tree, without, "without hashes and nodes", _DEARER)
    yield compared(f"append with the tree and a signature, {what}", "events/s", with_signature, without, "without")


def _append_without_tree(record: Recorder, batch: Batch) -> None:
    with (
        patch.object(writer, "CompactRange", _NoTree),
        patch.object(writer, "leaf_hash", lambda _leaf: bytes(32)),
        patch.object(writer, "keep", lambda *_nothing: None),
    ):
        _append(record, batch)


def _append(record: Recorder, batch: Batch) -> None:
    record.append(batch.events, read=ReadSet(batch.after, batch.read), commands=batch.commands)


def _verified(file: Path, times: int) -> Iterator[Row]:
    found = [holding.alone(str(file), holding.CHECK) for _ in range(times)]
    size = found[0].events
    # The first pass has gone through every event by the time that it says so.
    passes = Sample(tuple(next(cpu for position, _, cpu in held.steps if position == size) for held in found))
    what = f"verify the record of {number(size)} events"
    target = Target("≤", 15, "ours") if size > KEPT[-1] * 2 else None
    yield row(f"{what}: every leaf, hash, node and column", "s of CPU", passes, target)
    wholes = Sample(tuple(held.cpu for held in found))
    yield row(f"{what}: and versions, commands, indexes and pages", "s of CPU", wholes)
    yield Row(f"{what}, most memory held", "MB", max(held.peak for held in found) / 1e6)


def _proved(ledgers: Ledgers) -> Row:
    pick = Random(3)  # noqa: S311 - no secret hangs on it
    with open_record(ledgers.big().file) as record, TemporaryDirectory(dir=ledgers.folder) as name:
        keys = Keys(Path(name))
        keys.create(record.origin)
        record.sealer = keys.signer(record.origin)
        note = record.seal()
        size = record.head().position
        if note is None:
            raise AssertionError
        times = list[float]()
        for _ in range(_PROOFS):
            began = time.perf_counter()
            prove(record, note, pick.randint(1, size))
            times.append((time.perf_counter() - began) * 1_000)
    return row(f"prove an entry of {number(size)}", "ms", Sample(tuple(times)), Target("≤", 50, "ours"))
