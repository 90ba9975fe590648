"""What members said to each other about the work, who may read it, and what came of it; never the words."""

from __future__ import annotations

from typing import cast

from sqlalchemy import BigInteger, Boolean, Column, MetaData

from ledger.aggregates.feedback import CIRCLES
from ledger.events import feedback as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, temporal_table

metadata = MetaData()

# Of one that is only asked for, `giver` asks, `to` is asked, and `digest` is that of the question.
feedback = temporal_table(
    "feedback",
    metadata,
    Column("asked", Boolean, nullable=False),
    Column("kind", TEXT),
    Column("giver", TEXT, nullable=False),
    Column("to", TEXT, nullable=False),
    Column("about", TEXT, nullable=False),
    Column("given_at", TEXT, nullable=False),
    Column("given_position", BigInteger, nullable=False),
    Column("visibility", TEXT, nullable=False),
    Column("answers", TEXT),
    Column("digest", TEXT),
    Column("acknowledged_at", TEXT),
    Column("retracted_at", TEXT),
    Column("retracted_because", TEXT),
    find_by=("giver", "to", "about", "answers"),
)
reply = temporal_table(
    "feedback_reply", metadata, Column("by", TEXT, nullable=False), Column("digest", TEXT, nullable=False)
)
effect = temporal_table(
    "feedback_effect",
    metadata,
    Column("by", TEXT, nullable=False),
    Column("what", TEXT, nullable=False),
    Column("ref", TEXT),
)

feedbacks = Projection("feedback", 2, "F-", (feedback, reply, effect))


@feedbacks.on(events.FeedbackAsked)
def _asked(page: Page, event: events.FeedbackAsked) -> None:
    _begin(
        page,
        asked=True,
        to=event.of,
        about=event.about,
        visibility="between",
        digest=event.question_digest,
    )


@feedbacks.on(events.FeedbackGiven)
def _given(page: Page, event: events.FeedbackGiven) -> None:
    _begin(
        page,
        asked=False,
        kind=event.feedback_kind,
        to=event.to,
        about=event.about,
        visibility=event.visibility,
        answers=event.answers,
        digest=event.body_digest,
    )


@feedbacks.on(events.FeedbackAcknowledged)
def _acknowledged(page: Page, event: events.FeedbackAcknowledged) -> None:
    del event
    page.restate(feedback, acknowledged_at=page.stamp)


@feedbacks.on(events.FeedbackReplied)
def _replied(page: Page, event: events.FeedbackReplied) -> None:
    page.add(reply, page.stamp, None, by=page.entry.actor, digest=event.body_digest)


@feedbacks.on(events.FeedbackActedOn)
def _acted_on(page: Page, event: events.FeedbackActedOn) -> None:
    page.add(effect, page.stamp, None, by=page.entry.actor, what=event.what, ref=event.ref)


@feedbacks.on(events.FeedbackShared)
def _shared(page: Page, event: events.FeedbackShared) -> None:
    # The widest that was ever said: a circle of readers never narrows.
    for row in page.rows(feedback):
        if row.valid_until > page.stamp and _wider(event.visibility, row.values["visibility"]):
            page.change(feedback, row, page.stamp, visibility=event.visibility)


@feedbacks.on(events.FeedbackRetracted)
def _retracted(page: Page, event: events.FeedbackRetracted) -> None:
    del event
    page.restate(feedback, retracted_at=page.stamp)
    page.restate(feedback, retracted_because=page.entry.reason)


def _wider(circle: events.Visibility, than: object) -> bool:
    return CIRCLES.index(circle) > CIRCLES.index(cast("events.Visibility", than))


def _begin(page: Page, **values: object) -> None:
    page.add(
        feedback,
        page.stamp,
        None,
        giver=page.entry.actor,
        given_at=page.stamp,
        given_position=page.source,
        **values,
    )
