"""How long a question takes inside the process, of a ledger of full size, now and of any day and knowledge."""

from __future__ import annotations

import itertools
import json
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

from benchmarks.generate import BRANCH, FOUNDED
from benchmarks.measure import Cost, Sample, timed
from benchmarks.report import Row, Target
from ledger import Ask, Ledger, open_ledger, questions
from ledger.store import open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledgers import Grown, Ledgers
    from ledger.store import Leaf

    Question = Callable[[Ledger, datetime | None, int | None], None]

_EACH: Final = 200
_OPENINGS: Final = 9
_TARGET: Final = Target("≤", 20, "ours")
_WHEN: Final = (("", False, False), (" --as-of", True, False), (" --known-at", False, True), (" with both", True, True))


class Chance:
    """Random things that were there when half was recorded and half of each branch defined; days, positions since."""

    def __init__(self, grown: Grown, seed: int = 5) -> None:
        self._random = Random(seed)  # noqa: S311 - no secret hangs on it
        self._organisation = grown.organisation
        self._head = grown.ledger.head()
        count = len(grown.organisation.holders)
        self._branches = max(1, count // 2 // BRANCH)
        self._half = min(count, BRANCH) // 2
        self._until = self._organisation.moment(self._half)
        with open_record(grown.address) as record:
            leaves = (record.at(self._random.randrange(1, self._head // 2)) for _ in itertools.count())
            made = (leaf.stream for leaf in leaves if leaf is not None and self._made(leaf))
            self._decisions = list(itertools.islice(made, _EACH))

    def code(self) -> str:
        return f"r{self._number()}"

    def handle(self) -> str:
        return self._organisation.holders[self._number()]

    def decision(self) -> str:
        return self._random.choice(self._decisions)

    def ask(self) -> Ask:
        return Ask("purchase/vehicle", Decimal(self._random.randrange(100, 200_000)))

    def day(self) -> datetime:
        return self._until + self._random.random() * (self._until - FOUNDED)

    def position(self) -> int:
        return self._random.randrange(self._head // 2 + 1, self._head)

    def _number(self) -> int:
        return self._random.randrange(self._branches) * BRANCH + self._random.randrange(self._half)

    def _made(self, leaf: Leaf) -> bool:
        kept = leaf.kind == "decision.made.v1"
        return kept and datetime.fromisoformat(json.loads(leaf.state)["occurred_at"]) <= self._until


def measure(ledgers: Ledgers) -> Iterator[Row]:
    big = ledgers.big()
    big.follow()
    chance = Chance(big)
    for name, question in _questions(chance):
        first = [_opened(big, question) for _ in range(_OPENINGS)]
        yield _row(f"{name}, the first question, opening the ledger included", first)
        with open_ledger(big.file) as ledger:
            for said, as_of, known_at in _WHEN:
                costs = [
                    _cost(ledger, question, chance.day() if as_of else None, chance.position() if known_at else None)
                    for _ in range(_EACH)
                ]
                yield _row(f"{name}{said}", costs)


def _row(what: str, costs: list[Cost]) -> Row:
    wall = Sample(tuple(cost.wall * 1000 for cost in costs))
    cpu = Sample(tuple(cost.cpu * 1000 for cost in costs))
    more = f"95 of 100 within {wall.percentile(95):.1f}; {cpu.median:.1f} of CPU"
    return Row(what, "ms", wall.median, target=_TARGET, spread=wall.spread, more=more)


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


def _opened(big: Grown, question: Question) -> Cost:
    with timed() as cost, open_ledger(big.file) as ledger:
        question(ledger, None, None)
    return cost


def _cost(ledger: Ledger, question: Question, day: datetime | None, known: int | None) -> Cost:
    with timed() as cost:
        question(ledger, day, known)
    return cost
