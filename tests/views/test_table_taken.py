"""What was taken back, revoked and handed back: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import Filters, questions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Norr and syd are granted in one instant, vagn below norr; matters are overruled, brought up and called in."""
    town = Town(tmp_path_factory.mktemp("taken"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    for code, parent in (("norr", "root"), ("syd", "root"), ("vagn", "norr")):
        town.tell("define", on="1", code=code, title=code, parent=parent)
    town.grant("norr", "anna", on="2")
    marks["two in one second"] = town.grant("syd", "bo", on="2")
    town.grant("vagn", "cia", by="anna", on="3", resources=["a van"])
    van = {"type": "hire", "in": "vagn", "because": "x"}
    for number in ("3", "4", "5"):
        town.tell("decide", "cia", number, title=f"Van {number}", **van)
    marks["decided"] = town.ledger.head()
    first = town.ask(questions.decisions, None, None, Filters())[0]["decision"]
    marks["overruled"] = town.tell("overrule", "anna", "6", decision=first, reason="budget")
    for number in ("6", "7"):
        town.tell("refer-up", "cia", number, title=f"Bus {number}", type="hire", reason="too big", **{"in": "vagn"})
    matters = town.ask(questions.decisions, None, None, Filters(open=True))
    marks["called in"] = town.tell("call-in", on="8", decision=matters[0]["decision"], reason="the whole town")
    town.tell("check-in", "anna", "9", code="vagn", state="blocked", **{"with": ["cia"]})
    marks["handed back"] = town.tell("hand-back", "cia", "10", code="vagn", lacking="resources", reason="no van")
    marks["offered anew"] = town.grant("vagn", "bo", by="anna", on="12", resources=["a van", "another"])
    town.tell("check-in", "anna", "14", code="vagn", state="going_well", **{"with": ["bo"]})
    marks["revoked"] = town.tell(
        "revoke", "anna", "15", code="vagn", reason="closed", effective=day("20"), talked_first=True
    )
    marks["syd revoked"] = town.tell("revoke", on="16", code="syd", reason="moved")
    marks["left"] = town.tell("member leave", "anna", "18", handle="anna")
    town.clock.now = day("25")
    wrong = next(row for row in town.ask(questions.log, None) if row["position"] == marks["syd revoked"])
    marks["annulled"] = town.tell(
        "annul", on="25", stream=wrong["subject"], version=int(wrong["id"].rpartition("/")[2]), reason="the wrong one"
    )
    return town, marks


COUNTS = ("unit", "made", "called_in", "overruled", "referred_up", "revoked", "share")


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("two in one second", "2", []),
        ("decided", "2", []),
        ("decided", "4", [("norr", 2, 0, 0, 0, 0, 0.0)]),
        ("decided", "5", [("norr", 3, 0, 0, 0, 0, 0.0)]),
        ("overruled", "6", [("norr", 3, 0, 1, 0, 0, 0.333)]),
        ("called in", "8", [("norr", 3, 0, 1, 2, 0, 0.333), ("root", 0, 1, 0, 0, 0, 1.0)]),
        ("syd revoked", "16", [("norr", 3, 0, 1, 2, 1, 0.333), ("root", 0, 1, 0, 0, 1, 1.0)]),
        ("left", "20", [("norr", 3, 0, 1, 2, 1, 0.333), ("root", 0, 1, 0, 0, 1, 1.0)]),
        ("annulled", "16", [("norr", 3, 0, 1, 2, 1, 0.333), ("root", 0, 1, 0, 0, 0, 1.0)]),
    ],
)
def test_what_is_taken_back_is_counted_at_the_level_that_takes(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.taken_back, as_of, marks[known], by_unit=True)
    assert only(rows, *COUNTS) == answer
    whole = town.ask(questions.taken_back, as_of, marks[known])
    sums = tuple(sum(row[name] for row in rows) for name in COUNTS[1:-1])
    assert [tuple(row[name] for name in COUNTS[1:-1]) for row in whole] == ([sums] if rows else [])
    assert all(row["unit"] == "all" for row in whole)


REVOKED = ("code", "holder", "by", "talked_first", "check_ins_before", "notice")


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("offered anew", "15", []),
        ("revoked", "14", []),
        ("revoked", "15", [("vagn", "bo", "anna", True, 1, 5)]),
        ("syd revoked", "16", [("vagn", "bo", "anna", True, 1, 5), ("syd", "bo", "eva", False, 0, 0)]),
        # Whoever revoked it and left since did it all the same.
        ("left", "30", [("vagn", "bo", "anna", True, 1, 5), ("syd", "bo", "eva", False, 0, 0)]),
        ("annulled", "30", [("vagn", "bo", "anna", True, 1, 5)]),
        ("syd revoked", "30", [("vagn", "bo", "anna", True, 1, 5), ("syd", "bo", "eva", False, 0, 0)]),
    ],
)
def test_a_revocation_is_told_with_the_talk_before_it(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    assert only(town.ask(questions.revocations, as_of, marks[known]), *REVOKED) == answer


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", []),
        ("handed back", "9", []),
        ("handed back", "10", [("vagn", "cia", "resources", "no van", 7, "nothing yet")]),
        ("offered anew", "11", [("vagn", "cia", "resources", "no van", 7, "nothing yet")]),
        ("offered anew", "12", [("vagn", "cia", "resources", "no van", 7, "offered to bo, with another")]),
        ("handed back", "12", [("vagn", "cia", "resources", "no van", 7, "nothing yet")]),
        ("annulled", "30", [("vagn", "cia", "resources", "no van", 7, "offered to bo, with another")]),
    ],
)
def test_a_hand_back_is_told_with_what_was_lacking_and_what_was_done(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[object, ...]]
) -> None:
    town, marks = year
    rows = town.ask(questions.hand_backs, as_of, marks[known])
    assert only(rows, "code", "by", "lacking", "reason", "held_for", "done") == answer


def test_a_wider_mandate_answers_a_lack_of_authority_and_retiring_ends_it(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna")
    for code in ("norr", "syd"):
        town.tell("define", on="1", code=code, title=code)
        town.grant(code, "anna", on="2", amount="100")
        town.tell("hand-back", "anna", "4", code=code, lacking="authority", reason="too little")
    town.tell("offer", on="5", code="norr", to="anna", amount="200")
    town.tell("retire", on="6", code="syd", reason="no more")
    assert only(town.ask(questions.hand_backs, "5"), "code", "done") == [
        ("norr", "offered to anna, with a wider mandate"),
        ("syd", "nothing yet"),
    ]
    assert only(town.ask(questions.hand_backs, "6"), "done")[1] == ("retired",)
