"""What became of every matter, worked out in plain Python from the lines of the log, sharing no code with the views."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oracle_lines import ENDLESS

if TYPE_CHECKING:
    from datetime import datetime

    from oracle_lines import Line, Lines
    from oracle_owning import Owning


@dataclass
class Matter:
    id: str
    opened: datetime
    lies: list[tuple[datetime, str]]
    by: str
    amount: str | None
    made: datetime = ENDLESS
    made_by: str | None = None
    acting_for: str | None = None
    capacity: str | None = None
    verdict: str | None = None
    undone: list[tuple[datetime, str]] = field(default_factory=list)


class Deciding:
    def __init__(self, lines: Lines, owning: Owning) -> None:
        self._lines = lines
        self._owning = owning
        self.matters: dict[str, Matter] = {}
        for stream, said in lines.about("D-"):
            for line in said:
                self._read_matter(stream, line)

    def _read_matter(self, stream: str, line: Line) -> None:
        data = line.data
        if line.kind == "decision.proposed.v1":
            lies = [(line.at, data["responsibility"])]
            self.matters[stream] = Matter(stream, line.at, lies, line.actor, data.get("amount"))
            return
        matter = self.matters[stream]
        if line.kind in {"decision.referred_up.v1", "decision.called_in.v1"}:
            self._lines.expect(matter.opened <= line.at < matter.made, line, "was not open")
            matter.lies = [each for each in matter.lies if each[0] < line.at] + [(line.at, data["to_responsibility"])]
        elif line.kind == "decision.made.v1":
            self._lines.expect(matter.opened <= line.at < matter.made, line, "was not open")
            matter.made, matter.made_by = line.at, line.actor
            matter.verdict, matter.acting_for = data["authority"]["verdict"], data.get("acting_for")
            matter.capacity = data["authority"].get("capacity")
        elif line.kind in {"decision.superseded.v1", "decision.reversed.v1", "decision.overruled.v1"}:
            how = line.kind.split(".")[1]
            if how == "superseded" and data.get("part", "whole") != "whole":
                return
            same_command = matter.undone and matter.undone[-1][0] == line.at
            stands = matter.made <= line.at and all(line.at < when for when, _ in matter.undone)
            self._lines.expect(stands or same_command, line, "did not stand")
            matter.undone.append((line.at, how))

    def decisions(self, t: datetime, *, still_open: bool) -> dict[str, tuple[Any, ...]]:
        """(status, where it lies, by, acting for, as, verdict, made) of each decision."""
        rows: dict[str, tuple[Any, ...]] = {}
        for matter in self.matters.values():
            if not matter.opened <= t or (t < matter.made) != still_open:
                continue
            where = self._owning.areas[[lies for since, lies in matter.lies if since <= t][-1]]
            shown = where.code if where.there(t) else where.id
            if still_open:
                rows[matter.id] = ("open", shown, matter.by, None, None, None, None)
                continue
            undone = [each for each in matter.undone if each[0] <= t]
            first = min((when for when, _ in undone), default=None)
            status = [how for when, how in undone if when == first][-1] if undone else "stands"
            rows[matter.id] = (
                status,
                shown,
                matter.made_by,
                matter.acting_for,
                matter.capacity,
                matter.verdict,
                matter.made,
            )
        return rows
