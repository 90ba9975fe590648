"""A long import that is killed or interrupted goes on where it stopped, or leaves nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faceskit import Person, environment, process
from journalkit import imported, line, members, written

if TYPE_CHECKING:
    from collections.abc import Iterable


def big(lines: int) -> Iterable[str]:
    """A journal that goes through every kind of rule: people, tree, offers, answers, decisions, endings."""
    count = 0
    yield line(handle="boss")
    yield line("define", code="all", title="All")
    yield line("offer", code="all", to="boss")
    yield line("accept", code="all", by="boss")
    number = 4
    while number < lines:
        each = f"u{count}"
        for text in (
            line(handle=each),
            line("define", by="boss", code=each, title=f"Unit {count}", parent="all", decides=["hire"]),
            line("offer", by="boss", code=each, to=each, amount="1000", conditions=["report:eva"]),
            line("accept", by=each, code=each),
            line("decide", by=each, title=f"Hire {count}", amount="10", **{"in": each, "type": "hire"}),
            line("change-mandate", by="boss", code=each, amount="900", reason="less"),
            line("competence", by=each, competence="law", level="able"),
            line("hand-back", by=each, code=each, lacking="capacity", reason="tired"),
            line("retire", by="boss", code=each, reason="done"),
            line("member leave", handle=each),
        ):
            if number < lines:
                yield text
                number += 1
        count += 1


def test_twenty_thousand_lines_go_through_every_rule(town: Person) -> None:
    written(town, big(20_000))
    told = imported(town, "--batch", "2000")
    assert (told["recorded"], told["refused"]) == (20_000, [])
    assert told["events"] > 20_000
    assert town.row("stats")["events"] == town.head()
    # What the town had, what all lie under, and the one unit that the journal ends in the middle of.
    assert len(town.rows("who-owns --fields code")) == 6 + 1 + 1


def test_an_import_that_is_killed_goes_on_where_it_stopped(town: Person) -> None:
    lines = members(1500)
    written(town, lines)
    before = town.head()
    kills = 0
    for _attempt in range(2):
        running = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "import", "journal", "j.jsonl", "--batch", "50"],
            cwd=town.folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        start = town.head()
        while running.poll() is None and town.head() < min(start + 200, before + 1400):
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        kills += running.wait() == -signal.SIGKILL
        recorded = town.head() - before
        assert recorded % 50 == 0, "a batch is recorded whole or not at all"
    assert kills
    result = process("import", "journal", "j.jsonl", "--batch", "50", "--json", cwd=town.folder)
    told = json.loads(result.stdout)
    assert told["recorded"] + told["again"] == 1500
    assert told["again"] >= 50
    assert town.head() == before + 1500
    assert town.row("stats")["members"] == 6 + 1500
    assert town.row("verify")["verdict"] == "whole"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a process has opened is seen in /proc only")
def test_a_whole_import_that_is_interrupted_leaves_nothing(town: Person) -> None:
    written(town, members(20_000))
    before = town.head()
    running = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "import", "journal", "/dev/stdin", "--debug"],
        cwd=town.folder, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdin is not None
    # It waits for the rest of its journal when the interruption comes.
    running.stdin.write("".join(f"{each}\n" for each in members(500)).encode())
    running.stdin.flush()
    while not has_opened_the_ledger(running.pid) and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    told, words = running.communicate()
    assert (running.returncode, told) == (1, b""), words
    assert b"KeyboardInterrupt" in words or words.strip() == b"", words
    assert town.head() == before
    assert town.row("verify")["verdict"] == "whole"


def has_opened_the_ledger(pid: int) -> bool:
    try:
        opened = [each.readlink() for each in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(each.name == "ledger.db" for each in opened)
