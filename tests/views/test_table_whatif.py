"""What would be so if somebody left: (known at, as of, day) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewkit import Town, day, only

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path


def _answer(town: Town, as_of: str, known: int | None, who: str, on: str) -> list[tuple[object, ...]]:
    return only(town.ask(questions.what_if_leaves, as_of, known, who, day(on)), "what", "name", "then")


def test_what_falls_vacant_and_who_answers_then(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    empty = town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    norr = town.grant("norr", "anna", on="2", until=day("9"))
    vagn = town.grant("vagn", "bo", by="anna", on="3")
    for known, as_of, who, on, answer in (
        (town.founded, "1", "eva", "1", [("responsibility", "root", None)]),
        (empty, "1", "anna", "30", []),
        (norr, "2", "anna", "5", [("responsibility", "norr", "eva")]),
        (norr, "2", "anna", "9", []),
        (norr, "1", "anna", "1", []),
        (vagn, "3", "bo", "3", [("responsibility", "vagn", "anna")]),
        (norr, "3", "bo", "3", []),
        (vagn, "5", "bo", "4", [("responsibility", "vagn", "anna")]),
    ):
        assert _answer(town, as_of, known, who, on) == answer, (known, as_of, who, on)


def test_who_leaves_never_answers_for_what_they_leave(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    town.grant("vagn", "anna", on="2")
    both = town.grant("norr", "anna", on="3")
    handed = town.grant("norr", "bo", on="5")
    for known, on, answer in (
        (both, "4", [("responsibility", "norr", "eva"), ("responsibility", "vagn", "eva")]),
        (handed, "5", [("responsibility", "vagn", "bo")]),
    ):
        assert _answer(town, "4", known, "anna", on) == answer


def test_groups_stand_ins_and_competences_that_would_be_lost(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo", "cia")
    town.tell("member add", on="1", handle="crew", group=True, acts="each")
    town.tell("member add", on="1", handle="town", group=True, acts="each")
    town.tell("member join", on="1", group="crew", handle="anna")
    town.tell("member join", on="1", group="town", handle="crew")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="syd", title="South")
    town.grant("norr", "crew", on="2", taken_by="anna")
    alone = town.grant("syd", "bo", on="2")
    town.clock.now = day("3")
    joined = town.tell("member join", on="5", group="crew", handle="cia")
    stands_in = town.tell(
        "stand-in", on="3", code="syd", member="anna", until=day("9"), reason="x", **{"from": day("4")}
    )
    able = town.tell("competence", "anna", "3", competence="welding", level="able")
    both = town.tell("competence", "cia", "4", competence="welding", level="able")
    only_hers = [("responsibility", "norr", "eva"), ("group", "crew", "nobody"), ("group", "town", "nobody")]
    shared = [("group", "crew", "cia"), ("group", "town", "cia")]
    for known, on, answer in (
        (alone, "5", only_hers),
        (joined, "4", only_hers),
        (joined, "5", shared),
        (stands_in, "5", [("stand-in", "syd", "bo"), *shared]),
        (stands_in, "9", shared),
        (able, "9", [*shared, ("competence", "welding", "nobody")]),
        (both, "9", [*shared, ("competence", "welding", "cia")]),
    ):
        assert _answer(town, "3", known, "anna", on) == answer, (known, on)


def test_who_is_gone_already_leaves_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    before = town.grant("norr", "anna", on="2")
    town.clock.now = day("5")
    left = town.tell("member leave", on="4", handle="anna")
    back = town.tell("member return", on="5", handle="anna")
    assert _answer(town, "3", before, "anna", "5") == [("responsibility", "norr", "eva")]
    assert _answer(town, "3", left, "anna", "4") == []
    assert _answer(town, "3", back, "anna", "5") == []
    assert _answer(town, "3", back, "anna", "3") == [("responsibility", "norr", "eva")]
