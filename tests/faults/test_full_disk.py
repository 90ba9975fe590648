"""Where there is no room, a sentence says so, nothing is half written, and it goes on as soon as there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faultkit import journal, keys_of

if TYPE_CHECKING:
    from faultdisk import Disk

FILE = ".tillit/ledger.db"
FULL = "1 store.full"
TURNS = 1_300
"""Six thousand entries and more: the views follow in two batches."""


@pytest.fixture
def town(disk: Disk) -> Disk:
    """A disk with a ledger, found from where one stands."""
    disk.done("init Town --founder eva")
    disk.done("member add anna --key founding-0-add")
    return disk


def test_a_command_finds_room_or_is_not_recorded(town: Disk) -> None:
    before = town.done("stats")["events"]
    lines = [f"define c{number} --title C --key c{number}-define" for number in range(20)]
    outcomes: dict[str, str] = {}
    for number, line in enumerate(lines):
        town.filled(12 * number)
        outcomes[line] = town.tillit(line).kind
    town.emptied()
    assert set(outcomes.values()) == {"0", FULL}
    assert town.done("stats")["events"] == before + list(outcomes.values()).count("0")
    for line, kind in outcomes.items():
        assert town.done(line)["again"] is (kind == "0")
    town.sound(FILE, [f"c{number}-define" for number in range(20)])


def test_an_import_is_recorded_whole_or_not_at_all_and_in_steps_goes_on(town: Disk) -> None:
    told = journal("w", range(200))
    before = town.done("stats")["events"]
    town.filled(600)
    assert town.tillit("import journal -", told).kind == FULL
    town.emptied()
    assert town.done("stats")["events"] == before
    town.filled(600)
    assert town.tillit("import journal - --batch 40", told).kind == FULL
    town.emptied()
    recorded = town.done("stats")["events"] - before
    # Forty commands are ten turns of five entries.
    assert recorded % 50 == 0
    assert 0 < recorded < 1000
    outcome = town.done("import journal - --batch 40", told)
    assert (outcome["again"], outcome["recorded"]) == (recorded * 4 // 5, 800 - recorded * 4 // 5)
    town.sound(FILE, keys_of("w", range(200)))


def test_views_that_find_no_room_answer_nothing_until_they_do(town: Disk) -> None:
    town.done("import journal -", journal("w", range(TURNS)))
    right = town.done("who-owns w-1299")
    town.shell("rm .tillit/views.db*")
    outcomes = []
    for room in range(0, 8_000, 800):
        town.filled(room)
        outcomes.append(town.tillit("who-owns w-1299"))
    assert {said.kind for said in outcomes} == {"0", FULL}
    assert all(said.out == right for said in outcomes if said.code == 0)
    town.sound(FILE, keys_of("w", range(TURNS)))
    town.filled(0)
    assert town.tillit("rebuild").kind == FULL
    town.emptied()
    assert town.done("who-owns w-1299") == right
    town.sound(FILE, keys_of("w", range(TURNS)))


def test_a_backup_that_finds_no_room_leaves_nothing(town: Disk) -> None:
    town.done("import journal -", journal("w", range(50)))
    lying = town.files()
    for room in (64, 128, 192):
        town.filled(room)
        said = town.tillit("backup copy.db")
        assert said.kind == FULL
        assert town.files() - lying <= {"others", "copy.db.lock"}
    town.emptied()
    town.done("backup copy.db")
    town.sound("copy.db", keys_of("w", range(50)))


def test_the_sentence_names_the_file_that_finds_no_room(town: Disk, tmp_path: Path) -> None:
    elsewhere = f"--ledger {tmp_path / 'ledger.db'}"
    town.done(f"init Town --founder eva {elsewhere}")
    town.filled(20)
    said = town.tillit(f"backup copy.db {elsewhere}")
    assert said.kind == FULL
    assert "copy.db" in said.error["message"]


def test_a_verification_without_room_to_work_in_says_nothing_of_damage(town: Disk) -> None:
    town.shell("mkdir work")
    town.filled(200)
    said = town.tillit("verify", TMPDIR=str(town.folder / "work"))
    assert said.kind == FULL
    town.emptied()
    assert town.done("verify")["verdict"] == "whole"
