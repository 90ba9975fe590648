"""Ctrl-C wherever a command waits for somebody: it ends with 1 and without a traceback, and nothing is recorded."""

from __future__ import annotations

import fcntl
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect  # type: ignore[import-untyped]
import pytest
from faultkit import PROJECT, Place, head, sound, tillit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EDITOR = "sh -c 'echo writing; cat'"
WAITING = {
    "for a text": ["feedback", "give", "anna", "-", "--about", "root", "--kind", "guidance"],
    "for a reason": ["revoke", "norr", "--reason", "-"],
    "for a journal": ["import", "journal", "-"],
    "for an editor": ["feedback", "give", "anna", "--about", "root", "--kind", "guidance"],
}


def at_a_terminal(place: Place, words: Sequence[str]) -> Any:  # noqa: ANN401 - pexpect has no types
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILLIT", "XDG"))}
    return pexpect.spawn(
        sys.executable,
        ["-m", "cli.main", *words, "--ledger", place.address, "--me", "eva"],
        env={
            **kept,
            "PYTHONPATH": str(PROJECT),
            "XDG_CONFIG_HOME": str(place.settings),
            "EDITOR": EDITOR,
            "VISUAL": EDITOR,
            "TERM": "xterm",
        },
        cwd=place.settings,
        encoding="utf-8",
        timeout=60,
    )


def until(child: Any, waits: Callable[[], bool]) -> None:  # noqa: ANN401 - the same
    while not waits():
        assert child.isalive(), child.read()
        time.sleep(0.01)


def interrupted(child: Any) -> None:  # noqa: ANN401 - the same
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1, child.before
    assert "Traceback" not in str(child.before)


@pytest.mark.parametrize("words", WAITING.values(), ids=WAITING)
def test_ctrl_c_at_a_prompt_records_nothing(place: Place, words: list[str]) -> None:
    before = head(place)
    child = at_a_terminal(place, words)
    if "-" in words:
        # What the system call that it is in was given first: the descriptor of its standard input.
        until(child, lambda: Path(f"/proc/{child.pid}/syscall").read_text().split()[1:2] == ["0x0"])
    else:
        child.expect("writing")
    interrupted(child)
    assert head(place) == before
    sound(place, [])


def test_ctrl_c_in_the_middle_of_a_journal_that_is_typed_keeps_what_was_recorded_in_steps(place: Place) -> None:
    before = head(place)
    child = at_a_terminal(place, ["import", "journal", "-", "--batch", "1"])
    child.sendline('{"do": "member add", "by": "eva", "handle": "bo", "key": "bo-0-add"}')
    until(child, lambda: head(place) > before)
    interrupted(child)
    assert head(place) == before + 1
    sound(place, ["bo-0-add"])


def test_ctrl_c_while_somebody_else_writes_records_nothing(place: Place) -> None:
    before = head(place)
    turn = os.open(f"{place.address}.lock", os.O_RDONLY)
    fcntl.flock(turn, fcntl.LOCK_EX)
    child = at_a_terminal(place, ["define", "norr", "--title", "North", "--key", "norr-0-define"])
    until(child, lambda: bool(re.search(rf"-> FLOCK .* {child.pid} ", Path("/proc/locks").read_text())))
    interrupted(child)
    os.close(turn)
    assert head(place) == before
    assert tillit(place, "define norr --title North --key norr-0-define").returncode == 0
    sound(place, ["norr-0-define"])
