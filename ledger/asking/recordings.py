"""How things were written down: late, by another hand, and what had to be put right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select

from ledger.events.corrections import counting
from ledger.events.ledger import EntryAnnulled, EntryCorrected
from ledger.projections.recordings import correction, recording
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta

    from sqlalchemy import Select

    from ledger.asking.view import View
    from ledger.events import Recorded

    Row = dict[str, object]

_PAGE: Final = 1000
_CLOSE: Final = 8
_POSITION: Final = attrgetter("position")
_LAST: Final = 10
_SHARE: Final = Decimal("0.001")


def late(view: View, over: timedelta) -> Iterator[Row]:
    """A14: what was recorded more than `over` after it was so, in order of recording.

    By when it was so as known at that position: a day that was corrected counts as corrected, and what was annulled
    not at all.
    """
    put_right = set(view.connection.execute(select(correction.c.stream).where(correction.c.id <= view.known)).scalars())
    again = sorted((each for stream in put_right for each in _counting(view, stream)), key=_POSITION)
    late = select(recording.c.id).where(recording.c.id <= view.known, recording.c.delay >= over.total_seconds())
    told = (each for each in _entries(view, late) if each.entry.stream not in put_right)
    for each in merge(again, told, key=_POSITION):
        entry = each.entry
        delay = each.recorded_at - entry.occurred_at
        if delay > over and entry.occurred_at <= view.at:
            yield {
                "event": entry.id,
                "kind": entry.event.kind,
                "occurred": entry.occurred_at,
                "recorded": each.recorded_at,
                "delay": f"{delay.days}d",
                "delay_days": delay.days,
                "recorded_by": entry.recorded_by,
                "actor": entry.actor,
                "explain": [each.position],
            }


def recorded_for(view: View) -> Iterator[Row]:
    """A15: who typed what somebody else decided, by name; `share` is of all that this hand typed, from 0 to 1.

    With the last ten events behind each row.
    """
    hand, actor, place = recording.c.hand, recording.c.actor, recording.c.id
    told = and_(place <= view.known, recording.c.occurred_at <= timestamp(view.at))
    others = select(hand).where(told, actor.is_not(None))
    typed = select(hand, func.count()).where(told, hand.in_(others)).group_by(hand)
    whole = {typist: count for typist, count in view.connection.execute(typed).all()}  # noqa: C416 - a Row is no pair
    pair = (hand, actor)
    events = func.count().over(partition_by=pair).label("events")
    age = func.row_number().over(partition_by=pair, order_by=place.desc()).label("age")
    every = select(*pair, events, place, age).where(told, actor.is_not(None)).subquery()
    behind: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    latest = select(*every.c[:4]).where(every.c.age <= _LAST).order_by(every.c.id)
    for row in view.connection.execute(latest):
        behind[row.hand, row.actor, row.events].append(row.id)
    for (typist, decider, count), positions in sorted(behind.items()):
        yield {
            "recorded_by": typist,
            "actor": decider,
            "events": count,
            "share": str((Decimal(count) / whole[typist]).quantize(_SHARE)),
            "explain": positions,
        }


def corrections(view: View) -> Iterator[Row]:
    """A16: every correction and annulment, in order of recording; `counts` is false for one annulled itself."""
    lives: dict[str, set[int]] = {}
    for each in _entries(view, select(correction.c.id).where(correction.c.id <= view.known)):
        entry, event = each.entry, each.entry.event
        if entry.occurred_at > view.at or not isinstance(event, EntryCorrected | EntryAnnulled):
            continue
        if entry.stream not in lives:
            known = (other.entry for other in view.log.stream(entry.stream) if other.position <= view.known)
            lives[entry.stream] = {counted.version for counted in counting(known)}
        corrected = event if isinstance(event, EntryCorrected) else None
        yield {
            "event": f"{entry.stream}/{event.version}",
            "field": corrected.field if corrected else None,
            "was": corrected.before if corrected else None,
            "is": corrected.after if corrected else None,
            "what": "corrected" if corrected else "annulled",
            "by": entry.actor,
            "reason": entry.reason,
            "when": entry.occurred_at,
            "counts": entry.version in lives[entry.stream],
            "explain": [each.position],
        }


def _counting(view: View, stream: str) -> Iterator[Recorded]:
    """The entries of a stream that count, each as it reads when it is put right."""
    known = [each for each in view.log.stream(stream) if each.position <= view.known]
    recorded = {each.entry.version: each for each in known}
    for entry in counting(each.entry for each in known):
        yield replace(recorded[entry.version], entry=entry)


def _entries(view: View, positions: Select[Any]) -> Iterator[Recorded]:
    """The entries at those positions, in order."""
    query = positions.order_by(*positions.selected_columns)
    with view.connection.execution_options(yield_per=_PAGE).execute(query) as found:
        for run in _runs(found.scalars()):
            wanted = set(run)
            for each in view.log.read(run[0] - 1, run[-1] - run[0] + 1):
                if each.position in wanted:
                    yield each


def _runs(positions: Iterable[int]) -> Iterator[list[int]]:
    """Positions that lie so close together that all between them are read at once."""
    run: list[int] = []
    for position in positions:
        if run and (position - run[-1] > _CLOSE or position - run[0] >= _PAGE):
            yield run
            run = []
        run.append(position)
    if run:
        yield run
