"""What is set on this machine: who you are, and where the answers to "which ledger" and "who" come from."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from cli import where
from cli.call import Call
from cli.escape import shown
from cli.naming import HANDLE
from cli.options import calls
from cli.show import data, say
from cli.tables import json_text
from cli.words import _


@click.group(
    invoke_without_command=True, help=_("Who you are, and what else is set here.\n\n    tillit config me anna")
)
@click.pass_context
@calls
def config(call: Call, context: click.Context) -> None:
    if context.invoked_subcommand is None:
        _show(call)


@config.command(help=_("Set who you are on this machine.\n\n\b\n  tillit config me anna"))
@click.argument("handle", type=HANDLE)
@calls
def me(call: Call, handle: str) -> None:
    path = where.settings_file()
    _keep(path, "me", handle)
    if call.json:
        data(json_text({"me": handle, "file": str(path)}))
    else:
        say(_("You are {handle} on this machine from now on ({path}).").format(handle=handle, path=path))


def _show(call: Call) -> None:
    from ledger.errors import NotFound  # noqa: PLC0415 - the ledger is imported when needed

    settings = where.settings()
    who = where.me(call.given_me)
    try:
        ledger: str | None = where.masked(call.place())
    except NotFound:
        ledger = None
    answer = {
        "me": who,
        "me_from": _origin(call.given_me, "--me", "TILLIT_ME", "config" if settings.get("me") else None),
        "ledger": ledger,
        "ledger_from": _origin(call.given_ledger, "--ledger", "TILLIT_LEDGER", "nearest" if ledger else None),
        "file": str(where.settings_file()),
    }
    if call.json:
        data(json_text(answer))
        return
    for name, value in answer.items():
        data(f"{name}\t{shown(value or '')}")


def _origin(given: str | None, option: str, variable: str, otherwise: str | None) -> str | None:
    return option if given else variable if os.environ.get(variable) else otherwise


def _keep(path: Path, name: str, value: str) -> None:
    """Sets one top-level text in the file and leaves every other line of it, comments too, as it was."""
    where.settings()  # A file that cannot be read is the user's to mend, not ours to write over.
    line = f'{name} = "{value}"\n'
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    first_table = re.search(r"^[ \t]*\[", before, re.MULTILINE)
    top, tables = (before[: first_table.start()], before[first_table.start() :]) if first_table else (before, "")
    pattern = re.compile(rf"^[ \t]*{name}[ \t]*=.*(\n|\Z)", re.MULTILINE)
    top = pattern.sub(line, top, count=1) if pattern.search(top) else line + top
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, top + tables)


def _replace(path: Path, text: str) -> None:
    """Writes the whole file or nothing of it."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as temporary:
        try:
            temporary.write(text)
            temporary.flush()
            os.fsync(temporary.fileno())
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise
