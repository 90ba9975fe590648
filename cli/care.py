"""Staying near a delegation: check-ins, support and reviews, said and asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.days import DAY, said
from cli.lookup import look_up
from cli.options import reads, writes
from cli.recording import Said, as_day, record, said_of
from cli.tables import answer
from cli.values import TEXT
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Asking, Writing
    from cli.days import Moment
    from ledger import Told

# As they are said, and as they are recorded.
STATES = {"going-well": "going_well", "needs-support": "needs_support", "blocked": "blocked"}
FITS = ("fits", "change")
MANDATES = {"keep": "", "widen": "change-mandate", "narrow": "change-mandate", "end": "revoke"}


@click.command(
    "check-in",
    help=_(
        "Record a talk about how it goes; it changes nothing. The other side is the holder, or who stands above, where --with names nobody.\n\n    tillit check-in norr --state going-well --next 2027-03-15"
    ),
)
@click.argument("code", shell_complete=live("code"))
@click.option("--state", type=click.Choice(tuple(STATES)), required=True, help=_("How it goes."))
@click.option("--asked-by", metavar="HANDLE", shell_complete=live("handle"), help=_("Who wanted it; you if not said."))
@click.option("--unplanned", is_flag=True, help=_("Nobody had agreed on it beforehand."))
@click.option("--note", type=TEXT, help=_("What was said; it can be erased."))
@click.option("--next", "next_on", type=DAY, help=_("The day of the next one."))
@writes(reason="no")
def check_in(
    writing: Writing,
    code: str,
    state: str,
    asked_by: str | None,
    unplanned: bool,
    note: str | None,
    next_on: Moment | None,
) -> None:
    fields = {
        "code": code,
        "state": STATES[state],
        "asked_by": asked_by,
        "planned": not unplanned,
        "note": note,
        "next_on": as_day(next_on),
    }
    writing = _with_the_other_side(writing, code)
    parts = [
        _("Checked in on {code} with {others}: {state}.").format(
            code=code, others=", ".join(writing.together_with), state=state
        )
    ]
    if next_on is not None:
        parts.append(_("Next on {day}.").format(day=said(next_on)))
    then = f"tillit ask-support {code} --what TEXT" if state != "going-well" else ""
    record(writing, "check-in", fields, said_of(code, " ".join(parts), then, state=STATES[state]))


@click.command(
    "ask-support",
    help=_("Ask for help with what you hold.\n\n    tillit ask-support norr --what 'a lawyer for a day' --of eva"),
)
@click.argument("code", shell_complete=live("code"))
@click.option("--what", type=TEXT, required=True, help=_("What would help."))
@click.option(
    "--of", metavar="HANDLE", shell_complete=live("handle"), help=_("Whom you ask; who stands above if not said.")
)
@writes(reason="no")
def ask_support(writing: Writing, code: str, what: str, of: str | None) -> None:
    def told_of(told: Told) -> Said:
        asked = told.entries[0].event
        whom, number = getattr(asked, "of", ""), getattr(asked, "support", 0)
        facts = {"responsibility": told.entries[0].stream, "code": code, "support": number, "of": whom}
        sentence = _("{of} is asked for support with {code}.").format(of=whom, code=code)
        return Said(sentence, facts, f"tillit give-support {code} --what TEXT --me {whom}")

    record(writing, "ask-support", {"code": code, "what": what, "of": of}, told_of)


@click.command(
    "give-support",
    help=_("Say what help you gave.\n\n    tillit give-support norr --what 'our own lawyer, on Friday'"),
)
@click.argument("code", shell_complete=live("code"))
@click.option("--what", type=TEXT, required=True, help=_("What you gave."))
@click.option("--support", type=click.IntRange(min=1), metavar="N", help=_("Which, where several wait."))
@writes(reason="no")
def give_support(writing: Writing, code: str, what: str, support: int | None) -> None:
    sentence = _("{by} gave support with {code}.").format(by=writing.by(), code=code)
    fields = {"code": code, "what": what, "support": support}
    record(writing, "give-support", fields, said_of(code, sentence, "tillit support --open"))


@click.command(
    "review-delegation",
    help=_(
        "Judge together how a responsibility is cut, its mandate, and the delegator's own part. It changes nothing by itself.\n\n    tillit review-delegation norr --design fits --mandate widen --delegator-part change --learned 'ask earlier'"
    ),
)
@click.argument("code", shell_complete=live("code"))
@click.option("--design", type=click.Choice(FITS), required=True, help=_("Whether the responsibility is cut right."))
@click.option("--mandate", type=click.Choice(tuple(MANDATES)), required=True, help=_("What the mandate should do."))
@click.option(
    "--delegator-part", type=click.Choice(FITS), required=True, help=_("Whether what the delegator does for it fits.")
)
@click.option("--learned", type=TEXT, required=True, help=_("What both of you learnt."))
@click.option("--next", "next_review_on", type=DAY, help=_("When you look at it again."))
@writes(reason="no")
def review_delegation(
    writing: Writing,
    code: str,
    design: str,
    mandate: str,
    delegator_part: str,
    learned: str,
    next_review_on: Moment | None,
) -> None:
    fields = {
        "code": code,
        "design": design,
        "mandate": mandate,
        "delegator_part": delegator_part,
        "learned": learned,
        "next_review_on": as_day(next_review_on),
    }
    writing = _with_the_other_side(writing, code)
    sentence = _(
        "{code} is reviewed with {others}: design {design}, mandate {mandate}, the delegator's part {part}."
    ).format(code=code, others=", ".join(writing.together_with), design=design, mandate=mandate, part=delegator_part)
    if next_review_on is not None:
        sentence += " " + _("Next review on {day}.").format(day=said(next_review_on))
    following = MANDATES[mandate] or ("clarify" if design == "change" else "")
    then = f"tillit {following} {code} --reason TEXT" if following else ""
    record(writing, "review-delegation", fields, said_of(code, sentence, then, mandate=mandate))


@click.command(
    "check-ins",
    help=_("Which check-ins were promised, and when the last one was.\n\n    tillit check-ins --missed"),
)
@click.option("--missed", is_flag=True, help=_("Only where one is overdue."))
@reads("responsibility", "code", "holder", "delegator", "agreed_every", "last", "state", "next_on", "days_over")
def check_ins(asking: Asking, missed: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.check_ins, missed=missed) as got:
        nothing = _("No promised check-in is overdue.") if missed else _("No check-ins are promised or were held.")
        answer(got.value, asking, nothing=nothing, known=got.known)


@click.command(help=_("Who has asked for support, and who waits for it.\n\n    tillit support --open"))
@click.option("--open", "waiting", is_flag=True, help=_("Only what still waits."))
@reads("asked", "by", "of", "what", "age", "responsibility", "code", "support", "waits", "given", "given_by", "answer")
def support(asking: Asking, waiting: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.supports, waiting=waiting) as got:
        nothing = _("Nobody waits for support.") if waiting else _("Nobody has asked for support.")
        answer(got.value, asking, nothing=nothing, known=got.known)


def _with_the_other_side(writing: Writing, code: str) -> Writing:
    """The same, with the other side of that delegation named where nobody is and it is certain who it is."""
    if writing.together_with:
        return writing
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    other = look_up(writing, writing.occurred, questions.other_side, writing.by(), code)
    return writing if other is None else replace(writing, together_with=(other,))
