"""Asking who may decide what, and why a decision was somebody's to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.asking import ask
from cli.completion import live
from cli.escape import shown
from cli.naming import TYPE
from cli.options import reads
from cli.show import data
from cli.tables import answer, answer_one
from cli.values import AMOUNT
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from cli.call import Asking
    from ledger import Ask

CAN = ("verdict", "link", "dimension", "limit", "asked", "nearest", "roads")
MORE = ("kind", "in", "as", "must_first", "afterwards", "together_with", "warnings", "nearest_in", "nearest_must_first")


def _asked(body: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what somebody wants to decide."""
    options = (
        click.option("--amount", type=AMOUNT, help=_("What it costs.")),
        click.option("--scope", multiple=True, metavar="LABEL", help=_("Where it holds; repeat for more.")),
        click.option("--one-way", is_flag=True, help=_("It cannot be undone.")),
    )
    for option in reversed(options):
        body = option(body)
    return body


@click.command(
    help=_(
        "May this member decide this? Exit 0 for yes, 1 for no.\n\n    tillit can bo purchase/vehicle --amount 80000"
    )
)
@click.argument("handle", shell_complete=live("handle"))
@click.argument("type", type=TYPE, shell_complete=live("type"))
@_asked
@click.option("--in", "in_", shell_complete=live("code"), metavar="CODE", help=_("Only in this responsibility."))
@reads(*CAN, *MORE)
def can(asking: Asking, handle: str, type: str, in_: str | None, **words: Any) -> int:  # noqa: A002 - click's words
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.can, handle, _ask(type, **words), in_) as got:
        row = got.value
    if asking.format == "table" and not asking.chosen:
        for line in _told(row, handle):
            data(shown(line))
    else:
        answer_one(row, asking)
    return 0 if row["verdict"] == "yes" else 1


@click.command("who-can", help=_("Who could decide this?\n\n    tillit who-can purchase/vehicle --amount 80000"))
@click.argument("type", type=TYPE, shell_complete=live("type"))
@_asked
@reads("member", "as", "responsibility", "verdict", "must_first", "together_with", "chain")
def who_can(asking: Asking, type: str, **words: Any) -> None:  # noqa: A002 - click's words
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.who_can, _ask(type, **words)) as got:
        answer(got.value, asking, nothing=_("Nobody may decide that at that moment."), known=got.known)


@click.command(
    help=_("Why a decision was theirs to make: the proof stamped on it, step by step.\n\n    tillit why D-7k3q2")
)
@click.argument("decision", shell_complete=live("decision"))
@reads("step", "responsibility", "holder", "mandate", "check", "result")
def why(asking: Asking, decision: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.why, decision) as got:
        answer(got.value, asking, nothing=_("There is no proof."), known=got.known)


def _ask(type_: str, *, amount: Decimal | None, scope: tuple[str, ...], one_way: bool) -> Ask:
    from ledger import Ask  # noqa: PLC0415 - the front door, when a command needs it

    return Ask(type_, amount, frozenset(scope), one_way)


def _told(row: dict[str, Any], handle: str) -> list[str]:
    """The answer for people."""
    if row["verdict"] == "yes":
        lines = [
            _("YES  {handle} may decide it in {code}, as {capacity}").format(
                handle=handle, code=row["in"], capacity=row["as"]
            )
        ]
        for name, words in (
            ("must_first", _("must first")),
            ("together_with", _("together with")),
            ("afterwards", _("afterwards")),
            ("warnings", _("mind")),
        ):
            if row[name]:
                lines.append(f"     {words}: {', '.join(row[name])}")
        return lines
    lines = [_("NO   {kind}").format(kind=row["kind"])]
    lines.append(
        _("     at {link}: {dimension} {limit}, asked {asked}").format(**{name: row[name] for name in CAN[1:5]})
    )
    if row["nearest"]:
        first = (
            _(", must first {duties}").format(duties=", ".join(row["nearest_must_first"]))
            if row["nearest_must_first"]
            else ""
        )
        lines.append(
            _("  nearest who can   {nearest} in {code}").format(nearest=row["nearest"], code=row["nearest_in"]) + first
        )
    lines += [f"  {_('roads out') if number == 0 else '':<17} {road}" for number, road in enumerate(row["roads"])]
    return lines
