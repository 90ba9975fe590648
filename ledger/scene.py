"""The world as one command sees it: states with what waits on top, and commitments to its private texts."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol, cast

from ledger.aggregates.decision import Decision
from ledger.aggregates.feedback import Feedback
from ledger.aggregates.goal import Goal
from ledger.aggregates.ledger import Founding
from ledger.aggregates.member import Member
from ledger.aggregates.responsibility import Responsibility
from ledger.aggregates.series import Series
from ledger.commitments import SALT_BYTES, Disclosure
from ledger.events.private import commitments
from ledger.store import TextRow
from ledger.values import LEDGER_STREAM, member_stream, responsibility_id, series_stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ledger.events import Entry
    from ledger.folding import State


class States(Protocol):
    """Where the states come from, and who notes which were looked at."""

    def look(self, stream: str, initial: State) -> State: ...

    def entries(self, stream: str) -> tuple[Entry, ...]: ...

    def children(self, responsibility: str) -> tuple[str, ...]: ...

    def said_to(self, member: str) -> tuple[str, ...]: ...


class Scene:
    """A World for the rules. `on` is the moment that the command speaks of, `now` the moment it is told."""

    def __init__(self, states: States, on: datetime, now: datetime) -> None:
        self._states = states
        self.on = on
        self.now = now
        self._texts: dict[str, tuple[str, Disclosure]] = {}

    def ledger(self) -> Founding:
        return cast("Founding", self._states.look(LEDGER_STREAM, Founding()))

    def member(self, handle: str) -> Member:
        return cast("Member", self._states.look(member_stream(handle), Member()))

    def responsibility(self, id_or_code: str) -> Responsibility:
        stream = id_or_code if id_or_code.startswith("R-") else responsibility_id(id_or_code)
        return cast("Responsibility", self._states.look(stream, Responsibility()))

    def decision(self, id_: str) -> Decision:
        return cast("Decision", self._states.look(id_, Decision()))

    def goal(self, id_: str) -> Goal:
        return cast("Goal", self._states.look(id_, Goal()))

    def feedback(self, id_: str) -> Feedback:
        return cast("Feedback", self._states.look(id_, Feedback()))

    def series(self, register: str) -> Series:
        return cast("Series", self._states.look(series_stream(register), Series()))

    def entries(self, stream: str) -> tuple[Entry, ...]:
        return self._states.entries(stream)

    def children(self, responsibility: str) -> tuple[str, ...]:
        return self._states.children(responsibility)

    def said_to(self, member: str) -> tuple[str, ...]:
        return self._states.said_to(member)

    def commit(self, subject: str, field: str, text: str) -> str:
        disclosure = Disclosure.salted(secrets.token_bytes(SALT_BYTES), field, text)
        self._texts[disclosure.digest] = (subject, disclosure)
        return disclosure.digest

    def texts_of(self, entries: Sequence[Entry], first: int) -> Iterator[TextRow]:
        """The private texts that the entries commit to; the first of them stands at place `first` of the batch."""
        for offset, entry in enumerate(entries, first):
            for digest in commitments(entry.event).values():
                subject, disclosure = self._texts[digest]
                yield TextRow(subject, digest, disclosure.encoded, offset)
