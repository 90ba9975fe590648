"""Several processes that do the same thing at once for a while, each counting what it finished."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.synchronize import Barrier

    Turn = Callable[[], int]
    """Does the next thing; how many events that made."""

_MODULES: Final = [
    "benchmarks.peers.eventsource",
    "benchmarks.peers.library",
    "benchmarks.peers.logs",
    "benchmarks.peers.ours",
]
_PATIENCE: Final = 300
"""Seconds until a process that does not come forward is given up."""


@dataclass(slots=True)
class Count:
    """What one process did: commits, events, the seconds that this took, and failures by their names."""

    commits: int = 0
    events: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    """The longest that it waited for one commit, in seconds."""
    failures: Counter[str] = field(default_factory=Counter[str])


def race(start: Callable[[int], Turn], writers: int, seconds: float) -> list[Count]:
    """`start(writer)` runs in each process and gives it its turn; the clock begins when all are ready.

    A turn that fails is counted and taken again. `start` goes to another process, so it must be a module's function.
    """
    # Each begins as a copy of a process that holds no file of ours, for a file's locks belong to processes.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_MODULES)
    barrier, answers = context.Barrier(writers), context.SimpleQueue()
    running = [
        context.Process(target=_run, args=(start, number, barrier, seconds, answers), daemon=True)
        for number in range(writers)
    ]
    for each in running:
        each.start()
    found = [answers.get() for _ in running]
    for each in running:
        each.join()
    broken = [each for each in found if isinstance(each, str)]
    if broken:
        raise RuntimeError(broken[0])
    return found


def _run(start: Callable[[int], Turn], number: int, barrier: Barrier, seconds: float, answers: Any) -> None:  # noqa: ANN401 - multiprocessing does not say what its queues hold
    try:
        turn = start(number)
        barrier.wait(_PATIENCE)
    except BaseException as error:
        barrier.abort()
        answers.put(f"{type(error).__name__}: {error}")
        raise
    count = Count()
    began = before = time.perf_counter()
    while before - began < seconds:
        try:
            count.events += turn()
        except Exception as error:  # noqa: BLE001 - every failure is a figure
            count.failures[type(error).__name__] += 1
        else:
            count.commits += 1
        now = time.perf_counter()
        count.slowest = max(count.slowest, now - before)
        before = now
    count.seconds = before - began
    answers.put(count)
