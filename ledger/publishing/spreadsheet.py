r"""An answer as CSV for a spreadsheet, which must not take any of its texts for a formula.

RFC 4180, UTF-8, every cell in quotes. The rule is fixed, so that both verifiers can write the same bytes from
rows.json and compare: null is an empty cell, true, false and integers are themselves, arrays and objects are
RFC 8785 JSON. In a text, and in what is written as JSON, two things are changed: characters that nobody sees (those
of HIDDEN, but for newline and tab) are written out as \uXXXX or \UXXXXXXXX; and an apostrophe is put before each
= + - @, also full-width, that begins the text or follows a newline, a tab, a semicolon or a vertical bar, with
spaces between or none: a spreadsheet set to another separator starts a cell there (OWASP, CSV Injection). The exact
values are in rows.json.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ledger.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A list of its own, and not Unicode's categories: those change with every version, and with them the bytes.
HIDDEN: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_HIDDEN: Final = re.compile(f"(?![\n\t])[{HIDDEN}]")
_FORMULA: Final = re.compile("(^|[\n\t;|])( *)(?=[=+@\uff1d\uff0b\uff0d\uff20-])")
_WIDE: Final = 0xFFFF


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The columns' names and the rows, a line each, ended by CR LF. Values are those of JSON without floats."""
    return "".join(f"{_line(cells)}\r\n" for cells in (columns, *rows)).encode()


def _line(cells: Sequence[object]) -> str:
    return ",".join('"' + _cell(value).replace('"', '""') + '"' for value in cells)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    # Canonical JSON has objects only at the top; a value is what stands inside this one.
    text = value if isinstance(value, str) else canonical({"": value})[4:-1].decode()
    return _FORMULA.sub(r"\1'\2", _HIDDEN.sub(_written_out, text))


def _written_out(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\u{number:04x}" if number <= _WIDE else f"\\U{number:08x}"
