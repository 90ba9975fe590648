"""Appending to the record beside plain inserts of the same bytes, with the same promise that they are on the disk."""

from __future__ import annotations

import itertools
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

from benchmarks import batches
from benchmarks.measure import interleaved
from benchmarks.peers import logs
from benchmarks.report import Row, Target, compared
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.batches import Batch
    from benchmarks.ledgers import Ledgers
    from benchmarks.places import Place
    from ledger.store import Leaf

ROUNDS: Final = 10
SINGLES: Final = 100
BATCHES: Final = 3
_TOGETHER: Final = 1_000
_SIZES: Final = {1: 100, 10: 40, _TOGETHER: BATCHES}
"""Events in a transaction, and transactions in a round."""
# A WAL that grows for the first time costs a commit about twice what one costs that is written over.
_WARM_UP: Final = 20 * _TOGETHER
_TARGETS: Final[dict[str, dict[int, dict[str, Target]]]] = {
    "SQLite": {
        1: {logs.LIBRARY: Target("≥", 0.8), logs.INSERT: Target("≥", 0.5)},
        _TOGETHER: {logs.LIBRARY: Target("≥", 0.4), logs.INSERT: Target("≥", 0.3)},
    },
    "PostgreSQL": {_TOGETHER: {logs.LIBRARY: Target("≥", 2)}},
}


def measure(ledgers: Ledgers) -> Iterator[Row]:
    with open_record(ledgers.kept(100_000)) as source:
        leaves = source.log(0, _WARM_UP + ROUNDS * sum(size * each for size, each in _SIZES.items()))
    for place in ledgers.places:
        yield from _compare(place, leaves)


def _compare(place: Place, leaves: Sequence[Leaf]) -> Iterator[Row]:
    with ExitStack() as stack:
        names = logs.names(place.name)
        opened = [stack.enter_context(closing(logs.opened(name, place.new(), new=True))) for name in names]
        for batch in batches.by_size(leaves[:_WARM_UP], _TOGETHER):
            for log in opened:
                log.append(batch)
        begin = _WARM_UP
        for size, each in _SIZES.items():
            end = begin + ROUNDS * each * size
            some = list(batches.by_size(leaves[begin:end], size))
            begin = end
            ours, *theirs = interleaved(ROUNDS, *(rate(some, each, log.append) for log in opened))
            what = f"append on {place.name}, {size:_} event{'s' * (size > 1)} a transaction".replace("_", " ")
            for name, peer in zip(names[1:], theirs, strict=True):
                target = _TARGETS[place.name].get(size, {}).get(name)
                yield compared(what, "events/s", ours, peer, name, target)


def rate(some: Sequence[Batch], each: int, append: Callable[[Batch], None]) -> Callable[[], float]:
    """Appends the next so many, and says how many events a second that made."""
    waiting = iter(some)

    def run() -> float:
        now = list(itertools.islice(waiting, each))
        began = time.perf_counter()
        for batch in now:
            append(batch)
        return sum(len(batch.events) for batch in now) / (time.perf_counter() - began)

    return run
