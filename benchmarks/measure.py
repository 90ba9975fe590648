"""Measuring on a machine with other work: repeats taken in turn, medians, and ratios within one round."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

TILLIT: Final = str(Path(sys.executable).with_name("tillit"))
_LONG_ENOUGH: Final = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """The values of one thing, a round each."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a share of the median."""
        if len(self.values) < _LONG_ENOUGH or not self.median:
            return 0.0
        first, _, third = quantiles(self.values, n=4, method="inclusive")
        return (third - first) / 2 / self.median

    def percentile(self, hundredth: int) -> float:
        return quantiles(self.values, n=100, method="inclusive")[hundredth - 1]

    def over(self, other: Sample) -> Sample:
        """This by that, round by round, since what slows the machine slows both."""
        return Sample(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))


@dataclass(slots=True)
class Cost:
    """What a block took, in seconds by the clock and of this process's time on a core."""

    wall: float = 0.0
    cpu: float = 0.0

    @classmethod
    def now(cls) -> Cost:
        """Since some moment that stays the same."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, began: Cost) -> Cost:
        return Cost(self.wall - began.wall, self.cpu - began.cpu)


@contextmanager
def timed() -> Iterator[Cost]:
    cost, began = Cost(), Cost.now()
    yield cost
    spent = Cost.now().since(began)
    cost.wall, cost.cpu = spent.wall, spent.cpu


def interleaved(rounds: int, *runs: Callable[[], float]) -> list[Sample]:
    """Each run once a round, in turning order, so that none is always the one after the other."""
    found: list[list[float]] = [[] for _ in runs]
    for number in range(rounds):
        order = range(len(runs)) if number % 2 == 0 else reversed(range(len(runs)))
        for which in order:
            found[which].append(runs[which]())
    return [Sample(tuple(values)) for values in found]


def process(words: Sequence[str], codes: Collection[int] = (0,)) -> Cost:
    """A whole process, its output thrown away. Raises RuntimeError where it ends with another code."""
    began = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_plain())
    said = child.stderr.read() if child.stderr else b""
    _, status, usage = os.wait4(child.pid, 0)
    cost = Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in codes:
        message = f"{' '.join(words[1:])} ended with {child.returncode}: {said.decode(errors='replace')}"
        raise RuntimeError(message)
    return cost


def peak_memory(*words: str) -> int:
    """The most memory, in bytes, that `tillit WORDS` held."""
    return peak_of("import sys\nfrom cli.main import main\ntry: main()\nexcept SystemExit: pass\n", *words)


def peak_of(script: str, *words: str) -> int:
    """The most memory, in bytes, that a Python script held."""
    # By the child itself: what its parent would hear counts the parent's own pages from before the program began.
    code = f"{script}\nimport sys\nsys.stdout.flush(); print(open('/proc/self/status').read(), file=sys.stderr)"
    called = subprocess.run(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_plain(),
        cwd=Path(__file__).parents[1],
        check=True,
    )
    found = re.search(rb"VmHWM:\s+(\d+) kB", called.stderr)
    if found is None:
        message = "this system does not say how much memory a process held"
        raise RuntimeError(message)
    return int(found[1]) * 1024


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("TILLIT", "PYTHON", "COV"))}
