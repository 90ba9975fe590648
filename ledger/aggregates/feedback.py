"""A feedback: from whom to whom, about what, who may read its texts, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger.events import feedback as events
from ledger.values import FOREVER, member_stream

if TYPE_CHECKING:
    from ledger.events import Entry

CIRCLES: Final[tuple[events.Visibility, ...]] = ("between", "line", "open")
"""Who may read, from the fewest to all."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """Empty (`id` is "") until it is given or asked for; `asked` is true where it is only asked for.

    `giver` said it to `to`; of one that is asked for, `giver` asks and `to` is asked. `lined` is when the line above
    the receiver came to read it: whose line that is, is settled then.
    """

    id: str = ""
    asked: bool = False
    giver: str = ""
    to: str = ""
    about: str = ""
    kind: str = ""
    since: datetime = FOREVER
    visibility: events.Visibility = "between"
    lined: datetime = FOREVER
    acknowledged: datetime = FOREVER
    retracted: datetime = FOREVER

    def begun(self, moment: datetime) -> bool:
        return self.since <= moment

    def said_to(self, member: str) -> bool:
        """Whether it was said to the member, asked of them, or is about them."""
        return self.to == member or self.about == member_stream(member)


def evolve(state: Feedback, entry: Entry) -> Feedback:
    """What is so after the entry."""
    at = entry.occurred_at
    match entry.event:
        case events.FeedbackAsked() as event:
            return Feedback(event.feedback, asked=True, giver=entry.actor, to=event.of, about=event.about, since=at)
        case events.FeedbackGiven() as event:
            return Feedback(
                id=event.feedback,
                giver=entry.actor,
                to=event.to,
                about=event.about,
                kind=event.feedback_kind,
                since=at,
                visibility=event.visibility,
                lined=FOREVER if event.visibility == "between" else at,
            )
        case events.FeedbackShared(visibility=visibility):
            # The widest that was ever said: a circle of readers never narrows.
            widest = max(state.visibility, visibility, key=CIRCLES.index)
            return replace(state, visibility=widest, lined=min(state.lined, at))
        case events.FeedbackAcknowledged():
            return replace(state, acknowledged=min(state.acknowledged, at))
        case events.FeedbackRetracted():
            return replace(state, retracted=min(state.retracted, at))
        case _:
            return state
