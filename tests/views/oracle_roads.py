"""What was said on the road to each decision and after it, in plain Python from the lines of the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from oracle_deciding import Deciding, Matter
    from oracle_lines import Line, Lines
    from oracle_owning import Owning

_PASSED = {
    "decision.referred_up.v1": ("referred_up", "to_responsibility"),
    "decision.called_in.v1": ("called_in", "to_responsibility"),
    "decision.overruled.v1": ("overruled", "from_responsibility"),
}


@dataclass
class Objection:
    number: int
    by: str
    raised: datetime
    kind: str
    met: list[tuple[datetime, str]] = field(default_factory=list)

    def state(self, t: datetime) -> tuple[datetime, str] | None:
        """When and how it was met by then; of two ways the one recorded first."""
        return next(((when, how) for when, how in self.met if when <= t), None)


@dataclass
class Word:
    """A consent (`aside` is false) or that somebody stands aside, on a version."""

    at: datetime
    order: int
    member: str
    acting_for: str | None
    version: int
    aside: bool


@dataclass
class Road:
    matter: Matter
    process: str
    consenters: list[str]
    amended: list[datetime] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    conflicts: list[tuple[datetime, str]] = field(default_factory=list)
    reviews: list[tuple[datetime, list[str], str]] = field(default_factory=list)
    passed: list[tuple[datetime, str, str]] = field(default_factory=list)

    def version(self, t: datetime) -> int:
        return 1 + sum(at <= t for at in self.amended)


class Roads:
    def __init__(self, lines: Lines, owning: Owning, deciding: Deciding) -> None:
        self._owning = owning
        self.revoked: list[tuple[datetime, str]] = []
        self.roads: dict[str, Road] = {}
        for stream, said in lines.about("D-"):
            first = said[0].data
            road = Road(deciding.matters[stream], first.get("process", "alone"), first.get("consenters", []))
            self.roads[stream] = road
            for line in said[1:]:
                self._read(road, line)
        for stream, said in lines.about("R-"):
            self.revoked += [(line.at, stream) for line in said if line.kind == "delegation.revoked.v1"]

    def _read(self, road: Road, line: Line) -> None:
        data = line.data
        if line.kind == "proposal.amended.v1":
            road.amended.append(line.at)
        elif line.kind in {"consent.given.v1", "decision.stood_aside.v1"}:
            aside = line.kind == "decision.stood_aside.v1"
            version = road.version(line.at) if aside else data["on_version"]
            road.words.append(Word(line.at, line.version, line.actor, data.get("acting_for"), version, aside))
        elif line.kind == "objection.raised.v1":
            kind = data.get("objection_kind", "effectiveness")
            road.objections.append(Objection(data["objection"], line.actor, line.at, kind))
        elif line.kind == "objection.resolved.v1":
            for each in road.objections:
                if each.number == data["objection"]:
                    each.met.append((line.at, data["how"]))
        elif line.kind == "conflict.declared.v1":
            road.conflicts.append((line.at, line.actor))
        elif line.kind == "decision.reviewed.v1":
            road.reviews.append((line.at, sorted({line.actor, *line.beside}), data["verdict"]))
        elif line.kind in _PASSED:
            how, upper = _PASSED[line.kind]
            road.passed.append((line.at, how, data[upper]))

    def objections(self, t: datetime) -> list[tuple[Any, ...]]:
        """(decision, number, by, raised, kind, state, state when decided)."""
        rows: list[tuple[Any, ...]] = []
        for road in self.roads.values():
            matter = road.matter
            if matter.opened > t:
                continue
            for each in road.objections:
                if each.raised > t:
                    continue
                met = each.state(t)
                then = None
                if matter.made <= t:
                    then = met[1] if met is not None and met[0] <= matter.made else "open"
                rows.append((matter.id, each.number, each.by, each.raised, each.kind, met[1] if met else "open", then))
        return sorted(rows)

    def agreement(self, id_: str, t: datetime) -> list[tuple[str, str]]:
        """(member, stance) of each person whose consent was asked, in the order in which they were named."""
        road = self.roads[id_]
        return [(who, self._stance(road, who, t)) for who in road.consenters]

    @staticmethod
    def _stance(road: Road, who: str, t: datetime) -> str:
        if any(by == who and at <= t for at, by in road.conflicts):
            return "conflicted"
        if any(each.by == who and each.raised <= t and each.state(t) is None for each in road.objections):
            return "objected"
        words = sorted(
            (word for word in road.words if word.at <= t and who in {word.member, word.acting_for}),
            key=lambda word: (word.at, word.order),
        )
        here = [word for word in words if word.version == road.version(t)]
        if here:
            return "stood aside" if here[-1].aside else "consented"
        return "earlier version" if any(not word.aside for word in words) else "silent"

    def learned(self, t: datetime) -> list[tuple[Any, ...]]:
        """(decision, reviewed, by, verdict)."""
        rows = (
            (road.matter.id, *row) for road in self.roads.values() if road.matter.opened <= t for row in road.reviews
        )
        return sorted(row for row in rows if row[1] <= t)

    def taken_back(self, t: datetime) -> list[tuple[Any, ...]]:
        """(unit, made, called in, overruled, referred up, revoked) by unit."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for road in self.roads.values():
            for at, how, upper in road.passed:
                if at <= t:
                    counts[upper][how] += 1
            matter = road.matter
            if matter.opened <= matter.made <= t:
                where = [lies for since, lies in matter.lies if since <= t][-1]
                self._count(counts, where, "made", t)
        for at, stream in self.revoked:
            if at <= t:
                self._count(counts, stream, "revoked", t)
        kinds = ("made", "called_in", "overruled", "referred_up", "revoked")
        rows = [(self._owning.areas[unit].code, *(found[kind] for kind in kinds)) for unit, found in counts.items()]
        return sorted(rows)

    def _count(self, counts: dict[str, Counter[str]], stream: str, kind: str, t: datetime) -> None:
        area = self._owning.areas[stream]
        if area.lives[0].since <= t and (parent := area.says("parent", t)) is not None:
            counts[parent][kind] += 1
