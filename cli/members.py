"""Recording who takes part: people, groups, what they can and have to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.completion import live
from cli.days import DAY, said
from cli.lookup import look_up
from cli.naming import HANDLE
from cli.options import writes
from cli.recording import Said, day_edge, record
from cli.values import AMOUNT, TEXT
from cli.words import _

if TYPE_CHECKING:
    from decimal import Decimal

    from cli.call import Writing
    from cli.days import Moment

LEVELS = ("learning", "able", "teaching")


@click.command(help=_("Enter a person or a group.\n\n    tillit member add anna --name 'Anna Berg'"))
@click.argument("handle", type=HANDLE)
@click.option("--name", type=TEXT, help=_("The name to show."))
@click.option("--group", is_flag=True, help=_("A group: a team, a board, a post."))
@click.option(
    "--acts", type=click.Choice(("together", "each")), help=_("How its occupants decide; together if not said.")
)
@click.option("--body", is_flag=True, help=_("A group of elected members, which decides together in its own right."))
@writes()
def add(writing: Writing, handle: str, name: str | None, group: bool, acts: str | None, body: bool) -> None:
    fields = {"handle": handle, "name": name, "group": group or body, "acts": acts, "body": body}
    group = group or body
    then = f"tillit member join {handle} HANDLE" if group else f"tillit offer CODE --to {handle}"
    kind = _("{handle} is a group.") if group else _("{handle} is a member.")
    record(writing, "member add", fields, lambda _told: Said(kind.format(handle=handle), {"member": handle}, then))


@click.command(help=_("Change the name that is shown; the handle stays.\n\n    tillit member rename anna 'Anna Ek'"))
@click.argument("handle", shell_complete=live("handle"))
@click.argument("name", type=TEXT)
@writes()
def rename(writing: Writing, handle: str, name: str) -> None:
    sentence = _("{handle} is called {name} from now on.").format(handle=handle, name=name)
    record(writing, "member rename", {"handle": handle, "name": name}, lambda _told: Said(sentence, {"member": handle}))


@click.command(help=_("Let a member into a group, from --on.\n\n    tillit member join ledningsgrupp anna"))
@click.argument("group", shell_complete=live("handle"))
@click.argument("handle", shell_complete=live("handle"))
@click.option("--until", type=DAY, help=_("The day the time in the group ends."))
@writes()
def join(writing: Writing, group: str, handle: str, until: Moment | None) -> None:
    sentence = _("{handle} sits in {group}.").format(handle=handle, group=group)
    fields = {"group": group, "handle": handle, "until": day_edge(until)}
    record(writing, "member join", fields, lambda _told: Said(sentence, {"group": group, "member": handle}))


@click.command(help=_("Let a member go out of a group, from --on.\n\n    tillit member part ledningsgrupp anna"))
@click.argument("group", shell_complete=live("handle"))
@click.argument("handle", shell_complete=live("handle"))
@writes()
def part(writing: Writing, group: str, handle: str) -> None:
    sentence = _("{handle} no longer sits in {group}.").format(handle=handle, group=group)
    fields = {"group": group, "handle": handle}
    record(writing, "member part", fields, lambda _told: Said(sentence, {"group": group, "member": handle}))


@click.command(
    help=_("A member leaves; --on is the first day without them.\n\n    tillit member leave bo --on 2027-03-01")
)
@click.argument("handle", shell_complete=live("handle"))
@writes()
def leave(writing: Writing, handle: str) -> None:
    """What the member holds is listed first: it falls vacant on that day."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    day = writing.occurred
    changes = look_up(writing, day, lambda view: list(questions.what_if_leaves(view, handle, day)))
    lost = [str(row["name"]) for row in changes if row["what"] == "responsibility"]
    when = said(writing.on) if writing.on is not None else _("now")
    sentence = _("{handle} leaves: {day}.").format(handle=handle, day=when)
    if lost:
        sentence += " " + _("Vacant then: {codes}.").format(codes=", ".join(lost))
    then = "tillit vacant" if lost else ""
    record(
        writing,
        "member leave",
        {"handle": handle},
        lambda _told: Said(sentence, {"member": handle, "vacant": lost}, then),
    )


