"""Whether the ledger is whole: the record as it is stored, the entries as they are read, the views as they follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.errors import LedgerError
from ledger.projections import PROJECTIONS
from ledger.projections.projector import Projector
from ledger.store import reading, views_engine, writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Table

    from ledger.projections.projector import Log
    from ledger.store import Recorder

    Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: what it says when it passes, or what is broken and at which position."""

    name: str
    said: str
    damage: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every check that was made, in order; a check that needs one before it is left out when that fails."""

    checks: tuple[CheckResult, ...]

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
        return {"verdict": "whole" if self.whole else "damaged", "first_break": self.position, "checks": checks}


def verify(
    recorder: Recorder,
    log: Log,
    projector: Projector,
    reading_views: Reading,
    progress: Callable[[int, int], None] | None,
) -> Report:
    """Check the record; if it is whole, build the views anew in a scratch place and compare every row.

    `progress` hears (position, head). Memory does not grow with the ledger.
    """
    record = _record(recorder, progress)
    if record.damage is not None:
        return Report((record,))
    return Report((record, _views(log, projector, reading_views, progress)))


def _record(recorder: Recorder, progress: Callable[[int, int], None] | None) -> CheckResult:
    """Density, canonical bytes, leaf hashes, versions, columns and head."""
    check = recorder.check(progress)
    said = f"{check.events} events in {check.streams} streams: positions, bytes, hashes and versions as written"
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
