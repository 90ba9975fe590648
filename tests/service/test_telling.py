from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger import Ledger, command, create_ledger, open_ledger, questions
from ledger.errors import Conflict, Refused
from ledger.store import create_record

FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 1, tzinfo=UTC)
Tell = Callable[..., list[str]]


def clock() -> datetime:
    return NOW


def said(ledger: Ledger, do: str, **fields: object) -> list[str]:
    told = ledger.tell(command({"do": do, "by": "eva", "on": "2025-02-01", **fields}))
    return [entry.id for entry in told.entries]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with create_ledger(path, "Works", ["eva"], on=FOUNDED, clock=clock) as ledger:
        said(ledger, "member add", handle="anna")
        said(ledger, "member add", handle="bo")
        said(ledger, "define", code="norr", title="North")
        said(ledger, "offer", code="norr", to="anna", amount="100")
        said(ledger, "accept", code="norr", by="anna")
    return path


@pytest.fixture
def one(place: Path) -> Iterator[Ledger]:
    with open_ledger(place, clock) as ledger:
        yield ledger


@pytest.fixture
def other(place: Path) -> Iterator[Ledger]:
    with open_ledger(place, clock) as ledger:
        yield ledger


def decide(title: str, **fields: object) -> dict[str, object]:
    return {"title": title, "in": "norr", "type": "purchase", "amount": "10", "by": "anna", **fields}


def test_a_decision_that_read_a_mandate_which_moves_meanwhile_is_a_conflict(one: Ledger, other: Ledger) -> None:
    desk = one.begin()
    desk.add(command({"do": "decide", "on": "2025-03-01", **decide("Vans")}), "anna")
    said(other, "revoke", code="norr", reason="the unit is closed", on="2025-03-01")
    with pytest.raises(Conflict):
        desk.commit()


def test_what_others_wrote_to_streams_that_were_not_read_is_no_conflict(one: Ledger, other: Ledger) -> None:
    desk = one.begin()
    desk.add(command({"do": "decide", "on": "2025-03-01", **decide("Vans")}), "anna")
    said(other, "member add", handle="cia")
    desk.commit()


def test_a_state_that_others_moved_between_two_batches_is_read_anew(one: Ledger, other: Ledger) -> None:
    said(one, "decide", **decide("Vans"), on="2025-03-01")
    desk = one.begin()
    desk.add(command({"do": "member add", "by": "eva", "handle": "dan", "on": "2025-03-01"}), "eva")
    said(other, "change-mandate", code="norr", amount="5", reason="less", on="2025-03-01")
    desk.commit()
    with pytest.raises(Refused) as refused:
        said(one, "decide", **decide("Boats"), on="2025-03-02")
    assert refused.value.rule == "authority.limit_passed"


