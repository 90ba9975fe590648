"""The words of a feedback in the record: destroyed where they stand, and no copy brings them back unnoticed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from forgetkit import again, clock, digests, every_byte, found, harm, pieces, say, stored, text, verified

from ledger import Journal, questions
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


def test_with_a_member_the_words_to_and_about_them_go_out_of_every_file(tmp_path: Path) -> None:
    ledger, id_ = given(tmp_path)
    say(ledger, "member add", handle="cia")
    about = say(ledger, "feedback give", to="cia", about="member:bo", kind="appreciation", text="He asks first")
    kept = say(ledger, "feedback give", by="bo", to="cia", about="member:cia", kind="appreciation", text="So do you")
    secrets = stored(tmp_path, id_) + stored(tmp_path, about.entries[0].stream)
    assert len(secrets) == 8
    say(ledger, "erase", by="bo", stream="member:bo", ground="asked")
    with ledger.ask(questions.erasures, None, None) as answer:
        assert [row["whose"] for row in answer.value] == ["member:bo", id_, about.entries[0].stream]
    ledger.close()
    left = every_byte(tmp_path)
    assert not [piece for secret in secrets for piece in pieces(secret) if piece in left]
    assert len(stored(tmp_path, kept.entries[0].stream)) == 3
    assert verified(tmp_path).whole


def test_words_said_in_the_same_transaction_as_the_erasure_go_with_it(tmp_path: Path) -> None:
    give = {"do": "feedback give", "by": "eva", "to": "bo", "about": "member:bo", "kind": "appreciation", "text": WORDS}
    lines = [give, {"do": "erase", "by": "eva", "stream": "member:bo", "ground": "asked"}]
    with found(tmp_path) as ledger:
        say(ledger, "member add", handle="bo")
        outcome = Journal([json.dumps(line).encode() for line in lines]).carry_out(ledger, "eva")
        assert (outcome.recorded, outcome.refused) == (2, [])
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as own:
        assert own.execute("SELECT count(ciphertext), count(*) FROM disclosure").fetchone() == (0, 1)
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
