"""Who owns what, what does somebody hold, what have they delegated: (known at, as of) -> answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

VACANT = None
GONE = "(none)"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Norr goes from Anna to Cia, who leaves and comes back; Vagn is granted, revoked ahead, and put right later."""
    town = Town(tmp_path_factory.mktemp("owners"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    marks["defined"] = town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    marks["norr"] = town.grant("norr", "anna", on="2")
    town.clock.now = day("6")
    marks["vagn, told three days late"] = town.grant("vagn", "bo", by="anna", on="3")
    marks["offered"] = town.tell("offer", on="7", code="norr", to="cia")
    marks["handed over"] = town.tell("accept", "cia", "8", code="norr")
    marks["revoked ahead"] = town.tell("revoke", "cia", "9", code="vagn", effective=day("12"), reason="done")
    town.clock.now = day("10")
    marks["leaves ahead"] = town.tell("member leave", "cia", "14", handle="cia")
    town.clock.now = day("20")
    marks["back"] = town.tell("member return", on="18", handle="cia")
    accepted = next(
        row for row in town.ask(questions.log, None) if row["position"] == marks["vagn, told three days late"]
    )
    marks["corrected"] = town.tell(
        "correct",
        on="20",
        stream=accepted["subject"],
        version=int(accepted["id"].rpartition("/")[2]),
        field="occurred_at",
        after=day("4").isoformat(),
        reason="it was the 4th",
    )
    revoked = next(row for row in town.ask(questions.log, None) if row["position"] == marks["revoked ahead"])
    marks["annulled"] = town.tell(
        "annul", on="20", stream=revoked["subject"], version=int(revoked["id"].rpartition("/")[2]), reason="mistake"
    )
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "norr", "vagn"),
    [
        ("founded", "1", GONE, GONE),
        ("founded", "9", GONE, GONE),
        ("defined", "1", VACANT, VACANT),
        ("norr", "1T12", VACANT, VACANT),
        ("norr", "2", "anna", VACANT),
        ("norr", "30", "anna", VACANT),
        ("vagn, told three days late", "2", "anna", VACANT),
        ("vagn, told three days late", "3", "anna", "bo"),
        ("norr", "3", "anna", VACANT),
        ("offered", "8", "anna", "bo"),
        ("handed over", "7T23", "anna", "bo"),
        ("handed over", "8", "cia", "bo"),
        ("offered", "30", "anna", "bo"),
        ("revoked ahead", "11T23", "cia", "bo"),
        ("revoked ahead", "12", "cia", VACANT),
        ("handed over", "12", "cia", "bo"),
        ("leaves ahead", "13T23", "cia", VACANT),
        ("leaves ahead", "14", VACANT, VACANT),
        ("revoked ahead", "14", "cia", VACANT),
        ("back", "18", VACANT, VACANT),
        ("back", "13", "cia", VACANT),
        ("back", "3", "anna", "bo"),
        ("corrected", "3", "anna", VACANT),
        ("corrected", "4", "anna", "bo"),
        ("corrected", "12", "cia", VACANT),
        ("annulled", "12", "cia", "bo"),
        ("annulled", "15", VACANT, "bo"),
        ("corrected", "15", VACANT, VACANT),
    ],
)
def test_who_owns_it_depends_on_the_moment_and_on_what_was_known(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, norr: str | None, vagn: str | None
) -> None:
    town, marks = year
    assert town.holder("norr", as_of, marks[known]) == norr
    assert town.holder("vagn", as_of, marks[known]) == vagn
    flat = dict(only(town.ask(questions.who_owns, as_of, marks[known]), "code", "holder"))
    assert (flat.get("norr", GONE), flat.get("vagn", GONE)) == (norr, vagn)
    assert flat["root"] == "eva"


