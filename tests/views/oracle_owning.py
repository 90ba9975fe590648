"""Who owns what, worked out in plain Python from the lines of the log, sharing no code with the views.

Each stream is gone through line by line into windows of time, and an answer is what lies in the windows at the moment
asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oracle_lines import ENDLESS, instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from oracle_lines import Line, Lines


@dataclass
class Life:
    """A responsibility from its definition until it is retired; what it says, each statement with its instant."""

    since: datetime
    until: datetime = ENDLESS


@dataclass
class Grant:
    """A delegation: offered, perhaps answered, perhaps held."""

    number: int
    to: str
    by: str
    every: str | None
    offered: datetime
    mandates: list[tuple[datetime, dict[str, Any]]]
    answered: datetime = ENDLESS
    since: datetime | None = None
    until: datetime = ENDLESS
    cause: str | None = None
    stand_ins: list[list[Any]] = field(default_factory=list)

    def live(self, t: datetime) -> bool:
        return self.since is not None and self.since <= t < self.until

    def mandate(self, t: datetime) -> dict[str, Any]:
        """The last that began by then; the first where none had."""
        begun = [what for since, what in self.mandates if since <= t]
        return begun[-1] if begun else self.mandates[0][1]

    def cut(self, end: datetime) -> None:
        """Another end; what the mandate would have become after it still bounds those below."""
        assert self.since is not None
        self.until = max(end, self.since)

    def ended(self, end: datetime, cause: str) -> None:
        if self.since is not None and self.until > end:
            self.cut(end)
            self.cause = cause


@dataclass
class Person:
    handle: str
    group: bool
    acts: str | None
    stays: list[list[datetime]]
    seats: list[list[Any]] = field(default_factory=list)

    def there(self, t: datetime) -> bool:
        return any(since <= t < until for since, until in self.stays)

    def stay_ends(self, t: datetime) -> datetime:
        """The end of the stay around `t`; `t` itself where there is none."""
        return next((until for since, until in self.stays if since <= t < until), t)


@dataclass
class Area:
    """A responsibility: its lives, all that was ever said about it, and its grants."""

    id: str
    code: str
    lives: list[Life] = field(default_factory=list)
    said: list[tuple[datetime, int, str, Any]] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)

    def there(self, t: datetime) -> bool:
        return any(life.since <= t < life.until for life in self.lives)

    def says(self, what: str, t: datetime) -> Any:  # noqa: ANN401 - whatever was said
        """The latest word about it by then; of two in one instant the one recorded last."""
        words = [(at, order, value) for at, order, name, value in self.said if name == what and at <= t]
        return max(words, key=lambda word: word[:2])[2]

    def begun(self, t: datetime) -> list[Grant]:
        """What began to be held by then in the life that goes on then."""
        since = next((life.since for life in self.lives if life.since <= t < life.until), ENDLESS)
        return [each for each in self.grants if each.since is not None and since <= each.since <= t]


class Owning:
    """Who is there, and what is held by whom."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.people: dict[str, Person] = {}
        self.areas: dict[str, Area] = {}
        # People first: whether two hold something at once depends on who has left.
        for stream, said in lines.about("member:"):
            for line in said:
                self._read_member(stream.partition(":")[2], line)
        for stream, said in lines.about("R-"):
            for line in said:
                self._read_area(stream, line)

    def _read_member(self, handle: str, line: Line) -> None:
        data = line.data
        if line.kind == "member.added.v1":
            group = data.get("member_kind") == "group"
            self.people[handle] = Person(handle, group, data.get("acts") or "each" if group else None, [])
            self.people[handle].stays.append([line.at, ENDLESS])
            return
        person = self.people[handle]
        if line.kind == "member.left.v1":
            last = instant(data["last_day"])
            self._lines.expect(person.there(last), line, "was not there")
            for stay in person.stays:
                if stay[0] <= last < stay[1]:
                    stay[1] = last
        elif line.kind == "member.returned.v1":
            first = instant(data["from_day"])
            self._lines.expect(all(until <= first for _, until in person.stays), line, "was still there")
            person.stays.append([first, ENDLESS])
        elif line.kind == "group.joined.v1":
            since, until = instant(data["since"]), instant(data.get("until"))
            person.seats.append([data["member"], data.get("member_kind") == "group", since, until])
        elif line.kind == "group.parted.v1":
            for seat in person.seats:
                if seat[0] == data["member"]:
                    seat[3] = min(seat[3], max(seat[2], instant(data["on"])))

    def _read_area(self, stream: str, line: Line) -> None:
        data = line.data
        if line.kind == "responsibility.defined.v1":
            area = self.areas.setdefault(stream, Area(stream, data["code"]))
            self._lines.expect(all(life.until <= line.at for life in area.lives), line, "was there already")
            area.lives.append(Life(line.at))
            for name in ("title", "parent", "goals"):
                area.said.append((line.at, line.version, name, data.get(name)))
            return
        area = self.areas[stream]
        grant = next((each for each in area.grants if each.number == data.get("delegation")), None)
        if line.kind == "responsibility.retired.v1":
            self._lines.expect(area.there(line.at), line, "was not there")
            for life in area.lives:
                if life.since < line.at:
                    life.until = min(life.until, line.at)
                elif life.until > line.at:
                    life.until = life.since
        elif line.kind == "responsibility.clarified.v1":
            self._lines.expect(area.there(line.at), line, "was not there")
            for change in data["changes"]:
                area.said.append((line.at, line.version, change["field"], change.get("after")))
        elif line.kind == "responsibility.moved.v1":
            self._lines.expect(area.there(line.at), line, "was not there")
            area.said.append((line.at, line.version, "parent", data["parent_after"]))
        elif line.kind == "delegation.offered.v1":
            mandate = data.get("mandate", {})
            self._lines.expect(area.there(line.at), line, "was not there")
            self._lines.expect(all(each.answered < ENDLESS for each in area.grants), line, "was offered already")
            area.grants.append(
                Grant(
                    data["delegation"],
                    data["to"],
                    line.actor,
                    data.get("check_in_every"),
                    line.at,
                    [(line.at, mandate)],
                )
            )
        elif line.kind.startswith(("delegation.", "mandate.", "stand_in.")):
            self._lines.expect(grant, line, "was never offered")
            if grant is not None:
                self._read_grant(area, grant, line)

    def _read_grant(self, area: Area, grant: Grant, line: Line) -> None:
        data = line.data
        if line.kind in {"delegation.accepted.v1", "delegation.declined.v1", "delegation.offer_withdrawn.v1"}:
            self._lines.expect(grant.offered <= line.at < grant.answered, line, "was not on offer")
            grant.answered = line.at
            if line.kind == "delegation.accepted.v1":
                self._take_on(area, grant, line)
            return
        self._lines.expect(grant.live(line.at), line, "was not held")
        if grant.since is None:
            return
        if line.kind == "mandate.changed.v1":
            start = max(line.at, grant.since)
            first, *later = grant.mandates
            versions = [each for each in later if each[0] != start] + [(start, data["after"])]
            grant.mandates = [first, *sorted(versions, key=lambda each: each[0])]
            ahead = [since for since, _ in later if start < since < grant.until]
            if start < grant.until and not ahead and grant.cause in {None, "expired"}:
                self._until(grant, data["after"].get("until"))
        elif line.kind == "delegation.renewed.v1":
            self._until(grant, data.get("until"))
        elif line.kind == "delegation.completed.v1":
            grant.ended(line.at, "completed")
        elif line.kind == "delegation.handed_back.v1":
            grant.ended(instant(data["effective"]), "handed back")
        elif line.kind == "delegation.revoked.v1":
            grant.ended(instant(data["effective"]), "revoked")
        elif line.kind == "stand_in.appointed.v1":
            grant.stand_ins.append([data["member"], instant(data["since"]), instant(data["until"])])
        elif line.kind == "stand_in.ended.v1":
            for seat in grant.stand_ins:
                if seat[0] == data["member"]:
                    seat[2] = min(seat[2], max(seat[1], instant(data["on"])))

    def _take_on(self, area: Area, grant: Grant, line: Line) -> None:
        mandate = grant.mandates[0][1]
        grant.since = max(line.at, instant(mandate["since"])) if mandate.get("since") else line.at
        grant.until = max(instant(mandate.get("until")), grant.since)
        grant.cause = "expired" if mandate.get("until") else None
        for other in area.grants:
            if other is grant or other.since is None:
                continue
            if other.since <= grant.since:
                other.ended(grant.since, "handed over")
            end = self.ends(other)
            clear = end <= max(grant.since, other.since) or grant.until <= other.since
            self._lines.expect(clear, line, f"{other.to} holds it too")

    @staticmethod
    def _until(grant: Grant, until: str | None) -> None:
        grant.cut(instant(until))
        grant.cause = None if until is None else "expired"

    # The answers.

    def held(self, area: Area, t: datetime) -> Grant | None:
        """The grant that somebody who is still in the stay they took it on in holds at `t`."""
        grant = self.latest(area, t)
        return None if grant is None or self.ends(grant) <= t else grant

    def latest(self, area: Area, t: datetime) -> Grant | None:
        """Of what began by then, what ends last with its holder's stay; of several, what began last."""
        return max(area.begun(t), key=lambda each: (self.ends(each), each.since, each.number), default=None)

    def ends(self, grant: Grant) -> datetime:
        assert grant.since is not None
        return min(grant.until, self.people[grant.to].stay_ends(grant.since))

    def above(self, area: Area, t: datetime) -> list[Area]:
        """From the area up to the root; broken off where something above is not there."""
        chain = [area]
        while (parent := chain[-1].says("parent", t)) is not None:
            if parent not in self.areas or not self.areas[parent].there(t):
                return chain
            chain.append(self.areas[parent])
        return chain

    def rooted(self, area: Area, t: datetime) -> bool:
        return self.above(area, t)[-1].says("parent", t) is None

    def stand_ins(self, grant: Grant, t: datetime) -> list[str]:
        return [who for who, since, until in grant.stand_ins if since <= t < until]

    def there(self, t: datetime) -> Iterator[Area]:
        yield from sorted((area for area in self.areas.values() if area.there(t)), key=lambda area: area.code)

    def who_owns(self, t: datetime) -> list[tuple[Any, ...]]:
        """(code, title, parent, holder, level, since, until, stand-ins) by code."""
        rows: list[tuple[Any, ...]] = []
        for area in self.there(t):
            above = self.above(area, t)
            parent = above[1].code if len(above) > 1 else None
            grant = self.held(area, t)
            if grant is None:
                rows.append((area.code, area.says("title", t), parent, None, None, None, None, []))
                continue
            end = self.ends(grant)
            level = grant.mandate(t).get("level", 6)
            until = None if end == ENDLESS else end
            stand_ins = sorted(self.stand_ins(grant, t))
            rows.append((area.code, area.says("title", t), parent, grant.to, level, grant.since, until, stand_ins))
        return rows

    def vacant(self, t: datetime) -> list[tuple[Any, ...]]:
        """(code, vacant since, last holder, cause, who answers) by code."""
        rows: list[tuple[Any, ...]] = []
        for area in self.there(t):
            if self.held(area, t) is not None:
                continue
            answers = None
            if self.rooted(area, t):
                answers = next((grant.to for each in self.above(area, t) if (grant := self.held(each, t))), None)
            last = self.latest(area, t)
            if last is not None and last.since is not None:
                gone = self.people[last.to].stay_ends(last.since)
                cause = "left" if gone < last.until else last.cause or "ended"
                rows.append((area.code, min(gone, last.until), last.to, cause, answers))
            else:
                offered = any(each.offered <= t < each.answered for each in area.grants)
                rows.append((area.code, self._began(area, t), None, "offered" if offered else "never held", answers))
        return rows

    def _began(self, area: Area, t: datetime) -> datetime:
        """Since when it has been there without a break."""
        since = next(life.since for life in area.lives if life.since <= t < life.until)
        while earlier := next((life.since for life in area.lives if life.until == since > life.since), None):
            since = earlier
        return since

    def offers(self, t: datetime) -> list[tuple[Any, ...]]:
        """(since, code, to, by) of every open offer, the oldest first."""
        found = [
            (each.offered, area.code, each.to, each.by)
            for area in self.there(t)
            for each in area.grants
            if each.offered <= t < each.answered
        ]
        return sorted(found)

    def groups_of(self, handle: str, t: datetime) -> set[str]:
        found: set[str] = set()
        waiting = {handle}
        while waiting:
            inner = waiting.pop()
            for person in self.people.values():
                sits = any(seat[0] == inner and seat[2] <= t < seat[3] for seat in person.seats)
                if sits and person.handle not in found:
                    found.add(person.handle)
                    waiting.add(person.handle)
        return found

    def holds(self, handle: str, t: datetime) -> list[tuple[Any, ...]]:
        """(code, holder, acting for, level, amount, since) of what somebody who is there holds or stands in for."""
        if handle not in self.people or not self.people[handle].there(t):
            return []
        own = {handle, *self.groups_of(handle, t)}
        rows: set[tuple[Any, ...]] = set()
        for area in self.there(t):
            grant = self.held(area, t)
            if grant is None or not self.rooted(area, t):
                continue
            terms = (grant.mandate(t).get("level", 6), self.amount(area, t), grant.since)
            if grant.to in own:
                rows.add((area.code, grant.to, None, *terms))
            if own & set(self.stand_ins(grant, t)) - {grant.to}:
                rows.add((area.code, grant.to, grant.to, *terms))
        return sorted(rows, key=lambda row: (row[0], row[2] or ""))

    def amount(self, area: Area, t: datetime) -> str | None:
        """The smallest limit from the area up; what nobody holds keeps its last mandate as a ceiling."""
        limits: list[Decimal] = []
        for each in self.above(area, t):
            grant = self.latest(each, t)
            if grant and grant.mandate(t).get("amount") is not None:
                limits.append(Decimal(grant.mandate(t)["amount"]))
        return str(min(limits)) if limits else None
