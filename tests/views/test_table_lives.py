"""Responsibilities that are moved, retired and named anew, and holders who go: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import Ask, questions

if TYPE_CHECKING:
    from pathlib import Path


def test_a_moved_responsibility_lies_under_its_new_parent_from_that_day(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for code in ("norr", "syd"):
        town.tell("define", on="1", code=code, title=code)
    before = town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    moved = town.tell("move", on="5", code="vagn", parent="syd", reason="nearer")
    late = town.tell("move", on="3", code="vagn", parent="root", reason="told too late")
    for known, as_of, parent in (
        (before, "6", "norr"),
        (moved, "4", "norr"),
        (moved, "5", "syd"),
        (late, "2", "norr"),
        (late, "3", "root"),
        (late, "5", "syd"),
    ):
        assert town.column("parent", questions.who_owns, as_of, known, "vagn") == [parent], (known, as_of)
    assert only(town.ask(questions.who_owns, "3", late, tree=True), "code", "depth") == [
        ("root", 0),
        ("norr", 1),
        ("syd", 1),
        ("vagn", 1),
    ]


def test_a_code_that_is_retired_is_owned_by_nobody_until_it_is_defined_again(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2")
    held = town.tell("complete", "anna", "4", code="norr", summary="done")
    retired = town.tell("retire", on="5", code="norr", reason="no longer needed")
    again = town.tell("define", on="7", code="norr", title="North anew")
    granted = town.grant("norr", "bo", on="8")
    for known, as_of, title, holder in (
        (held, "6", "North", None),
        (retired, "3", "North", "anna"),
        (retired, "4", "North", None),
        (retired, "5", None, None),
        (retired, "9", None, None),
        (again, "6", None, None),
        (again, "7", "North anew", None),
        (granted, "3", "North", "anna"),
        (granted, "8", "North anew", "bo"),
    ):
        rows = only(town.ask(questions.who_owns, as_of, known, "norr"), "title", "holder")
        assert rows == ([] if title is None else [(title, holder)]), (known, as_of)


@pytest.mark.parametrize("known", ["word", "late word"])
def test_a_later_word_about_a_title_stands_though_it_repeats_an_earlier_one(tmp_path: Path, known: str) -> None:
    town = Town(tmp_path)
    town.tell("define", on="1", code="norr", title="A")
    town.tell("clarify", on="4", code="norr", title="B")
    word = town.tell("clarify", on="2", code="norr", title="C")
    marks = {"word": word, "late word": town.tell("clarify", on="3", code="norr", title="A")}
    wanted = {"word": ["A", "C", "C", "B"], "late word": ["A", "C", "A", "B"]}[known]
    titles = [town.column("title", questions.who_owns, each, marks[known], "norr")[0] for each in ("1", "2", "3", "4")]
    assert titles == wanted


def test_a_late_word_about_a_retired_responsibility_leaves_its_next_life_alone(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.tell("define", on="1", code="norr", title="A")
    town.tell("retire", on="3", code="norr", reason="no longer needed")
    town.tell("define", on="5", code="norr", title="A")
    town.tell("clarify", on="2", code="norr", title="B")
    assert town.column("title", questions.who_owns, "2", None, "norr") == ["B"]
    assert town.column("title", questions.who_owns, "5", None, "norr") == ["A"]


def test_corrections_of_an_amount_change_what_is_so_and_not_what_was_known(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    granted = town.grant("norr", "anna", on="2", amount="100")
    offered = next(row for row in town.ask(questions.log, None) if row["position"] == granted - 1)
    version = int(offered["id"].rpartition("/")[2])
    town.clock.now = day("9")
    fields = {"stream": offered["subject"], "version": version, "reason": "a slip of the pen"}
    right = town.tell("correct", on="9", field="mandate.amount", after="1000", **fields)
    again = town.tell("correct", on="9", field="mandate.amount", after="900", **fields)
    for known, amount in ((granted, "100"), (right, "1000"), (again, "900"), ("8", "100")):
        assert town.column("amount", questions.holds, "3", known, "anna") == [amount], known


def test_what_lies_above_bounds_what_is_held_and_a_vacant_link_keeps_its_ceiling(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    town.grant("norr", "anna", on="2", amount="200")
    town.grant("vagn", "bo", by="anna", on="2")
    town.tell("change-mandate", on="4", code="norr", amount="50", reason="narrower")
    town.tell("hand-back", "anna", "6", code="norr", lacking="capacity", reason="too much")
    for as_of, amount in (("3", "200"), ("4", "50"), ("6", "50"), ("9", "50")):
        assert town.column("amount", questions.holds, as_of, None, "bo") == [amount], as_of


def test_a_member_who_leaves_in_the_instant_of_coming_may_still_return(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for handle, group in (("bo", False), ("crew", True)):
        town.tell("member add", on="2", handle=handle, group=group)
        town.tell("member leave", on="2", handle=handle)
        town.clock.now = day("4")
        town.tell("member return", on="3", handle=handle)
    town.tell("define", on="3", code="norr", title="North")
    town.grant("norr", "bo", on="4")
    assert town.holder("norr", "4") == "bo"
    (row,) = town.ask(questions.who_owns, "4", None, "norr")
    assert row["kind"] == "person"


def test_what_a_member_was_to_take_on_after_they_left_is_another_s_to_hold(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("offer", on="2", code="norr", to="anna", **{"from": day("10")})
    taken = town.tell("accept", "anna", "3", code="norr")
    left = town.tell("member leave", on="3", handle="anna")
    granted = town.grant("norr", "bo", on="4")
    for known, as_of, holder in (
        (taken, "9", None),
        (taken, "10", "anna"),
        (left, "10", None),
        (granted, "4", "bo"),
        (granted, "9", "bo"),
        (granted, "12", "bo"),
    ):
        assert town.holder("norr", as_of, known) == holder, (known, as_of)
        vacant = "norr" in town.column("code", questions.vacant, as_of, known)
        assert vacant == (holder is None), (known, as_of)
        assert town.column("code", questions.holds, as_of, known, "bo") == (["norr"] if holder == "bo" else [])
    assert town.ask(questions.can, "12", granted, "bo", Ask("buy"), "norr")["verdict"] == "yes"
    town.clock.now = day("12")
    town.tell("decide", "bo", "12", title="A van", type="buy", **{"in": "norr"})
