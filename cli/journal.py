"""Taking a journal of commands in."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cli.errors import problem_of
from cli.escape import shown
from cli.options import calls, no_sign
from cli.show import data, say, steps
from cli.signed import signed
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.call import Call

MAX_SHOWN = 20
MALFORMED, REFUSED = 2, 1


@click.command(
    help=_(
        "Carry out a file of commands, one JSON object a line: all of them or none.\n\n    tillit import journal 2026.jsonl"
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--batch",
    type=click.IntRange(min=1),
    metavar="N",
    help=_("Record every N lines, past refused ones; the same file goes on after a stop."),
)
@no_sign()
@calls
def journal(call: Call, file: str, batch: int | None, *, sign: bool) -> int:
    from ledger import Journal  # noqa: PLC0415 - the front door, when a command needs it

    with (
        _lines(file) as stream,
        signed(call.place(), sign=sign) as ledger,
        steps(_("importing"), quiet=call.json) as progress,
    ):
        outcome = Journal(stream).carry_out(
            ledger, call.me_if_known(), batch=batch, progress=lambda line: progress(line, 0)
        )
    code = 0 if not outcome.refused else MALFORMED if _malformed(outcome.refused) else REFUSED
    if call.json:
        refused = [
            {"line": line, "code": problem.code, "message": problem.message, "hint": "; ".join(problem.hints) or None}
            for line, error in outcome.refused
            for problem in [problem_of(error)]
        ]
        data(
            json_text(
                {"recorded": outcome.recorded, "again": outcome.again, "events": outcome.events, "refused": refused}
            )
        )
        return code
    for line, error in outcome.refused[:MAX_SHOWN]:
        problem = problem_of(error)
        say(_("line {line}: {message}").format(line=line, message=problem.message))
        for hint in problem.hints:
            say(f"  {shown(hint)}")
    if len(outcome.refused) > MAX_SHOWN:
        say(_("… and {count} more lines; --json lists them all.").format(count=len(outcome.refused) - MAX_SHOWN))
    data(
        shown(
            _("{recorded} commands recorded as {events} events, {again} had been before, {refused} refused.").format(
                recorded=outcome.recorded, events=outcome.events, again=outcome.again, refused=len(outcome.refused)
            )
        )
    )
    if outcome.refused and batch is None:
        say(_("Nothing was recorded: a journal is carried out whole, or with --batch in steps."))
    return code


def _malformed(refused: Sequence[tuple[int, Exception]]) -> bool:
    from ledger.errors import Malformed  # noqa: PLC0415 - the ledger is imported when needed

    return any(isinstance(error, Malformed) for _line, error in refused)


@contextmanager
def _lines(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as stream:
        yield stream
