"""The organisation of the benchmarks by eventsource-py, written the way its own quick start does."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsource import (
    AggregateRepository,
    AggregateRoot,
    DomainEvent,
    PostgreSQLEventStore,
    SQLiteEventStore,
    register_event,
)
from eventsource.ports import FeedReadOptions
from pydantic import BaseModel
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.generate import FOUNDED, FOUNDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = "root"
_PAGE: Final = 1_000


@register_event
class MemberAdded(DomainEvent):
    aggregate_type: str = "Member"
    handle: str
    name: str


@register_event
class ResponsibilityDefined(DomainEvent):
    aggregate_type: str = "Responsibility"
    code: str
    title: str
    parent: UUID | None


@register_event
class DelegationOffered(DomainEvent):
    aggregate_type: str = "Responsibility"
    to: str
    types: list[str]
    amount: Decimal | None
    amount_per_year: Decimal | None


@register_event
class DelegationAccepted(DomainEvent):
    aggregate_type: str = "Responsibility"


@register_event
class AllowanceDrawn(DomainEvent):
    aggregate_type: str = "Responsibility"
    decision: UUID
    amount: Decimal
    year: int


@register_event
class DecisionProposed(DomainEvent):
    aggregate_type: str = "Decision"
    title: str
    responsibility: UUID
    kind: str
    amount: Decimal


@register_event
class DecisionMade(DomainEvent):
    aggregate_type: str = "Decision"
    inside: bool
    authority: list[dict[str, Any]]
    rationale: str


class MemberState(BaseModel):
    handle: str = ""
    name: str = ""


class ResponsibilityState(BaseModel):
    code: str = ""
    title: str = ""
    parent: UUID | None = None
    holder: str | None = None
    offered_to: str | None = None
    types: list[str] = []
    amount: Decimal | None = None
    amount_per_year: Decimal | None = None
    drawn: dict[int, Decimal] = {}

    def covers(self, kind: str) -> bool:
        return not self.types or any(kind.startswith(each.removesuffix("*")) for each in self.types)

    def room(self, amount: Decimal, year: int) -> bool:
        """Whether the amount is within the limit, and within what is left of the year's."""
        if self.amount is not None and amount > self.amount:
            return False
        return self.amount_per_year is None or self.drawn.get(year, Decimal(0)) + amount <= self.amount_per_year


class DecisionState(BaseModel):
    title: str = ""
    inside: bool | None = None


