from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scenario import NOW, chain

from ledger.aggregates import decision, ledger, member, responsibility
from ledger.aggregates.decision import Decision
from ledger.aggregates.ledger import Founding
from ledger.aggregates.member import Member
from ledger.aggregates.responsibility import Responsibility
from ledger.events import KINDS, Entry

CORPUS = Path(__file__).parents[1] / "promises" / "corpus.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
FOLDS: list[tuple[Any, Any]] = [
    (Founding(), ledger.evolve),
    (Member(), member.evolve),
    (Responsibility(), responsibility.evolve),
    (Decision(), decision.evolve),
]


@pytest.mark.parametrize("line", LINES, ids=[f"{number}-{line['kind']}" for number, line in enumerate(LINES)])
def test_replay_never_refuses_an_event_however_odd_its_place(line: dict[str, Any]) -> None:
    event = KINDS[line["kind"]].model_validate(line["event"])
    entry = Entry("x", 1, event, NOW, "eva", "eva")
    for initial, evolve in FOLDS:
        assert isinstance(evolve(initial, entry), type(initial))
        assert isinstance(evolve(evolve(initial, entry), entry), type(initial))


def test_what_is_so_follows_from_what_happened_and_from_nothing_else() -> None:
    one, other = chain(), chain()
    assert one.responsibility("vagn") == other.responsibility("vagn")
    assert [entry.event for entry in one.streams["ledger"]] == [entry.event for entry in other.streams["ledger"]]
