"""The rules about official numbers and tags: connections that grow without touching what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.decider import require
from ledger.events import ledger as events
from ledger.events.corrections import corrected
from ledger.rules.profiles import require_register
from ledger.values import official, series_stream

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.commands import ledger as commands
    from ledger.events import Event


def assign(command: commands.AssignNumber, world: World) -> Decided:
    """The next number follows from the register's own stream, which must still stand there when it is written."""
    state = world.decision(command.decision)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=command.decision)
    require(
        state.made <= world.on,
        "number.not_made",
        "{decision} is not made on {day}: a number is given when a decision is registered, not when it is drafted.",
        decision=command.decision,
        day=f"{world.on:%Y-%m-%d}",
    )
    require_register(world, command.series, state.made.year)
    series = world.series(command.series)
    before = series.number_of(command.decision)
    require(
        before is None,
        "number.given",
        "{decision} has the number {number} already.",
        decision=command.decision,
        number=official(command.series, before or 0),
    )
    require(
        series.at is None or series.at <= world.on,
        "number.before_last",
        "{number} was given on {day}; the next is not given before that.",
        number=official(command.series, series.last),
        day=f"{series.at:%Y-%m-%d %H:%M:%S}Z" if series.at else "",
    )
    assigned = events.NumberAssigned(series=command.series, number=series.last + 1, of=command.decision)
    return [(series_stream(command.series), assigned)]


def tag(command: commands.Tag, world: World) -> Decided:
    entries = world.entries(command.stream)
    require(entries, "subject.unknown", "There is nothing by the name {subject}.", subject=command.stream)
    had = {tag for each in corrected(entries) if isinstance(each.event, events.Tagged) for tag in each.event.tags}
    new = tuple(tag for tag in dict.fromkeys(command.tags) if tag not in had)
    require(new, "tag.had", "{subject} has these tags already.", subject=command.stream)
    return [(command.stream, events.Tagged(tags=new))]


def require_not_last(undone: Event, world: World) -> None:
    """The end of a series stays, annulled or not: without it the next would be that number again."""
    if isinstance(undone, events.NumberAssigned):
        require(
            undone.number < world.series(undone.series).last,
            "number.last",
            "{number} is the last of its register, and would be given again; number what it was meant for first.",
            number=official(undone.series, undone.number),
        )
