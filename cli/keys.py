"""The key that signs for a ledger on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.options import calls
from cli.proof import OUTPUT
from cli.show import data, say
from cli.signed import keys
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from cli.call import Call


@click.command(help=_("Make the key that signs for this ledger, on this machine.\n\n    tillit key create"))
@calls
def create(call: Call) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger:
        made = keys().create(ledger.origin)
    _answer(call, "vkey", [str(made)])
    if not call.json:
        say(
            _("Give this public key to whoever verifies; the secret one stays in {folder}.").format(
                folder=keys().folder
            )
        )


@click.command(help=_("The public keys that signed for this ledger here, the newest last.\n\n    tillit key show"))
@calls
def show(call: Call) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger:
        found = keys().verifiers(ledger.origin)
    _answer(call, "vkeys", [str(key) for key in found])
    if not found:
        say(_("There is no key for this ledger here; tillit key create makes one."))


@click.command(
    help=_(
        "Sign with a new key from now on. A checkpoint that both keys sign names the new one, so that whoever knows the old one may go by it.\n\n    tillit key rotate -o rotation-2026.txt"
    )
)
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help=_("Write that checkpoint there, to hand it out."))
@calls
def rotate(call: Call, output: Path | None) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place(), keys=keys()) as ledger:
        made, note = ledger.notary.rotate_key()
    if output is not None:
        output.write_bytes(note)
    if call.json:
        data(json_text({"vkey": str(made), "note": note.decode()}))
        return
    data(str(made))
    say(_("Give this public key to whoever verifies, beside the old one, and to every witness."))


def _answer(call: Call, name: str, vkeys: list[str]) -> None:
    if call.json:
        data(json_text({name: vkeys[0] if name == "vkey" else vkeys}))
    else:
        for each in vkeys:
            data(each)
