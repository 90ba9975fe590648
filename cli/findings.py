"""Asking as an auditor does: what was written down late, by whom, what was put right, what adds up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.days import PERIOD, Period
from cli.errors import Usage
from cli.options import reads
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Asking

LATE = ("event", "occurred", "recorded", "delay", "recorded_by")
SPLIT = ("decider", "type", "counterparty", "count", "sum", "limit", "decisions")
UNACCEPTED = ("delegation", "to", "valid_from", "accepted", "decisions_before")


@click.command(
    "split-check",
    help=_("Were purchases split so that each stays under a limit?\n\n    tillit split-check --window 30d"),
)
@click.option("--window", type=PERIOD, default="30d", show_default=True, help=_("How near to each other, as in 30d."))
@reads(*SPLIT, "first", "last")
def split_check(asking: Asking, window: Period) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.split_check, length(asking, window)) as got:
        nothing = _("Nothing adds up to more than its limit.")
        answer(got.value, asking.usual(*SPLIT), nothing=nothing, known=got.known)


@click.command(help=_("What was written down long after it happened.\n\n    tillit late --over 7d"))
@click.option("--over", type=PERIOD, default="7d", show_default=True, help=_("How long after, as in 7d."))
@reads(*LATE, "delay_days", "kind", "actor")
def late(asking: Asking, over: Period) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.late, length(asking, over)) as got:
        answer(got.value, asking.usual(*LATE), nothing=_("Nothing was written down that late."), known=got.known)


@click.command("recorded-for", help=_("Who writes down what others decided.\n\n    tillit recorded-for"))
@reads("recorded_by", "actor", "events", "share")
def recorded_for(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.recorded_for) as got:
        answer(got.value, asking, nothing=_("Everybody wrote down their own."), known=got.known)


@click.command(help=_("What was corrected or annulled, and why.\n\n    tillit corrections"))
@reads("event", "field", "was", "is", "by", "reason", "when", "what", "counts")
def corrections(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.corrections) as got:
        nothing = _("Nothing was corrected or annulled.")
        answer(got.value, asking, nothing=nothing, known=got.known)


@click.command(
    help=_("Every delegation that was offered, and when it was taken on.\n\n    tillit delegations --unaccepted")
)
@click.option(
    "--unaccepted", is_flag=True, help=_("Only those that ran, or were decided on, before they were accepted.")
)
@reads(*UNACCEPTED, "by", "state", "responsibility", "number")
def delegations(asking: Asking, unaccepted: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.delegations, unaccepted=unaccepted) as got:
        nothing = _("No delegation ran without being accepted.") if unaccepted else _("Nothing is delegated by then.")
        answer(got.value, asking.usual(*UNACCEPTED), nothing=nothing, known=got.known)


def length(asking: Asking, period: Period) -> timedelta:
    """How long the period is when it ends at the moment asked about: months differ."""
    end = asking.moment.astimezone(UTC).date()
    try:
        return _midnight(end) - _midnight(period.before(end))
    except OverflowError:
        raise Usage("period.too_long", later("{period} reaches beyond the calendar."), period=period) from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
