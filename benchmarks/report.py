"""What was measured, as rows of a table for people."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.measure import Sample
    from benchmarks.plots import Plot


@dataclass(frozen=True, slots=True)
class Target:
    """At least, or at most, so much: of ours itself, or of its ratio to the peer's."""

    sign: Literal["≥", "≤"]
    limit: float
    of: Literal["ours", "ratio"] = "ratio"

    def met(self, value: float) -> bool:
        return value >= self.limit if self.sign == "≥" else value <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `unit` is said after both numbers, `spread` is half the distance between the quartiles."""

    what: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = ""
    ratio: float | None = None
    target: Target | None = None
    spread: float | None = None
    more: str = ""

    @property
    def verdict(self) -> str:
        value = self.ours if self.target is None or self.target.of == "ours" else self.ratio
        if self.target is None or value is None:
            return ""
        return "met" if self.target.met(value) else "missed"

    def cells(self) -> tuple[str, ...]:
        target = ""
        if self.target is not None:
            unit = self.unit if self.target.of == "ours" else "x"
            target = f"{self.target.sign} {number(self.target.limit)} {unit}"
        return (
            self.what,
            f"{number(self.ours)} {self.unit}{self.more and f'; {self.more}'}",
            "" if self.peer is None else f"{number(self.peer)} {self.unit} ({self.peer_name})",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            target,
            self.verdict,
            "" if self.spread is None else f"± {self.spread:.0%}",
        )


def row(what: str, unit: str, ours: Sample, target: Target | None = None) -> Row:
    """A figure without a peer."""
    return Row(what, unit, ours.median, target=target, spread=ours.spread)


def compared(what: str, unit: str, ours: Sample, peer: Sample, name: str, target: Target | None = None) -> Row:
    """A figure beside its peer's, both taken in the same rounds; the spread is that of the ratio."""
    ratio = ours.over(peer)
    return Row(what, unit, ours.median, peer.median, name, ratio.median, target, ratio.spread)


_WHO: Final = """\
What each does, all of them with the promise that what is committed is on the disk:

- **ours** gives every event the next position, without gaps and whoever writes at once; checks that all that was read
  to decide still holds; hashes each entry, keeps the Merkle tree, refuses a command that was told before, and keeps
  private texts apart. `append` is the record alone, `tell` is a command with all its rules. What a signature costs
  is said under "Prove".
- **eventsourcing** is version 9.5's own SQLite or PostgreSQL module. Under `append` it is its recorder with the same
  streams, kinds and states; under `tell` an application with aggregates of its own for the same lines: it reads each
  aggregate that a line concerns by replaying it, checks the rules of delegating and deciding that these lines need, and
  saves what changed in one transaction. Versions of what is written are checked, not of what was read; no hashes, no
  command keys. On PostgreSQL it locks the table, and so has an order; gaps come from what is rolled back.
- **eventsource-py** does the same lines the same way, on aiosqlite and asyncpg. It saves one aggregate a transaction: a
  decision that draws on an allowance takes two, and a thousand events together are hundreds.
- **raw** is one table, a primary key and the driver, with the bytes that ours writes: the limit. On PostgreSQL its
  numbers come from a sequence, so nothing orders one commit after another."""
_TITLES: Final = ("what", "ours", "peer", "ratio", "target", "", "spread")


def table(rows: Sequence[Row]) -> str:
    lines = [_TITLES, ("---",) * len(_TITLES), *(each.cells() for each in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(path: Path, groups: Mapping[str, Sequence[Row]], plots: Sequence[Plot], around: str) -> None:
    """The page, which shows the plots that lie beside it."""
    parts = ["# Figures", around, _WHO]
    parts += [f"## {name.capitalize()}\n\n{table(rows)}" for name, rows in groups.items()]
    parts += [f"![{plot.title}]({plot.name})" for plot in plots]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def commit_now() -> str:
    """What is measured: asked for at the start, since others may commit meanwhile."""
    changes = " + changes" if _git("status", "--porcelain", "--", "ledger", "cli", "benchmarks/*.py") else ""
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + changes


def surroundings(commit: str, engines: Sequence[str], took: float) -> str:
    """The machine, the day and the commit, and nothing that names anybody's computer."""
    load = os.getloadavg()[2]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}; {os.cpu_count()} {platform.machine()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, {', '.join(engines)}.\n"
        "`make bench` measures anew. Medians of repeats taken in turn with the peer's; a ratio is the median of the "
        "ratios within a round, and the spread half the distance between the quartiles. The load of the last quarter "
        f"of an hour was {load:.1f}, this run's own included: the more other work there was, the less the clock says "
        f"and the more the ratios and CPU times do. All of it took {took / 60:.1f} minutes."
    )


def _git(*words: str) -> str:
    try:
        return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def number(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004 - three digits say enough
    return f"{value:,.{digits}f}".replace(",", " ")
