from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.events import KINDS, Entry
from ledger.schemas import schema
from ledger.store import mapper
from ledger.store.leaf import Leaf
from ledger.values import instant

HERE = Path(__file__).parent
LINES = [json.loads(line) for line in (HERE / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("line", LINES, ids=[f"{number}-{line['kind']}" for number, line in enumerate(LINES)])
def test_a_line_once_written_is_read_for_ever(line: dict[str, object]) -> None:
    state = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    leaf = b'{"entry":' + state + b',"log":"test/1","recorded_at":"2025-01-01T00:00:00.000000Z","seq":0}'
    kept = Leaf(1, str(line["stream"]), 1, str(line["kind"]), instant("2025-01-01"), leaf, b"")
    entry = mapper.recorded(kept).entry
    assert isinstance(entry, Entry)
    assert mapper.stored(entry).state == state


def test_every_kind_ever_written_stands_in_the_corpus() -> None:
    assert {line["kind"] for line in LINES} == set(KINDS)


@pytest.mark.parametrize("of", ["events", "commands"])
def test_the_published_schema_is_the_one_that_was_reviewed(of: str) -> None:
    published = json.loads((HERE / f"schema-{of}.json").read_text(encoding="utf-8"))
    assert schema(of) == published, f"if the change is meant: tillit schema {of} > tests/promises/schema-{of}.json"  # type: ignore[arg-type]
