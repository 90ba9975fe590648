"""Recording a decision, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from cli.completion import live
from cli.days import DAY
from cli.errors import Usage
from cli.goals import goal_names
from cli.options import writes
from cli.recording import Said, as_day, record
from cli.values import AMOUNT, TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.call import Writing
    from ledger import DecisionMade, Told


def _matter(body: Callable[..., Any], *, must: bool) -> Callable[..., Any]:
    """The options that say what is to be decided, and where."""
    options = (
        click.option(
            "--in",
            "in_",
            required=must,
            shell_complete=live("code"),
            metavar="CODE",
            help=_("In which responsibility."),
        ),
        click.option(
            "--type",
            required=must,
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


def _choice(body: Callable[..., Any]) -> Callable[..., Any]:
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
        click.option(
            "--kind",
            type=click.Choice(("decision", "agreement", "trial")),
            help=_("A decision, a standing agreement, or a trial."),
        ),
    )
    for option in reversed(options):
        body = option(body)
    return body


@click.command(
    help=_(
        "Make a decision, or decide an open matter by its id.\n\n"
        "    tillit decide 'Lease two vans' --in vagn --type purchase/vehicle --amount 40000 --because 'the old ones are worn'"
    )
)
@click.argument("title", type=TEXT, shell_complete=live("decision"))
@lambda body: _matter(body, must=False)
@_choice
@writes()
def decide(writing: Writing, title: str, in_: str | None, type: str | None, **words: Any) -> None:  # noqa: A002 - click's words
    fields = {**words, "review_on": as_day(words["review_on"]), "trial_until": as_day(words["trial_until"])}
    fields["supersedes"] = tuple(_id(writing, each) for each in words["supersedes"])
    fields["goals"] = goal_names(writing, words["goals"])
    if title.startswith("D-") and in_ is None:
        given = [name for name in words if name not in _CHOICE and words[name]]
        if type is not None or given:
            raise Usage(
                "decide.matter_is_open",
                later("{title} says already what it is about; give only the choice."),
                title=title,
            )
        choice = {name: fields[name] for name in _CHOICE}
        record(writing, "decide matter", {"decision": _id(writing, title), **choice}, lambda told: _made(told, title))
        return
    where, kind = _inferred(writing, in_, type)
    matter = {"title": title, "in": where, "type": kind}
    record(writing, "decide", {**fields, **matter}, lambda told: _made(told, title))


_CHOICE = (
    "chose",
    "because",
    "expects",
    "signs",
    "confidence",
    "review_on",
    "trial_until",
    "informed",
    "supersedes",
    "part",
    "outside_mandate",
    "urgent",
)


@click.command(
    "refer-up",
    help=_(
        "Ask the level above to decide, a new matter or an open one by its id.\n\n    tillit refer-up 'Lease two vans' --in vagn --type purchase/vehicle --amount 80000 --reason 'beyond my limit'"
    ),
)
@click.argument("title", type=TEXT)
@lambda body: _matter(body, must=False)
@click.option(
    "--to", shell_complete=live("code"), metavar="CODE", help=_("Which responsibility above; the next one if not said.")
)
@writes(reason="must")
def refer_up(writing: Writing, title: str, in_: str | None, type: str | None, to: str | None, **words: Any) -> None:  # noqa: A002 - click's words
    if title.startswith("D-") and in_ is None:
        id_ = _id(writing, title)
        _on(writing, "refer-up matter", id_, _("{decision} is referred up.").format(decision=id_), to=to)
        return
    where, kind = _inferred(writing, in_, type)
    goals = goal_names(writing, words["goals"])
    fields = {**words, "goals": goals, "title": title, "in": where, "type": kind, "to": to}

    def answer(told: Told) -> Said:
        id_ = told.entries[0].stream
        return Said(
            _("{decision} is referred up: {title}.").format(decision=id_, title=title),
            {"decision": id_},
            f"tillit decide {id_} --because WHY",
        )

    record(writing, "refer-up", fields, answer)


@click.command(
    "call-in",
    help=_("Take an open matter from below.\n\n    tillit call-in D-7k3q2 --reason 'it touches the whole town'"),
)
@click.argument("decision", shell_complete=live("decision"))
@click.option(
    "--to",
    shell_complete=live("code"),
    metavar="CODE",
    help=_("To which responsibility of yours; the nearest if not said."),
)
@writes(reason="must")
def call_in(writing: Writing, decision: str, to: str | None) -> None:
    id_ = _id(writing, decision)
    _on(writing, "call-in", id_, _("{decision} is called in.").format(decision=id_), to=to)


@click.command(
    "declare-conflict",
    help=_(
        "Say that you have a conflict of interest in an open matter.\n\n    tillit declare-conflict D-7k3q2 --reason 'my sister owns the firm'"
    ),
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def declare_conflict(writing: Writing, decision: str) -> None:
    id_ = _id(writing, decision)
    _on(writing, "declare-conflict", id_, _("{by} stays out of {decision}.").format(by=writing.by(), decision=id_))


@click.command(
    help=_("Undo a decision of your own responsibility.\n\n    tillit reverse D-7k3q2 --reason 'the vans were sold'")
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def reverse(writing: Writing, decision: str) -> None:
    id_ = _id(writing, decision)
    _on(writing, "reverse", id_, _("{decision} is reversed.").format(decision=id_))


@click.command(
    help=_(
        "Undo a decision from above; it is always counted.\n\n    tillit overrule D-7k3q2 --reason 'against the budget'"
    )
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def overrule(writing: Writing, decision: str) -> None:
    id_ = _id(writing, decision)
    _on(writing, "overrule", id_, _("{decision} is overruled.").format(decision=id_))


@click.command(
    help=_("Take a decision made outside mandate inside.\n\n    tillit ratify D-7k3q2 --reason 'it was right'")
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def ratify(writing: Writing, decision: str) -> None:
    id_ = _id(writing, decision)
    _on(writing, "ratify", id_, _("{decision} is ratified.").format(decision=id_))


def _on(writing: Writing, do: str, id_: str, sentence: str, **fields: str | None) -> None:
    record(
        writing,
        do,
        {"decision": id_, **fields},
        lambda _told: Said(sentence, {"decision": id_}, f"tillit history {id_}"),
    )


def _made(told: Told, title: str) -> Said:
    made = next(entry for entry in told.entries if entry.event.kind == "decision.made.v1")
    event = cast("DecisionMade", made.event)
    verdict = event.authority.verdict
    what = "" if title.startswith("D-") else f": {title}"
    parts = [
        _("{decision} is decided, {verdict} mandate{what}.").format(decision=made.stream, verdict=verdict, what=what)
    ]
    due = [check for check in event.authority.checks if check.result in {"due before", "due after"}]
    parts += [
        _("{kind} {member} ({why}).").format(kind=check.dimension, member=check.limit, why=check.asked) for check in due
    ]
    facts = {"decision": made.stream, "verdict": verdict, "responsibility": event.authority.responsibility}
    return Said(" ".join(parts), facts, f"tillit why {made.stream}")


def _id(writing: Writing, decision: str) -> str:
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(writing.place()) as ledger, ledger.ask(questions.decision_id, None, None, decision) as answer:
        return answer.value


def _inferred(writing: Writing, code: str | None, kind: str | None) -> tuple[str, str]:
    """Where and of what type, inferred where it is certain: the only responsibility held, the only type it decides."""
    if code is not None and kind is not None:
        return code, kind
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(writing.place()) as ledger, ledger.ask(questions.holds, None, None, writing.by()) as answer:
        held = {str(row["code"]): cast("list[str]", row["types"]) for row in answer.value}
    codes = [each for each in held if code in {None, each}]
    if code is None and len(codes) != 1:
        raise Usage(
            "decide.where",
            later("Say with --in in which responsibility; you hold: {codes}."),
            codes=", ".join(held) or "none",
        )
    where = code or codes[0]
    types = held.get(where, [])
    if kind is None and (len(types) != 1 or types[0].endswith("*")):
        raise Usage("decide.type", later("Say with --type what kind of decision it is, as in purchase/vehicle."))
    return where, kind or types[0]
