"""How much there is of what, and what to keep watch on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from cli.escape import shown
from cli.options import calls
from cli.show import data, on_terminal
from cli.tables import json_text
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from cli.call import Call

    Facts = Mapping[str, Any]

_QUOTE: Final = '"'
_MEGABYTE: Final = 1_000_000


@click.command(help=_("How much there is of what, and what to keep watch on.\n\n    tillit stats --json"))
@calls
def stats(call: Call) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger:
        facts = ledger.stats()
    if call.json:
        data(json_text(facts))
    elif on_terminal():
        lines = dict(_in_words(facts))
        width = max(map(len, lines))
        for name, text in lines.items():
            data(f"{name:{width}}  {shown(text)}")
    else:
        for name, value in facts.items():
            data(f"{name}\t{shown(json_text(value)).strip(_QUOTE)}")


def _in_words(facts: Facts) -> Iterator[tuple[str, str]]:
    yield _("log"), facts["origin"]
    yield (
        _("entries"),
        _("{events}, the last recorded {at}").format(events=facts["events"], at=_minute(facts["last_recorded_at"])),
    )
    yield (
        _("in them"),
        _(
            "members {members}, responsibilities {responsibilities} (held {held}, offered {offered}), decisions {decisions}"
        ).format(**facts),
    )
    yield (
        _("on the disk"),
        _("record {record:.1f} MB, views {views:.1f} MB").format(
            record=facts["record_bytes"] / _MEGABYTE, views=facts["views_bytes"] / _MEGABYTE
        ),
    )
    yield (
        _("views"),
        _("{views_lag} entries behind when this was asked").format(**facts) if facts["views_lag"] else _("in step"),
    )
    yield _("signed"), _("all but the last {unsigned}").format(**facts) if facts["unsigned"] else _("all")
    if facts["checkpoint_at"] is None:
        given_out = _("nothing yet, so nobody outside could tell if it were altered; tillit checkpoint")
    else:
        given_out = _("a checkpoint of {size} entries, up to {at}; {unanchored} entries since").format(
            size=facts["checkpoint_size"], at=_minute(facts["checkpoint_at"]), unanchored=facts["unanchored"]
        )
    yield _("given out"), given_out
    if facts["clock_behind"]:
        yield _("clock here"), _("{clock_behind} seconds behind the last entry; set it right").format(**facts)


def _minute(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
