"""Asking what waits for whom, what is stuck, and what falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.days import PERIOD, Period
from cli.errors import Usage
from cli.options import reads
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cli.call import Asking

    Row = dict[str, object]

PROMISED = ("decision", "title", "expected", "signs_to_watch", "due", "by")
OVERDUE = ("what", "ref", "title", "promised", "days_over", "whose")


@click.command(help=_("What waits for a member; for you where you name nobody.\n\n    tillit inbox anna"))
@click.argument("handle", required=False, shell_complete=live("handle"))
@reads("kind", "ref", "title", "since", "by_when")
def inbox(asking: Asking, handle: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    whose = asking.me() if handle is None else handle
    with ask(asking, questions.inbox, whose) as got:
        nothing = _("Nothing waits for {handle}.").format(handle=whose)
        answer(got.value, asking, nothing=nothing, known=got.known)


@click.command(
    help=_("What each open matter waits for, and on whom; the longest first.\n\n    tillit stuck --over 14d")
)
@click.option("--over", type=PERIOD, metavar="PERIOD", help=_("Only what has waited at least this long, as in 14d."))
@reads("proposal", "title", "waits_for", "about", "who", "since", "decide_by", "days", "responsibility")
def stuck(asking: Asking, over: Period | None) -> None:
    from datetime import timedelta  # noqa: PLC0415 - one command's need

    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    today = asking.moment.date()
    waited = timedelta(0) if over is None else today - over.before(today)
    shown = asking.usual("proposal", "title", "waits_for", "about", "who", "since", "decide_by")
    with ask(asking, questions.stuck, waited) as got:
        answer(got.value, shown, nothing=_("No open matter waits for anybody."), known=got.known)


@click.command(
    help=_(
        "Every promise with a day to it: reviews, trials that end, days to decide and to advise by, reports, mandates that end, check-ins.\n\n    tillit due --within 14d"
    )
)
@click.option(
    "--within",
    type=PERIOD,
    default="14d",
    show_default=True,
    metavar="PERIOD",
    help=_("How far ahead; what is past its day is always shown."),
)
@click.option("--exit-code", is_flag=True, help=_("Exit 1 where anything is past its day."))
@click.option(
    "--ics",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help=_("Write them as a calendar (- to standard output) instead of showing them."),
)
@reads("what", "ref", "title", "due", "days_over", "whose")
def due(asking: Asking, within: Period, exit_code: bool, ics: str | None) -> int:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    late: list[Row] = []

    def noted(rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            if row["days_over"]:
                late.append(row)
            yield row

    until = _until(asking, within)
    if ics is not None and (asking.json or asking.format_named):
        raise Usage("due.two_forms", later("--ics and --format ask for two things."))
    if ics is not None:
        from cli import calendar  # noqa: PLC0415 - one form of the answer

        with ask(asking, questions.origin) as named, ask(asking, questions.due, until) as got:
            calendar.write(noted(got.value), ics, asking, named.value)
    else:
        with ask(asking, questions.due, until) as got:
            answer(noted(got.value), asking, nothing=_("Nothing falls due."), known=got.known)
    return 1 if exit_code and late else 0


@click.command(
    help=_(
        "The reviews that decisions promise; with --overdue all that never came, of delegations too.\n\n    tillit reviews --due"
    )
)
@click.option("--due", "due_", is_flag=True, help=_("Only those whose day has come."))
@click.option("--overdue", is_flag=True, help=_("Only those whose day is past, of decisions and of delegations."))
@reads(*dict.fromkeys((*PROMISED, "whose", "days_over", *OVERDUE)))
def reviews(asking: Asking, due_: bool, overdue: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    if due_ and overdue:
        raise Usage("reviews.two_questions", later("--due and --overdue ask for two things."))
    if overdue:
        with ask(asking, questions.overdue_reviews) as got:
            nothing = _("Every review that was promised came.")
            answer(got.value, asking.usual(*OVERDUE), nothing=nothing, known=got.known)
        return
    with ask(asking, questions.reviews, due=due_) as got:
        nothing = _("No review is due.") if due_ else _("No decision promises a review.")
        answer(got.value, asking.usual(*PROMISED), nothing=nothing, known=got.known)


@click.command(help=_("What we are trying right now, and until when.\n\n    tillit trials"))
@reads("trial", "title", "hypothesis", "since", "until", "signs", "iteration", "next", "days_over", "by")
def trials(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    shown = asking.usual("trial", "title", "hypothesis", "since", "until", "signs", "iteration", "next")
    with ask(asking, questions.trials) as got:
        answer(got.value, shown, nothing=_("Nothing is being tried."), known=got.known)


def _until(asking: Asking, within: Period) -> date:
    """The last day that is asked about."""
    try:
        return within.after(asking.moment.date())
    except OverflowError:
        raise Usage("period.beyond", later("{period} ends outside the calendar."), period=within) from None
