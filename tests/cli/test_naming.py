"""Handles and codes that somebody makes up."""

from __future__ import annotations

import pytest

from cli.errors import Usage
from cli.naming import PATTERNS, well_formed
from ledger.values import CODE, HANDLE, TYPE, TYPE_PATTERN


def test_the_command_line_and_the_ledger_mean_the_same_by_each() -> None:
    assert {"handle": HANDLE, "code": CODE, "type": TYPE, "pattern": TYPE_PATTERN} == PATTERNS


@pytest.mark.parametrize(
    ("written", "would_do"),
    [("Eva", "eva"), ("åsa", "asa"), ("Eva Berg", "eva-berg"), ("  bo", "bo"), ("drift_ö/norr", "drift_o-norr")],
)
def test_what_would_do_instead_is_said(written: str, would_do: str) -> None:
    with pytest.raises(Usage) as slip:
        well_formed(written, "handle")
    assert slip.value.hints == (f"{would_do} would do.",)
    assert well_formed(would_do, "handle") == would_do


@pytest.mark.parametrize(
    ("written", "would_do"), [("Inköp/bil", "inkop/bil"), ("inköp/*", "inkop/*"), ("Office chairs", "office-chairs")]
)
def test_what_type_would_do_instead_is_said(written: str, would_do: str) -> None:
    with pytest.raises(Usage) as slip:
        well_formed(written, "pattern")
    assert slip.value.hints == (f"{would_do} would do.",)
    assert well_formed(would_do, "pattern") == would_do


def test_several_in_one_word_are_said_one_by_one() -> None:
    with pytest.raises(Usage) as slip:
        well_formed("eva,bo", "handle")
    assert slip.value.hints == ("Say the option once for each.",)


@pytest.mark.parametrize("written", ["", "-", "日本"])
def test_where_nothing_is_near_nothing_is_said(written: str) -> None:
    with pytest.raises(Usage) as slip:
        well_formed(written, "code")
    assert (slip.value.code, slip.value.hints) == ("code.malformed", ())
