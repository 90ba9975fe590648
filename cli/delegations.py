"""Recording the life of a delegation, from the offer to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from cli.completion import live
from cli.days import DAY, PERIOD, said
from cli.errors import Usage
from cli.lookup import DECISION, look_up
from cli.mandates import mandate, terms
from cli.options import writes
from cli.proposing import decline_proposal
from cli.recording import Said, as_day, day_edge, record, said_of
from cli.values import TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from typing import Any

    from cli.call import Writing
    from cli.days import Moment
    from ledger import DelegationOffered, Told

LACKING = ("authority", "resources", "competence", "capacity", "other")
INHERITED = ("types", "amount", "amount_per_year", "scope", "one_way", "further", "until", "conditions")


@click.command(
    help=_(
        "Offer a responsibility to a member. What is left out of the mandate is the parent's.\n\n    tillit offer norr --to anna --types 'purchase/*' --amount 200000 --level 5"
    )
)
@click.argument("code", shell_complete=live("code"))
@click.option(
    "--to", required=True, shell_complete=live("handle"), metavar="HANDLE", help=_("Who is asked to take it.")
)
@terms
@click.option("--from", "since", type=DAY, help=_("The day it begins; when it is accepted if not said."))
@click.option("--review-on", type=DAY, help=_("When you look at it together; in a year if not said."))
@click.option(
    "--resources", multiple=True, type=TEXT, help=_("What comes with it: money, time, people; repeat for more.")
)
@click.option(
    "--delegator-duty",
    "--duty",
    "delegator_duties",
    multiple=True,
    type=TEXT,
    help=_("What the delegator does for it; repeat for more."),
)
@click.option("--check-in-every", type=PERIOD, help=_("The agreed rhythm of check-ins, as in 2w or 1mo."))
@writes()
def offer(writing: Writing, code: str, to: str, since: Moment | None, review_on: Moment | None, **terms: Any) -> None:
    every = terms.pop("check_in_every")
    fields = {
        "code": code,
        "to": to,
        "from": day_edge(since),
        "review_on": as_day(review_on),
        "check_in_every": None if every is None else str(every),
        **mandate(terms),
    }

    def answer(told: Told) -> Said:
        event = cast("DelegationOffered", told.entries[0].event)
        given = _("{code} is offered to {to}, level {level}.")
        if event.in_force:
            given = _("{code} is held by {to} without waiting for an answer, level {level}.")
        parts = [given.format(code=code, to=to, level=event.mandate.level)]
        parts.append(_("Review on {day}.").format(day=said(event.review_on)))
        if event.mandate.until is not None:
            parts.append(_("It ends on {day}.").format(day=said(event.mandate.until.date())))
        if event.succeeds is not None and not event.in_force:
            parts.append(_("Accepting hands it over at that moment."))
        if event.readiness:
            known = ", ".join(f"{_(leg)} ({gap})" for leg, gap in event.readiness.items())
            parts.append(_("Known gaps: {gaps}.").format(gaps=known))
        facts = {"responsibility": told.entries[0].stream, "code": code, "delegation": event.delegation, "to": to}
        facts |= {"review_on": event.review_on, "readiness_gaps": event.readiness}
        return Said(" ".join(parts), facts, f"tillit accept {code} --me {to}")

    record(writing, "offer", fields, answer)


@click.command(
    help=_("Take on what was offered to you; the code may be left out where one offer waits.\n\n    tillit accept norr")
)
@click.argument("code", required=False, shell_complete=live("code"))
@click.option("--reservations", type=TEXT, help=_("What you take it on with."))
@writes()
def accept(writing: Writing, code: str | None, reservations: str | None) -> None:
    code = _only_offer(writing) if code is None else code
    sentence = _("{code} is {by}'s.").format(code=code, by=writing.by())
    fields = {"code": code, "reservations": reservations}
    record(writing, "accept", fields, said_of(code, sentence, f"tillit holds {writing.by()}"))


@click.command(
    help=_(
        "Say no to an offer, which is never held against you, or to what is proposed.\n\n"
        "    tillit decline norr --reason 'no time before May'\n\n"
        "    tillit decline D-7k3q2 --reason 'not this year'"
    )
)
@click.argument("code", shell_complete=live("code"))
@writes(reason="must")
def decline(writing: Writing, code: str) -> None:
    # No code has a capital.
    if DECISION.fullmatch(code):
        decline_proposal(writing, code)
        return
    record(writing, "decline", {"code": code}, said_of(code, _("The offer of {code} is declined.").format(code=code)))


@click.command("withdraw-offer", help=_("Take an offer back before its answer.\n\n    tillit withdraw-offer norr"))
@click.argument("code", shell_complete=live("code"))
@writes()
def withdraw_offer(writing: Writing, code: str) -> None:
    sentence = _("The offer of {code} is withdrawn.").format(code=code)
    record(writing, "withdraw-offer", {"code": code}, said_of(code, sentence))


@click.command(
    "change-mandate",
    help=_(
        "Widen or narrow a mandate; what is not given stays.\n\n    tillit change-mandate norr --amount 80000 --reason 'two vans a year' --agreed-by anna"
    ),
)
@click.argument("code", shell_complete=live("code"))
@terms
@click.option(
    "--inherit", multiple=True, type=click.Choice(INHERITED), help=_("Make this the parent's again; repeat for more.")
)
@click.option("--agreed-by", multiple=True, metavar="HANDLE", help=_("Who has said yes; widening needs the holder's."))
@writes(reason="must")
def change_mandate(
    writing: Writing, code: str, inherit: tuple[str, ...], agreed_by: tuple[str, ...], **terms: Any
) -> None:
    fields = {"code": code, "inherit": inherit, "agreed_by": agreed_by, **mandate(terms)}

    def answer(told: Told) -> Said:
        way = getattr(told.entries[0].event, "direction", "")
        sentence = _("The mandate of {code} is {direction}.").format(code=code, direction=way)
        return Said(
            sentence,
            {"responsibility": told.entries[0].stream, "code": code, "direction": way},
            "tillit register --fields code,delegate,types,amount",
        )

    record(writing, "change-mandate", fields, answer)


@click.command(
    "stand-in",
    help=_(
        "Name who acts while the holder is away.\n\n    tillit stand-in vagn --member cia --from 2027-05-28 --until 2027-06-10 --reason semester"
    ),
)
@click.argument("code", shell_complete=live("code"))
@click.option("--member", required=True, shell_complete=live("handle"), metavar="HANDLE", help=_("Who stands in."))
@click.option("--from", "since", required=True, type=DAY, help=_("The first day."))
@click.option("--until", required=True, type=DAY, help=_("The day it is over."))
@writes(reason="must")
def stand_in(writing: Writing, code: str, member: str, since: Moment, until: Moment) -> None:
    sentence = _("{member} stands in for {code} from {since} until {until}.").format(
        member=member, code=code, since=said(since), until=said(until)
    )
    fields = {"code": code, "member": member, "from": day_edge(since), "until": day_edge(until)}
    record(writing, "stand-in", fields, said_of(code, sentence))


@click.command("end-stand-in", help=_("End a stand-in before its time.\n\n    tillit end-stand-in vagn --member cia"))
@click.argument("code", shell_complete=live("code"))
@click.option("--member", required=True, shell_complete=live("handle"), metavar="HANDLE", help=_("Who stood in."))
@writes()
def end_stand_in(writing: Writing, code: str, member: str) -> None:
    sentence = _("{member} no longer stands in for {code}.").format(member=member, code=code)
    record(writing, "end-stand-in", {"code": code, "member": member}, said_of(code, sentence))


@click.command(help=_("Let a mandate go on.\n\n    tillit renew norr --until 2028-12-31"))
@click.argument("code", shell_complete=live("code"))
@click.option("--until", type=DAY, help=_("The day it ends; with the parent's if not said."))
@click.option("--review-on", type=DAY, help=_("When you look at it together; in a year if not said."))
@click.option("--agreed-by", multiple=True, metavar="HANDLE", help=_("Who has said yes."))
@writes()
def renew(
    writing: Writing, code: str, until: Moment | None, review_on: Moment | None, agreed_by: tuple[str, ...]
) -> None:
    fields = {"code": code, "until": day_edge(until), "review_on": as_day(review_on), "agreed_by": agreed_by}
    end = said(until) if until is not None else _("further notice, or the parent's end")
    record(writing, "renew", fields, said_of(code, _("{code} goes on until {end}.").format(code=code, end=end)))


@click.command(help=_("Say that the task is done.\n\n    tillit complete flytt --summary 'all moved in May'"))
@click.argument("code", shell_complete=live("code"))
@click.option("--summary", required=True, type=TEXT, help=_("What came of it."))
@click.option("--learned", type=TEXT, help=_("What was learnt."))
@writes()
def complete(writing: Writing, code: str, summary: str, learned: str | None) -> None:
    answer = said_of(code, _("{code} is completed.").format(code=code), f"tillit retire {code} --reason done")
    record(writing, "complete", {"code": code, "summary": summary, "learned": learned}, answer)


@click.command(
    "hand-back",
    help=_(
        "Give a responsibility back, saying what was lacking.\n\n    tillit hand-back norr --lacking resources --reason 'half the staff is gone'"
    ),
)
@click.argument("code", shell_complete=live("code"))
@click.option("--lacking", required=True, type=click.Choice(LACKING), help=_("What was lacking."))
@click.option("--effective", type=DAY, help=_("From when; at once if not said."))
@writes(reason="must")
def hand_back(writing: Writing, code: str, lacking: str, effective: Moment | None) -> None:
    sentence = _("{code} is handed back; lacking: {lacking}.").format(code=code, lacking=lacking)
    fields = {"code": code, "lacking": lacking, "effective": day_edge(effective)}
    record(writing, "hand-back", fields, said_of(code, sentence, "tillit vacant"))


@click.command(
    help=_(
        "Take a responsibility back; the reason is recorded.\n\n    tillit revoke norr --reason 'the unit is closed' --talked-first"
    )
)
@click.argument("code", shell_complete=live("code"))
@click.option("--effective", type=DAY, help=_("From when; at once if not said."))
@click.option("--talked-first", is_flag=True, help=_("You talked about it first."))
@writes(reason="must")
def revoke(writing: Writing, code: str, effective: Moment | None, talked_first: bool) -> None:
    sentence = _("{code} is revoked.").format(code=code)
    fields = {"code": code, "effective": day_edge(effective), "talked_first": talked_first}
    record(writing, "revoke", fields, said_of(code, sentence, "tillit vacant"))


def _only_offer(writing: Writing) -> str:
    """The code of the only offer that waits for whoever types. Raises Usage where none does, or several."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    codes = look_up(writing, writing.occurred, questions.offered_to, writing.by())
    if len(codes) == 1:
        return codes[0]
    template = (
        later("Several offers wait for {by}: {codes}; say which.") if codes else later("No offer waits for {by}.")
    )
    raise Usage(
        "accept.which", template, hints=() if codes else ("tillit offers",), by=writing.by(), codes=", ".join(codes)
    )
