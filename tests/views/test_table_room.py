"""How much room there is, where mandates meet and where they leave gaps: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = ("tell", "sell", "consult", "agree", "advise", "inquire", "delegate")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Norr and syd are granted in one instant, vagn below norr; norr falls vacant, and a slip is put right."""
    town = Town(tmp_path_factory.mktemp("room"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North", decides=["purchase/*", "hire"])
    town.tell("define", on="1", code="syd", title="South", decides=["purchase/vehicle"])
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr", decides=["purchase/vehicle"])
    town.grant("norr", "anna", on="2", level=5, levels={"hire": 3})
    marks["two in one second"] = town.grant("syd", "bo", on="2", level=6)
    marks["below"] = town.grant("vagn", "cia", by="anna", on="3", level=4, amount="1000")
    marks["widened"] = town.tell(
        "change-mandate", on="2025-02-01", code="syd", level=7, reason="it goes well", agreed_by=["bo"]
    )
    town.tell("decide", "bo", "2025-02-02", title="A van", type="purchase/vehicle", because="x", **{"in": "syd"})
    marks["decided"] = town.ledger.head()
    marks["left"] = town.tell("member leave", "anna", "2025-02-10", handle="anna")
    town.clock.now = day("2025-03-01")
    changed = next(row for row in town.ask(questions.log, None) if row["event"] == "mandate.changed.v1")
    marks["corrected"] = town.tell(
        "correct",
        on="2025-03-01",
        stream=changed["subject"],
        version=int(changed["id"].rpartition("/")[2]),
        field="occurred_at",
        after="2025-01-20",
        reason="it was in January",
    )
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("two in one second", "1", []),
        (
            "two in one second",
            "2",
            [("hire", 3, "norr", "anna"), ("purchase/*", 5, "norr", "anna"), ("purchase/vehicle", 6, "syd", "bo")],
        ),
        (
            "below",
            "3",
            [
                ("hire", 3, "norr", "anna"),
                ("purchase/*", 5, "norr", "anna"),
                ("purchase/vehicle", 6, "syd", "bo"),
                ("purchase/vehicle", 4, "vagn", "cia"),
            ],
        ),
        # Whoever left holds nothing; what lies below the vacant link stays on the board.
        ("left", "2025-02-10", [("purchase/vehicle", 7, "syd", "bo"), ("purchase/vehicle", 4, "vagn", "cia")]),
        ("decided", "20", [
            ("hire", 3, "norr", "anna"),
            ("purchase/*", 5, "norr", "anna"),
            ("purchase/vehicle", 6, "syd", "bo"),
            ("purchase/vehicle", 4, "vagn", "cia"),
        ]),
        ("corrected", "20", [
            ("hire", 3, "norr", "anna"),
            ("purchase/*", 5, "norr", "anna"),
            ("purchase/vehicle", 7, "syd", "bo"),
            ("purchase/vehicle", 4, "vagn", "cia"),
        ]),
    ],
)  # fmt: skip
def test_the_board_has_each_type_in_the_column_of_its_level(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.board, as_of, marks[known])
    assert only(rows, "decision_type", "level", "code", "holder") == answer
    for row in rows:
        assert {name: row[name] for name in LEVELS if row[name]} == {LEVELS[row["level"] - 1]: row["code"]}


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("two in one second", "1", []),
        ("two in one second", "2", [("2025-01", 2, 5.5, 0, 0, 0, 0)]),
        ("decided", "31", [("2025-01", 3, 5.0, 0, 0, 0, 0)]),
        ("decided", "2025-02-09", [("2025-01", 3, 5.0, 0, 0, 0, 0), ("2025-02", 3, 5.33, 1, 0, 1, 1)]),
        ("left", "2025-02-10", [("2025-01", 3, 5.0, 0, 0, 0, 0), ("2025-02", 2, 5.5, 1, 0, 1, 1)]),
        ("corrected", "2025-02-10", [("2025-01", 3, 5.33, 1, 0, 0, 0), ("2025-02", 2, 5.5, 0, 0, 1, 1)]),
    ],
)
def test_autonomy_is_counted_for_each_period_and_never_for_a_person(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.autonomy, as_of, marks[known], "month")
    names = ("period", "mandates", "mean_level", "widened", "narrowed", "decided", "decided_at_level_5_or_higher")
    assert only(rows, *names) == answer
    assert all(not {"member", "holder", "by"} & set(row) for row in rows)


def test_a_quarter_begins_with_its_first_month(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    rows = town.ask(questions.autonomy, "2025-03-01", marks["corrected"], "quarter")
    assert only(rows, "period", "mandates", "widened", "decided") == [("2025-Q1", 2, 1, 1)]


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("two in one second", "2", [("purchase/vehicle", ["norr", "syd"], ["anna", "bo"])]),
        # Vagn lies below norr: they do not overlap with each other, both do with syd, and the inner one is named.
        ("below", "3", [("purchase/vehicle", ["syd", "vagn"], ["bo", "cia"])]),
        ("left", "2025-02-10", [("purchase/vehicle", ["syd", "vagn"], ["bo", "cia"])]),
        ("corrected", "20", [("purchase/vehicle", ["syd", "vagn"], ["bo", "cia"])]),
    ],
)
def test_mandates_overlap_across_branches_and_not_along_one(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.overlaps, as_of, marks[known])
    assert only(rows, "decision_type", "responsibilities", "holders") == answer


def test_mandates_for_different_places_do_not_overlap(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna", "bo", "cia")
    for code, to, scope in (("norr", "anna", "north"), ("syd", "bo", "south"), ("ost", "cia", "north")):
        town.tell("define", on="1", code=code, title=code, decides=["hire"])
        town.grant(code, to, on="2", scope=[scope])
    assert only(town.ask(questions.overlaps, "2"), "responsibilities") == [(["norr", "ost"],)]


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("two in one second", "1", [
            ("hire", "norr", "vacant", "root", "eva"),
            ("purchase/*", "norr", "vacant", "root", "eva"),
            ("purchase/vehicle", "syd", "vacant", "root", "eva"),
            ("purchase/vehicle", "vagn", "vacant", "root", "eva"),
        ]),
        (
            "two in one second",
            "2",
            [
                ("hire", "norr", "never granted: level 3 consult at norr", "root", "eva"),
                ("purchase/vehicle", "vagn", "vacant", "norr", "anna"),
            ],
        ),
        ("below", "3", [
            ("hire", "norr", "never granted: level 3 consult at norr", "root", "eva"),
        ]),
        ("left", "2025-02-10", [
            ("hire", "norr", "vacant", "root", "eva"),
            ("purchase/*", "norr", "vacant", "root", "eva"),
        ]),
    ],
)  # fmt: skip
def test_a_gap_is_what_nobody_may_decide_where_it_belongs(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.gaps, as_of, marks[known])
    assert only(rows, "decision_type", "code", "why", "nearest_ancestor", "who") == answer


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", [("root", 1, None)]),
        ("two in one second", "2", [("syd", 2, None), ("vagn", 3, None)]),
        ("below", "3", [("syd", 2, None), ("vagn", 3, "1000")]),
        ("left", "2025-02-10", [("syd", 2, None), ("vagn", 3, "1000")]),
    ],
)
def test_each_chain_is_as_long_as_its_links_and_as_narrow_as_the_narrowest(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.chain_depths, as_of, marks[known])
    assert only(rows, "leaf", "depth", "narrowest_limit") == answer
    assert [len(row["links"]) for row in rows] == [row["depth"] for row in rows]
    assert all(row["widened_at"] is None for row in rows)


def test_a_link_that_says_more_than_those_above_it_is_named(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    town.grant("norr", "anna", on="2", amount="1000")
    before = town.grant("vagn", "bo", by="anna", on="3", amount="800")
    town.tell("change-mandate", on="4", code="norr", amount="500", reason="budget")
    names = ("leaf", "narrowest_limit", "widened_at", "dimension")
    assert only(town.ask(questions.chain_depths, "4"), *names) == [("vagn", "500", "vagn", "amount")]
    assert only(town.ask(questions.chain_depths, "3"), *names) == [("vagn", "800", None, None)]
    assert only(town.ask(questions.chain_depths, "4", before), *names) == [("vagn", "800", None, None)]


def test_what_is_delegated_further_is_reported_where_the_level_above_took_part(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    assert town.ask(questions.sub_delegations, "1") == []
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    for code in ("vagn", "flytt"):
        town.tell("define", on="1", code=code, title=code, parent="norr")
    town.grant("norr", "anna", on="2", further=2)
    town.tell("offer", "anna", "3", code="vagn", to="bo", **{"with": ["eva"]})
    town.tell("accept", "bo", "4", code="vagn")
    told = town.grant("flytt", "cia", by="anna", on="4")
    names = ("code", "from", "to", "when", "allowed_by", "reported")
    flytt = ("flytt", "anna", "cia", day("4"), "norr: 2", None)
    assert only(town.ask(questions.sub_delegations, "4"), *names) == [
        flytt,
        ("vagn", "anna", "bo", day("4"), "norr: 2", day("3")),
    ]
    assert only(town.ask(questions.sub_delegations, "4", unreported=True), *names) == [flytt]
    town.tell("member leave", "cia", "6", handle="cia")
    assert town.ask(questions.sub_delegations, "6", unreported=True) == []
    assert only(town.ask(questions.sub_delegations, "6", told, unreported=True), "code") == [("flytt",)]


def test_a_decision_is_led_back_to_the_root_as_the_chain_stood_then(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    (decided,) = town.ask(questions.decisions, None, None, _all())
    rows = town.ask(questions.to_root, None, None, decided["decision"])
    assert only(rows, "step", "responsibility", "holder", "by", "date") == [
        (1, "syd", "bo", "eva", day("2")),
        (2, "root", "eva", "eva", day("1")),
    ]
    with pytest.raises(NotFound):
        town.ask(questions.to_root, "2025-02-01", None, decided["decision"])
    assert marks["decided"] in rows[0]["explain"]


def _all() -> object:
    from ledger import Filters

    return Filters()
