"""A ledger restored from an older copy answers as ever, says so when it is verified, and is not written to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from auditkit import EVENTS, Office

READING = (
    "who-owns",
    "log",
    "history ledger",
    "decisions",
    "vacant",
    "register",
    "stats",
    "rebuild",
    "key show",
    "who-owns --as-of 2025-06-01",
)
WRITING = (
    "define more --title More --me eva",
    "define more --title More --me eva --no-sign",
    "define more --title More --me eva --key k99",
    "checkpoint",
    f"prove {EVENTS}",
    "key rotate",
)


@pytest.fixture
def restored(office: Office) -> Office:
    """The file as it was three entries ago."""
    backup = office.base / "backup.db"
    shutil.copy(office.file, backup)
    for number in range(3):
        office.done("define", f"lost-{number}", "--title", "Lost", "--me", "eva")
    for beside in office.file.parent.glob("ledger.db-*"):
        beside.unlink()
    shutil.copy(backup, office.file)
    return office


@pytest.mark.parametrize("line", READING)
def test_what_is_asked_is_answered(restored: Office, line: str) -> None:
    result = restored.say(*line.split())
    assert result.exit_code == 0, result.output
    assert "lost-1" not in result.stdout


@pytest.mark.parametrize("line", WRITING)
def test_what_would_sign_or_add_is_refused_with_both_ways_out(restored: Office, line: str) -> None:
    assert restored.fails(*line.split()) == (1, "log.behind")
    said = restored.say(*line.split()).stderr
    assert f"holds {EVENTS} events, and {EVENTS + 3} were signed here" in said
    assert "tillit continue --from-export DIR" in said
    assert "tillit continue --new-origin --reason TEXT" in said
    assert json.loads(restored.say("stats", "--json").stdout)["events"] == EVENTS


def test_a_rehearsal_adds_nothing_and_so_is_not_refused(restored: Office) -> None:
    assert restored.say("define", "more", "--title", "More", "--me", "eva", "--dry-run").exit_code == 0


def test_verify_says_that_the_end_is_gone_and_where(restored: Office) -> None:
    result = restored.say("verify")
    assert result.exit_code == 4
    assert f"{EVENTS + 3} events were signed here, and the log holds {EVENTS}: its end is gone" in result.stdout
    assert f"position {EVENTS + 1}" in result.stderr
    assert json.loads(restored.say("verify", "--json").stdout)["first_break"] == EVENTS + 1


def test_on_another_machine_only_a_remembered_checkpoint_tells(restored: Office, tmp_path: Path) -> None:
    assert restored.say("verify", "--key", restored.vkey, elsewhere=True).exit_code == 0
    shutil.copy(restored.known(EVENTS), tmp_path / "kept.note")
    words = ("verify", "--key", restored.vkey, "--known", str(tmp_path / "kept.note"))
    assert restored.say(*words, elsewhere=True).exit_code == 0


def test_the_newer_file_put_back_is_written_to_again(office: Office) -> None:
    kept = office.base / "newer.db"
    old = office.base / "older.db"
    shutil.copy(office.file, old)
    office.done("define", "kept", "--title", "Kept", "--me", "eva")
    for beside in office.file.parent.glob("ledger.db-*"):
        beside.unlink()
    shutil.copy(office.file, kept)
    shutil.copy(old, office.file)
    assert office.fails("define", "more", "--title", "More", "--me", "eva")[1] == "log.behind"
    shutil.copy(kept, office.file)
    office.done("define", "more", "--title", "More", "--me", "eva")
    assert office.say("verify").exit_code == 0
