"""From the words of a writing command to the ledger, and back to the one or two lines that answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cli.days import edge, occurred
from cli.show import data
from cli.signed import signed
from cli.tables import json_text, recorded
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cli.call import Writing
    from ledger import Told


@dataclass(frozen=True, slots=True)
class Said:
    """What a writing command answers: what is so now, what it is about, and what usually comes next."""

    sentence: str
    facts: Mapping[str, object]
    then: str = ""


def record(writing: Writing, do: str, fields: Mapping[str, object], said: Callable[[Told], Said]) -> None:
    """Tell the ledger the command `do` with those of `fields` that were given, or only show it with --dry-run."""
    from ledger import command, questions  # noqa: PLC0415 - the front door, when a command needs it
    from ledger.errors import NotFound  # noqa: PLC0415

    given = {name: _plain(value) for name, value in fields.items() if value not in (None, ())}
    told_by = {
        "do": do,
        "by": writing.by(),
        "on": None if writing.on is None else occurred(writing.on, writing.now),
        "basis": writing.basis,
        "reason": writing.reason,
        "key": writing.key,
        "with": list(writing.together_with),
    }
    told = command({**told_by, **given})
    hand = writing.hand()
    with signed(writing.place(), sign=writing.sign) as ledger:
        try:
            result = (ledger.rehearse if writing.dry_run else ledger.tell)(told, recorded_by=hand)
        except NotFound as unknown:
            name = next(
                (str(unknown.facts[fact]) for fact in ("member", "code", "subject") if fact in unknown.facts), ""
            )
            with ledger.ask(questions.alike, None, None, name) as alike:
                unknown.hints = unknown.hints or alike.value
            raise
    if writing.dry_run:
        for entry in result.entries:
            event = entry.event.model_dump(mode="json", exclude_defaults=True)
            data(
                json_text({"event": entry.event.kind, "subject": entry.stream, "occurred": entry.occurred_at, **event})
            )
        return
    answer = said(result)
    facts = {**answer.facts, "events": [entry.id for entry in result.entries], "again": result.again}
    sentence = (
        _("{sentence} (It was recorded before.)").format(sentence=answer.sentence) if result.again else answer.sentence
    )
    recorded(facts, writing, sentence, _("next: {command}").format(command=answer.then) if answer.then else "")


def _plain(value: object) -> object:
    """What an option gave, in the form that commands take."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def said_of(code: str, sentence: str, then: str = "", **facts: object) -> Callable[[Told], Said]:
    """The answer of a command about the responsibility with that code."""
    return lambda told: Said(sentence, {"responsibility": told.entries[0].stream, "code": code, **facts}, then)


def day_edge(value: date | datetime | None) -> datetime | None:
    """The instant at which a window opens or closes, where one was said."""
    return None if value is None else edge(value)


def as_day(value: date | datetime | None) -> date | None:
    """The calendar day, where one was said."""
    return value.date() if isinstance(value, datetime) else value
