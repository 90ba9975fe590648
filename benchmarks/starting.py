"""What the command line costs before it does anything: `--version` and `--help` beside a bare import of click."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from benchmarks.measure import TILLIT, interleaved, process
from benchmarks.report import Row, Target, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.ledgers import Ledgers

_ROUNDS: Final = 31
_TARGET: Final = Target("≤", 1.3)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    del ledgers
    runs = ([sys.executable, "-c", "import click"], [TILLIT, "--version"], [TILLIT, "--help"])
    for words in runs:
        process(words)
    bare, version, help_ = interleaved(_ROUNDS, *(lambda words=words: process(words).wall * 1000 for words in runs))
    yield compared("`tillit --version`, the whole process", "ms", version, bare, "bare click", _TARGET)
    yield compared("`tillit --help`, the whole process", "ms", help_, bare, "bare click", _TARGET)
