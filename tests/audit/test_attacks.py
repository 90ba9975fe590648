"""Each row of the table of attacks, by those who have the file and not the key."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attackkit import CLEVER, WAYS, broken, edited, key_of, verified, whole
from auditkit import EVENTS, Office, forging, put_notes, resign, rewrite, stored_notes

from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note, SigningKey


@pytest.mark.parametrize("way", WAYS)
def test_what_nobody_touched_is_whole_in_every_way(office: Office, way: str) -> None:
    coverage = whole(verified(office, way))
    assert (
        coverage[0]
        == {
            "bare": f"events 1 to {EVENTS}: signed in the record",
            "alone": f"events 1 to {EVENTS}: signed in the record",
            "known": "events 1 to 14: fixed by a checkpoint that you brought",
            "here": f"events 1 to {EVENTS}: signed here",
        }[way]
    )


def test_a_rewriting_that_changes_nothing_makes_the_very_same_file(office: Office) -> None:
    # Else what the clever attacks below show would be that the attacker writes badly.
    before = dumped(office.file)
    rewrite(office.file, lambda rows: rows)
    assert dumped(office.file) == before
    resign(office.file, key_of(office))
    assert dumped(office.file) == before


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as reader:
        return list(reader.iterdump())


CRUDE = {
    "a leaf": ("UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'Title', 'Tutle') AS BLOB)", "its hash"),
    "a leaf hash": ("UPDATE event SET leaf_hash = zeroblob(32)", "its hash"),
    "a stream": ("UPDATE event SET stream = 'R-0000000000'", "the columns"),
    "a kind": ("UPDATE event SET kind = 'responsibility.clarified.v1'", "the columns"),
    "a version": ("UPDATE event SET version = 7", "the columns"),
    "a time": ("UPDATE event SET recorded_at = '2024-01-01T00:00:00.000000Z'", "the columns"),
    "a command's key": ("UPDATE event SET command_key = 'another'", "the columns"),
    "a whole row": ("DELETE FROM event", "is missing"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", CRUDE)
@pytest.mark.parametrize("position", [7, 15])
def test_a_crude_edit_is_found_at_its_position(office: Office, position: int, what: str, way: str) -> None:
    statement, said = CRUDE[what]
    with forging(office.file) as forger:
        assert forger.execute(f"{statement} WHERE position = ?", (position,)).rowcount == 1
    check, where, why = broken(verified(office, way))
    assert (check, where) == ("record", position)
    assert said in why


def test_the_triggers_refuse_what_is_done_without_taking_them_away(office: Office) -> None:
    # A bump against accidents: whoever holds the file takes them away, as every test here does.
    for statement in (
        "UPDATE event SET kind = 'x' WHERE position = 7",
        "DELETE FROM event WHERE position = 7",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE position = 7",
        "UPDATE command SET digest = 'x'",
        "DELETE FROM command",
        "UPDATE checkpoint SET size = 1",
        "DELETE FROM checkpoint",
    ):
        with closing(sqlite3.connect(office.file)) as careless, pytest.raises(sqlite3.IntegrityError, match="store"):
            careless.execute(statement)
    whole(verified(office, "alone"))


def as_they_were(_office: Office) -> None:
    """The attacker leaves the checkpoints alone."""


def texts_made_to_fit(office: Office) -> None:
    """The attacker writes the new roots into the checkpoints, under the old signatures."""
    before = stored_notes(office.file)
    resign(office.file, SigningKey.generate(Checkpoint.parse(before[None].text).origin))
    after = stored_notes(office.file)
    put_notes(office.file, {number: Note(after[number].text, before[number].signatures) for number in after})


def signed_by_a_stranger(office: Office) -> None:
    """The attacker signs with a key of her own under the log's name."""
    resign(office.file, SigningKey.generate(Checkpoint.parse(stored_notes(office.file)[None].text).origin))


def taken_away(office: Office) -> None:
    """The attacker leaves no checkpoint at all."""
    put_notes(office.file, {})


NOTES = (as_they_were, texts_made_to_fit, signed_by_a_stranger, taken_away)


@pytest.mark.parametrize("way", WAYS[1:])
@pytest.mark.parametrize("notes", NOTES)
@pytest.mark.parametrize("attack", CLEVER)
def test_a_clever_attack_without_the_key_is_found(
    office: Office, attack: str, notes: Callable[[Office], None], way: str
) -> None:
    rewrite(office.file, CLEVER[attack](7))
    notes(office)
    check, where, _why = broken(verified(office, way))
    assert check == "checkpoints"
    # From a root it can only be told that the break lies within what was signed; of a shorter log, that it is short.
    short = (attack, notes, way) == ("delete", taken_away, "here")
    assert where == (EVENTS if short else 1)


@pytest.mark.parametrize("attack", CLEVER)
def test_a_clever_attack_is_told_to_lie_between_the_checkpoints_around_it(office: Office, attack: str) -> None:
    rewrite(office.file, CLEVER[attack](11))
    for way in ("bare", "alone", "here"):
        check, where, why = broken(verified(office, way))
        assert (check, where) == ("checkpoints", 9)
        assert "events 9 to 14" in why
    check, where, why = broken(verified(office, "known", 8, 14))
    assert (check, where) == ("checkpoints", 9)
    assert "events 9 to 14" in why


def test_a_checkpoint_that_was_taken_away_does_not_hide_what_was_signed_here(office: Office) -> None:
    rewrite(office.file, edited(15))
    notes = stored_notes(office.file)
    put_notes(office.file, {number: note for number, note in notes.items() if number in {1, 2}})
    # As an old backup that was gone on with unsigned: the database alone cannot tell, but says what is not signed.
    assert f"events 15 to {EVENTS}: not signed" in whole(verified(office, "alone"))
    assert broken(verified(office, "here"))[:2] == ("checkpoints", 1)
    assert broken(verified(office, "known", 14, 20))[:2] == ("checkpoints", 15)


@pytest.mark.parametrize("way", WAYS[1:])
def test_the_entries_of_one_log_are_not_taken_for_those_of_another(office: Office, way: str) -> None:
    with forging(office.file) as forger:
        forger.execute("UPDATE head SET origin = 'tillit/another-00000000'")
    assert broken(verified(office, way))[0] == "record"


def test_a_checkpoint_of_another_log_is_no_memory_of_this_one(office: Office) -> None:
    stranger = SigningKey.generate("tillit/another-00000000")
    place = office.base / "another.note"
    place.write_bytes(Checkpoint(stranger.name, 3, bytes(32)).signed(stranger).encoded())
    result = office.say("verify", "--known", str(place), "--json")
    assert result.exit_code == 4
    assert broken(json.loads(result.stdout))[2].startswith("A checkpoint outside is of another log")
