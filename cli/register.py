"""Asking for the register of delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import days
from cli.asking import ask
from cli.errors import Usage
from cli.options import reads
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from datetime import datetime

    from cli.call import Asking

LINE = (
    "code",
    "title",
    "types",
    "legal_basis",
    "delegate",
    "stand_ins",
    "amount",
    "amount_per_year",
    "scope",
    "conditions",
    "level",
    "further",
    "report_rule",
    "since",
    "until",
    "basis",
)
DIFF = ("code", "change", "before", "after", "when", "by", "basis")


@click.command(
    help=_(
        "The register of delegations on a day, or what changed in it between two.\n\n    tillit register --diff 2026-01-01..2026-12-31"
    )
)
@click.option("--diff", metavar="DAY..DAY", help=_("What changed between the two days."))
@reads(*dict.fromkeys((*LINE, *DIFF)))
def register(asking: Asking, diff: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    if diff is None:
        shown = asking.usual(*LINE)
        with ask(asking, questions.register) as got:
            answer(got.value, shown, nothing=_("The register is empty at that moment."), known=got.known)
        return
    start, end = _span(diff, asking.now)
    shown = asking.usual(*DIFF)
    with ask(asking, questions.register_diff, start, end) as got:
        answer(got.value, shown, nothing=_("Nothing in the register changed between the two."), known=got.known)


def _span(text: str, now: datetime) -> tuple[datetime, datetime]:
    first, dots, second = text.partition("..")
    if not dots:
        raise Usage("register.span", later("{text} is no span; write it as 2026-01-01..2026-12-31."), text=text)
    start, end = (days.asof(days.read(each, now), now) for each in (first, second))
    if start >= end:
        raise Usage("register.span", later("{text} ends before it begins."), text=text)
    return start, end
