"""Processes that die, meet or are no longer listened to leave nothing half done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faceskit import Person, environment, process

WRITE = "offer tom --to cia --me anna --on 2025-11-01"
QUESTIONS = ("who-owns", "log", "history norr", "verify", "stats", "rebuild", "decisions", "register", WRITE)


KILLING = """
import json, os, random, signal, sys
from cli.errors import run
from cli.main import root
import ledger, ledger.opening
from ledger import open_ledger
chance = random.Random(11)
acknowledged = []
for number in range(20):
    read, write = os.pipe()
    child = os.fork()
    if not child:
        sys.stdout = open(os.devnull, "w"); sys.stderr = open(os.devnull, "w")
        for each in range(1000):
            handle = f"k{number}-{each}"
            words = ["define", handle, "--title", "K", "--parent", "norr", "--me", "anna", "--on", "2025-11-01"]
            if run(root, words) == 0:
                os.write(write, (handle + "\\n").encode())
        os._exit(0)
    os.close(write)
    heard = os.read(read, 64)
    import time
    time.sleep(chance.random() * 0.12)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(read, 65536):
        heard += more
    os.close(read)
    acknowledged += heard.decode().split()
print(json.dumps(acknowledged))
"""


def test_twenty_kills_lose_no_acknowledged_command_and_leave_none_half(town: Person) -> None:
    before = town.head()
    result = process(cwd=town.folder, program=KILLING)
    assert result.returncode == 0, result.stderr
    acknowledged = json.loads(result.stdout)
    assert len(acknowledged) >= 20
    codes = [row["code"] for row in town.rows("who-owns") if row["code"].startswith("k")]
    assert set(acknowledged) <= set(codes)
    assert len(codes) - len(acknowledged) <= 20
    assert town.head() == before + len(codes)
    assert town.row("verify")["verdict"] == "whole"


AT_ONCE = """
import sys
from cli.errors import run
from cli.main import root
who, done = sys.argv[1], []
for number in range(20):
    words = ["define", f"{who}{number}", "--title", who, "--parent", "norr", "--me", "anna", "--key", f"{who}-{number}"]
    done.append(run(root, words))
sys.exit(max(done))
"""


def test_four_processes_that_record_at_once_lose_nothing(town: Person) -> None:
    before = town.head()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, name],
            cwd=town.folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for name in "abcd"
    ]
    told = [each.communicate()[1] for each in running]
    assert [each.returncode for each in running] == [0] * 4, told
    assert town.head() == before + 80
    codes = {row["code"] for row in town.rows("who-owns")}
    assert codes >= {f"{name}{number}" for name in "abcd" for number in range(20)}
    assert town.row("verify")["verdict"] == "whole"
    answers = [town.say(line).stdout for line in ("who-owns", "register", "vacant")]
    town.done("rebuild")
    assert [town.say(line).stdout for line in ("who-owns", "register", "vacant")] == answers


def test_ctrl_c_in_the_middle_of_an_import_leaves_nothing_half(town: Person) -> None:
    before = town.head()
    lines = [json.dumps({"do": "member add", "by": "eva", "handle": f"m{n}"}) for n in range(3000)]
    (town.folder / "j.jsonl").write_text("".join(f"{each}\n" for each in lines))
    # The interruption comes while line 1500 is judged.
    program = (
        "import os, signal\n"
        "import ledger.telling as telling\n"
        "whole, count = telling.Desk.add, [0]\n"
        "def add(self, *words):\n"
        "    count[0] += 1\n"
        "    if count[0] == 1500: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return whole(self, *words)\n"
        "telling.Desk.add = add\n"
        "from cli.main import main\n"
        "main()\n"
    )
    result = process("import", "journal", "j.jsonl", cwd=town.folder, program=program)
    assert (result.returncode, result.stdout) == (1, b""), result.stderr
    assert b"Traceback" not in result.stderr
    assert town.head() == before
    result = process("import", "journal", "j.jsonl", "--batch", "400", "--json", cwd=town.folder, program=program)
    assert (result.returncode, json.loads(result.stderr)["error"]["code"]) == (1, "aborted")
    assert town.head() == before + 1200
    assert town.row("import journal j.jsonl --batch 400")["recorded"] == 1800
    assert town.row("verify")["verdict"] == "whole"


def test_whoever_has_read_enough_ends_it_quietly(town: Person) -> None:
    lines = [
        json.dumps({"do": "define", "by": "anna", "code": f"c{n}", "title": "C", "parent": "norr"}) for n in range(3000)
    ]
    (town.folder / "j.jsonl").write_text("".join(f"{each}\n" for each in lines))
    town.done("import journal j.jsonl")
    for words in ("who-owns", "who-owns --json", "who-owns --format csv", "log --format md"):
        result = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'"{sys.executable}" -m cli.main {words} | head -1'],
            cwd=town.folder, env=environment(), capture_output=True, check=False,
        )  # fmt: skip
        assert (result.returncode, result.stdout.count(b"\n"), result.stderr) == (0, 1, b""), words


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have such a device")
def test_a_full_device_for_the_answer_is_told(town: Person) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "cli.main", "who-owns"],
            cwd=town.folder, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert result.returncode == 1
    assert b"Error: The system said" in result.stderr
    assert b"Traceback" not in result.stderr


def test_closed_streams_harm_nothing(town: Person) -> None:
    for closing_of in (">&-", "2>&-", "<&-", ">&- 2>&- <&-"):
        result = subprocess.run(
            ["bash", "-c", f'"{sys.executable}" -m cli.main who-owns {closing_of}'],
            cwd=town.folder, env=environment(), capture_output=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, (closing_of, result.stderr)
        assert b"Traceback" not in result.stderr


def test_a_command_killed_between_its_two_events_records_neither(town: Person) -> None:
    program = (
        "import os, signal\n"
        "from ledger.store.sqlite.file import SqliteConnection\n"
        "whole = SqliteConnection.run_many\n"
        "def cut(rows):\n"
        "    for number, row in enumerate(rows):\n"
        "        if number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield row\n"
        "SqliteConnection.run_many = lambda self, statement, rows: whole(self, statement, cut(rows))\n"
        "from cli.main import main\n"
        "main()\n"
    )
    before = town.head()
    words = town.words("decide 'Two tyres' --in vagn --type purchase/vehicle --me bo --on 2025-11-01")
    result = process(*words, cwd=town.folder, program=program)
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert town.head() == before
    assert town.row("verify")["verdict"] == "whole"
    assert town.say_words(words).exit_code == 0
