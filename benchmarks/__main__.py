"""`python -m benchmarks`: every figure of this ledger, printed as it comes and kept in RESULTS.md."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks import (
    appending,
    asking,
    commands,
    growing,
    importing,
    proving,
    racing,
    report,
    starting,
    telling,
    viewing,
    writers,
)
from benchmarks.ledgers import Ledgers
from benchmarks.places import places
from benchmarks.plots import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.report import Row

    Figure = Callable[[Ledgers], Iterator[Row]]

QUICK: Final = 100_000
USUAL: Final = 1_000_000
FULL: Final = 10_000_000
PATIENCE: Final = 200_000
"""Events up to which everything is verified, unless the run is a full one."""
FIGURES: Final[dict[str, Figure]] = {
    "start": starting.measure,
    "import": importing.measure,
    "append": appending.measure,
    "tell": telling.measure,
    "race append": racing.append,
    "race tell": racing.tell,
    "views": viewing.measure,
    "ask": asking.measure,
    "commands": commands.measure,
    "memory": commands.memory,
    "sizes": commands.sizes,
    "prove": proving.measure,
    "writers": writers.measure,
    "grow": growing.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help=f"a ledger of {QUICK} events instead of {USUAL}")
    size.add_argument("--full", action="store_true", help=f"one of {FULL} events, all of it verified: some hours")
    parser.add_argument("--only", choices=FIGURES, action="append", help="only this family of figures; may be repeated")
    parser.add_argument(
        "--out", type=Path, help="write the table there; else a whole run writes RESULTS.md here, a full one in full/"
    )
    said = parser.parse_args()
    # Ended from outside, it takes its hundreds of megabytes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, commit = time.monotonic(), report.commit_now()
    groups: dict[str, list[Row]] = {}
    events = QUICK if said.quick else FULL if said.full else USUAL
    with TemporaryDirectory(prefix="tillit-bench-") as name, places(Path(name), _say) as found:
        ledgers = Ledgers(Path(name), events, FULL if said.full else PATIENCE, found, _say)
        for family in said.only or FIGURES:
            _say(f"{family}, after {time.monotonic() - began:.0f} s")
            groups[family] = []
            for row in FIGURES[family](ledgers):
                print("  ".join(filter(None, row.cells())), flush=True)
                groups[family].append(row)
        engines = [f"{place.name} {place.version}" for place in found]
    took = time.monotonic() - began
    _say(f"{took:.0f} s")
    whole = said.only is None and not said.quick
    folder = Path(__file__).parent / ("full" if said.full else "")
    if out := said.out or (folder / "RESULTS.md" if whole else None):
        out.parent.mkdir(exist_ok=True)
        for plot in ledgers.plots:
            draw(plot, out.parent)
        report.write(out, groups, ledgers.plots, report.surroundings(commit, engines, took))
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
