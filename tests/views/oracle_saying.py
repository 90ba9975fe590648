"""Goals, care, feedback and connections, worked out in plain Python from the lines of the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from oracle_deciding import Deciding, Matter
    from oracle_lines import Line, Lines
    from oracle_owning import Area, Owning

LATELY = timedelta(days=90)
_CIRCLES = ("between", "line", "open")


@dataclass
class Spoken:
    """Things said about one subject, each under a name: what holds is the last of them in time."""

    words: dict[str, list[tuple[datetime, int, Any]]] = field(default_factory=lambda: defaultdict(list))

    def say(self, name: str, line: Line, value: object) -> None:
        self.words[name].append((line.at, line.version, value))

    def last(self, name: str, t: datetime) -> Any:  # noqa: ANN401 - whatever was said
        said = [each for each in self.words[name] if each[0] <= t]
        return max(said, key=lambda each: each[:2])[2] if said else None


@dataclass
class Feedback:
    id: str
    since: datetime
    by: str
    to: str
    kind: str
    answers: str | None
    circles: list[tuple[datetime, str]]
    acknowledged: list[datetime] = field(default_factory=list)
    acted: list[datetime] = field(default_factory=list)
    retracted: list[datetime] = field(default_factory=list)


class Saying:
    def __init__(self, lines: Lines, owning: Owning, deciding: Deciding) -> None:
        self._lines = lines
        self._owning = owning
        self._deciding = deciding
        self.goals_set: dict[str, tuple[datetime, Spoken]] = {}
        self.feedback: dict[str, Feedback] = {}
        for stream, said in lines.about("G-"):
            self.goals_set[stream] = (said[0].at, self._goal(said))
        for stream, said in lines.about("F-"):
            self.feedback[stream] = self._feedback(stream, said)
        self.processes = {stream: said[0].data.get("process", "alone") for stream, said in lines.about("D-")}
        self.aims = {stream: said[0].data.get("goals", []) for stream, said in lines.about("D-")}

    def _goal(self, said: list[Line]) -> Spoken:
        spoken = Spoken()
        for line in said:
            data = line.data
            set_by_then = said[0].at <= line.at or not line.kind.startswith("goal.")
            self._lines.expect(set_by_then, line, "was not set yet")
            kind = line.kind.removesuffix(".v1")
            if kind == "goal.set":
                spoken.say("status", line, "open")
                spoken.say("parent", line, data.get("parent_goal"))
            elif kind == "goal.moved":
                spoken.say("parent", line, data.get("parent_after"))
            elif kind == "goal.progress_noted":
                spoken.say("confidence", line, data["confidence"])
            elif kind in {"goal.reached", "goal.dropped"}:
                spoken.say("status", line, kind.partition(".")[2])
            if kind in {"goal.set", "goal.reworded"}:
                spoken.say("adopted_by", line, data.get("adopted_by"))
                if data.get("title") is not None:
                    spoken.say("title", line, data["title"])
        return spoken

    @staticmethod
    def _feedback(stream: str, said: list[Line]) -> Feedback:
        first, data = said[0], said[0].data
        asked = first.kind == "feedback.asked.v1"
        found = Feedback(
            stream,
            first.at,
            first.actor,
            data["of" if asked else "to"],
            "asked" if asked else data["feedback_kind"],
            data.get("answers"),
            [(first.at, data.get("visibility", "between"))],
        )
        for line in said[1:]:
            if line.kind == "feedback.shared.v1":
                found.circles.append((line.at, line.data["visibility"]))
            for kind, whens in (
                ("feedback.acknowledged.v1", found.acknowledged),
                ("feedback.acted_on.v1", found.acted),
                ("feedback.retracted.v1", found.retracted),
            ):
                if line.kind == kind:
                    whens.append(line.at)
        return found

    def goals(self, t: datetime) -> list[tuple[Any, ...]]:
        """(goal, status, title, shared, confidence, parent, adopted by, codes, holders, decisions), and what is none.

        What is named and not set has its name and "not set"; a responsibility that serves no goal has no name.
        """
        there = {id_: spoken for id_, (since, spoken) in self.goals_set.items() if since <= t}

        def served(named: Iterable[str]) -> set[str]:
            found = set(named)
            waiting = [name for name in found if name in there]
            while waiting:
                parent = there[waiting.pop()].last("parent", t)
                if parent in there and parent not in found:
                    found.add(parent)
                    waiting.append(parent)
            return found

        def aimless(named: Iterable[str]) -> bool:
            return not any(name not in there or there[name].last("status", t) == "open" for name in named)

        areas = list(self._owning.there(t))
        aims = {area.id: served(area.says("goals", t) or []) for area in areas}
        made = [
            matter
            for matter in self._deciding.matters.values()
            if matter.opened <= matter.made <= t < matter.made + LATELY
        ]
        serves = {matter.id: served(self.aims[matter.id]) | aims.get(self._where(matter, t), set()) for matter in made}

        def toward(name: str) -> tuple[Any, ...]:
            own = [area for area in areas if name in aims[area.id]]
            return (*self._worked_by(own, t), sum(name in found for found in serves.values()))

        rows: list[tuple[Any, ...]] = []
        for id_, spoken in there.items():
            status, adopted_by = spoken.last("status", t), spoken.last("adopted_by", t)
            shared = status == "open" and adopted_by is not None and self._of_all(adopted_by, t)
            said = (spoken.last(name, t) for name in ("confidence", "parent"))
            rows.append((id_, status, spoken.last("title", t), shared, *said, adopted_by, *toward(id_)))
        named = set[str]().union(*aims.values(), *serves.values())
        rows += [(name, "not set", name, False, None, None, None, *toward(name)) for name in named - there.keys()]
        for area in areas:
            if aimless(area.says("goals", t) or []):
                idle = [each for each in made if self._where(each, t) == area.id and aimless(self.aims[each.id])]
                work = (*self._worked_by([area], t), len(idle))
                rows.append((None, "serves none", None, False, None, None, None, *work))
        return sorted(rows, key=str)

    def _where(self, matter: Matter, t: datetime) -> str:
        return [lies for since, lies in matter.lies if since <= t][-1]

    def _worked_by(self, areas: list[Area], t: datetime) -> tuple[list[str], list[str]]:
        grants = (self._owning.held(area, t) for area in areas)
        return sorted(area.code for area in areas), sorted({grant.to for grant in grants if grant is not None})

    def _of_all(self, id_: str, t: datetime) -> bool:
        """Made by consensus in the root, and it stands."""
        matter = self._deciding.matters[id_]
        made = matter.opened <= matter.made <= t and all(t < when for when, _ in matter.undone)
        in_root = made and self._owning.areas[self._where(matter, t)].code == "root"
        return in_root and self.processes[id_] == "consensus"

    def numbers(self, t: datetime) -> list[tuple[Any, ...]]:
        """(register, number, state, of, assigned, by) in order, a gap where one is missing."""
        rows: list[tuple[Any, ...]] = []
        for _stream, said in sorted(self._lines.about("number:")):
            given = sorted((line.data["number"], line.data["of"], line) for line in said if line.at <= t)
            holders = Counter(of for _number, of, _line in given)
            for number in range(1, max((number for number, _of, _line in given), default=0) + 1):
                found = [(of, line) for each, of, line in given if each == number]
                series = said[0].data["series"]
                for of, line in found:
                    state = "double" if len(found) > 1 or holders[of] > 1 else "given"
                    rows.append((series, number, state, of, line.at, line.actor))
                if not found:
                    rows.append((series, number, "gap", None, None, None))
        return rows

    def evidence(self, t: datetime) -> list[tuple[Any, ...]]:
        """(of, uri, label, linked, by)."""
        return sorted(
            (stream, line.data["uri"], line.data["label"], line.at, line.actor)
            for stream, said in self._lines.streams.items()
            for line in said
            if line.kind == "evidence.linked.v1" and line.at <= t
        )

    def tagged(self, tag: str, t: datetime) -> set[str]:
        """The decisions that are made and have the tag."""
        return {
            stream
            for stream, said in self._lines.about("D-")
            if self._deciding.matters[stream].opened <= self._deciding.matters[stream].made <= t
            for line in said
            if line.kind == "subject.tagged.v1" and line.at <= t and tag in line.data["tags"]
        }

    def check_ins(self, t: datetime) -> list[tuple[Any, ...]]:
        """(code, holder, agreed every, last, state, next on, days over) of what has a rhythm or had a check-in."""
        rows: list[tuple[Any, ...]] = []
        for area in self._owning.there(t):
            grant = self._owning.held(area, t)
            if grant is None or grant.since is None:
                continue
            held = [
                line
                for line in self._lines.streams[area.id]
                if line.kind == "check_in.held.v1" and line.data["delegation"] == grant.number and line.at <= t
            ]
            last = max(held, key=lambda line: (line.at, line.version), default=None)
            if grant.every is None and last is None:
                continue
            following: date | None = None
            if last is not None and last.data.get("next_on"):
                following = date.fromisoformat(last.data["next_on"])
            elif grant.every is not None:
                start = grant.since if last is None else last.at
                following = start.date() + timedelta(days=int(grant.every.removesuffix("d")))
            over = None if following is None else max((t.date() - following).days, 0)
            said = (last.at, last.data["state"]) if last else (None, None)
            rows.append((area.code, grant.to, grant.every, *said, following, over))
        return rows

    def supports(self, t: datetime) -> list[tuple[Any, ...]]:
        """(code, number, by, of, asked, waits, given, given by)."""
        rows: list[tuple[Any, ...]] = []
        for area in self._owning.areas.values():
            lines = self._lines.streams[area.id]
            grant = self._owning.held(area, t) if area.there(t) else None
            for line in lines:
                if line.kind != "support.asked.v1" or line.at > t:
                    continue
                number = line.data["support"]
                given = [each for each in lines if each.kind == "support.given.v1" and each.data["support"] == number]
                answer = next((each for each in given if each.at <= t), None)
                waits = answer is None and grant is not None and grant.number == line.data["delegation"]
                said = (answer.at, answer.actor) if answer else (None, None)
                rows.append((area.code, number, line.actor, line.data["of"], line.at, waits, *said))
        return sorted(rows, key=str)

    def feedbacks(self, t: datetime) -> list[tuple[Any, ...]]:
        """(feedback, date, kind, by, to, visibility, status)."""
        rows: list[tuple[Any, ...]] = []
        for each in self.feedback.values():
            if each.since > t:
                continue
            widest = max((circle for at, circle in each.circles if at <= t), key=_CIRCLES.index)
            rows.append((each.id, each.since, each.kind, each.by, each.to, widest, self._status(each, t)))
        return sorted(rows)

    def _status(self, feedback: Feedback, t: datetime) -> str:
        if any(at <= t for at in feedback.retracted):
            return "retracted"
        if feedback.kind == "asked":
            answers = (each for each in self.feedback.values() if each.answers == feedback.id and each.since <= t)
            return "asked" if next(answers, None) is None else "answered"
        if any(at <= t for at in feedback.acted):
            return "acted on"
        return "acknowledged" if any(at <= t for at in feedback.acknowledged) else "given"
