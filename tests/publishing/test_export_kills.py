"""A process that exports is killed again and again, and whoever reads the folder never sees a broken export."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from exportkit import ROOT, broken, exported, files, log_of

from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note

EXPORTER = """
import sys
from pathlib import Path
sys.path.insert(0, {kit!r})
from exportkit import exported, log_of
log = log_of(2000)
print("ready", flush=True)
for size in range(int(sys.argv[2]), 2001, 37):
    exported(log, Path(sys.argv[1]), size)
    print(size, flush=True)
"""


@pytest.mark.parametrize("attempt", range(6))
def test_an_export_that_is_killed_leaves_the_one_before_it_and_can_go_on(tmp_path: Path, attempt: int) -> None:
    code, out, reached = EXPORTER.format(kit=str(Path(__file__).parent)), tmp_path / "out", 0
    for again in range(3):
        words = [sys.executable, "-c", code, str(out), str(reached + 1)]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # At another moment of its work each time; how far it came is read from what it said.
        time.sleep(0.01 + (attempt * 3 + again) * 0.007)
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read().split("\n")[:-1]
        process.wait()
        reached = max([reached, *map(int, said)])
        if not (out / "checkpoint").exists():
            assert not said
            continue
        assert broken(out) == []
        held = Note.parse((out / "checkpoint").read_bytes())
        assert Checkpoint.parse(held.text).size in {reached, *range(reached, reached + 38)}
        reached = Checkpoint.parse(held.text).size
    log = log_of(2_000)
    exported(log, out)
    assert broken(out) == []
    exported(log, tmp_path / "whole")
    assert files(tmp_path / "whole").items() <= files(out).items()
