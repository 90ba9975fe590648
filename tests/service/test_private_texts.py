from __future__ import annotations

import base64
import hashlib
import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from forgetkit import (
    NAME,
    NOTE,
    PIECE,
    again,
    clock,
    digests,
    every_byte,
    found,
    goran,
    harm,
    pieces,
    say,
    stored,
    text,
    verified,
)

from ledger import Journal, command, questions
from ledger.errors import Damaged, Refused, Unavailable
from ledger.store import open_record


def erased(folder: Path, **fields: object) -> None:
    with goran(folder) as ledger:
        say(ledger, "erase", stream="member:goran", ground="asked", **fields)


def test_a_private_text_lies_nowhere_in_plain_not_even_before_it_is_erased(tmp_path: Path) -> None:
    with goran(tmp_path) as ledger:
        ledger.catch_up()
        lying = every_byte(tmp_path)
    lying += every_byte(tmp_path)
    for plain in (NAME, NOTE):
        for form in (plain.encode(), base64.b64encode(plain.encode())[4:-4], hashlib.sha256(plain.encode()).digest()):
            assert form not in lying
    assert b"member:goran" in lying


def test_who_may_read_is_shown_the_text_until_it_is_erased(tmp_path: Path) -> None:
    def shown() -> tuple[list[object], list[object], list[object]]:
        with ledger.ask(questions.history, None, None, "goran") as answer:
            history = [row["text"] for row in answer.value]
        with ledger.ask(questions.log, None, None, 5) as answer:
            log = [row["text"] for row in answer.value if row["subject"] == "member:goran"]
        with ledger.ask(questions.members, None, None) as answer:
            names = [row["name"] for row in answer.value if row["member"] == "goran"]
        return history, log, names

    with goran(tmp_path) as ledger:
        assert shown() == ([NAME, NOTE], [NAME, NOTE], [NAME])
        say(ledger, "erase", stream="member:goran", fields=["note"], ground="asked")
        assert shown() == ([NAME, "(erased)", None], [NAME, "(erased)", None], [NAME])
        say(ledger, "erase", stream="member:goran", ground="asked")
        assert shown()[2] == ["(erased)"]


def test_after_an_erasure_the_bytes_are_in_no_file_of_the_ledger(tmp_path: Path) -> None:
    with goran(tmp_path) as ledger:
        ledger.catch_up()
        secrets = stored(tmp_path, "member:goran")
        assert len(secrets) == 5
        assert all(piece in every_byte(tmp_path) for secret in secrets for piece in pieces(secret))
        say(ledger, "erase", stream="member:goran", ground="asked")
        ledger.catch_up()
        # The ledger is still open: what is gone is gone when telling returns.
        lying = every_byte(tmp_path)
    assert (tmp_path / "ledger.db-wal").exists() is False
    for lying_ in (lying, every_byte(tmp_path)):
        assert NAME.encode() not in lying_
        assert not [piece for secret in secrets for piece in pieces(secret) if piece in lying_]


