"""Asking who owns what, and what has no owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.asking import ask
from cli.completion import live
from cli.days import DAY, PERIOD, edge
from cli.errors import Usage
from cli.options import reads
from cli.show import on_terminal
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.call import Asking
    from cli.days import Moment, Period

OWNED = ("responsibility", "code", "title", "holder", "kind", "level", "since", "until", "stand_in", "parent")
HELD = ("responsibility", "code", "level", "types", "amount", "conditions", "since", "until", "review_on", "delegator")


@click.command(
    help=_(
        "Who owns what: everything, one responsibility, or the tree.\n\n    tillit who-owns --tree --as-of 2027-03-14"
    )
)
@click.argument("code", required=False, shell_complete=live("code"))
@click.option("--tree", is_flag=True, help=_("As a tree, from the root or from CODE down."))
@reads(*OWNED, "occupants")
def who_owns(asking: Asking, code: str | None, tree: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    shown = asking if asking.format in {"json", "jsonl"} else asking.usual(*OWNED)
    wanted = "occupants" in shown.columns
    with ask(asking, questions.who_owns, code, tree=tree, occupants=wanted) as got:
        rows = _indented(got.value) if tree and asking.format == "table" else got.value
        if asking.format == "table" and on_terminal():
            rows = ({**row, "holder": row["holder"] or _("(nobody)")} for row in rows)
        answer(rows, shown, nothing=_("Nothing is defined at that moment."), known=got.known)


@click.command(help=_("What a member holds, and on what terms; you where you name nobody.\n\n    tillit holds anna"))
@click.argument("handle", required=False, shell_complete=live("handle"))
@reads(*HELD, "resources", "delegator_duties", "check_in_every", "acting_for")
def holds(asking: Asking, handle: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    whose = asking.me() if handle is None else handle
    with ask(asking, questions.holds, whose) as got:
        nothing = _("{handle} holds nothing at that moment.").format(handle=whose)
        answer(got.value, asking, nothing=nothing, known=got.known)


@click.command("delegated-by", help=_("What a member has delegated that is held.\n\n    tillit delegated-by eva"))
@click.argument("handle", shell_complete=live("handle"))
@reads(
    "responsibility", "code", "holder", "level", "types", "amount", "since", "until", "review_on",
    "check_in_every", "last_check_in", "state", "support_asked",
)  # fmt: skip
def delegated_by(asking: Asking, handle: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.delegated_by, handle) as got:
        nothing = _("Nothing that {handle} delegated is held at that moment.").format(handle=handle)
        answer(got.value, asking, nothing=nothing, known=got.known)


@click.command(help=_("Which offers wait for an answer.\n\n    tillit offers"))
@reads("responsibility", "code", "title", "to", "by", "since", "days", "review_on", "readiness_gaps")
def offers(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.offers) as got:
        answer(got.value, asking, nothing=_("No offer waits for an answer."), known=got.known)


@click.command(help=_("What has no holder; with --within, what will soon have none.\n\n    tillit vacant --within 60d"))
@click.option("--within", type=PERIOD, help=_("What loses its holder within this time, as in 60d or 3mo."))
@reads(
    "responsibility", "code", "title", "vacant_since", "last_holder", "cause", "answers", "holder", "date", "stand_in"
)
def vacant(asking: Asking, within: Period | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    if within is None:
        shown = asking.usual(*asking.columns[:7])
        with ask(asking, questions.vacant) as got:
            answer(got.value, shown, nothing=_("Nothing is vacant at that moment."), known=got.known)
        return
    try:
        until = edge(within.after(asking.moment.date()))
    except OverflowError:
        raise Usage("day.beyond", later("{text} lies outside the calendar."), text=within) from None
    shown = asking.usual("responsibility", "code", "title", "holder", "cause", "date", "stand_in")
    with ask(asking, questions.vacant_within, until) as got:
        answer(got.value, shown, nothing=_("Nothing loses its holder within that time."), known=got.known)


@click.command(help=_("What happens if a member leaves.\n\n    tillit what-if leaves anna --on 2027-03-01"))
@click.argument("handle", shell_complete=live("handle"))
@click.option("--on", type=DAY, help=_("The first day without them; now if not said."))
@reads("what", "name", "then")
def leaves(asking: Asking, handle: str, on: Moment | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    day = asking.moment if on is None else edge(on)
    with ask(asking, questions.what_if_leaves, handle, day) as got:
        nothing = _("Nothing changes: {handle} holds nothing and sits in no group.").format(handle=handle)
        answer(got.value, asking, nothing=nothing, known=got.known)


def _indented(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {**row, "code": "  " * row["depth"] + row["code"]}
