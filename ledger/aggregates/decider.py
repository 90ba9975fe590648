"""What a rule may look at, and how it says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ledger.errors import Refused, Unknown

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.aggregates.decision import Decision
    from ledger.aggregates.feedback import Feedback
    from ledger.aggregates.goal import Goal
    from ledger.aggregates.ledger import Founding
    from ledger.aggregates.member import Member
    from ledger.aggregates.responsibility import Responsibility
    from ledger.aggregates.series import Series
    from ledger.events import Entry, Event

    # Which stream each event goes to, in order.
    Decided = list[tuple[str, Event]]


class World(Protocol):
    """All that a decision may depend on. Whoever provides it notes which streams were looked at.

    `on` is the moment that the command speaks of, `now` the moment it is told: both UTC.
    """

    on: datetime
    now: datetime

    def ledger(self) -> Founding: ...

    def member(self, handle: str) -> Member:
        """The member by that handle; an empty one where there is none."""
        ...

    def responsibility(self, id_or_code: str) -> Responsibility:
        """The responsibility by that id or code; an undefined one where there is none."""
        ...

    def decision(self, id_: str) -> Decision: ...

    def goal(self, id_: str) -> Goal: ...

    def feedback(self, id_: str) -> Feedback: ...

    def series(self, register: str) -> Series: ...

    def entries(self, stream: str) -> tuple[Entry, ...]:
        """The stream as it was recorded, corrections among the rest."""
        ...

    def commit(self, subject: str, field: str, text: str) -> str:
        """The commitment to a private text about `subject`, a stream: what an event holds in its place."""
        ...

    def children(self, responsibility: str) -> tuple[str, ...]:
        """The ids of what was ever defined or moved under it."""
        ...

    def said_to(self, member: str) -> tuple[str, ...]:
        """The ids of all feedback that was ever given to or asked of the member, or is about them."""
        ...


def require(condition: object, rule: str, because: str, /, *, hints: tuple[str, ...] = (), **facts: object) -> None:
    """Refuse by `rule` unless the condition holds; `because` is one sentence with `{facts}` in it.

    A rule that ends in `.unknown` says that nothing has that name.
    """
    if not condition:
        kind = Unknown if rule.endswith(".unknown") else Refused
        raise kind(rule, because, hints=hints, **facts)
