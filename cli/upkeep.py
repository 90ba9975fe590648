"""Keeping a ledger: its views in step or rebuilt, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import click

from cli.options import calls, no_sign
from cli.show import data, flush, say, steps
from cli.signed import keys
from cli.stopping import stoppable
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Call
    from cli.stopping import Stop
    from ledger import Step

_DAY = 86_400


@click.command(
    help=_(
        "Bring the views up to the record, so that no question needs to. With --follow they are kept there until you end it, and on a server what is recorded is signed with the key on this machine.\n\n    tillit project --follow --sign-every 60"
    )
)
@click.option("--follow", is_flag=True, help=_("Go on with each thing that is recorded."))
@click.option(
    "--sign-every",
    type=click.IntRange(1, _DAY),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help=_("The time between two signatures on a server, at least."),
)
@no_sign()
@calls
def project(call: Call, sign_every: int, *, follow: bool, sign: bool) -> None:
    if follow:
        with stoppable() as stop:
            _keep(call, stop, sign_every, sign=sign)
        return
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger, steps(_("projecting"), quiet=call.json) as progress:
        position = ledger.catch_up(progress)
    if call.json:
        data(json_text({"position": position}))
    else:
        data(_("The views are at position {position}.").format(position=position))


def _keep(call: Call, stop: Stop, sign_every: int, *, sign: bool) -> None:
    """Until it is stopped. A program is told each step, people the first one."""
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    kept = _("The views are at position {position}, and are kept at the end of the record; Ctrl-C ends this.")
    before: Step | None = None
    with open_ledger(call.place(), keys=keys(), sign=sign) as ledger, ledger.keep(sign_every) as keeper:
        if keeper.unsigned and not call.json:
            say(_("Nothing is signed: there is no key for this ledger here; see tillit key create."))
        while True:
            with stop.in_hand():
                # Between two batches is as good a place to end as after the last.
                step = keeper.step(lambda _done, _total: stop.here())
                if call.json and (before is None or step.position != before.position or step.signed is not None):
                    data(json_text(step._asdict()))
                elif not call.json and before is None:
                    data(kept.format(position=step.position))
                flush()
            before = step
            keeper.wait()


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
