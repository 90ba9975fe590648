"""Copies of a ledger, and going on where its end is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import Usage
from cli.options import calls
from cli.show import data, say, steps
from cli.signed import keys
from cli.tables import json_text
from cli.values import TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Call


@click.command(
    help=_("A whole copy of the record, verified, while others go on writing.\n\n    tillit backup ledger-2025.db")
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@calls
def backup(call: Call, file: Path) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger, steps(_("copying"), quiet=call.json) as progress:
        position = ledger.back_up(file.absolute(), progress)
    if call.json:
        data(json_text({"file": str(file), "position": position}))
    else:
        data(_("{file} holds everything up to position {position}, verified.").format(file=file, position=position))
        say(_("The key that signs is not in it; it lies in {folder}.").format(folder=keys().folder))


@click.command(
    "continue",
    help=_(
        "Go on with a ledger that was restored from an older copy: put back what an export still has, or begin a new log that names the old.\n\n    tillit continue --from-export tlog-2025"
    ),
)
@click.option(
    "--from-export",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=_("An export of this ledger that holds what is missing."),
)
@click.option("--new-origin", is_flag=True, help=_("Begin a new log; what is missing is lost, and that is recorded."))
@click.option("--reason", type=TEXT, metavar="TEXT", help=_("Why; needed for a new log."))
@click.option("--by", metavar="HANDLE", help=_("Who decided it, where it was not you."))
@calls
def continue_(call: Call, from_export: Path | None, reason: str | None, by: str | None, *, new_origin: bool) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    if (from_export is None) == (not new_origin):
        raise Usage("continue.which", later("Say one of --from-export DIR and --new-origin."))
    if new_origin and reason is None:
        raise Usage("continue.reason", later("A new log needs a reason; say it with --reason."))
    with open_ledger(call.place(), keys=keys()) as ledger:
        if from_export is not None:
            before, after = ledger.put_back(from_export)
            facts: dict[str, object] = {"origin": ledger.origin, "first": before + 1, "last": after}
            sentence = _("Entries {first} to {last} are put back as they were.").format(first=before + 1, last=after)
        else:
            kept, former, who = ledger.head(), ledger.origin, by or call.me()
            origin = ledger.begin_anew(who, reason or "", recorded_by=call.me_if_known())
            facts = {"origin": origin, "former": former, "kept": kept}
            sentence = _("The log goes on as {origin} after the {kept} entries that are left of {former}.").format(
                origin=origin, kept=kept, former=former
            )
    data(json_text(facts) if call.json else sentence)
