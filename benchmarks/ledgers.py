"""The ledgers that are measured: one that grows to its full size by the front door, and copies from on its way."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.generate import FOUNDED, FOUNDER, Organisation
from benchmarks.measure import Cost, timed
from ledger import Journal, create_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ledger import Ledger

BATCH: Final = 1_000
_CHUNK: Final = 5_000
_KEPT: Final = (10_000, 100_000)
_BUILD_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long so many commands or events took, up to a position."""

    position: int
    count: int
    cost: Cost


class Grown:
    """A ledger and the organisation that it is about, which goes on being told."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.file = folder / "ledger.db"
        folder.mkdir(parents=True)
        self.ledger: Ledger = create_ledger(self.file, "Bench", [FOUNDER], on=FOUNDED)
        self.organisation = Organisation(seed)
        self._lines = self.organisation.lines()

    def tell(self, commands: int, ledger: Ledger | None = None) -> Stretch:
        """Import the next commands of the organisation. Raises RuntimeError where one is refused."""
        lines = list(islice(self._lines, commands))
        used = ledger or self.ledger
        with timed() as cost:
            outcome = Journal(lines).carry_out(used, FOUNDER, batch=BATCH)
        if outcome.refused or outcome.recorded != commands:
            message = f"a command of the benchmark was refused: {outcome.refused[:1]}"
            raise RuntimeError(message)
        return Stretch(used.head(), commands, cost)

    def follow(self) -> Stretch:
        """Bring the views up to the log."""
        before = int(str(self._position()))
        with timed() as cost:
            after = self.ledger.catch_up()
        return Stretch(after, after - before, cost)

    def _position(self) -> int:
        views = self.file.with_name("views.db")
        with closing(sqlite3.connect(f"{views.as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'progress'").fetchone() is None:
                return 0
            found: int = connection.execute("SELECT min(position) FROM progress").fetchone()[0]
        return found


class Ledgers:
    """Every ledger of one run, in one folder, each made when it is first asked for."""

    def __init__(self, folder: Path, events: int, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.events = events
        self.imported: list[Stretch] = []
        self.followed: list[Stretch] = []
        self._say = say
        self._big: Grown | None = None
        self._count = 0

    def fresh(self, commands: int = 0, seed: int = 1) -> Grown:
        """A new ledger with the first commands of an organisation."""
        self._count += 1
        grown = Grown(self.folder / f"fresh-{self._count}", seed)
        if commands:
            grown.tell(commands)
            grown.follow()
        return grown

    def big(self) -> Grown:
        """The ledger of full size; smaller where it could not be built in its time."""
        if self._big is None:
            self._big = Grown(self.folder / "big")
            self._grow(self._big)
        return self._big

    def kept(self, events: int) -> Path:
        """The file of a copy of the big ledger from when it had so many events, with its views."""
        self.big()
        return self.folder / f"kept-{events}" / "ledger.db"

    def _grow(self, grown: Grown) -> None:
        began = time.monotonic()
        waiting = [*(each for each in _KEPT if each < self.events), self.events]
        followed = 0
        while waiting and time.monotonic() - began < _BUILD_SECONDS:
            self.imported.append(grown.tell(_CHUNK if waiting[0] > _KEPT[0] else _CHUNK // 10))
            position = self.imported[-1].position
            if position < waiting[0] and position - followed < _KEPT[1]:
                continue
            self.followed.append(grown.follow())
            followed = position
            self._say(f"{position} events after {time.monotonic() - began:.0f} s")
            if position >= waiting[0]:
                self._keep(grown, waiting.pop(0))
        self.events = grown.ledger.head()

    def _keep(self, grown: Grown, events: int) -> None:
        if events not in _KEPT:
            return
        folder = self.folder / f"kept-{events}"
        folder.mkdir()
        copy((grown.file, grown.file.with_name("views.db")), folder)


def copy(files: Iterable[Path], folder: Path) -> None:
    """Whole copies, while the ledger is open, by SQLite's own means."""
    for file in files:
        with (
            closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(folder / file.name)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = WAL")
