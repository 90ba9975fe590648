"""The kinds of value that options take, besides days: amounts, positions, long texts."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

import click

from cli import days
from cli.errors import Usage
from cli.show import may_ask
from cli.words import _, later

if TYPE_CHECKING:
    from decimal import Decimal

STANDARD_INPUT: Final = "-"
LONGEST_TEXT: Final = 1 << 20
_POSITION: Final = re.compile(r"[0-9]{1,18}")
_TAKEN: Final = "tillit.stdin_taken"


class Amount(click.ParamType["Decimal"]):
    """Plain digits with at most four decimals."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        del param, ctx
        from ledger.values import amount  # noqa: PLC0415 - the ledger is imported when needed

        found = amount(str(value))
        if found is None:
            hint = _("Write plain digits, with a point and at most four decimals where needed: 80000 or 99.50.")
            raise Usage("amount.malformed", later("{text} is not an amount."), hints=(hint,), text=value)
        return found


class Known(click.ParamType["days.Moment | int"]):
    """A position in the ledger, or the end of a day or an instant at which it knew what it knew."""

    name = "known"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> days.Moment | int:
        if isinstance(value, int):
            return value
        text = str(value)
        return int(text) if _POSITION.fullmatch(text) else days.DAY.convert(text, param, ctx)


class Text(click.ParamType[str]):
    """Free text; `-` takes it from standard input."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text != STANDARD_INPUT:
            return text
        owner = param.name if param else None
        if ctx is not None and ctx.meta.setdefault(_TAKEN, owner) != owner:
            raise Usage("text.taken", later("Only one text can come from standard input."))
        return _read()


def _read() -> str:
    data = sys.stdin.buffer.read(LONGEST_TEXT + 1)
    if len(data) > LONGEST_TEXT:
        raise Usage("text.too_long", later("Standard input is longer than {most} bytes."), most=LONGEST_TEXT)
    try:
        return data.decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise Usage("text.not_utf8", later("Standard input is not UTF-8.")) from None


def composed(start: str = "") -> str:
    """A long text from the person's own editor (EDITOR, VISUAL). Closing it without saving is changing one's mind.

    Raises Usage where nobody sits at a terminal.
    """
    if not may_ask():
        raise Usage(
            "text.no_editor", later("There is no terminal to open an editor on; give the text, or - to read it.")
        )
    text = click.edit(start, extension=".md")
    if text is None or not text.strip():
        raise click.Abort
    return text.removesuffix("\n")


AMOUNT: Final = Amount()
KNOWN: Final = Known()
TEXT: Final = Text()
