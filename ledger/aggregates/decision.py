"""A decision: where the matter lies, who made it on what footing, and whether it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.events import decision as events
from ledger.values import FOREVER

if TYPE_CHECKING:
    from ledger.events import Entry


@dataclass(frozen=True, slots=True)
class Decision:
    """Empty (`proposal` is None) until the matter is opened.

    `responsibility` is where the matter lies now. `made` and `undone` are when; `how` says what undid it.
    """

    proposal: events.DecisionProposed | None = None
    responsibility: str = ""
    opened: datetime = FOREVER
    made: datetime = FOREVER
    maker: str = ""
    verdict: str = ""
    ratified: bool = False
    undone: datetime = FOREVER
    how: str = ""
    conflicted: frozenset[str] = frozenset()

    def open(self, moment: datetime) -> bool:
        return self.opened <= moment < self.made

    def stands(self, moment: datetime) -> bool:
        return self.made <= moment < self.undone


def evolve(state: Decision, entry: Entry) -> Decision:
    """What is so after the entry."""
    match entry.event:
        case events.DecisionProposed() as event:
            return Decision(proposal=event, responsibility=event.responsibility, opened=entry.occurred_at)
        case events.ConflictDeclared():
            return replace(state, conflicted=state.conflicted | {entry.actor})
        case events.DecisionReferredUp(to_responsibility=to) | events.DecisionCalledIn(to_responsibility=to):
            return replace(state, responsibility=to)
        case events.DecisionMade(authority=authority):
            return replace(state, made=entry.occurred_at, maker=entry.actor, verdict=authority.verdict)
        case events.DecisionRatified():
            return replace(state, ratified=True)
        case events.DecisionSuperseded(part="whole"):
            return replace(state, undone=min(state.undone, entry.occurred_at), how="superseded")
        case events.DecisionReversed():
            return replace(state, undone=min(state.undone, entry.occurred_at), how="reversed")
        case events.DecisionOverruled():
            return replace(state, undone=min(state.undone, entry.occurred_at), how="overruled")
        case _:
            return state
