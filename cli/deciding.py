"""Recording a decision, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from cli.completion import live
from cli.errors import Usage
from cli.goals import goal_names
from cli.lookup import DECISION, decision_id, on_the_table
from cli.matter import MATTER, about, choice, kind, record_on, where_and_what
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
    if DECISION.fullmatch(title) and in_ is None:
        given = [name for name in words if name not in _CHOICE and words[name]]
        if type is not None or given:
            raise Usage(
                "decide.matter_is_open",
                later("{title} says already what it is about; give only the choice."),
                title=title,
            )
        matter = on_the_table(writing, title)
        chosen = {"decision": matter["decision"], **{name: fields[name] for name in _CHOICE}}
        record(writing, "decide matter", chosen, lambda told: _made(told, matter["title"]))
        return
    where, what, inferred = where_and_what(writing, in_, type)
    follows = words["follows"] and decision_id(writing, words["follows"])
    matter = {"title": title, "in": where, "type": what, "follows": follows}
    record(writing, "decide", {**fields, **matter}, lambda told: _made(told, title, inferred))


# What the level or a condition of a mandate asks for, as the proof names it.
_DUTIES = {
    "consult": _("ask {member} for advice ({why})"),
    "consent": _("have the consent of {member} ({why})"),
    "rationale": _("give {member} the reasons ({why})"),
    "tell": _("tell {member} ({why})"),
    "report": _("report it to {member} ({why})"),
}
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
    if DECISION.fullmatch(title) and in_ is None:
        id_ = decision_id(writing, title)
        record_on(writing, "refer-up matter", id_, _("{decision} is referred up.").format(decision=id_), to=to)
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
@MATTER
@click.option(
    "--to",
    shell_complete=live("code"),
    metavar="CODE",
    help=_("To which responsibility of yours; the nearest if not said."),
)
@writes(reason="must")
def call_in(writing: Writing, decision: str, to: str | None) -> None:
    id_ = decision_id(writing, decision)
    record_on(writing, "call-in", id_, _("{decision} is called in.").format(decision=id_), to=to)


@click.command(
    "declare-conflict",
    help=_(
        "Say that you have a conflict of interest in an open matter.\n\n    tillit declare-conflict D-7k3q2 --reason 'my sister owns the firm'"
    ),
)
@MATTER
@writes(reason="must")
def declare_conflict(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    record_on(
        writing, "declare-conflict", id_, _("{by} stays out of {decision}.").format(by=writing.by(), decision=id_)
    )


@click.command(
    help=_("Undo a decision of your own responsibility.\n\n    tillit reverse D-7k3q2 --reason 'the vans were sold'")
)
@MATTER
@writes(reason="must")
def reverse(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    record_on(writing, "reverse", id_, _("{decision} is reversed.").format(decision=id_))


@click.command(
    help=_(
        "Undo a decision from above; it is always counted.\n\n    tillit overrule D-7k3q2 --reason 'against the budget'"
    )
)
@MATTER
@writes(reason="must")
def overrule(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    record_on(writing, "overrule", id_, _("{decision} is overruled.").format(decision=id_))


@click.command(
    help=_("Take a decision made outside mandate inside.\n\n    tillit ratify D-7k3q2 --reason 'it was right'")
)
@MATTER
@writes(reason="must")
def ratify(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    record_on(writing, "ratify", id_, _("{decision} is ratified.").format(decision=id_))


def _made(told: Told, title: str, inferred: str = "") -> Said:
    made = next(entry for entry in told.entries if entry.event.kind == "decision.made.v1")
    event = cast("DecisionMade", made.event)
    verdict = event.authority.verdict
    parts = [
        {
            "inside": _("{decision} is decided, inside mandate: {title}."),
            "outside": _("{decision} is decided, outside mandate: {title}."),
            "urgent": _("{decision} is decided as urgent: {title}."),
        }[verdict].format(decision=made.stream, title=title)
    ]
    before, after = (
        ", ".join(
            _DUTIES[check.dimension].format(member=check.limit, why=check.asked)
            for check in event.authority.checks
            if check.result == state
        )
        for state in ("due before", "due after")
    )
    if before:
        parts.append(_("Passed over: {duties}.").format(duties=before))
    if after:
        parts.append(_("Still to do: {duties}.").format(duties=after))
    facts = {"decision": made.stream, "verdict": verdict, "responsibility": event.authority.responsibility}
    owed = any((check.dimension, check.result) == ("report", "due after") for check in event.authority.checks)
    then = "report" if owed else "why"
    return Said(" ".join([*parts, inferred]).rstrip(), facts, f"tillit {then} {made.stream}")