@pytest.mark.parametrize(
    ("known", "as_of", "until"),
    [
        ("handed over", "9", None),
        ("revoked ahead", "9", day("12")),
        ("leaves ahead", "9", day("12")),
        ("annulled", "9", None),
    ],
)
def test_the_end_shown_is_the_one_that_was_known(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, until: object
) -> None:
    town, marks = year
    assert town.ask(questions.who_owns, as_of, marks[known], "vagn")[0]["until"] == until


def test_a_member_who_leaves_ends_what_they_hold_and_the_row_says_so_ahead(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    (row,) = town.ask(questions.who_owns, "10", marks["leaves ahead"], "norr")
    assert (row["until"], row["ends_by"]) == (day("14"), "leaving")
    (row,) = town.ask(questions.who_owns, "10", marks["revoked ahead"], "norr")
    assert row["until"] is None


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "1", [("root", 0, "eva")]),
        ("defined", "1", [("root", 0, "eva"), ("norr", 1, None), ("vagn", 2, None)]),
        ("handed over", "8", [("root", 0, "eva"), ("norr", 1, "cia"), ("vagn", 2, "bo")]),
        ("handed over", "7", [("root", 0, "eva"), ("norr", 1, "anna"), ("vagn", 2, "bo")]),
    ],
)
def test_the_tree_goes_depth_first(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, answer: list[tuple[str, int, str | None]]
) -> None:
    town, marks = year
    rows = town.ask(questions.who_owns, as_of, marks[known], tree=True)
    assert only(rows, "code", "depth", "holder") == answer
    under = town.ask(questions.who_owns, as_of, marks[known], "vagn", tree=True)
    assert only(under, "code", "depth") == ([("vagn", 0)] if len(answer) > 1 else [])


@pytest.mark.parametrize(
    ("known", "as_of", "anna", "bo", "cia"),
    [
        ("defined", "2", [], [], []),
        ("norr", "2", ["norr"], [], []),
        ("vagn, told three days late", "3", ["norr"], ["vagn"], []),
        ("handed over", "8", [], ["vagn"], ["norr"]),
        ("handed over", "7", ["norr"], ["vagn"], []),
        ("revoked ahead", "12", [], [], ["norr"]),
        ("leaves ahead", "14", [], [], []),
        ("back", "19", [], [], []),
        ("annulled", "19", [], ["vagn"], []),
        ("annulled", "3", ["norr"], [], []),
    ],
)
def test_what_somebody_holds(
    year: tuple[Town, dict[str, int]], known: str, as_of: str, anna: list[str], bo: list[str], cia: list[str]
) -> None:
    town, marks = year
    for handle, codes in (("anna", anna), ("bo", bo), ("cia", cia)):
        assert town.column("code", questions.holds, as_of, marks[known], handle) == codes, handle


@pytest.mark.parametrize(
    ("known", "as_of", "eva", "anna"),
    [
        ("founded", "1", [("root", "eva")], None),
        ("norr", "2", [("norr", "anna"), ("root", "eva")], []),
        ("vagn, told three days late", "3", [("norr", "anna"), ("root", "eva")], [("vagn", "bo")]),
        ("handed over", "8", [("norr", "cia"), ("root", "eva")], [("vagn", "bo")]),
        ("leaves ahead", "15", [("root", "eva")], []),
        ("annulled", "15", [("root", "eva")], [("vagn", "bo")]),
    ],
)
def test_what_somebody_has_delegated_stays_theirs_after_they_hand_over(
    year: tuple[Town, dict[str, int]],
    known: str,
    as_of: str,
    eva: list[tuple[str, str]],
    anna: list[tuple[str, str]] | None,
) -> None:
    town, marks = year
    assert only(town.ask(questions.delegated_by, as_of, marks[known], "eva"), "code", "holder") == eva
    if anna is not None:
        assert only(town.ask(questions.delegated_by, as_of, marks[known], "anna"), "code", "holder") == anna


