"""A made-up organisation as lines of a journal: the same for the same seed, and as long as one goes on asking."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUNDER: Final = "eva"
FOUNDED: Final = datetime(2025, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(minutes=30)
"""Between one responsibility of a branch and the next, so that a branch fills most of a year."""
_FIRST_MEMBERS: Final = 20
_PER_MEMBER: Final = 10
_MORE_DECISIONS: Final = 4  # two decisions for each responsibility, and for every fourth a third
_HANDED_OVER: Final = 20
_OUTSIDE: Final = 50
# A tree of four levels under the root, about twenty below each, told branch by branch: it is as deep at its start as at
# its end, so that what is measured at both differs in size and in nothing else.
_BRANCHES: Final = (10_187, 463, 21, 1)
BRANCH: Final = _BRANCHES[0]
"""Responsibilities in a branch of the root; with all that happens in them about 100 000 events."""
_DEEPEST: Final = len(_BRANCHES)
_AMOUNTS: Final = (10_000_000, 2_000_000, 500_000, 100_000)
_TYPES: Final = ("purchase/vehicle", "purchase/material", "staff/hire", "it/system")
_THINGS: Final = ("två skåpbilar", "årets gödsel", "a lathe", "en snöslunga", "new radios", "målarfärg", "oak planks")
_WHY: Final = (
    "Den gamla är utsliten, och reparationen skulle kosta mer än hälften av en ny.",
    "Three offers were taken in; this one is the cheapest that can be delivered before the frost.",
    "The crew asked for it at the spring meeting, and the budget for the half-year has room.",
)


def place_of(number: int) -> tuple[int, int | None]:
    """(depth from 1, number of the parent) of a responsibility; None is the root."""
    start, rest, parent = 0, number, None
    for depth, size in enumerate(_BRANCHES, 1):
        start += rest // size * size
        rest %= size
        if rest == 0:
            return depth, parent
        parent, start, rest = start, start + 1, rest - 1
    raise AssertionError


class Organisation:
    """Members, responsibilities held in a tree, and decisions in random ones of them, interleaved from the start.

    A deep copy goes on as this one does. `prefix` begins its names, so that several may live in one ledger.
    """

    def __init__(self, seed: int, prefix: str = "") -> None:
        self._random = Random(seed)  # noqa: S311 - no secret hangs on it
        self._prefix = prefix
        self.holders: list[str] = []
        self.members: list[str] = []
        self._copies = 0
        self._waiting = deque[bytes]()

    def moment(self, number: int) -> datetime:
        """When the responsibility of that number is defined: in a copy when it was in the first branch."""
        copied = self._copies * BRANCH
        turn = number % BRANCH if number < copied + BRANCH else number - copied
        return FOUNDED + timedelta(days=1) + turn * _STEP

    def take(self, count: int) -> list[bytes]:
        """The next so many lines."""
        while len(self._waiting) < count:
            self._waiting += self._next()
        return [self._waiting.popleft() for _ in range(count)]

    def take_branch(self, count: int) -> list[bytes]:
        """The same, but only to the end of the branch; none where it is there already."""
        while len(self._waiting) < count and len(self.holders) % BRANCH:
            self._waiting += self._next()
        return [self._waiting.popleft() for _ in range(min(count, len(self._waiting)))]

    def _next(self) -> Iterator[bytes]:
        """A responsibility: define, offer, accept, two decisions or three, now and then a member or a handing over."""
        number = len(self.holders)
        if number % BRANCH == 0:
            for _ in range(_FIRST_MEMBERS):
                yield self._member(number)
        if number % _PER_MEMBER == 0:
            yield self._member(number)
        yield from self._responsibility(number)
        for _ in range(3 if number % _MORE_DECISIONS == 0 else 2):
            yield self._decision(number)
        if number % _HANDED_OVER == _HANDED_OVER - 1:
            yield from self._handing_over(number)

    def copied(self, copy: int, members: int) -> None:
        """The first branch was recorded once more: see `Stamp`."""
        self._copies += 1
        self.holders += [f"m{int(holder[1:]) + copy * members}" for holder in self.holders[:BRANCH]]
        self.members += [f"m{number + copy * members}" for number in range(members)]

    def _code(self, number: int) -> str:
        return f"{self._prefix}r{number}"

    def _line(self, number: int, do: str, by: str, **words: object) -> bytes:
        key = f"{self._random.getrandbits(128):032x}"
        on = self.moment(number).isoformat()
        return json.dumps({"do": do, "by": by, "on": on, "key": key, **words}, ensure_ascii=False).encode() + b"\n"

    def _member(self, number: int) -> bytes:
        self.members.append(f"{self._prefix}m{len(self.members)}")
        return self._line(number, "member add", FOUNDER, handle=self.members[-1], name=f"Åsa Öberg {number}")

    def _other(self, *than: str) -> str:
        """One of the newest members, so that each comes to hold about ten responsibilities, whenever they came."""
        newest = self.members[-_FIRST_MEMBERS:]
        return next(found for found in iter(lambda: self._random.choice(newest), None) if found not in than)

    def _responsibility(self, number: int) -> Iterator[bytes]:
        depth, parent = place_of(number)
        by = FOUNDER if parent is None else self.holders[parent]
        code, to = self._code(number), self._other(by)
        above = "root" if parent is None else self._code(parent)
        yield self._line(number, "define", by, code=code, title=f"Ansvar för område {number}", parent=above)
        yield self._line(number, "offer", by, to=to, **self._terms(number, depth))
        yield self._line(number, "accept", to, code=code)
        self.holders.append(to)

    def _terms(self, number: int, depth: int) -> dict[str, object]:
        types = sorted({each.partition("/")[0] + "/*" for each in _TYPES})
        terms: dict[str, object] = {"code": self._code(number), "types": types, "amount": str(_AMOUNTS[depth - 1])}
        if depth == _DEEPEST:
            terms["amount_per_year"] = str(_AMOUNTS[1])
        return terms

    def _decision(self, now: int) -> bytes:
        number = self._random.randrange(now + 1)
        limit = _AMOUNTS[place_of(number)[0] - 1]
        words: dict[str, object] = {
            "in": self._code(number),
            "title": f"Köp av {self._random.choice(_THINGS)} {self._random.getrandbits(24)}",
            "type": self._random.choice(_TYPES),
            "amount": str(self._random.randrange(100, min(limit, 100_000))),
            "because": self._random.choice(_WHY),
        }
        if self._random.randrange(_OUTSIDE) == 0:
            words |= {"amount": str(limit + 1), "outside_mandate": True, "reason": "Det brådskade, och ingen svarade."}
        return self._line(now, "decide", self.holders[number], **words)

    def _handing_over(self, now: int) -> Iterator[bytes]:
        number = self._random.randrange(now + 1)
        depth, parent = place_of(number)
        if parent is None or depth != _DEEPEST:
            return
        by, before = self.holders[parent], self.holders[number]
        to = self._other(by, before)
        yield self._line(now, "offer", by, to=to, **self._terms(number, depth))
        yield self._line(now, "accept", to, code=self._code(number))
        self.holders[number] = to
