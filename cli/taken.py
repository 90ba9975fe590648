"""Asking how those above use their power: what was taken back, revoked and handed back, and the leader's own mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import days
from cli.asking import ask
from cli.completion import live
from cli.days import PERIOD, Period
from cli.errors import Usage
from cli.options import reads
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Asking


@click.command(
    "taken-back",
    help=_("How often the level above takes things back.\n\n    tillit taken-back --by unit"),
)
@click.option("--by", type=click.Choice(("unit",)), help=_("A row for each responsibility with others below it."))
@reads("unit", "made", "called_in", "overruled", "referred_up", "revoked", "share")
def taken_back(asking: Asking, by: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.taken_back, by_unit=by is not None) as got:
        nothing = _("Nothing was decided, brought up, called in, overruled or revoked.")
        answer(got.value, asking, nothing=nothing, known=got.known)


@click.command(
    help=_("Which delegations were revoked, why, and whether anybody talked first.\n\n    tillit revocations")
)
@reads(
    "responsibility", "code", "holder", "by", "reason", "talked_first", "check_ins_before", "guidance_before", "notice", "revoked",
    "effective",
)  # fmt: skip
def revocations(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.revocations) as got:
        answer(got.value, asking, nothing=_("No delegation was revoked."), known=got.known)


@click.command(
    "hand-backs", help=_("What was handed back, what was lacking, and what was done since.\n\n    tillit hand-backs")
)
@reads("responsibility", "code", "by", "lacking", "reason", "held_for", "done", "handed_back", "delegator")
def hand_backs(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.hand_backs) as got:
        answer(got.value, asking, nothing=_("No delegation was handed back."), known=got.known)


@click.command(
    help=_(
        "A leader's own signs of trust and of taking back, for themselves and who stands above them. Who asks is whoever --me says, which nobody proves: it keeps out who looks in passing, not who lies.\n\n    tillit mirror eva --over 90d --me eva"
    )
)
@click.argument("handle", shell_complete=live("handle"))
@click.option(
    "--over", type=PERIOD, default=Period(90, "d"), show_default="90d", help=_("The time looked at, up to the moment.")
)
@reads("sign", "value", "before", "how", "rows")
def mirror(asking: Asking, handle: str, over: Period) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    try:
        since = over.before(asking.moment.date())
        before = over.before(since)
    except OverflowError:
        raise Usage("day.beyond", later("{text} lies outside the calendar."), text=over) from None
    # The same hour of the day, so that the two stretches are of one length.
    clock = asking.moment.timetz()
    start, earlier = (days.edge(day).replace(hour=clock.hour, minute=clock.minute) for day in (since, before))
    with ask(asking, questions.mirror, handle, asking.me(), start, earlier) as got:
        answer(got.value, asking, nothing=_("There is nothing to see."), known=got.known)