def test_a_founding_alone_answers_every_question_about_owners(tmp_path: Path) -> None:
    town = Town(tmp_path, ("eva", "anna"))
    assert only(town.ask(questions.who_owns, "1"), "code", "holder", "kind", "level") == [
        ("root", "founders", "group", 7)
    ]
    assert town.ask(questions.who_owns, "1", occupants=True)[0]["occupants"] == ["anna", "eva"]
    assert only(town.ask(questions.holds, "1", None, "anna"), "code", "holder") == [("root", "founders")]
    assert town.ask(questions.vacant, "1") == []
    assert town.ask(questions.offers, "1") == []


def test_before_anything_was_known_nothing_is_owned(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert town.ask(questions.who_owns, "1", 0) == []
    assert town.ask(questions.who_owns, "2024-12-31") == []
    assert town.ask(questions.holds, "1", 0, "eva") == []
    assert town.ask(questions.who_owns, "1", "2024-12-31") == []


def test_an_unknown_name_is_told_with_those_like_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    with pytest.raises(NotFound) as caught:
        town.ask(questions.holds, "1", None, "ana")
    assert caught.value.hints == ("did you mean anna?",)
    with pytest.raises(NotFound):
        town.ask(questions.who_owns, "1", None, "nowhere")


@pytest.mark.parametrize("acts", ["each", "together"])
def test_occupants_are_counted_through_groups_and_only_while_they_sit_there(tmp_path: Path, acts: str) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo", "cia")
    for group in ("crew", "night"):
        town.tell("member add", on="1", handle=group, group=True, acts=acts)
    town.tell("member join", on="1", group="crew", handle="anna")
    town.tell("member join", on="1", group="crew", handle="night")
    town.tell("member join", on="1", group="night", handle="bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("offer", on="2", code="norr", to="crew")
    granted = town.tell("accept", "anna", "2", code="norr", **{"with": ["bo"]})
    town.clock.now = day("3")
    joined = town.tell("member join", on="4", group="night", handle="cia", until=day("6"))
    parted = town.tell("member part", on="5", group="night", handle="bo")
    for known, as_of, inside in (
        (granted, "4", ["anna", "bo"]),
        (joined, "3", ["anna", "bo"]),
        (joined, "4", ["anna", "bo", "cia"]),
        (joined, "6", ["anna", "bo"]),
        (parted, "4", ["anna", "bo", "cia"]),
        (parted, "5", ["anna", "cia"]),
        (parted, "6", ["anna"]),
    ):
        (row,) = town.ask(questions.who_owns, as_of, known, "norr", occupants=True)
        assert (row["kind"], row["occupants"]) == ("group", inside), (known, as_of)
        for handle in ("anna", "bo", "cia"):
            codes = town.column("code", questions.holds, as_of, known, handle)
            assert codes == (["norr"] if handle in inside else []), (known, as_of, handle)


@pytest.mark.parametrize("acts", ["each", "together"])
def test_who_has_left_sits_in_no_group_and_holds_nothing_through_one(tmp_path: Path, acts: str) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("member add", on="1", handle="crew", group=True, acts=acts)
    for handle in ("anna", "bo"):
        town.tell("member join", on="1", group="crew", handle=handle)
    town.tell("define", on="1", code="norr", title="North")
    town.tell("offer", on="2", code="norr", to="crew")
    town.tell("accept", "anna", "2", code="norr", **{"with": ["bo"]})
    before = town.ledger.head()
    town.clock.now = day("5")
    town.tell("member leave", on="4", handle="bo")
    for known, as_of, inside in ((before, "5", ["anna", "bo"]), (None, "3", ["anna", "bo"]), (None, "4", ["anna"])):
        (row,) = town.ask(questions.who_owns, as_of, known, "norr", occupants=True)
        assert row["occupants"] == inside, (known, as_of)
        assert bool(town.ask(questions.holds, as_of, known, "bo")) == ("bo" in inside)
    back = town.tell("member return", on="5", handle="bo")
    assert town.column("code", questions.holds, "5", back, "bo") == ["norr"]
