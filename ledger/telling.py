"""How a command becomes entries: what it reads is folded to state, judged, and noted down for the log to check."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from ledger.aggregates import feedback
from ledger.aggregates.feedback import Feedback
from ledger.errors import Refused
from ledger.events import Entry
from ledger.events.corrections import corrects
from ledger.events.feedback import FeedbackAsked, FeedbackGiven
from ledger.events.ledger import PersonalDataErased
from ledger.events.responsibility import ResponsibilityDefined, ResponsibilityMoved
from ledger.folding import evolved, fold, initial_state
from ledger.rules import decide
from ledger.scene import Scene
from ledger.store import UNKNOWN_DIGEST, CommandRow, ErasureRow, Head, ReadSet, mapper

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ledger.aggregates.decider import Decided
    from ledger.commands import Command
    from ledger.folding import State
    from ledger.store import Recorder, StoredEvent, TextRow

CACHED_STREAMS = 200_000
_LINEAGE = frozenset({ResponsibilityDefined.kind, ResponsibilityMoved.kind})
_SAID = frozenset({FeedbackAsked.kind, FeedbackGiven.kind})


class Index(Protocol):
    """What is found by something else than the name of its stream, as far as it is recorded. See World for each."""

    def children(self, parent: str) -> tuple[str, ...]: ...

    def said_to(self, member: str) -> tuple[str, ...]: ...


class Dated(Protocol):
    """A command with a window of its own."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a command caused. `again` is true where its key shows that it had been recorded before."""

    entries: tuple[Entry, ...]
    again: bool = False


@dataclass(slots=True)
class Folded:
    """A stream's state, its version now, and its version in the log."""

    state: State
    version: int
    logged: int


