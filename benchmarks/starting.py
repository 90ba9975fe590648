"""What it costs before anything is done: the command line beside a bare import, and a process that tells one thing."""

from __future__ import annotations

import sys
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from benchmarks.measure import TILLIT, interleaved, process
from benchmarks.peers import tellers
from benchmarks.report import Row, Target, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.ledgers import Ledgers

_ROUNDS: Final = 31
_TELLINGS: Final = 5
_TARGET: Final = Target("≤", 1.3)
_NAMES: Final = (tellers.OURS, tellers.LIBRARY, tellers.ASYNC)
_TELL_ONE: Final = """
import sys
from benchmarks.generate import Organisation
from benchmarks.peers import tellers
name, address, number = sys.argv[1:]
teller = tellers.opened(name, address)
teller.tell(Organisation(int(number), f"{number}-").take(1))
teller.close()
"""


def measure(ledgers: Ledgers) -> Iterator[Row]:
    runs = ([sys.executable, "-c", "import click"], [TILLIT, "--version"], [TILLIT, "--help"])
    for words in runs:
        process(words)
    bare, version, help_ = interleaved(_ROUNDS, *(lambda words=words: process(words).wall * 1000 for words in runs))
    yield compared("`tillit --version`, the whole process", "ms", version, bare, "bare click", _TARGET)
    yield compared("`tillit --help`, the whole process", "ms", help_, bare, "bare click", _TARGET)
    place, numbers = ledgers.places[0], count()
    addresses = {name: place.new() for name in _NAMES}
    for name, address in addresses.items():
        tellers.found(name, address)

    def tell_one(name: str) -> float:
        return process([sys.executable, "-c", _TELL_ONE, name, addresses[name], str(next(numbers))]).wall * 1000

    ours, *theirs = interleaved(_TELLINGS, *(partial(tell_one, name) for name in _NAMES))
    for name, peer in zip(_NAMES[1:], theirs, strict=True):
        yield compared("a Python process that opens a ledger and tells one command", "ms", ours, peer, name)
