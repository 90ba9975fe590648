"""Handles, codes and types: what one looks like, and which one is nearest to what somebody wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import click

from cli.errors import Usage
from cli.words import _, later

if TYPE_CHECKING:
    Kind = Literal["handle", "code", "type", "pattern"]

_LONGEST: Final = 64
# As ledger.values has them; whoever only sets who they are, or slips, need not wait for the ledger.
PATTERNS: Final = {
    "handle": re.compile(r"[a-z0-9][a-z0-9._:-]{0,63}"),
    "code": re.compile(r"[a-z0-9][a-z0-9._-]{0,63}"),
    "type": re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9._-]+)*"),
    "pattern": re.compile(r"\*|[a-z0-9][a-z0-9._-]*(/[a-z0-9._-]+)*(/\*)?"),
}
_REFUSALS: Final = {
    "handle": ("who.malformed", later("{name} is not a handle, which is small letters a to z, digits, and . _ : -")),
    "code": ("code.malformed", later("{name} is not a code, which is small letters a to z, digits, and . _ -")),
    "type": ("type.malformed", later("{name} is not a decision type; write it as in purchase/vehicle.")),
    "pattern": ("type.malformed", later("{name} is no type; write *, purchase/* or purchase/vehicle.")),
}


class Name(click.ParamType[str]):
    """A name that people make up and type."""

    def __init__(self, kind: Kind) -> None:
        self.name: str = kind
        self.kind: Kind = kind

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        del param, ctx
        return well_formed(str(value), self.kind)


def well_formed(name: str, kind: Kind) -> str:
    """The name, if it is well formed. Raises Usage "….malformed" with one that would do."""
    if PATTERNS[kind].fullmatch(name):
        return name
    hints: tuple[str, ...] = ()
    if "," in name:
        hints = (_("Say the option once for each."),)
    elif near := _plain(name, kind):
        hints = (_("{name} would do.").format(name=near),)
    code, template = _REFUSALS[kind]
    raise Usage(code, template, hints=hints, name=name or "“”")


def _plain(name: str, kind: Kind) -> str:
    """What is left of it in small letters and digits: å, ä and ö without their marks, a hyphen for a space."""
    import unicodedata  # noqa: PLC0415 - only a slip of the pen needs it

    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    near = re.sub(r"[^a-z0-9._/*-]+" if kind in {"type", "pattern"} else r"[^a-z0-9._-]+", "-", letters)
    near = near.strip("._-")[:_LONGEST]
    return near if PATTERNS[kind].fullmatch(near) else ""


HANDLE: Final = Name("handle")
CODE: Final = Name("code")
TYPE: Final = Name("type")
PATTERN: Final = Name("pattern")
