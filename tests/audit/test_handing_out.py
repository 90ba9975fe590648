"""What leaves the house is checked elsewhere; what was lost comes back from it, or is said to be lost."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from auditkit import EVENTS, PROJECT, Office

if TYPE_CHECKING:
    from collections.abc import Iterator


def define(office: Office, code: str) -> None:
    office.done("define", code, "--title", code, "--me", "eva")


def put_in_place(office: Office, backup: Path) -> None:
    for beside in office.file.parent.glob("ledger.db-*"):
        beside.unlink()
    shutil.copy(backup, office.file)


@pytest.fixture
def lost(office: Office) -> Office:
    """An export of 23 entries and its checkpoint, and a ledger that was restored from a backup of 20."""
    office.done("backup", "../backup.db")
    for code in ("lost-1", "lost-2", "lost-3"):
        define(office, code)
    office.done("export", "tlog", "../tlog")
    office.done("checkpoint", "-o", "../minutes")
    put_in_place(office, office.base / "backup.db")
    return office


def test_a_backup_is_the_whole_record_and_verifies(office: Office) -> None:
    assert f"position {EVENTS}" in office.done("backup", "../backup.db")
    result = office.say("--ledger", str(office.base / "backup.db"), "verify")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"ok record      {EVENTS} events")


def test_a_backup_writes_over_nothing(office: Office) -> None:
    (office.base / "backup.db").write_text("mine")
    result = office.say("backup", "../backup.db")
    assert (result.exit_code, (office.base / "backup.db").read_text()) == (1, "mine")
    assert "name another file" in result.stderr


def test_a_damaged_record_gives_no_backup(office: Office) -> None:
    data = office.file.read_bytes()
    assert b'"actor":"eva"' in data
    office.file.write_bytes(data.replace(b'"actor":"eva"', b'"actor":"evA"'))
    result = office.say("backup", "../backup.db")
    assert result.exit_code == 4
    assert not (office.base / "backup.db").exists()


def test_what_an_export_still_has_is_put_back_as_it_was(lost: Office) -> None:
    assert lost.say("define", "more", "--title", "More", "--me", "eva").exit_code == 1
    assert "21 to 23" in lost.done("continue", "--from-export", "../tlog")
    define(lost, "more")
    lost.done("verify", "--known", "../minutes")
    assert [json.loads(line)["code"] for line in lost.done("who-owns", "--format", "jsonl").splitlines()].count(
        "lost-2"
    ) == 1


def test_a_command_that_was_put_back_is_not_carried_out_again(office: Office) -> None:
    office.done("backup", "../backup.db")
    words = ("define", "kept", "--title", "Kept", "--me", "eva", "--key", "once")
    office.done(*words)
    office.done("export", "tlog", "../tlog")
    put_in_place(office, office.base / "backup.db")
    office.done("continue", "--from-export", "../tlog")
    assert "recorded before" in office.done(*words)


def test_an_export_that_was_altered_is_not_put_back(lost: Office) -> None:
    (bundle,) = (lost.base / "tlog" / "tile" / "entries").glob("000.p/23")
    bundle.write_bytes(bundle.read_bytes().replace(b"lost-2", b"lOst-2"))
    result = lost.say("continue", "--from-export", "../tlog")
    assert result.exit_code == 4
    assert lost.done("stats").splitlines()[1] == f"events\t{EVENTS}"


def test_what_is_lost_for_good_begins_a_new_log_that_says_so(lost: Office) -> None:
    first = lost.done("continue", "--new-origin", "--reason", "the disk died", "--me", "eva")
    assert f"after the {EVENTS} entries" in first
    define(lost, "more")
    told = lost.done("verify", "--known", "../minutes")
    assert re.search(r"events 21 to 23 of \S+: lost, as entry 21 says", told)
    lost.done("checkpoint", "-o", "../new")
    lost.done("verify", "--known", "../new", "--known", lost.known(8))
    lost.done("export", "tlog", "../tlog-new")
    keys = [word for each in lost.keys.folder.glob("*.vkeys") for word in ("--key", each.read_text().strip())]
    assert lost.say("verify", "--export", "../tlog-new", *keys, elsewhere=True).exit_code == 0


def test_only_who_holds_the_root_begins_a_new_log(office: Office) -> None:
    office.done("member", "add", "stig", "--me", "eva")
    result = office.say("continue", "--new-origin", "--reason", "mine now", "--me", "stig")
    assert result.exit_code == 1
    assert "begin a new log" in result.stderr
    assert office.done("stats").splitlines()[1] == f"events\t{EVENTS + 1}"
    # Nothing is left of the key that was made for it.
    assert len(list(office.keys.folder.glob("*.key"))) == 1


@pytest.mark.parametrize("words", [[], ["--from-export", "x", "--new-origin"], ["--new-origin"]])
def test_continuing_says_which_way(lost: Office, words: list[str]) -> None:
    assert lost.say("continue", *words).exit_code == 2


def test_an_export_is_verified_on_a_machine_that_has_nothing_but_the_key(office: Office) -> None:
    office.done("export", "tlog", "../tlog")
    define(office, "more")
    assert "1 of them new" in office.done("export", "tlog", "../tlog")
    words = ("verify", "--export", "../tlog", "--known", office.known(8))
    assert office.say(*words, "--key", office.vkey, elsewhere=True).exit_code == 0
    no_key = office.say(*words, elsewhere=True)
    assert no_key.exit_code == 2
    assert "public key" in no_key.stderr


def test_a_case_is_verified_by_the_file_that_lies_in_it(office: Office) -> None:
    office.done("export", "case", "../case", "--query", "log --since 10")
    words = [sys.executable, str(office.base / "case" / "verify_case.py"), str(office.base / "case")]
    told = subprocess.run([*words, "--key", office.vkey], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.splitlines()[0]) == (0, "PROVED")
    rows = (office.base / "case" / "data" / "leaves.jsonl").read_bytes()
    assert rows.count(b"\n") == EVENTS - 10


@pytest.mark.parametrize("query", ["", "define x --title X", "'unclosed", "--help", "no-such-question"])
def test_what_is_no_question_makes_no_case(office: Office, query: str) -> None:
    assert office.say("export", "case", "../case", "--query", query).exit_code == 2
    assert not (office.base / "case").exists()


@pytest.fixture
def witness(office: Office) -> Iterator[tuple[str, str]]:
    """The address and the key of a witness of this ledger, in a process of its own."""
    settings = {"XDG_CONFIG_HOME": str(office.base / "auditors"), "PYTHONPATH": str(PROJECT)}
    words = [sys.executable, "-c", "from cli.main import main; main()", "witness"]
    environment = {**os.environ, **settings}
    create = [*words, "key", "create", "auditors.example/w"]
    made = subprocess.run(create, env=environment, capture_output=True, check=True)
    key = made.stdout.decode().splitlines()[0]
    serve = [*words, "serve", "--log", office.vkey, "--state", str(office.base / "seen.db"), "--port", "0"]
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), key
        process.send_signal(signal.SIGTERM)


def test_a_witness_cosigns_what_only_grew_and_a_policy_demands_it(office: Office, witness: tuple[str, str]) -> None:
    url, key = witness
    policy = office.base / "policy"
    policy.write_text(f"log {office.vkey}\nwitness w {key}\nquorum w\n")
    assert office.say("verify", "--policy", str(policy)).exit_code == 4
    for code in ("first", "second"):
        define(office, code)
        note = office.done("checkpoint", "--submit", url, "--witness-key", key)
        assert "\u2014 auditors.example/w " in note
    assert f"events 1 to {EVENTS + 2}: cosigned as the policy demands" in office.done("verify", "--policy", str(policy))
    # A second history under the same key is what the witness is there to refuse.
    fork = office.base / "fork"
    shutil.copytree(office.base / "settings", fork / "settings")
    shutil.copytree(office.file.parent, fork / ".tillit")
    define(office, "third")
    office.done("checkpoint", "--submit", url, "--witness-key", key)
    twin = Office(fork)
    twin.done("--ledger", str(fork / ".tillit"), "define", "other", "--title", "Other", "--me", "eva")
    told = twin.say("--ledger", str(fork / ".tillit"), "checkpoint", "--submit", url, "--witness-key", key)
    assert told.exit_code == 1
    assert "another tree" in told.stderr or "larger" in told.stderr


def test_a_verification_is_recorded_by_the_root_that_it_verified(office: Office) -> None:
    root = office.done("checkpoint", "--json")
    office.done("audit", "verify", "--finding", "by the book", "--me", "eva")
    (row,) = json.loads(office.done("audits", "--repeat", "--json"))
    assert (row["query"], row["same"]) == ("verify", True)
    assert base64.b64encode(bytes.fromhex(row["fingerprint"])).decode() == json.loads(root)["root"]
    data = office.file.read_bytes()
    office.file.write_bytes(data.replace(b'"actor":"eva"', b'"actor":"evA"', 1))
    assert office.say("audit", "verify", "--me", "eva").exit_code == 4
