"""The organisation of the benchmarks as an application of eventsourcing, written the way its own documentation does."""

# ruff: noqa: ARG002 - what a method of an aggregate is given becomes its event
from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from sqlalchemy import make_url

from benchmarks.generate import FOUNDED, FOUNDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = "root"
_PAGE: Final = 1_000
CACHED_AGGREGATES: Final = 200_000


class Member(Aggregate):
    @event("Added")
    def __init__(self, handle: str, name: str, by: str, on: datetime) -> None:
        self.handle = handle
        self.name = name

    @staticmethod
    def create_id(handle: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/members/{handle}")


class Responsibility(Aggregate):
    @event("Defined")
    def __init__(self, code: str, title: str, parent: UUID | None, by: str, on: datetime) -> None:
        self.code = code
        self.title = title
        self.parent = parent
        self.holder: str | None = None
        self.offered_to: str | None = None
        self.types: list[str] = []
        self.amount: Decimal | None = None
        self.amount_per_year: Decimal | None = None
        self.drawn: dict[int, Decimal] = {}

    @staticmethod
    def create_id(code: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/responsibilities/{code}")

    @event("Offered")
    def offer(
        self, to: str, types: list[str], amount: Decimal | None, amount_per_year: Decimal | None, by: str, on: datetime
    ) -> None:
        self.offered_to = to
        self.types = types
        self.amount = amount
        self.amount_per_year = amount_per_year

    @event("Accepted")
    def accept(self, by: str, on: datetime) -> None:
        if by != self.offered_to:
            raise ValueError(f"{self.code} is not offered to {by}")
        self.holder = by
        self.offered_to = None

    @event("Drawn")
    def draw(self, decision: UUID, amount: Decimal, year: int) -> None:
        self.drawn[year] = self.drawn.get(year, Decimal(0)) + amount

    def covers(self, kind: str) -> bool:
        return not self.types or any(kind.startswith(each.removesuffix("*")) for each in self.types)

    def room(self, amount: Decimal, year: int) -> bool:
        """Whether the amount is within the limit, and within what is left of the year's."""
        if self.amount is not None and amount > self.amount:
            return False
        return self.amount_per_year is None or self.drawn.get(year, Decimal(0)) + amount <= self.amount_per_year


class Decision(Aggregate):
    @event("Proposed")
    def __init__(self, title: str, responsibility: UUID, kind: str, amount: Decimal, by: str, on: datetime) -> None:
        self.title = title
        self.responsibility = responsibility
        self.kind = kind
        self.amount = amount
        self.inside: bool | None = None

    @staticmethod
    def create_id(title: str, responsibility: UUID, on: datetime) -> UUID:
        return uuid5(NAMESPACE_URL, f"/decisions/{responsibility}/{on.isoformat()}/{title}")

    @event("Made")
    def make(self, *, inside: bool, authority: list[dict[str, Any]], rationale: str, by: str, on: datetime) -> None:
        self.inside = inside


class Organisation(Application[UUID]):
    """Lines of the journal, carried out with every aggregate that they concern read from the store."""

    def found(self, founder: str, on: datetime) -> None:
        root = Responsibility(code=ROOT, title="Bench", parent=None, by=founder, on=on)
        root.offer(founder, [], None, None, founder, on)
        root.accept(founder, on)
        self.save(Member(handle=founder, name=founder, by=founder, on=on), root)

    def tell(self, lines: Sequence[bytes]) -> int:
        """Carry out the lines in one transaction; how many events that made."""
        seen: dict[UUID, Aggregate] = {}
        for line in lines:
            self._carry_out(json.loads(line), seen)
        return len(self.save(*(each for each in seen.values() if each.pending_events)))

    def read(self) -> int:
        """Every event of the application, decoded; how many they were."""
        count = 0
        while found := self.recorder.select_notifications(start=count + 1, limit=_PAGE):
            count += len([self.mapper.to_domain_event(each) for each in found])
        return count

    def _carry_out(self, said: Mapping[str, Any], seen: dict[UUID, Aggregate]) -> None:
        by, on = said["by"], datetime.fromisoformat(said["on"])
        match said["do"]:
            case "member add":
                self._member(by, seen)
                member = Member(handle=said["handle"], name=said["name"], by=by, on=on)
                seen[member.id] = member
            case "define":
                parent = self._responsibility(said["parent"], seen)
                _require(parent.holder == by, "only its holder parts a responsibility")
                new = Responsibility(code=said["code"], title=said["title"], parent=parent.id, by=by, on=on)
                seen[new.id] = new
            case "offer":
                self._offer(said, by, on, seen)
            case "accept":
                self._member(by, seen)
                self._responsibility(said["code"], seen).accept(by, on)
            case "decide":
                self._decide(said, by, on, seen)
            case other:
                raise ValueError(f"nobody here does {other}")

    def _offer(self, said: Mapping[str, Any], by: str, on: datetime, seen: dict[UUID, Aggregate]) -> None:
        own = self._responsibility(said["code"], seen)
        above = self._chain(own, seen)[-2]
        amount, per_year = Decimal(said["amount"]), said.get("amount_per_year")
        _require(above.holder == by, "only the holder above offers")
        _require(all(above.covers(each) for each in said["types"]), "nobody hands over what they do not hold")
        _require(above.amount is None or amount <= above.amount, "nobody hands over more than they hold")
        self._member(said["to"], seen)
        own.offer(said["to"], said["types"], amount, None if per_year is None else Decimal(per_year), by, on)

    def _decide(self, said: Mapping[str, Any], by: str, on: datetime, seen: dict[UUID, Aggregate]) -> None:
        self._member(by, seen)
        own = self._responsibility(said["in"], seen)
        chain, amount = self._chain(own, seen), Decimal(said["amount"])
        _require(own.holder == by, "only the holder decides")
        inside = all(each.covers(said["type"]) and each.room(amount, on.year) for each in chain)
        _require(inside or "outside_mandate" in said, "it is outside the mandate")
        made = Decision(title=said["title"], responsibility=own.id, kind=said["type"], amount=amount, by=by, on=on)
        proof = [
            {"code": each.code, "holder": each.holder, "types": each.types, "amount": each.amount} for each in chain
        ]
        made.make(inside=inside, authority=proof, rationale=said.get("because", ""), by=by, on=on)
        seen[made.id] = made
        if inside and own.amount_per_year is not None:
            own.draw(made.id, amount, on.year)

    def _chain(self, own: Responsibility, seen: dict[UUID, Aggregate]) -> list[Responsibility]:
        """From the root down."""
        chain = [own]
        while (parent := chain[-1].parent) is not None:
            chain.append(cast("Responsibility", self._read(parent, seen)))
        return chain[::-1]

    def _member(self, handle: str, seen: dict[UUID, Aggregate]) -> None:
        self._read(Member.create_id(handle), seen)

    def _responsibility(self, code: str, seen: dict[UUID, Aggregate]) -> Responsibility:
        return cast("Responsibility", self._read(Responsibility.create_id(code), seen))

    def _read(self, which: UUID, seen: dict[UUID, Aggregate]) -> Aggregate:
        if which not in seen:
            seen[which] = self.repository.get(which)
        return seen[which]


def found(address: str) -> None:
    application = Organisation(_settings(address, "yes"))
    application.found(FOUNDER, FOUNDED)
    application.close()


def opened(address: str, *, cached: bool) -> Organisation:
    settings = _settings(address, "no")
    if cached:
        settings["AGGREGATE_CACHE_MAXSIZE"] = str(CACHED_AGGREGATES)
    return Organisation(settings)


def _settings(address: str, create_table: str) -> dict[str, str]:
    """The environment of an application on that file or at that URL."""
    said = {"CREATE_TABLE": create_table}
    if not address.startswith("postgresql"):
        return said | {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": address}
    url = make_url(address)
    return said | {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(url.database),
        "POSTGRES_HOST": str(url.query["host"]),
        "POSTGRES_PORT": str(url.query["port"]),
        "POSTGRES_USER": str(url.username),
        "POSTGRES_PASSWORD": "not asked for",
    }


def _require(condition: bool, why: str) -> None:  # noqa: FBT001 - what a rule says
    if not condition:
        raise ValueError(why)
