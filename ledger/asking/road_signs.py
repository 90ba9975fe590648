"""The signs in a leader's mirror that follow from the road to decisions: who waited for them, and whom they asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import and_, func, select

from ledger.asking.decisions import decision_row
from ledger.asking.involvement import involvement
from ledger.asking.matters import open_matters, waits
from ledger.asking.sign import Reading, Sign, Span, within
from ledger.asking.view import moment
from ledger.projections.roads import advice_asked, road, word
from ledger.projections.temporal import at, known_at

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from ledger.asking.view import View

_DAY: Final = timedelta(days=1)
_MINE: Final = {"advice", "consent"}


def _waited(view: View, me: str, span: Span) -> Reading:
    answered = [*_advised(view, me, span), *_consented(view, me, span)]
    days = [(moment(said) - moment(asked)) / _DAY for asked, said, _source in answered]
    rows = [source for *_moments, source in answered]
    then = replace(view, at=span.until)
    waiting = [
        each for matter in open_matters(then) for each in waits(then, matter) if each.what in _MINE and me in each.who
    ]
    words = [f"{median(days):.1f} days, the median of {len(days)}"] if days else []
    words += [f"{len(waiting)} waiting"] if waiting else []
    return Reading("; ".join(words) or None, tuple(sorted(rows)))


def _advised(view: View, me: str, span: Span) -> list[tuple[str, str, int]]:
    """(asked, answered, position) of each advice that I gave in the span and had been asked for."""
    asked = func.min(advice_asked.c.valid_from)
    query = (
        select(asked, word.c.valid_from, word.c.source)
        .join(
            advice_asked,
            and_(
                advice_asked.c.stream == word.c.stream,
                advice_asked.c.member == func.coalesce(word.c.acting_for, word.c.member),
                at(advice_asked, view.at, view.known),
                advice_asked.c.valid_from <= word.c.valid_from,
            ),
        )
        .where(_said(view, me, span), word.c.kind == "advice")
        .group_by(word.c.id)
    )
    return [(row[0], row[1], row[2]) for row in view.connection.execute(query)]


def _consented(view: View, me: str, span: Span) -> list[tuple[str, str, int]]:
    """(when that version came on the table, answered, position) of my consents and standings aside in the span."""
    query = (
        select(func.max(road.c.amended_at), word.c.valid_from, word.c.source)
        .join(
            road,
            and_(
                road.c.stream == word.c.stream,
                known_at(road, view.known),
                road.c.amended_at <= word.c.valid_from,
            ),
        )
        .where(_said(view, me, span), word.c.kind.in_(("consent", "stood aside")))
        .group_by(word.c.id)
    )
    return [(row[0], row[1], row[2]) for row in view.connection.execute(query)]


def _said(view: View, me: str, span: Span) -> ColumnElement[bool]:
    return and_(at(word, view.at, view.known), word.c.member == me, within(word.c.valid_from, span))


def _asked_before(view: View, me: str, span: Span) -> Reading:
    asked, affected, rows = 0, 0, list[int]()
    for row in involvement(view, span.since):
        made = decision_row(view, str(row["decision"]))
        if made is None or made["by"] != me or not span.since < cast("datetime", row["made"]) <= span.until:
            continue
        asked += len(cast("list[str]", row["asked"]))
        affected += len(cast("list[str]", row["affected"]))
        rows += cast("list[int]", row["explain"])
    return Reading(f"{asked} of {affected}" if affected else None, tuple(sorted(set(rows))))


ROAD_SIGNS: Final = (
    Sign(
        "waiting at me",
        "median days from asked of me to my advice or consent, and how many proposals still wait for it",
        _waited,
    ),
    Sign("affected asked before", "of those affected by what I decided, who was asked before", _asked_before),
)
