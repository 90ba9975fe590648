"""Text from the ledger is never obeyed: not by a terminal, a spreadsheet, a page, nor a JSON reader that shows it."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.escape import HOSTILE, csv_cell, json_safe, markdown_cell, shown

ANY = st.text(st.characters(exclude_categories=()))
# Signs that are drawn and stand before numbers in Arabic, Syriac and Kaithi: format characters only by name.
DRAWN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def test_every_control_format_and_separator_of_unicode_is_written_out() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and number not in DRAWN:
            assert HOSTILE.fullmatch(character), hex(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("one\ntwo\tthree\r", "one\\ntwo\\tthree\\x0d"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("Åsa 50\u00a0000 ❤️ 🙂 C:\\x", "Åsa 50\u00a0000 ❤️ 🙂 C:\\x"),
    ],
)
def test_hostile_characters_are_written_out_and_others_left_alone(text: str, expected: str) -> None:
    assert shown(text) == expected


@given(ANY)
def test_escaping_twice_is_escaping_once_and_always_encodes(text: str) -> None:
    for lines in (False, True):
        once = shown(text, lines=lines)
        assert shown(once, lines=lines) == once
        once.encode()
    assert "\n" not in shown(text)
    assert shown(text, lines=True).count("\n") == text.count("\n")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\r=1", "\n=1", "\uff1d1"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(start: str) -> None:
    assert csv_cell(start).startswith("'")


def test_a_markdown_cell_breaks_no_table_and_carries_no_html() -> None:
    assert markdown_cell("a|b`c`<img>&\n") == "a\\|b\\`c\\`&lt;img&gt;&amp;\\\\n"
    assert markdown_cell("![](http://x)") == "!\\[\\](http://x)"


@given(ANY)
def test_json_means_the_same_and_holds_nothing_hostile(text: str) -> None:
    document = json_safe(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(document) == {"text": json.loads(json.dumps(text))}
    assert not HOSTILE.search(document)