def test_among_hundreds_of_texts_of_every_length_what_is_erased_leaves_no_copy_behind(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - lengths are no secret
    people = [f"p{number}" for number in range(150)]
    chance.shuffle(people)
    with found(tmp_path) as ledger:
        for handle in people:
            say(ledger, "member add", handle=handle, name=f"Name of {handle}")
        for number in range(450):
            length = chance.choice((1, 40, 900, 3000, 4060, 9000, 19_990))
            say(ledger, "note", stream=f"member:{chance.choice(people)}", text="x" * length + str(number))
        gone = chance.sample(people, 60)
        secrets = {handle: stored(tmp_path, f"member:{handle}") for handle in people}
        for number, handle in enumerate(gone):
            fields = {"fields": ["name"]} if number % 3 == 0 else {}
            say(ledger, "erase", stream=f"member:{handle}", ground="asked", **fields)
        lying = every_byte(tmp_path)
        windows = {lying[begin : begin + PIECE] for begin in range(len(lying))}
        left = {handle: set(stored(tmp_path, f"member:{handle}")) for handle in people}
    for handle in people:
        destroyed = [secret for secret in secrets[handle] if secret not in left[handle]]
        assert bool(destroyed) == (handle in gone)
        assert windows.isdisjoint(piece for secret in destroyed for piece in pieces(secret))
        assert all(secret[:PIECE] in windows for secret in left[handle])
    report = verified(tmp_path)
    assert report.whole, report.facts()


def test_an_erasure_by_field_keeps_the_key_for_what_is_left(tmp_path: Path) -> None:
    with goran(tmp_path) as ledger:
        before = stored(tmp_path, "member:goran")
        say(ledger, "erase", stream="member:goran", fields=["name"], ground="asked")
        assert stored(tmp_path, "member:goran") == [before[0], *before[3:]]
        with ledger.ask(questions.history, None, None, "goran") as answer:
            assert [row["text"] for row in answer.value] == ["(erased)", NOTE, None]


def test_an_erased_key_is_never_made_again(tmp_path: Path) -> None:
    erased(tmp_path)
    with again(tmp_path) as ledger, pytest.raises(Refused) as refused:
        say(ledger, "note", stream="member:goran", text="once more")
    assert refused.value.rule == "erasure.for_good"
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as own:
        tombstones = own.execute("SELECT key, erased_at FROM subject_key WHERE subject = 'member:goran'").fetchall()
    assert tombstones == [(None, "2025-06-01T00:00:00.000000Z")]


def test_a_text_and_its_erasure_may_come_in_one_transaction(tmp_path: Path) -> None:
    lines = [
        {"do": "member add", "by": "eva", "handle": "goran", "name": NAME},
        {"do": "erase", "by": "eva", "stream": "member:goran", "ground": "asked"},
    ]
    with found(tmp_path) as ledger:
        outcome = Journal([json.dumps(line).encode() for line in lines]).carry_out(ledger, "eva")
        assert (outcome.recorded, outcome.refused) == (2, [])
        assert stored(tmp_path, "member:goran") == []
    assert verified(tmp_path).whole


def test_while_another_reads_an_older_state_it_is_erased_and_said_that_bytes_are_left(tmp_path: Path) -> None:
    with goran(tmp_path) as ledger:
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM disclosure").fetchone()
            with pytest.raises(Unavailable) as unavailable:
                say(ledger, "erase", stream="member:goran", ground="asked")
        assert unavailable.value.code == "store.not_scrubbed"
    report = verified(tmp_path)
    assert report.whole
    assert stored(tmp_path, "member:goran") == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM disclosure",
        "DELETE FROM subject_key",
        "UPDATE disclosure SET ciphertext = x'00'",
        "UPDATE disclosure SET nonce = NULL",
        "UPDATE disclosure SET subject = 'member:bo', nonce = NULL, ciphertext = NULL",
        "UPDATE subject_key SET key = x'00'",
        "UPDATE subject_key SET key = NULL",
        "INSERT OR REPLACE INTO disclosure SELECT digest, 1, subject, nonce, ciphertext FROM disclosure",
        "INSERT OR REPLACE INTO subject_key SELECT subject, x'00', NULL FROM subject_key",
    ],
)
def test_by_accident_nothing_but_an_erasure_changes_a_private_text(tmp_path: Path, statement: str) -> None:
    goran(tmp_path).close()
    with (
        closing(sqlite3.connect(tmp_path / "ledger.db")) as clumsy,
        pytest.raises(sqlite3.IntegrityError, match=r"append_only|CHECK"),
    ):
        clumsy.execute(statement)


