"""What follows a decision: that it is reported, that this is noted, and that it is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from cli.completion import live
from cli.days import DAY, said
from cli.lookup import decision_id
from cli.matter import MATTER
from cli.options import writes
from cli.recording import Said, as_day, record
from cli.values import TEXT
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Writing
    from cli.days import Moment
    from ledger import DecisionReported, Told


@click.command(
    help=_(
        "Say that a decision was reported.\n\n    tillit report D-7k3q2 --to board --meeting 'Board 2026-02-10' --item 7"
    )
)
@MATTER
@click.option(
    "--to", shell_complete=live("handle"), metavar="HANDLE", help=_("To whom; whoever it is due to if not said.")
)
@click.option("--meeting", type=TEXT, help=_("At which meeting."))
@click.option("--item", type=TEXT, help=_("Under which item."))
@writes()
def report(writing: Writing, decision: str, to: str | None, meeting: str | None, item: str | None) -> None:
    id_ = decision_id(writing, decision)

    def answer(told: Told) -> Said:
        event = cast("DecisionReported", told.entries[0].event)
        where = _(" at {meeting}").format(meeting=meeting) if meeting else ""
        sentence = _("{decision} is reported to {to}{where}.").format(decision=id_, to=event.to, where=where)
        return Said(sentence, {"decision": id_, "to": event.to}, f"tillit note-report {id_} --me {event.to}")

    record(writing, "report", {"decision": id_, "to": to, "meeting": meeting, "item": item}, answer)


@click.command(
    "note-report",
    help=_(
        "Say that you have seen a report; a question alters nothing.\n\n    tillit note-report D-7k3q2 --question 'why two?'"
    ),
)
@MATTER
@click.option("--meeting", type=TEXT, help=_("At which meeting."))
@click.option("--question", type=TEXT, help=_("What you would like to know."))
@writes()
def note_report(writing: Writing, decision: str, meeting: str | None, question: str | None) -> None:
    id_ = decision_id(writing, decision)
    sentence = _("{by} has seen the report of {decision}; the decision stands as it was made.")
    fields = {"decision": id_, "meeting": meeting, "question": question}
    said_ = Said(sentence.format(by=writing.by(), decision=id_), {"decision": id_}, f"tillit history {id_}")
    record(writing, "note-report", fields, lambda _told: said_)


@click.command(
    help=_(
        "Look at what came of a decision; the outcome and the process are judged apart.\n\n"
        "    tillit review D-7k3q2 --happened 'fewer stops' --outcome better --process sound --learned 'ask the drivers first' --verdict keep"
    )
)
@MATTER
@click.option("--happened", type=TEXT, required=True, help=_("What happened, set against what was expected."))
@click.option(
    "--outcome",
    type=click.Choice(("better", "as_expected", "worse", "unclear")),
    required=True,
    help=_("How it turned out; good luck is no good process."),
)
@click.option(
    "--process",
    type=click.Choice(("sound", "weak")),
    required=True,
    help=_("How well it was decided; bad luck is no bad process."),
)
@click.option("--learned", type=TEXT, required=True, help=_("What you would do otherwise, or again."))
@click.option(
    "--verdict",
    type=click.Choice(("keep", "adapt", "stop")),
    required=True,
    help=_("Whether it goes on, goes on otherwise, or ends."),
)
@click.option("--next-review-on", type=DAY, help=_("When it is looked at again."))
@writes()
def review(writing: Writing, decision: str, verdict: str, next_review_on: Moment | None, **words: str) -> None:
    id_ = decision_id(writing, decision)
    fields = {**words, "decision": id_, "verdict": verdict, "next_review_on": as_day(next_review_on)}
    parts = [_("{decision} is looked at: {verdict}.").format(decision=id_, verdict=_(verdict))]
    if next_review_on is not None:
        parts.append(_("Again on {day}.").format(day=said(next_review_on)))
    then = {
        "keep": f"tillit lineage {id_}",
        "adapt": f"tillit decide TITLE --supersedes {id_}",
        "stop": f"tillit reverse {id_} --reason WHY",
    }[verdict]
    facts = {"decision": id_, "verdict": verdict, "next_review_on": as_day(next_review_on)}
    record(writing, "review", fields, lambda _told: Said(" ".join(parts), facts, then))
