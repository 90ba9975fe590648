"""What became of proposals, and when an urgent decision is settled: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day

from ledger import Filters, command, questions

if TYPE_CHECKING:
    pass

WHY = {"reason": "so it is"}


@pytest.fixture(scope="module")
def proposals(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """One proposal is amended and decided, one declined, one withdrawn (told late); one decision is urgent."""
    town = Town(tmp_path_factory.mktemp("proposals"))
    marks = {"founded": town.founded}
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="1", amount="100")

    def opened(title: str, on: str, do: str = "propose", **fields: object) -> str:
        matter = {"title": title, "in": "norr", "type": "buy", "by": "anna", "on": day(on)}
        town.clock.now = max(town.clock.now, day(on))
        told = town.ledger.tell(command({"do": do, **matter, **fields}))
        marks[title] = town.ledger.head()
        return told.entries[0].stream

    alone = {"process": "alone"}
    first = opened("first", "2", **alone)
    second = opened("second", "2", **alone)
    third = opened("third", "2", **alone)
    marks["amended"] = town.tell("amend", "anna", "3", decision=first, title="First, better", amount="90")
    marks["declined"] = town.tell("decline proposal", "anna", "4", decision=second, **WHY)
    marks["decided"] = town.tell("decide matter", "anna", "5", decision=first)
    urgent = opened("urgent", "5", do="decide", urgent=True, amount="900", **WHY)
    marks["reported"] = town.tell("report", "anna", "7", decision=urgent, to="eva")
    town.clock.now = day("9")
    marks["withdrawn"] = town.tell("withdraw", "anna", "6", decision=third, **WHY)
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "titles"),
    [
        ("founded", "9", []),
        ("third", "1T23", []),
        ("third", "2", ["first", "second", "third"]),
        ("amended", "2", ["first", "second", "third"]),
        ("amended", "3", ["First, better", "second", "third"]),
        ("declined", "4", ["First, better", "third"]),
        ("declined", "3T23", ["First, better", "second", "third"]),
        ("decided", "5", ["third"]),
        ("reported", "6", ["third"]),
        ("withdrawn", "6", []),
        ("withdrawn", "5T23", ["third"]),
    ],
)
def test_what_was_declined_or_withdrawn_is_open_no_longer(
    proposals: tuple[Town, dict[str, int]], known: str, as_of: str, titles: list[str]
) -> None:
    town, marks = proposals
    assert sorted(town.column("title", questions.decisions, as_of, marks[known], Filters(open=True))) == sorted(titles)


def test_what_was_declined_or_withdrawn_is_no_decision(proposals: tuple[Town, dict[str, int]]) -> None:
    town, _marks = proposals
    rows = town.ask(questions.decisions, "9", None, Filters())
    assert [(row["title"], row["amount"], row["status"]) for row in rows] == [
        ("First, better", "90", "stands"),
        ("urgent", "900", "stands"),
    ]


@pytest.mark.parametrize(
    ("known", "as_of", "settled"),
    [("urgent", "9", None), ("reported", "6", None), ("reported", "7", "reported to eva")],
)
def test_an_urgent_decision_is_settled_when_it_is_reported(
    proposals: tuple[Town, dict[str, int]], known: str, as_of: str, settled: str | None
) -> None:
    town, marks = proposals
    (row,) = town.ask(questions.decisions, as_of, marks[known], Filters(outside=True))
    assert row["settled_by"] == settled
    assert (row["days_open"] is None) == (settled is not None)
