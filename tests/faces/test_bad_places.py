"""Places where no ledger can be kept or read: not ours, not whole, not permitted, full."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from faceskit import Person, process

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else for a while")
WRITE = "offer tom --to cia --me anna --on 2025-11-01"
QUESTIONS = ("who-owns", "log", "history norr", "verify", "stats", "rebuild", "decisions", "register", WRITE)


def spoilt(town: Person, kind: str) -> None:
    whole = town.file.read_bytes()
    match kind:
        case "of another program":
            town.file.unlink()
            with closing(sqlite3.connect(town.file)) as connection:
                connection.execute("CREATE TABLE note (text)")
        case "of a later version":
            with closing(sqlite3.connect(town.file)) as connection:
                connection.execute("PRAGMA user_version = 99")
        case "a text":
            town.file.write_text("This is no ledger.\n" * 200)
        case "empty":
            town.file.write_bytes(b"")
        case "cut in a page":
            town.file.write_bytes(whole[: len(whole) // 2 + 7])
        case "cut after a page":
            town.file.write_bytes(whole[: 4096 * 2])
        case "the head of a file only":
            town.file.write_bytes(whole[:50])
        case "a views file":
            shutil.copy(town.views, town.file)


SPOILT = {
    "of another program": "store.foreign",
    "of a later version": "store.newer",
    "a text": "store.foreign",
    "empty": "store.half_copied",
    "cut in a page": "store.half_copied",
    "cut after a page": "store.half_copied",
    "the head of a file only": "store.",
    "a views file": "store.foreign",
}


@pytest.mark.parametrize(("kind", "code"), SPOILT.items(), ids=SPOILT)
def test_a_file_that_is_no_whole_ledger_of_ours_is_left_alone(town: Person, kind: str, code: str) -> None:
    spoilt(town, kind)
    before = town.file.read_bytes()
    for line in QUESTIONS:
        got, error = town.error(line)
        assert (got, error["code"].startswith(code)) == (4, True), (line, error)
        assert "ledger.db" in error["message"]
        assert town.file.read_bytes() == before
    for more in ("init Other --founder eva", "init Other --founder eva --ledger .tillit"):
        assert town.error(more)[0] in {1, 4}
    assert town.file.read_bytes() == before


def test_a_folder_where_the_file_should_be_is_no_ledger(town: Person) -> None:
    town.file.unlink()
    town.file.mkdir()
    assert town.error("who-owns")[0] == 3
    assert town.error("who-owns --ledger .tillit/ledger.db")[0] == 3
    code, error = town.error("init Other --founder eva")
    assert code in {1, 4}, error
    assert town.error("who-owns --ledger sqlite:///.tillit/ledger.db")[1]["code"] == "store.foreign"


def test_a_pipe_or_a_device_is_no_ledger(person: Person) -> None:
    os.mkfifo(person.folder / "pipe.db")
    assert person.error("who-owns --ledger pipe.db")[0] == 3
    assert person.error("who-owns --ledger /dev/null")[0] == 3
    assert person.error("who-owns --ledger sqlite:////dev/null")[1]["code"] == "store.foreign"


def test_a_folder_that_was_taken_away_under_our_feet(person: Person) -> None:
    program = "import os, shutil; shutil.rmtree(os.getcwd()); from cli.main import main; main()"
    (person.folder / "gone").mkdir()
    result = process("who-owns", "--json", cwd=person.folder / "gone", program=program)
    assert (result.returncode, json.loads(result.stderr)["error"]["code"]) == (3, "ledger.none")


# Loads all that a command may need, while it still may read the files of Python, and then is nobody.
AS_NOBODY = """
import contextlib, os, sys, tempfile
from cli.errors import run
from cli.main import root
with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        for words in (
            "init T --founder t", "init T --founder t", "member add x --me t",
            "who-owns", "who-owns --json", "who-owns nor",
        ):
            run(root, [*words.split(), "--ledger", folder])
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
sys.exit(run(root, sys.argv[1:]))
"""


def refused_as_nobody(folder: Path, *words: str) -> str:
    result = process(*words, "--json", cwd=folder, program=AS_NOBODY)
    assert result.returncode in {1, 3}, (result.stdout, result.stderr)
    assert result.stdout == b""
    return str(json.loads(result.stderr)["error"]["code"])


@AS_ROOT
def test_who_may_only_read_can_ask_or_is_told_why_not_and_cannot_write(town: Person) -> None:
    opened_up(town.folder)
    for path in (town.folder / ".tillit").iterdir():
        path.chmod(0o444)
    (town.folder / ".tillit").chmod(0o555)
    before = town.file.read_bytes()
    asked = process("who-owns", "--json", cwd=town.folder, program=AS_NOBODY)
    assert asked.returncode in {0, 1}, asked.stderr
    if asked.returncode:
        assert json.loads(asked.stderr)["error"]["code"] == "store.read_only"
    assert refused_as_nobody(town.folder, *town.words(WRITE)) == "store.read_only"
    assert town.file.read_bytes() == before
    assert not list((town.folder / ".tillit").glob("*.new"))


@AS_ROOT
def test_who_may_not_even_look_is_told_so(town: Person) -> None:
    opened_up(town.folder)
    town.file.chmod(0o600)
    assert refused_as_nobody(town.folder, "who-owns") in {"store.unreadable", "store.read_only"}
    (town.folder / ".tillit").chmod(0o700)
    assert refused_as_nobody(town.folder, "who-owns") in {"ledger.none", "system.failed"}


@AS_ROOT
def test_a_ledger_cannot_be_founded_where_one_may_not_write(person: Person) -> None:
    opened_up(person.folder)
    person.folder.chmod(0o555)
    assert refused_as_nobody(person.folder, "init", "Town", "--founder", "eva") in {"store.read_only", "system.failed"}
    assert not list(person.folder.iterdir())


def opened_up(folder: Path) -> None:
    """Lets others walk down to the folder, as the folders of tests are their owner's only."""
    for each in folder.parents:
        if "pytest" in str(each):
            each.chmod(each.stat().st_mode | 0o011)


