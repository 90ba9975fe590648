"""Keeping a ledger: rebuilding its views, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import click

from cli.options import calls
from cli.show import data, steps
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Call


@click.command(help=_("Work out every answer anew from the record.\n\n    tillit rebuild"))
@calls
def rebuild(call: Call) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger, steps(_("rebuilding"), quiet=call.json) as progress:
        position = ledger.rebuild(progress)
    if call.json:
        data(json_text({"position": position}))
    else:
        data(_("The views are rebuilt up to position {position}.").format(position=position))


@click.command(
    help=_("The JSON Schema of what is stored, or of what a journal may hold.\n\n    tillit schema commands")
)
@click.argument("of", type=click.Choice(("events", "commands")), default="events")
@calls
def schema(call: Call, of: str) -> None:
    del call
    from ledger import schema as described  # noqa: PLC0415 - the front door, when a command needs it

    data(json_text(described(cast("Literal['events', 'commands']", of))))
