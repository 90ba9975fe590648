"""Rows that are true for a while and known for a while: revised, never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import orjson
from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, and_

from ledger.values import FOREVER, timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import BindParameter, ColumnElement, FromClause, MetaData

STILL_KNOWN = 2**62
"""`known_until` of a row that nothing has revised."""
ALWAYS = timestamp(FOREVER)
"""`valid_until` of a row that nothing has ended."""
KEEP_EMPTY: Final = "keep_empty"
# By code points, as SQLite compares, whatever language a server's users speak.
TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")


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
        Column("stream", TEXT, nullable=False),
        Column("source", BigInteger, nullable=False),
        Column("valid_from", TEXT, nullable=False),
        Column("valid_until", TEXT, nullable=False),
        Column("known_from", BigInteger, nullable=False),
        Column("known_until", BigInteger, nullable=False),
        *columns,
        info={KEEP_EMPTY: keep_empty},
    )
    Index(f"{name}_by_stream", table.c.stream, table.c.known_until)
    for column in find_by:
        # Without `known_until`, so that closing a row moves it in one index and not in all.
        Index(f"{name}_by_{column}", table.c[column])
    return table


def json_text(value: Sequence[str] | Mapping[str, str]) -> str:
    """A list or an object in one column."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def at(
    table: FromClause, moment: datetime | BindParameter[str], known: int | BindParameter[int]
) -> ColumnElement[bool]:
    """The rows that were true at `moment` as the log knew it at position `known`."""
    stamp = timestamp(moment) if isinstance(moment, datetime) else moment
    return and_(known_at(table, known), table.c.valid_from <= stamp, table.c.valid_until > stamp)


def known_at(table: FromClause, known: int | BindParameter[int]) -> ColumnElement[bool]:
    """The rows that the log knew at position `known`, whenever they are true."""
    return and_(table.c.known_until > known, table.c.known_from <= known)
