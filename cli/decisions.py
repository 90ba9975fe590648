"""Asking what was decided, and what replaced what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.days import SINCE, edge
from cli.errors import Usage
from cli.options import reads
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Asking
    from cli.days import Moment

DECIDED = ("decision", "date", "title", "responsibility", "by", "type", "amount", "verdict", "status", "review_on")
OUTSIDE = ("decision", "by", "type", "amount", "link", "dimension", "limit", "reason", "settled_by", "days_open")
ACTING = ("decision", "date", "title", "by", "acting_for", "as")
UNTIMELY = ("decision", "by", "when", "why_untimely", "link")
EXPIRED = ("decision", "by", "mandate_ended", "decided", "days_after")
RESERVED = ("decision", "type", "reserved_by", "decided_in")
JOINT = ("decision", "group", "acts", "occupants_then", "profile_rule")
# What an audit asks about: the columns of each answer, and the sentence where there is nothing.
FINDINGS = {
    "untimely": (UNTIMELY, later("Nobody decided after leaving or before accepting.")),
    "expired": (EXPIRED, later("Nothing was decided on a mandate that had ended.")),
    "reserved": (RESERVED, later("No reserved matter was decided below.")),
    "joint": (JOINT, later("No group decided where only one may.")),
}
ALL = tuple(dict.fromkeys((*DECIDED, *OUTSIDE, *ACTING, "asked", *UNTIMELY, *EXPIRED, "cause", *RESERVED, *JOINT)))


@click.command(help=_("What has been decided.\n\n    tillit decisions --since 30d --in norr"))
@click.option("--since", type=SINCE, help=_("Made on that day or later, as in 30d or 2027-01-01."))
@click.option("--in", "in_", shell_complete=live("code"), metavar="CODE", help=_("In this responsibility."))
@click.option("--by", "by", shell_complete=live("handle"), metavar="HANDLE", help=_("Made by this member."))
@click.option("--outside", is_flag=True, help=_("Only those made outside mandate or as urgent."))
@click.option("--acting", is_flag=True, help=_("Only those made by stand-ins."))
@click.option("--open", "open_", is_flag=True, help=_("Matters that are not decided yet."))
@click.option("--tag", metavar="LABEL", help=_("Only those with this tag."))
@click.option("--untimely", is_flag=True, help=_("Only those made after leaving, or before accepting."))
@click.option("--expired", is_flag=True, help=_("Only those made on a mandate that had ended."))
@click.option("--reserved", is_flag=True, help=_("Only those below what reserves their type."))
@click.option("--joint", is_flag=True, help=_("Only those of a group where the profile lets only one decide."))
@reads(*ALL)
def decisions(
    asking: Asking,
    since: Moment | None,
    in_: str | None,
    by: str | None,
    outside: bool,
    acting: bool,
    open_: bool,
    tag: str | None,
    **which: bool,
) -> None:
    from ledger import Filters, questions  # noqa: PLC0415 - the front door, when a command needs it

    filters = Filters(None if since is None else edge(since), in_, by, outside, acting, open_, tag)
    found = [name for name in FINDINGS if which[name]]
    if len(found) + open_ > 1:
        raise Usage("decisions.one_finding", later("Ask for one of {names} at a time."), names=", ".join(FINDINGS))
    if found:
        columns, nothing = FINDINGS[found[0]]
        shown = asking.usual(*columns)
        with ask(asking, getattr(questions, found[0]), filters) as got:
            answer(got.value, shown, nothing=_(nothing), known=got.known)
        return
    columns = OUTSIDE if outside else ACTING if acting else DECIDED
    shown = asking.usual(*columns)
    with ask(asking, questions.decisions, filters) as got:
        answer(got.value, shown, nothing=_("No decision fits."), known=got.known)


@click.command(help=_("What a decision took over from, and what took over from it.\n\n    tillit lineage D-7k3q2"))
@click.argument("decision", shell_complete=live("decision"))
@reads("decision", "date", "title", "status", "supersedes", "part", "why")
def lineage(asking: Asking, decision: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.lineage, decision) as got:
        answer(got.value, asking, nothing=_("There is no such decision at that moment."), known=got.known)
