"""What people say of an open matter: advice, concerns, objections, consents, and standing aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from cli.completion import live
from cli.days import DAY, said
from cli.errors import Usage
from cli.lookup import decision_id, on_the_table
from cli.matter import MATTER, what_next
from cli.options import writes
from cli.recording import Said, as_day, record
from cli.values import TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.call import Writing
    from cli.days import Moment
    from ledger import AdviceSought, ConsentGiven, ObjectionRaised, Told


@click.command(
    "ask-advice",
    help=_(
        "Ask for advice before a matter is decided; it binds no one.\n\n    tillit ask-advice D-7k3q2 --of cia --of ekonomi --by-when +1w"
    ),
)
@MATTER
@click.option(
    "--of",
    multiple=True,
    required=True,
    shell_complete=live("handle"),
    metavar="HANDLE",
    help=_("Whom you ask; repeat for more."),
)
@click.option(
    "--as",
    "asked_as",
    type=click.Choice(("affected", "expert", "condition", "delegator", "delegatee")),
    help=_("As what you ask them, where the matter does not say it."),
)
@click.option("--by-when", type=DAY, help=_("The day to answer by; a week if not said."))
@writes()
def ask_advice(
    writing: Writing, decision: str, of: tuple[str, ...], asked_as: str | None, by_when: Moment | None
) -> None:
    id_ = decision_id(writing, decision)
    fields = {"decision": id_, "of": of, "asked_as": asked_as, "by_when": as_day(by_when)}

    def answer(told: Told) -> Said:
        events = [cast("AdviceSought", entry.event) for entry in told.entries]
        each = [f"{who} ({_(event.asked_as)})" for event in events for who in event.of]
        until = events[0].by_when
        sentence = _("Advice on {decision} is asked of {members}, until {day}.").format(
            decision=id_, members=", ".join(each), day=said(until) if until else ""
        )
        facts = {"decision": id_, "of": [who for event in events for who in event.of], "by_when": until}
        return Said(sentence, facts, what_next(writing, id_))

    record(writing, "ask-advice", fields, answer)


@click.command(
    help=_(
        "Give the advice that you were asked for.\n\n    tillit advise D-7k3q2 'lease them: prices fall' --leaning for"
    )
)
@MATTER
@click.argument("text", type=TEXT)
@click.option(
    "--leaning", type=click.Choice(("for", "against", "neither")), help=_("Where it leans; neither if not said.")
)
@writes()
def advise(writing: Writing, decision: str, text: str, leaning: str | None) -> None:
    id_ = decision_id(writing, decision)
    sentence = _("{by} has advised on {decision}.").format(by=writing.by(), decision=id_)
    _say(writing, "advise", sentence, {"decision": id_, "text": text, "leaning": leaning})


@click.command(
    help=_("Note a worry that stops nothing, to be watched.\n\n    tillit concern D-7k3q2 'the roads there are narrow'")
)
@MATTER
@click.argument("text", type=TEXT)
@writes()
def concern(writing: Writing, decision: str, text: str) -> None:
    id_ = decision_id(writing, decision)
    sentence = _("The concern of {by} stands beside {decision}; it stops nothing.").format(
        by=writing.by(), decision=id_
    )
    _say(writing, "concern", sentence, {"decision": id_, "text": text})


@click.command(
    "object",
    help=_(
        "Raise an objection: an argument that shows harm, or something worth bettering.\n\n"
        "    tillit object D-7k3q2 'they do not start in the cold' --kind side_effect"
    ),
)
@MATTER
@click.argument("argument", type=TEXT)
@click.option(
    "--kind",
    type=click.Choice(("effectiveness", "side_effect", "efficiency", "outside_mandate", "conflict")),
    help=_("What it is about; effectiveness if not said."),
)
@writes()
def object_(writing: Writing, decision: str, argument: str, kind: str | None) -> None:
    id_ = decision_id(writing, decision)

    def answer(told: Told) -> Said:
        number = cast("ObjectionRaised", told.entries[0].event).objection
        stops = on_the_table(writing, id_)["process"] in {"consent", "consensus"}
        what = _("it is resolved before anything is decided") if stops else _("whoever decides will see it")
        sentence = _("Objection {number} to {decision} is raised; {what}.").format(
            number=number, decision=id_, what=what
        )
        facts = {"decision": id_, "objection": number, "stops": stops}
        return Said(sentence, facts, f"tillit amend {id_} --answers 'objection {number}'")

    record(writing, "object", {"decision": id_, "argument": argument, "kind": kind}, answer)


@click.command(
    help=_(
        "Say how an objection was met. Where consent is asked, the proposer does not go on over one alone: --with names who raised it, or another whose consent is asked, and agrees.\n\n    tillit resolve D-7k3q2 1 --how integrated --explanation 'heaters are part of it'"
    )
)
@MATTER
@click.argument("objection", type=click.IntRange(min=1))
@click.option(
    "--how",
    required=True,
    type=click.Choice(("integrated", "withdrawn", "not_an_objection", "deferred")),
    help=_("By amending the proposal, by its own author, by showing that it is none, or by a day to come back to it."),
)
@click.option("--explanation", type=TEXT, help=_("Why; where the proposal goes on as it is, it is needed."))
@click.option("--follow-up-on", type=DAY, help=_("When a deferred one is looked at again."))
@writes()
def resolve(
    writing: Writing, decision: str, objection: int, how: str, explanation: str | None, follow_up_on: Moment | None
) -> None:
    id_ = decision_id(writing, decision)
    fields = {
        "decision": id_,
        "objection": objection,
        "how": how,
        "explanation": explanation,
        "follow_up_on": as_day(follow_up_on),
    }
    parts = [
        _("Objection {number} to {decision} is resolved: {how}.").format(number=objection, decision=id_, how=_(how))
    ]
    if follow_up_on is not None:
        parts.append(_("It is looked at again on {day}.").format(day=said(follow_up_on)))
    _say(writing, "resolve", " ".join(parts), fields)


@click.command(
    help=_(
        "Consent to a proposal as it reads: you have no objection to it.\n\n    tillit consent D-7k3q2\n\n    tillit consent D-7k3q2 --version 2"
    )
)
@MATTER
@click.option("--version", type=click.IntRange(min=1), help=_("The version you read, where it was amended."))
@writes()
def consent(writing: Writing, decision: str, version: int | None) -> None:
    now = on_the_table(writing, decision)
    id_ = str(now["decision"])
    if version is None and now["version"] > 1 and now["waits"]:
        # Whoever read an earlier one would consent to what they have not seen.
        raise Usage(
            "consent.which_version",
            later("{decision} was amended and is version {version} now; say with --version which one you read."),
            hints=(f"tillit history {id_}",),
            decision=id_,
            version=now["version"],
        )

    def answer(told: Told) -> Said:
        event = cast("ConsentGiven", told.entries[0].event)
        who = writing.by() if event.acting_for is None else f"{writing.by()} ({event.acting_for})"
        sentence = _("{by} consents to version {version} of {decision}.").format(
            by=who, version=event.on_version, decision=id_
        )
        return Said(sentence, {"decision": id_, "version": event.on_version}, what_next(writing, id_))

    record(writing, "consent", {"decision": id_, "version": version or 1}, answer)


@click.command(
    "stand-aside",
    help=_("Neither consent nor object, and say why.\n\n    tillit stand-aside D-7k3q2 --reason 'I am new here'"),
)
@MATTER
@writes(reason="must")
def stand_aside(writing: Writing, decision: str) -> None:
    id_ = decision_id(writing, decision)
    sentence = _("{by} stands aside from {decision}, which is no consent.").format(by=writing.by(), decision=id_)
    _say(writing, "stand-aside", sentence, {"decision": id_})


def _say(writing: Writing, do: str, sentence: str, fields: Mapping[str, object]) -> None:
    id_ = str(fields["decision"])
    record(writing, do, fields, lambda _told: Said(sentence, {"decision": id_}, what_next(writing, id_)))
