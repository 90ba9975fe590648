"""How fast the views follow the log, how large both are, and how fast all of it is verified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.measure import Sample, timed
from benchmarks.report import Row, Target, row
from ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Ledgers

_REBUILDS: Final = 3
_TARGET: Final = Target("≥", 20_000, "ours")


def measure(ledgers: Ledgers) -> Iterator[Row]:
    ledgers.big()
    for events in (10_000, 100_000):
        with open_ledger(ledgers.kept(events)) as ledger:
            costs = [_cost(ledger, ledger.rebuild) for _ in range(_REBUILDS)]
        yield from _rows(f"views, built anew from {events} events", costs)
    stretches = ledgers.followed[-_REBUILDS:]
    followed = [(each.count / each.cost.cpu, each.count / each.cost.wall) for each in stretches]
    yield from _rows(f"views, the last of {stretches[-1].position} events, 100 000 at a time", followed)


def verify(ledgers: Ledgers) -> Iterator[Row]:
    for events, times in ((10_000, 3), (100_000, 1)):
        with open_ledger(ledgers.kept(events)) as ledger:
            costs = [_cost(ledger, partial(_verified, ledger)) for _ in range(times)]
        rates = Sample(tuple(cpu for cpu, _ in costs))
        yield row(f"verify {events} events, views worked out anew and compared", "events/s of CPU", rates)


def _verified(ledger: Ledger) -> None:
    report = ledger.verify()
    if not report.whole:
        message = f"the ledger is not whole: {report.facts()}"
        raise RuntimeError(message)


def _cost(ledger: Ledger, work: Callable[[], object]) -> tuple[float, float]:
    """Events a second of CPU, and by the clock."""
    with timed() as cost:
        work()
    return ledger.head() / cost.cpu, ledger.head() / cost.wall


def _rows(what: str, costs: list[tuple[float, float]]) -> Iterator[Row]:
    yield row(what, "events/s of CPU", Sample(tuple(cpu for cpu, _ in costs)), _TARGET)
    yield row(f"{what}, by the clock", "events/s", Sample(tuple(wall for _, wall in costs)))
