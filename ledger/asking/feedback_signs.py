"""The signs in a leader's mirror that follow from feedback: that it was given and of what kind, never the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from ledger.asking.sign import Reading, Sign, Span, share, within
from ledger.projections.feedback import feedback
from ledger.projections.ownership import holding
from ledger.projections.temporal import at, known_at
from ledger.values import timestamp

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from ledger.asking.view import View


def _kinds(view: View, me: str, span: Span) -> Reading:
    given = {kind: _given(view, span, feedback.c.giver == me, feedback.c.kind == kind) for kind in _KINDS}
    rows = tuple(sorted(position for positions in given.values() for position in positions))
    return Reading(", ".join(f"{len(each)} {kind}" for kind, each in given.items()) if rows else None, rows)


def _upward(view: View, me: str, span: Span) -> Reading:
    led = select(holding.c.holder).where(
        holding.c.delegator == me,
        holding.c.holder != me,
        known_at(holding, view.known),
        holding.c.valid_from <= timestamp(view.at),
    )
    guidance = feedback.c.kind == "guidance"
    up = _given(view, span, guidance, feedback.c.to == me, feedback.c.giver.in_(led))
    down = _given(view, span, guidance, feedback.c.giver == me, feedback.c.to.in_(led))
    return share(up, len(up) + len(down))


_KINDS: Final = ("appreciation", "guidance")

FEEDBACK_SIGNS: Final = (
    Sign("appreciation to guidance", "feedback given by me, by kind", _kinds),
    Sign(
        "upward share",
        "guidance that those gave me to whom I have delegated ÷ all guidance between them and me",
        _upward,
    ),
)


def _given(view: View, span: Span, *only: ColumnElement[bool]) -> tuple[int, ...]:
    """The positions of the feedback given in the span, also of what was taken back since: it was given."""
    query = select(feedback.c.given_position).where(
        at(feedback, view.at, view.known), feedback.c.asked.is_(False), within(feedback.c.given_at, span), *only
    )
    return tuple(view.connection.execute(query.order_by(feedback.c.given_position)).scalars())