class Desk:
    """Commands being judged together, to be recorded in one transaction or not at all.

    States are kept from one batch to the next: `refresh` drops those that others have moved since.
    """

    def __init__(self, recorder: Recorder, clock: Callable[[], datetime], index: Index) -> None:
        self._recorder = recorder
        self._clock = clock
        self._index = index
        self._folded: dict[str, Folded] = {}
        self._head = recorder.head()
        self._clear()

    def _clear(self) -> None:
        self._pending: list[Entry] = []
        self._events: list[StoredEvent] = []
        self._read: dict[str, int] = {}
        self._commands: dict[str, CommandRow] = {}
        self._found: list[str] = []
        self._texts: list[TextRow] = []
        self._kinds: frozenset[str] = frozenset()

    @property
    def pending(self) -> int:
        return len(self._pending)

    def refresh(self) -> None:
        """Drop what waits to be recorded, and every state that the log has moved past."""
        for entry in self._pending:
            self._folded.pop(entry.stream, None)
        self._clear()
        head = self._recorder.head()
        if head.position != self._head.position:
            self._forget_moved()
            self._head = head
        if len(self._folded) > CACHED_STREAMS:
            for stream in list(self._folded)[: CACHED_STREAMS // 2]:
                del self._folded[stream]

    def add(self, command: Command, recorded_by: str) -> Told:
        """Judge one more command on top of those that wait. Raises Refused, and then nothing of it is kept.

        Raises Conflict where others have written since this desk was fresh to what is looked at: an answer would rest
        on states of two moments, and the time of the command on the earlier of them.
        """
        if command.key is not None and (before := self._before(command.key, command)) is not None:
            return Told(before, again=True)
        now = max(self._clock(), self._head.recorded_at or self._clock())
        scene = Scene(self, _occurred(command, now), now)
        asked = None if command.key is None else _digest(command)
        entries = self._entries(decide(command, scene), command, scene.on, recorded_by, asked)
        events = [mapper.stored(entry) for entry in entries]
        self._texts += scene.texts_of(entries, len(self._pending))
        for entry, event in zip(entries, events, strict=True):
            self._apply(entry)
            self._events.append(event)
        if command.key is not None and asked is not None:
            last = len(self._pending) - 1
            self._commands[command.key] = CommandRow(command.key, asked, last + 1 - len(entries), last)
        return Told(entries)

    def commit(self, origin: str | None = None) -> int:
        """Record all that waits, in one transaction; the position of the last. Raises Conflict where others moved.

        What had been recorded before is as safe then as what is now. With `origin` the log goes on under that name.
        """
        if self._events:
            self._append(origin)
        self._recorder.confirm(self._found)
        self._clear()
        return self._head.position

    def _append(self, origin: str | None) -> None:
        read = ReadSet(self._head.position, self._read, self._kinds)
        appended = self._recorder.append(
            self._events,
            read=read,
            commands=list(self._commands.values()),
            origin=origin,
            disclosures=self._texts,
            erasures=[
                ErasureRow(entry.stream, entry.event.digests, entry.event.whole)
                for entry in self._pending
                if isinstance(entry.event, PersonalDataErased)
            ],
        )
        for entry in self._pending:
            folded = self._folded[entry.stream]
            folded.logged = folded.version
        if appended.first != self._head.position + 1:
            # Others wrote to streams that this batch did not read, but an earlier one may have.
            self._forget_moved()
        self._head = Head(appended.last, appended.recorded_at)

    def _forget_moved(self) -> None:
        for stream in self._recorder.moved_since(self._head.position):
            self._folded.pop(stream, None)

    def look(self, stream: str, initial: State) -> State:
        """The state of a stream with what waits on top, noted as read."""
        folded = self._folded.get(stream)
        if folded is None:
            entries = self._logged(stream)
            folded = Folded(fold(initial, entries), len(entries), len(entries))
            self._folded[stream] = folded
        self._read.setdefault(stream, folded.logged)
        return folded.state

    def entries(self, stream: str) -> tuple[Entry, ...]:
        logged = self._logged(stream)
        self._read.setdefault(stream, len(logged))
        return (*logged, *(entry for entry in self._pending if entry.stream == stream))

    def children(self, responsibility: str) -> tuple[str, ...]:
        self._kinds |= _LINEAGE
        waiting = (
            entry.stream
            for entry in self._pending
            if (isinstance(entry.event, ResponsibilityDefined) and entry.event.parent == responsibility)
            or (isinstance(entry.event, ResponsibilityMoved) and entry.event.parent_after == responsibility)
        )
        return tuple(dict.fromkeys((*self._index.children(responsibility), *waiting)))

    def said_to(self, member: str) -> tuple[str, ...]:
        self._kinds |= _SAID
        waiting = (entry.stream for entry in self._pending if feedback.evolve(Feedback(), entry).said_to(member))
        return tuple(dict.fromkeys((*self._index.said_to(member), *waiting)))

    def _logged(self, stream: str) -> tuple[Entry, ...]:
        leaves = self._recorder.stream(stream)
        if leaves and leaves[-1].position > self._head.position:
            raise self._recorder.database.conflict(f"{stream} has moved")
        return tuple(mapper.recorded(leaf).entry for leaf in leaves)

    def _entries(
        self, decided: Decided, command: Command, on: datetime, recorded_by: str, asked: str | None
    ) -> tuple[Entry, ...]:
        entries: list[Entry] = []
        for stream, event in decided:
            self.look(stream, initial_state(stream))
            before = sum(1 for entry in entries if entry.stream == stream)
            entry = Entry(
                stream=stream,
                version=self._folded[stream].version + before + 1,
                event=event,
                occurred_at=on,
                actor=command.by,
                recorded_by=recorded_by,
                command_key=command.key,
                asked=asked,
                basis=command.basis,
                reason=command.reason,
                together_with=command.together_with,
            )
            entries.append(entry)
        return tuple(entries)

    def _apply(self, entry: Entry) -> None:
        self._pending.append(entry)
        folded = self._folded[entry.stream]
        folded.version = entry.version
        if corrects(entry.event):
            folded.state = fold(initial_state(entry.stream), self.entries(entry.stream))
        else:
            folded.state = evolved(folded.state, entry)

    def _before(self, key: str, command: Command) -> tuple[Entry, ...] | None:
        """What the command with that key recorded, in this batch or ever."""
        waiting = self._commands.get(key)
        if waiting is not None:
            _require_same(key, command, waiting.digest)
            return tuple(self._pending[waiting.offset_first : waiting.offset_last + 1])
        found = self._recorder.find_command(key)
        if found is None:
            return None
        _require_same(key, command, found[0])
        self._found.append(key)
        leaves = self._recorder.log(found[1] - 1, found[2] - found[1] + 1)
        return tuple(mapper.recorded(leaf).entry for leaf in leaves)


def _occurred(command: Command, now: datetime) -> datetime:
    """When it was true: as told; else the beginning of a window that lies behind; else now."""
    if command.on is not None:
        return min(command.on, now) if command.plans else command.on
    if command.do in {"stand-in", "away"}:
        return min(cast("Dated", command).since, now)
    return now


def _digest(command: Command, *, private: bool = False) -> str:
    """What was asked for, but for private texts: a hash without a salt would tell them to whoever guesses."""
    left_out = command.worked_out if private else command.worked_out | command.private
    fields = command.model_dump_json(exclude_defaults=True, exclude=set(left_out))
    return hashlib.sha256(f"{command.do} {fields}".encode()).hexdigest()


def _require_same(key: str, command: Command, before: str) -> None:
    # Before texts were private, all of them went into the digest.
    if before not in {_digest(command), _digest(command, private=True), UNKNOWN_DIGEST}:
        raise Refused(
            "command.key_reused",
            "The key {key} was used for another command; give this one a key of its own.",
            key=key,
        )
