from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import root

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SESSION = re.search(r"## Ten lines\n\n```console\n(.*?)```", README, re.DOTALL)


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
