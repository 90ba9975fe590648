"""What falls due, as a calendar that any calendar program reads (RFC 5545)."""

from __future__ import annotations

import os
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli import show
from cli.days import said
from cli.escape import shown
from cli.words import _, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.call import Asking

    Row = dict[str, object]

STDOUT: Final = "-"
_MAKER: Final = "-//Tillit//due//EN"


def write(rows: Iterable[Row], file: str, asking: Asking, log: str) -> None:
    """Writes one whole-day event for each promise to `file`, which is replaced, and says how many there are.

    `log` is the name of the ledger's log. An event keeps its name as long as its promise keeps its day, so that a calendar that reads the file anew changes
    what it has and adds nothing twice.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - a tenth of a second that only a calendar needs

    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    count = 0
    for row in rows:
        day = row["due"]
        assert isinstance(day, date)  # noqa: S101 - so answers the question
        event = Event()
        event.add("uid", _name(row, log))
        event.add("dtstamp", asking.now)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", shown(f"{_(str(row['what']))}: {row['title']} ({row['ref']})"))
        event.add("description", shown(_("Whose: {members}").format(members=_members(row))))
        event.add("categories", [str(row["what"])])
        # Nobody is busy that day because of it.
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
        count += 1
    _put(calendar.to_ical(), file)
    entries = plural("{count} promise", "{count} promises", count).format(count=count)
    show.say(_("{entries} in {file}, as of {day}").format(entries=entries, file=file, day=said(asking.day)))


def _name(row: Row, log: str) -> str:
    told = "\n".join((log, str(row["what"]), str(row["ref"]), str(row["due"]), _members(row)))
    return f"{sha256(told.encode()).hexdigest()[:32]}@tillit"


def _members(row: Row) -> str:
    whose = row["whose"]
    return ", ".join(map(str, whose)) if isinstance(whose, list) else str(whose)


def _put(content: bytes, file: str) -> None:
    """All of it or nothing: a calendar program may be reading."""
    if file == STDOUT:
        # As bytes: every line ends as RFC 5545 has it.
        show.octets(content)
        return
    waiting = Path(f"{file}.{os.getpid()}.tmp")
    try:
        waiting.write_bytes(content)
        waiting.replace(file)
    finally:
        waiting.unlink(missing_ok=True)
