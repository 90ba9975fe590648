"""Opening a matter, changing it, and ending it without a decision to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from cli.completion import live
from cli.days import DAY, said
from cli.goals import goal_names
from cli.lookup import decision_id, on_the_table
from cli.matter import MATTER, about, kind, record_on, what_next, where_and_what
from cli.options import writes
from cli.recording import Said, as_day, record
from cli.values import AMOUNT, TEXT
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Writing
    from cli.days import Moment
    from ledger import DecisionProposed, ProposalAmended, Told


@click.command(
    help=_(
        "Open a matter, to be decided after advice, by consent, or by consensus.\n\n"
        "    tillit propose 'Lease two vans' --in vagn --type purchase/vehicle --option lease --option buy --affected cia\n\n"
        "    tillit propose 'We answer within a day' --in root --type rule --process consent --consenter anna --consenter bo"
    )
)
@click.argument("title", type=TEXT)
@about
@click.option(
    "--process",
    type=click.Choice(("alone", "advice", "consent", "consensus")),
    help=_("How it is decided; by consent where consenters are named, else after advice."),
)
@click.option(
    "--consenter",
    "consenters",
    multiple=True,
    shell_complete=live("handle"),
    metavar="HANDLE",
    help=_("Whose consent it takes; repeat for more."),
)
@click.option("--recommends", type=TEXT, help=_("The option that you would choose."))
@click.option(
    "--decide-by", type=DAY, help=_("When it is to be decided; under consent, silence has had its time then.")
)
@kind
@writes()
def propose(
    writing: Writing,
    title: str,
    in_: str | None,
    type: str | None,  # noqa: A002 - click's word
    process: str | None,
    decide_by: Moment | None,
    follows: str | None,
    **words: Any,
) -> None:
    where, what, inferred = where_and_what(writing, in_, type)
    process = process or ("consent" if words["consenters"] else "advice")
    # What others are asked about is the proposal itself, where it names nothing to choose from.
    options = words.pop("options") or (() if process == "alone" else (title,))
    fields = {
        **words,
        "title": title,
        "in": where,
        "type": what,
        "process": process,
        "options": options,
        "goals": goal_names(writing, words["goals"]),
        "decide_by": as_day(decide_by),
        "follows": follows and decision_id(writing, follows),
    }

    def answer(told: Told) -> Said:
        entry = told.entries[0]
        event = cast("DecisionProposed", entry.event)
        asked = _(" of {members}").format(members=", ".join(event.consenters)) if event.consenters else ""
        how = {
            "alone": _("to be decided"),
            "advice": _("to be decided after advice"),
            "consent": _("to be decided by consent{asked}").format(asked=asked),
            "consensus": _("to be decided by consensus{asked}").format(asked=asked),
        }[event.process]
        parts = [_("{decision} is proposed, {how}: {title}.").format(decision=entry.stream, how=how, title=title)]
        if decide_by is not None:
            parts.append(_("Decide by {day}.").format(day=said(decide_by)))
        facts = {"decision": entry.stream, "process": event.process, "consenters": list(event.consenters), "version": 1}
        return Said(" ".join([*parts, inferred]).rstrip(), facts, what_next(writing, entry.stream))

    record(writing, "propose", fields, answer)


@click.command(
    help=_(
        "Change what is proposed; consents given before do not count for the new version.\n\n"
        "    tillit amend D-7k3q2 --amount 38000 --answers 'objection 1'"
    )
)
@MATTER
@click.option("--title", type=TEXT, help=_("What it is called."))
@click.option("--amount", type=AMOUNT, help=_("What it costs."))
@click.option("--scope", multiple=True, metavar="LABEL", help=_("Where it holds; repeat for more."))
@click.option("--one-way/--two-way", default=None, help=_("Whether it cannot be undone, or can."))
@click.option("--counterparty", type=TEXT, help=_("With whom."))
@click.option("--question", type=TEXT, help=_("The situation that calls for it."))
@click.option("--option", "options", multiple=True, type=TEXT, help=_("All that could be chosen; repeat for more."))
@click.option("--recommends", type=TEXT, help=_("The option that you would choose."))
@click.option(
    "--affected",
    multiple=True,
    shell_complete=live("handle"),
    metavar="HANDLE",
    help=_("All whom it affects; repeat for more."),
)
@click.option("--goal", "goals", multiple=True, type=TEXT, help=_("All goals that it serves; repeat for more."))
@click.option("--decide-by", type=DAY, help=_("When it is to be decided."))
@click.option("--answers", metavar="REF", help=_("What it answers: 'objection 1', or an entry D-…/4."))
@writes()
def amend(writing: Writing, decision: str, decide_by: Moment | None, answers: str | None, **words: Any) -> None:
    id_ = decision_id(writing, decision)
    words["goals"] = goal_names(writing, words["goals"])
    fields = {**words, "decision": id_, "decide_by": as_day(decide_by), "because": answers}

    def answer(told: Told) -> Said:
        changed = [each.field for each in cast("ProposalAmended", told.entries[0].event).changes]
        now = on_the_table(writing, id_)
        sentence = _("{decision} is version {version} now; changed: {fields}.").format(
            decision=id_, version=now["version"], fields=", ".join(changed)
        )
        facts = {"decision": id_, "version": now["version"], "changed": changed}
        parts = (sentence, _("Nobody has consented to it yet.")) if now["consenters"] else (sentence,)
        return Said(" ".join(parts), facts, what_next(writing, id_))

    record(writing, "amend", fields, answer)


def decline_proposal(writing: Writing, decision: str) -> None:
    """Decide not to do what is proposed: `tillit decline` of a decision."""
    id_ = decision_id(writing, decision)
    sentence = _("{decision} is declined; it is kept with the reason.").format(decision=id_)
    record_on(writing, "decline proposal", id_, sentence)


@click.command(
    help=_("Take back what you proposed.\n\n    tillit withdraw D-7k3q2 --reason 'the vans were repaired after all'")
)
@MATTER
@writes(reason="must")
def withdraw(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    record_on(writing, "withdraw", id_, _("{decision} is withdrawn.").format(decision=id_))
