"""Questions over feedback: (known at, as of) → answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from viewkit import Town, only

from ledger import Chosen, command, questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

DAYS = ["2", "9", "10", "11T12", "19", "20", "21", "29", "2025-06-01"]


class Talk:
    """Anna holds norr and bo, under her, vagn; what they and eva say to each other, and which position knows what."""

    def __init__(self, folder: Path) -> None:
        self.town = town = Town(folder, now="1")
        town.people("anna", "bo", "cia", on="2")
        town.tell("define", code="norr", title="North", on="2")
        town.grant("norr", "anna", on="3")
        town.tell("define", "anna", "3", code="vagn", title="Vehicles", parent="norr")
        town.grant("vagn", "bo", by="anna", on="4")
        self.known: dict[str, int] = {}
        self.thanks = self.give("bo", "anna", "10", kind="appreciation", text="You asked us all")
        self.wish = self.give("bo", "anna", "11", kind="guidance", text="Ask earlier", visibility="line")
        self.advice = self.give("anna", "bo", "12", kind="guidance", text="Write it down", about=self.id("vagn"))
        self.known["acknowledged"] = self.on(self.wish, "acknowledge", "anna", "15")
        self.known["acted"] = self.on(self.wish, "act", "anna", "20", what="We ask by mail now", ref=self.id("norr"))
        self.known["left"] = self.town.tell("member leave", "bo", "25", handle="bo")
        # Told late: the acknowledgement was a day earlier.
        self.town.clock.now = self.town.clock.now.replace(month=2)
        self.known["corrected"] = self.town.tell(
            "correct",
            "anna",
            stream=self.wish,
            version=2,
            field="occurred_at",
            after="2025-01-13T00:00:00Z",
            reason="a slip",
        )

    def id(self, code: str) -> str:
        return str(self.town.ask(questions.who_owns, "5", None, code)[0]["responsibility"])

    def give(self, by: str, to: str, on: str, **fields: Any) -> str:  # noqa: ANN401 - a command's fields
        """About norr unless said; its id."""
        self.town.tell("feedback give", by, on, to=to, **{"about": self.id("norr"), **fields})
        return str(self.town.ask(questions.feedbacks, on, None, Chosen())[-1]["feedback"])

    def on(self, feedback: str, do: str, by: str, on: str, **fields: object) -> int:
        return self.town.tell(f"feedback {do}", by, on, feedback=feedback, **fields)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    return Talk(tmp_path_factory.mktemp("talk"))


NOBODY = (0, 0, 0, 0, None, None)
BALANCE: list[tuple[str | None, str, dict[str, tuple[object, ...]]]] = [
    # known at, as of: member: given, received, appreciation, guidance, upward share, days to acknowledge
    (None, "9", {"anna": NOBODY, "bo": NOBODY, "cia": NOBODY, "eva": NOBODY}),
    (None, "10T12", {"anna": (0, 1, 0, 0, None, None), "bo": (1, 0, 1, 0, None, None), "cia": NOBODY, "eva": NOBODY}),
    (
        "acted",
        "12T12",
        {"anna": (1, 2, 0, 1, 0.0, None), "bo": (2, 1, 1, 1, 1.0, None), "cia": NOBODY, "eva": NOBODY},
    ),
    ("acted", "16", {"anna": (1, 2, 0, 1, 0.0, 4), "bo": (2, 1, 1, 1, 1.0, None), "cia": NOBODY, "eva": NOBODY}),
    # A correction that arrived later: it was acknowledged after two days, and that is known from then on.
    ("corrected", "16", {"anna": (1, 2, 0, 1, 0.0, 2), "bo": (2, 1, 1, 1, 1.0, None), "cia": NOBODY, "eva": NOBODY}),
    ("corrected", "14", {"anna": (1, 2, 0, 1, 0.0, 2), "bo": (2, 1, 1, 1, 1.0, None), "cia": NOBODY, "eva": NOBODY}),
    ("left", "14", {"anna": (1, 2, 0, 1, 0.0, None), "bo": (2, 1, 1, 1, 1.0, None), "cia": NOBODY, "eva": NOBODY}),
    # Who left has no row; what they said stays in those of the others.
    (None, "26", {"anna": (1, 2, 0, 1, 0.0, 2), "cia": NOBODY, "eva": NOBODY}),
    ("acted", "26", {"anna": (1, 2, 0, 1, 0.0, 4), "bo": (2, 1, 1, 1, 1.0, None), "cia": NOBODY, "eva": NOBODY}),
]


@pytest.mark.parametrize(("known", "as_of", "expected"), BALANCE)
def test_the_balance_says_who_gives_and_receives_by_handle(
    talk: Talk, known: str | None, as_of: str, expected: dict[str, tuple[object, ...]]
) -> None:
    rows = talk.town.ask(questions.feedback_balance, as_of, talk.known[known] if known else None)
    columns = ("given", "received", "appreciation", "guidance", "upward_share", "days_to_acknowledge")
    assert dict(zip([row["member"] for row in rows], only(rows, *columns), strict=True)) == expected
    assert [row["member"] for row in rows] == sorted(expected), "alphabetical, never ranked"


QUIET: list[tuple[str | None, str, int, list[tuple[str, int | None, int | None, int]]]] = [
    # known at, as of, days: member, day of the last appreciation, of the last guidance, decisions since
    (None, "9", 60, [("anna", None, None, 0), ("bo", None, None, 0), ("cia", None, None, 0), ("eva", None, None, 0)]),
    (None, "11", 60, [("bo", None, None, 0), ("cia", None, None, 0), ("eva", None, None, 0)]),
    (None, "12T12", 60, [("bo", None, 12, 0), ("cia", None, None, 0), ("eva", None, None, 0)]),
    (None, "19", 10, [("bo", None, 12, 0), ("cia", None, None, 0), ("eva", None, None, 0)]),
    (None, "20", 10, [("anna", 10, 11, 0), ("bo", None, 12, 0), ("cia", None, None, 0), ("eva", None, None, 0)]),
    (None, "26", 60, [("cia", None, None, 0), ("eva", None, None, 0)]),
    ("acted", "26", 60, [("bo", None, 12, 0), ("cia", None, None, 0), ("eva", None, None, 0)]),
]


@pytest.mark.parametrize(("known", "as_of", "days", "expected"), QUIET)
def test_whose_work_no_one_has_appreciated_lately(
    talk: Talk, known: str | None, as_of: str, days: int, expected: list[tuple[str, int | None, int | None, int]]
) -> None:
    rows = talk.town.ask(questions.feedback_quiet, as_of, talk.known[known] if known else None, days)
    assert [
        (
            row["member"],
            row["last_appreciation"] and row["last_appreciation"].day,
            row["last_guidance"] and row["last_guidance"].day,
            row["decisions_since"],
        )
        for row in rows
    ] == expected


EFFECTS: list[tuple[str | None, str, list[tuple[object, ...]]]] = [
    (None, "19", []),
    ("acknowledged", "21", []),
    (None, "20", [("norr", "We ask by mail now", 9, "norr", "anna", "bo")]),
    ("acted", "26", [("norr", "We ask by mail now", 9, "norr", "anna", "bo")]),
]


@pytest.mark.parametrize(("known", "as_of", "expected"), EFFECTS)
def test_what_guidance_led_to_a_change(
    talk: Talk, known: str | None, as_of: str, expected: list[tuple[object, ...]]
) -> None:
    rows = talk.town.ask(questions.feedback_effects, as_of, talk.known[known] if known else None)
    assert only(rows, "about", "what_changed", "days", "ref", "by", "giver") == expected
    assert all(row["feedback"] == talk.wish and row["acted_on"].day == 20 for row in rows)


def test_an_answer_names_the_entries_behind_it(talk: Talk) -> None:
    (row,) = talk.town.ask(questions.feedback_effects, "21")
    entries = [entry["id"] for entry in talk.town.ask(questions.log, None) if entry["position"] in row["explain"]]
    assert entries == [f"{talk.wish}/1", f"{talk.wish}/3"]


STATUS: list[tuple[str | None, str, list[str]]] = [
    (None, "9", []),
    (None, "11T12", ["given", "given"]),
    ("acted", "14", ["given", "given", "given"]),
    (None, "14", ["given", "acknowledged", "given"]),
    (None, "20", ["given", "acted on", "given"]),
]


@pytest.mark.parametrize(("known", "as_of", "expected"), STATUS)
def test_the_list_says_how_far_each_has_come(talk: Talk, known: str | None, as_of: str, expected: list[str]) -> None:
    known_at = talk.known[known] if known else None
    assert talk.town.column("status", questions.feedbacks, as_of, known_at, Chosen()) == expected


def test_the_list_is_narrowed_by_who_to_whom_about_what_and_what_waits(talk: Talk) -> None:
    def found(**chosen: object) -> list[str]:
        return talk.town.column("feedback", questions.feedbacks, "30", None, Chosen(**chosen))  # type: ignore[arg-type]

    assert found(by="bo") == [talk.thanks, talk.wish]
    assert found(to="bo") == [talk.advice]
    assert found(about="vagn") == [talk.advice]
    assert found(waiting=True) == [talk.thanks, talk.advice]
    assert found(by="cia") == []
    for wrong in ({"by": "nobody"}, {"about": "nothing"}):
        with pytest.raises(NotFound):
            found(**wrong)


def test_one_feedback_is_shown_with_all_that_followed(talk: Talk) -> None:
    row = talk.town.ask(questions.feedback_shown, "30", None, talk.wish[:6])
    assert (row["kind"], row["by"], row["to"], row["status"]) == ("guidance", "bo", "anna", "acted on")
    assert row["acknowledged"].day == 13
    assert [each["what"] for each in row["acted_on"]] == ["We ask by mail now"]
    assert row["text"] == "(not for you)"
    with pytest.raises(NotFound):
        talk.town.ask(questions.feedback_shown, "9", None, talk.wish)


def test_an_empty_ledger_has_members_and_no_feedback(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert only(town.ask(questions.feedback_balance, None), "member", "given", "received") == [("eva", 0, 0)]
    assert town.column("member", questions.feedback_quiet, None) == ["eva"]
    assert town.ask(questions.feedback_effects, None) == []
    assert town.ask(questions.feedbacks, None, None, Chosen()) == []


def test_what_is_taken_back_counts_in_no_balance_from_that_day_on(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", on="2")
    town.tell("feedback give", "eva", "3", to="anna", about="member:anna", kind="appreciation", text="Thanks")
    (row,) = town.ask(questions.feedbacks, "3", None, Chosen())
    town.tell("feedback retract", "eva", "5", feedback=row["feedback"], reason="too early")
    assert town.column("given", questions.feedback_balance, "4") == [0, 1]
    assert town.column("given", questions.feedback_balance, "5") == [0, 0]
    assert town.column("member", questions.feedback_quiet, "4") == ["eva"]
    assert town.column("member", questions.feedback_quiet, "5") == ["anna", "eva"]
    assert town.column("status", questions.feedbacks, "5", None, Chosen()) == ["retracted"]


def test_who_may_read_it_is_shown_as_the_widest_that_was_ever_said(tmp_path: Path) -> None:
    town = Town(tmp_path, now="5")
    town.people("anna", "bo")
    said = {"to": "bo", "about": "member:bo", "kind": "appreciation", "text": "well done", "on": "2025-01-01"}
    id_ = town.ledger.tell(command({"do": "feedback give", "by": "anna", **said})).entries[0].stream
    town.tell("feedback share", "bo", "3", feedback=id_, visibility="line")
    # Told last, and so from the 2nd.
    town.tell("feedback share", "bo", "2", feedback=id_, visibility="open")
    found = [town.column("visibility", questions.feedbacks, at, None, Chosen()) for at in ("1", "2", "3", "4")]
    assert found == [["between"], ["open"], ["open"], ["open"]]


def test_a_question_is_answered_once_something_answers_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna", on="2")
    town.tell("feedback ask", "eva", "3", of="anna", about="member:eva", question="How am I doing?")
    (asked,) = town.ask(questions.feedbacks, "3", None, Chosen())
    assert (asked["kind"], asked["status"], asked["text"]) == ("asked", "asked", "(not for you)")
    assert town.column("given", questions.feedback_balance, "3") == [0, 0]
    town.tell("feedback give", "anna", "4", to="eva", kind="appreciation", text="Well", answers=asked["feedback"])
    assert town.column("status", questions.feedbacks, "5", None, Chosen()) == ["answered", "given"]
    assert len(town.ask(questions.feedback_shown, "5", None, asked["feedback"])["answered_by"]) == 1


def test_decisions_since_the_last_appreciation_are_counted(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for day, title in (("2", "Vans"), ("4", "Lorries"), ("5", "Bikes")):
        if day == "4":
            town.people("anna", on="3")
            town.tell("feedback give", "anna", "3", to="eva", about="member:eva", kind="appreciation", text="Thanks")
        town.tell("decide", "eva", day, title=title, type="purchase", **{"in": "root"})
    assert only(town.ask(questions.feedback_quiet, "6", None, 2), "member", "decisions_since") == [
        ("anna", 0),
        ("eva", 2),
    ]
