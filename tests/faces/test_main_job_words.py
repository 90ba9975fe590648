"""What somebody types in the main job is kept as given and shown escaped, or refused."""

from __future__ import annotations

import pytest
from mainjobkit import Say, rows

HOSTILE = {
    "\x1b[31mred": 2,
    "nul\x00": 2,
    "": 2,
    "   ": 2,
    "x" * 70_000: 2,
    "bidi\u202eover": 0,
    "c1\x9bcontrol": 0,
    "=cmd|' /C calc'!A0": 0,
}


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text)[:20] for text in HOSTILE])
def test_a_hostile_title_is_refused_or_stored_as_given_and_shown_escaped(say: Say, text: str) -> None:
    say("init", "Works", "--founder", "eva")
    say("define", "x", "--title", text, "--me", "eva", code=HOSTILE[text])
    if HOSTILE[text] == 0:
        assert rows(say, "who-owns", "x")[0]["title"] == text
        for form in ("table", "csv", "md", "json"):
            shown = say("who-owns", "x", "--format", form).stdout
            assert not any(character in shown for character in "\x1b\x00\u202e\x9b")
        assert "\n=cmd" not in say("who-owns", "x", "--format", "csv", "--fields", "title").stdout
    else:
        assert rows(say, "stats")["events"] == 5


@pytest.mark.parametrize("amount", ["1e3", "-1", "0.1+0.2", "1 000", "00", "1.23456"])
def test_an_amount_is_plain_digits(say: Say, amount: str) -> None:
    say("init", "Works", "--founder", "eva")
    say("decide", "x", "--in", "root", "--type", "t", "--amount", amount, "--me", "eva", code=2)


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "01/02/2027", "2025-01-01T09:00:00", "someday"])
def test_a_day_is_a_day_of_the_calendar(say: Say, day: str) -> None:
    say("init", "Works", "--founder", "eva")
    say("who-owns", "--as-of", day, code=2)
    say("member", "add", "anna", "--me", "eva", "--on", day, code=2)
