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
from cli.words import _, plural

if TYPE_CHECKING:
    from cli.call import Call
    from ledger import Disclosed, Ledger


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
        "What a question answers, with every entry behind it and its proof, in a bag that others check without us. Private texts lie in it only with --for, and only those that its reader may read.\n\n    tillit export case norr-2025 --query 'decisions --in norr'\n    tillit export case said-to-bo --query 'feedback list --to bo' --for bo"
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--query", required=True, metavar="WORDS", help=_("The question, in the words that you would ask it."))
@click.option(
    "--for", "reader", metavar="HANDLE", help=_("Who it is made for: with the private texts that are theirs.")
)
@click.option("--policy", type=FILE, help=_("A tlog policy to lay beside it."))
@calls
def case(call: Call, folder: Path, query: str, reader: str | None, policy: Path | None) -> None:
    from ledger import Case, Query, open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place(), keys=keys()) as ledger:
        note, size = ledger.notary.fixed()
        answer = asked(query, call.place(), size, call.now)
        texts = None if reader is None else _texts(ledger, reader, answer.positions, size)
        erasures = () if texts is None else texts.erased.values()
        made = Case(
            note,
            Query(answer.words, answer.as_of, size, answer.columns, answer.rows),
            tuple(sorted({*answer.positions, *erasures})),
            policy=read_file(policy) if policy else None,
            disclosures=() if texts is None else texts.disclosures,
        )
        with steps(_("exporting"), quiet=call.json) as progress:
            ledger.notary.export_case(folder, made, progress)
    if call.json:
        facts = {"folder": str(folder), "rows": len(answer.rows), "entries": len(made.positions), "size": size}
        data(json_text({**facts, "fingerprint": made.query.fingerprint, **_told_of(reader, texts)}))
        return
    sentence = _("{folder} holds {rows} rows, and the {entries} entries behind them, each proved to be in the log.")
    data(sentence.format(folder=folder, rows=len(answer.rows), entries=len(made.positions)))
    if reader is not None and texts is not None:
        _tell_of(reader, texts)
    say(_("Two verifiers lie in it: verify_case.py and verify_case.html; both want the public key, tillit key show."))


def _texts(ledger: Ledger, reader: str, positions: tuple[int, ...], size: int) -> Disclosed:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    ledger.reader = reader
    with ledger.ask(questions.disclosures, None, size, positions) as found:
        return found.value


def _told_of(reader: str | None, texts: Disclosed | None) -> dict[str, object]:
    if texts is None:
        return {"for": None, "disclosures": 0, "erased": [], "withheld": None}
    erased = [{"entry": entry, "by": by} for entry, by in texts.erased.items()]
    return {"for": reader, "disclosures": len(texts.disclosures), "erased": erased, "withheld": texts.withheld}


def _tell_of(reader: str, texts: Disclosed) -> None:
    count = len(texts.disclosures)
    with_it = plural("{count} private text for {who} lies in it.", "{count} private texts for {who} lie in it.", count)
    say(with_it.format(count=count, who=reader))
    for entry, by in texts.erased.items():
        say(
            _("The text of entry {entry} is erased, as entry {by} says, which lies in it too.").format(
                entry=entry, by=by
            )
        )
    if texts.withheld:
        kept = plural("{count} is not for {who}.", "{count} are not for {who}.", texts.withheld)
        say(kept.format(count=texts.withheld, who=reader))
