"""Putting right what was recorded wrongly, and linking evidence."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import click

from cli.completion import live
from cli.errors import Usage
from cli.lookup import stream_of
from cli.options import writes
from cli.recording import Said, record
from cli.values import TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Writing

_VERSION: Final = re.compile(r"[1-9][0-9]{0,14}")


@click.command(
    help=_(
        "Correct a field of an entry; the old line stays, a new one says what should have stood there.\n\n    tillit correct norr/4 after.amount 80000 --reason 'a slip of the pen'"
    )
)
@click.argument("entry")
@click.argument("field")
@click.argument("value", type=TEXT)
@writes(reason="must")
def correct(writing: Writing, entry: str, field: str, value: str) -> None:
    stream, version = _entry(writing, entry)
    fields = {"stream": stream, "version": version, "field": field, "after": _json(value)}
    sentence = _("{entry} is corrected: {field} is {value}.").format(
        entry=f"{stream}/{version}", field=field, value=value
    )
    record(
        writing,
        "correct",
        fields,
        lambda _told: Said(sentence, {"entry": f"{stream}/{version}"}, f"tillit history {stream}"),
    )


@click.command(
    help=_(
        "Annul an entry that was recorded by mistake; history goes on showing it.\n\n    tillit annul norr/4 --reason 'recorded twice'"
    )
)
@click.argument("entry")
@writes(reason="must")
def annul(writing: Writing, entry: str) -> None:
    stream, version = _entry(writing, entry)
    sentence = _("{entry} is annulled.").format(entry=f"{stream}/{version}")
    record(
        writing,
        "annul",
        {"stream": stream, "version": version},
        lambda _told: Said(sentence, {"entry": f"{stream}/{version}"}, f"tillit history {stream}"),
    )


@click.command(
    help=_(
        "Link evidence to a responsibility, a decision or a member.\n\n    tillit attach D-7k3q2 https://example.org/minutes.pdf --label 'Minutes'"
    )
)
@click.argument("subject", shell_complete=live("id"))
@click.argument("uri", type=TEXT)
@click.option("--label", required=True, type=TEXT, help=_("What it is."))
@click.option("--digest", metavar="sha256:HEX", help=_("The SHA-256 of what lies there, to check it later."))
@writes()
def attach(writing: Writing, subject: str, uri: str, label: str, digest: str | None) -> None:
    stream = stream_of(writing, subject)
    fields = {"stream": stream, "uri": uri, "label": label, "digest": digest}
    sentence = _("{label} is linked to {subject}.").format(label=label, subject=subject)
    record(writing, "attach", fields, lambda _told: Said(sentence, {"subject": stream, "uri": uri}))


def _entry(writing: Writing, text: str) -> tuple[str, int]:
    """The stream and version of an entry written SUBJECT/VERSION, as history shows it."""
    name, _slash, version = text.rpartition("/")
    if not name or not _VERSION.fullmatch(version):
        raise Usage(
            "entry.malformed",
            later("{text} names no entry; write SUBJECT/VERSION as in the id column of tillit history."),
            text=text,
        )
    return stream_of(writing, name), int(version)


def _json(text: str) -> object:
    """The value as JSON where it is JSON but no number, since amounts are text; else the text itself."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, int | float) and not isinstance(value, bool) else value
