"""What is added to the record together, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventsourcing.persistence import StoredEvent, Tracking

    from ledger.store.disclosures import ErasureRow, TextRow


@dataclass(frozen=True, slots=True)
class ReadSet:
    """What was read to decide, which must still hold when the decision is written.

    `head` is the position up to which the log was read: while it stands there, all of it holds. Else each of
    `streams` must be at exactly that version (0: does not exist), and no event of `kinds` may stand after `head`.
    """

    head: int
    streams: Mapping[str, int]
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command and the events of a batch that it causes, by their places there, both counted in (from 0).

    `key` names the command for ever, `digest` says what was asked for.
    """

    key: str
    digest: str
    offset_first: int
    offset_last: int


@dataclass(frozen=True, slots=True)
class Appended:
    """The positions that a batch got, and when it was recorded (UTC)."""

    first: int
    last: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What is added together; see `Writer.append`."""

    events: Sequence[StoredEvent]
    read: ReadSet | None = None
    commands: Sequence[CommandRow] = ()
    origin: str | None = None
    texts: Sequence[TextRow] = ()
    erasures: Sequence[ErasureRow] = ()
    tracked: Tracking | None = None
