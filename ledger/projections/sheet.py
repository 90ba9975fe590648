"""The rows of one table that are known, while a batch of events is applied to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from ledger.projections.temporal import KEEP_EMPTY, STILL_KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import ClauseElement, Connection, Table

_CHUNK = 500


@dataclass(slots=True, eq=False)
class Row:
    """A row that is known now; one of this batch has no `id` yet."""

    stream: str
    id: int | None
    values: dict[str, object]
    valid_from: str
    valid_until: str
    known_from: int
    source: int
    known_until: int = STILL_KNOWN


class Sheet:
    """The known rows of one table, by stream. What was written before is read when a handler first asks for it."""

    def __init__(self, table: Table) -> None:
        own = [column.name for column in table.columns]
        self.table = table
        self._columns = tuple(own[_SHARED:])
        self.nothing = dict.fromkeys(self._columns)
        """A row's values where nothing is said."""
        self._picked = _picker(self._columns)
        self._keep_empty = bool(table.info[KEEP_EMPTY])
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._whole: set[str] = set()
        self._new: list[Row] = []
        self._closed: list[Row] = []

    def begin(self, connection: Connection, begun: AbstractSet[str], streams: Mapping[str, Sequence[str]]) -> None:
        """A batch begins: the streams that do so too, and all that it has events in, by the kind of the event."""
        self._connection = connection
        self._begun = begun
        self._streams = streams
        self._rows.clear()
        self._whole.clear()
        self._new.clear()
        self._closed.clear()

    def rows(self, stream: str, kind: str) -> list[Row]:
        """The rows known now, in order of time, for an event of that kind: those like it in the batch will ask too."""
        if stream not in self._whole and stream not in self._begun:
            self._read(self._streams[kind])
        return sorted(self._rows[stream], key=_valid_from)

    def _read(self, streams: Sequence[str]) -> None:
        wanted = list(set(streams) - self._whole - self._begun)
        self._whole.update(wanted)
        found: dict[str, list[Row]] = defaultdict(list)
        table = self.table
        for begin in range(0, len(wanted), _CHUNK):
            chunk = table.c.stream.in_(wanted[begin : begin + _CHUNK])
            query = select(table).where(chunk, table.c.known_until == STILL_KNOWN).order_by(table.c.id)
            for id_, stream, source, since, until, known, _, *own in self._connection.execute(query):
                values = dict(zip(self._columns, own, strict=True))
                found[stream].append(Row(stream, id_, values, since, until, known, source))
        for stream, rows in found.items():
            # Before those that the batch has added already, since their numbers are lower.
            self._rows[stream][:0] = rows

    def add(self, stream: str, position: int, source: int, since: str, until: str, values: dict[str, object]) -> None:
        """A new row that says something in every column; none where its time would be empty, unless such are kept."""
        if since >= until and not self._keep_empty:
            return
        row = Row(stream, None, values, since, until, position, source)
        self._rows[stream].append(row)
        self._new.append(row)

    def close(self, row: Row, position: int) -> None:
        """From `position` on the row is known no more."""
        row.known_until = position
        self._rows[row.stream].remove(row)
        if row.id is not None:
            self._closed.append(row)

    def revise(self, row: Row, position: int, source: int, *, since: str, values: Mapping[str, object]) -> None:
        """From `position` on, the row says `values` too from `since` on; what lies before stays as it was."""
        self.close(row, position)
        until = row.valid_until
        if row.valid_from < since:
            self.add(row.stream, position, row.source, row.valid_from, min(since, until), row.values)
        self.add(row.stream, position, source, max(since, row.valid_from), until, {**row.values, **values})

    def flush(self) -> None:
        """Write what the batch changed."""
        # Tuples and the statements' text: a dictionary for each row would cost more than the row itself.
        if self._new and (rows := list(self._written())):
            self._connection.exec_driver_sql(self._text(self.table.insert()), rows)
        if self._closed:
            closing = (
                update(self.table).where(self.table.c.id == bindparam("row")).values(known_until=bindparam("until"))
            )
            self._connection.exec_driver_sql(self._text(closing), [(row.known_until, row.id) for row in self._closed])

    def _written(self) -> Iterator[tuple[object, ...]]:
        """The new rows as they stand in the table, numbered on."""
        number = self._connection.execute(select(func.max(self.table.c.id))).scalar() or 0
        picked = self._picked
        for row in self._new:
            # What one entry made and took back again gets no number: else the size of the batches would show in them.
            if (until := row.known_until) > (known := row.known_from):
                number += 1
                yield (
                    number,
                    row.stream,
                    row.source,
                    row.valid_from,
                    row.valid_until,
                    known,
                    until,
                    *picked(row.values),
                )

    def _text(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self._connection.dialect))


def _picker(columns: tuple[str, ...]) -> Callable[[dict[str, object]], tuple[object, ...]]:
    """Takes the values of these columns, in order. For one column an itemgetter would give no tuple."""
    if len(columns) == 1:
        return lambda values: (values[columns[0]],)
    return itemgetter(*columns)


_SHARED = 7
"""Columns that every table has before its own."""
_valid_from = attrgetter("valid_from")
