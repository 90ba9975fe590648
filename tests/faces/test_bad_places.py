"""Places where no ledger can be kept or read, processes that die or meet, and views that are spoilt."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from faceskit import Person, environment, process

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


VIEWS = (
    "deleted",
    "empty",
    "truncated",
    "scribbled on",
    "a text",
    "of another ledger",
    "behind",
    "a table dropped",
)


def spoil_views(town: Person, how: str) -> None:
    views = town.views
    whole = views.read_bytes()
    for ending in ("-wal", "-shm"):
        views.with_name(views.name + ending).unlink(missing_ok=True)
    match how:
        case "deleted":
            views.unlink()
        case "empty":
            views.write_bytes(b"")
        case "truncated":
            views.write_bytes(whole[: len(whole) // 2 - 100])
        case "scribbled on":
            views.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
        case "a text":
            views.write_text("no views\n" * 1000)
        case "of another ledger":
            other = Person(town.folder / "other", town.clock)
            if not other.file.exists():
                other.done("init Other --founder zoe --on 2025-01-01 --ledger", str(other.folder))
            other.rows("who-owns --ledger", str(other.folder))
            shutil.copy(other.views, views)
        case "behind":
            shutil.copy(views, town.folder / "before.db")
            town.done("member rename bo Bosse --me eva --on 2025-11-01")
            shutil.copy(town.folder / "before.db", views)
        case "a table dropped":
            with closing(sqlite3.connect(views)) as connection:
                tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
                connection.execute(f'DROP TABLE "{next(each for each in tables if "holding" in each)}"')


@pytest.mark.parametrize("how", VIEWS)
def test_views_that_were_spoilt_between_commands_are_built_anew(town: Person, how: str) -> None:
    expected = [town.say(line).stdout for line in QUESTIONS if line not in {WRITE, "stats", "rebuild", "verify"}]
    if how == "behind":
        expected = []
    spoil_views(town, how)
    answers = [town.say(line) for line in QUESTIONS if line not in {WRITE, "stats", "rebuild", "verify"}]
    assert [result.exit_code for result in answers] == [0] * len(answers), answers[0].output
    assert not expected or [result.stdout for result in answers] == expected
    assert town.row("verify")["verdict"] == "whole"
    spoil_views(town, how) if how != "behind" else None
    town.done(WRITE)
    assert [row["code"] for row in town.rows("offers")] == ["bud", "tom"]
    assert town.row("verify")["verdict"] == "whole"


def test_a_view_that_was_altered_is_found_by_verify_and_mended_by_rebuild(town: Person) -> None:
    with closing(sqlite3.connect(town.views)) as connection:
        connection.execute("UPDATE responsibility SET title = 'Forged' WHERE code = 'norr'")
        connection.commit()
    result = town.say("verify --json")
    facts = json.loads(result.stdout)
    assert (result.exit_code, facts["verdict"]) == (4, "damaged")
    assert [check["ok"] for check in facts["checks"]] == [True, True, True, False]
    town.done("rebuild")
    assert town.row("verify")["verdict"] == "whole"
    assert town.rows("who-owns norr")[0]["title"] == "Drift norr"


# Forks before anything is open, so that a child costs nothing and can be killed where chance has it.
KILLING = """
import json, os, random, signal, sys
from cli.errors import run
from cli.main import root
import ledger, ledger.service
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
