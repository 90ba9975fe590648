"""Adding to the record: the one place where entries get their numbers, and only if what was read still holds."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from eventsourcing.persistence import StoredEvent, Tracking
from sqlalchemy import bindparam, func, insert, select, update

from ledger.errors import Damaged, LedgerError
from ledger.store.disclosures import ErasureRow, TextRow, erase, write
from ledger.store.engines import driver, file_of, scrub, sql, writing
from ledger.store.faults import CONFLICT, saying
from ledger.store.files import discard
from ledger.store.leaf import spliced, surroundings
from ledger.store.reader import Reader
from ledger.store.restore import put_back
from ledger.store.schema import checkpoint, command, event, head, tracking
from ledger.store.tree import keep, root_at
from ledger.transparency.tree import CompactRange, leaf_hash
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from ledger.store.engines import SqliteConnection

_INSERT: Final = insert(event)
_INSERT_COMMAND: Final = insert(command)
_HEAD: Final = select(head.c.size, head.c.recorded_at, head.c.edge, head.c.origin)
_ADVANCE: Final = update(head).values(
    size=bindparam("to_size"),
    recorded_at=bindparam("at"),
    edge=bindparam("to_edge"),
    note=func.coalesce(bindparam("signed"), head.c.note),
)
_GIVEN_OUT: Final = select(checkpoint.c.number).where(checkpoint.c.note == bindparam("note"))
# Without a number of its own, a row gets the next.
_GIVE_OUT: Final = insert(checkpoint).values(size=bindparam("at"), note=bindparam("signed"))
_RENAME: Final = update(head).values(origin=bindparam("to_origin"))
_VERSION: Final = select(func.max(event.c.version)).where(event.c.stream == bindparam("stream"))
_KINDS: Final = select(event.c.kind).where(event.c.position > bindparam("after")).distinct()
TRACKED: Final = select(tracking.c.notification_id).where(tracking.c.application_name == bindparam("name"))
_TRACK: Final = insert(tracking)
_RETRACK: Final = (
    update(tracking).values(notification_id=bindparam("number")).where(tracking.c.application_name == bindparam("name"))
)


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


class Seal(Protocol):
    """One turn of whoever signs: it knows what was signed before, and nobody else signs meanwhile."""

    def compare(self, size: int, root_at: Callable[[int], bytes]) -> None:
        """Raises where a log of `size` entries is not one that what was signed leads to."""
        ...

    def signed(self, size: int, root: bytes) -> bytes | None:
        """The checkpoint, signed; None where nothing is to be signed."""
        ...


class Sealer(Protocol):
    """Who signs what an append makes of the log."""

    def turn(self) -> AbstractContextManager[Seal]: ...


def now() -> datetime:
    return datetime.now(UTC)


class Writer(Reader):
    """The record of one ledger, for reading and writing."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now, sealer: Sealer | None = None) -> None:
        super().__init__(engine)
        self._clock = clock
        self.sealer = sealer

    def append(
        self,
        events: Sequence[StoredEvent],
        *,
        read: ReadSet,
        commands: Sequence[CommandRow] = (),
        origin: str | None = None,
        disclosures: Sequence[TextRow] = (),
        erasures: Sequence[ErasureRow] = (),
    ) -> Appended:
        """Adds a batch in one transaction: on the disk when this returns, or not there at all.

        With `origin` the log goes on under that name, from this batch on. The state of each event is the canonical
        JSON of its entry. Raises Conflict "store.conflict" if what was read has moved, a version is taken or a command
        key known; Refused "entry.too_long"; Damaged "text.no_key"; else as `writing`.

        What `erasures` name is in no file of the ledger when this returns. Unavailable "store.not_scrubbed" where all
        is recorded and erased, and another program keeps the old bytes.
        """
        if not events:
            message = "there is nothing to append"
            raise ValueError(message)
        appended = self._write(events, read, commands, None, origin, disclosures, erasures)
        if erasures:
            scrub(self.engine)
        return appended

    def discard(self) -> None:
        """Removes the file of a record in which nothing was recorded. Raises ValueError if something was."""
        if self.head().position:
            message = "a record that holds events is kept"
            raise ValueError(message)
        self.close()
        discard(self.path)

    def _write(
        self,
        events: Sequence[StoredEvent],
        read: ReadSet | None,
        commands: Sequence[CommandRow],
        tracked: Tracking | None,
        new_origin: str | None = None,
        texts: Sequence[TextRow] = (),
        erasures: Sequence[ErasureRow] = (),
    ) -> Appended:
        keys = _keys(len(events), commands)
        with (
            self.sealer.turn() if self.sealer and events else nullcontext() as seal,
            writing(self.engine) as connection,
        ):
            own = driver(connection)
            size, last_at, edge, origin = own.execute(sql(_HEAD)).fetchone()
            if origin != self.origin:
                raise self._conflict(f"the log goes on as {origin}")
            origin = new_origin or origin
            if read is not None and read.head != size:
                self._require_unmoved(own, read, size)
            recorded_at = max(timestamp(self._clock()), last_at)
            if events:
                tree = CompactRange.decoded(size, edge)
                if seal is not None:
                    seal.compare(size, partial(_root_at, own, tree.size, tree.root()))
                rows = self._rows(events, keys, size, surroundings(origin, recorded_at), recorded_at)
                own.executemany(sql(_INSERT), rows)
                keep(own, tree.extend(row[6] for row in rows))
                note = None if seal is None else seal.signed(tree.size, tree.root())
                own.execute(sql(_ADVANCE), (tree.size, recorded_at, tree.encoded, note))
                if new_origin is not None:
                    own.execute(sql(_RENAME), (new_origin,))
            for each in commands:
                places = (size + 1 + each.offset_first, size + 1 + each.offset_last)
                own.execute(sql(_INSERT_COMMAND), (each.key, each.digest, *places))
            write(own, texts, size)
            erase(own, erasures, recorded_at)
            if tracked is not None:
                self._track(own, tracked)
        self.origin = origin
        return Appended(size + 1, size + len(events), datetime.fromisoformat(recorded_at))

    def give_out(self, note: bytes, size: int) -> None:
        """Keeps a checkpoint of a tree of `size` leaves that somebody outside is going to remember."""
        with writing(self.engine) as connection:
            own = driver(connection)
            if own.execute(sql(_GIVEN_OUT), (note,)).fetchone() is None:
                own.execute(sql(_GIVE_OUT), (size, note))

    def seal(self) -> bytes | None:
        """Signs the log as it stands; the checkpoint, or None where nobody here signs."""
        if self.sealer is None:
            return None
        with self.sealer.turn() as seal, writing(self.engine) as connection:
            own = driver(connection)
            size, recorded_at, edge, _origin = own.execute(sql(_HEAD)).fetchone()
            tree = CompactRange.decoded(size, edge)
            seal.compare(size, partial(_root_at, own, size, tree.root()))
            note = seal.signed(size, tree.root())
            own.execute(sql(_ADVANCE), (size, recorded_at, edge, note))
        return note

    def put_back(self, leaves: Iterable[bytes], root: bytes) -> int:
        """Adds entries that this log has lost, exactly as they were, up to a tree with that root; the last position.

        Raises Damaged "restore.leaf" where one is not the next or they make another tree, and as `Turn.compare`: then
        nothing is added.
        """
        with self.sealer.turn() if self.sealer else nullcontext() as seal, writing(self.engine) as connection:
            own = driver(connection)
            size, last_at, edge, origin = own.execute(sql(_HEAD)).fetchone()
            tree = CompactRange.decoded(size, edge)
            last_at = put_back(own, origin, tree, last_at, leaves)
            if tree.root() != root:
                template = "What was to be put back goes on from another history than this; nothing was put back."
                raise Damaged("restore.leaf", template)
            note = None
            if seal is not None:
                seal.compare(tree.size, partial(_root_at, own, tree.size, tree.root()))
                note = seal.signed(tree.size, tree.root())
            own.execute(sql(_ADVANCE), (tree.size, last_at, tree.encoded, note))
        scrub(self.engine)
        return tree.size

    def _rows(
        self, events: Sequence[StoredEvent], keys: Sequence[str | None], size: int, around: bytes, recorded_at: str
    ) -> list[tuple[int, str, int, str, str | None, str, bytes, bytes]]:
        # Nowhere else does an entry get its number: one writer today, it could be a sequencer's work tomorrow.
        rows = []
        for position, (entry, key) in enumerate(zip(events, keys, strict=True), size + 1):
            leaf = spliced(entry.state, around, position)
            stream, version = str(entry.originator_id), entry.originator_version
            rows.append((position, stream, version, entry.topic, key, recorded_at, leaf_hash(leaf), leaf))
        return rows

    def _require_unmoved(self, own: SqliteConnection, read: ReadSet, size: int) -> None:
        if read.head > size:
            raise self._conflict("the ledger is shorter than what was read")
        for stream, version in read.streams.items():
            if (own.execute(sql(_VERSION), (stream,)).fetchone()[0] or 0) != version:
                raise self._conflict(f"{stream} has moved")
        if read.kinds:
            for (kind,) in own.execute(sql(_KINDS), (read.head,)):
                if kind in read.kinds:
                    raise self._conflict(f"there is another {kind}")

    def _conflict(self, what: str) -> LedgerError:
        return saying(CONFLICT, file_of(self.engine), what=what)

    def _track(self, own: SqliteConnection, tracked: Tracking) -> None:
        name, number = tracked.application_name, tracked.notification_id
        found = own.execute(sql(TRACKED), (name,)).fetchone()
        if found is None:
            own.execute(sql(_TRACK), (name, number))
        elif found[0] < number:
            own.execute(sql(_RETRACK), (number, name))
        else:
            raise self._conflict(f"{name} was already followed to {found[0]}")


def _keys(size: int, commands: Sequence[CommandRow]) -> list[str | None]:
    """The command that each event of a batch of that size comes from."""
    keys: list[str | None] = [None] * size
    for each in commands:
        places = range(each.offset_first, each.offset_last + 1)
        if not places or each.offset_first < 0 or each.offset_last >= size or any(keys[place] for place in places):
            message = f"command {each.key} needs events of its own within the batch"
            raise ValueError(message)
        keys[each.offset_first : each.offset_last + 1] = [each.key] * len(places)
    return keys


def _root_at(own: SqliteConnection, size: int, root: bytes, wanted: int) -> bytes:
    """The root at a size up to that of the log; the last one is at hand already."""
    return root if wanted == size else root_at(own, wanted)
