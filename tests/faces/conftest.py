"""Each test in a folder of its own, with settings of its own, at noon of a fixed day."""

from __future__ import annotations

import shlex
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from faceskit import VARIABLES, Clock, Person, copied, tell_town
from mainjobkit import YEAR

from cli.main import root

if TYPE_CHECKING:
    from click.testing import Result
    from mainjobkit import Say


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("cli.days.now", clock)
    monkeypatch.setattr("ledger.opening._now", clock)
    return clock


@pytest.fixture
def person(tmp_path: Path, clock: Clock) -> Person:
    """Sits in an empty folder."""
    return Person(tmp_path / "here", clock)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "settings"))
        return folder, tell_town(folder)


@pytest.fixture
def town(told: tuple[Path, dict[str, str]], person: Person, tmp_path: Path) -> Person:
    """Sits in a folder with the town's ledger."""
    copied(told[0], person.folder)
    # The same machine as told it: with the key that signed, or each answer would say that nothing was signed.
    copytree(told[0] / "settings" / "tillit", tmp_path / "settings" / "tillit")
    person.ids = dict(told[1])
    return person


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    for name in ("TILLIT_LEDGER", "TILLIT_ME", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(root, list(words))
        assert result.exit_code == code, (words, result.output)
        return result

    return run


@pytest.fixture
def year(say: Say) -> Say:
    say("init", "Works", "--founder", "eva", "--on", "2025-01-01")
    for line in YEAR.strip().splitlines():
        say(*shlex.split(line))
    return say
