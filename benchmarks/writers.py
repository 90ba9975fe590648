"""Four processes that write to one ledger at once, and whether all that was acknowledged is there afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.generate import FOUNDED
from benchmarks.report import Row, Target
from ledger import command, open_ledger
from ledger.errors import Conflict, LedgerError, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.ledgers import Grown, Ledgers
    from ledger import Command

WRITERS: Final = 4
SECONDS: Final = 3.0
_WARM_UP: Final = 200
_SHARED: Final = 20
_MEMBER_EACH: Final = 10
_NONE: Final = Target("≤", 0, "ours")


def measure(ledgers: Ledgers) -> Iterator[Row]:
    for place in ledgers.places:
        yield from _together(ledgers.fresh(_WARM_UP, seed=4, place=place), place.name)


def _together(grown: Grown, engine: str) -> Iterator[Row]:
    holders = grown.organisation.holders[:_SHARED]
    before = grown.ledger.head()
    program = [sys.executable, "-m", "benchmarks.writers", grown.address, ",".join(holders)]
    running = [
        subprocess.Popen([*program, str(number)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
        for number in range(WRITERS)
    ]
    counts, acknowledged = Counter[str](), list[tuple[str, int]]()
    for child in running:
        said, _ = child.communicate()
        if child.returncode:
            counts["errors"] += 1
        for line in said.splitlines():
            what, _, rest = line.partition(" ")
            counts[what] += 1
            if what == "told":
                writer, _, turn = rest.partition(" ")
                acknowledged.append((writer, int(turn)))
    with open_ledger(grown.address) as ledger:
        lost = sum(not ledger.tell(_turn(holders, int(writer), turn)).again for writer, turn in acknowledged)
        report = ledger.verify()
        recorded = ledger.head() - before
    each = Counter(writer for writer, _ in acknowledged)
    what = f"{WRITERS} processes writing at once on {engine} for {SECONDS:.0f} s, mostly in the same {_SHARED} places"
    yield Row(f"{what}, one command a transaction", "commits/s", len(acknowledged) / SECONDS)
    yield Row(f"{what}: the slowest of them", "commits/s", min(each.values(), default=0) / SECONDS)
    yield Row(f"{what}: events", "recorded", recorded)
    for name in ("refused", "conflicts", "errors"):
        yield Row(f"{what}: {name}", "commands", counts[name], target=_NONE)
    yield Row(f"{what}: acknowledged and lost", "commands", lost, target=_NONE)
    breaks = sum(not check["ok"] for check in _checks(report.facts()))
    yield Row(f"{what}: gaps, broken hashes, views unlike a rebuild", "found", breaks, target=_NONE)


def _checks(facts: dict[str, object]) -> list[dict[str, object]]:
    checks = facts["checks"]
    return checks if isinstance(checks, list) else []


def _turn(holders: list[str], writer: int, turn: int) -> Command:
    """The command of that turn: decisions in what all share, and now and then a new member."""
    day = (FOUNDED + timedelta(days=2)).isoformat()
    words: dict[str, object] = {"on": day, "key": f"writer-{writer}-{turn}"}
    if turn % _MEMBER_EACH == 0:
        return command({**words, "do": "member add", "by": "eva", "handle": f"w{writer}-{turn}"})
    which = turn % len(holders)
    matter = {"in": f"r{which}", "title": f"By writer {writer}, turn {turn}", "type": "it/system", "amount": "100"}
    return command({**words, "do": "decide", "by": holders[which], **matter})


def write(address: str, holders: list[str], writer: int) -> None:
    """One writer: a line for each command, saying what became of it."""
    with open_ledger(address) as ledger:
        until, turn = time.monotonic() + SECONDS, 0
        while time.monotonic() < until:
            turn += 1
            try:
                ledger.tell(_turn(holders, writer, turn))
            except Refused:
                print("refused", writer, turn)
            except Conflict:
                print("conflicts", writer, turn)
            except LedgerError as error:
                print("errors", writer, turn, error)
            else:
                print("told", writer, turn)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2].split(","), int(sys.argv[3]))
