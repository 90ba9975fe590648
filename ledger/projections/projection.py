"""A projection: tables, and one small function for each event that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ledger.projections.temporal import ALWAYS
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from ledger.events import Entry, Event, Recorded
    from ledger.projections.sheet import Row, Sheet

    # Each takes the kind of event that it is registered for.
    Handler = Callable[["Page", Any], None]
    Whole = Callable[[Connection, Sequence[Recorded], Sequence[str]], None]

H = TypeVar("H", bound="Handler")


class Page:
    """What a handler may do to the rows of the entry's own stream.

    `stamp` is when it was true. `known` is the position from which the change is known, `source` that of the entry
    behind it: they differ where a correction makes an old entry speak anew.
    """

    __slots__ = ("_sheets", "entry", "known", "source", "stamp")

    def __init__(self, sheets: Mapping[Table, Sheet], entry: Entry, known: int, source: int, stamp: str) -> None:
        self._sheets = sheets
        self.entry = entry
        self.known = known
        self.source = source
        self.stamp = stamp

    def rows(self, table: Table, **values: object) -> list[Row]:
        """The known rows in which these columns have these values, in order of time."""
        rows = self._sheets[table].rows(self.entry.stream, self.entry.event.kind)
        if not values:
            return rows
        return [row for row in rows if all(row.values[name] == value for name, value in values.items())]

    def add(self, table: Table, since: datetime | str, until: datetime | str | None, **values: object) -> None:
        """A new row that is true within [since, until), with None in the columns that are not named."""
        sheet = self._sheets[table]
        said = {**sheet.nothing, **values}
        sheet.add(self.entry.stream, self.known, self.source, _stamp(since), _stamp(until), said)

    def end(self, table: Table, row: Row, moment: datetime | str, **values: object) -> None:
        """The row ends at `moment`, and says so in `values`; nothing where it ended before."""
        if row.valid_until <= (stamp := _stamp(moment)):
            return
        sheet, stream = self._sheets[table], self.entry.stream
        sheet.close(row, self.known)
        sheet.add(stream, self.known, self.source, row.valid_from, stamp, {**row.values, **values})

    def change(self, table: Table, row: Row, moment: datetime | str, **values: object) -> None:
        """From `moment` on the row says `values`; before it, what it said."""
        sheet = self._sheets[table]
        sheet.revise(row, self.known, self.source, since=_stamp(moment), values=values)

    def restate(self, table: Table, **said: object) -> None:
        """From the entry's moment on the stream says those values, until a later change of the first of them."""
        first = next(iter(said))
        affected = [row for row in self.rows(table) if row.valid_until > self.stamp]
        end = ALWAYS
        for row in affected:
            if row.values[first] != affected[0].values[first] or row.valid_from > end:
                return
            end = row.valid_until
            self.change(table, row, self.stamp, **said)

    def extend(self, table: Table, row: Row, until: datetime | str | None, **values: object) -> None:
        """The row is true until then, earlier or later than before."""
        sheet, stream = self._sheets[table], self.entry.stream
        sheet.close(row, self.known)
        sheet.add(stream, self.known, self.source, row.valid_from, _stamp(until), {**row.values, **values})


class Projection:
    """A pure function of the log: deleted and rebuilt, its tables say the same. A raised version rebuilds by itself.

    It looks at the streams whose names begin with `prefix`, and each of its rows follows from one of them.
    """

    def __init__(self, name: str, version: int, prefix: str, tables: Sequence[Table]) -> None:
        self.name = name
        self.version = version
        self.prefix = prefix
        self.tables = tuple(tables)
        self.handlers: dict[str, Handler] = {}
        """By the kind of the event."""
        self.whole: Whole | None = None

    def on(self, *kinds: type[Event]) -> Callable[[H], H]:
        """Register the function that applies events of those kinds."""

        def register(handler: H) -> H:
            self.handlers.update((event.kind, handler) for event in kinds)
            return handler

        return register

    def each_batch(self, whole: Whole) -> Whole:
        """Register the function that writes what follows from a whole batch, with the stamp of each of its entries.

        From entries as they were recorded: what is corrected later is for whoever asks. Its tables have no other times
        than `id`, the position.
        """
        self.whole = whole
        return whole

    def handled(self) -> Iterator[str]:
        """The kinds of the events that change something here."""
        return iter(self.handlers)


def _stamp(moment: datetime | str | None) -> str:
    return ALWAYS if moment is None else moment if isinstance(moment, str) else timestamp(moment)
