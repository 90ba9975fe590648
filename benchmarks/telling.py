"""The same lines of a journal carried out one by one and together, beside others who were written for the same work."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from benchmarks.generate import Organisation
from benchmarks.measure import Sample, interleaved, peak_of
from benchmarks.peers import tellers
from benchmarks.report import Row, Target, compared, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.ledgers import Ledgers
    from benchmarks.peers.tellers import Teller
    from benchmarks.places import Place

_ROUNDS: Final = 5
_SINGLES: Final = 50
_TOGETHER: Final = 560
"""Lines that make about a thousand events."""
_NAMES: Final = (tellers.OURS, *tellers.PEERS)
_TARGETS: Final = {"SQLite": Target("≥", 0.8)}
_HELD: Final = 500
"""Lines that a process carries out one by one before its memory is looked at."""
_MEMORY: Final = """
import sys
from benchmarks.generate import Organisation
from benchmarks.peers import tellers
organisation = Organisation(9, "m-")
teller = tellers.opened(*sys.argv[1:3])
for line in organisation.take(int(sys.argv[3])): teller.tell([line])
teller.close()
"""


@dataclass(slots=True)
class _Told:
    """One who is being told, with an organisation's lines of their own, which are the same for each."""

    name: str
    address: str
    teller: Teller
    organisation: Organisation = field(default_factory=lambda: Organisation(7))
    events: int = 0

    def one_by_one(self) -> float:
        """Events a second."""
        return self._rate([[line] for line in self.organisation.take(_SINGLES)])

    def together(self) -> float:
        return self._rate([self.organisation.take(_TOGETHER)])

    def read(self) -> float:
        began = time.perf_counter()
        return self.teller.read() / (time.perf_counter() - began)

    def _rate(self, turns: list[list[bytes]]) -> float:
        began = time.perf_counter()
        events = sum(self.teller.tell(lines) for lines in turns)
        took = time.perf_counter() - began
        self.events += events
        return events / took


def measure(ledgers: Ledgers) -> Iterator[Row]:
    for place in ledgers.places:
        yield from _beside(place)


def _beside(place: Place) -> Iterator[Row]:
    with ExitStack() as stack:
        told = list[_Told]()
        for name in _NAMES:
            address = place.new()
            tellers.found(name, address)
            teller = stack.enter_context(closing(tellers.opened(name, address)))
            told.append(_Told(name, address, teller))
        # First together, so that what is told one by one finds a history, and room in a WAL that has grown.
        together = interleaved(_ROUNDS, *(each.together for each in told))
        singly = interleaved(_ROUNDS, *(each.one_by_one for each in told))
        back = interleaved(_ROUNDS // 2, *(each.read for each in told))
    yield from _rows(f"tell on {place.name}, one command a transaction", singly, _TARGETS.get(place.name))
    yield from _rows(f"tell on {place.name}, about 1 000 events a transaction", together, None)
    yield from _rows(f"read {number(told[0].events)} events back on {place.name}, 1 000 at a time", back, None)
    yield from _sizes(place, told)


def _rows(what: str, found: list[Sample], target: Target | None) -> Iterator[Row]:
    ours, *theirs = found
    for name, peer in zip(tellers.PEERS, theirs, strict=True):
        yield compared(what, "events/s", ours, peer, name, target if name == tellers.LIBRARY else None)


def _sizes(place: Place, told: list[_Told]) -> Iterator[Row]:
    """Bytes on the disk by event, and the most memory that a process held which told some lines more."""
    bytes_ = {each.name: place.sizes(each.address)["record"] / each.events for each in told}
    held = {each.name: peak_of(_MEMORY, each.name, each.address, str(_HELD)) / 1e6 for each in told}
    for what, unit, found in (
        (f"the record of {number(told[0].events)} events on {place.name}", "bytes an event", bytes_),
        (f"a process that tells {number(_HELD)} commands on {place.name}, most memory held", "MB", held),
    ):
        for name in (tellers.LIBRARY, tellers.ASYNC):
            ours, theirs = found[tellers.OURS], found[name]
            yield Row(what, unit, ours, theirs, name, ours / theirs)
