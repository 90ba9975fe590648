"""How fast the views follow the log, how large both are, and how fast all of it is verified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.ledgers import KEPT, Stretch
from benchmarks.measure import Sample, timed
from benchmarks.report import Row, Target, number, row
from ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Ledgers

_REBUILDS: Final = 3
_TARGET: Final = Target("≥", 20_000, "ours")


def measure(ledgers: Ledgers) -> Iterator[Row]:
    ledgers.big()
    for events in KEPT:
        with open_ledger(ledgers.kept(events)) as ledger:
            stretches = [_cost(ledger, ledger.rebuild) for _ in range(_REBUILDS)]
        yield from _rows(f"views, built anew from {number(stretches[0].position)} events", stretches)
    last = ledgers.followed[-_REBUILDS:]
    yield from _rows(f"views, following to {number(last[-1].position)} events, 100 000 at a time", last)


def verify(ledgers: Ledgers) -> Iterator[Row]:
    for events, times in zip(KEPT, (3, 1), strict=True):
        with open_ledger(ledgers.kept(events)) as ledger:
            stretches = [_cost(ledger, partial(_verified, ledger)) for _ in range(times)]
        rates = Sample(tuple(each.count / each.cost.cpu for each in stretches))
        yield row(f"verify {number(stretches[0].position)} events and their views", "events/s of CPU", rates)


def _verified(ledger: Ledger) -> None:
    report = ledger.verify()
    if not report.whole:
        message = f"the ledger is not whole: {report.facts()}"
        raise RuntimeError(message)


def _cost(ledger: Ledger, work: Callable[[], object]) -> Stretch:
    with timed() as cost:
        work()
    return Stretch(ledger.head(), ledger.head(), cost)


def _rows(what: str, stretches: list[Stretch]) -> Iterator[Row]:
    yield row(what, "events/s", Sample(tuple(each.count / each.cost.wall for each in stretches)), _TARGET)
    yield row(what, "events/s of CPU", Sample(tuple(each.count / each.cost.cpu for each in stretches)), _TARGET)
