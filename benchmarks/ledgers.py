"""The ledgers that are measured: one that grows to its full size by the front door, and copies from on its way."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.generate import BRANCH, FOUNDED, FOUNDER, Organisation
from benchmarks.measure import Cost, timed
from benchmarks.stamp import Stamp
from ledger import Journal, create_ledger, open_ledger
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger import Ledger

BATCH: Final = 1_000
_CHUNK: Final = 5_000
KEPT: Final = (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long so many commands or events took, up to a position."""

    position: int
    count: int
    cost: Cost


class Grown:
    """A ledger and the organisation that it is about, which goes on being told."""

    def __init__(self, file: Path, ledger: Ledger, organisation: Organisation) -> None:
        self.file = file
        self.ledger = ledger
        self.founding: int = ledger.head()
        self.organisation = organisation
        self._branch = organisation.branch()

    @classmethod
    def founded(cls, folder: Path, seed: int = 1) -> Grown:
        folder.mkdir(parents=True)
        file = folder / "ledger.db"
        return cls(file, create_ledger(file, "Bench", [FOUNDER], on=FOUNDED), Organisation(seed))

    def tell(self, commands: int, ledger: Ledger | None = None) -> Stretch:
        """Import the next commands of the organisation."""
        lines = self._next(commands)
        while len(lines) < commands:
            self._branch = self.organisation.branch()
            lines += self._next(commands - len(lines))
        return self._carry_out(lines, ledger or self.ledger)

    def tell_branch(self, commands: int) -> Stretch | None:
        """The same, but only to the end of the branch; None where it is there already."""
        lines = self._next(commands)
        return self._carry_out(lines, self.ledger) if lines else None

    def _next(self, commands: int) -> list[bytes]:
        return list(islice(self._branch, commands))

    def _carry_out(self, lines: list[bytes], ledger: Ledger) -> Stretch:
        """Raises RuntimeError where a command is refused."""
        with timed() as cost:
            outcome = Journal(lines).carry_out(ledger, FOUNDER, batch=BATCH)
        if outcome.refused or outcome.recorded != len(lines):
            message = f"a command of the benchmark was refused: {outcome.refused[:1]}"
            raise RuntimeError(message)
        return Stretch(ledger.head(), len(lines), cost)

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
        self._early: Organisation | None = None
        self._count = 0

    def fresh(self, commands: int, seed: int = 1) -> Grown:
        """A new ledger with the first commands of an organisation."""
        self._count += 1
        grown = Grown.founded(self.folder / f"fresh-{self._count}", seed)
        grown.tell(commands)
        grown.follow()
        return grown

    def big(self) -> Grown:
        """The ledger of full size: its first branch by the rules, and that branch again and again under other names."""
        if self._big is None:
            self._big = Grown.founded(self.folder / "big")
            self._grow(self._big)
        return self._big

    def early(self) -> Grown:
        """A copy of the big ledger from when its first branch was told, opened anew, which goes on by itself."""
        file = self.kept(KEPT[1])
        folder = self.folder / "early"
        folder.mkdir()
        copy(file, folder / file.name)
        if self._early is None:
            raise AssertionError
        return Grown(folder / file.name, open_ledger(folder / file.name), self._early)

    def kept(self, events: int) -> Path:
        """The file of a copy of the big ledger from when it had about so many events (see KEPT), with its views."""
        self.big()
        return self.folder / f"kept-{events}" / "ledger.db"

    def _grow(self, grown: Grown) -> None:
        began = time.monotonic()

        def follow() -> None:
            self.followed.append(grown.follow())
            self._say(f"{self.followed[-1].position} events after {time.monotonic() - began:.0f} s")

        while grown.ledger.head() < KEPT[0]:
            self.imported.append(grown.tell(_CHUNK // 10))
        follow()
        self._keep(grown, KEPT[0])
        while (stretch := grown.tell_branch(_CHUNK)) is not None:
            self.imported.append(stretch)
        follow()
        self._keep(grown, KEPT[1])
        self._early = deepcopy(grown.organisation)
        with open_record(grown.file) as recorder:
            size, members = recorder.head().position, len(grown.organisation.members)
            stamp = Stamp(recorder.log(grown.founding, size), BRANCH, members)
            for copy in range(1, round(self.events / size)):
                stamp.append(recorder, copy)
                grown.organisation.copied(copy, members)
                follow()
        while grown.ledger.head() < self.events:
            self.imported.append(grown.tell(_CHUNK // 10))
        self.events = grown.ledger.head()

    def _keep(self, grown: Grown, events: int) -> None:
        folder = self.folder / f"kept-{events}"
        folder.mkdir()
        for file in (grown.file, grown.file.with_name("views.db")):
            copy(file, folder / file.name)


def copy(file: Path, target: Path) -> None:
    """A whole copy, while the ledger is open, by SQLite's own means."""
    with (
        closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as made,
    ):
        source.backup(made)
        made.execute("PRAGMA journal_mode = WAL")
