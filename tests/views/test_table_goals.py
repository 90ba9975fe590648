"""What we want to reach together: (known at, as of) -> who works toward it, how sure we are, what serves none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from viewkit import Town, day, only

from ledger import command, questions
from ledger.rules import decisions

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.events.decision import DecisionProposed

    Row = dict[str, Any]


def told(town: Town, do: str, on: str, by: str = "eva", **fields: object) -> str:
    """Tell it and give back the stream of what it is about."""
    town.clock.now = max(town.clock.now, day(on))
    return town.ledger.tell(command({"do": do, "by": by, "on": day(on), **fields})).entries[0].stream


def by_consensus(town: Town, on: str) -> str:
    """A decision of eva's in the root that the log has as made by consensus; how it comes to that is a rule's."""

    def proposal_of(*words: Any) -> DecisionProposed:  # noqa: ANN401 - whatever the rule hands over
        return decisions_as_ruled(*words).model_copy(update={"process": "consensus"})

    decisions_as_ruled = decisions.proposal_of
    with mock.patch.object(decisions, "proposal_of", proposal_of):
        return told(town, "decide", on, title=f"What we want, {on}", type="direction", **{"in": "root"})


def goals(town: Town, as_of: str | None, known: int | None = None, *, coverage: bool = False) -> list[Row]:
    rows: list[Row] = town.ask(questions.goals, as_of, known, coverage=coverage)
    return rows


@pytest.fixture(scope="module")
def aims(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int], dict[str, str]]:
    town = Town(tmp_path_factory.mktemp("goals"))
    marks = {"founded": town.founded}
    ids: dict[str, str] = {}
    town.people("anna", "bo")
    ids["adopting"] = by_consensus(town, "2")
    ids["top"] = told(town, "goal set", "3", title="No queue", adopted_by=ids["adopting"], why="they wait")
    ids["low"] = told(town, "goal set", "3", by="anna", title="Two hands", parent=ids["top"])
    marks["set"] = town.ledger.head()
    town.tell("define", on="4", code="norr", title="North", goals=[ids["low"]])
    town.tell("define", on="4", code="syd", title="South", goals=["winter"])
    town.tell("define", on="4", code="ost", title="East")
    town.grant("norr", "anna", on="4")
    marks["defined"] = town.grant("syd", "bo", on="4")
    told(town, "decide", "5", "anna", title="Hire", type="hire", **{"in": "norr"})
    told(town, "decide", "5", "bo", title="Salt", type="buy", goals=[ids["top"]], **{"in": "syd"})
    told(town, "decide", "5", title="Paint", type="buy", **{"in": "ost"})
    marks["decided"] = town.ledger.head()
    marks["noted"] = town.tell("goal note", "bo", "6", goal=ids["top"], confidence="0.4", note="few hands", value="12")
    town.tell("goal note", "anna", "8", goal=ids["top"], confidence="0.7", note="two new hands")
    marks["clarified"] = town.tell("clarify", on="9", code="ost", goals=[ids["low"], "tidy"])
    marks["noted late"] = town.tell("goal note", "anna", "7", goal=ids["top"], confidence="0.5", note="told late")
    marks["dropped"] = town.tell("goal drop", "anna", "10", goal=ids["low"], reason="no money")
    marks["left"] = town.tell("member leave", on="11", handle="anna")
    town.clock.now = day("12")
    ids["again"] = told(town, "goal set", "12", by="bo", title="Two hands", again=ids["low"])
    marks["again"] = town.ledger.head()
    return town, marks, ids


@pytest.mark.parametrize(
    ("known", "as_of", "top", "low"),
    [
        ("set", "3", "open, shared: by , 0", "open: by , 0"),
        ("defined", "4", "open, shared: norr by anna, 0", "open: norr by anna, 0"),
        ("decided", "5", "open, shared: norr by anna, 2", "open: norr by anna, 1"),
        ("clarified", "8", "open, shared: norr by anna, 2", "open: norr by anna, 1"),
        ("clarified", "9", "open, shared: norr ost by anna, 3", "open: norr ost by anna, 2"),
        ("dropped", "10", "open, shared: norr ost by anna, 3", "dropped: norr ost by anna, 2"),
        ("dropped", "9", "open, shared: norr ost by anna, 3", "open: norr ost by anna, 2"),
        ("left", "11", "open, shared: norr ost by , 3", "dropped: norr ost by , 2"),
        ("left", "2025-04-06", "open, shared: norr ost by , 0", "dropped: norr ost by , 0"),
    ],
)
def test_who_works_toward_a_goal_or_a_goal_below_it(
    aims: tuple[Town, dict[str, int], dict[str, str]], known: str, as_of: str, top: str, low: str
) -> None:
    town, marks, _ids = aims
    assert {row["title"]: _said(row) for row in goals(town, as_of, marks[known])} == {"No queue": top, "Two hands": low}


def test_before_a_goal_was_set_or_known_there_is_none(aims: tuple[Town, dict[str, int], dict[str, str]]) -> None:
    town, marks, _ids = aims
    assert goals(town, "30", marks["founded"]) == goals(town, "2", marks["set"]) == []


def _said(row: Row) -> str:
    shared = ", shared" if row["shared"] else ""
    toward = " ".join((*row["responsibilities"], "by", *row["holders"]))
    return f"{row['status']}{shared}: {toward}{'' if row['holders'] else ' '}, {row['decisions_90_d']}"


@pytest.mark.parametrize(
    ("known", "as_of", "sure"),
    [
        ("decided", "30", None),
        ("noted", "5", None),
        ("noted", "6", ("0.4", "few hands", "12")),
        ("clarified", "7", ("0.4", "few hands", "12")),
        ("clarified", "8", ("0.7", "two new hands", None)),
        ("noted late", "7", ("0.5", "told late", None)),
        ("noted late", "8", ("0.7", "two new hands", None)),
    ],
)
def test_how_sure_somebody_was_last(
    aims: tuple[Town, dict[str, int], dict[str, str]], known: str, as_of: str, sure: tuple[str, ...] | None
) -> None:
    town, marks, ids = aims
    row = next(row for row in goals(town, as_of, marks[known]) if row["goal"] == ids["top"])
    assert (row["confidence"], row["note"], row["value"]) == (sure or (None, None, None))


@pytest.mark.parametrize(
    ("known", "as_of", "rest"),
    [
        ("defined", "4", ["winter not set: syd 0", "None serves none: ost 0", "None serves none: root 1"]),
        ("decided", "5", ["winter not set: syd 1", "None serves none: ost 1", "None serves none: root 1"]),
        ("clarified", "9", ["tidy not set: ost 1", "winter not set: syd 1", "None serves none: root 1"]),
        (
            "dropped",
            "10",
            ["tidy not set: ost 1", "winter not set: syd 1", "None serves none: norr 1", "None serves none: root 1"],
        ),
    ],
)
def test_then_what_is_only_named_and_what_serves_no_goal_that_is_open(
    aims: tuple[Town, dict[str, int], dict[str, str]], known: str, as_of: str, rest: list[str]
) -> None:
    town, marks, _ids = aims
    rows = goals(town, as_of, marks[known], coverage=True)
    assert rows[:2] == goals(town, as_of, marks[known])
    assert [
        f"{row['goal']} {row['status']}: {' '.join(row['responsibilities'])} {row['decisions_90_d']}"
        for row in rows[2:]
    ] == rest


def test_an_empty_ledger_has_no_goal_and_its_root_serves_none(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert goals(town, "1") == []
    assert only(goals(town, "1", coverage=True), "status", "responsibilities", "holders") == [
        ("serves none", ["root"], ["eva"])
    ]
    assert goals(town, "1", 0, coverage=True) == []


def test_a_new_attempt_is_another_goal_that_names_the_old(aims: tuple[Town, dict[str, int], dict[str, str]]) -> None:
    town, marks, ids = aims
    rows = {row["goal"]: row for row in goals(town, "12", marks["again"])}
    assert (rows[ids["low"]]["status"], rows[ids["again"]]["status"]) == ("dropped", "open")
    assert (rows[ids["again"]]["former"], rows[ids["again"]]["parent"]) == (ids["low"], None)


def test_a_goal_is_shared_while_a_consensus_of_the_root_stands_behind_its_words(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    alone = told(town, "decide", "2", title="Alone", type="direction", **{"in": "root"})
    agreed = by_consensus(town, "2")
    id_ = told(town, "goal set", "3", by="anna", title="No queue", adopted_by=alone)
    marks = {"alone": town.ledger.head()}
    marks["adopted"] = town.tell("goal reword", "anna", "4", goal=id_, adopted_by=agreed, reason="we all do")
    marks["reworded"] = town.tell("goal reword", "eva", "6", goal=id_, title="Short queue", reason="easier")
    marks["again"] = town.tell("goal reword", "eva", "8", goal=id_, adopted_by=agreed, title="No queue", reason="no")
    marks["reversed"] = town.tell("reverse", on="9", decision=agreed, reason="not now")
    for known, as_of, title, shared in (
        ("alone", "3", "No queue", False),
        ("adopted", "3", "No queue", False),
        ("adopted", "4", "No queue", True),
        ("reworded", "5", "No queue", True),
        ("reworded", "6", "Short queue", False),
        ("again", "7", "Short queue", False),
        ("again", "8", "No queue", True),
        ("again", "30", "No queue", True),
        ("reversed", "8", "No queue", True),
        ("reversed", "9", "No queue", False),
    ):
        assert only(goals(town, as_of, marks[known]), "title", "shared") == [(title, shared)], (known, as_of)


def test_a_decision_stands_behind_no_later_words_than_those_that_it_adopted(tmp_path: Path) -> None:
    town = Town(tmp_path, now="5")
    goal = told(town, "goal set", "1", title="No queue")
    adopting = by_consensus(town, "1")
    town.tell("goal reword", on="3", goal=goal, title="Short queues", reason="plainer")
    # Told last, and true from the 2nd: the words of the 3rd were nobody's but hers.
    town.tell("goal reword", on="2", goal=goal, title="No queue at all", adopted_by=adopting, reason="adopted")
    found = {at: only(goals(town, at), "title", "adopted_by", "shared") for at in ("1", "2", "3", "4")}
    assert found == {
        "1": [("No queue", None, False)],
        "2": [("No queue at all", adopting, True)],
        "3": [("Short queues", None, False)],
        "4": [("Short queues", None, False)],
    }


def test_a_correction_that_comes_later_puts_a_goal_right_from_then_on(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    id_ = told(town, "goal set", "2", by="anna", title="No quee")
    before = town.tell("goal reach", "anna", "3", goal=id_, evidence="nobody waits", learned="ask early")
    town.tell("correct", "anna", "5", stream=id_, version=1, field="title", after="No queue", reason="a slip")
    after = town.tell("annul", "anna", "5", stream=id_, version=2, reason="another one")
    assert only(goals(town, "4", before), "title", "status") == [("No quee", "reached")]
    assert only(goals(town, "4", after), "title", "status") == [("No queue", "open")]


def test_a_goal_that_is_moved_counts_where_it_lies(tmp_path: Path) -> None:
    town = Town(tmp_path)
    one, two, low = (told(town, "goal set", "2", title=each) for each in ("One", "Two", "Zero"))
    town.tell("define", on="2", code="norr", title="North", goals=[low])
    town.tell("goal move", on="3", goal=low, parent=one, reason="one aim")
    town.tell("goal move", on="5", goal=low, parent=two, reason="another")
    town.tell("goal move", on="4", goal=low, reason="apart, told late")
    for as_of, serving in (("2", ["Zero"]), ("3", ["One", "Zero"]), ("4", ["Zero"]), ("5", ["Two", "Zero"])):
        rows = goals(town, as_of)
        assert [row["title"] for row in rows if row["responsibilities"]] == serving, as_of
    assert {row["parent"] for row in goals(town, "5")} == {None, two}


def test_each_row_names_the_events_behind_it(aims: tuple[Town, dict[str, int], dict[str, str]]) -> None:
    town, marks, ids = aims
    row = next(row for row in goals(town, "9", marks["noted late"]) if row["goal"] == ids["low"])
    with town.ledger.ask(questions.log, None, None) as answer:
        events = {line["position"]: (line["event"], line["subject"]) for line in answer.value}
    kinds = sorted(events[position][0] for position in row["explain"])
    assert kinds == [
        "decision.made.v1", "decision.made.v1",
        "goal.set.v1", "responsibility.clarified.v1", "responsibility.defined.v1",
    ]  # fmt: skip
