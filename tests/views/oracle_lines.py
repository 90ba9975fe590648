"""The lines of the log as they read at a position, put right by those of them that correct; read with no view."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    Row = dict[str, Any]

ENDLESS = datetime.max.replace(tzinfo=UTC)


def instant(text: str | None) -> datetime:
    return ENDLESS if text is None else datetime.fromisoformat(text).astimezone(UTC)


@dataclass
class Line:
    """One line of the log, as it reads after what is known to correct it."""

    position: int
    version: int
    kind: str
    data: dict[str, Any]
    at: datetime
    actor: str
    beside: tuple[str, ...]
    basis: str | None


@dataclass
class Lines:
    """Those that count, by stream; `corrected` is true where a correction or an annulment changed any."""

    streams: dict[str, list[Line]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    """Pairs of lines that cannot both be true: only corrections may bring that about."""
    corrected: bool = False

    @classmethod
    def known_at(cls, rows: Iterable[Row], position: int) -> Lines:
        """Those that the log had at that position."""
        found = cls()
        streams: dict[str, list[Line]] = defaultdict(list)
        for row in rows:
            if row["position"] <= position:
                streams[row["subject"]].append(_line(row))
        found.streams = {stream: found._put_right(lines) for stream, lines in streams.items()}
        return found

    def about(self, prefix: str) -> list[tuple[str, list[Line]]]:
        return [(stream, lines) for stream, lines in self.streams.items() if stream.startswith(prefix)]

    def expect(self, truth: object, line: Line, what: str) -> None:
        if not truth:
            self.contradictions.append(f"{line.position} {line.kind}: {what}")

    def _put_right(self, lines: list[Line]) -> list[Line]:
        counted = {line.version: line for line in lines}
        for line in reversed(lines):
            if line.kind == "entry.annulled.v1" and line.version in counted:
                counted.pop(line.data["version"], None)
                self.corrected = True
        for line in lines:
            if line.kind == "entry.corrected.v1" and line.version in counted and line.data["version"] in counted:
                self._correct(counted[line.data["version"]], line.data["field"], line.data.get("after"))
                self.corrected = True
        return [line for line in counted.values() if not line.kind.startswith("entry.")]

    @staticmethod
    def _correct(line: Line, path: str, after: object) -> None:
        if path == "occurred_at":
            line.at = instant(str(after))
            return
        *inner, last = path.split(".")
        place = line.data
        for name in inner:
            place = place.setdefault(name, {})
        place[last] = after


def _line(row: Row) -> Line:
    version = int(row["id"].rpartition("/")[2])
    data, beside = copy.deepcopy(row["data"]), tuple(row["with"])
    return Line(row["position"], version, row["event"], data, row["occurred"], row["actor"], beside, row["basis"])
