"""The same work at every size that a ledger had while it grew: telling, asking, building anew, verifying, memory."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks import holding
from benchmarks.asking import Chance
from benchmarks.ledgers import KEPT, Grown
from benchmarks.measure import Sample, interleaved, timed
from benchmarks.plots import Plot
from benchmarks.report import Row, Target, compared, number
from ledger import command, open_ledger, questions
from ledger.store import copy, open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.holding import Held
    from benchmarks.ledgers import Ledgers
    from benchmarks.places import Place
    from ledger import Ledger

_ROUNDS: Final = 7
_TELLINGS: Final = 60
_QUESTIONS: Final = 30
_SAME: Final = Target("≥", 0.8)
_NO_SLOWER: Final = Target("≤", 1.2)
_FLAT: Final = Target("≤", 1.2)
_TELLINGS_ALONE: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Size:
    """A ledger of that many events, which goes on growing a little while it is measured."""

    events: int
    grown: Grown
    chance: Chance

    def tell(self) -> float:
        """Commands a second, each a transaction, of a ledger that was just opened and has read nothing yet."""
        lines = self.grown.organisation.take(_TELLINGS)
        with open_ledger(self.grown.address) as ledger:
            ledger.catch_up()
            began = time.perf_counter()
            for line in lines:
                ledger.tell(command(json.loads(line)))
            return len(lines) / (time.perf_counter() - began)

    def ask(self) -> float:
        """Milliseconds that the middle one of many questions took."""
        with open_ledger(self.grown.address) as ledger:
            ledger.catch_up()
            return median(_took(partial(question, self, ledger)) for _ in range(_QUESTIONS) for question in _POINTS)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    for place in ledgers.places:
        sizes = _files(ledgers) if place is ledgers.places[0] else _carried(ledgers, place)
        yield from _points(ledgers, place, sizes)
        yield from _wholes(ledgers, place, sizes)


def _files(ledgers: Ledgers) -> list[_Size]:
    big = ledgers.big()
    big.follow()
    return [_Size(grown.ledger.head(), grown, Chance(grown)) for grown in (*map(ledgers.apart, ledgers.kept_at), big)]


def _carried(ledgers: Ledgers, place: Place) -> list[_Size]:
    """The same ledgers on a server, but for the largest."""
    found = list[_Size]()
    for events in ledgers.kept_at:
        address = place.new()
        with open_record(ledgers.kept(events)) as source:
            head = copy(source.database, address)
        grown = Grown(address, open_ledger(address), ledgers.organisation(events))
        grown.follow()
        found.append(_Size(head, grown, Chance(grown)))
    return found


def _points(ledgers: Ledgers, place: Place, sizes: Sequence[_Size]) -> Iterator[Row]:
    for what, unit, work, target in (
        (f"tell on {place.name}, one command a transaction", "commands/s", _Size.tell, _SAME),
        (f"who-owns, can --in and why on {place.name}, the middle one", "ms", _Size.ask, _NO_SLOWER),
    ):
        first, *others = interleaved(_ROUNDS, *(partial(work, each) for each in sizes))
        for size, found in zip(sizes[1:], others, strict=True):
            small = f"at {number(sizes[0].events)}"
            yield compared(f"{what}, at {number(size.events)} events", unit, found, first, small, target)
        line = [(size.events, found) for size, found in zip(sizes, (first, *others), strict=True)]
        ledgers.plots.append(Plot(f"growth: {what}", "events in the ledger", unit, {"ours": line}))


def _wholes(ledgers: Ledgers, place: Place, sizes: Sequence[_Size]) -> Iterator[Row]:
    found = [held for size in sizes for held in _alone(ledgers, size)]
    lines = {name: [held for held in found if held.what == name] for name in dict.fromkeys(held.what for held in found)}
    for name in (holding.REBUILD, holding.VERIFY):
        first, *rest = lines[name]
        for held in rest:
            what, small = f"{name} on {place.name}, {number(held.events)} events", f"at {number(first.events)}"
            ours, theirs = held.events / held.cpu, first.events / first.cpu
            yield Row(what, "events/s of CPU", ours, theirs, small, ours / theirs, _SAME)
    for name, line in lines.items():
        for less, more in pairwise(line):
            what = f"{name} on {place.name}, {number(more.events)} events, most memory held"
            # Caches have a size, and are full by a hundred thousand events.
            target = _FLAT if len(line) > len(KEPT) and more is line[-1] else None
            small = f"at {number(less.events)}"
            yield Row(what, "MB", more.peak / 1e6, less.peak / 1e6, small, more.peak / less.peak, target)
    for size in sizes:
        events = size.grown.ledger.head()
        for part, bytes_ in place.sizes(size.grown.address).items():
            yield Row(f"{part} on {place.name}, {number(events)} events", "bytes an event", bytes_ / events)
    growth = "events in the ledger"
    took = {name: [(held.events, Sample((held.cpu,))) for held in line] for name, line in lines.items()}
    ledgers.plots.append(Plot(f"growth: whole works on {place.name}", growth, "seconds of CPU", took, both_grow=True))
    peaks = {name: [(held.events, Sample((held.peak / 1e6,))) for held in line] for name, line in lines.items()}
    ledgers.plots.append(Plot(f"growth: most memory held on {place.name}", growth, "MB", peaks))


def _alone(ledgers: Ledgers, size: _Size) -> list[Held]:
    """The works on a ledger of that size, but for what took minutes already or would."""
    works = [holding.TELL, holding.EVERYTHING, holding.REBUILD, holding.VERIFY]
    before: list[Held] = []
    if size.grown is ledgers.big() and ledgers.rebuilt is not None:
        works.remove(holding.REBUILD)
        before.append(ledgers.rebuilt)
    if size.events > ledgers.patience:
        works.remove(holding.VERIFY)
    lines = size.grown.organisation.take(_TELLINGS_ALONE)
    return before + [holding.alone(size.grown.address, work, lines) for work in works]


def _took(work: Callable[[], None]) -> float:
    with timed() as cost:
        work()
    return cost.wall * 1_000


def _who_owns(size: _Size, ledger: Ledger) -> None:
    with ledger.ask(questions.who_owns, None, None, size.chance.code()) as answer:
        list(answer.value)


def _can(size: _Size, ledger: Ledger) -> None:
    with ledger.ask(questions.can, None, None, size.chance.handle(), size.chance.ask(), size.chance.code()):
        pass


def _why(size: _Size, ledger: Ledger) -> None:
    with ledger.ask(questions.why, None, None, size.chance.decision()) as answer:
        list(answer.value)


_POINTS: Final = (_who_owns, _can, _why)
