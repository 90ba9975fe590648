"""The register of delegations on a day, and what changed in it: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from viewkit import Town, day, only

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    town = Town(tmp_path_factory.mktemp("register"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    marks["defined"] = town.tell(
        "define", on="2", code="norr", title="North", decides=["buy", "hire"], legal_basis="KL 6:38", report_rule="each"
    )
    marks["granted"] = town.grant(
        "norr", "anna", on="3", amount="100", conditions=["consult:bo"], further=0, scope=["east"], basis="D 7"
    )
    marks["stand-in"] = town.tell(
        "stand-in", on="4", code="norr", member="bo", until=day("8"), reason="leave", **{"from": day("5")}
    )
    marks["changed"] = town.tell("change-mandate", on="6", code="norr", amount="50", reason="less money", basis="D 9")
    town.clock.now = day("10")
    marks["changed before"] = town.tell(
        "change-mandate", on="4", code="norr", amount="75", reason="told too late", basis="D 8"
    )
    marks["left"] = town.tell("member leave", on="9", handle="anna")
    marks["retired"] = town.tell("retire", on="10", code="norr", reason="no longer needed")
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "line"),
    [
        ("founded", "5", None),
        ("defined", "1", None),
        ("defined", "2", {"delegate": None, "amount": None, "further": None, "level": None, "types": ["buy", "hire"]}),
        (
            "granted",
            "3",
            {
                "delegate": "anna",
                "amount": "100",
                "further": 0,
                "level": 6,
                "conditions": ["consult:bo"],
                "scope": ["east"],
                "legal_basis": "KL 6:38",
                "report_rule": "each",
                "basis": "D 7",
                "since": day("3"),
                "until": None,
            },
        ),
        ("granted", "2", {"delegate": None, "amount": None}),
        ("stand-in", "5", {"delegate": "anna", "stand_ins": ["bo"]}),
        ("stand-in", "8", {"delegate": "anna", "stand_ins": []}),
        ("changed", "5", {"amount": "100"}),
        ("changed", "6", {"amount": "50"}),
        ("changed before", "3", {"amount": "100"}),
        ("changed before", "5", {"amount": "75"}),
        ("changed before", "6", {"amount": "50"}),
        ("left", "8", {"delegate": "anna"}),
        ("left", "9", {"delegate": None, "amount": None, "since": None}),
        ("retired", "9", {"delegate": None}),
        ("retired", "10", None),
        ("left", "10", {"delegate": None}),
    ],
)
def test_a_line_of_the_register(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, line: dict[str, Any] | None
) -> None:
    town, marks = year
    found = [row for row in town.ask(questions.register, as_of, marks[known]) if row["code"] == "norr"]
    if line is None:
        assert found == []
    else:
        assert {name: found[0][name] for name in line} == line


@pytest.mark.parametrize(
    ("known", "start", "end", "changes"),
    [
        ("founded", "1", "30", []),
        ("defined", "1", "2", [("added", None, "North")]),
        ("granted", "3", "30", []),
        ("changed", "5", "7", [("stand_ins", ["bo"], ["bo"]), ("amount", "100", "50")]),
        ("changed before", "3", "4", [("amount", "100", "75")]),
        ("changed before", "4", "6", [("stand_ins", [], ["bo"]), ("amount", "75", "50")]),
        ("changed", "3", "4", []),
        ("retired", "9", "10", [("removed", "North", None)]),
    ],
)
def test_what_changed_in_the_register(
    year: tuple[Town, dict[str, int]], known: str, start: str, end: str, changes: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.register_diff, "30", marks[known], day(start), day(end))
    wanted = [change for change in changes if change[1] != change[2]]
    assert only([row for row in rows if row["code"] == "norr"], "change", "before", "after") == wanted


def test_a_change_in_the_register_names_who_made_it_and_when(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    rows = town.ask(questions.register_diff, "30", marks["changed"], day("4"), day("7"))
    row = next(row for row in rows if row["change"] == "amount")
    assert (row["when"], row["by"], row["basis"], row["explain"][-1]) == (day("6"), "eva", "D 9", marks["changed"])


def test_a_line_that_was_removed_names_who_retired_it(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    (row,) = town.ask(questions.register_diff, "30", marks["retired"], day("9"), day("10"))
    assert (row["when"], row["explain"]) == (day("10"), [marks["retired"]])


def test_a_line_that_lost_its_delegate_names_the_entry_that_ended_it(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    rows = town.ask(questions.register_diff, "30", marks["left"], day("8"), day("9"))
    assert next(row["when"] for row in rows if row["change"] == "delegate") == day("9")


def test_a_limit_that_was_narrowed_above_names_who_narrowed_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    town.grant("norr", "anna", on="2", amount="200")
    town.grant("vagn", "bo", by="anna", on="2")
    town.tell("change-mandate", on="4", code="norr", amount="50", reason="narrower")
    rows = town.ask(questions.register_diff, "9", None, day("3"), day("5"))
    assert {(row["code"], row["change"], row["when"]) for row in rows} == {
        ("norr", "amount", day("4")),
        ("vagn", "amount", day("4")),
    }


def test_a_founding_alone_has_a_register_of_one_line(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert only(town.ask(questions.register, "1"), "code", "delegate", "types", "further", "level") == [
        ("root", "eva", ["*"], "any", 7)
    ]
    assert town.ask(questions.register, "1", 0) == []
    assert town.ask(questions.register_diff, "1", None, day("1"), day("9")) == []


def test_a_retired_and_defined_again_code_is_one_line_that_changed(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.tell("define", on="1", code="norr", title="North")
    town.tell("retire", on="3", code="norr", reason="no longer needed")
    town.tell("define", on="5", code="norr", title="North anew")
    for start, end, changes in (
        ("2", "3", [("norr", "removed")]),
        ("3", "5", [("norr", "added")]),
        ("2", "5", [("norr", "title")]),
    ):
        rows = town.ask(questions.register_diff, "9", None, day(start), day(end))
        assert only(rows, "code", "change") == changes
