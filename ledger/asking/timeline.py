"""What happened, step by step, read from the log itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.asking.circles import text_for
from ledger.asking.names import subject
from ledger.errors import NotFound
from ledger.events.decision import DecisionMade
from ledger.events.ledger import EntryCorrected
from ledger.events.private import commitments
from ledger.events.responsibility import MandateChanged, ResponsibilityClarified, ResponsibilityMoved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ledger.asking.circles import Shown
    from ledger.asking.view import View
    from ledger.events import Event, Recorded

    Row = dict[str, object]

_PAGE = 1000


def history(view: View, name: str) -> Iterator[Row]:
    """A3: all that was recorded about a responsibility, a decision or a member, in order of recording."""
    number = 0
    for recorded in view.log.stream(subject(view.connection, name)):
        if recorded.position <= view.known and recorded.entry.occurred_at <= view.at:
            number += 1
            yield {"n": number, **_line(view, recorded)}


def log(view: View, since: int = 0) -> Iterator[Row]:
    """Every entry after a position, in order; streamed."""
    after = since
    while after < view.known:
        page = view.log.read(after, min(_PAGE, view.known - after))
        if not page:
            return
        for recorded in page:
            if recorded.entry.occurred_at <= view.at:
                yield _line(view, recorded)
        after = page[-1].position


def position_of(view: View, name: str) -> int:
    """Where an entry stands, by SUBJECT/VERSION; of a subject alone what made it, where it is a decision, or the last.

    Raises NotFound as `subject`, "entry.unknown".
    """
    about, _slash, version = name.rpartition("/")
    exact = bool(about) and version.isdecimal()
    entries = [
        each
        for each in view.log.stream(subject(view.connection, about if exact else name))
        if each.position <= view.known
    ]
    if exact:
        entries = [each for each in entries if each.entry.version == int(version)]
    made = [each for each in entries if isinstance(each.entry.event, DecisionMade)]
    if not entries:
        raise NotFound("entry.unknown", "There is no entry {entry}; see tillit history.", entry=name)
    return (made or entries)[-1].position


def line(recorded: Recorded, texts: Mapping[str, Shown]) -> Row:
    """An entry as it is told, with what is shown in the place of each private text that it commits to."""
    entry = recorded.entry
    before, after = _change(entry.event)
    return {
        "position": recorded.position,
        "id": entry.id,
        "occurred": entry.occurred_at,
        "recorded": recorded.recorded_at,
        "delay_seconds": max(0, int((recorded.recorded_at - entry.occurred_at).total_seconds())),
        "actor": entry.actor,
        "with": list(entry.together_with),
        "recorded_by": entry.recorded_by,
        "event": entry.event.kind,
        "subject": entry.stream,
        "before": before,
        "after": after,
        "reason": entry.reason,
        "basis": entry.basis,
        "key": entry.command_key,
        "data": {
            **entry.event.model_dump(mode="json", exclude_defaults=True),
            **{field: shown.text for field, shown in texts.items()},
        },
        "text": next((shown.text for shown in texts.values()), None),
        "erased": [field for field, shown in texts.items() if shown.erased],
        "explain": [recorded.position],
    }


def _line(view: View, recorded: Recorded) -> Row:
    entry = recorded.entry
    texts = {str(field): text_for(view, entry.stream, digest) for field, digest in commitments(entry.event).items()}
    return line(recorded, texts)


def _change(event: Event) -> tuple[object, object]:
    """What an event changed, before and after; two Nones where it only adds."""
    match event:
        case MandateChanged(before=before, after=after):
            return tuple(each.model_dump(mode="json", exclude_defaults=True) for each in (before, after))  # type: ignore[return-value]
        case ResponsibilityClarified(changes=changes):
            return {each.field: each.before for each in changes}, {each.field: each.after for each in changes}
        case ResponsibilityMoved(parent_before=before, parent_after=after):
            return before, after
        case EntryCorrected(field=field, before=before, after=after):
            return {field: before}, {field: after}
        case _:
            return None, None
