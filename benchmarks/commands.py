"""Whole commands on a ledger of full size beside the same on an almost empty one, and the memory of a long answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.asking import Chance
from benchmarks.measure import TILLIT, interleaved, peak_memory, process
from benchmarks.report import Row, Target, compared, number
from ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.ledgers import Grown, Ledgers

_ROUNDS: Final = 5
_ALMOST_EMPTY: Final = 200
_TARGET: Final = Target("≤", 1.2)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    big, small = ledgers.big(), ledgers.fresh(_ALMOST_EMPTY)
    big.follow()
    size = number(ledgers.events)
    near, far = Chance(small), Chance(big)
    asked = ("purchase/vehicle", "--amount", "80000")
    for name, words in (
        ("who-owns CODE", lambda chance: ("who-owns", chance.code())),
        ("can HANDLE TYPE", lambda chance: ("can", chance.handle(), *asked)),
        ("why DECISION", lambda chance: ("why", chance.decision())),
    ):
        much, little = interleaved(_ROUNDS, _run(big, far, words), _run(small, near, words))
        what = f"`tillit {name}` at {size} events, the whole process"
        yield compared(what, "ms", much, little, "almost empty ledger", _TARGET)


def memory(ledgers: Ledgers) -> Iterator[Row]:
    big = ledgers.big()
    big.follow()
    small = ledgers.kept(10_000)
    much, little = _peak(big.file), _peak(small)
    what = f"`tillit who-owns --format jsonl` of everything at {number(ledgers.events)} events, most memory held"
    yield Row(what, "MB", much / 1e6, little / 1e6, "at 10 000", much / little)


def sizes(ledgers: Ledgers) -> Iterator[Row]:
    """Closed, so that nothing lies in a WAL beside the files."""
    for file in (ledgers.kept(10_000), ledgers.kept(100_000), ledgers.big().file):
        with open_ledger(file) as ledger:
            events = ledger.catch_up()
        for name, part in (("record", file), ("views", file.with_name("views.db"))):
            yield Row(f"{name} at {number(events)} events", "bytes an event", part.stat().st_size / events)


def _run(grown: Grown, chance: Chance, words: Callable[[Chance], tuple[str, ...]]) -> Callable[[], float]:
    def run() -> float:
        return process([TILLIT, "--ledger", str(grown.file), *words(chance)], (0, 1)).wall * 1000

    run()
    return run


def _peak(file: Path) -> int:
    return peak_memory("--ledger", str(file), "who-owns", "--format", "jsonl")
