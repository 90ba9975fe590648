from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import root

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
LOOK = re.search(r"```console\n(\$ tillit can .*?)```", README, re.DOTALL)
SESSION = re.search(r"## Ten lines\n\n```console\n(.*?)```", README, re.DOTALL)


def test_what_it_looks_like_is_what_the_demo_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LOOK is not None
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    told = CliRunner().invoke(root, ["demo", str(tmp_path / "demo")])
    assert told.exit_code == 0, told.output
    command, *answer = LOOK[1].splitlines()
    assert "\n".join([command, *(f"  {line}" for line in answer)]) in told.stdout


def test_the_session_of_the_readme_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SESSION is not None
    lines = SESSION[1].splitlines()
    assert len(lines) == 10
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TILLIT_LEDGER", raising=False)
    monkeypatch.delenv("TILLIT_ME", raising=False)
    said = []
    for line in lines:
        prompt, program, *words = shlex.split(line)
        assert (prompt, program) == ("$", "tillit")
        result = CliRunner().invoke(root, words)
        assert result.exit_code == 0, (line, result.output)
        said.append(result.stdout)
    assert "\tanna\t" in said[6]
    assert said[7].startswith("YES")
    assert "Lease two vans" in said[8]
    assert said[9].startswith("ok ")
