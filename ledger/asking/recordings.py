"""How things were written down: late, by another hand, and what had to be put right. Read from the log itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ledger.events.corrections import corrects, counting
from ledger.events.ledger import EntryAnnulled, EntryCorrected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from ledger.asking.view import View
    from ledger.events import Entry, Recorded

    Row = dict[str, object]

_PAGE: Final = 1000
_SHARE: Final = Decimal("0.001")


def late(view: View, over: timedelta) -> Iterator[Row]:
    """A14: what was recorded more than `over` after it was so, in order of recording.

    By when it was so as known at that position: a day that was corrected counts as corrected, and what was annulled
    not at all.
    """
    put_right = {each.entry.stream for each in _known(view) if corrects(each.entry.event)}
    as_known: dict[str, dict[int, Entry]] = {}
    for each in _known(view):
        stream, entry = each.entry.stream, each.entry
        if stream in put_right:
            if stream not in as_known:
                as_known[stream] = {
                    known.version: known
                    for known in counting(each.entry for each in view.log.stream(stream) if each.position <= view.known)
                }
            found = as_known[stream].get(entry.version)
            if found is None:
                continue
            entry = found
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
    typed: Counter[str] = Counter()
    pairs: dict[tuple[str, str], int] = Counter()
    last: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in _known(view):
        entry = each.entry
        if entry.occurred_at > view.at:
            continue
        typed[entry.recorded_by] += 1
        if entry.recorded_by != entry.actor:
            pair = (entry.recorded_by, entry.actor)
            pairs[pair] += 1
            last[pair] = [*last[pair][-9:], each.position]
    for (hand, actor), events in sorted(pairs.items()):
        yield {
            "recorded_by": hand,
            "actor": actor,
            "events": events,
            "share": str((Decimal(events) / typed[hand]).quantize(_SHARE)),
            "explain": last[hand, actor],
        }


def corrections(view: View) -> Iterator[Row]:
    """A16: every correction and annulment, in order of recording; `counts` is false for one annulled itself."""
    lives: dict[str, set[int]] = {}
    for each in _known(view):
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


def _known(view: View) -> Iterator[Recorded]:
    """The log up to the position, page by page."""
    after = 0
    while after < view.known and (page := view.log.read(after, min(_PAGE, view.known - after))):
        yield from page
        after = page[-1].position
