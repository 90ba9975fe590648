"""However a process that signs comes to its end, events, tree, signature and memory agree at the next start."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import ExitStack, closing

import pytest
from auditkit import EVENTS, Office, root_of, stored_notes
from auditwriters import POINTS, writing

from ledger.store import open_record
from ledger.transparency.checkpoints import Checkpoint
from tests.processes import heard

KILLS, WRITERS, EACH = 50, 3, 12


def sound(office: Office) -> int:
    """The size of the log, once all that goes by it was seen to agree."""
    with closing(sqlite3.connect(office.file)) as reader:
        (size, events) = reader.execute("SELECT size, (SELECT count(*) FROM event) FROM head").fetchone()
    last = stored_notes(office.file)[None]
    last.verified(office.keys.verifiers(Checkpoint.parse(last.text).origin))
    checkpoint = Checkpoint.parse(last.text)
    with open_record(office.file) as record:
        tree, check = record.tree(), record.check()
    signer = office.keys.signer(checkpoint.origin)
    assert signer is not None
    remembered = signer.memory.last()
    assert remembered is not None
    assert check.damage is None
    assert size == events == tree.size == check.events == checkpoint.size
    assert tree.root() == checkpoint.root == root_of(office.file, size)
    # The record may be ahead by what a crash kept the signer from noting; never the other way.
    assert remembered.size <= size
    assert remembered.root == root_of(office.file, remembered.size)
    return size


def test_a_signing_process_killed_at_any_moment_leaves_all_in_agreement(office: Office) -> None:
    chance = random.Random(11)  # noqa: S311 - where to kill is no secret
    before = EVENTS
    for number in range(KILLS):
        with writing(office.file, office.keys.folder, f"k{number}", 10_000) as (process, said):
            for _ in range(chance.randint(1, 9)):
                said.recv()
            process.kill()
            acknowledged = heard(said)
        size = sound(office)
        assert size > before
        before = size
        assert acknowledged == sorted(acknowledged)
    office.done("define", "after-all", "--title", "After", "--me", "eva")
    assert sound(office) == before + 1
    assert office.say("verify").exit_code == 0


@pytest.mark.parametrize("point", POINTS)
def test_a_signing_process_killed_at_a_point_leaves_the_memory_behind_and_goes_on(office: Office, point: str) -> None:
    with writing(office.file, office.keys.folder, "p", 3, point) as (process, said):
        assert heard(said) == [1, 2]
        process.join()
        assert process.exitcode == -9
    recorded = EVENTS + (2 if point == "before the commit" else 3)
    assert sound(office) == recorded
    office.done("define", "after-all", "--title", "After", "--me", "eva")
    assert sound(office) == recorded + 1
    assert office.mine("signed").read_bytes().endswith(b"\n")
    assert office.say("verify").exit_code == 0


def test_processes_that_sign_at_once_sign_one_history(office: Office) -> None:
    with ExitStack() as stack:
        said = [
            stack.enter_context(writing(office.file, office.keys.folder, f"w{number}", EACH))[1]
            for number in range(WRITERS)
        ]
        assert [heard(each) for each in said] == [list(range(1, EACH + 1))] * WRITERS
    assert sound(office) == EVENTS + WRITERS * EACH
    lines = office.mine("signed").read_text().splitlines()
    sizes = [int(line.split()[0]) for line in lines]
    assert sizes == sorted(set(sizes))
    assert office.say("verify").exit_code == 0


def test_of_two_copies_that_one_key_signs_the_second_is_refused(office: Office) -> None:
    copy = office.base / "copy" / "ledger.db"
    copy.parent.mkdir()
    shutil.copy(office.file, copy)
    office.done("define", "one-way", "--title", "One", "--me", "eva")
    words = ("define", "other-way", "--title", "Other", "--me", "eva", "--ledger", str(copy))
    assert office.fails(*words) == (1, "log.behind")
    # Not signing is no way round: what is written there could never be signed.
    assert office.fails(*words, "--no-sign") == (1, "log.behind")
    # Written to where the key is not, the copy is no longer behind, but another history.
    for number in range(2):
        elsewhere = ("define", f"other-{number}", "--title", "Other", "--me", "eva", "--ledger", str(copy))
        assert office.say(*elsewhere, elsewhere=True).exit_code == 0
    assert office.fails(*words) == (4, "log.forked")
    office.done("define", "one-way-on", "--title", "One", "--me", "eva")
    assert office.say("verify").exit_code == 0
