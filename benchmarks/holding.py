"""`python -m benchmarks.holding ADDRESS WORK…`: what each work took and the most memory that it held, a line each."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.measure import timed
from ledger import open_ledger, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger import Ledger

_MINE: Final = Path("/proc/self")


def _open(ledger: Ledger) -> None:
    ledger.catch_up()


def _everything(ledger: Ledger) -> None:
    """Every responsibility and who holds it, row by row."""
    with ledger.ask(questions.who_owns, None, None) as answer:
        for _row in answer.value:
            pass


def _rebuild(ledger: Ledger) -> None:
    ledger.rebuild()


def _verify(ledger: Ledger) -> None:
    report = ledger.verify()
    if not report.whole:
        raise RuntimeError(f"the ledger is not whole: {report.facts()}")


WORKS: Final[dict[str, Callable[[Ledger], None]]] = {
    "open": _open,
    "who-owns of everything": _everything,
    "rebuild the views": _rebuild,
    "verify": _verify,
}


def held() -> int:
    """The most memory, in bytes, that this process held since the last time."""
    found = re.search(r"VmHWM:\s+(\d+) kB", (_MINE / "status").read_text())
    (_MINE / "clear_refs").write_text("5")
    if found is None:
        raise RuntimeError("this system does not say how much memory a process held")
    return int(found[1]) * 1024


def main(address: str, *works: str) -> None:
    for name in works:
        # Opened anew, so that one does not live on what another remembered.
        with open_ledger(address) as ledger:
            held()
            with timed() as cost:
                WORKS[name](ledger)
            told = {"what": name, "events": ledger.head(), "wall": cost.wall, "cpu": cost.cpu, "peak": held()}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
