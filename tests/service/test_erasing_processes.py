"""Erasing in processes of its own that are killed at any point, as a power cut would."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from forgetkit import again, every_byte, found, pieces, say, stored, verified

from ledger.events.ledger import PersonalDataErased
from ledger.store import mapper

ROOT = Path(__file__).parents[2]
KILLS = 25
TEXTS = 12
ERASER = """
import sys
from ledger import command, open_ledger
with open_ledger(sys.argv[1]) as ledger:
    print("begins", flush=True)
    ledger.tell(command({"do": "erase", "by": "eva", "stream": sys.argv[2], "ground": "asked"}))
    print("erased", flush=True)
"""


def eraser(folder: Path, subject: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", ERASER, str(folder / "ledger.db"), subject]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_an_erasure_killed_at_any_point_has_destroyed_all_or_nothing(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - when to kill is no secret
    subjects = [f"member:p{number}" for number in range(KILLS)]
    with found(tmp_path) as ledger:
        for subject in subjects:
            say(ledger, "member add", handle=subject.removeprefix("member:"), name=f"Name of {subject}")
            for number in range(TEXTS):
                say(ledger, "note", stream=subject, text=f"{number} " * 300)
    outcomes = {"all there": 0, "all erased": 0}
    # How long an erasure takes here, so that the kills fall within it.
    process = eraser(tmp_path, subjects.pop())
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    begun = time.monotonic()
    assert process.stdout.readline() == "erased\n"
    lasts = time.monotonic() - begun
    process.wait()
    for subject in subjects:
        secrets = stored(tmp_path, subject)
        process = eraser(tmp_path, subject)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.random() * lasts * 1.1)
        process.send_signal(signal.SIGKILL)
        acknowledged = "erased" in process.stdout.read()
        process.wait()
        report = verified(tmp_path)
        assert report.whole, report.facts()
        with again(tmp_path) as ledger:
            entries = [mapper.recorded(leaf).entry for leaf in ledger._recorder.stream(subject)]
        left = stored(tmp_path, subject)
        gone = isinstance(entries[-1].event, PersonalDataErased)
        assert left == ([] if gone else secrets)
        assert gone or not acknowledged
        outcomes["all erased" if gone else "all there"] += 1
        if gone:
            # Whoever opens it next and closes it again has moved the last of the old bytes away.
            lying = every_byte(tmp_path)
            assert not [piece for secret in secrets for piece in pieces(secret) if piece in lying]
    assert all(outcomes.values()), outcomes


def test_two_who_erase_at_once_leave_one_erasure(tmp_path: Path) -> None:
    with found(tmp_path) as ledger:
        say(ledger, "member add", handle="goran", name="Goran")
    processes = [eraser(tmp_path, "member:goran") for _ in range(3)]
    said = [process.communicate()[0].split() for process in processes]
    assert sorted(said) == [["begins"], ["begins"], ["begins", "erased"]]
    assert verified(tmp_path).whole
