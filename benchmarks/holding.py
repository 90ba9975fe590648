"""Whole works on a ledger, each measured in a process of its own: what it took, and the most memory that it held."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.measure import Cost
from ledger import command, open_ledger, questions
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Hear = Callable[[int, int], None]

TELL: Final = "tell 1 000 commands"
EVERYTHING: Final = "who-owns of everything"
REBUILD: Final = "rebuild the views"
VERIFY: Final = "verify"
CHECK: Final = "verify the record"


@dataclass(frozen=True, slots=True)
class Held:
    """What a work took in seconds and held in bytes, in a ledger of so many events at its end.

    `steps` are (position, seconds, seconds of CPU) since it began, for what goes through the log.
    """

    what: str
    events: int
    wall: float
    cpu: float
    peak: int
    steps: list[tuple[int, float, float]] = field(default_factory=list[tuple[int, float, float]])


def alone(address: str, work: str, lines: Sequence[bytes] = ()) -> Held:
    """What a process of its own says of a work; `lines` are those to be told. Raises RuntimeError if it fails."""
    program = [sys.executable, "-m", "benchmarks.holding", address, work]
    root = Path(__file__).parents[1]
    called = subprocess.run(program, input=b"".join(lines), capture_output=True, cwd=root, check=False)
    if called.returncode:
        raise RuntimeError(called.stderr.decode())
    return Held(**json.loads(called.stdout))


def _tell(address: str, hear: Hear) -> None:
    del hear
    with open_ledger(address) as ledger:
        for line in sys.stdin.buffer:
            ledger.tell(command(json.loads(line)))


def _everything(address: str, hear: Hear) -> None:
    """Every responsibility and who holds it, row by row."""
    with open_ledger(address) as ledger:
        ledger.catch_up(hear)
        with ledger.ask(questions.who_owns, None, None) as answer:
            for _row in answer.value:
                pass


def _rebuild(address: str, hear: Hear) -> None:
    with open_ledger(address) as ledger:
        ledger.rebuild(hear)


def _verify(address: str, hear: Hear) -> None:
    with open_ledger(address) as ledger:
        report = ledger.verify(None, hear)
    if not report.whole:
        raise RuntimeError(f"the ledger is not whole: {report.facts()}")


def _check(address: str, hear: Hear) -> None:
    with open_record(address) as record:
        damage = record.check(hear).damage
    if damage is not None:
        raise RuntimeError(f"the record is not whole: {damage}")


_WORKS: Final[dict[str, Callable[[str, Hear], None]]] = {
    TELL: _tell,
    EVERYTHING: _everything,
    REBUILD: _rebuild,
    VERIFY: _verify,
    CHECK: _check,
}


def _peak() -> int:
    """The most memory, in bytes, that this process ever held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise RuntimeError("this system does not say how much memory a process held")
    return int(found[1]) * 1024


def _measured(address: str, work: str) -> Held:
    steps = list[tuple[int, float, float]]()
    began = Cost.now()

    def hear(position: int, _head: int) -> None:
        passed = Cost.now().since(began)
        steps.append((position, passed.wall, passed.cpu))

    _WORKS[work](address, hear)
    cost, peak = Cost.now().since(began), _peak()
    with open_record(address) as record:
        return Held(work, record.head().position, cost.wall, cost.cpu, peak, steps)


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(*sys.argv[1:]))))
