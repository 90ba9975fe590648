r"""Text from the ledger made safe to show: what a terminal, a spreadsheet or a page would obey is written out.

`shown` writes hostile characters as `\x1b` or `\u202e`. A backslash itself stays as it is, so that ordinary text
is untouched and escaping twice is escaping once; who needs the exact characters asks for JSON.
"""

from __future__ import annotations

import re
from typing import Final

_HOSTILE: Final = (
    "\x00-\x1f\x7f-\x9f"  # control characters, among them the start of every ANSI sequence
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # drawn as nothing
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators of lines, directions
    "\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff"  # lone surrogates, which no encoding can write
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # format characters of rare scripts
    "\U000e0000-\U000e0fff"  # tags: whole hidden sentences
)
HOSTILE: Final = re.compile(f"[{_HOSTILE}]")
_HOSTILE_IN_LINES: Final = re.compile(f"(?![\n\t])[{_HOSTILE}]")
_SHORT: Final = {"\n": "\\n", "\t": "\\t"}
# The full-width forms are formulas too, in the spreadsheets of the countries that type them.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKDOWN: Final = str.maketrans(
    {mark: f"\\{mark}" for mark in "\\|`*[]"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"},
)


def _written_out(match: re.Match[str]) -> str:
    character = match.group()
    number = ord(character)
    if number < 0x100:  # noqa: PLR2004 - the widths of Python's own escapes
        return _SHORT.get(character, f"\\x{number:02x}")
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004


def shown(text: str, *, lines: bool = False) -> str:
    """The text with every hostile character written out; with `lines`, newlines and tabs stay."""
    return (_HOSTILE_IN_LINES if lines else HOSTILE).sub(_written_out, text)


def csv_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    return shown(f"'{text}" if text.startswith(_FORMULA) else text, lines=True)


def markdown_cell(text: str) -> str:
    """A cell that breaks no table, loads no image and carries no HTML."""
    return shown(text).translate(_MARKDOWN)


def json_safe(document: str) -> str:
    r"""JSON text that means the same, with every hostile character inside its strings as `\uXXXX`."""
    return HOSTILE.sub(_json_escape, document)


def _json_escape(match: re.Match[str]) -> str:
    pair = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pair[at : at + 2].hex()}" for at in range(0, len(pair), 2))
