"""How many commands a second an import carries out by all the rules, at the start of a ledger and at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.measure import Sample, interleaved
from benchmarks.report import Row, Target, compared, row
from ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Grown, Ledgers
    from ledger import Ledger

_WARM_UP: Final = 1_000
_ROUNDS: Final = 4
_COMMANDS: Final = 2_500
_TARGET: Final = Target("≥", 2_000, "ours")
_SAME: Final = Target("≥", 0.8)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    big = ledgers.big()
    size = f"{ledgers.events:,}".replace(",", " ")
    rates = Sample(tuple(each.count / each.cost.wall for each in ledgers.imported))
    yield row(f"import, all of it up to {size} events", "commands/s", rates, _TARGET)
    small = ledgers.fresh(_WARM_UP, seed=2)
    first, last = interleaved(_ROUNDS, _rate(small), _rate(big))
    yield row("import, the first 10 000 commands", "commands/s", first, _TARGET)
    what = f"import, 10 000 commands after {size} events"
    yield compared(f"{what}, in the process that imported them", "commands/s", last, first, "at start", _SAME)
    small = ledgers.fresh(_WARM_UP, seed=3)
    with open_ledger(big.file) as reopened:
        first, last = interleaved(_ROUNDS, _rate(small), _rate(big, reopened))
    yield compared(f"{what}, opened anew", "commands/s", last, first, "at start", _SAME)


def _rate(grown: Grown, ledger: Ledger | None = None) -> Callable[[], float]:
    return lambda: _COMMANDS / grown.tell(_COMMANDS, ledger).cost.wall
