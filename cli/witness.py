"""A witness of other people's ledgers: its key, and the server that cosigns what only grew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli import where
from cli.options import calls
from cli.show import data, flush, say
from cli.tables import json_text
from cli.words import _, plural

if TYPE_CHECKING:
    from cli.call import Call
    from ledger import Listening, VerifierKey

PORT: Final = 7890
LAST_PORT: Final = 65_535
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_key_option = click.option(
    "--key",
    "key_file",
    type=_FILE,
    metavar="FILE",
    help=_("Where the key of the witness is; else witness.key beside the settings."),
)


@click.command(
    help=_(
        "Cosign the checkpoints of these ledgers, as long as they only grow. Anybody with such a server of their own can tell later if a ledger was altered or cut.\n\n    tillit witness serve --log norrby.example+aa2d7e0e+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4 --state witness.db"
    )
)
@click.option(
    "--log",
    "logs",
    multiple=True,
    required=True,
    metavar="VKEY",
    help=_("The public key of a ledger, as tillit key show writes it; repeat for more."),
)
@click.option(
    "--state",
    required=True,
    type=_FILE,
    metavar="FILE",
    help=_("What the witness remembers; never put an older copy in its place."),
)
@_key_option
@click.option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@click.option(
    "--port",
    type=click.IntRange(0, LAST_PORT),
    default=PORT,
    show_default=True,
    metavar="N",
    help=_("The port to listen on; 0 for any that is free."),
)
@click.option("--public", is_flag=True, help=_("Let other machines in, where --host says so."))
@calls
def serve(
    call: Call, logs: tuple[str, ...], state: Path, key_file: Path | None, host: str, port: int, *, public: bool
) -> None:
    from ledger import serve_witness  # noqa: PLC0415 - the front door, when a command needs it

    def started(listening: Listening) -> None:
        _tell(listening, state, as_json=call.json)

    serve_witness(key_file or _usual_file(), logs, state, host, port, public=public, started=started)


def _tell(listening: Listening, state: Path, *, as_json: bool) -> None:
    if as_json:
        data(
            json_text(
                {
                    "url": listening.url,
                    "vkey": str(listening.key),
                    "logs": list(listening.logs),
                    "public": listening.open_to_others,
                    "begun": listening.begun,
                }
            )
        )
    else:
        data(listening.url)
        count = len(listening.logs)
        many = plural("{name} is a witness of {count} log.", "{name} is a witness of {count} logs.", count)
        say(many.format(name=listening.key.name, count=count))
    # Whoever waits for the address reads it from a pipe, and the next words may come much later.
    flush()
    if listening.open_to_others:
        say(_("Other machines may reach it, over HTTP without encryption."))
    if listening.begun:
        say(
            _(
                "{state} is new, so nothing is remembered. If this witness has cosigned before, stop it, and find its memory or give it a new key."
            ).format(state=state)
        )


@click.command(help=_("Make the key of a witness.\n\n    tillit witness key create revision.example/w1"))
@click.argument("name")
@_key_option
@calls
def create(call: Call, name: str, key_file: Path | None) -> None:
    from ledger import create_witness_key  # noqa: PLC0415 - the front door, when a command needs it

    path = key_file or _usual_file()
    _answer(call, create_witness_key(path, name))
    if not call.json:
        say(_("Give this public key to whoever asks the witness; the secret one stays in {file}.").format(file=path))


@click.command(help=_("The public key of the witness.\n\n    tillit witness key show"))
@_key_option
@calls
def show(call: Call, key_file: Path | None) -> None:
    from ledger import witness_key  # noqa: PLC0415 - the front door, when a command needs it

    _answer(call, witness_key(key_file or _usual_file()))


def _answer(call: Call, key: VerifierKey) -> None:
    data(json_text({"name": key.name, "vkey": str(key)}) if call.json else str(key))


def _usual_file() -> Path:
    return where.settings_file().with_name("witness.key")
