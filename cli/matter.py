"""The options that say what a matter is about and what was chosen, and what they leave to be inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.completion import live
from cli.days import DAY, said
from cli.errors import Usage
from cli.values import AMOUNT, TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.call import Writing


def about(body: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is to be decided, and where."""
    options = (
        click.option(
            "--in",
            "in_",
            shell_complete=live("code"),
            metavar="CODE",
            help=_("In which responsibility."),
        ),
        click.option(
            "--type",
            shell_complete=live("type"),
            metavar="TYPE",
            help=_("The decision type, as in purchase/vehicle."),
        ),
        click.option("--amount", type=AMOUNT, help=_("What it costs.")),
        click.option("--scope", multiple=True, metavar="LABEL", help=_("Where it holds; repeat for more.")),
        click.option("--one-way", is_flag=True, help=_("It cannot be undone.")),
        click.option("--counterparty", type=TEXT, help=_("With whom.")),
        click.option("--question", type=TEXT, help=_("The situation that calls for it.")),
        click.option("--option", "options", multiple=True, type=TEXT, help=_("What could be chosen; repeat for more.")),
        click.option(
            "--affected",
            multiple=True,
            shell_complete=live("handle"),
            metavar="HANDLE",
            help=_("Whom it affects; repeat for more."),
        ),
        click.option("--goal", "goals", multiple=True, type=TEXT, help=_("A goal it serves; repeat for more.")),
    )
    for option in reversed(options):
        body = option(body)
    return body


def choice(body: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what was chosen, why, and on what footing."""
    options = (
        click.option("--chose", type=TEXT, help=_("What was chosen.")),
        click.option("--because", type=TEXT, help=_("Why; - reads it from standard input.")),
        click.option("--expects", type=TEXT, help=_("What you expect to come of it.")),
        click.option("--sign", "signs", multiple=True, type=TEXT, help=_("A sign to watch; repeat for more.")),
        click.option("--confidence", type=TEXT, help=_("How sure you are.")),
        click.option("--review-on", type=DAY, help=_("When its outcome is looked at.")),
        click.option("--trial-until", type=DAY, help=_("When the trial ends.")),
        click.option(
            "--informed",
            multiple=True,
            shell_complete=live("handle"),
            metavar="HANDLE",
            help=_("Who has been told; repeat for more."),
        ),
        click.option(
            "--supersedes",
            multiple=True,
            shell_complete=live("decision"),
            metavar="D-…",
            help=_("The decision it takes over from; repeat for more."),
        ),
        click.option("--part", type=TEXT, help=_("The part it takes over, where it is not the whole.")),
        click.option(
            "--outside-mandate", is_flag=True, help=_("Decide it though the mandate does not reach; takes --reason.")
        ),
        click.option("--urgent", is_flag=True, help=_("Waiting was impossible; takes --reason.")),
    )
    for option in reversed(options):
        body = option(body)
    return body


def kind(body: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what sort of matter it is."""
    options = (
        click.option(
            "--kind",
            type=click.Choice(("decision", "agreement", "trial")),
            help=_("A decision, a standing agreement, or a trial."),
        ),
        click.option(
            "--follows",
            shell_complete=live("decision"),
            metavar="D-…",
            help=_("The trial whose next round this is."),
        ),
    )
    for option in reversed(options):
        body = option(body)
    return body


def decision_id(writing: Writing, decision: str) -> str:
    """The whole id of the only decision that begins so."""
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(writing.place()) as ledger, ledger.ask(questions.decision_id, None, None, decision) as answer:
        return answer.value


def on_the_table(writing: Writing, decision: str) -> dict[str, Any]:
    """The open matter as it reads now: `decision`, `version`, `process`, `options`, `consenters`."""
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(writing.place()) as ledger, ledger.ask(questions.on_the_table, None, None, decision) as answer:
        return answer.value


def where_and_what(writing: Writing, code: str | None, type_: str | None) -> tuple[str, str, str]:
    """(where, of what type, what was inferred of it, for the answer to say back), where what is left out is certain.

    That is the only responsibility that one holds which decides the type, and the only type it decides.
    """
    if code is not None and type_ is not None:
        return code, type_, ""
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with (
        open_ledger(writing.place()) as ledger,
        ledger.ask(questions.where_and_what, writing.occurred, None, writing.by(), code, type_) as answer,
    ):
        found = answer.value
    if len(found) != 1:
        raise Usage(
            "decide.where",
            later("Say with --in in which responsibility; you hold: {codes}."),
            codes=", ".join(each for each, _types in found) or "none",
        )
    where, types = found[0]
    if len(types) != 1 or types[0].endswith("*"):
        named = tuple(_("It decides: {types}.").format(types=", ".join(types)) for _once in types[:1])
        raise Usage(
            "decide.type",
            later("Say with --type what kind of decision it is, as in purchase/vehicle."),
            hints=named,
        )
    if code is not None:
        taken = _("Taken as {type}, which is all that {code} decides")
    elif type_ is not None:
        taken = _("Taken in {code}, where {by} decides {type}")
    else:
        taken = _("Taken in {code} as {type}, which is all that {by} decides")
    inferred = _("{taken}; by {by}, on {day}.")
    taken = taken.format(type=types[0], code=where, by=writing.by())
    return where, types[0], inferred.format(taken=taken, by=writing.by(), day=said(writing.occurred.date()))
