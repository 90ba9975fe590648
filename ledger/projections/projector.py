"""Keeps views in step with the log: in batches, each exactly once, and anew when a projection changes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from sqlalchemy import inspect

from ledger.collecting import seldom
from ledger.errors import Unavailable
from ledger.projections.applying import apply
from ledger.projections.bookmarks import PROGRESS, Bookmark, advance, begin_anew, marked
from ledger.projections.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from ledger.events import Recorded
    from ledger.projections.projection import Projection

T = TypeVar("T")

BATCH: Final = 20_000
"""Events in one transaction. Ids are as good as random, so the larger it is, the less often is each page written."""
PAGE: Final = 5_000
"""Events of it that are in memory at once."""
_TRIES: Final = 3
_MAY_PASS: Final = frozenset({"store.lost", "views.building"})
ONLY_READ: Final = frozenset({"store.standby", "store.no_right"})
"""Why views cannot be written by whoever may still read them."""


class Log(Protocol):
    """Where the events come from."""

    @property
    def origin(self) -> str:
        """The name of this log and no other."""
        ...

    def head(self) -> int: ...

    def read(self, after: int, limit: int) -> Sequence[Recorded]: ...

    def stream(self, name: str) -> Sequence[Recorded]: ...


def again(attempt: Callable[[], T]) -> T:
    """What an attempt gives that may be made twice; made again where its connection breaks, or views are begun anew."""
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except Unavailable as passing:
            if passing.code not in _MAY_PASS:
                raise
    return attempt()


class Projector:
    """Applies the log to projections. `reading` and `writing` give connections to where the views live.

    A writing connection holds the write lock from its beginning, so that no two go on from the same bookmark.
    """

    def __init__(
        self,
        projections: Sequence[Projection],
        log: Log,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._projections = tuple(projections)
        self._log = log
        self._reading = reading
        self._writing = writing
        self._sheets = {table: Sheet(table) for each in projections if each.handlers for table in each.tables}

    def position(self) -> int:
        """Up to where every projection has come; 0 where one must be built first. Takes no write lock."""
        with self._reading() as connection:
            return self.reached(connection)

    def reached(self, connection: Connection) -> int:
        """The same of one state of the views, of which no table is thrown away from here on while it is read."""
        bookmarks = self._marked(connection)
        head = self._log.head()
        return min(
            bookmarks[each.name].position if self._fits(bookmarks.get(each.name), each, head) else 0
            for each in self._projections
        )

    @contextmanager
    def state(self, position: int) -> Iterator[Connection]:
        """One state of the views that has come as far. Raises Unavailable "views.building": others begin them anew."""
        with self._reading() as connection:
            if self.reached(connection) < position:
                raise _building()
            yield connection

    def _marked(self, connection: Connection) -> dict[str, Bookmark]:
        """The bookmarks of the projections whose tables are all there."""
        there = set(inspect(connection).get_table_names())
        if PROGRESS.name not in there:
            return {}
        whole = {each.name for each in self._projections if there.issuperset(table.name for table in each.tables)}
        return {name: bookmark for name, bookmark in marked(connection).items() if name in whole}

    def _fits(self, bookmark: Bookmark | None, projection: Projection, head: int) -> bool:
        """Whether the rows follow from this log: another file may have stood in its place, or a later state of it."""
        return (
            bookmark is not None
            and bookmark.version == projection.version
            and bookmark.origin == self._log.origin
            and bookmark.position <= head
        )

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Apply what is new; the position reached. `progress` hears (position, head) of each page.

        What it hears last of a batch is there for good; what it hears before, once the batch is whole.
        """
        head = self._log.head()
        if again(self.position) >= head:
            return head
        with seldom():
            return again(lambda: self._catch_up(head, progress))

    def _catch_up(self, head: int, progress: Callable[[int, int], None] | None) -> int:
        self._make_ready()

        def heard(position: int) -> None:
            if progress is not None:
                progress(position, max(head, position))

        while True:
            with self._writing() as connection:
                bookmarks = marked(connection)
                if not {(each.name, each.version) for each in self._projections} <= {
                    (name, mark.version) for name, mark in bookmarks.items()
                }:
                    raise _building()
                position = min(bookmarks[each.name].position for each in self._projections)
                behind = tuple(each for each in self._projections if bookmarks[each.name].position == position)
                ahead = (mark.position for mark in bookmarks.values() if mark.position > position)
                until = min([position + BATCH, *ahead])
                reached = self._apply(connection, behind, position, until, heard)
                if reached == position:
                    return position
                for each in behind:
                    advance(connection, each.name, position, reached)
            heard(reached)
            if reached >= head:
                return reached

    def _apply(
        self,
        connection: Connection,
        projections: Sequence[Projection],
        position: int,
        until: int,
        heard: Callable[[int], None],
    ) -> int:
        """Apply what stands after one position and up to another; the position reached."""
        begin = position
        while position < until and (page := self._log.read(position, min(PAGE, until - position))):
            if position > begin:
                heard(position)
            apply(connection, projections, page, self._sheets, self._log)
            position = page[-1].position
        return position

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Forget every row and apply the whole log anew; the position reached."""
        again(self._forget)
        return self.catch_up(progress)

    def _forget(self) -> None:
        with self._writing() as connection:
            begin_anew(connection, {})
            for each in self._projections:
                _drop(connection, each)

    def _make_ready(self) -> None:
        """Tables for every projection; one of another version is begun anew."""
        with self._writing() as connection:
            bookmarks = self._marked(connection)
            head = self._log.head()
            unfit = [each for each in self._projections if not self._fits(bookmarks.get(each.name), each, head)]
            if not unfit:
                return
            for each in unfit:
                bookmarks[each.name] = Bookmark(each.version, 0, self._log.origin)
            begin_anew(connection, bookmarks)
            for each in unfit:
                _drop(connection, each)
                for table in each.tables:
                    table.create(connection)


def _building() -> Unavailable:
    return Unavailable("views.building", "The views are being built anew from the log; ask again in a moment.")


def _drop(connection: Connection, projection: Projection) -> None:
    for table in projection.tables:
        table.drop(connection, checkfirst=True)
