"""What every stored event has in common: its shape, and the envelope it travels in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from datetime import datetime


class Shape(BaseModel):
    """A part of an event. Only shape: a constraint here would be a rule run on history."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="iso8601")


class Event(Shape):
    """A fact of the institution, stored for ever under its `kind`, which carries the version of its shape."""

    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its envelope, before the log has given it a place.

    `occurred_at` is when it was true (UTC). `actor` decided, together with `together_with`; `recorded_by` typed.
    All of them are handles. `asked` is the digest of what the command with that key asked for, but for private texts.
    """

    stream: str
    version: int
    event: Event
    occurred_at: datetime
    actor: str
    recorded_by: str
    command_key: str | None = None
    asked: str | None = None
    basis: str | None = None
    reason: str | None = None
    together_with: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Names the event for ever: its stream and its version there."""
        return f"{self.stream}/{self.version}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry in its place in the log. `position` counts from 1; `recorded_at` (UTC) is when the ledger learnt it."""

    entry: Entry
    position: int
    recorded_at: datetime
