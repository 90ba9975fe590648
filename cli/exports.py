"""Handing the record out, in forms that others check without us."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.asked import asked
from cli.options import calls
from cli.proof import FILE, read_file
from cli.show import data, say, steps
from cli.signed import keys
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Call


@click.command(
    help=_(
        "The whole log as tlog tiles, with its signed checkpoint; a second time only what is new.\n\n    tillit export tlog tlog-2025"
    )
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@calls
def tlog(call: Call, folder: Path) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place(), keys=keys()) as ledger, steps(_("exporting"), quiet=call.json) as progress:
        done = ledger.notary.export_tlog(folder, progress)
    if call.json:
        facts = {"folder": str(folder), "origin": done.origin, "size": done.size, "added": done.added}
        data(json_text({**facts, "files": done.written}))
        return
    data(
        _("{folder} holds the {size} entries of {origin}, {added} of them new.").format(
            folder=folder, size=done.size, origin=done.origin, added=done.added
        )
    )
    say(
        _("Whoever has it and the public key can check it: tillit verify --export {folder} --key VKEY").format(
            folder=folder
        )
    )


@click.command(
    help=_(
        "What a question answers, with every entry behind it and its proof, in a bag that others check without us.\n\n    tillit export case norr-2025 --query 'decisions --in norr'"
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--query", required=True, metavar="WORDS", help=_("The question, in the words that you would ask it."))
@click.option("--policy", type=FILE, help=_("A tlog policy to lay beside it."))
@calls
def case(call: Call, folder: Path, query: str, policy: Path | None) -> None:
    from ledger import Case, Query, open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place(), keys=keys()) as ledger:
        note, size = ledger.notary.fixed()
        answer = asked(query, call.place(), size, call.now)
        made = Case(
            note,
            Query(answer.words, answer.as_of, size, answer.columns, answer.rows),
            answer.positions,
            policy=read_file(policy) if policy else None,
        )
        with steps(_("exporting"), quiet=call.json) as progress:
            ledger.notary.export_case(folder, made, progress)
    facts = {"folder": str(folder), "rows": len(answer.rows), "entries": len(answer.positions), "size": size}
    if call.json:
        data(json_text({**facts, "fingerprint": made.query.fingerprint}))
        return
    sentence = _("{folder} holds {rows} rows, and the {entries} entries behind them, each proved to be in the log.")
    data(sentence.format(folder=folder, rows=len(answer.rows), entries=len(answer.positions)))
    say(_("Two verifiers lie in it: verify_case.py and verify_case.html; both want the public key, tillit key show."))
