from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from ledger.events import KINDS, Entry
from ledger.schemas import schema
from ledger.store import mapper
from ledger.store.leaf import Leaf
from ledger.values import instant

# How an entry's fields are named where it is stored, if otherwise.
_SHORTER = {"command_key": "key", "together_with": "with"}
HERE = Path(__file__).parent
LINES = [json.loads(line) for line in (HERE / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]


EACH_LINE = pytest.mark.parametrize(
    "line", LINES, ids=[f"{number}-{line['kind']}" for number, line in enumerate(LINES)]
)


def _leaf(line: dict[str, object]) -> Leaf:
    state = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    leaf = b'{"entry":' + state + b',"log":"test/1","recorded_at":"2025-01-01T00:00:00.000000Z","seq":0}'
    return Leaf(1, str(line["stream"]), 1, str(line["kind"]), instant("2025-01-01"), leaf, b"")


@EACH_LINE
def test_a_line_once_written_is_read_for_ever(line: dict[str, object]) -> None:
    leaf = _leaf(line)
    entry = mapper.recorded(leaf).entry
    assert isinstance(entry, Entry)
    assert mapper.stored(entry).state == leaf.state


@EACH_LINE
def test_what_is_read_for_the_views_lacks_only_the_reasons_of_a_yes(line: dict[str, object]) -> None:
    leaf = _leaf(line)
    whole, outlined = mapper.recorded(leaf), mapper.outlined(leaf)
    if whole.entry.event.kind == "decision.made.v1" and line["event"]["authority"]["verdict"] == "inside":  # type: ignore[index]
        left_out = {"authority": {"chain", "checks"}}
        assert outlined.entry.event.model_dump(exclude=left_out) == whole.entry.event.model_dump(exclude=left_out)
        assert outlined.entry.event.authority.chain == ()  # type: ignore[attr-defined]
        assert replace(outlined.entry, event=whole.entry.event) == whole.entry
    else:
        assert outlined == whole


def test_every_kind_ever_written_stands_in_the_corpus() -> None:
    assert {line["kind"] for line in LINES} == set(KINDS)


def _written(value: object, within: str = "") -> set[str]:
    """Every field that is written, as `name.of.field`, places in lists left out."""
    if isinstance(value, list):
        return {name for each in value for name in _written(each, within)}
    if not isinstance(value, dict):
        return set()
    return {name for key, each in value.items() for name in (f"{within}{key}", *_written(each, f"{within}{key}."))}


def _fields(of: type[BaseModel], within: str = "") -> set[str]:
    """Every field that an event may have, those of its parts among them."""
    found: set[str] = set()
    for name, info in of.model_fields.items():
        found.add(f"{within}{name}")
        for part in (info.annotation, *_parts(info.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found |= _fields(part, f"{within}{name}.")
    return found


def _parts(annotation: object) -> list[object]:
    return [deep for part in get_args(annotation) for deep in (part, *_parts(part))]


def test_every_field_ever_written_stands_in_the_corpus_somewhere() -> None:
    written = {(line["kind"], name) for line in LINES for name in _written(line["event"])}
    # A part of an event is the same shape wherever it stands.
    parts = {name.rpartition(".")[2] for _kind, name in written}
    for kind, event in KINDS.items():
        missing = {each for each in _fields(event) if (kind, each) not in written}
        assert {each for each in missing if "." not in each or each.rpartition(".")[2] not in parts} == set(), kind
    envelope = {_SHORTER.get(field.name, field.name) for field in fields(Entry)} | {"kind"}
    assert {name for line in LINES for name in line} == envelope


@pytest.mark.parametrize("of", ["events", "commands"])
def test_the_published_schema_is_the_one_that_was_reviewed(of: str) -> None:
    published = json.loads((HERE / f"schema-{of}.json").read_text(encoding="utf-8"))
    assert schema(of) == published, f"if the change is meant: tillit schema {of} > tests/promises/schema-{of}.json"  # type: ignore[arg-type]
