"""Asking whether the ledger is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.escape import shown
from cli.options import calls
from cli.show import data, say, steps
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Call

DAMAGED = 4


@click.command(help=_("Is the ledger whole? Exit 4 where it is not.\n\n    tillit verify"))
@calls
def verify(call: Call) -> int:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger, steps(_("verifying"), quiet=call.json) as progress:
        report = ledger.verify(progress)
    if call.json:
        data(json_text(report.facts()))
        return 0 if report.whole else DAMAGED
    for check in report.checks:
        data(
            shown(
                f"{'ok ' if check.damage is None else 'NO '} {check.name:<10} {check.said if check.damage is None else check.damage}"
            )
        )
    if report.whole:
        say(
            _(
                "What this establishes: nothing stored was altered without its hash, and every view follows from the log."
            )
        )
        say(_("What it does not: that nobody rewrote everything, or that what was entered was true."))
        return 0
    say(_("The first break is at position {position}.").format(position=report.position))
    return DAMAGED
