"""Each test on a copy of one signed ledger, at noon of a fixed day, with settings of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from auditkit import Office, copied, now, told

VARIABLES = ("TILLIT_LEDGER", "TILLIT_ME", "TILLIT_NO_SIGN", "NO_COLOR", "FORCE_COLOR", "PAGER", "LANGUAGE")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setattr("cli.days.now", now)
    monkeypatch.setattr("ledger.opening._now", now)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return told(tmp_path_factory.mktemp("told"))


@pytest.fixture
def office(template: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A town hall with a ledger of twenty entries, signed by its key on this machine; you sit in its folder."""
    office = copied(template, tmp_path)
    monkeypatch.chdir(tmp_path / "here")
    return office
