"""Recording a decision, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from cli.completion import live
from cli.errors import Usage
from cli.goals import goal_names
from cli.matter import about, choice, decision_id, kind, where_and_what
from cli.options import writes
from cli.recording import Said, as_day, record
from cli.values import TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Writing
    from ledger import DecisionMade, Told


@click.command(
    help=_(
        "Make a decision, or decide an open matter by its id.\n\n"
        "    tillit decide 'Lease two vans' --in vagn --type purchase/vehicle --amount 40000 --because 'the old ones are worn'"
    )
)
@click.argument("title", type=TEXT, shell_complete=live("decision"))
@about
@choice
@kind
@writes()
def decide(writing: Writing, title: str, in_: str | None, type: str | None, **words: Any) -> None:  # noqa: A002 - click's words
    fields = {**words, "review_on": as_day(words["review_on"]), "trial_until": as_day(words["trial_until"])}
    fields["supersedes"] = tuple(decision_id(writing, each) for each in words["supersedes"])
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
        record(
            writing,
            "decide matter",
            {"decision": decision_id(writing, title), **choice},
            lambda told: _made(told, title),
        )
        return
    where, what, inferred = where_and_what(writing, in_, type)
    follows = words["follows"] and decision_id(writing, words["follows"])
    matter = {"title": title, "in": where, "type": what, "follows": follows}
    record(writing, "decide", {**fields, **matter}, lambda told: _made(told, title, inferred))


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
@about
@click.option(
    "--to", shell_complete=live("code"), metavar="CODE", help=_("Which responsibility above; the next one if not said.")
)
@writes(reason="must")
def refer_up(writing: Writing, title: str, in_: str | None, type: str | None, to: str | None, **words: Any) -> None:  # noqa: A002 - click's words
    if title.startswith("D-") and in_ is None:
        id_ = decision_id(writing, title)
        _on(writing, "refer-up matter", id_, _("{decision} is referred up.").format(decision=id_), to=to)
        return
    where, what, inferred = where_and_what(writing, in_, type)
    goals = goal_names(writing, words["goals"])
    fields = {**words, "goals": goals, "title": title, "in": where, "type": what, "to": to}

    def answer(told: Told) -> Said:
        id_ = told.entries[0].stream
        return Said(
            " ".join((_("{decision} is referred up: {title}.").format(decision=id_, title=title), inferred)).rstrip(),
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
    id_ = decision_id(writing, decision)
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
    id_ = decision_id(writing, decision)
    _on(writing, "declare-conflict", id_, _("{by} stays out of {decision}.").format(by=writing.by(), decision=id_))


@click.command(
    help=_("Undo a decision of your own responsibility.\n\n    tillit reverse D-7k3q2 --reason 'the vans were sold'")
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def reverse(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    _on(writing, "reverse", id_, _("{decision} is reversed.").format(decision=id_))


@click.command(
    help=_(
        "Undo a decision from above; it is always counted.\n\n    tillit overrule D-7k3q2 --reason 'against the budget'"
    )
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def overrule(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    _on(writing, "overrule", id_, _("{decision} is overruled.").format(decision=id_))


@click.command(
    help=_("Take a decision made outside mandate inside.\n\n    tillit ratify D-7k3q2 --reason 'it was right'")
)
@click.argument("decision", shell_complete=live("decision"))
@writes(reason="must")
def ratify(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    _on(writing, "ratify", id_, _("{decision} is ratified.").format(decision=id_))


def _on(writing: Writing, do: str, id_: str, sentence: str, **fields: str | None) -> None:
    record(
        writing,
        do,
        {"decision": id_, **fields},
        lambda _told: Said(sentence, {"decision": id_}, f"tillit history {id_}"),
    )


def _made(told: Told, title: str, inferred: str = "") -> Said:
    made = next(entry for entry in told.entries if entry.event.kind == "decision.made.v1")
    event = cast("DecisionMade", made.event)
    verdict = event.authority.verdict
    what = "" if title.startswith("D-") else f": {title}"
    parts = [
        {
            "inside": _("{decision} is decided, inside mandate{what}."),
            "outside": _("{decision} is decided, outside mandate{what}."),
            "urgent": _("{decision} is decided as urgent{what}."),
        }[verdict].format(decision=made.stream, what=what)
    ]
    due = [check for check in event.authority.checks if check.result in {"due before", "due after"}]
    parts += [
        _("{kind} {member} ({why}).").format(kind=check.dimension, member=check.limit, why=check.asked) for check in due
    ]
    facts = {"decision": made.stream, "verdict": verdict, "responsibility": event.authority.responsibility}
    return Said(" ".join([*parts, inferred]).rstrip(), facts, f"tillit why {made.stream}")
