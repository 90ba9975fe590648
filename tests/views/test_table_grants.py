"""What becomes of grants that meet, change, and are told late: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewkit import Town, day, only

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path


def test_of_two_grants_in_one_second_the_later_holds_and_the_earlier_is_on_record(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    first = town.grant("norr", "anna", on=day("2").replace(microsecond=1))
    second = town.grant("norr", "bo", on=day("2").replace(microsecond=2))
    for known, as_of, holder in (
        (first, day("2"), None),
        (first, day("2").replace(microsecond=1), "anna"),
        (first, day("2").replace(microsecond=2), "anna"),
        (second, day("2").replace(microsecond=1), "anna"),
        (second, day("2").replace(microsecond=2), "bo"),
    ):
        assert town.holder("norr", as_of, known) == holder, (known, as_of)
    assert len(town.ask(questions.who_owns, "3", None, "norr")) == 1


def test_of_two_grants_in_one_instant_the_later_holds(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2")
    town.grant("norr", "bo", on="2")
    assert only(town.ask(questions.who_owns, "2", None, "norr"), "holder") == [("bo",)]
    assert only(town.ask(questions.who_owns, "3", None, "norr"), "holder") == [("bo",)]


def test_a_backdated_change_of_mandate_counts_from_its_day_and_is_known_from_its_telling(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    granted = town.grant("norr", "anna", on="2", amount="100")
    wide = town.tell("change-mandate", on="8", code="norr", amount="300", agreed_by=["anna"], reason="more to do")
    between = town.tell("change-mandate", on="5", code="norr", amount="200", agreed_by=["anna"], reason="told too late")
    for known, as_of, amount in (
        (granted, "9", "100"),
        (wide, "4", "100"),
        (wide, "7", "100"),
        (wide, "8", "300"),
        (between, "4", "100"),
        (between, "5", "200"),
        (between, "7T23", "200"),
        (between, "8", "300"),
    ):
        assert town.column("amount", questions.holds, as_of, known, "anna") == [amount], (known, as_of)


def test_a_change_of_mandate_told_after_a_renewal_but_true_before_it_goes_on_through_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2", amount="100")
    town.tell("renew", on="6", code="norr", review_on="2026-06-01")
    before = town.ledger.head()
    town.tell("change-mandate", on="4", code="norr", amount="50", reason="told too late")
    for known, as_of, amount in ((before, "7", "100"), (None, "3", "100"), (None, "5", "50"), (None, "7", "50")):
        assert town.column("amount", questions.holds, as_of, known, "anna") == [amount], (known, as_of)


def test_a_change_of_another_limit_leaves_the_end_that_a_renewal_gave(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2", amount="100", until=day("10"))
    town.tell("renew", on="4", code="norr", until=day("20"))
    town.tell("change-mandate", on="5", code="norr", amount="50", reason="less to do")
    assert town.ask(questions.who_owns, "6", None, "norr")[0]["until"] == day("20")


def test_a_hand_over_told_late_ends_what_the_former_mandate_became_after_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2", amount="100")
    town.tell("change-mandate", on="8", code="norr", amount="50", reason="less to do")
    changed = town.ledger.head()
    handed = town.grant("norr", "bo", on="5")
    for known, as_of, holders in (
        (changed, "9", ["anna"]),
        (handed, "4", ["anna"]),
        (handed, "5", ["bo"]),
        (handed, "9", ["bo"]),
    ):
        assert town.column("holder", questions.who_owns, as_of, known, "norr") == holders, (known, as_of)


def test_stand_ins_are_shown_inside_their_window_only(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    granted = town.grant("norr", "anna", on="2")
    named = town.tell(
        "stand-in", on="3", code="norr", member="bo", until=day("8"), reason="leave", **{"from": day("5")}
    )
    both = town.tell(
        "stand-in", on="3", code="norr", member="cia", until=day("9"), reason="leave", **{"from": day("6")}
    )
    ended = town.tell("end-stand-in", "bo", "7", code="norr", member="bo")
    for known, as_of, shown, bo in (
        (granted, "6", None, []),
        (named, "4", None, []),
        (named, "5", "bo", [("norr", "anna")]),
        (named, "8", None, []),
        (both, "6", "bo cia", [("norr", "anna")]),
        (both, "7", "bo cia", [("norr", "anna")]),
        (ended, "6T23", "bo cia", [("norr", "anna")]),
        (ended, "7", "cia", []),
        (ended, "9", None, []),
    ):
        assert town.column("stand_in", questions.who_owns, as_of, known, "norr") == [shown], (known, as_of)
        assert only(town.ask(questions.holds, as_of, known, "bo"), "code", "acting_for") == bo, (known, as_of)
