"""Whether the ledger is whole: the record as it is stored, the entries as they are read, the views as they follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.anchoring import Fork, Outside, anchors
from ledger.errors import LedgerError
from ledger.projections import PROJECTIONS
from ledger.projections.projector import Projector
from ledger.store import reading, views_engine, writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Table

    from ledger.projections.projector import Log
    from ledger.store import Check, Recorder

    Reading = Callable[[], AbstractContextManager[Connection]]


NOT_SHOWN = (
    "that what was entered is true, or that all that happened was entered",
    "that the end of the log is still there, beyond the last checkpoint that somebody outside remembers",
    "that whoever holds the signing key signed no other history, unless witnesses cosigned this one",
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: what it says when it passes, or what is broken and at which position."""

    name: str
    said: str
    damage: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every check that was made, in order; a check that needs one before it is left out when that fails.

    `coverage` says what fixes which events, and what does not; `forks` are pairs of signed checkpoints, one of the
    record and one from outside, that cannot both be of one log.
    """

    checks: tuple[CheckResult, ...]
    coverage: tuple[str, ...] = ()
    forks: tuple[Fork, ...] = ()

    @property
    def not_shown(self) -> tuple[str, ...]:
        """What a pass does not establish."""
        return NOT_SHOWN

    @property
    def whole(self) -> bool:
        return all(check.damage is None for check in self.checks)

    @property
    def position(self) -> int | None:
        """Where the first break is."""
        return next((check.position for check in self.checks if check.damage is not None), None)

    def facts(self) -> dict[str, object]:
        """The report as JSON."""
        checks = [
            {"check": each.name, "ok": each.damage is None, "said": each.damage or each.said, "position": each.position}
            for each in self.checks
        ]
        return {
            "verdict": "whole" if self.whole else "damaged",
            "first_break": self.position,
            "checks": checks,
            "coverage": list(self.coverage),
            "not_shown": list(NOT_SHOWN),
        }


def verify(
    recorder: Recorder,
    log: Log,
    projector: Projector,
    reading_views: Reading,
    outside: Outside,
    progress: Callable[[int, int], None] | None,
) -> Report:
    """Check the record, then the checkpoints; if all is whole, build the views anew elsewhere and compare every row.

    `progress` hears (position, head). Memory does not grow with the ledger.
    """
    check = recorder.check(progress, outside.sizes())
    record = _record(check)
    if record.damage is not None:
        return Report((record,))
    anchored = anchors(recorder.origin, check.events, check.roots, check.notes, outside)
    sound = CheckResult("checkpoints", anchored.said, anchored.damage, anchored.position)
    if sound.damage is not None:
        return Report((record, sound), anchored.coverage, anchored.forks)
    views = _views(log, projector, reading_views, progress)
    return Report((record, sound, views), anchored.coverage)


def _record(check: Check) -> CheckResult:
    """Density, canonical bytes, leaf hashes, versions, columns, the tree and the head."""
    said = f"{check.events} events in {check.streams} streams: positions, bytes, hashes, tree and versions as written"
    if check.damage is None:
        return CheckResult("record", said)
    return CheckResult("record", said, str(check.damage), check.damage.position)


def _views(
    log: Log, projector: Projector, reading_views: Reading, progress: Callable[[int, int], None] | None
) -> CheckResult:
    """The cheapest lie is an edited view, so all of it is worked out anew and compared row by row."""
    try:
        reached = projector.catch_up()
        with TemporaryDirectory(prefix="tillit-") as folder:
            scratch = views_engine(Path(folder) / "ledger.db")
            Projector(PROJECTIONS, log, partial(reading, scratch), partial(writing, scratch)).catch_up(progress)
            with reading_views() as stored, reading(scratch) as computed:
                found = _first_difference(stored, computed, reached)
            scratch.dispose()
    except LedgerError as error:
        position = error.facts.get("position")
        return CheckResult("entries", "", str(error), position if isinstance(position, int) else None)
    if found is not None:
        return CheckResult("views", "", f"{found}; run tillit rebuild")
    return CheckResult("views", f"every row follows from the log up to position {reached}")


def _first_difference(stored: Connection, computed: Connection, reached: int) -> str | None:
    for projection in PROJECTIONS:
        for table in projection.tables:
            found = _difference(stored, computed, table, reached)
            if found is not None:
                return f"{table.name}: {found}"
    return None


def _difference(stored: Connection, computed: Connection, table: Table, reached: int) -> str | None:
    """What differs first between the rows as stored and as worked out anew, or None."""
    query = select(table).where(table.c.known_from <= reached).order_by(table.c.id)
    pages = (connection.execution_options(yield_per=1000).execute(query) for connection in (stored, computed))
    for have, want in zip_longest(*pages):
        if have != want:
            number = (have or want)[0]
            kind = (
                "a row that no event made"
                if want is None
                else "a row is missing"
                if have is None
                else "a row was altered"
            )
            return f"{kind} (row {number})"
    return None
