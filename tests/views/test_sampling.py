from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from viewkit import Town, only

from ledger import Draw, questions
from ledger.asking.sampling import shares

ROOT = bytes(range(32))
OTHER = bytes(32)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path / "town")
    town.people("anna")
    town.tell("define", on="2", code="norr", title="Norr")
    town.grant("norr", "anna", on="2")
    for number in range(40):
        kind = "hire" if number % 10 == 0 else "lease" if number % 4 == 1 else "purchase"
        town.tell("decide", "anna", "3", title=f"No {number}", type=kind, amount=str(number), **{"in": "norr"})
    return town


def drawn(town: Town, draw: Draw, known: int | None = None) -> list[str]:
    return [str(row["decision"]) for row in town.ask(questions.sample_decisions, None, known, draw)]


def everyone(town: Town) -> list[str]:
    return sorted(drawn(town, Draw(1000, 0, ROOT)))


def test_a_sample_is_the_lowest_ranks_as_anybody_can_work_out(town: Town) -> None:
    def rank(id_: str) -> bytes:
        return sha256(ROOT + b"7\n" + id_.encode()).digest()

    population = everyone(town)
    assert len(population) == 40
    assert drawn(town, Draw(5, 7, ROOT)) == sorted(population, key=rank)[:5]


def test_another_number_or_another_root_draws_others_and_the_same_draw_the_same(town: Town) -> None:
    draws = [Draw(10, 7, ROOT), Draw(10, 8, ROOT), Draw(10, 7, OTHER)]
    assert len({tuple(drawn(town, draw)) for draw in draws}) == 3
    assert drawn(town, draws[0]) == drawn(town, draws[0])
    assert drawn(town, Draw(4, 7, ROOT)) == drawn(town, draws[0])[:4]


def test_what_is_recorded_after_the_root_was_fixed_changes_no_sample(town: Town) -> None:
    known = town.ledger.head()
    before = town.ask(questions.sample_decisions, "3T12", known, Draw(10, 7, ROOT))
    town.tell("decide", "anna", "4", title="Late", type="hire", **{"in": "norr"})
    town.tell("reverse", "anna", "5", decision=str(before[0]["decision"]), reason="sold")
    assert town.ask(questions.sample_decisions, "3T12", known, Draw(10, 7, ROOT)) == before
    now = town.ask(questions.sample_decisions, None, None, Draw(10, 7, ROOT))
    assert now[0]["population"] == 41
    assert now[0]["fingerprint"] != before[0]["fingerprint"]


def test_each_row_says_of_how_many_it_was_drawn_and_which(town: Town) -> None:
    rows = town.ask(questions.sample_decisions, None, None, Draw(3, 7, ROOT))
    fingerprint = sha256("".join(f"{id_}\n" for id_ in everyone(town)).encode()).hexdigest()
    assert only(rows, "seed", "population", "fingerprint") == [(7, 40, fingerprint)] * 3
    assert {row["by"] for row in rows} == {"anna"}


def test_by_type_each_type_has_its_share_and_is_there(town: Town) -> None:
    sizes = Counter(row["type"] for row in town.ask(questions.sample_decisions, None, None, Draw(99, 7, ROOT)))
    for count in (3, 8, 20, 40, 60):
        rows = town.ask(questions.sample_decisions, None, None, Draw(count, 7, ROOT, by_type=True))
        assert Counter(row["type"] for row in rows) == shares(dict(sizes), count)
        assert {row["type"] for row in rows} == {"hire", "lease", "purchase"}
        assert len({row["decision"] for row in rows}) == len(rows) == min(count, 40)
        assert all(row["of_type"] == sizes[row["type"]] for row in rows)


def test_an_empty_population_gives_no_sample(tmp_path: Path) -> None:
    assert drawn(Town(tmp_path / "town"), Draw(5, 7, ROOT)) == []


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 30), min_size=1), st.integers(1, 60))
def test_shares_add_up_and_none_is_more_than_there_are(sizes: dict[str, int], count: int) -> None:
    given_ = shares(sizes, count)
    assert sum(given_.values()) == min(count, sum(sizes.values()))
    assert all(0 <= given_[type_] <= sizes[type_] for type_ in sizes)
    assert count < len(sizes) or all(given_.values())
    # Whoever is larger has no less.
    assert all(given_[a] >= given_[b] for a in sizes for b in sizes if sizes[a] > sizes[b])
