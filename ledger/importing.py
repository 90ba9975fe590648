"""Carrying out a journal: many commands, one a line, by the same rules as single ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ledger.canonical import canonical, parse
from ledger.collecting import seldom
from ledger.commands import COMMANDS, Command, command
from ledger.errors import Conflict, LedgerError, Malformed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ledger.service import Ledger
    from ledger.telling import Desk

MAX_LINE = 262_144
_BOM = b"\xef\xbb\xbf"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One command of a journal; `number` counts lines from 1."""

    number: int
    command: Command


@dataclass(slots=True)
class Outcome:
    """What an import did: commands recorded, those recorded before, and each line that was refused, with why."""

    recorded: int = 0
    again: int = 0
    events: int = 0
    refused: list[tuple[int, LedgerError]] = field(default_factory=list[tuple[int, LedgerError]])


class Journal:
    """JSON Lines of commands: `{"do": "offer", "by": "eva", "on": "2025-01-01T09:00:00Z", "key": "…", …}`.

    A line without a key gets one from its number and its bytes, so that the same file is never carried out twice.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines

    def lines(self) -> Iterator[Line | tuple[int, LedgerError]]:
        """Each command, or what is wrong with its line. Empty lines are passed over."""
        for number, raw in enumerate(self._lines, 1):
            text = (raw.removeprefix(_BOM) if number == 1 else raw).strip()
            if not text:
                continue
            try:
                yield Line(number, _command(number, text))
            except LedgerError as error:
                yield number, error

    def carry_out(
        self,
        ledger: Ledger,
        recorded_by: str | None,
        *,
        batch: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Outcome:
        """Record the journal: all or nothing, or in batches of `batch` lines, where a refused line stops only itself.

        `recorded_by` typed it (None: each line's actor). `progress` hears the number of each line that was judged.
        Raises Conflict where others kept writing first; what earlier batches recorded stays, and the keys let the
        same file be carried out again.
        """
        with seldom():
            return self._carry_out(ledger, recorded_by, batch, progress)

    def _carry_out(
        self, ledger: Ledger, recorded_by: str | None, batch: int | None, progress: Callable[[int], None] | None
    ) -> Outcome:
        outcome = Outcome()
        waiting: list[Line] = []
        for each in self.lines():
            if isinstance(each, tuple):
                outcome.refused.append(each)
            else:
                waiting.append(each)
            if batch is not None and len(waiting) >= batch:
                _record(ledger, waiting, recorded_by, outcome, progress, whole=False)
                waiting = []
        _record(ledger, waiting, recorded_by, outcome, progress, whole=batch is None)
        outcome.refused.sort(key=lambda pair: pair[0])
        return outcome


def _record(
    ledger: Ledger,
    lines: list[Line],
    recorded_by: str | None,
    outcome: Outcome,
    progress: Callable[[int], None] | None,
    *,
    whole: bool,
) -> None:
    """Judge the lines and record them in one transaction; none where it is all or nothing and one is refused."""
    if not lines:
        return
    for attempt in range(_TRIES):
        desk = ledger.begin()
        try:
            judged = _judge(desk, lines, recorded_by, progress)
            if whole and (judged.refused or outcome.refused):
                desk.refresh()
                outcome.refused += judged.refused
                return
            events = desk.pending
            desk.commit()
        except Conflict:
            if attempt == _TRIES - 1:
                raise
        else:
            outcome.recorded += judged.recorded
            outcome.again += judged.again
            outcome.events += events
            outcome.refused += judged.refused
            return


class _Judged(NamedTuple):
    """How many lines are to be recorded, how many had been before, and which were refused."""

    recorded: int
    again: int
    refused: list[tuple[int, LedgerError]]


def _judge(desk: Desk, lines: list[Line], recorded_by: str | None, progress: Callable[[int], None] | None) -> _Judged:
    recorded, again, refused = 0, 0, list[tuple[int, LedgerError]]()
    for line in lines:
        try:
            told = desk.add(line.command, recorded_by or line.command.by)
        except (Conflict, Unavailable):
            raise
        except LedgerError as error:
            refused.append((line.number, error))
        else:
            recorded, again = recorded + (not told.again), again + told.again
        if progress is not None:
            progress(line.number)
    return _Judged(recorded, again, refused)


def _command(number: int, text: bytes) -> Command:
    if len(text) > MAX_LINE:
        raise Malformed(
            "journal.line_too_long",
            "The line is {bytes} bytes long; at most {limit} fit.",
            bytes=len(text),
            limit=MAX_LINE,
        )
    try:
        fields = parse(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("journal.broken_line", "The line is no JSON object: {why}.", why=str(error)[:200]) from None
    fields.setdefault("key", f"line-{number}-{hashlib.sha256(_public(fields, text)).hexdigest()[:32]}")
    return command(fields)


def _public(fields: dict[str, object], text: bytes) -> bytes:
    """The line without its private texts: the key stays for ever, and a hash of them could be guessed at."""
    do = fields.get("do")
    private = COMMANDS[do].private if isinstance(do, str) and do in COMMANDS else frozenset[str]()
    if private.isdisjoint(fields):
        return text
    return canonical({name: value for name, value in fields.items() if name not in private})
