"""After the key was replaced, whoever has either of the two verifies all; a stranger's key is nobody's successor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from auditkit import EVENTS, PROJECT, Office, put_notes, resign, rewrite, stored_notes
from auditwriters import writing

from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note, SigningKey, VerifierKey
from tests.processes import heard

if TYPE_CHECKING:
    from auditkit import Row

DEFINE = ("define", "more", "--title", "More", "--me", "eva")
ROTATIONS, WRITERS = 4, 2


def origin(office: Office) -> str:
    return office.vkey.partition("+")[0]


def secret(office: Office) -> SigningKey:
    return SigningKey.parse(office.mine("key").read_text().strip())


def given_out_last(office: Office) -> Note:
    notes = stored_notes(office.file)
    return notes[max(number for number in notes if number)]


def other_process(office: Office, *words: str) -> str:
    """The command line in a process of its own."""
    environment = os.environ | {"XDG_CONFIG_HOME": str(office.base / "settings"), "PYTHONPATH": str(PROJECT)}
    said = [sys.executable, "-m", "cli.main", *words]
    done = subprocess.run(said, cwd=office.file.parents[1], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_new_key_is_named_in_a_checkpoint_that_both_sign_and_that_is_given_out(office: Office) -> None:
    new = office.done("key", "rotate", "-o", "../rotation").strip()
    note = given_out_last(office)
    assert (office.base / "rotation").read_bytes() == note.encoded()
    both = [VerifierKey.parse(key) for key in (office.vkey, new)]
    assert note.verified(both) == tuple(both)
    assert f"{office.vkey} {new}" in note.text
    assert office.done("key", "show").split() == [office.vkey, new]
    assert office.mine("key").stat().st_mode & 0o777 == 0o600
    office.done(*DEFINE)
    assert [each.key_id for each in stored_notes(office.file)[None].signatures] == [both[1].key_id]
    assert json.loads(office.done("key", "rotate", "--json"))["note"].count(new) == 1


@pytest.mark.parametrize("turns", [1, 3])
def test_who_has_any_one_of_the_keys_verifies_all_and_is_told_of_the_others(office: Office, turns: int) -> None:
    keys = [office.vkey]
    for number in range(turns):
        keys.append(office.done("key", "rotate").strip())
        office.done("define", f"more-{number}", "--title", "More", "--me", "eva")
    for one in keys:
        result = office.say("verify", "--key", one, elsewhere=True)
        assert result.exit_code == 0, result.output
        assert f"events 1 to {EVENTS + turns}: signed in the record" in result.stdout
        assert f"replaced at {EVENTS} events, as both say: {keys[0]} by {keys[1]}" in result.stdout
    # What somebody remembers from before the first rotation is verified by whichever key they have now.
    for one in keys:
        assert office.say("verify", "--key", one, "--known", office.known(14), elsewhere=True).exit_code == 0
    assert office.say("verify", "--key", str(SigningKey.generate(origin(office)).verifier)).exit_code == 4
    assert "signed here" in office.done("verify")


def test_a_stranger_s_key_beside_an_old_signature_is_not_gone_by(office: Office) -> None:
    """All is signed anew by somebody who has the file, and whose signature stands beside a good one of old."""
    stranger = SigningKey.generate(origin(office))
    resign(office.file, stranger)
    notes = stored_notes(office.file)
    old = Note.parse((office.base / "14.note").read_bytes())
    put_notes(office.file, {**notes, 2: old.with_signature(stranger.signature(old.text))})
    result = office.say("verify", "--key", office.vkey, elsewhere=True)
    assert result.exit_code == 4
    assert f"In the log's name the key {stranger.verifier.key_id.hex()} signed" in result.stdout


def test_who_stole_a_key_that_was_replaced_rewrites_nothing_for_those_who_have_the_new_one(office: Office) -> None:
    stolen = secret(office)
    new = office.done("key", "rotate").strip()
    for number in range(2):
        office.done("define", f"more-{number}", "--title", "More", "--me", "eva")

    def last_dropped(rows: list[Row]) -> list[Row]:
        return rows[:-1]

    rewrite(office.file, last_dropped)
    notes = stored_notes(office.file)
    resign(office.file, stolen)
    put_notes(office.file, {**notes, None: stored_notes(office.file)[None]})
    result = office.say("verify", "--key", new, elsewhere=True)
    assert result.exit_code == 4
    assert f"The checkpoint of {EVENTS + 1} events in the record is not signed as it says" in result.stdout


def test_a_rotation_of_which_a_signature_was_taken_away_is_damage(office: Office) -> None:
    new = office.done("key", "rotate").strip()
    office.done(*DEFINE)
    notes, last = stored_notes(office.file), given_out_last(office)
    (number,) = (number for number, note in notes.items() if note == last)
    put_notes(office.file, {**notes, number: Note(last.text, last.signatures[:1])})
    for words in ((), ("--key", new), ("--key", office.vkey)):
        assert office.say("verify", *words).exit_code == 4


def test_an_export_is_verified_by_the_old_key_and_the_checkpoint_of_the_rotation(office: Office) -> None:
    office.done("key", "rotate", "-o", "../rotation")
    office.done(*DEFINE)
    office.done("export", "tlog", "../tlog")
    words = ("verify", "--export", "../tlog", "--key", office.vkey)
    alone = office.say(*words, elsewhere=True)
    assert alone.exit_code == 4
    assert "if that is its own too, bring it as well" in alone.stdout
    assert office.say(*words, "--known", "../rotation", elsewhere=True).exit_code == 0
    assert office.say(*words, "--known", "../rotation", "--known", office.known(14), elsewhere=True).exit_code == 0


def test_a_policy_that_names_the_old_key_goes_on(office: Office) -> None:
    policy = office.base / "policy"
    policy.write_text(f"log {office.vkey}\nquorum none\n")
    office.done("key", "rotate")
    office.done(*DEFINE)
    demanded = office.done("verify", "--policy", str(policy))
    assert f"events 1 to {EVENTS + 1}: cosigned as the policy demands" in demanded
    policy.write_text(f"log {SigningKey.generate(origin(office)).verifier}\nquorum none\n")
    assert office.say("verify", "--policy", str(policy)).exit_code == 4


def test_a_process_that_has_the_ledger_open_signs_with_the_new_key_from_its_next_turn_on(office: Office) -> None:
    with writing(office.file, office.keys.folder, "w", 10_000) as (process, said):
        for _ in range(3):
            said.recv()
        new = VerifierKey.parse(other_process(office, "key", "rotate").strip())
        rotated = Checkpoint.parse(given_out_last(office).text).size
        assert rotated >= EVENTS + 3
        while said.recv() < rotated + 5 - EVENTS:
            pass
        process.kill()
        heard(said)
    last = stored_notes(office.file)[None]
    assert Checkpoint.parse(last.text).size > rotated
    assert last.verified([new]) == (new,)
    assert len(last.signatures) == 1
    # Were there anything that the old key signed after it was replaced, who has only the new one would find it.
    for one in (str(new), office.vkey):
        assert office.say("verify", "--key", one, elsewhere=True).exit_code == 0
    assert "signed here" in office.done("verify")


def test_while_several_write_and_keys_are_replaced_no_signature_is_by_a_key_that_was_replaced_before(
    office: Office,
) -> None:
    with ExitStack() as stack:
        writers = [
            stack.enter_context(writing(office.file, office.keys.folder, f"w{number}", 10_000))
            for number in range(WRITERS)
        ]
        keys = [office.vkey]
        for _ in range(ROTATIONS):
            for _process, said in writers:
                said.recv()
            keys.append(other_process(office, "key", "rotate").strip())
            other_process(office, "checkpoint")
        for process, said in writers:
            said.recv()
            process.kill()
            heard(said)
    assert office.done("key", "show").split() == keys
    for one in keys:
        assert office.say("verify", "--key", one, elsewhere=True).exit_code == 0
    assert "signed here" in office.done("verify")


def test_a_key_that_is_taken_away_stops_whoever_has_the_ledger_open(office: Office) -> None:
    with writing(office.file, office.keys.folder, "w", 10_000) as (process, said):
        said.recv()
        office.mine("key").rename(office.base / "taken")
        heard(said)
        process.join()
        assert process.exitcode == 1
    (office.base / "taken").rename(office.mine("vkeys").with_suffix(".key"))
    assert "signed here" in office.done("verify")
    assert ": not signed" not in office.done("verify")
