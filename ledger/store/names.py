"""What a log is called, which its own entries may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTINUED: Final = "ledger.continued.v1"


@dataclass(frozen=True, slots=True)
class Continued:
    """The log of the former name ended with the entry before `position`, of which so many were known to be signed."""

    position: int
    former: str
    signed: int | None


class Names:
    """What the log is called, entry by entry: it changes with the entry that says so."""

    def __init__(self) -> None:
        self.changes: list[Continued] = []
        self._now: str | None = None

    def of(self, position: int, kind: str, entry: Mapping[str, Any], leaf: Mapping[str, Any]) -> str | None:
        """The name that the leaf at `position` must carry."""
        if self._now is None:
            self._now = leaf.get("log")
        elif kind == CONTINUED and isinstance(event := entry.get("event"), dict) and event.get("former") == self._now:
            self.changes.append(Continued(position, self._now, event.get("signed")))
            self._now = event.get("origin")
        return self._now

    def last(self, otherwise: str) -> str:
        return self._now or otherwise