def test_telling_decides_again_after_a_conflict(one: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    append = one._recorder.append
    tries: list[int] = []

    def late(*events: object, **read: object) -> object:
        if not tries:
            tries.append(1)
            said(other, "member rename", handle="anna", name="Anna")
        return append(*events, **read)  # type: ignore[arg-type]

    monkeypatch.setattr(one._recorder, "append", late)
    assert said(one, "decide", **decide("Vans"), on="2025-03-01")
    assert tries == [1]


def test_a_conflict_that_comes_three_times_is_told(one: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def never(*_events: object, **_read: object) -> object:
        tries.append(1)
        raise Conflict("store.conflict", "Somebody else wrote first.")

    monkeypatch.setattr(one._recorder, "append", never)
    with pytest.raises(Conflict):
        said(one, "member add", handle="cia")
    assert len(tries) == 3


def test_a_child_defined_meanwhile_stops_the_retiring_of_its_parent(one: Ledger, other: Ledger) -> None:
    said(one, "define", code="syd", title="South", on="2025-03-01")
    desk = one.begin()
    desk.add(command({"do": "retire", "by": "eva", "code": "syd", "reason": "done", "on": "2025-03-02"}), "eva")
    said(other, "define", code="hamn", title="Harbour", parent="syd", on="2025-03-02")
    with pytest.raises(Conflict):
        desk.commit()


def test_a_child_of_the_same_batch_is_seen_too(one: Ledger) -> None:
    desk = one.begin()
    desk.add(command({"do": "define", "by": "eva", "code": "syd", "title": "South", "on": "2025-03-01"}), "eva")
    fields = {"code": "hamn", "title": "Harbour", "parent": "syd"}
    desk.add(command({"do": "define", "by": "eva", "on": "2025-03-01", **fields}), "eva")
    with pytest.raises(Refused) as refused:
        desk.add(command({"do": "retire", "by": "eva", "code": "syd", "reason": "done", "on": "2025-03-02"}), "eva")
    assert refused.value.rule == "responsibility.has_children"


def test_a_key_that_was_used_is_answered_with_what_it_recorded_first(one: Ledger, other: Ledger) -> None:
    first = said(one, "decide", **decide("Vans"), on="2025-03-01", key="k1")
    head = one.head()
    assert said(other, "decide", **decide("Vans"), on="2025-03-01", key="k1") == first
    assert other.head() == head


def test_a_key_cannot_stand_for_another_command(one: Ledger) -> None:
    said(one, "decide", **decide("Vans"), on="2025-03-01", key="k1")
    with pytest.raises(Refused) as refused:
        said(one, "decide", **decide("Boats"), on="2025-03-01", key="k1")
    assert refused.value.rule == "command.key_reused"


def test_a_rehearsal_records_nothing_and_leaves_nothing_behind(one: Ledger) -> None:
    head = one.head()
    told = one.rehearse(command({"do": "decide", "on": "2025-03-01", **decide("Vans")}))
    assert [entry.event.kind for entry in told.entries] == ["decision.proposed.v1", "decision.made.v1"]
    assert one.head() == head
    assert said(one, "decide", **decide("Vans"), on="2025-03-01")


def test_a_refused_command_leaves_the_rest_of_its_batch_as_it_was(one: Ledger) -> None:
    desk = one.begin()
    desk.add(command({"do": "decide", "on": "2025-03-01", **decide("Vans")}), "anna")
    with pytest.raises(Refused):
        desk.add(command({"do": "decide", "on": "2025-03-01", **decide("Boats", amount="1000")}), "anna")
    assert desk.pending == 2
    desk.commit()
    with one.ask(questions.decision_id, None, None, "D-") as answer:
        assert answer.value.startswith("D-")


def test_an_entry_that_would_not_fit_the_log_is_refused_before_anything_is_written(one: Ledger) -> None:
    head = one.head()
    with pytest.raises(Refused) as refused:
        said(one, "decide", **decide("Vans"), because="𝄞" * 20_000, on="2025-03-01")
    assert refused.value.rule == "entry.too_long"
    assert one.head() == head


def test_two_draws_at_once_cannot_both_take_the_last_of_a_years_allowance(one: Ledger, other: Ledger) -> None:
    said(one, "change-mandate", code="norr", amount_per_year="15", reason="a purse", on="2025-02-02")
    desk = one.begin()
    desk.add(command({"do": "decide", "on": "2025-03-01", **decide("Vans")}), "anna")
    said(other, "decide", **decide("Boats"), on="2025-03-01")
    with pytest.raises(Conflict):
        desk.commit()
    with pytest.raises(Refused) as refused:
        said(one, "decide", **decide("Vans"), on="2025-03-01")
    assert refused.value.facts["dimension"] == "amount_per_year"


def test_a_founding_that_was_cut_short_is_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    create_record(path, "tillit/half", clock).close()
    with create_ledger(path, "Works", ["eva"], on=FOUNDED, clock=clock) as ledger:
        assert ledger.origin == "tillit/half"
        assert ledger.verify().whole
    with pytest.raises(Refused) as refused:
        create_ledger(path, "Works", ["eva"], on=FOUNDED, clock=clock)
    assert refused.value.rule == "store.exists"


def test_the_present_never_lies_before_the_last_entry(place: Path) -> None:
    def earlier() -> datetime:
        return datetime(2025, 5, 1, tzinfo=UTC)

    with open_ledger(place, earlier) as ledger:
        assert ledger.now() == NOW
        said(ledger, "member add", handle="cia", on=None)


def test_two_ledgers_in_one_folder_answer_each_with_its_own(tmp_path: Path) -> None:
    for name, founder in (("north", "eva"), ("south", "kim")):
        create_ledger(tmp_path / f"{name}.db", name, [founder], on=FOUNDED, clock=clock).close()
    for name, founder in (("north", "eva"), ("south", "kim"), ("north", "eva")):
        with (
            open_ledger(tmp_path / f"{name}.db", clock) as ledger,
            ledger.ask(questions.who_owns, None, None) as answer,
        ):
            assert [row["holder"] for row in answer.value] == [founder]


def test_views_of_a_file_that_was_replaced_are_built_anew(place: Path, tmp_path: Path) -> None:
    with open_ledger(place, clock) as ledger, ledger.ask(questions.who_owns, None, None) as answer:
        assert len(list(answer.value)) == 2
    place.unlink()
    create_ledger(place, "Others", ["kim"], on=FOUNDED, clock=clock).close()
    with open_ledger(place, clock) as ledger, ledger.ask(questions.who_owns, None, None) as answer:
        assert [row["holder"] for row in answer.value] == ["kim"]
    assert tmp_path in place.parents
