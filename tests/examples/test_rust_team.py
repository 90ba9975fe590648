"""The rust-team example: seven years of a real organisation, imported and compared with the truth it came with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.commands import COMMANDS

PROJECT = Path(__file__).resolve().parents[2]
CORPUS = PROJECT.parent / "shared" / "corpora" / "rust-team"
EXAMPLE = str(PROJECT / "examples" / "rust_team.py")
TILLIT = ("-m", "cli.main")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus rust-team is not beside this checkout")


def run(folder: Path, *words: str) -> str:
    """Standard output of a Python command that must go well, in a folder, by the steward."""
    said = {name: value for name, value in os.environ.items() if name not in {"TILLIT_LEDGER", "TILLIT_ME"}}
    environment = {**said, "PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": str(folder), "TILLIT_ME": "steward"}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_line_of_the_journal_is_a_command(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in run(tmp_path, EXAMPLE, "journal", str(CORPUS)).splitlines()]
    for line in lines:
        COMMANDS[line.pop("do")].model_validate(line)
    assert len({line["key"] for line in lines}) == len(lines)
    assert lines == sorted(lines, key=lambda line: str(line["on"]))


def test_leads_members_parents_and_archiving_are_right_at_every_instant(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text(run(tmp_path, EXAMPLE, "journal", str(CORPUS)), encoding="utf-8")
    run(tmp_path, *TILLIT, "init", "Rust teams", "--founder", "steward", "--on", "2018-11-01")
    run(tmp_path, *TILLIT, "import", "journal", str(journal))
    said = run(tmp_path, EXAMPLE, "check", str(CORPUS), "--ledger", str(tmp_path / ".tillit" / "ledger.db"))
    assert said.startswith("2860 rows compared, 0 differences, 22 answers")
