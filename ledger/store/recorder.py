"""The record as eventsourcing's interface, on top of our own reading and writing; and how one is made or opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from eventsourcing.persistence import IntegrityError, Notification, ProcessRecorder, StoredEvent, Tracking

from ledger.errors import Conflict, Malformed
from ledger.store import places
from ledger.store.batch import Batch
from ledger.store.leaf import leaf_of
from ledger.store.reader import leaves
from ledger.store.schema import event
from ledger.store.subscription import LogSubscription
from ledger.store.writer import TRACKED, Writer, now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from ledger.store.writer import Sealer

MAX_ORIGIN: Final = 200


class Recorder(Writer, ProcessRecorder):
    """The record of one ledger. `append` is for the ledger; what stands here is the interface of the library.

    Any number of threads and processes may use one file, each process through its own recorder.
    """

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - the library's signature
    ) -> Sequence[int]:
        tracked: Tracking | None = kwargs.get("tracking")
        if not stored_events and tracked is None:
            return []
        try:
            done = self._write(Batch(stored_events, tracked=tracked))
        except Conflict as conflict:
            raise IntegrityError(str(conflict)) from conflict
        return list(range(done.first, done.last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        version = event.c.version
        which = leaves(event.c.stream == str(originator_id)).order_by(version.desc() if desc else version).limit(limit)
        if gt is not None:
            which = which.where(version > gt)
        if lte is not None:
            which = which.where(version <= lte)
        with self.database.reading() as connection:
            found = [leaf_of(row) for row in connection.execute(which)]
        return [StoredEvent(each.stream, each.version, each.kind, each.state) for each in found]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        position = event.c.position
        which = leaves().order_by(position).limit(limit)
        if start is not None:
            which = which.where(position >= start if inclusive_of_start else position > start)
        if stop is not None:
            which = which.where(position <= stop)
        if topics:
            which = which.where(event.c.kind.in_(topics))
        with self.database.reading() as connection:
            found = [leaf_of(row) for row in connection.execute(which)]
        return [Notification(each.stream, each.version, each.kind, each.state, each.position) for each in found]

    def max_notification_id(self) -> int | None:
        return self.head().position or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LogSubscription:
        return LogSubscription(self, gt, topics)

    def insert_tracking(self, tracking: Tracking) -> None:
        self.insert_events([], tracking=tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        with self._glancing() as connection:
            row = connection.run(TRACKED, (application_name,)).fetchone()
        return row[0] if row else None


def create_record(
    address: str | Path, origin: str, clock: Callable[[], datetime] = now, sealer: Sealer | None = None
) -> Recorder:
    """A new, empty record. `origin` names its log for ever, as in a checkpoint: no space and no plus sign.

    Raises Malformed "store.origin", and as `places.create`.
    """
    if not 0 < len(origin) <= MAX_ORIGIN or not origin.isprintable() or any(c.isspace() or c == "+" for c in origin):
        template = "{origin} cannot name a log; use 1 to {limit} characters without spaces and plus signs."
        raise Malformed("store.origin", template, origin=repr(origin), limit=MAX_ORIGIN)
    return Recorder(places.create(address, origin), clock, sealer)


def open_record(address: str | Path, clock: Callable[[], datetime] = now) -> Recorder:
    """The record that is there. Raises as `places.found`."""
    return Recorder(places.found(address), clock)
