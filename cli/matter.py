"""The options that say what a matter is about and what was chosen, and what they leave to be inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.completion import live
from cli.days import DAY, said
from cli.errors import Usage
from cli.lookup import look_up, on_the_table
from cli.naming import TYPE
from cli.recording import Said, record
from cli.values import AMOUNT, TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.call import Writing


MATTER = click.argument("decision", metavar="D-…", shell_complete=live("decision"))


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
            type=TYPE,
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


def record_on(writing: Writing, do: str, id_: str, sentence: str, **fields: str | None) -> None:
    """Record what is said with one sentence about that decision."""
    answer = Said(sentence, {"decision": id_}, f"tillit history {id_}")
    record(writing, do, {"decision": id_, **fields}, lambda _told: answer)


def what_next(writing: Writing, decision: str) -> str:
    """The command for what an open matter waits for first, as the one who has to say it would type it."""
    now = on_the_table(writing, decision, None if writing.on is None else writing.occurred)
    id_ = now["decision"]
    if not now["waits"]:
        return f"tillit history {id_}"
    first = now["waits"][0]
    who = next(iter(first["who"]), "HANDLE")
    version = f" --version {now['version']}" if now["version"] > 1 else ""
    command = {
        "objection": f"tillit resolve {id_} {str(first['about']).partition(' ')[0]} --how HOW",
        "ask for advice": f"tillit ask-advice {id_} --of {first['about'] or 'HANDLE'}",
        "advice": f"tillit advise {id_} TEXT",
        "consent": f"tillit consent {id_}{version}",
        "decision": f"tillit decide {id_}",
    }[first["for"]]
    return command if who == writing.by() else f"{command} --me {who}"


def where_and_what(writing: Writing, code: str | None, type_: str | None) -> tuple[str, str, str]:
    """(where, of what type, what was inferred of it, for the answer to say back), where what is left out is certain.

    That is the only responsibility that one holds which decides the type, and the only type it decides.
    """
    if code is not None and type_ is not None:
        return code, type_, ""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    by = writing.by()
    found = look_up(writing, writing.occurred, questions.where_and_what, by, code, type_)
    if code is not None and not found:
        day = said(writing.occurred.date())
        raise Usage("decide.where", later("{code} was not there on {day}."), code=code, day=day)
    if len(found) != 1:
        held = found or look_up(writing, writing.occurred, questions.where_and_what, by, None, None)
        raise _nowhere(writing, [each for each, _types in held], type_, none_decides=not found)
    where, types = found[0]
    if len(types) != 1 or types[0].endswith("*"):
        template = later("Say with --type what kind of decision it is, as in purchase/vehicle.")
        if types:
            template = later("Say with --type what kind of decision it is; {code} decides {types}.")
        raise Usage("decide.type", template, code=where, types=", ".join(types))
    if code is not None:
        taken = _("Taken as {type}, which is all that {code} decides")
    elif type_ is not None:
        taken = _("Taken in {code}, where {by} decides {type}")
    else:
        taken = _("Taken in {code} as {type}, which is all that {by} decides")
    inferred = _("{taken}; by {by}, on {day}.")
    taken = taken.format(type=types[0], code=where, by=by)
    return where, types[0], inferred.format(taken=taken, by=by, day=said(writing.occurred.date()))


def _nowhere(writing: Writing, held: list[str], type_: str | None, *, none_decides: bool) -> Usage:
    """Why it is not certain in which responsibility: several are held, none that decides the type, or none at all."""
    by = writing.by()
    if not held:
        from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

        offered = look_up(writing, writing.occurred, questions.offered_to, by)
        hints = tuple(f"tillit accept {code}" for code in offered)
        template = later("{by} holds no responsibility; say with --in in which one it is decided.")
        return Usage("decide.where", template, hints=hints, by=by)
    codes = ", ".join(held)
    if not none_decides:
        return Usage(
            "decide.where", later("Say with --in in which responsibility; {by} holds {codes}."), by=by, codes=codes
        )
    template = later("Nothing that {by} holds ({codes}) decides {type}; say with --in in which responsibility.")
    return Usage("decide.where", template, hints=(f"tillit who-can {type_}",), by=by, codes=codes, type=type_)
