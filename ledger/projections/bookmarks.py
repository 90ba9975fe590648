"""How far each projection has come, kept among its tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, insert, select, update

from ledger.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

PROGRESS: Final = Table(
    "progress",
    MetaData(),
    Column("projection", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("origin", String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a projection has come, by which version of it, and in which log."""

    version: int
    position: int
    origin: str


def marked(connection: Connection) -> dict[str, Bookmark]:
    """The bookmark of each projection."""
    rows = connection.execute(select(PROGRESS))
    return {row.projection: Bookmark(row.version, row.position, row.origin) for row in rows}


def advance(connection: Connection, name: str, before: int, after: int) -> None:
    """Compare and swap: the bookmark moves only from where this batch began. Raises Conflict "views.moved"."""
    here = (PROGRESS.c.projection == name, PROGRESS.c.position == before)
    if connection.execute(update(PROGRESS).where(*here).values(position=after)).rowcount != 1:
        raise Conflict("views.moved", "Another process moved the views of {projection} meanwhile.", projection=name)


def begin_anew(connection: Connection, bookmarks: Mapping[str, Bookmark]) -> None:
    """Forgets every bookmark but these.

    What goes on to throw tables away does this first: on a server it waits until nobody reads the views any more,
    since whoever reads them has looked at the bookmarks, and whoever comes later finds others.
    """
    PROGRESS.drop(connection, checkfirst=True)
    PROGRESS.create(connection)
    if bookmarks:
        connection.execute(insert(PROGRESS), [{"projection": name, **asdict(mark)} for name, mark in bookmarks.items()])
