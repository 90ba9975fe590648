"""Drawing a sample that can be drawn again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.errors import Usage
from cli.options import reads
from cli.proof import read_file
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Asking

DRAWN = ("decision", "type", "amount", "by", "verdict", "seed", "population", "fingerprint")
_MOST = 10_000


@click.command(
    help=_(
        "Decisions drawn by lot, so that nobody can steer which: by the root of a checkpoint that was given out, and a number that the auditor picks after it. The same again later, whatever is recorded meanwhile.\n\n    tillit sample decisions --n 25 --seed 7 --by type"
    )
)
@click.option("--n", "count", type=click.IntRange(1, _MOST), required=True, help=_("How many."))
@click.option("--seed", type=click.IntRange(0, 10**18), required=True, help=_("The auditor's own number."))
@click.option("--by", type=click.Choice(("type",)), help=_("Spread over the types, each at least once."))
@click.option("--checkpoint", metavar="FILE|SIZE", help=_("The checkpoint; the last one given out if not said."))
@reads(*DRAWN, "title", "of_type", "size")
def decisions(asking: Asking, count: int, seed: int, by: str | None, checkpoint: str | None) -> None:
    from ledger import Draw, open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(asking.place()) as ledger:
        fixed, moment = ledger.given_out(_which(checkpoint), asking.known_at)
    draw = Draw(count, seed, fixed.root, by is not None)
    shown = asking.usual(*DRAWN)
    with ask(asking.at(asking.as_of or moment, fixed.size), questions.sample_decisions, draw) as got:
        rows = ({**row, "size": fixed.size} for row in got.value)
        answer(rows, shown, nothing=_("No decision was made by then."), known=got.known)


def _which(text: str | None) -> bytes | int | None:
    if text is None or text.isdecimal():
        return None if text is None else int(text)
    path = Path(text)
    if not path.is_file():
        raise Usage("file.none", later("There is no file {file}."), file=text)
    return read_file(path)
