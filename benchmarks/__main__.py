"""`python -m benchmarks`: every figure of this ledger, printed as it comes and kept in RESULTS.md."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks import appending, asking, commands, importing, proving, report, starting, viewing, writers
from benchmarks.ledgers import Ledgers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.report import Row

    Figure = Callable[[Ledgers], Iterator[Row]]

FULL: Final = 1_000_000
QUICK: Final = 100_000
FIGURES: Final[dict[str, Figure]] = {
    "start": starting.measure,
    "import": importing.measure,
    "append": appending.measure,
    "views": viewing.measure,
    "ask": asking.measure,
    "commands": commands.measure,
    "memory": commands.memory,
    "sizes": commands.sizes,
    "verify": viewing.verify,
    "prove": proving.measure,
    "writers": writers.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"a ledger of {QUICK} events instead of {FULL}")
    parser.add_argument("--only", choices=FIGURES, action="append", help="only this family of figures; may be repeated")
    parser.add_argument("--out", type=Path, help="write the table there; else a full run writes RESULTS.md beside this")
    said = parser.parse_args()
    # Ended from outside, it takes its hundreds of megabytes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, commit = time.monotonic(), report.commit_now()
    rows: list[Row] = []
    with TemporaryDirectory(prefix="tillit-bench-") as folder:
        ledgers = Ledgers(Path(folder), QUICK if said.quick else FULL, _say)
        for name in said.only or FIGURES:
            _say(f"{name} …")
            for row in FIGURES[name](ledgers):
                print("  ".join(filter(None, row.cells())), flush=True)
                rows.append(row)
    took = time.monotonic() - began
    print(f"\n{report.table(rows)}\n")
    _say(f"{took:.0f} s")
    full = said.only is None and not said.quick
    if out := said.out or (Path(__file__).with_name("RESULTS.md") if full else None):
        report.write(out, rows, commit, took)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
