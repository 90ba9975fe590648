"""The ledgers that are measured: one that grows to its full size by the front door, and copies from on its way."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import holding
from benchmarks.generate import BRANCH, FOUNDED, FOUNDER, Organisation
from benchmarks.measure import Cost, timed
from benchmarks.stamp import Stamp
from ledger import Journal, create_ledger, open_ledger
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.holding import Held
    from benchmarks.places import Place
    from benchmarks.plots import Plot
    from ledger import Ledger

BATCH: Final = 1_000
_CHUNK: Final = 5_000
KEPT: Final = (10_000, 100_000)
_LATE: Final = 1_000_000
"""One more, where the ledger becomes several times as large."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long so many commands or events took, up to a position."""

    position: int
    count: int
    cost: Cost


class Grown:
    """A ledger and the organisation that it is about, which goes on being told."""

    def __init__(self, address: str | Path, ledger: Ledger, organisation: Organisation) -> None:
        self.address = str(address)
        self.ledger = ledger
        self.founding: int = ledger.head()
        self.organisation = organisation
        self._followed = 0

    @property
    def file(self) -> Path:
        """Where it lies, unless it is on a server."""
        return Path(self.address)

    @classmethod
    def founded(cls, address: str | Path, seed: int = 1) -> Grown:
        return cls(address, create_ledger(address, "Bench", [FOUNDER], on=FOUNDED), Organisation(seed))

    def tell(self, commands: int, ledger: Ledger | None = None) -> Stretch:
        """Import the next commands of the organisation."""
        return self._carry_out(self.organisation.take(commands), ledger or self.ledger)

    def tell_branch(self, commands: int) -> Stretch | None:
        """The same, but only to the end of the branch; None where it is there already."""
        lines = self.organisation.take_branch(commands)
        return self._carry_out(lines, self.ledger) if lines else None

    def _carry_out(self, lines: list[bytes], ledger: Ledger) -> Stretch:
        """Raises RuntimeError where a command is refused."""
        with timed() as cost:
            outcome = Journal(lines).carry_out(ledger, FOUNDER, batch=BATCH)
        if outcome.refused or outcome.recorded != len(lines):
            message = f"a command of the benchmark was refused: {outcome.refused[:1]}"
            raise RuntimeError(message)
        return Stretch(ledger.head(), len(lines), cost)

    def follow(self) -> Stretch:
        """Bring the views up to the log, which nobody else did since the last time."""
        before = self._followed
        with timed() as cost:
            self._followed = self.ledger.catch_up()
        return Stretch(self._followed, self._followed - before, cost)


class Ledgers:
    """Every ledger of one run, in one folder, each made when it is first asked for."""

    def __init__(
        self, folder: Path, events: int, patience: int, places: Sequence[Place], say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.events = events
        self.patience = patience
        """Of how many events a ledger may be for what takes minutes at a million."""
        self.places = places
        self.imported: list[Stretch] = []
        self.followed: list[Stretch] = []
        self.rebuilt: Held | None = None
        """How the views of the largest were built."""
        self.plots: list[Plot] = []
        self._say = say
        self._big: Grown | None = None
        self._organisations: dict[int, Organisation] = {}

    @property
    def kept_at(self) -> tuple[int, ...]:
        """About how many events the copies have that are kept on the way."""
        return (*KEPT, _LATE) if self.events > 2 * _LATE else KEPT

    def fresh(self, commands: int, seed: int = 1, place: Place | None = None) -> Grown:
        """A new ledger with the first commands of an organisation, in a file unless another place is named."""
        grown = Grown.founded((place or self.places[0]).new(), seed)
        grown.tell(commands)
        grown.follow()
        return grown

    def big(self) -> Grown:
        """The ledger of full size: its first branch by the rules, and that branch again and again under other names."""
        if self._big is None:
            self._big = Grown.founded(self.places[0].new())
            self._grow(self._big)
        return self._big

    def apart(self, events: int) -> Grown:
        """A copy of the big ledger from when it had about so many events (see `kept_at`); it goes on by itself."""
        file, address = self.kept(events), Path(self.places[0].new())
        for each in (file, file.with_name("views.db")):
            _copy(each, address.with_name(each.name))
        return Grown(address, open_ledger(address), self.organisation(events))

    def organisation(self, events: int) -> Organisation:
        """The organisation as it was then."""
        return deepcopy(self._organisations[events])

    def kept(self, events: int) -> Path:
        """The file of a copy of the big ledger from when it had about so many events, with its views beside it."""
        self.big()
        return self.folder / f"kept-{events}" / "ledger.db"

    def _grow(self, grown: Grown) -> None:
        began = time.monotonic()

        def say(what: str) -> None:
            self._say(f"{grown.ledger.head()} events {what} after {time.monotonic() - began:.0f} s")

        while grown.ledger.head() < KEPT[0]:
            self.imported.append(grown.tell(_CHUNK // 10))
        grown.follow()
        self._keep(grown, KEPT[0])
        while (stretch := grown.tell_branch(_CHUNK)) is not None:
            self.imported.append(stretch)
        grown.follow()
        self._keep(grown, KEPT[1])
        say("told")
        with open_record(grown.file) as recorder:
            size, members = recorder.head().position, len(grown.organisation.members)
            stamp = Stamp(recorder, recorder.log(grown.founding, size), BRANCH, members)
            for copy in range(1, round(self.events / size)):
                stamp.append(recorder, copy)
                grown.organisation.copied(copy, members)
                if copy * size < _LATE <= (copy + 1) * size and _LATE in self.kept_at:
                    self._keep(grown, _LATE)
        while grown.ledger.head() < self.events:
            grown.tell(_CHUNK // 10)
        self.events = grown.ledger.head()
        say("recorded")
        # Built by another process, so that the most memory that this held is known too.
        self.rebuilt = holding.alone(grown.address, holding.REBUILD)
        self.followed += _stretches(self.rebuilt, size)
        say("followed")

    def _keep(self, grown: Grown, events: int) -> None:
        self._organisations[events] = deepcopy(grown.organisation)
        folder = self.folder / f"kept-{events}"
        folder.mkdir()
        for file in (grown.file, grown.file.with_name("views.db")):
            _copy(file, folder / file.name)


def _stretches(rebuilt: Held, each: int) -> Iterator[Stretch]:
    """What a rebuilding took for every so many events."""
    last, before = 0, Cost()
    for position, wall, cpu in rebuilt.steps:
        if position - last >= each or position == rebuilt.events:
            passed = Cost(wall, cpu)
            yield Stretch(position, position - last, passed.since(before))
            last, before = position, passed


def _copy(file: Path, target: Path) -> None:
    """A whole copy, while the ledger is open, by SQLite's own means."""
    with (
        closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as made,
    ):
        source.backup(made)
        made.execute("PRAGMA journal_mode = WAL")
