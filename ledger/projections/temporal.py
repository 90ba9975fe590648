"""Rows that are true for a while and known for a while: revised, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, and_, bindparam, select, update

from ledger.values import FOREVER, timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from sqlalchemy import BindParameter, ColumnElement, Connection, FromClause, MetaData

STILL_KNOWN = 2**62
"""`known_until` of a row that nothing has revised."""
ALWAYS = timestamp(FOREVER)
"""`valid_until` of a row that nothing has ended."""
_CHUNK = 500
_KEEP_EMPTY = "keep_empty"


def temporal_table(
    name: str, metadata: MetaData, *columns: Column[object], find_by: Sequence[str] = (), keep_empty: bool = False
) -> Table:
    """A table of rows with two times.

    True within [valid_from, valid_until), 27-character UTC timestamps; known within [known_from, known_until),
    positions in the log. `stream` is the one whose events the row follows from, `source` the position of the last.
    `find_by` names columns that questions look rows up by. With `keep_empty` a row that ends before or as it begins is
    kept, true at no time, because it still says something; else it is no more.
    """
    table = Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("stream", String, nullable=False),
        Column("source", BigInteger, nullable=False),
        Column("valid_from", String(27), nullable=False),
        Column("valid_until", String(27), nullable=False),
        Column("known_from", BigInteger, nullable=False),
        Column("known_until", BigInteger, nullable=False),
        *columns,
        info={_KEEP_EMPTY: keep_empty},
    )
    Index(f"{name}_by_stream", table.c.stream, table.c.known_until)
    for column in find_by:
        # Without `known_until`, so that closing a row moves it in one index and not in all.
        Index(f"{name}_by_{column}", table.c[column])
    return table


def at(
    table: FromClause, moment: datetime | BindParameter[str], known: int | BindParameter[int]
) -> ColumnElement[bool]:
    """The rows that were true at `moment` as the log knew it at position `known`."""
    stamp = timestamp(moment) if isinstance(moment, datetime) else moment
    return and_(known_at(table, known), table.c.valid_from <= stamp, table.c.valid_until > stamp)


def known_at(table: FromClause, known: int | BindParameter[int]) -> ColumnElement[bool]:
    """The rows that the log knew at position `known`, whenever they are true."""
    return and_(table.c.known_until > known, table.c.known_from <= known)


@dataclass(slots=True, eq=False)
class Row:
    """A row that is known now."""

    id: int
    values: dict[str, object]
    valid_from: str
    valid_until: str
    known_from: int
    source: int
    known_until: int = STILL_KNOWN


class Sheet:
    """The known rows of one table, by stream, while a batch of events is applied to them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._columns = tuple(column.name for column in table.columns if column.name not in _OWN)
        self._picked = _picker(self._columns)
        self._keep_empty = bool(table.info[_KEEP_EMPTY])
        self._rows: dict[str, list[Row]] = {}
        self._new: list[tuple[str, Row]] = []
        self._closed: list[Row] = []
        self._next_id = 0

    def start(self, connection: Connection) -> None:
        """Make ready for a batch: the number of the next row that is written."""
        last = connection.execute(select(self.table.c.id).order_by(self.table.c.id.desc()).limit(1)).scalar()
        self._next_id = 1 if last is None else last + 1

    def load(self, connection: Connection, streams: Iterable[str], begun: Container[str]) -> None:
        """Read what is known of the streams that are not here yet; those that begin in this batch have no rows."""
        missing = [stream for stream in streams if stream not in self._rows]
        self._rows.update((stream, []) for stream in missing)
        wanted = [stream for stream in missing if stream not in begun]
        for begin in range(0, len(wanted), _CHUNK):
            chunk = wanted[begin : begin + _CHUNK]
            query = select(self.table).where(self.table.c.stream.in_(chunk), self.table.c.known_until == STILL_KNOWN)
            for row in connection.execute(query.order_by(self.table.c.id)).mappings():
                loaded = Row(
                    row["id"],
                    {name: row[name] for name in self._columns},
                    row["valid_from"],
                    row["valid_until"],
                    row["known_from"],
                    row["source"],
                )
                self._rows[row["stream"]].append(loaded)

    def forget(self, keep: int) -> None:
        """Where twice as many streams are here as `keep`, let go of those that were loaded first."""
        if len(self._rows) > 2 * keep:
            for stream in list(islice(self._rows, len(self._rows) - keep)):
                del self._rows[stream]

    def rows(self, stream: str) -> list[Row]:
        """The rows known now, in order of time."""
        return sorted(self._rows[stream], key=lambda row: (row.valid_from, row.id))

    def add(self, stream: str, position: int, source: int, since: str, until: str, values: dict[str, object]) -> None:
        """A new row; none where its time would be empty, unless the table keeps such."""
        if since >= until and not self._keep_empty:
            return
        row = Row(self._next_id + len(self._new), values, since, until, position, source)
        self._rows[stream].append(row)
        self._new.append((stream, row))

    def close(self, stream: str, row: Row, position: int) -> None:
        """From `position` on the row is known no more."""
        row.known_until = position
        self._rows[stream].remove(row)
        self._closed.append(row)

    def revise(
        self, stream: str, row: Row, position: int, source: int, *, since: str, values: dict[str, object]
    ) -> None:
        """From `position` on, the row says `values` too from `since` on; what lies before stays as it was."""
        self.close(stream, row, position)
        until = row.valid_until
        if row.valid_from < since:
            self.add(stream, position, row.source, row.valid_from, min(since, until), dict(row.values))
        self.add(stream, position, source, max(since, row.valid_from), until, {**row.values, **values})

    def flush(self, connection: Connection) -> None:
        """Write what the batch changed."""
        # What one entry made and took back again gets no number: else the size of the batches would show in the rest.
        written = [(stream, row) for stream, row in self._new if row.known_until > row.known_from]
        for number, (_, row) in enumerate(written, self._next_id):
            row.id = number
        # Tuples and the statement's text: a dictionary for each row would cost more than the row itself.
        inserts = [
            (
                row.id,
                stream,
                row.source,
                row.valid_from,
                row.valid_until,
                row.known_from,
                row.known_until,
                *self._picked(row.values),
            )
            for stream, row in written
        ]
        if inserts:
            connection.exec_driver_sql(str(self.table.insert().compile(connection.engine)), inserts)
        new = {id(row) for _, row in self._new}
        closed = [{"row": row.id, "until": row.known_until} for row in self._closed if id(row) not in new]
        if closed:
            statement = update(self.table).where(self.table.c.id == bindparam("row"))
            connection.execute(statement.values(known_until=bindparam("until")), closed)
        self._new.clear()
        self._closed.clear()


def _picker(columns: tuple[str, ...]) -> Callable[[dict[str, object]], tuple[object, ...]]:
    """Takes the values of these columns, in order. For one column an itemgetter would give no tuple."""
    if len(columns) == 1:
        return lambda values: (values[columns[0]],)
    return itemgetter(*columns)


_OWN = {"id", "stream", "source", "valid_from", "valid_until", "known_from", "known_until"}
