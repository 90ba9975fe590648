"""The 49 CFR example: who may exercise which of the Secretary's powers, after whom, and how far down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CORPUS = PROJECT.parent / "shared" / "corpora" / "cfr-delegations"
EXAMPLE = str(PROJECT / "examples" / "dot_delegations.py")
TILLIT = ("-m", "cli.main")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus cfr-delegations is not beside this checkout")


def run(folder: Path, *words: str, me: str = "secretary") -> subprocess.CompletedProcess[str]:
    """What a Python command says in a folder, typed by `me`."""
    said = {name: value for name, value in os.environ.items() if name not in {"TILLIT_LEDGER", "TILLIT_ME"}}
    environment = {**said, "PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": str(folder), "TILLIT_ME": me}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ledger that the journal makes."""
    folder = tmp_path_factory.mktemp("department")
    journal = folder / "journal.jsonl"
    journal.write_text(run(folder, EXAMPLE, str(CORPUS)).stdout, encoding="utf-8")
    for words in (
        ("init", "US Department of Transportation", "--founder", "secretary", "--on", "2025-01-24"),
        ("import", "journal", str(journal)),
    ):
        done = run(folder, *TILLIT, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def can(department: Path, handle: str, power: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the answer."""
    done = run(department, *TILLIT, "can", handle, power, "--json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def refusal(department: Path, me: str, *words: str) -> dict[str, Any]:
    """The error that a command is refused with."""
    done = run(department, *TILLIT, *words, "--json", me=me)
    assert done.returncode == 1, done.stdout + done.stderr
    error: dict[str, Any] = json.loads(done.stderr)["error"]
    return error


def test_the_journal_is_the_same_every_time(tmp_path: Path) -> None:
    assert run(tmp_path, EXAMPLE, str(CORPUS)).stdout == run(tmp_path, EXAMPLE, str(CORPUS)).stdout != ""


def test_an_officer_may_exercise_what_was_delegated_and_nothing_else(department: Path) -> None:
    assert can(department, "general-counsel", "1.27/a")[0] == 0
    assert can(department, "general-counsel", "1.25/b")[0] == 1


def test_what_was_delegated_to_nobody_stays_with_the_secretary(department: Path) -> None:
    assert can(department, "secretary", "1.99/z")[0] == 0
    assert can(department, "general-counsel", "1.99/z")[0] == 1


def test_what_is_reserved_is_kept_from_the_administrators_and_not_from_the_deputy(department: Path) -> None:
    code, answer = can(department, "federal-aviation-administrator", "1.21/b/14")
    assert code == 1
    assert (answer["link"], answer["dimension"]) == ("operating-administrations", "reserved")
    assert can(department, "deputy-secretary", "1.21/b/14")[0] == 0


def test_a_concurrence_makes_a_yes_after(department: Path) -> None:
    code, answer = can(department, "general-counsel", "1.27/h")
    assert code == 0
    assert answer["verdict"].startswith("yes")
    assert "consent post:secretary" in json.dumps(answer)


def test_whom_a_power_needs_is_needed_by_whoever_it_is_redelegated_to(department: Path) -> None:
    code, answer = can(department, "assistant-secretary-aviation-international-affairs", "1.25/j")
    assert code == 0
    for office in ("general-counsel", "federal-aviation-administrator", "assistant-secretary-administration"):
        assert f"consult post:{office}" in json.dumps(answer)


def test_a_redelegated_power_may_be_exercised_by_everyone_it_came_through(department: Path) -> None:
    done = run(department, *TILLIT, "who-can", "1.25/b", "--json")
    assert {row["member"] for row in json.loads(done.stdout)} == {
        "post:secretary",
        "post:deputy-secretary",
        "post:under-secretary-policy",
        "post:assistant-secretary-transportation-policy",
    }


def test_a_power_without_power_of_redelegation_is_not_redelegated(department: Path) -> None:
    me = "assistant-secretary-administration"
    assert can(department, me, "1.38/a/2")[0] == 0
    defined = run(department, *TILLIT, "define", "bids", "--title", "Mistakes in bids", "--parent", "1.38.a.2", me=me)
    assert defined.returncode == 0, defined.stderr
    error = refusal(department, me, "offer", "bids", "--to", "post:general-counsel")
    assert error["code"] == "mandate.not_inside"
    assert "further" in error["message"]


def test_nobody_redelegates_what_they_were_not_given(department: Path) -> None:
    me, parent = "under-secretary-policy", "under-secretary-policy"
    defined = run(department, *TILLIT, "define", "courts", "--title", "Courts", "--parent", parent, me=me)
    assert defined.returncode == 0, defined.stderr
    error = refusal(department, me, "offer", "courts", "--to", "post:general-counsel", "--types", "1.27/h")
    assert error["code"] == "mandate.not_inside"
