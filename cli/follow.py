"""Handing on what is recorded to other programs, as it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import click

from cli.errors import Usage, nearest
from cli.history import LINE, MORE
from cli.options import calls
from cli.show import data, flush, say, unread
from cli.stopping import stoppable
from cli.tables import json_text
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cli.call import Call
    from cli.stopping import Stop

    Row = Mapping[str, object]

FIELDS: Final = (*LINE, *MORE)
_DIGITS: Final = 19  # of the highest position that there can be


@click.command(
    help=_(
        "Each entry as it is recorded, one a line, until you end it. Whoever begins again after the last position that they saw misses none. Names, notes and the words of feedback are never among them.\n\n    tillit follow --since 1200 --format cloudevents"
    )
)
@click.option(
    "--since",
    type=click.IntRange(min=0),
    metavar="POSITION",
    help=_("First what stands after this position already, 0 for all; from now on if not said."),
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help=_("Only events of this kind, such as decision.made.v1; repeat for more."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("jsonl", "cloudevents")),
    default="jsonl",
    show_default=True,
    help=_("A line as tillit log --json has it, or a CloudEvent with that as its data."),
)
@calls
def follow(call: Call, since: int | None, kinds: tuple[str, ...], form: str) -> None:
    with stoppable() as stop:
        _follow(call, stop, since, kinds, cloud_event if form == "cloudevents" else _picked)


def _follow(call: Call, stop: Stop, since: int | None, kinds: tuple[str, ...], told: Callable[[Row], object]) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    _require_known(kinds)
    with open_ledger(call.place()) as ledger, ledger.follow(since, kinds) as follower:
        if not call.json:
            text = _("Each entry after position {position}, as it is recorded; Ctrl-C ends this.")
            say(text.format(position=follower.position))
        for row in follower.rows():
            if row is not None:
                with stop.in_hand():
                    data(json_text(told(row)))
                    flush()
            elif unread():
                return


def cloud_event(row: Row) -> dict[str, object]:
    """An entry as CloudEvents 1.0 has it in its JSON format (https://github.com/cloudevents/spec, version 1.0.2).

    `source` is the log, as a URI-reference, and `id` the stream and version there: the two together name the entry for
    ever, however often it is sent. `type` is the kind as it stands, without a domain in front, since the kinds are
    nobody's but Tillit's. `time` is when it was so. Two of the documented extensions: `sequence`, the position with
    zeros in front so that text order is its order, and `recordedtime`. `data` is the line that `jsonl` has.
    """
    return {
        "specversion": "1.0",
        "id": row["id"],
        "source": quote(str(row["log"])),
        "type": row["event"],
        "subject": row["subject"],
        "time": row["occurred"],
        "datacontenttype": "application/json",
        "sequence": str(row["position"]).zfill(_DIGITS),
        "recordedtime": row["recorded"],
        "data": _picked(row),
    }


def _picked(row: Row) -> dict[str, object]:
    return {name: row[name] for name in FIELDS}


def _require_known(kinds: tuple[str, ...]) -> None:
    from ledger import KINDS  # noqa: PLC0415 - the front door, when a command needs it

    for kind in kinds:
        if kind not in KINDS:
            hints = tuple(_("Did you mean {name}?").format(name=near) for near in nearest(kind, KINDS)[:1])
            hints = (*hints, _("tillit schema events lists them all."))
            raise Usage("kind.unknown", later("There is no kind of event called {kind}."), hints=hints, kind=kind)
