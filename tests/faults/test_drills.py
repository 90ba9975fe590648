"""The commands that docs/operations.md gives for nights, drills and losses are run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faultkit import PROJECT

DOCUMENT = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
NIGHT, DRILL, LOSS, RETURN = re.findall("```bash\n(.*?)```", DOCUMENT, re.DOTALL)
ERASE, RENAME = re.findall("`(tillit (?:erase|member rename) bo [^`]*)`", DOCUMENT)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash IS NOT INSTALLED, so no drill was run")


class Keeper:
    """Sits in a folder with a ledger, with backups elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "here"
        for each in (self.folder, folder / "backup", folder / "bin"):
            each.mkdir()
        command = folder / "bin" / "tillit"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli.main "$@"\n')
        command.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLIT")}
        self.environment = {
            **kept,
            "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
            "XDG_CONFIG_HOME": str(folder / "settings"),
            "BACKUP": str(folder / "backup"),
            "TILLIT_ME": "eva",
        }

    def types(self, commands: str, code: int = 0) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, (commands, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    keeper = Keeper(tmp_path)
    keeper.types("tillit init Norrby --founder eva\ntillit member add anna --name 'Anna Berg'")
    return keeper


def test_a_drill_after_a_night_finds_the_ledger_whole_and_leaves_nothing(keeper: Keeper) -> None:
    keeper.types(NIGHT)
    said = keeper.types(DRILL)
    assert "ok views" in said
    assert "\troot\tNorrby\teva\t" in said
    assert [path.name for path in keeper.folder.iterdir()] == [".tillit"]


def test_a_ledger_that_is_lost_is_brought_back_but_for_the_names_that_were_said_since(keeper: Keeper) -> None:
    keeper.types(NIGHT)
    keeper.types("tillit member add bo --name 'Bo Ek'\ntillit define norr --title North")
    owned = keeper.types("tillit who-owns")
    export = NIGHT.splitlines()[0]
    keeper.types(export)
    keeper.types(LOSS)
    assert "Error" not in keeper.types("tillit who-owns")
    keeper.types("tillit define syd --title South", code=1)
    assert "event 7" in keeper.types(RETURN, code=4)
    keeper.types(f"{ERASE}\n{RENAME}")
    assert "NO" not in keeper.types("tillit verify")
    assert keeper.types("tillit who-owns") == owned
    assert "Bo Ek" in keeper.types("tillit members")
    keeper.types("tillit define syd --title South")
