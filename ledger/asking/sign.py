"""What a sign in the mirror is: a name, how it is computed, and a function that reads it from the views."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_

from ledger.values import timestamp

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement

    from ledger.asking.view import View


class Span(NamedTuple):
    """A stretch of time (since, until]: two that meet count nothing twice."""

    since: datetime
    until: datetime


class Reading(NamedTuple):
    """What a sign says, None where there was nothing to see, and the positions of the entries behind it."""

    value: str | None
    rows: tuple[int, ...] = ()


class Sign(NamedTuple):
    """`read` takes the view, whose sign it is, and the time looked at."""

    name: str
    how: str
    read: Callable[[View, str, Span], Reading]


def share(part: tuple[int, ...], whole: int) -> Reading:
    return Reading(f"{len(part)} of {whole}" if whole else None, part)


def within(column: Column[str], span: Span) -> ColumnElement[bool]:
    """The timestamp in the column lies in the span."""
    return and_(column > timestamp(span.since), column <= timestamp(span.until))
