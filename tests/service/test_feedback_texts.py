"""The words of a feedback in the record: destroyed where they stand, and no copy brings them back unnoticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forgetkit import again, clock, digests, every_byte, found, harm, pieces, say, stored, text, verified

from ledger.store import open_record

if TYPE_CHECKING:
    from pathlib import Path

    from ledger import Ledger

WORDS = "Du frågade oss först"


def given(folder: Path) -> tuple[Ledger, str]:
    """Eva's words to bo, and his answer; the id."""
    ledger = found(folder)
    say(ledger, "member add", handle="bo")
    told = say(ledger, "feedback give", to="bo", about="member:bo", kind="appreciation", text=WORDS)
    id_ = told.entries[0].stream
    say(ledger, "feedback reply", by="bo", feedback=id_, text="Tack")
    assert text(ledger, digests(told)[0]) == WORDS
    return ledger, id_


def test_the_words_lie_encrypted_under_a_key_of_their_own(tmp_path: Path) -> None:
    ledger, id_ = given(tmp_path)
    ledger.close()
    assert WORDS.encode() not in every_byte(tmp_path)
    assert len(stored(tmp_path, id_)) == 5, "a key, and of each text the nonce and the ciphertext"
    assert verified(tmp_path).whole


def test_erased_words_and_their_key_are_in_no_file_any_more(tmp_path: Path) -> None:
    ledger, id_ = given(tmp_path)
    secrets = stored(tmp_path, id_)
    say(ledger, "feedback erase", by="bo", feedback=id_, ground="asked")
    ledger.close()
    left = every_byte(tmp_path)
    assert not [piece for secret in secrets for piece in pieces(secret) if piece in left]
    assert stored(tmp_path, id_) == []
    assert verified(tmp_path).whole


def test_the_giver_takes_only_their_own_words_with_them(tmp_path: Path) -> None:
    ledger, id_ = given(tmp_path)
    say(ledger, "feedback erase", feedback=id_, ground="regret")
    ledger.close()
    assert len(stored(tmp_path, id_)) == 3, "the key and the answer"
    assert verified(tmp_path).whole


def test_erased_words_that_are_brought_back_are_found(tmp_path: Path) -> None:
    ledger, id_ = given(tmp_path)
    say(ledger, "feedback erase", by="bo", feedback=id_, ground="asked")
    ledger.close()
    harm(tmp_path, "UPDATE disclosure SET nonce = zeroblob(12), ciphertext = zeroblob(40)")
    assert [check.name for check in verified(tmp_path).checks if check.damage is not None] == ["texts"]


def test_an_older_copy_that_gets_its_lost_entries_back_loses_the_words_too(tmp_path: Path) -> None:
    ledger, id_ = given(tmp_path)
    ledger.close()
    older = tmp_path / "older"
    older.mkdir()
    (older / "ledger.db").write_bytes((tmp_path / "ledger.db").read_bytes())
    with again(tmp_path) as newer:
        before = newer.head()
        say(newer, "feedback erase", by="bo", feedback=id_, ground="asked")
        lost, root = [leaf.leaf for leaf in newer._recorder.log(before)], newer._recorder.tree().root()
    with open_record(older / "ledger.db", clock) as recorder:
        secrets = stored(older, id_)
        recorder.put_back(lost, root)
        assert not [secret for secret in secrets if secret in every_byte(older)]
    assert verified(older).whole
