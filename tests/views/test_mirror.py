"""The mirror: a leader's own signs, with the rows behind each, for themselves and who stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from viewkit import Town, batches_of, day, rows

from ledger import Filters, questions
from ledger.errors import NotFound, Refused

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, int]]:
    """Anna leads bo and cia: in January she talks and widens, in February she takes back."""
    town = Town(tmp_path_factory.mktemp("mirror"))
    marks = {"founded": town.founded}
    town.people("anna", "bo", "cia", "dag")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="1")
    for code in ("vagn", "flytt"):
        town.tell("define", "anna", "1", code=code, title=code, parent="norr")
    town.grant("vagn", "bo", by="anna", on="2", check_in_every="1w", amount="1000")
    marks["two in one second"] = town.grant("flytt", "cia", by="anna", on="2")
    hire = {"type": "hire", "because": "x", "in": "vagn"}
    town.tell("decide", "bo", "5", title="A", **hire)
    marks["planned"] = town.tell("check-in", "anna", "9", code="vagn", state="going_well", **{"with": ["bo"]})
    marks["widened"] = town.tell(
        "change-mandate", "anna", "10", code="vagn", amount="2000", reason="well", agreed_by=["bo"]
    )
    town.tell("ask-support", "bo", "11", code="vagn", what="a van")
    marks["given"] = town.tell("give-support", "anna", "15", code="vagn", what="mine")
    for number in ("2", "3"):
        town.tell("decide", "bo", f"2025-02-0{number}", title=f"B{number}", **hire)
    last = town.ask(questions.decisions, None, None, Filters())[-1]["decision"]
    marks["overruled"] = town.tell("overrule", "anna", "2025-02-04", decision=last, reason="no")
    town.tell("refer-up", "bo", "2025-02-05", title="Bus", type="hire", reason="big", **{"in": "vagn"})
    marks["brought"] = town.ledger.head()
    marks["unplanned"] = town.tell(
        "check-in", "anna", "2025-02-06", code="vagn", state="blocked", planned=False, **{"with": ["bo"]}
    )
    town.tell("ask-support", "bo", "2025-02-07", code="vagn", what="another")
    marks["waits"] = town.ledger.head()
    vagn = town.ask(questions.who_owns, None, None, "vagn")[0]["responsibility"]
    words = {"about": vagn, "text": "between us"}
    town.tell("feedback give", "anna", "20", to="bo", kind="appreciation", **words)
    marks["guidance"] = town.tell("feedback give", "anna", "2025-02-08", to="bo", kind="guidance", **words)
    marks["upward"] = town.tell("feedback give", "bo", "2025-02-09", to="anna", kind="guidance", **words)
    marks["handed back"] = town.tell(
        "hand-back", "bo", "2025-02-10", code="vagn", lacking="authority", reason="too little"
    )
    marks["revoked"] = town.tell("revoke", "anna", "2025-02-11", code="flytt", reason="closed")
    return town, marks


def look(
    town: Town, who: str, asker: str, as_of: str, since: str, before: str, known: int | None = None
) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = town.ask(questions.mirror, as_of, known, who, asker, day(since), day(before))
    return seen


def signs(seen: list[dict[str, Any]]) -> dict[str, tuple[object, object]]:
    return {row["sign"]: (row["value"], row["before"]) for row in seen}


def test_each_sign_stands_beside_the_period_before(year: tuple[Town, dict[str, int]]) -> None:
    town, _marks = year
    seen = look(town, "anna", "anna", "2025-02-28", "2025-01-31", "2025-01-01")
    assert signs(seen) == {
        "taken back": ("1 of 2", "0 of 1"),
        "called in against referred up": ("0 called in, 1 brought", None),
        "widened against narrowed": (None, "1 widened, 0 narrowed, 0 mixed"),
        "unplanned check-ins I asked for": ("1 of 1", "0 of 1"),
        # Bo held vagn until 10 February: promised on 9, 16, 23 and 30 January and on 6 February.
        "promised check-ins kept": ("1 of 1", "1 of 4"),
        "support answered": ("1 waiting", "4.0 days, the median of 1"),
        "revoked without talk": ("1 of 1", None),
        "handed back for lack of authority or resources": ("1 of 1, 0 answered", None),
        "waiting at me": (None, None),
        "affected asked before": (None, None),
        "appreciation to guidance": ("0 appreciation, 1 guidance", "1 appreciation, 0 guidance"),
        "upward share": ("1 of 2", None),
    }


def test_the_rows_behind_each_sign_are_the_entries_it_counts(year: tuple[Town, dict[str, int]]) -> None:
    town, marks = year
    seen = {row["sign"]: row for row in look(town, "anna", "anna", "2025-02-28", "2025-01-31", "2025-01-01")}
    assert seen["taken back"]["rows"] == [marks["overruled"]]
    assert seen["called in against referred up"]["rows"] == [marks["brought"]]
    assert seen["unplanned check-ins I asked for"]["rows"] == [marks["unplanned"]]
    assert seen["promised check-ins kept"]["rows"] == [marks["unplanned"]]
    assert seen["support answered"]["rows"] == [marks["waits"]]
    assert seen["revoked without talk"]["rows"] == [marks["revoked"]]
    assert seen["handed back for lack of authority or resources"]["rows"] == [marks["handed back"]]
    assert seen["appreciation to guidance"]["rows"] == [marks["guidance"]]
    assert seen["upward share"]["rows"] == [marks["upward"]]
    assert seen["widened against narrowed"]["explain"] == [marks["widened"]]
    assert marks["given"] in seen["support answered"]["explain"]
    assert all(row["how"] for row in seen.values())


def test_there_is_no_sum_of_the_signs_and_no_place_among_others(year: tuple[Town, dict[str, int]]) -> None:
    town, _marks = year
    for row in look(town, "anna", "eva", "2025-02-28", "2025-01-31", "2025-01-01"):
        assert set(row) == {"sign", "value", "before", "how", "rows", "explain"}
        assert not {"score", "rank", "total", "index"} & set(row["sign"].split())


def test_the_mirror_is_for_the_member_and_for_who_stands_right_above(year: tuple[Town, dict[str, int]]) -> None:
    town, _marks = year
    assert look(town, "anna", "anna", "2025-02-28", "2025-01-31", "2025-01-01")
    assert look(town, "anna", "eva", "2025-02-28", "2025-01-31", "2025-01-01")
    assert look(town, "cia", "anna", "2025-02-01", "2025-01-15", "2025-01-01")
    for who, asker in (("anna", "bo"), ("anna", "dag"), ("eva", "anna"), ("cia", "eva"), ("anna", "nobody")):
        with pytest.raises(Refused) as refused:
            look(town, who, asker, "2025-02-01", "2025-01-15", "2025-01-01")
        assert refused.value.rule == "mirror.not_yours"
    with pytest.raises(NotFound):
        look(town, "nobody", "eva", "2025-02-01", "2025-01-15", "2025-01-01")


def test_who_answers_for_a_vacant_link_stands_above_what_lies_below_it(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna", "bo")
    town.tell("define", on="1", code="norr", title="North")
    town.tell("define", on="1", code="vagn", title="Vehicles", parent="norr")
    town.grant("norr", "anna", on="2")
    town.grant("vagn", "bo", by="anna", on="2")
    with pytest.raises(Refused):
        look(town, "bo", "eva", "3", "2", "1")
    town.tell("member leave", "anna", "5", handle="anna")
    assert look(town, "bo", "eva", "5", "3", "2")
    with pytest.raises(Refused):
        look(town, "bo", "anna", "5", "3", "2")


def test_an_empty_mirror_says_nothing_rather_than_nought(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    seen = look(town, "eva", "eva", "2", "2", "1")
    assert seen
    assert {(row["value"], row["before"]) for row in seen} == {(None, None)}
    assert all(row["rows"] == [] for row in seen)


def test_a_correction_that_comes_later_changes_the_sign_and_not_what_was_known(
    year: tuple[Town, dict[str, int]],
) -> None:
    town, marks = year
    before = town.ledger.head()
    stream = next(row for row in town.ask(questions.log, None) if row["position"] == marks["revoked"])
    town.tell(
        "correct", "anna", "2025-03-01", stream=stream["subject"], version=int(stream["id"].rpartition("/")[2]),
        field="talked_first", after=True, reason="we did talk",
    )  # fmt: skip
    town.tell("check-in", "anna", "2025-02-09", code="flytt", state="blocked", **{"with": ["cia"]})
    span = ("anna", "anna", "2025-02-28", "2025-01-31", "2025-01-01")
    assert signs(look(town, *span))["revoked without talk"] == ("0 of 1", None)
    assert signs(look(town, *span, before))["revoked without talk"] == ("1 of 1", None)


def test_guidance_before_a_revocation_counts_as_talk(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.people("anna", "bo")
    for code, to in (("norr", "anna"), ("syd", "bo")):
        town.tell("define", on="1", code=code, title=code)
        town.grant(code, to, on="2")
    norr = town.ask(questions.who_owns, None, None, "norr")[0]["responsibility"]
    town.tell("feedback give", on="5", to="anna", about=norr, kind="guidance", text="the snow")
    for code in ("norr", "syd"):
        town.tell("revoke", on="9", code=code, reason="closed", talked_first=True)
    assert [(row["code"], row["guidance_before"]) for row in town.ask(questions.revocations, "9")] == [
        ("norr", 1),
        ("syd", 0),
    ]
    assert signs(look(town, "eva", "eva", "9", "4", "1"))["revoked without talk"] == ("1 of 2", None)


def test_built_anew_the_views_say_the_same(year: tuple[Town, dict[str, int]]) -> None:
    town, _marks = year
    town.ledger.catch_up()
    kept = {name: {row[1:] for row in each} for name, each in rows(town.ledger).items()}
    with batches_of(3):
        town.ledger.rebuild()
    assert {name: {row[1:] for row in each} for name, each in rows(town.ledger).items()} == kept
    assert all(kept[name] for name in ("check_in", "support", "mandate_change", "ending", "passing", "need", "terms"))
