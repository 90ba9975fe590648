"""The main job by journals and by processes at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mainjobkit import ROOT, Say, rows


def journal(say: Say, text: bytes, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    Path("j.jsonl").write_bytes(text)
    return rows(say, "import", "journal", "j.jsonl", *words, code=code)


def adding(handle: str, **fields: str) -> bytes:
    return json.dumps({"do": "member add", "by": "eva", "handle": handle, **fields}).encode()


def test_a_journal_is_carried_out_whole_or_not_at_all_and_once(say: Say) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, b"\n".join([adding("anna"), adding("anna"), b"{", adding("bo", day="x")]), code=2)
    assert (done["recorded"], [each["line"] for each in done["refused"]]) == (0, [2, 3, 4])
    text = b"\xef\xbb\xbf" + adding("anna") + b"\r\n\r\n" + adding("bo") + b"\r\n"
    assert journal(say, text)["recorded"] == 2
    assert journal(say, text)["again"] == 2


def test_in_batches_a_refused_line_stops_only_itself(say: Say) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, b"\n".join([adding("anna"), adding("anna"), adding("bo")]), "--batch", "2", code=1)
    assert (done["recorded"], [each["line"] for each in done["refused"]]) == (2, [2])


def test_a_key_stands_for_one_command(say: Say) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, b"\n".join([adding("anna", key="k"), adding("bo", key="k")]), code=1)
    assert done["refused"][0]["code"] == "command.key_reused"


@pytest.mark.parametrize(
    "line",
    [
        b"[1]",
        b'{"do":"member add","do":"x"}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b"\xff\xfe{\x00",
        b"[" * 5000,
        b"x" * 300_000,
    ],
)
def test_a_broken_line_is_said_with_its_number(say: Say, line: bytes) -> None:
    say("init", "Works", "--founder", "eva")
    done = journal(say, adding("anna") + b"\n" + line, code=2)
    assert [each["line"] for each in done["refused"]] == [2]
    assert rows(say, "stats")["events"] == 5


def test_an_import_that_is_killed_goes_on_by_key(say: Say, tmp_path: Path) -> None:
    say("init", "Works", "--founder", "eva")
    count = 3000
    (tmp_path / "j.jsonl").write_bytes(b"\n".join(adding(f"m{number}") for number in range(count)))
    words = [sys.executable, "-m", "cli.main", "import", "journal", str(tmp_path / "j.jsonl"), "--batch", "50"]
    environment = {**os.environ, "TILLIT_LEDGER": str(tmp_path), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while rows(say, "stats")["events"] < 105 and process.poll() is None:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = rows(say, "import", "journal", "j.jsonl", "--batch", "500")
    assert (done["recorded"] + done["again"], done["refused"]) == (count, [])
    assert rows(say, "stats")["events"] == 5 + count
    assert rows(say, "verify")["verdict"] == "whole"


def test_four_processes_record_at_once(say: Say, tmp_path: Path) -> None:
    say("init", "Works", "--founder", "eva")
    each = 40
    environment = {**os.environ, "TILLIT_LEDGER": str(tmp_path), "PYTHONPATH": str(ROOT)}
    processes = []
    for name in "abcd":
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(b"\n".join(adding(f"{name}{number}") for number in range(each)))
        words = [sys.executable, "-m", "cli.main", "import", "journal", str(path), "--batch", "1"]
        processes.append(subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert rows(say, "stats")["members"] == 1 + 4 * each
    assert rows(say, "verify")["verdict"] == "whole"
