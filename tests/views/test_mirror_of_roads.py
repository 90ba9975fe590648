"""The signs of the mirror that follow from the road to decisions: who waited for me, and whom I asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from roadtown import RoadTown
from viewkit import day

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path

SPANS = ("20", "10", "1")


def signs(town: RoadTown, who: str, as_of: str, since: str, before: str) -> dict[str, tuple[object, object, object]]:
    rows = town.ask(questions.mirror, as_of, None, who, who, day(since), day(before))
    return {row["sign"]: (row["value"], row["before"], row["rows"]) for row in rows}


@pytest.fixture
def town(tmp_path: Path) -> RoadTown:
    return RoadTown(tmp_path / "town")


def test_nobody_waits_and_nobody_was_affected_in_an_empty_ledger(town: RoadTown) -> None:
    seen = signs(town, "eva", *SPANS)
    assert seen["waiting at me"] == (None, None, [])
    assert seen["affected asked before"] == (None, None, [])


def test_how_long_others_waited_for_my_advice_and_who_still_waits(town: RoadTown) -> None:
    town.open("A van", "3")
    town.on("A van", "ask-advice", "anna", "4", of=["eva"], asked_as="expert")
    given = town.on("A van", "advise", "eva", "6", text="do", leaning="for")
    town.open("A bus", "11")
    town.on("A bus", "ask-advice", "anna", "12", of=["eva"], asked_as="expert")
    assert signs(town, "eva", "16", "10", "1")["waiting at me"] == ("1 waiting", "2.0 days, the median of 1", [])
    assert signs(town, "eva", "8", "2", "1")["waiting at me"] == ("2.0 days, the median of 1", None, [given])
    assert signs(town, "bo", *SPANS)["waiting at me"] == (None, None, [])


def test_how_long_others_waited_for_my_consent_counts_from_the_version_that_i_consented_to(town: RoadTown) -> None:
    town.open("A rule", "3", "consent", consenters=["bo", "cia"])
    town.on("A rule", "consent", "bo", "8", version=1)
    seen = signs(town, "bo", "9", "5", "1")
    assert seen["waiting at me"][:2] == ("5.0 days, the median of 1", "1 waiting")
    assert signs(town, "cia", "9", "5", "1")["waiting at me"][:2] == ("1 waiting", "1 waiting")


def test_those_affected_who_were_asked_before_are_counted_by_who_decided(town: RoadTown) -> None:
    town.open("A van", "11", "alone", affected=["bo", "cia"])
    town.on("A van", "ask-advice", "anna", "12", of=["bo"], asked_as="affected")
    town.on("A van", "advise", "bo", "13", text="yes", leaning="for")
    town.on("A van", "decide matter", "anna", "14", chose="yes", because="x")
    assert signs(town, "anna", *SPANS)["affected asked before"][:2] == ("1 of 2", None)
    assert signs(town, "eva", *SPANS)["affected asked before"][:2] == (None, None)