ATTACKS = {
    "a ciphertext altered": (
        "UPDATE disclosure SET ciphertext = CAST(x'00' || substr(ciphertext, 2) AS BLOB) WHERE position = 6",
        6,
    ),
    "a ciphertext cut short": ("UPDATE disclosure SET ciphertext = substr(ciphertext, 2) WHERE position = 8", 8),
    "a nonce altered": ("UPDATE disclosure SET nonce = x'000000000000000000000000' WHERE position = 7", 7),
    "a nonce that is none": ("UPDATE disclosure SET nonce = x'00' WHERE position = 7", 7),
    "a key altered": ("UPDATE subject_key SET key = zeroblob(32) WHERE subject = 'member:bo'", 7),
    "a key that is none": ("UPDATE subject_key SET key = x'00' WHERE subject = 'member:bo'", 7),
    "a key taken away": ("DELETE FROM subject_key WHERE subject = 'member:bo'", 7),
    "a text taken away": ("DELETE FROM disclosure WHERE position = 8", 8),
    "a text erased without a word": ("UPDATE disclosure SET nonce = NULL, ciphertext = NULL WHERE position = 6", 6),
    "two texts that changed places": (
        "UPDATE disclosure SET ciphertext = (SELECT ciphertext FROM disclosure WHERE position = 8) WHERE position = 6",
        6,
    ),
    "a text put under another": ("UPDATE disclosure SET subject = 'member:bo' WHERE position = 8", 8),
    "a text put at another event": ("UPDATE disclosure SET position = 7 WHERE position = 8", 7),
    "a text that nobody recorded": ("INSERT INTO disclosure VALUES ('x', 3, 'member:bo', x'00', x'00')", 3),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_a_private_text_is_found_at_its_position(tmp_path: Path, attack: str) -> None:
    goran(tmp_path).close()
    statement, position = ATTACKS[attack]
    harm(tmp_path, statement)
    report = verified(tmp_path)
    assert [check.name for check in report.checks if check.damage is not None] == ["texts"]
    assert report.position == position
    assert "{" not in str([check.damage for check in report.checks])


UNDONE = {
    "a text brought back": "UPDATE disclosure SET nonce = zeroblob(12), ciphertext = zeroblob(40) WHERE position = 6",
    "a key brought back": "UPDATE subject_key SET key = zeroblob(32), erased_at = NULL WHERE subject = 'member:goran'",
    "a tombstone taken away": "DELETE FROM subject_key WHERE subject = 'member:goran'",
}


@pytest.mark.parametrize("attack", UNDONE)
def test_an_erasure_that_is_undone_is_found_where_it_stands(tmp_path: Path, attack: str) -> None:
    erased(tmp_path)
    harm(tmp_path, UNDONE[attack])
    report = verified(tmp_path)
    assert [check.name for check in report.checks if check.damage is not None] == ["texts"]
    assert report.position is not None


def test_what_is_erased_is_counted_and_told_apart_from_what_is_lost(tmp_path: Path) -> None:
    erased(tmp_path)
    said = {check.name: check.said for check in verified(tmp_path).checks}
    assert said["texts"] == "1 private texts are those committed to, 2 are gone and named by an erasure"
    harm(tmp_path, "UPDATE disclosure SET nonce = NULL, ciphertext = NULL")
    (damage,) = [check.damage for check in verified(tmp_path).checks if check.damage is not None]
    assert "unexplained loss" in damage


def test_a_text_that_is_not_the_one_recorded_is_not_shown(tmp_path: Path) -> None:
    goran(tmp_path).close()
    harm(tmp_path, ATTACKS["a ciphertext altered"][0], ATTACKS["a text taken away"][0])
    with open_record(tmp_path / "ledger.db", clock) as recorder:
        events = [json.loads(leaf.state)["event"] for leaf in recorder.stream("member:goran")]
        for digest, code in ((events[0]["name_digest"], "text.altered"), (events[1]["note_digest"], "text.lost")):
            with pytest.raises(Damaged) as damaged:
                recorder.disclosed(digest)
            assert damaged.value.code == code


def test_what_a_key_remembers_of_a_command_tells_nothing_of_its_private_text(tmp_path: Path) -> None:
    with found(tmp_path) as ledger:
        told = say(ledger, "member add", handle="goran", name=NAME, key="k1")
        # Known again by all the rest: that the text is another cannot be seen, since nothing was kept of it.
        again_ = say(ledger, "member add", handle="goran", name="Somebody else", key="k1")
        assert (again_.again, again_.entries) == (True, told.entries)
        assert text(ledger, digests(told)[0]) == NAME
        with pytest.raises(Refused):
            say(ledger, "member add", handle="bo", name=NAME, key="k1")
        found_ = ledger._recorder.find_command("k1")
    same = command({"do": "member add", "by": "eva", "on": "2025-02-01", "handle": "goran", "name": "x", "key": "k1"})
    fields = same.model_dump_json(exclude_defaults=True, exclude={"name"})
    assert found_ is not None
    assert found_.digest == hashlib.sha256(f"member add {fields}".encode()).hexdigest()


def test_a_key_from_before_texts_were_private_is_still_known(tmp_path: Path) -> None:
    told = command({"do": "member add", "by": "eva", "on": "2025-02-01", "handle": "goran", "name": NAME, "key": "k1"})
    digest = hashlib.sha256(f"member add {told.model_dump_json(exclude_defaults=True)}".encode()).hexdigest()
    with found(tmp_path) as ledger:
        ledger.tell(told)
    harm(tmp_path, f"UPDATE command SET digest = '{digest}'")
    with again(tmp_path) as ledger:
        assert ledger.tell(told).again


def test_the_key_of_a_journals_line_tells_nothing_of_its_private_text(tmp_path: Path) -> None:
    def keys(name: str) -> list[str | None]:
        line = json.dumps({"do": "member add", "by": "eva", "handle": "goran", "name": name}).encode()
        return [each.command.key for each in Journal([line]).lines() if not isinstance(each, tuple)]

    assert keys(NAME) == keys("Somebody else")
    line = json.dumps({"do": "member add", "by": "eva", "handle": "goran"}).encode()
    (plain,) = Journal([line]).lines()
    assert not isinstance(plain, tuple)
    assert plain.command.key == f"line-1-{hashlib.sha256(line).hexdigest()[:32]}"
    del tmp_path


def test_what_is_only_rehearsed_leaves_no_text_behind(tmp_path: Path) -> None:
    with found(tmp_path) as ledger:
        ledger.rehearse(command({"do": "member add", "by": "eva", "handle": "goran", "name": NAME}))
        say(ledger, "member add", handle="bo")
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as own:
        assert own.execute("SELECT count(*) FROM disclosure").fetchone() == (0,)


def test_what_was_erased_is_asked_for_by_anybody(tmp_path: Path) -> None:
    with goran(tmp_path) as ledger:
        say(ledger, "erase", stream="member:goran", fields=["note"], ground="untrue", on="2025-03-01")
        say(ledger, "erase", stream="member:goran", ground="asked", on="2025-04-01")
        with ledger.ask(questions.erasures, None, None) as answer:
            rows = list(answer.value)
        with ledger.ask(questions.erasures, None, 9) as answer:
            earlier = list(answer.value)
    assert [(row["what"], row["whose"], row["ground"], row["by"], row["for_good"]) for row in rows] == [
        (["note"], "member:goran", "untrue", "eva", False),
        (["name"], "member:goran", "asked", "eva", True),
    ]
    assert [len(row["digest_kept"]) for row in rows] == [1, 1]  # type: ignore[arg-type]
    assert [row["ground"] for row in earlier] == ["untrue"]


def test_what_is_lost_for_good_is_settled_by_an_erasure_that_says_so(tmp_path: Path) -> None:
    goran(tmp_path).close()
    harm(tmp_path, "DELETE FROM disclosure WHERE subject = 'member:goran'")
    assert not verified(tmp_path).whole
    with again(tmp_path) as ledger:
        say(ledger, "erase", stream="member:goran", ground="lost with the disk")
    assert verified(tmp_path).whole


def test_more_texts_than_one_entry_holds_are_destroyed_together(tmp_path: Path) -> None:
    lines = [{"do": "note", "by": "eva", "stream": "member:goran", "text": str(number)} for number in range(1001)]
    with goran(tmp_path) as ledger:
        Journal([json.dumps(line).encode() for line in lines]).carry_out(ledger, "eva")
        told = say(ledger, "erase", stream="member:goran", ground="asked")
        assert len(told.entries) == 2
    assert stored(tmp_path, "member:goran") == []
    assert verified(tmp_path).whole


def test_an_older_copy_that_gets_its_lost_entries_back_is_erased_as_they_say(tmp_path: Path) -> None:
    goran(tmp_path).close()
    older = tmp_path / "older"
    older.mkdir()
    (older / "ledger.db").write_bytes((tmp_path / "ledger.db").read_bytes())
    with again(tmp_path) as ledger:
        say(ledger, "member add", handle="dag", name="Dag")
        say(ledger, "erase", stream="member:dag", ground="asked")
        say(ledger, "erase", stream="member:goran", ground="asked")
        lost, root = [leaf.leaf for leaf in ledger._recorder.log(8)], ledger._recorder.tree().root()
    with open_record(older / "ledger.db", clock) as recorder:
        secrets = stored(older, "member:goran")
        recorder.put_back(lost, root)
        assert not [secret for secret in secrets if secret in every_byte(older)]
    assert verified(older).whole
