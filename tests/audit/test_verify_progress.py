"""Whoever waits at a terminal for a long verification sees how far it is, in each of its rounds; a file never does."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pexpect  # type: ignore[import-untyped]
import pytest
from auditkit import PROJECT, Office, now

from ledger import command, create_ledger

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS: Final = 6_000
"""Events enough for a bar to move in every round: it is told of each thousandth, or of each five thousandth."""
STEP: Final = re.compile(r"verifying +\[[#-]*\] +(-?[0-9]+)/([0-9]+)")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("large"))
    office.file.parent.mkdir(parents=True)
    with create_ledger(office.file, "Norrby", ["eva"], clock=now, keys=office.keys) as ledger:
        office.vkey = str(office.keys.verifiers(ledger.origin)[-1])
        desk = ledger.begin()
        for number in range(MEMBERS):
            desk.add(command({"do": "member add", "by": "eva", "handle": f"m{number}"}), "eva")
        desk.commit()
    return office


def environment(office: Office) -> dict[str, str]:
    settings = {"XDG_CONFIG_HOME": str(office.base / "settings"), "PYTHONPATH": str(PROJECT), "TERM": "xterm"}
    return {**os.environ, **settings}


def at_a_terminal(office: Office, *words: str, out: Path) -> str:
    """What a terminal shows of a command whose answer goes to a file."""
    said = shlex.join([sys.executable, "-m", "cli.main", *words])
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"{said} > {shlex.quote(str(out))}"],
        cwd=str(office.file.parents[1]),
        env=environment(office),
        encoding="utf-8",
        dimensions=(40, 100),
        timeout=120,
    )
    child.expect(pexpect.EOF)
    told = str(child.before)
    child.close()
    assert child.exitstatus == 0, told
    return told


@pytest.mark.parametrize("export", [False, True])
def test_at_a_terminal_a_bar_moves_to_the_end_of_every_round(large: Office, tmp_path: Path, *, export: bool) -> None:
    words = ["verify"]
    if export:
        at_a_terminal(large, "export", "tlog", str(tmp_path / "tlog"), out=tmp_path / "said")
        words += ["--export", str(tmp_path / "tlog"), "--key", large.vkey]
    told = at_a_terminal(large, *words, out=tmp_path / "out")
    steps = [(int(done), int(of)) for done, of in STEP.findall(told) if of != "0"]
    end = steps[-1][1]
    assert end >= MEMBERS
    assert {of for _done, of in steps} == {end}
    rounds = [[end]]
    for done, _of in steps:
        if done < rounds[-1][-1]:
            rounds.append([])
        rounds[-1].append(done)
    assert all(each[-1] == end and each[0] > 0 for each in rounds)
    # The record, and the views that are built anew to be compared; of an export there is one only.
    assert len(rounds) - 1 == (1 if export else 2)
    assert max(len(each) for each in rounds) > 2
    assert "verifying" not in (tmp_path / "out").read_text()
    assert (tmp_path / "out").read_text().startswith("ok ")


@pytest.mark.parametrize("words", [["verify"], ["verify", "--json"]])
def test_where_nobody_sits_there_is_no_bar(large: Office, words: list[str]) -> None:
    said = [sys.executable, "-m", "cli.main", *words]
    where, env = large.file.parents[1], environment(large)
    done = subprocess.run(said, cwd=where, env=env, capture_output=True, text=True, check=True)
    assert "verifying" not in done.stdout + done.stderr
    assert not re.search("[\r\x1b]", done.stdout + done.stderr)


def test_a_program_that_reads_json_at_a_terminal_sees_no_bar(large: Office, tmp_path: Path) -> None:
    assert at_a_terminal(large, "verify", "--json", out=tmp_path / "out") == ""
