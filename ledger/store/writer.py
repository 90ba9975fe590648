"""Adding to the record: the one place where entries get their numbers, and only if what was read still holds."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from sqlalchemy import bindparam, func, insert, select, update

from ledger.errors import Damaged, Unavailable
from ledger.store.batch import Appended, Batch, numbered
from ledger.store.database import ONE, ZERO, linked
from ledger.store.disclosures import erase, write
from ledger.store.faults import IN_DOUBT, saying
from ledger.store.reader import Reader, by_name
from ledger.store.restore import put_back
from ledger.store.schema import checkpoint, command, event, head, tracking
from ledger.store.tree import keep, root_at
from ledger.transparency.tree import CompactRange
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from eventsourcing.persistence import StoredEvent, Tracking
    from sqlalchemy import BindParameter, Select

    from ledger.store.batch import CommandRow, ReadSet
    from ledger.store.database import Database, Link
    from ledger.store.disclosures import ErasureRow, TextRow

T = TypeVar("T")

# On a server this row is the lock: who changes the record reads it first.
_HEAD: Final = select(head.c.size, head.c.recorded_at, head.c.edge, head.c.origin).with_for_update()
_TRIES: Final = 3
_MAY_PASS: Final = frozenset({"store.lost", "store.queued"})
_ADVANCE: Final = update(head).values(
    size=bindparam("to_size"),
    recorded_at=bindparam("at"),
    edge=bindparam("to_edge"),
    note=func.coalesce(bindparam("signed"), head.c.note),
)
_GIVEN_OUT: Final = select(checkpoint.c.number).where(checkpoint.c.note == bindparam("note"))
_GIVE_OUT: Final = insert(checkpoint).from_select(
    ["number", "size", "note"],
    select(func.coalesce(func.max(checkpoint.c.number), ZERO) + ONE, bindparam("at"), bindparam("signed")),
)
_RENAME: Final = update(head).values(origin=bindparam("to_origin"))
_HASH: Final = select(event.c.leaf_hash).where(event.c.position == bindparam("position"))
_KINDS: Final = select(event.c.kind).where(event.c.position > bindparam("after")).distinct()
TRACKED: Final = select(tracking.c.notification_id).where(tracking.c.application_name == bindparam("name"))
_TRACK: Final = insert(tracking)
_RETRACK: Final = (
    update(tracking).values(notification_id=bindparam("number")).where(tracking.c.application_name == bindparam("name"))
)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A batch that the database was told to commit, whatever came of it; no other makes the same first leaf."""

    appended: Appended
    leaf_hash: bytes


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

    def __init__(self, database: Database, clock: Callable[[], datetime] = now, sealer: Sealer | None = None) -> None:
        super().__init__(database)
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
        appended = self._write(Batch(events, read, commands, origin, disclosures, erasures))
        if erasures:
            self.database.scrub()
        return appended

    def discard(self) -> None:
        """Removes the file of a record in which nothing was recorded. Raises ValueError if something was."""
        if self.head().position:
            message = "a record that holds events is kept"
            raise ValueError(message)
        self.database.destroy()

    def confirm(self, keys: Iterable[str]) -> None:
        """Returns when commands that were found are as safe as those that are acknowledged.

        Raises Conflict "store.conflict" where one is there no more: nobody had confirmed it, and it is lost.
        """
        if self.database.safe_when_seen:
            return

        def confirmed() -> set[str]:
            # The commit of whoever has held the head row comes after all that was there, and is confirmed after it.
            with linked(self.database.writing()) as own:
                own.run(_HEAD)
                return {key for (key,) in by_name(own, _known, wanted)}

        wanted = set(keys)
        if missing := wanted - self._insist(confirmed):
            raise self.database.conflict(f"{min(missing)} is there no more")

    def _write(self, batch: Batch) -> Appended:
        doubtful: list[_Attempt] = []
        return self._insist(lambda: self._written(batch, doubtful), doubtful)

    def _insist(self, attempt: Callable[[], T], doubtful: Sequence[_Attempt] = ()) -> T:
        """What an attempt to write gives; made again where its connection breaks, or others write for long.

        Each attempt looks for what is `doubtful` first. Raises Unavailable "store.in_doubt" where none gets so far.
        """
        left = _TRIES
        while True:
            try:
                return attempt()
            except Unavailable as failed:
                waits = failed.code == "store.queued" and not doubtful
                if not waits and (left == 0 or failed.code not in _MAY_PASS):
                    if not doubtful or failed.code not in _MAY_PASS:
                        raise
                    raise saying(IN_DOUBT, self.database.name) from failed
                left -= not waits

    def _written(self, batch: Batch, doubtful: list[_Attempt]) -> Appended:
        sealer = self.sealer if batch.events and self.database.signed_at_commit else None
        with sealer.turn() if sealer else nullcontext() as seal, linked(self.database.writing()) as own:
            size, last_at, edge, origin = own.run(_HEAD).fetchone()
            for before in doubtful:
                if own.run(_HASH, (before.appended.first,)).fetchone() == (before.leaf_hash,):
                    self.origin = origin
                    return before.appended
            doubtful.clear()
            if origin != self.origin:
                raise self.database.conflict(f"the log goes on as {origin}")
            origin = batch.origin or origin
            if batch.read is not None and batch.read.head != size:
                self._require_unmoved(own, batch.read, size)
            recorded_at = max(timestamp(self._clock()), last_at)
            appended = Appended(size + 1, size + len(batch.events), datetime.fromisoformat(recorded_at))
            attempt: list[_Attempt] = []
            if batch.events:
                tree = CompactRange.decoded(size, edge)
                if seal is not None:
                    seal.compare(size, partial(_root_at, own, tree.size, tree.root()))
                rows = numbered(batch, size, origin, recorded_at)
                attempt.append(_Attempt(appended, rows[0][6]))
                self.database.append_rows(own, event, rows)
                keep(own, tree.extend(row[6] for row in rows))
                note = None if seal is None else seal.signed(tree.size, tree.root())
                own.run(_ADVANCE, (tree.size, recorded_at, tree.encoded, note))
                if batch.origin is not None:
                    own.run(_RENAME, (batch.origin,))
            first = size + 1
            told = [
                (each.key, each.digest, first + each.offset_first, first + each.offset_last) for each in batch.commands
            ]
            self.database.append_rows(own, command, told)
            write(own, batch.texts, size)
            erase(own, batch.erasures, recorded_at)
            if batch.tracked is not None:
                self._track(own, batch.tracked)
            doubtful += attempt
        self.origin = origin
        return appended

    def give_out(self, note: bytes, size: int) -> None:
        """Keeps a checkpoint of a tree of `size` leaves that somebody outside is going to remember."""

        def kept() -> None:
            with linked(self.database.writing()) as own:
                own.run(_HEAD)
                if own.run(_GIVEN_OUT, (note,)).fetchone() is None:
                    own.run(_GIVE_OUT, (size, note))

        self._insist(kept)

    def seal(self) -> bytes | None:
        """Signs the log as it stands; the checkpoint, or None where nobody here signs. Raises Conflict as `append`."""
        return None if self.sealer is None else self._insist(partial(self._sealed, self.sealer))

    def _sealed(self, sealer: Sealer) -> bytes | None:
        with sealer.turn() as seal, linked(self.database.writing()) as own:
            size, recorded_at, edge, origin = own.run(_HEAD).fetchone()
            if origin != self.origin:
                raise self.database.conflict(f"the log goes on as {origin}")
            tree = CompactRange.decoded(size, edge)
            seal.compare(size, partial(_root_at, own, size, tree.root()))
            note = seal.signed(size, tree.root())
            own.run(_ADVANCE, (size, recorded_at, edge, note))
        return note

    def put_back(self, leaves: Iterable[bytes], root: bytes) -> int:
        """Adds entries that this log has lost, exactly as they were, up to a tree with that root; the last position.

        Raises Damaged "restore.leaf" where one is not the next or they make another tree, and as `Turn.compare`: then
        nothing is added.
        """
        with self.sealer.turn() if self.sealer else nullcontext() as seal, linked(self.database.writing()) as own:
            size, last_at, edge, origin = own.run(_HEAD).fetchone()
            tree = CompactRange.decoded(size, edge)
            last_at = put_back(self.database, own, origin, tree, last_at, leaves)
            if tree.root() != root:
                template = "What was to be put back goes on from another history than this; nothing was put back."
                raise Damaged("restore.leaf", template)
            note = None
            if seal is not None:
                seal.compare(tree.size, partial(_root_at, own, tree.size, tree.root()))
                note = seal.signed(tree.size, tree.root())
            own.run(_ADVANCE, (tree.size, last_at, tree.encoded, note))
        self.database.scrub()
        return tree.size

    def _require_unmoved(self, own: Link, read: ReadSet, size: int) -> None:
        if read.head > size:
            raise self.database.conflict("the ledger is shorter than what was read")
        now = dict(by_name(own, _versions, read.streams))
        for stream, version in read.streams.items():
            if now.get(stream, 0) != version:
                raise self.database.conflict(f"{stream} has moved")
        if read.kinds:
            for (kind,) in own.run(_KINDS, (read.head,)):
                if kind in read.kinds:
                    raise self.database.conflict(f"there is another {kind}")

    def _track(self, own: Link, tracked: Tracking) -> None:
        name, number = tracked.application_name, tracked.notification_id
        found = own.run(TRACKED, (name,)).fetchone()
        if found is None:
            own.run(_TRACK, (name, number))
        elif found[0] < number:
            own.run(_RETRACK, (number, name))
        else:
            raise self.database.conflict(f"{name} was already followed to {found[0]}")


@cache
def _known(names: tuple[BindParameter[str], ...]) -> Select[str]:
    return select(command.c.key).where(command.c.key.in_(names))


@cache
def _versions(names: tuple[BindParameter[str], ...]) -> Select[str, int]:
    return select(event.c.stream, func.max(event.c.version)).where(event.c.stream.in_(names)).group_by(event.c.stream)


def _root_at(own: Link, size: int, root: bytes, wanted: int) -> bytes:
    """The root at a size up to that of the log; the last one is at hand already."""
    return root if wanted == size else root_at(own, wanted)
