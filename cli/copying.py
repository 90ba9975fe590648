"""Carrying a ledger to another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import where
from cli.options import calls
from cli.show import data, say, steps
from cli.tables import json_text
from cli.values import TEXT
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Call


@click.command(
    help=_(
        "Carry a ledger from one place to another, byte for byte, and verify it there; said again, a copy that was cut short goes on.\n\n    tillit copy .tillit/ledger.db postgresql+psycopg://db.example.org/norr"
    )
)
@click.argument("source", type=TEXT)
@click.argument("target", type=TEXT)
@calls
def copy(call: Call, source: str, target: str) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    place = where.founding_place(target)
    with open_ledger(where.place(source)) as ledger, steps(_("copying"), quiet=call.json) as progress:
        position, origin = ledger.copy(place, progress), ledger.origin
    if call.json:
        data(json_text({"ledger": where.masked(place), "origin": origin, "position": position}))
        return
    data(
        _("{place} holds all {position} entries of {origin}, verified.").format(
            place=where.masked(place), position=position, origin=origin
        )
    )
    say(_("Record in one of the two from now on: two histories of one name are a fork, and can be shown to be one."))
