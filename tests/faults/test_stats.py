"""What `tillit stats` tells whoever keeps watch, and whoever sits at a terminal."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
from faultkit import PROJECT, Place, imported, insist, tillit

from ledger import open_ledger


def stats(place: Place) -> dict[str, Any]:
    with place.open() as ledger:
        return ledger.stats()


def test_a_program_is_told_all_of_it_as_json(place: Place) -> None:
    done = tillit(place, "stats --json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts.pop("last_recorded_at").endswith("Z")
    wanted = stats(place)
    assert set(facts) == set(wanted) - {"last_recorded_at"}
    assert [facts[name] for name in ("origin", "events", "held", "unanchored")] == [wanted["origin"], 6, 1, 6]


def test_what_nothing_outside_fixes_is_counted_until_a_checkpoint_is_given_out(place: Place) -> None:
    before = stats(place)
    assert (before["checkpoint_size"], before["checkpoint_at"]) == (None, None)
    assert before["unanchored"] == before["events"] == 6
    with place.open() as ledger:
        ledger.notary.checkpoint()
        last = ledger._recorder.at(6)
    assert last is not None
    fixed = stats(place)
    assert (fixed["checkpoint_size"], fixed["unanchored"]) == (6, 0)
    assert fixed["checkpoint_at"] == last.recorded_at
    imported(place, "w", range(2))
    after = stats(place)
    assert (after["events"], after["checkpoint_size"], after["unanchored"]) == (16, 6, 10)


def test_what_is_recorded_without_a_key_is_counted_as_unsigned(place: Place) -> None:
    assert stats(place)["unsigned"] == 0
    with open_ledger(place.address, keys=place.keys, sign=False) as ledger:
        insist(ledger, {"do": "define", "by": "eva", "code": "norr", "title": "North"})
    assert stats(place)["unsigned"] == 1
    with place.open() as ledger:
        insist(ledger, {"do": "define", "by": "eva", "code": "syd", "title": "South"})
    assert stats(place)["unsigned"] == 0


def test_the_views_lag_by_what_was_recorded_since_anybody_asked(place: Place) -> None:
    stats(place)
    imported(place, "w", range(2))
    assert [stats(place)["views_lag"] for _ in range(2)] == [10, 0]


def test_views_that_are_gone_or_damaged_lag_by_everything_and_are_built_anew(place: Place) -> None:
    imported(place, "w", range(2))
    right = stats(place)
    views = Path(place.address).with_name("views.db")
    for harm in (b"", b"no views\n" * 1_000):
        views.write_bytes(harm)
        assert stats(place) == {**right, "views_lag": 16}


def test_bytes_are_counted_for_the_record_and_the_views_apart(place: Place) -> None:
    before = stats(place)
    imported(place, "w", range(100))
    after = stats(place)
    for name in ("record_bytes", "views_bytes"):
        assert after[name] > before[name] > 4096


def test_at_a_terminal_it_is_told_in_words(place: Place) -> None:
    stats(place)
    imported(place, "w", range(2))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILLIT", "XDG", "LC_", "LANG"))}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "cli.main", "stats", "--ledger", place.address],
        env={**kept, "PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": str(place.settings)},
        encoding="utf-8",
        dimensions=(40, 200),
        timeout=60,
    )
    child.expect(pexpect.EOF)
    lines = dict(line.split("  ", 1) for line in str(child.before).splitlines())
    said = {name.strip(): text.strip() for name, text in lines.items()}
    assert said["entries"].startswith("16, the last recorded ")
    assert said["in them"] == "members 2, responsibilities 3 (held 3, offered 0), decisions 2"
    assert said["views"] == "10 entries behind when this was asked"
    assert said["signed"] == "all"
    assert said["given out"].startswith("nothing yet")
    assert said["on the disk"].startswith("record 0.")
    assert "clock here" not in said
