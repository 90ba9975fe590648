"""Asking what evidence there is, and whether it still is what it was."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import click

from cli import where
from cli.asking import ask
from cli.completion import live
from cli.options import reads
from cli.tables import answer
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from cli.call import Asking

    Row = dict[str, object]

LISTED = ("of", "label", "uri", "digest_recorded")
CHECKED = ("of", "uri", "digest_recorded", "digest_now", "state")
WRONG: Final = {"changed", "missing"}
_BLOCK: Final = 1 << 20
_SECONDS: Final = 30
_HTTP: Final = {"http", "https"}


@click.command(
    help=_(
        "What evidence was linked; with --check, whether what lies there is still the same. Exit 1 where it is not.\n\n    tillit evidence --check"
    )
)
@click.argument("subject", required=False, shell_complete=live("id"))
@click.option("--check", is_flag=True, help=_("Read what lies there now, where it is a file, and compare."))
@click.option("--fetch", is_flag=True, help=_("With --check: fetch what lies at http and https addresses too."))
@reads(*dict.fromkeys((*LISTED, *CHECKED)), "linked", "linked_by")
def evidence(asking: Asking, subject: str | None, check: bool, fetch: bool) -> int:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    columns = CHECKED if check else LISTED
    shown = asking.usual(*columns)
    states: set[object] = set()

    def compared(rows: Iterable[Row]) -> Iterator[Row]:
        base = _base(asking)
        for row in rows:
            found = {**row, **now(str(row["uri"]), row["digest_recorded"], base, fetch=fetch)}
            states.add(found["state"])
            yield found

    with ask(asking, questions.evidence, subject) as got:
        rows = compared(got.value) if check else got.value
        answer(rows, shown, nothing=_("No evidence is linked by that moment."), known=got.known)
    return 1 if states & WRONG else 0


def now(uri: str, recorded: object, base: Path, *, fetch: bool = False) -> Row:
    """`digest_now` and `state` of what lies at `uri`: same, changed, missing, or unchecked.

    Unchecked is what has no digest to compare with, and what is no file: an address is fetched only with `fetch`. A path
    that does not begin at the root lies below `base`.
    """
    digest, missing = _found(uri, base, fetch=fetch)
    if missing:
        return {"digest_now": None, "state": "missing"}
    if digest is None or recorded is None:
        return {"digest_now": digest, "state": "unchecked"}
    return {"digest_now": digest, "state": "same" if digest == recorded else "changed"}


def _found(uri: str, base: Path, *, fetch: bool) -> tuple[str | None, bool]:
    """The digest of what lies there, and whether it is a place to look where nothing lies."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None, False
    if parts.scheme in _HTTP:
        return _fetched(uri) if fetch else (None, False)
    if parts.scheme not in {"", "file"} or parts.netloc not in {"", "localhost"}:
        return None, False
    path = base / (unquote(parts.path) if parts.scheme else uri)
    try:
        # Only a plain file has an end: a device or a pipe would be read for ever.
        if not path.is_file():
            return None, not path.exists()
        with path.open("rb") as file:
            return _digest(file), False
    except (OSError, ValueError):
        # There, but not for us to read; or no path at all.
        return None, False


def _fetched(uri: str) -> tuple[str | None, bool]:
    from urllib.error import HTTPError, URLError  # noqa: PLC0415 - only where somebody asked for it
    from urllib.request import urlopen  # noqa: PLC0415

    try:
        with urlopen(uri, timeout=_SECONDS) as response:  # noqa: S310 - http and https only, and only when asked
            return _digest(response), False
    except HTTPError as error:
        return None, error.code in {404, 410}
    except (URLError, OSError, ValueError):
        return None, False


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _base(asking: Asking) -> Path:
    """The folder that the ledger is the ledger of: above its `.tillit`, or where its file lies."""
    place = Path(asking.place())
    folder = place.parent.parent if place.parent.name == where.FOLDER else place.parent
    return folder.resolve()
