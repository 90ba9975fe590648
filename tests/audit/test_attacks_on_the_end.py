"""The rows of the table of attacks that cut the end off, and those of whoever has the key."""

from __future__ import annotations

from pathlib import Path

import pytest
from attackkit import CLEVER, WAYS, broken, cut, edited, inserted, key_of, verified, whole
from auditkit import EVENTS, Office, Row, forging, put_notes, resign, rewrite, stored_notes

from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note


@pytest.mark.parametrize("way", WAYS)
def test_a_tail_cut_off_crudely_is_found_at_its_end(office: Office, way: str) -> None:
    with forging(office.file) as forger:
        forger.execute("DELETE FROM event WHERE position > 15")
    check, where, _why = broken(verified(office, way))
    assert (check, where) == ("record", 16)


@pytest.mark.parametrize("way", WAYS)
def test_a_tail_cut_off_cleverly_is_found_by_the_checkpoint_that_is_left(office: Office, way: str) -> None:
    rewrite(office.file, cut(16))
    check, where, why = broken(verified(office, way))
    assert (check, where) == ("checkpoints", 16)
    assert why.endswith(f"of {EVENTS} events, and the log holds 15: its end is gone")


def restored(office: Office, size: int) -> None:
    """The file as it was at that size, in every byte that is stored: an old backup."""
    rewrite(office.file, cut(size + 1))
    kept: dict[int | None, Note] = {
        number: note for number, note in stored_notes(office.file).items() if Checkpoint.parse(note.text).size <= size
    }
    if (same := Path(office.known(size))).exists():
        kept[None] = Note.parse(same.read_bytes())
    put_notes(office.file, kept)


def test_an_old_backup_is_found_by_what_is_remembered_and_by_nothing_else(office: Office) -> None:
    restored(office, 14)
    assert "nothing from outside was brought" in whole(verified(office, "bare"))[-1]
    assert "nothing from outside was brought" in whole(verified(office, "alone"))[-1]
    whole(verified(office, "known", 14))
    for answer in (verified(office, "known", 20), verified(office, "known", 8, 20, 14), verified(office, "here")):
        check, where, why = broken(answer)
        assert (check, where) == ("checkpoints", 15)
        assert "its end is gone" in why


@pytest.mark.parametrize("attack", CLEVER)
def test_who_has_the_key_can_write_another_history_that_only_memory_refutes(office: Office, attack: str) -> None:
    rewrite(office.file, CLEVER[attack](11))
    resign(office.file, key_of(office))
    for way in ("bare", "alone"):
        assert "whoever holds the key could have signed another history" in whole(verified(office, way))[-1]
    check, where, why = broken(verified(office, "known", 14))
    assert (check, where) == ("checkpoints", 1)
    assert "events 1 to 14" in why
    check, where, why = broken(verified(office, "known", 8, 14, 20))
    assert (check, where) == ("checkpoints", 9)
    assert "events 9 to 14" in why
    check, where, _why = broken(verified(office, "here"))
    assert (check, where) == ("checkpoints", EVENTS if attack == "delete" else 1)


def test_who_has_the_key_can_change_what_comes_after_all_that_is_remembered(office: Office) -> None:
    rewrite(office.file, edited(15))
    resign(office.file, key_of(office))
    assert whole(verified(office, "known", 14))[:2] == [
        "events 1 to 14: fixed by a checkpoint that you brought",
        f"events 15 to {EVENTS}: signed in the record",
    ]
    assert broken(verified(office, "here"))[0] == "checkpoints"


def test_who_has_the_key_can_cut_the_end_off_down_to_what_is_remembered(office: Office) -> None:
    rewrite(office.file, cut(11))
    resign(office.file, key_of(office))
    for way in ("bare", "alone"):
        whole(verified(office, way))
    whole(verified(office, "known", 8))
    for answer in (verified(office, "known", 14), verified(office, "here")):
        assert broken(answer)[:2] == ("checkpoints", 11)


def test_who_has_the_key_can_fork_the_log_after_all_that_is_remembered(office: Office) -> None:
    def other_way(rows: list[Row]) -> list[Row]:
        for row in rows[9:]:
            row.entry["event"]["title"] = "Another Way"
        return [*rows, *inserted(EVENTS)(rows)[-2:-1]]

    rewrite(office.file, other_way)
    resign(office.file, key_of(office))
    for way in ("bare", "alone"):
        whole(verified(office, way))
    whole(verified(office, "known", 8))
    check, where, why = broken(verified(office, "known", 8, 20))
    assert (check, where) == ("checkpoints", 9)
    assert "events 9 to 20" in why
    assert broken(verified(office, "here"))[0] == "checkpoints"


def test_two_signed_checkpoints_that_contradict_each_other_are_written_out_as_proof(office: Office) -> None:
    rewrite(office.file, edited(11))
    resign(office.file, key_of(office))
    place = office.base / "fork.txt"
    words = ("verify", "--key", office.vkey, "--known", office.known(14), "--fork-proof", str(place))
    assert office.say(*words, elsewhere=True).exit_code == 4
    assert Path(office.known(14)).read_bytes() in place.read_bytes()
    assert stored_notes(office.file)[None].encoded() in place.read_bytes()


@pytest.mark.parametrize("lines", [3, None])
def test_the_three_lines_of_the_minutes_are_a_memory_as_good_as_the_note(office: Office, lines: int | None) -> None:
    kept = Path(office.known(14))
    kept.write_text("".join(kept.read_text().splitlines(keepends=True)[:lines]))
    whole(verified(office, "known", 14))
    rewrite(office.file, edited(11))
    resign(office.file, key_of(office))
    assert broken(verified(office, "known", 14))[:2] == ("checkpoints", 1)
