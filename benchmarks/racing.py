"""One to sixteen processes that write to one ledger at once, ours and others', as an application and as a bare log."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import batches, race
from benchmarks.generate import Organisation
from benchmarks.measure import Sample
from benchmarks.peers import logs, tellers
from benchmarks.plots import Plot
from benchmarks.report import Row, Target, compared
from ledger import open_ledger
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.batches import Batch
    from benchmarks.ledgers import Ledgers
    from benchmarks.places import Place
    from benchmarks.race import Count, Turn

_WRITERS: Final = (1, 2, 4, 8, 16)
_HEAVY: Final = 8
"""The number of writers that the figures are promised for, which is raced more often than the others."""
_ROUNDS: Final = {_HEAVY: 3}
"""How often so many are raced; once else."""
_SECONDS: Final = 1.0
_WARM_UP: Final = 60
"""Lines that each writer tells together before the clock begins: its members and its first responsibilities."""
_READY: Final = 2_000
"""Lines or batches that are made before the clock begins; more are made as they are needed."""
_LEAVES: Final = 3_000
_TOGETHER: Final = 1_000
_SIZES: Final = {"SQLite": (1,), "PostgreSQL": (1, _TOGETHER)}
"""Events in a transaction of a bare log."""
_NONE: Final = Target("≤", 0, "ours")
_NAMES: Final = (tellers.OURS, tellers.LIBRARY, tellers.ASYNC)
_TARGETS: Final = {"PostgreSQL": Target("≥", 2)}


@dataclass(frozen=True, slots=True)
class _Side:
    """One who is raced: its name, and what gives each writer its turn in a race of that number."""

    name: str
    start: Callable[[int, int], Turn]


def tell(ledgers: Ledgers) -> Iterator[Row]:
    """The same lines by all the rules; each writer has an organisation of its own under the one root."""
    for place in ledgers.places:
        addresses = {name: place.new() for name in _NAMES}
        for name, address in addresses.items():
            tellers.found(name, address)
        sides = [_Side(name, partial(_teller, name, address)) for name, address in addresses.items()]
        what = f"tell on {place.name}, one command a transaction"
        yield from _races(ledgers, what, sides, _WRITERS, _TARGETS.get(place.name))
        yield from _whole(place, addresses[tellers.OURS])


def append(ledgers: Ledgers) -> Iterator[Row]:
    """The same bytes with nothing around them; each event begins a stream of its own."""
    file = ledgers.folder / "leaves"
    with open_record(ledgers.kept(10_000)) as source:
        file.write_bytes(pickle.dumps(source.log(0, _LEAVES)))
    for place in ledgers.places:
        for size in _SIZES[place.name]:
            names = [name for name in logs.names(place.name) if size > 1 or name != logs.COPY]
            addresses = {name: place.new() for name in names}
            for name, address in addresses.items():
                logs.opened(name, address, new=True).close()
            sides = [_Side(name, partial(_log, name, address, file, size)) for name, address in addresses.items()]
            what = f"append on {place.name}, {'1 event' if size == 1 else '1 000 events'} a transaction"
            yield from _races(ledgers, what, sides, (_HEAVY,), _TARGETS.get(place.name))


def _races(
    ledgers: Ledgers, what: str, sides: Sequence[_Side], numbers: Sequence[int], target: Target | None
) -> Iterator[Row]:
    race_number, lines = count(), dict[str, list[tuple[float, Sample]]]()
    for writers in numbers:
        found: dict[str, list[list[Count]]] = {side.name: [] for side in sides}
        for round_ in range(_ROUNDS.get(writers, 1)):
            for side in sides if round_ % 2 == 0 else reversed(sides):
                found[side.name].append(race.race(partial(side.start, next(race_number)), writers, _SECONDS))
        rates = {name: Sample(tuple(map(_rate, races))) for name, races in found.items()}
        for name, rate in rates.items():
            lines.setdefault(name, []).append((writers, rate))
        said = f"{what}, {writers} writer{'s' * (writers > 1)}"
        for side in sides[1:]:
            wanted = target if writers == _HEAVY and side.name == tellers.LIBRARY else None
            yield compared(said, "events/s", rates[sides[0].name], rates[side.name], side.name, wanted)
        yield from _failures(said, found)
    if len(numbers) > 1:
        ledgers.plots.append(Plot(what, "processes that write", "events/s", lines))


def _rate(counts: Sequence[Count]) -> float:
    return sum(each.events / each.seconds for each in counts)


def _failures(said: str, found: dict[str, list[list[Count]]]) -> Iterator[Row]:
    """Commits that failed and were tried again: of ours there are to be none, of others' those that there were."""
    for name, races in found.items():
        failures = sum((each.failures for counts in races for each in counts), Counter[str]())
        if failures:
            kinds = ", ".join(sorted(failures))
            target = _NONE if name == tellers.OURS else None
            yield Row(f"{said}: commits of {name} that failed ({kinds})", "commits", failures.total(), target=target)


def _teller(name: str, address: str, number: int, writer: int) -> Turn:
    teller = tellers.opened(name, address)
    organisation = Organisation(number * _WRITERS[-1] + writer, f"{number}-{writer}-")
    teller.tell(organisation.take(_WARM_UP))
    ready = organisation.take(_READY)[::-1]
    waiting = [ready.pop()]

    def turn() -> int:
        events = teller.tell(waiting)
        waiting[0] = ready.pop() if ready else organisation.take(1)[0]
        return events

    return turn


def _log(name: str, address: str, file: Path, size: int, number: int, writer: int) -> Turn:
    log = logs.opened(name, address)
    made: Iterator[Batch] = batches.apart(pickle.loads(file.read_bytes()), size, f"{number}-{writer}")  # noqa: S301 - ours
    ready = [next(made) for _ in range(max(_READY // size, 1))][::-1]

    def turn() -> int:
        log.append(ready.pop() if ready else next(made))
        return size

    return turn


def _whole(place: Place, address: str) -> Iterator[Row]:
    """Whether the ledger that all the races wrote to has every position, the hashes and the root that it says."""
    with open_ledger(address) as ledger:
        report, events = ledger.verify(), ledger.head()
    checks = report.facts()["checks"]
    breaks = sum(not check["ok"] for check in checks) if isinstance(checks, list) else 1
    what = f"{events} events of these races on {place.name}: gaps, broken hashes, another root, views unlike a rebuild"
    yield Row(what, "found", breaks, target=_NONE)
