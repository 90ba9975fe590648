"""Streams folded to states, each by the aggregate that its name begins with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ledger.aggregates import decision, feedback, goal, ledger, member, responsibility, series
from ledger.aggregates.decision import Decision
from ledger.aggregates.feedback import Feedback
from ledger.aggregates.goal import Goal
from ledger.aggregates.ledger import Founding
from ledger.aggregates.member import Member
from ledger.aggregates.responsibility import Responsibility
from ledger.aggregates.series import Series
from ledger.events.corrections import corrected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ledger.events import Entry

State = Founding | Member | Goal | Feedback | Responsibility | Decision | Series


@dataclass(frozen=True, slots=True)
class _Kind:
    """How streams of one kind are folded."""

    initial: State
    evolve: Callable[[State, Entry], State] = field(repr=False)


_KINDS: dict[str, _Kind] = {
    prefix: _Kind(initial, cast("Callable[[State, Entry], State]", evolve))
    for prefix, initial, evolve in (
        ("l", Founding(), ledger.evolve),
        ("m", Member(), member.evolve),
        ("R", Responsibility(), responsibility.evolve),
        ("D", Decision(), decision.evolve),
        ("G", Goal(), goal.evolve),
        ("F", Feedback(), feedback.evolve),
        ("n", Series(), series.evolve),
    )
}


def initial_state(stream: str) -> State:
    """The state of a stream in which nothing has happened."""
    return _KINDS[stream[0]].initial


def evolved(state: State, entry: Entry) -> State:
    """The state of a stream after one more entry, which corrects none."""
    return _KINDS[entry.stream[0]].evolve(state, entry)


def fold(state: State, entries: Iterable[Entry]) -> State:
    """The state after entries, with what was corrected among them as it is known now."""
    for entry in corrected(entries):
        state = evolved(state, entry)
    return state
