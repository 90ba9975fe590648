"""What happened, step by step: (known at, as of) -> lines of the log, as they were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import questions
from ledger.errors import NotFound
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    town = Town(tmp_path_factory.mktemp("timeline"))
    marks = {"founded": town.founded}
    town.people("anna")
    marks["defined"] = town.tell("define", on="2", code="norr", title="North")
    marks["granted"] = town.grant("norr", "anna", on="3", amount="100")
    town.clock.now = day("8")
    marks["told late"] = town.tell("change-mandate", on="5", code="norr", amount="50", reason="narrower", basis="D 9")
    marks["corrected"] = town.tell(
        "correct",
        on="8",
        stream=responsibility_id("norr"),
        version=2,
        field="mandate.amount",
        after="90",
        reason="slip",
    )
    marks["annulled"] = town.tell("annul", on="8", stream=responsibility_id("norr"), version=4, reason="mistake")
    return town, marks


LIFE = [
    "responsibility.defined.v1",
    "delegation.offered.v1",
    "delegation.accepted.v1",
    "mandate.changed.v1",
    "entry.corrected.v1",
    "entry.annulled.v1",
]


@pytest.mark.parametrize(
    ("known", "as_of", "count"),
    [
        ("founded", "9", 0),
        ("defined", "1", 0),
        ("defined", "2", 1),
        ("granted", "2", 1),
        ("granted", "3", 3),
        ("told late", "4", 3),
        ("told late", "5", 4),
        ("granted", "5", 3),
        ("corrected", "7", 4),
        ("corrected", "8", 5),
        ("annulled", "8", 6),
        ("annulled", "4", 3),
    ],
)
def test_history_shows_all_that_was_recorded_also_what_no_longer_counts(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, count: int
) -> None:
    town, marks = year
    for name in ("norr", responsibility_id("norr"), responsibility_id("norr")[:6]):
        rows = town.ask(questions.history, as_of, marks[known], name)
        assert only(rows, "n", "event") == list(enumerate(LIFE[:count], 1))
    last = town.ask(questions.log, as_of, marks[known])
    assert [row["event"] for row in last if row["subject"] == responsibility_id("norr")] == LIFE[:count]


def test_a_line_says_what_changed_and_how_late_it_was_told(year: tuple[Town, dict[str, int]]) -> None:
    town, _ = year
    rows = town.ask(questions.history, "9", None, "norr")
    assert rows[1]["data"]["mandate"] == {"amount": "100"}
    assert (rows[3]["before"], rows[3]["after"]) == ({"amount": "100"}, {"amount": "50"})
    assert (rows[3]["delay_seconds"], rows[3]["reason"], rows[3]["basis"]) == (3 * 86_400, "narrower", "D 9")
    assert (rows[4]["before"], rows[4]["after"]) == ({"mandate.amount": "100"}, {"mandate.amount": "90"})
    assert (rows[2]["actor"], rows[2]["recorded_by"], rows[2]["delay_seconds"]) == ("anna", "anna", 0)


def test_log_goes_on_after_a_position_and_ends_at_what_was_known(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    everything = town.column("position", questions.log, None)
    assert everything == list(range(1, town.ledger.head() + 1))
    assert town.column("position", questions.log, None, marks["granted"]) == everything[: marks["granted"]]
    assert town.column("position", questions.log, None, None, marks["granted"]) == everything[marks["granted"] :]
    assert town.column("position", questions.log, None, 0) == []
    assert town.column("position", questions.log, None, marks["founded"], marks["granted"]) == []
    assert town.column("position", questions.log, None, "7") == everything[: marks["granted"]]


def test_history_of_a_member_of_the_ledger_and_of_nobody(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", on="2")
    assert town.column("event", questions.history, "9", None, "ledger") == ["ledger.founded.v1"]
    for name in ("anna", "member:anna"):
        assert town.column("event", questions.history, "9", None, name) == ["member.added.v1"]
        assert town.ask(questions.history, "1", None, name) == []
    with pytest.raises(NotFound):
        town.ask(questions.history, "9", None, "nobody")


def test_a_plan_is_of_the_day_it_was_told_though_what_it_plans_lies_ahead(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.clock.now = day("3")
    town.tell("member leave", on="9", handle="anna")
    assert town.column("event", questions.history, "3", None, "anna") == ["member.added.v1", "member.left.v1"]
    assert town.column("event", questions.history, "2", None, "anna") == ["member.added.v1"]
