"""Recording what we want to reach together, and asking who works toward it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.days import DAY
from cli.lookup import decision_id, goal_id
from cli.options import reads, writes
from cli.recording import Said, as_day, record
from cli.tables import answer
from cli.values import TEXT
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.call import Asking, Writing
    from cli.days import Moment
    from ledger import Told

GOALS = ("goal", "title", "status", "shared", "responsibilities", "holders", "decisions_90_d", "confidence")
MORE = ("note", "value", "parent", "former", "horizon", "adopted_by", "set_by", "why")
_GOAL = click.argument("goal", shell_complete=live("goal"))
_ADOPTED_BY = click.option(
    "--adopted-by",
    shell_complete=live("decision"),
    metavar="D-…",
    help=_("The decision that stands behind it; by consensus in the root it makes the goal shared."),
)


@click.command(
    "set",
    help=_(
        "Set a goal; one decided by consensus in the root is shared.\n\n    tillit goal set 'No queue at the depot' --why 'people wait' --horizon 2027-12-31"
    ),
)
@click.argument("title", type=TEXT)
@click.option("--why", type=TEXT, help=_("Why we want it."))
@click.option("--horizon", type=DAY, help=_("When it should be so."))
@click.option("--parent", shell_complete=live("goal"), metavar="G-…", help=_("The goal that it is part of."))
@click.option(
    "--again",
    shell_complete=live("goal"),
    metavar="G-…",
    help=_("The goal, reached or dropped, that it takes up anew."),
)
@_ADOPTED_BY
@writes()
def set_(
    writing: Writing,
    title: str,
    why: str | None,
    horizon: Moment | None,
    parent: str | None,
    again: str | None,
    adopted_by: str | None,
) -> None:
    fields = {
        "title": title,
        "why": why,
        "horizon": as_day(horizon),
        "parent": parent and goal_id(writing, parent),
        "again": again and goal_id(writing, again),
        "adopted_by": adopted_by and decision_id(writing, adopted_by),
    }

    def said(told: Told) -> Said:
        goal = told.entries[0].stream
        sentence = _("{goal} is set: {title}.").format(goal=goal, title=title)
        return Said(sentence, {"goal": goal}, f"tillit define CODE --goals {goal}")

    record(writing, "goal set", fields, said)


@click.command(
    help=_(
        "Put a goal in other words, or let a decision stand behind it.\n\n    tillit goal reword G-7k3q2 --title 'No queue at all' --reason 'we can more'"
    )
)
@_GOAL
@click.option("--title", type=TEXT, help=_("What it is called."))
@click.option("--why", type=TEXT, help=_("Why we want it."))
@_ADOPTED_BY
@writes(reason="must")
def reword(writing: Writing, goal: str, title: str | None, why: str | None, adopted_by: str | None) -> None:
    fields = {"title": title, "why": why, "adopted_by": adopted_by and decision_id(writing, adopted_by)}
    _on(writing, "goal reword", goal, _("{goal} is reworded."), fields)


@click.command(
    help=_(
        "Let a goal be part of another, or of none.\n\n    tillit goal move G-7k3q2 --parent G-2m9x1 --reason 'one aim'"
    )
)
@_GOAL
@click.option("--parent", shell_complete=live("goal"), metavar="G-…", help=_("The goal that it is part of; else none."))
@writes(reason="must")
def move(writing: Writing, goal: str, parent: str | None) -> None:
    _on(writing, "goal move", goal, _("{goal} is moved."), {"parent": parent and goal_id(writing, parent)})


@click.command(
    help=_(
        "Say how sure you are that a goal will be reached.\n\n    tillit goal note G-7k3q2 --confidence 0.7 --note 'two new hands'"
    )
)
@_GOAL
@click.option("--confidence", required=True, metavar="0..1", help=_("How sure you are, from 0 to 1."))
@click.option("--note", required=True, type=TEXT, help=_("What makes you say so."))
@click.option("--value", metavar="AMOUNT", help=_("Where it stands, if it is counted."))
@writes()
def note(writing: Writing, goal: str, confidence: str, note: str, value: str | None) -> None:
    fields = {"confidence": confidence, "note": note, "value": value}
    _on(writing, "goal note", goal, _("{goal} is noted."), fields)


@click.command(
    help=_(
        "Say that a goal is reached; nothing follows on that.\n\n    tillit goal reach G-7k3q2 --evidence 'nobody waits'"
    )
)
@_GOAL
@click.option("--evidence", required=True, type=TEXT, help=_("What shows it."))
@click.option("--learned", type=TEXT, help=_("What we learned."))
@writes()
def reach(writing: Writing, goal: str, evidence: str, learned: str | None) -> None:
    _on(writing, "goal reach", goal, _("{goal} is reached."), {"evidence": evidence, "learned": learned})


@click.command(
    help=_(
        "Aim at a goal no longer; nothing follows on that.\n\n    tillit goal drop G-7k3q2 --reason 'the depot closes'"
    )
)
@_GOAL
@_ADOPTED_BY
@writes(reason="must")
def drop(writing: Writing, goal: str, adopted_by: str | None) -> None:
    fields = {"adopted_by": adopted_by and decision_id(writing, adopted_by)}
    _on(writing, "goal drop", goal, _("{goal} is dropped."), fields)


@click.command(
    help=_("What we want to reach, who works toward it, and how sure we are.\n\n    tillit goals --coverage")
)
@click.option(
    "--coverage",
    is_flag=True,
    help=_("Then also what is named as a goal and not set as one, and what serves no goal that is open."),
)
@reads(*GOALS, *MORE)
def goals(asking: Asking, coverage: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    shown = asking.usual(*GOALS)
    with ask(asking, questions.goals, coverage=coverage) as got:
        answer(got.value, shown, nothing=_("No goal is set by that moment."), known=got.known)


def goal_names(writing: Writing, names: Sequence[str]) -> tuple[str, ...]:
    """What a goal is named by: the whole id for the beginning of one, any other words as they are."""
    return tuple(goal_id(writing, name) if name.startswith("G-") else name for name in names)


def _on(writing: Writing, do: str, goal: str, sentence: str, fields: dict[str, str | None]) -> None:
    id_ = goal_id(writing, goal)
    record(
        writing,
        do,
        {"goal": id_, **fields},
        lambda _told: Said(sentence.format(goal=id_), {"goal": id_}, f"tillit history {id_}"),
    )
