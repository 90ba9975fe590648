"""What waits for whom, and what every open matter waits for: (known at, as of) -> answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from roadtown import RoadTown
from viewkit import Town, day, only

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadTown:
    """Matters by advice, consent and consensus, each some way along its road."""
    town = RoadTown(tmp_path_factory.mktemp("inbox"))
    town.open("vans", "2", "advice", affected=["bo"])
    town.open("rota", "2", "consent", consenters=["bo", "cia"], decide_by="2025-01-20")
    town.open("values", "2", "consensus", consenters=["anna", "bo", "cia"])
    town.marks["opened"] = town.ledger.head()
    town.on("vans", "ask-advice", "anna", "3", of=["bo", "cia"])
    town.marks["asked"] = town.on("values", "consent", "bo", "3", version=1)
    town.marks["objected"] = town.on("rota", "object", "cia", "4", argument="nights are long")
    town.on("rota", "amend", "anna", "6", amount="5")
    town.marks["resolved"] = town.on("rota", "resolve", "anna", "6", objection=1, how="integrated")
    town.on("vans", "advise", "bo", "6", text="take one")
    town.marks["advised"] = town.on("vans", "advise", "cia", "7", text="take none")
    town.on("rota", "stand-aside", "bo", "8", reason="on leave")
    town.marks["heard"] = town.on("rota", "consent", "cia", "8", version=2)
    town.clock.now = day("9")
    town.marks["left"] = town.tell("member leave", on="10", handle="cia")
    # Learnt late: bo had advised on the 5th.
    entry = next(each for each in town.ask(questions.history, "30", None, town.ids["vans"]) if each["actor"] == "bo")
    town.marks["put right"] = town.tell(
        "correct",
        on="9",
        stream=town.ids["vans"],
        version=entry["n"],
        field="occurred_at",
        after=day("5").isoformat(),
        reason="it was the 5th",
    )
    return town


@pytest.mark.parametrize(
    ("known", "as_of", "answer"),
    [
        ("founded", "30", []),
        ("opened", "1", []),
        (
            "opened",
            "2",
            [
                ("rota", "consent", ["bo"]),
                ("rota", "consent", ["cia"]),
                ("values", "consent", ["anna"]),
                ("values", "consent", ["bo"]),
                ("values", "consent", ["cia"]),
                ("vans", "ask for advice", ["anna"]),
            ],
        ),
        (
            "asked",
            "3",
            [
                ("rota", "consent", ["bo"]),
                ("rota", "consent", ["cia"]),
                ("values", "consent", ["anna"]),
                ("values", "consent", ["cia"]),
                ("vans", "advice", ["bo"]),
                ("vans", "advice", ["cia"]),
            ],
        ),
        (
            "objected",
            "4",
            [
                ("rota", "consent", ["bo"]),
                ("rota", "objection", ["anna"]),
                ("values", "consent", ["anna"]),
                ("values", "consent", ["cia"]),
                ("vans", "advice", ["bo"]),
                ("vans", "advice", ["cia"]),
            ],
        ),
        # Silence has had its time: what they were asked no longer waits for them.
        (
            "objected",
            "12",
            [("rota", "consent", ["bo"]), ("rota", "objection", ["anna"]), ("vans", "decision", ["anna"])],
        ),
        # A changed proposal waits for everybody anew, even who objected to what it was.
        ("resolved", "6", [("rota", "consent", ["bo"]), ("rota", "consent", ["cia"])]),
        ("advised", "7", [("rota", "consent", ["bo"]), ("rota", "consent", ["cia"]), ("vans", "decision", ["anna"])]),
        ("heard", "8", [("rota", "decision", ["anna"]), ("vans", "decision", ["anna"])]),
        # Nobody waits for the advice, or the consent, of who has left.
        ("left", "10", [("values", "consent", ["anna"])]),
        ("heard", "5", [("vans", "advice", ["bo"]), ("vans", "advice", ["cia"])]),
        ("put right", "5", [("vans", "advice", ["cia"])]),
    ],
)
def test_what_each_open_matter_waits_for(
    town: RoadTown, known: str, as_of: str, answer: list[tuple[str, str, list[str]]]
) -> None:
    found = only(town.ask(questions.stuck, as_of, town.marks[known]), "title", "waits_for", "who")
    titles = {title for title, _waits, _who in answer}
    assert sorted(row for row in found if row[0] in titles) == sorted(answer)
    if not answer:
        assert not found


@pytest.mark.parametrize(
    ("known", "as_of", "handle", "answer"),
    [
        ("founded", "30", "eva", []),
        ("opened", "2", "eva", []),
        ("opened", "2", "anna", [("ask for advice", "vans (bo)"), ("consent", "values (version 1)")]),
        ("asked", "3", "bo", [("advice", "vans (as affected)"), ("consent", "rota (version 1)")]),
        (
            "asked",
            "3",
            "cia",
            [("advice", "vans (as expert)"), ("consent", "rota (version 1)"), ("consent", "values (version 1)")],
        ),
        ("objected", "4", "anna", [("objection", "rota (1 by cia)"), ("consent", "values (version 1)")]),
        ("objected", "4", "cia", [("advice", "vans (as expert)"), ("consent", "values (version 1)")]),
        ("heard", "8", "anna", [("decision", "rota"), ("consent", "values (version 1)"), ("decision", "vans")]),
        ("heard", "8", "bo", []),
        ("heard", "9", "cia", [("consent", "values (version 1)")]),
        ("left", "10", "cia", []),
    ],
)
def test_what_waits_for_a_member(
    town: RoadTown, known: str, as_of: str, handle: str, answer: list[tuple[str, str]]
) -> None:
    assert only(town.ask(questions.inbox, as_of, town.marks[known], handle), "kind", "title") == answer


def test_what_has_waited_longest_comes_first_and_short_waits_may_be_left_out(town: RoadTown) -> None:
    rows = town.ask(questions.stuck, "8", town.marks["heard"])
    assert [row["title"] for row in rows] == ["values", "values", "vans", "rota"]
    assert [row["days"] for row in rows] == [6, 6, 1, 0]
    assert len(town.ask(questions.stuck, "8", town.marks["heard"], timedelta(days=6))) == 2


def test_an_offer_waits_for_who_is_asked_and_a_group_for_each_who_sits_in_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    town.tell("member add", on="1", handle="desk", group=True, acts="each")
    town.tell("member join", on="2", group="desk", handle="bo")
    town.tell("define", on="2", code="norr", title="North")
    offered = town.tell("offer", on="3", code="norr", to="desk")
    taken = town.tell("accept", "bo", "4", code="norr")
    for known, as_of, handle, kinds in (
        (offered, "3", "bo", ["offer"]),
        (offered, "3", "desk", ["offer"]),
        (offered, "3", "anna", []),
        (offered, "2", "bo", []),
        (taken, "4", "bo", []),
    ):
        assert town.column("kind", questions.inbox, as_of, known, handle) == kinds, (as_of, handle)


def test_a_matter_in_a_vacant_responsibility_waits_for_who_answers_for_it(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    town.open("vans", "2", "alone")
    before = town.ledger.head()
    after = town.tell("hand-back", "anna", "3", code="norr", lacking="capacity", reason="full", effective=day("4"))
    for known, as_of, who in ((before, "4", ["anna"]), (after, "3", ["anna"]), (after, "4", ["eva"])):
        assert town.column("who", questions.stuck, as_of, known) == [who]


def test_a_matter_beyond_every_mandate_says_where_it_stops(tmp_path: Path) -> None:
    town = RoadTown(tmp_path, amount="10")
    town.open("vans", "2", "alone", amount="50")
    (row,) = town.ask(questions.stuck, "2")
    assert (row["waits_for"], row["who"], row["about"]) == ("decision", ["anna"], "limit passed at norr")


def test_at_level_4_it_waits_for_the_consent_of_who_delegated_it_and_at_level_5_for_being_asked(tmp_path: Path) -> None:
    agree = RoadTown(tmp_path / "agree", level=4)
    agree.open("vans", "2", "alone")
    assert only(agree.ask(questions.stuck, "2"), "waits_for", "who") == [("consent", ["eva"])]
    agree.on("vans", "consent", "eva", "3", version=1)
    assert only(agree.ask(questions.stuck, "3"), "waits_for", "who") == [("decision", ["anna"])]
    advise = RoadTown(tmp_path / "advise", level=5)
    advise.open("vans", "2", "alone")
    assert only(advise.ask(questions.stuck, "2"), "waits_for", "who", "about") == [("ask for advice", ["anna"], "eva")]


def test_a_decision_outside_mandate_waits_for_who_answers_for_the_level_above_until_it_is_settled(
    tmp_path: Path,
) -> None:
    town = RoadTown(tmp_path, amount="10")
    town.decide("vans", "2", amount="50", outside_mandate=True, reason="it burned")
    made = town.ledger.head()
    town.on("vans", "ratify", "eva", "4", reason="right")
    for known, as_of, kinds in ((made, "2", ["settle"]), (None, "3", ["settle"]), (None, "4", [])):
        assert town.column("kind", questions.inbox, as_of, known, "eva") == kinds, as_of


def test_two_matters_of_one_second_are_both_there(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    for title in ("one", "two"):
        town.open(title, "2", "alone")
    assert sorted(town.column("title", questions.inbox, "2", None, "anna")) == ["one", "two"]


def test_feedback_waits_for_who_got_it_or_was_asked_for_it_and_shows_no_word_of_it(tmp_path: Path) -> None:
    town = RoadTown(tmp_path)
    vans = town.decide("vans", "2")
    given = town.tell("feedback give", "bo", "3", to="anna", about=vans, kind="guidance", text="ask us first")
    asked = town.tell("feedback ask", "anna", "4", of="cia", about=vans, question="how was it for you?")
    (row,) = town.ask(questions.inbox, "4", given, "anna")
    assert (row["kind"], row["title"]) == ("feedback", f"bo about {vans}")
    read = town.tell("feedback acknowledge", "anna", "5", feedback=row["ref"])
    for known, as_of, handle, kinds in (
        (given, "2", "anna", []),
        (read, "4", "anna", ["feedback"]),
        (read, "5", "anna", []),
        (asked, "4", "cia", ["feedback asked"]),
        (asked, "4", "bo", []),
    ):
        rows = town.ask(questions.inbox, as_of, known, handle)
        assert [row["kind"] for row in rows] == kinds, (as_of, handle)
        assert "ask us first" not in str(rows)
