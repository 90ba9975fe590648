"""Founding a ledger."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import where
from cli.days import DAY, occurred
from cli.errors import Usage
from cli.naming import HANDLE
from cli.options import writes
from cli.recording import day_edge
from cli.show import say
from cli.signed import keys, tell_unsigned
from cli.tables import recorded
from cli.values import AMOUNT, TEXT
from cli.words import _, later, plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cli.call import Writing
    from cli.days import Moment


@click.command(help=_("Found a ledger here.\n\n    tillit init 'Norra skolan' --founder eva"))
@click.argument("name", type=TEXT)
@click.option(
    "--founder",
    "founders",
    multiple=True,
    required=True,
    type=HANDLE,
    metavar="HANDLE",
    help=_("Who founds it and holds the root; repeat for more."),
)
@click.option(
    "--profile",
    type=click.Choice(("tillit", "kommunal", "bolag")),
    default="tillit",
    help=_("Whose rules apply: an organisation's own, a municipal board's or a company's."),
)
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="HANDLE",
    help=_(
        "kommunal: the head of administration, who alone may delegate further; name a post, whose occupants may change. Repeat for more."
    ),
)
@click.option(
    "--urgent-by",
    multiple=True,
    metavar="HANDLE",
    help=_("kommunal: the chair, or another post or member who decides what cannot wait; repeat for more."),
)
@click.option("--term-ends", type=DAY, help=_("kommunal: the day by which every mandate of the board is over."))
@click.option(
    "--register", metavar="REGISTER", help=_("kommunal: what its decisions are numbered in, as KS in KS-2025.")
)
@click.option("--year-ends", metavar="MM-DD", help=_("bolag: the last day of the fiscal year; 12-31 if not said."))
@click.option(
    "--report-above", type=AMOUNT, help=_("bolag: above what a decision is reported to the board; all if not said.")
)
@writes(reason="no")
def init(
    writing: Writing,
    name: str,
    founders: tuple[str, ...],
    profile: str,
    term_ends: Moment | None,
    report_above: Decimal | None,
    **asked: object,
) -> None:
    from ledger import create_ledger  # noqa: PLC0415 - the front door, when a command needs it

    if writing.dry_run:
        raise Usage(
            "init.no_rehearsal", later("A founding cannot be rehearsed; found a ledger in another folder to try it.")
        )
    founders = tuple(dict.fromkeys(founders))
    place = where.founding_place(writing.given_ledger)
    on = None if writing.on is None else occurred(writing.on, writing.now)
    known = writing.me_if_known()
    with (
        _folder(place),
        create_ledger(
            place,
            name,
            founders,
            profile=profile,
            terms={
                **asked,
                "term_ends": day_edge(term_ends),
                "report_above": None if report_above is None else str(report_above),
            },
            on=on,
            recorded_by=known or founders[0],
            keys=keys() if writing.sign else None,
        ) as ledger,
    ):
        tell_unsigned(ledger, 0, ledger.head(), sign=writing.sign)
        shown_place = where.masked(place)
        for statement in ledger.left_undone:
            say(_("Not allowed here; ask an administrator to run: {statement}").format(statement=statement))
        facts = {"ledger": shown_place, "origin": ledger.origin, "root": "root", "founders": list(founders)}
    holds = plural("{founders} holds the root.", "{founders} hold the root.", len(founders))
    sentence = _("{name} is founded in {place}; {holds}").format(
        name=name, place=shown_place, holds=holds.format(founders=", ".join(founders))
    )
    # Whoever founds a ledger may do it for others: who sits here is not inferred, but asked for.
    then = "tillit member add HANDLE" if known else f"tillit config me {founders[0]}"
    recorded(facts, writing, sentence, _("next: {command}").format(command=then))


@contextmanager
def _folder(place: str) -> Iterator[None]:
    """The folders that the ledger goes into, made where they are not there and taken away again where nothing came of it."""
    folder = Path(place).parent
    made = [] if "://" in place else [each for each in (folder, *folder.parents) if not each.exists()]
    if made:
        folder.mkdir(parents=True)
    try:
        yield
    except BaseException:
        if made:
            shutil.rmtree(made[-1])
        raise
