"""A person at the command line: says words, and sees the exit code and both streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result

from cli.main import root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[2]
VARIABLES = ("TILLIT_LEDGER", "TILLIT_ME", "NO_COLOR", "FORCE_COLOR", "PAGER", "LANGUAGE", "LC_ALL", "LC_MESSAGES")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def say() -> Callable[..., Result]:
    def say(*words: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(root, words, input=stdin)

    return say


@pytest.fixture
def demonstrate() -> Iterator[Callable[[click.Command], None]]:
    """Registers a command for the length of one test."""
    added: list[str] = []

    def add(command: click.Command) -> None:
        added.append(str(command.name))
        root.commands[str(command.name)] = command

    yield add
    for name in added:
        del root.commands[name]


@pytest.fixture
def tillit() -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*words: str, before: str = "", after: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs tillit in a process of its own, with Python statements before it and at its exit."""
        program = f"import atexit, sys\n{before}\natexit.register(lambda: exec({after!r}))\n"
        program += "from cli.main import main\nmain()"
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
            check=False,
        )

    return run
