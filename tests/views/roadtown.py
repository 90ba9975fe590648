"""A town on the road to decisions: norr is held by anna, and bo and cia take part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viewkit import Town, day

from ledger import Entry, command
from ledger.store import ReadSet, mapper

if TYPE_CHECKING:
    from pathlib import Path

    from ledger import Event


class RoadTown(Town):
    """Decisions are spoken of by their titles: `ids` has the id of each. `marks` remember positions by name."""

    def __init__(self, folder: Path, **terms: Any) -> None:  # noqa: ANN401 - the words of an offer
        super().__init__(folder)
        self.ids: dict[str, str] = {}
        self.marks = {"founded": self.founded}
        self.people("anna", "bo", "cia")
        self.tell("define", on="1", code="norr", title="North")
        self.marks["ready"] = self.grant("norr", "anna", on="1", **{"level": 7, "review_on": "2025-12-01", **terms})

    def open(self, title: str, on: str, process: str = "advice", *, by: str = "anna", **fields: object) -> str:
        """Proposes it in norr, and remembers the position under its title."""
        matter: dict[str, object] = {"in": "norr", "type": "buy", "options": ["yes", "no"], "process": process}
        return self._tell_of(title, "propose", by, on, {**matter, **fields})

    def decide(self, title: str, on: str, *, by: str = "anna", **fields: object) -> str:
        """Opens and closes it at once."""
        return self._tell_of(title, "decide", by, on, {"in": "norr", "type": "buy", **fields})

    def on(self, title: str, do: str, by: str, on: str, **fields: object) -> int:
        """Says something of the decision with that title."""
        return self.tell(do, by, on, decision=self.ids[title], **fields)

    def force(self, title: str, event: Event, by: str, on: str, reason: str | None = None) -> int:
        """Writes straight to the record what the rules would refuse, as an older or a broken program may have."""
        recorder, stream = self.ledger._recorder, self.ids[title]
        version = len(recorder.stream(stream)) + 1
        entry = Entry(stream, version, event, day(on), actor=by, recorded_by=by, reason=reason)
        recorder.append((mapper.stored(entry),), read=ReadSet(recorder.head().position, {}))
        return self.ledger.head()

    def _tell_of(self, title: str, do: str, by: str, on: str, fields: dict[str, object]) -> str:
        self.clock.now = max(self.clock.now, day(on))
        told = self.ledger.tell(command({"do": do, "by": by, "on": day(on), "title": title, **fields}))
        self.ids[title] = told.entries[0].stream
        self.marks[title] = self.ledger.head()
        return self.ids[title]
