"""The views follow from the log alone: however they are caught up with, and built anew, every row is the same."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from hypothesis import event, given
from hypothesis import strategies as st
from random_histories import Teller, bounded, histories, told
from viewkit import Town, batches_of, rows

from ledger import questions

if TYPE_CHECKING:
    from pathlib import Path

    from random_histories import Step


@bounded(20)
@given(steps=histories(most=20), seed=st.integers(0, 99))
def test_rebuild_gives_the_same_rows(steps: list[Step], seed: int) -> None:
    town = told(steps[:9]).town
    teller = Teller(town)
    turn = random.Random(seed)  # noqa: S311 - which batches, not a secret
    try:
        for step in steps[9:]:
            teller.tell(step)
            if turn.random() < 0.3:
                with batches_of(turn.choice((1, 2, 3, 1000))):
                    town.ledger.catch_up()
        town.ledger.catch_up()
        have = rows(town.ledger)
        event("with a correction" if {"correct", "annul"} & set(teller.told) else "without a correction")
        for size in (1, 2, 3, 1000):
            with batches_of(size):
                town.ledger.rebuild()
            assert rows(town.ledger) == have, f"in batches of {size}"
        town.ledger.close()
        town.views.unlink()
        with town.again() as again:
            again.catch_up()
            assert rows(again) == have
            assert again.verify().whole
    finally:
        town.ledger.close()
        shutil.rmtree(town.path.parent)


@bounded(20)
@given(steps=histories(most=20))
def test_catching_up_after_each_entry_gives_the_same_rows_as_all_at_once(steps: list[Step]) -> None:
    town = told(steps[:9]).town
    teller = Teller(town)
    try:
        for step in steps[9:]:
            teller.tell(step)
            with batches_of(1):
                town.ledger.catch_up()
        have = rows(town.ledger)
        town.ledger.rebuild()
        assert rows(town.ledger) == have
    finally:
        town.ledger.close()
        shutil.rmtree(town.path.parent)


def test_a_correction_at_the_instant_of_founding_leaves_no_gap_in_the_numbers_of_rows(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people("anna")
    town.tell("define", on="1", code="norr", title="North")
    town.grant("norr", "anna", on="1", amount="100")
    offered = next(row for row in reversed(town.ask(questions.log, None)) if row["event"] == "delegation.offered.v1")
    town.tell(
        "correct",
        on="1",
        stream=offered["subject"],
        version=int(offered["id"].rpartition("/")[2]),
        field="mandate.amount",
        after="90",
        reason="a slip",
    )
    with batches_of(1):
        town.ledger.catch_up()
    town.tell("define", on="1", code="syd", title="South")
    town.tell("offer", on="1", code="syd", to="anna")
    town.ledger.catch_up()
    assert town.ledger.verify().whole
    have = rows(town.ledger)
    town.ledger.rebuild()
    assert rows(town.ledger) == have
