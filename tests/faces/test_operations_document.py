"""What docs/operations.md says to type and to look at is there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cli.table import TABLE

if TYPE_CHECKING:
    import pytest
    from faceskit import Person

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
NAMES = {row.name for row in TABLE}


def test_every_command_that_it_names_is_one() -> None:
    named = re.findall(r"(?:^    |`)tillit ([a-z-]+)(?: ([a-z-]+))?", DOCUMENT, re.MULTILINE)
    assert len(named) > 15
    for first, second in named:
        assert {first, f"{first} {second}"} & NAMES, (first, second)


def test_what_is_to_be_watched_is_what_stats_says(town: Person) -> None:
    rows = DOCUMENT.partition("| field |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in rows.splitlines()[1:]]
    fields = {name for cell in cells for name in re.findall("`([a-z_]+)`", cell)}
    assert {"views_lag", "unsigned", "unanchored"} <= fields
    assert fields <= set(town.row("stats"))


def test_the_drill_brings_back_a_whole_ledger(town: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup, drill = tmp_path / "norrby.db", tmp_path / "drill" / ".tillit"
    town.done(f"backup {backup}")
    drill.mkdir(parents=True)
    shutil.copy(backup, drill / "ledger.db")
    owned = town.rows("who-owns")
    monkeypatch.chdir(drill.parent)
    assert town.row("verify")["verdict"] == "whole"
    assert town.rows("who-owns") == owned