FULL = """
import resource, sys
room = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from cli.main import main
main()
"""


def test_a_full_disk_is_told_and_nothing_is_half_recorded(town: Person) -> None:
    head = town.head()
    room = town.file.stat().st_size + 4096
    lines = "".join(
        json.dumps({"do": "member add", "by": "eva", "handle": f"m{n}", "name": "a" * 300}) + "\n" for n in range(4000)
    )
    (town.folder / "big.jsonl").write_text(lines)
    result = process(str(room), "import", "journal", "big.jsonl", "--json", cwd=town.folder, program=FULL)
    assert (result.returncode, result.stdout) == (1, b""), result.stderr
    assert json.loads(result.stderr)["error"]["code"] == "store.full"
    assert town.head() == head
    assert town.row("verify")["verdict"] == "whole"
    town.done(WRITE)
    assert town.head() == head + 1


def test_no_room_for_a_founding_leaves_no_ledger(person: Person) -> None:
    result = process("4096", "init", "Town", "--founder", "eva", "--json", cwd=person.folder, program=FULL)
    assert (result.returncode, result.stdout) == (1, b""), result.stderr
    assert json.loads(result.stderr)["error"]["code"] == "store.full"
    person.done("init Town --founder eva")
    assert person.row("verify")["verdict"] == "whole"


def test_a_founding_that_was_cut_short_is_taken_up_again(person: Person) -> None:
    from ledger.store import create_record

    person.file.parent.mkdir()
    create_record(person.file, "tillit/half").close()
    assert person.row("init Town --founder eva --on 2025-01-01")["origin"] == "tillit/half"
    assert person.rows("who-owns")[0]["holder"] == "eva"
