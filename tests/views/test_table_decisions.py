"""What was decided, and what replaced what: (known at, as of) -> answer, with each filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from viewkit import Town, day

from ledger import Filters, command, questions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def matters(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int], dict[str, str]]:
    """Decisions inside, outside, urgent, by a stand-in, referred up, reversed, overruled, superseded, ratified."""
    town = Town(tmp_path_factory.mktemp("decisions"))
    marks = {"founded": town.founded}
    ids: dict[str, str] = {}
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="1", amount="100")
    town.tell("stand-in", on="1", code="norr", member="bo", until=day("20"), reason="leave", **{"from": day("4")})

    def decide(name: str, by: str, on: str, do: str = "decide", **fields: object) -> None:
        town.clock.now = max(town.clock.now, day(on))
        told = town.ledger.tell(
            command({"do": do, "by": by, "on": day(on), "title": name, "in": "norr", "type": "buy", **fields})
        )
        ids[name] = told.entries[0].stream
        marks[name] = town.ledger.head()

    decide("inside", "anna", "2", amount="80", review_on="2025-06-01")
    decide("outside", "anna", "3", amount="800", outside_mandate=True, reason="it burned")
    decide("urgent", "bo", "3", urgent=True, reason="it burned")
    decide("acting", "bo", "5", amount="10")
    decide("open", "anna", "6", do="refer-up", amount="900", reason="too much")
    decide("new", "anna", "7", amount="20", supersedes=[ids["acting"]])
    marks["matter decided"] = town.tell("decide matter", on="8", decision=ids["open"])
    marks["reversed"] = town.tell("reverse", "anna", "9", decision=ids["inside"], reason="dear")
    marks["ratified"] = town.tell("ratify", on="9", decision=ids["outside"], reason="right")
    marks["overruled"] = town.tell("overrule", on="10", decision=ids["urgent"], reason="no")
    decide("told late", "anna", "4", amount="5", supersedes=[ids["inside"]])
    return town, marks, ids


def _titles(town: Town, known: int | None, as_of: str, filters: Filters) -> list[str]:
    return town.column("title", questions.decisions, as_of, known, filters)


@pytest.mark.parametrize(
    ("known", "as_of", "filters", "titles"),
    [
        ("founded", "1", {}, []),
        ("founded", "1", {"open": True}, []),
        ("inside", "1T23", {}, []),
        ("inside", "2", {}, ["inside"]),
        ("acting", "30", {}, ["inside", "outside", "urgent", "acting"]),
        ("acting", "3", {}, ["inside", "outside", "urgent"]),
        ("acting", "30", {"outside": True}, ["outside", "urgent"]),
        ("acting", "30", {"acting": True}, ["acting"]),
        ("acting", "4", {"acting": True}, []),
        ("acting", "30", {"by": "bo"}, ["urgent", "acting"]),
        ("acting", "30", {"by": "bo", "outside": True}, ["urgent"]),
        ("acting", "30", {"since": day("3")}, ["outside", "urgent", "acting"]),
        ("acting", "30", {"since": day("3T01")}, ["acting"]),
        ("acting", "30", {"where": "norr"}, ["inside", "outside", "urgent", "acting"]),
        ("acting", "30", {"where": "root"}, []),
        ("open", "5", {"open": True}, []),
        ("open", "6", {"open": True}, ["open"]),
        ("open", "30", {"open": True, "where": "root"}, ["open"]),
        ("open", "30", {"open": True, "where": "norr"}, []),
        ("open", "30", {"open": True, "by": "anna"}, ["open"]),
        ("open", "30", {"open": True, "by": "bo"}, []),
        ("matter decided", "7", {"open": True}, ["open"]),
        ("matter decided", "8", {"open": True}, []),
        ("matter decided", "8", {"since": day("8")}, ["open"]),
        ("matter decided", "8", {"where": "root"}, ["open"]),
        ("new", "30", {"open": True}, ["open"]),
        ("new", "7", {"since": day("4")}, ["acting", "new"]),
        ("told late", "4", {}, ["inside", "outside", "urgent", "told late"]),
        ("overruled", "4", {}, ["inside", "outside", "urgent"]),
    ],
)
def test_which_decisions_fit(
    matters: tuple[Town, dict[str, int], dict[str, str]],
    known: str,
    as_of: str,
    filters: dict[str, Any],
    titles: list[str],
) -> None:
    town, marks, _ = matters
    found = _titles(town, marks[known], as_of, Filters(**filters))
    # Two of one instant come in the order of their ids, which says nothing.
    assert sorted(found) == sorted(titles)


@pytest.mark.parametrize(
    ("name", "known", "as_of", "status", "settled_by"),
    [
        ("inside", "inside", "2", "stands", None),
        ("inside", "overruled", "8", "stands", None),
        ("inside", "reversed", "9", "reversed", "reversed by anna"),
        ("inside", "told late", "3", "stands", None),
        ("inside", "told late", "4", "superseded", "superseded by {told late}"),
        ("inside", "told late", "30", "superseded", "superseded by {told late}"),
        ("outside", "outside", "3", "stands", None),
        ("outside", "ratified", "8", "stands", None),
        ("outside", "ratified", "9", "stands", "ratified by eva"),
        ("urgent", "overruled", "9", "stands", None),
        ("urgent", "overruled", "10", "overruled", "overruled by eva"),
        ("acting", "acting", "9", "stands", None),
        ("acting", "new", "6", "stands", None),
        ("acting", "new", "7", "superseded", "superseded by {new}"),
        ("open", "matter decided", "8", "stands", None),
    ],
)
def test_what_became_of_it(
    matters: tuple[Town, dict[str, int], dict[str, str]],
    name: str,
    known: str,
    as_of: str,
    status: str,
    settled_by: str | None,
) -> None:
    town, marks, ids = matters
    rows = town.ask(questions.decisions, as_of, marks[known], Filters())
    row = next(row for row in rows if row["title"] == name)
    assert (row["status"], row["settled_by"]) == (status, settled_by and settled_by.format(**ids))


def test_a_decision_outside_says_where_it_stopped_and_how_long_it_has_been_open(
    matters: tuple[Town, dict[str, int], dict[str, str]],
) -> None:
    town, marks, _ = matters
    for known, as_of, days in (("outside", "3", 0), ("outside", "8", 5), ("ratified", "8", 5), ("ratified", "9", None)):
        rows = town.ask(questions.decisions, as_of, marks[known], Filters(outside=True))
        row = next(row for row in rows if row["title"] == "outside")
        assert (row["link"], row["dimension"], row["limit"], row["asked"]) == ("norr", "amount", "100", "800")
        assert (row["days_open"], row["reason"]) == (days, "it burned")


def test_a_stand_in_decides_for_somebody(matters: tuple[Town, dict[str, int], dict[str, str]]) -> None:
    town, marks, _ = matters
    (row,) = town.ask(questions.decisions, "30", marks["acting"], Filters(acting=True))
    assert (row["by"], row["as"], row["acting_for"], row["verdict"]) == ("bo", "stand-in", "anna", "inside")


@pytest.mark.parametrize(
    ("start", "known", "as_of", "family"),
    [
        ("acting", "acting", "30", [("acting", [])]),
        ("acting", "new", "6", [("acting", [])]),
        ("acting", "new", "7", [("acting", []), ("new", ["acting"])]),
        ("new", "new", "7", [("acting", []), ("new", ["acting"])]),
        ("inside", "overruled", "30", [("inside", [])]),
        ("inside", "told late", "3", [("inside", [])]),
        ("told late", "told late", "4", [("inside", []), ("told late", ["inside"])]),
        ("new", "acting", "30", []),
    ],
)
def test_what_replaced_what(
    matters: tuple[Town, dict[str, int], dict[str, str]],
    start: str,
    known: str,
    as_of: str,
    family: list[tuple[str, list[str]]],
) -> None:
    town, marks, ids = matters
    rows = town.ask(questions.lineage, as_of, marks[known], ids[start])
    assert [(row["title"], row["supersedes"]) for row in rows] == [
        (title, [ids[each] for each in before]) for title, before in family
    ]


def test_a_part_that_is_superseded_leaves_the_rest_standing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    matter = {"in": "root", "type": "buy"}
    first = town.ledger.tell(command({"do": "decide", "by": "eva", "title": "All", "on": day("1"), **matter}))
    old = first.entries[0].stream
    town.tell("decide", on="2", title="The half", supersedes=[old], part="the half", **matter)
    rows = town.ask(questions.lineage, "3", None, old)
    assert [(row["title"], row["status"], row["part"]) for row in rows] == [
        ("All", "stands", []),
        ("The half", "stands", ["the half"]),
    ]


def test_a_correction_of_when_it_was_made_moves_it_and_a_correction_of_a_title_renames_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    matter = {"in": "root", "type": "buy"}
    told = town.ledger.tell(command({"do": "decide", "by": "eva", "title": "A vam", "on": day("1"), **matter}))
    id_, made = told.entries[0].stream, town.ledger.head()
    town.clock.now = day("5")
    titled = town.tell("correct", on="5", stream=id_, version=1, field="title", after="A van", reason="a slip")
    moved = town.tell(
        "correct",
        on="5",
        stream=id_,
        version=2,
        field="occurred_at",
        after=day("3").isoformat(),
        reason="it was the 3rd",
    )
    annulled = town.tell("annul", on="5", stream=id_, version=2, reason="nobody decided it")
    for known, as_of, decided, still_open in (
        (made, "1", ["A vam"], []),
        (titled, "1", ["A van"], []),
        (moved, "2", [], ["A van"]),
        (moved, "3", ["A van"], []),
        (annulled, "4", [], ["A van"]),
        (made, "4", ["A vam"], []),
    ):
        assert _titles(town, known, as_of, Filters()) == decided, (known, as_of)
        assert _titles(town, known, as_of, Filters(open=True)) == still_open, (known, as_of)
