"""Asking what happened, to one subject or to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.options import reads
from cli.tables import answer
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Asking

LINE = ("position", "id", "occurred", "recorded", "actor", "recorded_by", "event", "text", "reason", "basis")
MORE = ("with", "delay_seconds", "subject", "before", "after", "key", "erased", "data")


@click.command(help=_("What happened to a responsibility, a decision or a member.\n\n    tillit history norr"))
@click.argument("subject", shell_complete=live("id"))
@reads("n", *LINE, *MORE)
def history(asking: Asking, subject: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.history, subject) as got:
        answer(got.value, _shown(asking, "n"), nothing=_("Nothing by that moment."), known=got.known)


@click.command(help=_("Everything recorded, in order.\n\n    tillit log --since 1200"))
@click.option(
    "--since",
    type=click.IntRange(min=0),
    default=0,
    metavar="POSITION",
    help=_("Only what stands after this position."),
)
@reads(*LINE, *MORE)
def log(asking: Asking, since: int) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.log, since) as got:
        answer(got.value, _shown(asking), nothing=_("Nothing stands after that position."), known=got.known)


def _shown(asking: Asking, *first: str) -> Asking:
    """People see a line; programs get everything."""
    if asking.chosen or asking.format in {"json", "jsonl"}:
        return asking
    return asking.showing(*first, *LINE)
