"""What the rules look up by something else than the name of a stream, found in the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from ledger.projections.feedback import feedback
from ledger.projections.ownership import responsibility
from ledger.values import member_stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import ColumnElement, Connection, Table

    from ledger.projections.projector import Projector


class Finder:
    """An Index: all that was ever so, whatever was put right since."""

    def __init__(self, projector: Projector, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._projector = projector
        self._reading = reading

    def children(self, parent: str) -> tuple[str, ...]:
        return self._streams(responsibility, responsibility.c.parent == parent)

    def said_to(self, member: str) -> tuple[str, ...]:
        return self._streams(feedback, or_(feedback.c.to == member, feedback.c.about == member_stream(member)))

    def _streams(self, table: Table, which: ColumnElement[bool]) -> tuple[str, ...]:
        self._projector.catch_up()
        with self._reading() as connection:
            return tuple(connection.execute(select(table.c.stream).where(which).distinct()).scalars())
