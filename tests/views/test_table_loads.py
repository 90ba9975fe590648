"""Who carries how much, who could grow into what, what hangs on one person: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Anna and bo say what they can and have to give; anna holds norr and syd, granted in one instant, and leaves."""
    town = Town(tmp_path_factory.mktemp("loads"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    town.tell("capacity", "anna", "1", amount="20")
    town.tell("capacity", "bo", "1", amount="10")
    town.tell("competence", "anna", "1", competence="juridik", level="able")
    town.tell("competence", "bo", "1", competence="juridik", level="learning")
    town.tell("competence", "bo", "1", competence="ekonomi", level="teaching")
    town.tell("confirm", "cia", "1", handle="bo", competence="ekonomi", level="able")
    town.tell("define", on="1", code="norr", title="N", effort="15 hours_week", competences=["juridik", "ekonomi"])
    town.tell("define", on="1", code="syd", title="S", effort="8")
    town.tell("define", on="1", code="ost", title="E", effort="half time", competences=["juridik"])
    town.grant("norr", "anna", on="2")
    marks["two in one second"] = town.grant("syd", "anna", on="2")
    marks["bo too"] = town.grant("ost", "bo", on="3")
    clarified = town.tell("clarify", on="4", code="norr", effort="5 hours_week", reason="less of it")
    marks["clarified"] = clarified
    marks["left"] = town.tell("member leave", "anna", "9", handle="anna")
    town.clock.now = day("12")
    row = next(each for each in town.ask(questions.log, None) if each["position"] == clarified)
    marks["corrected"] = town.tell(
        "correct",
        on="12",
        stream=row["subject"],
        version=int(row["id"].rpartition("/")[2]),
        field="occurred_at",
        after="2025-01-03",
        reason="a day before",
    )
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "who", "answer"),
    [
        ("founded", "1", "eva", (None, "0", None, ["root"], "capacity not stated; effort not stated: root")),
        (
            "two in one second",
            "2",
            "anna",
            ("20 hours_week", "23", 1.15, ["norr", "syd"], "more than they said to have"),
        ),
        ("clarified", "3", "anna", ("20 hours_week", "23", 1.15, ["norr", "syd"], "more than they said to have")),
        ("clarified", "4", "anna", ("20 hours_week", "13", 0.65, ["norr", "syd"], None)),
        ("corrected", "3", "anna", ("20 hours_week", "13", 0.65, ["norr", "syd"], None)),
        ("bo too", "3", "bo", ("10 hours_week", "0", None, ["ost"], "effort not stated: ost")),
        ("bo too", "3", "cia", (None, "0", None, [], None)),
    ],
)
def test_load_sets_what_is_held_against_what_the_member_said_to_have(
    team: tuple[Town, dict[str, int]], known: str, as_of: str, who: str, answer: tuple[object, ...]
) -> None:
    town, marks = team
    rows = town.ask(questions.load, as_of, marks[known])
    names = [row["member"] for row in rows]
    assert names == sorted(names)
    (row,) = (row for row in rows if row["member"] == who)
    assert tuple(row[name] for name in ("capacity", "effort_held", "share", "responsibilities", "flag")) == answer


def test_who_left_carries_nothing_and_is_not_there(team: tuple[Town, dict[str, int]]) -> None:
    town, marks = team
    assert town.column("member", questions.load, "9", marks["left"]) == ["bo", "cia", "eva"]
    assert town.column("member", questions.fit, "9", marks["left"], "norr") == ["bo", "cia", "eva"]


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        (
            "bo too",
            "3",
            [
                ("anna", ["juridik"], ["ekonomi"], ["juridik able"], [], "-3"),
                ("bo", ["juridik", "ekonomi"], [], ["juridik learning", "ekonomi teaching"], ["ekonomi"], None),
                ("cia", [], ["juridik", "ekonomi"], [], [], None),
                ("eva", [], ["juridik", "ekonomi"], [], [], None),
            ],
        ),
        (
            "left",
            "9",
            [
                ("bo", ["juridik", "ekonomi"], [], ["juridik learning", "ekonomi teaching"], ["ekonomi"], None),
                ("cia", [], ["juridik", "ekonomi"], [], [], None),
                ("eva", [], ["juridik", "ekonomi"], [], [], None),
            ],
        ),
    ],
)
def test_fit_lists_everybody_by_name_with_what_they_have_and_lack(
    team: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = team
    rows = town.ask(questions.fit, as_of, marks[known], "norr")
    assert only(rows, "member", "has", "lacks", "level", "confirmed", "capacity_left") == answer
    assert all(not {"score", "rank", "share"} & set(row) for row in rows)


def test_fit_for_what_is_not_there_says_so(team: tuple[Town, dict[str, int]]) -> None:
    town, _marks = team
    with pytest.raises(NotFound):
        town.ask(questions.fit, "3", None, "nothing")


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", [("root", "eva", [])]),
        ("two in one second", "2", [("norr", "anna", ["bo"]), ("root", "eva", []), ("syd", "anna", [])]),
        ("bo too", "3", [
            ("norr", "anna", ["bo"]), ("ost", "bo", ["anna"]), ("root", "eva", []), ("syd", "anna", []),
        ]),
        ("left", "9", [("ost", "bo", []), ("root", "eva", [])]),
    ],
)  # fmt: skip
def test_what_hangs_on_one_person_is_shown_with_who_else_can(
    team: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = team
    rows = town.ask(questions.single_points, as_of, marks[known])
    assert only(rows, "code", "holder", "others_with_the_competence") == answer


def test_a_stand_in_or_a_second_person_in_the_group_takes_the_point_away(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna", "bo")
    town.tell("member add", handle="gruppen", group=True, acts="together", on="1")
    town.tell("member join", group="gruppen", handle="anna", on="1")
    for code, to in (("norr", "anna"), ("syd", "gruppen")):
        town.tell("define", on="1", code=code, title=code)
        town.grant(code, to, on="2", taken_by="anna")
    assert town.column("code", questions.single_points, "2") == ["norr", "root", "syd"]
    town.tell("stand-in", on="3", code="norr", member="bo", until=day("10"), reason="leave", **{"from": day("3")})
    town.tell("member join", group="gruppen", handle="bo", on="3")
    assert town.column("code", questions.single_points, "3") == ["root"]
    assert town.column("code", questions.single_points, "10") == ["norr", "root"]
