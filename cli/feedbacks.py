"""Asking what was said about the work: to and by whom, both ways or not, and what it led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.options import reads
from cli.tables import answer, answer_one
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Asking

LIST = ("feedback", "date", "kind", "by", "to", "about", "visibility", "status", "text")
MORE = ("answers", "answered_by", "acknowledged", "replies", "acted_on", "retracted", "reason")


@click.command(
    "list",
    help=_(
        "What was said to whom about what. The words are shown to whom they are for, by what --me says; that something was said is for all to see.\n\n    tillit feedback list --to bo --waiting"
    ),
)
@click.option("--by", shell_complete=live("handle"), metavar="HANDLE", help=_("Only what this member gave or asked."))
@click.option("--to", shell_complete=live("handle"), metavar="HANDLE", help=_("Only what this member received."))
@click.option(
    "--about", shell_complete=live("id"), metavar="SUBJECT", help=_("Only what is about this, or entries of it.")
)
@click.option("--waiting", is_flag=True, help=_("Only what is neither acknowledged nor acted on, nor answered."))
@reads(*LIST)
def list_(asking: Asking, by: str | None, to: str | None, about: str | None, waiting: bool) -> None:
    from ledger import Chosen, questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.feedbacks, Chosen(by, to, about, waiting)) as got:
        answer(got.value, asking, nothing=_("No such feedback by that moment."), known=got.known)


@click.command(
    help=_(
        "One feedback and what followed, with the words where they are for you: you gave or received it, or its circle takes you in. Whoever can read the file can read what is in it: the rights of the file are the outer wall.\n\n    tillit feedback show F-7k3q2"
    )
)
@click.argument("feedback", shell_complete=live("feedback"))
@reads(*LIST, *MORE)
def show(asking: Asking, feedback: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.feedback_shown, feedback) as got:
        answer_one(got.value, asking)


@click.command(
    help=_(
        "Is feedback given, both ways? By handle, and for looking at together: no score, nobody is ranked. appreciation and guidance are what the member gave; upward_share is how much of that guidance went to somebody above; days_to_acknowledge is the median of what they received.\n\n    tillit feedback balance"
    )
)
@reads("member", "given", "received", "appreciation", "guidance", "upward_share", "days_to_acknowledge")
def balance(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.feedback_balance) as got:
        answer(got.value, asking, nothing=_("Nobody takes part at that moment."), known=got.known)


@click.command(help=_("Whose work has no one appreciated lately?\n\n    tillit feedback quiet --days 60"))
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    default=60,
    show_default=True,
    metavar="N",
    help=_("How many days without appreciation."),
)
@reads("member", "last_appreciation", "last_guidance", "decisions_since")
def quiet(asking: Asking, days: int) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.feedback_quiet, days) as got:
        answer(got.value, asking, nothing=_("Everybody's work was appreciated in that time."), known=got.known)


@click.command(help=_("What guidance led to a change, and how long that took.\n\n    tillit feedback effects"))
@reads("feedback", "about", "acted_on", "what_changed", "days", "ref", "by", "giver")
def effects(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.feedback_effects) as got:
        answer(got.value, asking, nothing=_("No guidance was acted on by that moment."), known=got.known)
