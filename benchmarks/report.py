"""What was measured, as rows of a table for people."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.measure import Sample


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


_TITLES = ("what", "ours", "peer", "ratio", "target", "", "spread")


def table(rows: Sequence[Row]) -> str:
    lines = [_TITLES, ("---",) * len(_TITLES), *(each.cells() for each in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(path: Path, rows: Sequence[Row], commit: str, took: float) -> None:
    said = f"All of it took {took / 60:.1f} minutes."
    path.write_text(f"# Figures\n\n{surroundings(commit)} {said}\n\n{table(rows)}\n", encoding="utf-8")


def commit_now() -> str:
    """What is measured: asked for at the start, since others may commit meanwhile."""
    changes = " + changes" if _git("status", "--porcelain", "--", "ledger", "cli", "benchmarks/*.py") else ""
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + changes


def surroundings(commit: str) -> str:
    """The machine, the day and the commit, and nothing that names anybody's computer."""
    load = os.getloadavg()[2]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}; {os.cpu_count()} {platform.machine()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.\n"
        "`make bench` measures anew. Medians of repeats taken in turn with the peer's; a ratio is the median of the "
        "ratios within a round, and the spread half the distance between the quartiles. The load of the last quarter "
        f"of an hour was {load:.1f}, this run's own 1 included: the more other work there was, the less the clock says "
        "and the more the ratios and CPU times do."
    )


def _git(*words: str) -> str:
    try:
        return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def number(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004 - three digits say enough
    return f"{value:,.{digits}f}".replace(",", " ")
