"""What a short-lived process may import, held by which modules are loaded and never by a clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli import __version__

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Tillit = Callable[..., subprocess.CompletedProcess[str]]

HEAVY = {
    "sqlalchemy",
    "pydantic",
    "rich",
    "cryptography",
    "eventsourcing",
    "ledger",
    "platformdirs",
    "json",
    "dataclasses",
}
REPORT = "print('LOADED', *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"


def loaded(result: subprocess.CompletedProcess[str]) -> set[str]:
    return set(result.stderr.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--version"], 0), (["--help"], 0), (["ofer"], 2), (["--nope"], 2), (["member", "--help"], 0), ([], 2)],
)
def test_help_version_and_usage_errors_import_nothing_heavy(tillit: Tillit, words: list[str], code: int) -> None:
    result = tillit(*words, after=REPORT)
    assert result.returncode == code
    assert "click" in loaded(result)
    assert not loaded(result) & HEAVY


def test_completing_a_command_name_imports_nothing_heavy(tillit: Tillit) -> None:
    result = tillit(after=REPORT, _TILLIT_COMPLETE="bash_complete", COMP_WORDS="tillit off", COMP_CWORD="1")
    assert result.stdout.split() == ["plain,offer", "plain,offers"]
    assert not loaded(result) & HEAVY


@pytest.mark.parametrize(
    "words", [["config", "--help"], ["config", "--nope"], ["config", "me", "NO"], ["completion", "tcsh"]]
)
def test_a_command_imports_no_ledger_until_its_body_needs_one(tillit: Tillit, words: list[str]) -> None:
    assert not loaded(tillit(*words, after=REPORT)) & (HEAVY - {"json", "dataclasses", "platformdirs"})


def test_the_version_is_said_in_one_place(tillit: Tillit) -> None:
    assert tillit("--version").stdout == f"tillit {__version__}\n"


def test_a_reader_who_goes_away_is_no_error(tillit: Tillit) -> None:
    closed = "import os; r, w = os.pipe(); os.close(r); os.dup2(w, 1)"
    for words in (["--help"], ["completion", "zsh"]):
        result = tillit(*words, before=closed)
        assert (result.returncode, result.stderr) == (0, "")


def test_a_full_disk_and_a_closed_stream_are_told_and_not_called_a_bug(tillit: Tillit) -> None:
    for words in (["--help"], ["config", "--json"], ["config"]):
        full = tillit(*words, before="import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 1)")
        assert (full.returncode, full.stderr.count("\n")) == (1, 1)
        assert "No space left" in full.stderr
        closed = tillit(*words, before="sys.stdout = None")
        assert (closed.returncode, closed.stderr) == (0, "")


def test_ctrl_c_is_quiet_and_counts_as_refused(tillit: Tillit) -> None:
    interrupt = "import cli.config\ndef stop(call): raise KeyboardInterrupt\ncli.config._show = stop"
    assert tillit("config", before=interrupt).returncode == 1
    assert tillit("config", before=interrupt).stderr.strip() == ""
    told = json.loads(tillit("config", "--json", before=interrupt).stderr)
    assert told["error"]["code"] == "aborted"


def test_a_stream_that_cannot_carry_a_letter_still_gets_the_answer(tillit: Tillit) -> None:
    result = tillit("config", "me", "é", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.returncode == 2
    assert "\\xe9 is not a handle" in result.stderr