class Member(AggregateRoot[MemberState]):
    aggregate_type = "Member"

    @staticmethod
    def id_of(handle: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/members/{handle}")

    def _get_initial_state(self) -> MemberState:
        return MemberState()

    def _apply(self, event: DomainEvent) -> None:
        if isinstance(event, MemberAdded):
            self._state = MemberState(handle=event.handle, name=event.name)


class Responsibility(AggregateRoot[ResponsibilityState]):
    aggregate_type = "Responsibility"

    @staticmethod
    def id_of(code: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/responsibilities/{code}")

    @property
    def own(self) -> ResponsibilityState:
        return self.state or self._get_initial_state()

    def _get_initial_state(self) -> ResponsibilityState:
        return ResponsibilityState()

    def _apply(self, event: DomainEvent) -> None:
        match event:
            case ResponsibilityDefined():
                self._state = ResponsibilityState(code=event.code, title=event.title, parent=event.parent)
            case DelegationOffered():
                terms = {"types": event.types, "amount": event.amount, "amount_per_year": event.amount_per_year}
                self._state = self.own.model_copy(update={"offered_to": event.to, **terms})
            case DelegationAccepted():
                self._state = self.own.model_copy(update={"holder": self.own.offered_to, "offered_to": None})
            case AllowanceDrawn(year=year):
                drawn = self.own.drawn | {year: self.own.drawn.get(year, Decimal(0)) + event.amount}
                self._state = self.own.model_copy(update={"drawn": drawn})
            case _:
                pass

    def accept(self, by: str, on: datetime) -> None:
        _require(by == self.own.offered_to, "it is not offered to them")
        self.create_event(DelegationAccepted, actor_id=by, occurred_at=on)


class Decision(AggregateRoot[DecisionState]):
    aggregate_type = "Decision"

    @staticmethod
    def id_of(title: str, responsibility: UUID, on: datetime) -> UUID:
        return uuid5(NAMESPACE_URL, f"/decisions/{responsibility}/{on.isoformat()}/{title}")

    def _get_initial_state(self) -> DecisionState:
        return DecisionState()

    def _apply(self, event: DomainEvent) -> None:
        match event:
            case DecisionProposed(title=title):
                self._state = DecisionState(title=title)
            case DecisionMade(inside=inside) if self._state is not None:
                self._state = self._state.model_copy(update={"inside": inside})
            case _:
                pass


class Organisation:
    """Lines of the journal, carried out with every aggregate that they concern loaded from the store.

    A repository saves one aggregate a transaction: a decision that draws on an allowance takes two.
    """

    def __init__(self, address: str, *, new: bool = False) -> None:
        self._loop = asyncio.Runner()
        self._store = self._loop.run(_store(address, new=new))
        self._members = AggregateRepository(self._store, Member, enable_tracing=False)
        self._responsibilities = AggregateRepository(self._store, Responsibility, enable_tracing=False)
        self._decisions = AggregateRepository(self._store, Decision, enable_tracing=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._loop.run(self._store.close())
        self._loop.close()

    def found(self, founder: str, on: datetime) -> None:
        self._loop.run(self._found(founder, on))

    def tell(self, lines: Sequence[bytes]) -> int:
        """Carry out the lines, a transaction for each aggregate that they change; how many events that made."""
        return self._loop.run(self._tell(lines))

    def read(self) -> int:
        """Every event in the order of the store, decoded; how many they were."""
        return self._loop.run(self._read())

    async def _read(self) -> int:
        count, position = 0, None
        while True:
            found = [each async for each in self._store.read_all(position, FeedReadOptions(limit=_PAGE))]
            if not found:
                return count
            count, position = count + len(found), found[-1].position

    async def _found(self, founder: str, on: datetime) -> None:
        root = Responsibility(Responsibility.id_of(ROOT))
        root.create_event(ResponsibilityDefined, code=ROOT, title="Bench", parent=None, actor_id=founder)
        terms: dict[str, Any] = {"types": [], "amount": None, "amount_per_year": None}
        root.create_event(DelegationOffered, to=founder, actor_id=founder, **terms)
        root.accept(founder, on)
        member = Member(Member.id_of(founder))
        member.create_event(MemberAdded, handle=founder, name=founder, actor_id=founder)
        await self._save({each.aggregate_id: each for each in (member, root)})

    async def _tell(self, lines: Sequence[bytes]) -> int:
        seen: dict[UUID, AggregateRoot[Any]] = {}
        for line in lines:
            await self._carry_out(json.loads(line), seen)
        return await self._save(seen)

    async def _save(self, seen: Mapping[UUID, AggregateRoot[Any]]) -> int:
        events = 0
        for each in seen.values():
            events += len(each.uncommitted_events)
            match each:
                case Member():
                    await self._members.save(each)
                case Responsibility():
                    await self._responsibilities.save(each)
                case Decision():
                    await self._decisions.save(each)
                case _:
                    raise TypeError(each)
        return events

    async def _carry_out(self, said: Mapping[str, Any], seen: dict[UUID, AggregateRoot[Any]]) -> None:
        by, on = said["by"], datetime.fromisoformat(said["on"])
        match said["do"]:
            case "member add":
                await self._member(by, seen)
                member = Member(Member.id_of(said["handle"]))
                member.create_event(MemberAdded, handle=said["handle"], name=said["name"], actor_id=by, occurred_at=on)
                seen[member.aggregate_id] = member
            case "define":
                parent = await self._responsibility(Responsibility.id_of(said["parent"]), seen)
                _require(parent.own.holder == by, "only its holder parts a responsibility")
                new = Responsibility(Responsibility.id_of(said["code"]))
                named: dict[str, Any] = {"code": said["code"], "title": said["title"], "parent": parent.aggregate_id}
                new.create_event(ResponsibilityDefined, actor_id=by, occurred_at=on, **named)
                seen[new.aggregate_id] = new
            case "offer":
                await self._offer(said, by, on, seen)
            case "accept":
                await self._member(by, seen)
                (await self._responsibility(Responsibility.id_of(said["code"]), seen)).accept(by, on)
            case "decide":
                await self._decide(said, by, on, seen)
            case other:
                raise ValueError(f"nobody here does {other}")

    async def _offer(
        self, said: Mapping[str, Any], by: str, on: datetime, seen: dict[UUID, AggregateRoot[Any]]
    ) -> None:
        own = await self._responsibility(Responsibility.id_of(said["code"]), seen)
        above = (await self._chain(own, seen))[-2].own
        amount, per_year = Decimal(said["amount"]), said.get("amount_per_year")
        _require(above.holder == by, "only the holder above offers")
        _require(all(above.covers(each) for each in said["types"]), "nobody hands over what they do not hold")
        _require(above.amount is None or amount <= above.amount, "nobody hands over more than they hold")
        await self._member(said["to"], seen)
        terms: dict[str, Any] = {"to": said["to"], "types": said["types"], "amount": amount}
        terms["amount_per_year"] = None if per_year is None else Decimal(per_year)
        own.create_event(DelegationOffered, actor_id=by, occurred_at=on, **terms)

    async def _decide(
        self, said: Mapping[str, Any], by: str, on: datetime, seen: dict[UUID, AggregateRoot[Any]]
    ) -> None:
        await self._member(by, seen)
        own = await self._responsibility(Responsibility.id_of(said["in"]), seen)
        chain, amount = [each.own for each in await self._chain(own, seen)], Decimal(said["amount"])
        _require(own.own.holder == by, "only the holder decides")
        inside = all(each.covers(said["type"]) and each.room(amount, on.year) for each in chain)
        _require(inside or "outside_mandate" in said, "it is outside the mandate")
        made = Decision(Decision.id_of(said["title"], own.aggregate_id, on))
        matter: dict[str, Any] = {"title": said["title"], "responsibility": own.aggregate_id, "kind": said["type"]}
        made.create_event(DecisionProposed, amount=amount, actor_id=by, occurred_at=on, **matter)
        proof = [each.model_dump(mode="json", include={"code", "holder", "types", "amount"}) for each in chain]
        why: dict[str, Any] = {"inside": inside, "authority": proof, "rationale": said.get("because", "")}
        made.create_event(DecisionMade, actor_id=by, occurred_at=on, **why)
        seen[made.aggregate_id] = made
        if inside and own.own.amount_per_year is not None:
            drawn: dict[str, Any] = {"decision": made.aggregate_id, "amount": amount, "year": on.year}
            own.create_event(AllowanceDrawn, actor_id=by, occurred_at=on, **drawn)

    async def _chain(self, own: Responsibility, seen: dict[UUID, AggregateRoot[Any]]) -> list[Responsibility]:
        """From the root down."""
        chain = [own]
        while (parent := chain[-1].own.parent) is not None:
            chain.append(await self._responsibility(parent, seen))
        return chain[::-1]

    async def _member(self, handle: str, seen: dict[UUID, AggregateRoot[Any]]) -> None:
        which = Member.id_of(handle)
        if which not in seen:
            seen[which] = await self._members.load(which)

    async def _responsibility(self, which: UUID, seen: dict[UUID, AggregateRoot[Any]]) -> Responsibility:
        if which not in seen:
            seen[which] = await self._responsibilities.load(which)
        found = seen[which]
        if not isinstance(found, Responsibility):
            raise TypeError(found)
        return found


def found(address: str) -> None:
    with Organisation(address, new=True) as organisation:
        organisation.found(FOUNDER, FOUNDED)


def opened(address: str, *, cached: bool) -> Organisation:
    del cached
    return Organisation(address)


async def _store(address: str, *, new: bool) -> SQLiteEventStore | PostgreSQLEventStore:
    if not address.startswith("postgresql"):
        return SQLiteEventStore(address)
    engine = create_async_engine(make_url(address).set(drivername="postgresql+asyncpg"))
    store = PostgreSQLEventStore(engine, create_schema=new, owns_engine=True)
    await store.current_position()
    return store


def _require(condition: bool, why: str) -> None:  # noqa: FBT001 - what a rule says
    if not condition:
        raise ValueError(why)
