"""What the tests of faults share: a ledger, processes that write to it and may die, and the look at it afterwards."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import ledger
from ledger import Journal, Keys, command, create_ledger, open_ledger, questions
from ledger.errors import Conflict, LedgerError
from ledger.projections import projector
from ledger.store import open_record
from tests.processes import heard, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.connection import Connection

    from ledger import Ledger

PROJECT: Final = Path(ledger.__file__).resolve().parents[1]
ENTRIES: Final = {"add": 1, "define": 1, "offer": 1, "accept": 1, "decide": 2}
"""How many entries each command of a writer causes, which are there together or not at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger lives, and the settings of the machine that writes to it, with its keys."""

    address: str
    settings: Path

    @property
    def keys(self) -> Keys:
        return Keys(self.settings / "tillit" / "keys")

    def found(self) -> Place:
        """Eva's, with anna in it."""
        with create_ledger(self.address, "Town", ["eva"], keys=self.keys) as ledger:
            ledger.tell(command({"do": "member add", "by": "eva", "handle": "anna"}))
        return self

    def open(self) -> Ledger:
        return open_ledger(self.address, keys=self.keys)


def head(place: Place) -> int:
    """The position of the last entry."""
    with place.open() as ledger:
        return ledger.head()


def sound(place: Place, acknowledged: Iterable[str]) -> None:
    """Verify passes, the views equal a rebuild, and each acknowledged command is there once, and none half."""
    with place.open() as ledger:
        report = ledger.verify()
        assert report.whole, report.facts()
    with open_record(place.address) as record:
        found = Counter[str]()
        position = 0
        while leaves := record.log(position):
            position = leaves[-1].position
            found.update(str(key) for key in map(_key, leaves) if key is not None)
    assert [key for key in acknowledged if key not in found] == []
    assert {key: count for key, count in found.items() if count != ENTRIES[key.rpartition("-")[2]]} == {}


def said_of(name: str, number: int) -> Iterator[tuple[str, dict[str, object]]]:
    """The commands of a writer's turn, each with its key: a responsibility handed over and a decision in it."""
    code = f"{name}-{number}"
    for fields in (
        {"do": "define", "by": "eva", "code": code, "title": f"Area {code}"},
        {"do": "offer", "by": "eva", "code": code, "to": "anna"},
        {"do": "accept", "by": "anna", "code": code},
        {"do": "decide", "by": "anna", "in": code, "type": "buy", "title": f"A van for {code}"},
    ):
        key = f"{code}-{fields['do']}"
        yield key, {**fields, "key": key}


def journal(name: str, turns: range) -> str:
    """The same commands as a journal."""
    return "".join(f"{json.dumps(fields)}\n" for number in turns for _key, fields in said_of(name, number))


def write(place: Place, name: str, turns: range, asks: int, said: Connection) -> None:
    """Says each key once its command is recorded. Each `asks` turns it asks who owns what it wrote (0: never)."""
    with place.open() as ledger:
        for number in turns:
            for key, fields in said_of(name, number):
                insist(ledger, fields)
                said.send(key)
            if asks and number % asks == 0:
                with ledger.ask(questions.who_owns, None, None, f"{name}-{number}") as answer:
                    assert [row["holder"] for row in answer.value] == ["anna"]


def imported(place: Place, name: str, turns: range) -> list[str]:
    """The same commands recorded as a journal; their keys."""
    with place.open() as ledger:
        outcome = Journal(journal(name, turns).encode().splitlines()).carry_out(ledger, "eva")
    assert (outcome.recorded, outcome.refused) == (4 * len(turns), [])
    return keys_of(name, turns)


def keys_of(name: str, turns: range) -> list[str]:
    return [key for number in turns for key, _fields in said_of(name, number)]


def insist(ledger: Ledger, fields: dict[str, object]) -> None:
    """Tells it until nobody else wrote first."""
    while True:
        try:
            ledger.tell(command(fields))
        except Conflict:
            continue
        return


def ask(place: Place, said: Connection) -> None:
    """Goes on asking who owns what, and says when and at which position each answer speaks, and the answer.

    In the place of an answer that it does not get it says the error's code.
    """
    with place.open() as ledger:
        while True:
            try:
                with ledger.ask(questions.who_owns, None, None) as answer:
                    said.send((answer.at, answer.known, [(row["code"], row["holder"]) for row in answer.value]))
            except LedgerError as error:
                said.send(error.code)


def follow(place: Place, batch: int, said: Connection) -> None:
    """Brings the views up to the log in batches of that many entries; says each position, and the last once more."""
    with mock.patch.object(projector, "BATCH", batch), place.open() as ledger:
        said.send(ledger.catch_up(lambda position, _head: said.send(position)))


def killed_at_fifty_points(place: Place, look_each: int = 1) -> None:
    """A writer that says again what was not acknowledged, killed fifty times, with a look after each so many."""
    chance = random.Random(5)  # noqa: S311 - where to kill is no secret
    acknowledged: list[str] = []
    for number in range(1, 51):
        # What was not acknowledged is said again, under its key; so is the rest of that turn.
        begin = len(set(acknowledged)) // 4
        with running(write, place, "w", range(begin, 10_000), 3) as (process, said):
            acknowledged += heard(said, chance.randint(0, 12))
            time.sleep(chance.random() * 0.03)
            process.kill()
            acknowledged += heard(said)
        if number % look_each == 0:
            sound(place, acknowledged)
    assert len(set(acknowledged)) > 50


def tillit(place: Place, line: str, *, program: str = "") -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, after that Python program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILLIT", "XDG"))}
    code = f"{program}\nfrom cli.main import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *line.split(), "--ledger", place.address],
        env={**kept, "PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": str(place.settings), "TILLIT_ME": "eva"},
        capture_output=True,
        text=True,
        check=False,
    )


def _key(leaf: Any) -> object:  # noqa: ANN401 - a leaf of the store
    from ledger.store import mapper

    return mapper.recorded(leaf).entry.command_key
