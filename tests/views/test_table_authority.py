"""May they decide it, who could, and why was it theirs: (known at, as of) -> answer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from viewkit import Town, day, only

from ledger import Ask, Filters, questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

BUY = Ask("buy", Decimal(80))
BUY_MORE = Ask("buy", Decimal(150))
HIRE = Ask("hire")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Eva gives Anna the north up to 200, Anna gives Bo the vehicles up to 100; Cia stands in for Bo for a while."""
    town = Town(tmp_path_factory.mktemp("authority"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia")
    town.tell("define", on="1", code="norr", title="North")
    marks["defined"] = town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr", decides=["buy"])
    marks["norr"] = town.grant("norr", "anna", on="2", amount="200", types=["buy"])
    marks["offered"] = town.tell("offer", "anna", "2", code="vagn", to="bo", amount="100")
    marks["vagn"] = town.tell("accept", "bo", "3", code="vagn")
    marks["stand-in"] = town.tell(
        "stand-in", "anna", "4", code="vagn", member="cia", until=day("9"), reason="leave", **{"from": day("6")}
    )
    town.clock.now = day("10")
    marks["narrowed late"] = town.tell("change-mandate", on="8", code="norr", amount="50", reason="less money")
    marks["revoked"] = town.tell("revoke", "anna", "10", code="vagn", reason="done", effective=day("12"))
    return town, marks


@pytest.mark.parametrize(
    ("known", "as_of", "who", "ask", "answer"),
    [
        ("founded", "1", "eva", BUY_MORE, ("yes", None, "root", None, None)),
        ("founded", "1", "eva", HIRE, ("yes", None, "root", None, None)),
        ("defined", "1", "anna", BUY, ("no", "never granted", "root", "root", "holder")),
        ("norr", "2", "anna", BUY_MORE, ("yes", None, "norr", None, None)),
        ("norr", "2", "anna", HIRE, ("no", "never granted", "norr", "norr", "types")),
        ("norr", "1", "anna", BUY, ("no", "never granted", "root", "root", "holder")),
        ("norr", "2", "anna", Ask("buy", Decimal("200.01")), ("no", "limit passed", "norr", "norr", "amount")),
        ("offered", "2", "bo", BUY, ("no", "not accepted", "vagn", "vagn", "acceptance")),
        ("vagn", "3", "bo", BUY, ("yes", None, "vagn", None, None)),
        ("vagn", "3", "bo", BUY_MORE, ("no", "limit passed", "vagn", "vagn", "amount")),
        ("offered", "3", "bo", BUY, ("no", "not accepted", "vagn", "vagn", "acceptance")),
        ("stand-in", "5", "cia", BUY, ("no", "never granted", "root", "root", "holder")),
        ("stand-in", "6", "cia", BUY, ("yes", None, "vagn", None, None)),
        ("stand-in", "9", "cia", BUY, ("no", "never granted", "root", "root", "holder")),
        ("vagn", "6", "cia", BUY, ("no", "never granted", "root", "root", "holder")),
        ("narrowed late", "7", "bo", BUY, ("yes", None, "vagn", None, None)),
        ("narrowed late", "8", "bo", BUY, ("no", "limit passed", "vagn", "norr", "amount")),
        ("stand-in", "8", "bo", BUY, ("yes", None, "vagn", None, None)),
        ("revoked", "11", "bo", Ask("buy", Decimal(10)), ("yes", None, "vagn", None, None)),
        ("revoked", "12", "bo", Ask("buy", Decimal(10)), ("no", "ended", "vagn", "vagn", "window")),
        ("revoked", "12", "anna", Ask("buy", Decimal(10)), ("yes", None, "norr", None, None)),
    ],
)
def test_can_they(
    chain: tuple[Town, dict[str, int]], known: str, as_of: str, who: str, ask: Ask, answer: tuple[object, ...]
) -> None:
    town, marks = chain
    row = town.ask(questions.can, as_of, marks[known], who, ask)
    assert only([row], "verdict", "kind", "in", "link", "dimension") == [answer]


@pytest.mark.parametrize(
    ("known", "as_of", "ask", "answer"),
    [
        ("founded", "1", BUY, [("eva", "holder", "root")]),
        ("norr", "2", BUY, [("eva", "holder", "root"), ("anna", "holder", "norr")]),
        ("vagn", "3", BUY, [("eva", "holder", "root"), ("anna", "holder", "norr"), ("bo", "holder", "vagn")]),
        ("vagn", "3", BUY_MORE, [("eva", "holder", "root"), ("anna", "holder", "norr")]),
        ("vagn", "3", HIRE, [("eva", "holder", "root")]),
        (
            "stand-in",
            "6",
            BUY,
            [
                ("eva", "holder", "root"),
                ("anna", "holder", "norr"),
                ("bo", "holder", "vagn"),
                ("cia", "stand-in", "vagn"),
            ],
        ),
        ("narrowed late", "8", BUY, [("eva", "holder", "root")]),
        ("stand-in", "9", BUY, [("eva", "holder", "root"), ("anna", "holder", "norr"), ("bo", "holder", "vagn")]),
        ("revoked", "12", Ask("buy", Decimal(10)), [("eva", "holder", "root"), ("anna", "holder", "norr")]),
    ],
)
def test_who_can(
    chain: tuple[Town, dict[str, int]], known: str, as_of: str, ask: Ask, answer: list[tuple[str, str, str]]
) -> None:
    town, marks = chain
    assert only(town.ask(questions.who_can, as_of, marks[known], ask), "member", "as", "responsibility") == answer


def test_with_a_no_comes_who_is_nearest_and_the_roads_out(chain: tuple[Town, dict[str, int]]) -> None:
    town, marks = chain
    row = town.ask(questions.can, "3", marks["vagn"], "bo", BUY_MORE)
    assert (row["limit"], row["asked"], row["nearest"], row["nearest_in"]) == ("100", "150", "anna", "norr")
    assert len(row["roads"]) == 3
    assert town.ask(questions.can, "3", marks["vagn"], "bo", BUY)["roads"] == []


def test_a_responsibility_that_was_not_there_then_is_not_answered_by_another(
    chain: tuple[Town, dict[str, int]],
) -> None:
    town, marks = chain
    with pytest.raises(NotFound):
        town.ask(questions.can, "3", marks["founded"], "bo", BUY, "vagn")
    with pytest.raises(NotFound):
        town.ask(questions.can, "2024-12-31", None, "eva", BUY, "vagn")


@pytest.mark.parametrize(
    ("acts", "together"),
    [("each", []), ("together", ["bo"])],
)
def test_the_occupants_of_a_group_decide_each_or_together(tmp_path: Path, acts: str, together: list[str]) -> None:
    town = Town(tmp_path)
    town.people("anna", "bo")
    for group in ("crew", "night"):
        town.tell("member add", on="1", handle=group, group=True, acts=acts)
    town.tell("member join", on="1", group="crew", handle="anna")
    town.tell("member join", on="1", group="crew", handle="night")
    town.tell("member join", on="1", group="night", handle="bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("offer", on="2", code="norr", to="crew", level=7)
    granted = town.tell("accept", "anna", "2", code="norr", **{"with": ["bo"]})
    town.clock.now = day("6")
    parted = town.tell("member part", on="5", group="crew", handle="night")
    left = town.tell("member leave", on="6", handle="anna")
    for known, as_of, who, answer in (
        (granted, "2", "anna", ("yes", "occupant", together)),
        (granted, "9", "bo", ("yes", "occupant", ["anna"] if together else [])),
        (parted, "4", "bo", ("yes", "occupant", ["anna"] if together else [])),
        (parted, "5", "bo", ("no", None, [])),
        (parted, "5", "anna", ("yes", "occupant", [])),
        (left, "6", "anna", ("no", None, [])),
        (parted, "6", "anna", ("yes", "occupant", [])),
    ):
        row = town.ask(questions.can, as_of, known, who, BUY, "norr")
        assert (row["verdict"], row["as"] if row["verdict"] == "yes" else None, row["together_with"]) == answer, (
            known,
            as_of,
            who,
        )
        if row["verdict"] == "yes":
            rows = town.ask(questions.who_can, as_of, known, BUY)
            assert ("crew", "norr") in only(rows, "member", "responsibility")


def test_what_they_hold_again_after_coming_back_is_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    granted = town.grant("norr", "anna", on="2")
    town.clock.now = day("9")
    left = town.tell("member leave", on="5", handle="anna")
    back = town.tell("member return", on="7", handle="anna")
    for known, as_of, answer in (
        (granted, "9", ("yes", None)),
        (left, "4", ("yes", None)),
        (left, "5", ("no", "ended")),
        (back, "6", ("no", "ended")),
        (back, "7", ("no", "ended")),
        (back, "4", ("yes", None)),
    ):
        row = town.ask(questions.can, as_of, known, "anna", BUY, "norr")
        assert (row["verdict"], row["kind"]) == answer, (known, as_of)


def test_why_tells_the_proof_as_it_was_stamped_and_what_would_be_so_at_the_moment_asked(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="2", amount="100")
    matter = {"title": "A van", "in": "norr", "type": "buy", "amount": "80"}
    made = town.tell("decide", "anna", "4", **matter)
    (decision,) = town.column("decision", questions.decisions, "5", None, Filters())
    narrowed = town.tell("change-mandate", on="6", code="norr", amount="50", reason="less money")
    offer = next(
        row
        for row in town.ask(questions.log, None)
        if row["event"] == "delegation.offered.v1" and row["position"] > town.founded
    )
    put_right = town.tell(
        "correct",
        on="7",
        stream=offer["subject"],
        version=int(offer["id"].rpartition("/")[2]),
        field="mandate.amount",
        after="60",
        reason="it said 60",
    )
    for known, as_of, now in (
        (made, "4", "inside"),
        (made, "9", "inside"),
        (narrowed, "5", "inside"),
        (narrowed, "6", "no: limit passed at norr, amount 50"),
        (put_right, "5", "no: limit passed at norr, amount 60"),
    ):
        rows = town.ask(questions.why, as_of, known, decision)
        assert only(rows[:2], "step", "responsibility", "holder", "result") == [
            (1, "root", "eva", "ok"),
            (2, "norr", "anna", "ok"),
        ]
        assert rows[1]["check"] == "amount 100: 80"
        assert (rows[2]["result"], rows[2]["check"]) == ("inside", "made by anna as holder")
        assert (rows[-1]["step"], rows[-1]["result"]) == ("now", now), (known, as_of)
    for known, as_of in ((made - 1, "5"), (made, "3"), (made - 2, "5")):
        with pytest.raises(NotFound):
            town.ask(questions.why, as_of, known, decision)


@pytest.mark.parametrize("levels", [(5, 6), (6, 5), (5, 7), (7, 5)])
def test_of_two_yes_the_one_that_takes_less_before_it(tmp_path: Path, levels: tuple[int, int]) -> None:
    town = Town(tmp_path)
    town.people("anna")
    for code, level in zip(("norr", "syd"), levels, strict=True):
        town.tell("define", on="1", code=code, title=code)
        town.grant(code, "anna", on="2", level=level)
    row = town.ask(questions.can, "3", None, "anna", BUY)
    assert only([row], "in", "must_first") == [("syd" if levels[0] == 5 else "norr", [])]
