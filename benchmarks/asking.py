"""How long a question takes inside the process, of a ledger of full size, now and of any day and knowledge."""

from __future__ import annotations

import itertools
import time
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

from benchmarks.measure import Sample
from benchmarks.report import Row, Target
from ledger import Ask, Ledger, open_ledger, questions
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Grown, Ledgers

    Question = Callable[[Ledger, datetime | None, int | None], None]

_EACH: Final = 200
_OPENINGS: Final = 9
_TARGET: Final = Target("≤", 20, "ours")


class Chance:
    """Random things that were there when half was recorded, and moments and positions after that."""

    def __init__(self, grown: Grown, seed: int = 3) -> None:
        self._random = Random(seed)  # noqa: S311 - no secret hangs on it
        self._organisation = grown.organisation
        self._count = len(grown.organisation.holders)
        self._head = grown.ledger.head()
        with open_record(grown.file) as record:
            leaves = (record.at(self._position(1, 4)) for _ in itertools.count())
            made = (leaf.stream for leaf in leaves if leaf is not None and leaf.kind == "decision.made.v1")
            self._decisions = list(itertools.islice(made, _EACH))

    def code(self) -> str:
        return f"r{self._random.randrange(self._count // 2)}"

    def handle(self) -> str:
        return f"m{self._random.randrange(len(self._organisation.members) // 2)}"

    def decision(self) -> str:
        return self._random.choice(self._decisions)

    def ask(self) -> Ask:
        return Ask("purchase/vehicle", Decimal(self._random.randrange(100, 200_000)))

    def day(self) -> datetime:
        start = self._organisation.moment(self._count // 2)
        return start + timedelta(seconds=self._random.randrange(self._count * 150))

    def position(self) -> int:
        return self._position(1, 2)

    def _position(self, half: int, of: int) -> int:
        return self._head * half // of + self._random.randrange(1, self._head // of)


def measure(ledgers: Ledgers) -> Iterator[Row]:
    big = ledgers.big()
    big.follow()
    chance = Chance(big)
    for name, question in _questions(chance):
        times = Sample(tuple(_opened(big, question) for _ in range(_OPENINGS)))
        yield Row(f"{name}, opening the ledger included", "ms", times.median, target=_TARGET, spread=times.spread)
        with open_ledger(big.file) as ledger:
            for said, as_of, known_at in (("", 0, 0), (" --as-of", 1, 0), (" --known-at", 0, 1), (" with both", 1, 1)):
                times = Sample(
                    tuple(
                        _timed(
                            ledger, question, chance.day() if as_of else None, chance.position() if known_at else None
                        )
                        for _ in range(_EACH)
                    )
                )
                yield Row(f"{name}{said}, median", "ms", times.median, target=_TARGET, spread=times.spread)
                yield Row(f"{name}{said}, 95 of 100", "ms", times.percentile(95), target=_TARGET)


def _questions(chance: Chance) -> Iterator[tuple[str, Question]]:
    def who_owns(ledger: Ledger, day: datetime | None, known: int | None) -> None:
        with ledger.ask(questions.who_owns, day, known, chance.code()) as answer:
            list(answer.value)

    def can(ledger: Ledger, day: datetime | None, known: int | None) -> None:
        with ledger.ask(questions.can, day, known, chance.handle(), chance.ask()):
            pass

    def can_in(ledger: Ledger, day: datetime | None, known: int | None) -> None:
        with ledger.ask(questions.can, day, known, chance.handle(), chance.ask(), chance.code()):
            pass

    def why(ledger: Ledger, day: datetime | None, known: int | None) -> None:
        with ledger.ask(questions.why, day, known, chance.decision()) as answer:
            list(answer.value)

    yield "`who-owns CODE`", who_owns
    yield "`can`", can
    yield "`can --in CODE`", can_in
    yield "`why`", why


def _opened(big: Grown, question: Question) -> float:
    began = time.perf_counter()
    with open_ledger(big.file) as ledger:
        question(ledger, None, None)
        return (time.perf_counter() - began) * 1000


def _timed(ledger: Ledger, question: Question, day: datetime | None, known: int | None) -> float:
    began = time.perf_counter()
    question(ledger, day, known)
    return (time.perf_counter() - began) * 1000
