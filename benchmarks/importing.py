"""How many commands a second an import carries out by all the rules, at the start of a ledger and at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.ledgers import KEPT
from benchmarks.measure import Sample, interleaved
from benchmarks.report import Row, Target, compared, number, row
from ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Grown, Ledgers, Stretch
    from ledger import Ledger

_WARM_UP: Final = 1_000
_ROUNDS: Final = 3
_COMMANDS: Final = 2_000
_TARGET: Final = Target("≥", 2_000, "ours")
_SAME: Final = Target("≥", 0.8)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    big, fresh = ledgers.big(), ledgers.fresh(_WARM_UP, seed=2)
    size = number(ledgers.events)
    yield from _rows("import, the first 100 000 events", ledgers.imported)
    # Both know nothing when they begin, and touch what they held before: nothing but their length tells them apart.
    early = ledgers.apart(KEPT[1])
    with open_ledger(big.file) as ledger:
        peer = f"after {number(early.founding)}, opened anew too"
        yield from _beside(
            f"import, {number(_ROUNDS * _COMMANDS)} commands after {size} events, opened anew",
            peer,
            early,
            big,
            ledger,
            _SAME,
        )
        # A ledger that was just founded has read all that it holds, and that is little.
        peer = "at the start of another, which has read all of itself"
        yield from _beside(
            f"import, {number(_ROUNDS * _COMMANDS)} commands after {size} events, and after that",
            peer,
            fresh,
            big,
            ledger,
        )


def _beside(
    what: str, peer: str, start: Grown, end: Grown, ledger: Ledger, target: Target | None = None
) -> Iterator[Row]:
    first: list[Stretch] = []
    last: list[Stretch] = []
    interleaved(_ROUNDS, _run(start, first), _run(end, last, ledger))
    for unit, per in _RATES:
        yield compared(what, unit, Sample(tuple(map(per, last))), Sample(tuple(map(per, first))), peer, target)


def _run(grown: Grown, found: list[Stretch], ledger: Ledger | None = None) -> Callable[[], float]:
    def run() -> float:
        found.append(grown.tell(_COMMANDS, ledger))
        return found[-1].cost.wall

    return run


def _rows(what: str, ours: list[Stretch]) -> Iterator[Row]:
    for unit, per in _RATES:
        yield row(what, unit, Sample(tuple(map(per, ours))), _TARGET)


def _by_clock(stretch: Stretch) -> float:
    return stretch.count / stretch.cost.wall


def _by_cpu(stretch: Stretch) -> float:
    return stretch.count / stretch.cost.cpu


_RATES: Final = (("commands/s", _by_clock), ("commands/s of CPU", _by_cpu))