@click.command(help=_("A member who left comes back; what they held does not.\n\n    tillit member return bo"))
@click.argument("handle", shell_complete=live("handle"))
@writes()
def return_(writing: Writing, handle: str) -> None:
    sentence = _("{handle} is back; earlier delegations are not.").format(handle=handle)
    record(writing, "member return", {"handle": handle}, lambda _told: Said(sentence, {"member": handle}))


@click.command(help=_("Say what you have to give.\n\n    tillit capacity 20"))
@click.argument("amount", type=AMOUNT)
@click.option(
    "--unit", type=click.Choice(("hours_week", "points")), default="hours_week", help=_("Hours a week, or points.")
)
@writes()
def capacity(writing: Writing, amount: Decimal, unit: str) -> None:
    sentence = _("{handle} has {amount} {unit} to give.").format(handle=writing.by(), amount=amount, unit=unit)
    record(
        writing, "capacity", {"amount": amount, "unit": unit}, lambda _told: Said(sentence, {"member": writing.by()})
    )


@click.command(help=_("Say what you can.\n\n    tillit competence upphandling --level able"))
@click.argument("competence")
@click.option("--level", type=click.Choice(LEVELS), required=True, help=_("Learning it, able, or teaching others."))
@click.option("--evidence", type=TEXT, help=_("What shows it."))
@writes()
def competence(writing: Writing, competence: str, level: str, evidence: str | None) -> None:
    fields = {"competence": competence, "level": level, "evidence": evidence}
    sentence = _("{handle} says: {competence}, {level}.").format(
        handle=writing.by(), competence=competence, level=level
    )
    then = f"tillit confirm {writing.by()} {competence} --level {level}"
    record(writing, "competence", fields, lambda _told: Said(sentence, {"member": writing.by()}, then))


@click.command(help=_("Confirm what somebody else can.\n\n    tillit confirm anna upphandling --level able"))
@click.argument("handle", shell_complete=live("handle"))
@click.argument("competence")
@click.option("--level", type=click.Choice(LEVELS), required=True, help=_("As you have seen it."))
@writes()
def confirm(writing: Writing, handle: str, competence: str, level: str) -> None:
    fields = {"handle": handle, "competence": competence, "level": level}
    sentence = _("{by} confirms {competence} of {handle}: {level}.").format(
        by=writing.by(), competence=competence, handle=handle, level=level
    )
    record(writing, "confirm", fields, lambda _told: Said(sentence, {"member": handle}))


@click.command(
    help=_("Take a competence back, your own or your word on it.\n\n    tillit withdraw-competence anna upphandling")
)
@click.argument("handle", shell_complete=live("handle"))
@click.argument("competence")
@writes()
def withdraw_competence(writing: Writing, handle: str, competence: str) -> None:
    sentence = _("{competence} of {handle} is withdrawn.").format(competence=competence, handle=handle)
    fields = {"handle": handle, "competence": competence}
    record(writing, "withdraw-competence", fields, lambda _told: Said(sentence, {"member": handle}))


@click.command(
    help=_("Say when you are away; no cause is asked for.\n\n    tillit away --from 2027-07-01 --until 2027-08-01")
)
@click.option("--from", "since", type=DAY, required=True, help=_("The first day away."))
@click.option("--until", type=DAY, required=True, help=_("The first day back."))
@writes()
def away(writing: Writing, since: Moment, until: Moment) -> None:
    fields = {"from": day_edge(since), "until": day_edge(until)}
    sentence = _("{handle} is away from {since} until {until}.").format(
        handle=writing.by(), since=said(since), until=said(until)
    )
    record(
        writing, "away", fields, lambda _told: Said(sentence, {"member": writing.by()}, "tillit vacant --within 30d")
    )
