"""What the rules look up by something else than the name of a stream, found in the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from ledger.projections.feedback import feedback
from ledger.projections.ownership import responsibility
from ledger.projections.projector import again
from ledger.values import member_stream

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from ledger.projections.projector import Projector


class Finder:
    """An Index: all that was ever so, whatever was put right since."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector

    def children(self, parent: str) -> tuple[str, ...]:
        return self._streams(responsibility, responsibility.c.parent == parent)

    def said_to(self, member: str) -> tuple[str, ...]:
        return self._streams(feedback, or_(feedback.c.to == member, feedback.c.about == member_stream(member)))

    def _streams(self, table: Table, which: ColumnElement[bool]) -> tuple[str, ...]:
        def found() -> tuple[str, ...]:
            with self._projector.state(self._projector.catch_up()) as connection:
                return tuple(connection.execute(select(table.c.stream).where(which).distinct()).scalars())

        return again(found)
