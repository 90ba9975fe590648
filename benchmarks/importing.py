"""How many commands a second an import carries out by all the rules, at the start of a ledger and at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.measure import Sample, interleaved
from benchmarks.report import Row, Target, compared, number, row
from ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Grown, Ledgers, Stretch
    from ledger import Ledger

_WARM_UP: Final = 1_000
_ROUNDS: Final = 4
_COMMANDS: Final = 2_500
_TARGET: Final = Target("≥", 2_000, "ours")
_SAME: Final = Target("≥", 0.8)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    big, small = ledgers.big(), ledgers.fresh(_WARM_UP, seed=2)
    size = number(ledgers.events)
    yield from _rows("import, the first 100 000 events", ledgers.imported)
    # The one knows nothing when it begins; both go on, so that the second time it knows what 10 000 commands touched.
    with open_ledger(big.file) as ledger:
        for state in ("opened anew", "and after that"):
            first: list[Stretch] = []
            last: list[Stretch] = []
            interleaved(_ROUNDS, _run(small, first), _run(big, last, ledger))
            yield from _rows(f"import, 10 000 commands after {size} events, {state}", last, first)


def _run(grown: Grown, found: list[Stretch], ledger: Ledger | None = None) -> Callable[[], float]:
    def run() -> float:
        found.append(grown.tell(_COMMANDS, ledger))
        return found[-1].cost.wall

    return run


def _rows(what: str, ours: list[Stretch], start: list[Stretch] | None = None) -> Iterator[Row]:
    for unit, per in (("commands/s", _by_clock), ("commands/s of CPU", _by_cpu)):
        rates = Sample(tuple(map(per, ours)))
        if start is None:
            yield row(what, unit, rates, _TARGET)
        else:
            yield compared(what, unit, rates, Sample(tuple(map(per, start))), "at the start of another", _SAME)


def _by_clock(stretch: Stretch) -> float:
    return stretch.count / stretch.cost.wall


def _by_cpu(stretch: Stretch) -> float:
    return stretch.count / stretch.cost.cpu
