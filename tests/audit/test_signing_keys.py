"""The key that signs lies outside the ledger, is nobody else's to read, and what it signed is remembered beside it."""

from __future__ import annotations

import base64
import json

import pytest
from auditkit import EVENTS, Office, limited, open_to_others

from ledger.transparency.notes import COSIGNATURE_V1, SigningKey

DEFINE = ("define", "more", "--title", "More", "--me", "eva")


def events(office: Office) -> int:
    return int(json.loads(office.say("stats", "--json").stdout)["events"])


def test_the_key_is_for_its_owner_only_and_outside_the_ledger(office: Office) -> None:
    assert office.mine("key").stat().st_mode & 0o777 == 0o600
    assert office.keys.folder.stat().st_mode & 0o777 == 0o700
    assert not list(office.file.parent.glob("**/*key*"))
    secret = office.mine("key").read_text().strip().split("+", 4)[4]
    assert base64.b64decode(secret)[1:] not in office.file.read_bytes()
    assert office.mine("vkeys").read_text().split() == [office.vkey]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
def test_a_key_that_others_may_touch_is_not_used(office: Office, mode: int) -> None:
    office.mine("key").chmod(mode)
    assert office.fails(*DEFINE) == (1, "key.exposed")
    assert office.fails("checkpoint") == (1, "key.exposed")
    assert "chmod 600" in office.say(*DEFINE).stderr
    assert events(office) == EVENTS
    # What needs no key is not refused for it.
    assert office.say("verify").exit_code == 0
    assert office.say(*DEFINE, "--no-sign").exit_code == 0
    office.mine("key").chmod(0o600)
    assert "signed here" in office.done("verify")


@pytest.mark.parametrize(
    "text", ["", "\n", "PRIVATE+KEY+", "garbage", "\x00" * 100, "é" * 50, "x" * 100_000, "PRIVATE+KEY+a+00000000+AAAA"]
)
def test_what_is_no_key_is_not_taken_for_one(office: Office, text: str) -> None:
    office.mine("key").write_text(text)
    assert office.fails(*DEFINE) == (4, "key.malformed")
    assert events(office) == EVENTS


def test_a_key_with_one_letter_changed_is_not_used(office: Office) -> None:
    text = office.mine("key").read_text().strip()
    for at in range(len(text)):
        other = "A" if text[at] != "A" else "B"
        office.mine("key").write_text(text[:at] + other + text[at + 1 :])
        assert office.fails(*DEFINE) == (4, "key.malformed")
    assert events(office) == EVENTS


def test_the_key_of_another_log_or_another_use_or_by_another_hand_is_not_used(office: Office) -> None:
    origin = office.vkey.partition("+")[0]
    seed = SigningKey.parse(office.mine("key").read_text().strip()).seed
    for key in (
        SigningKey.generate("tillit/another-00000000"),
        SigningKey.generate(origin),
        SigningKey(origin, COSIGNATURE_V1, seed),
    ):
        office.mine("key").write_text(f"{key}\n")
        assert office.fails(*DEFINE) == (4, "key.malformed")
        assert office.fails("checkpoint") == (4, "key.malformed")
    assert events(office) == EVENTS


def test_a_key_whose_list_is_lost_signs_on(office: Office) -> None:
    office.mine("vkeys").unlink()
    office.done(*DEFINE)
    assert office.say("verify", "--key", office.vkey).exit_code == 0


@pytest.mark.parametrize("tail", [b"21", b"21 AAAA", b"\x00" * 60, b"\xff\xfe", b"21 " + b"A" * 43 + b"="])
def test_a_last_line_of_memory_that_a_crash_cut_short_is_passed_over(office: Office, tail: bytes) -> None:
    whole = office.mine("signed").read_bytes()
    office.mine("signed").write_bytes(whole + tail)
    office.done(*DEFINE)
    written = office.mine("signed").read_bytes()
    assert written.startswith(whole)
    assert written[len(whole) :].count(b"\n") == 1
    assert written[len(whole) :].startswith(b"%d " % (EVENTS + 1))
    assert "signed here" in office.done("verify")


@pytest.mark.parametrize(
    "line",
    [b"", b"garbage", b"\x00" * 50, b"-1 " + b"A" * 43 + b"=", b"21", b"99999999999999999999 " + b"A" * 43 + b"="],
)
def test_a_whole_line_of_memory_that_cannot_be_read_is_damage(office: Office, line: bytes) -> None:
    with office.mine("signed").open("ab") as memory:
        memory.write(line + b"\n")
    assert office.fails(*DEFINE) == (4, "key.memory")
    assert office.fails("verify") == (4, "key.memory")
    assert events(office) == EVENTS
    assert office.say("who-owns").exit_code == 0


def test_memory_that_grew_long_is_begun_anew_with_what_was_signed_last(office: Office) -> None:
    last = office.mine("signed").read_bytes().splitlines(keepends=True)[-1]
    office.mine("signed").write_bytes(last * 1500)
    office.done(*DEFINE)
    assert len(office.mine("signed").read_bytes().splitlines()) == 1
    assert office.mine("signed").stat().st_mode & 0o777 == 0o600
    office.done("define", "again", "--title", "Again", "--me", "eva")
    assert "signed here" in office.done("verify")


def test_a_folder_of_keys_that_cannot_be_written_says_so_and_nothing_is_recorded(office: Office) -> None:
    office.mine("lock").unlink()
    place = next(office.keys.folder.glob("*.key")).with_suffix(".lock")
    place.mkdir()
    assert office.fails(*DEFINE)[1] == "key.folder"
    assert events(office) == EVENTS
    assert office.say("who-owns").exit_code == 0


def test_a_folder_of_keys_without_the_right_to_write_says_so(office: Office) -> None:
    office.mine("lock").unlink()
    open_to_others(office)
    office.keys.folder.chmod(0o555)
    told = limited(office)
    office.keys.folder.chmod(0o755)
    assert told.startswith("key.folder ")
    assert events(office) == EVENTS


def test_what_is_not_signed_is_said_and_why(office: Office) -> None:
    said = office.say(*DEFINE, "--no-sign").stderr
    assert f"Not signed (as --no-sign asked): entries {EVENTS + 1} to {EVENTS + 1}." in said
    assert f"events {EVENTS + 1} to {EVENTS + 1}: not signed" in office.done("verify")
    said = office.say("define", "third", "--title", "Third", "--me", "eva", elsewhere=True).stderr
    assert f"Not signed (there is no key for this ledger here; see tillit key create): entries {EVENTS + 2}" in said
    # The next signature covers both.
    assert "Not signed" not in office.say("define", "fourth", "--title", "Fourth", "--me", "eva").stderr
    assert f"events 1 to {EVENTS + 3}: signed here" in office.done("verify")


def test_a_key_is_made_once_and_shown(office: Office) -> None:
    assert office.done("key", "show") == f"{office.vkey}\n"
    assert office.fails("key", "create") == (1, "key.exists")
    # On a machine without one.
    assert office.fails("checkpoint", elsewhere=True) == (3, "key.none")
    assert office.fails("key", "rotate", elsewhere=True) == (3, "key.none")
    shown = office.say("key", "show", elsewhere=True)
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "tillit key create" in shown.stderr
    made = office.say("key", "create", elsewhere=True)
    assert made.exit_code == 0
    assert made.stdout.strip() != office.vkey
    assert office.say("key", "show", elsewhere=True).stdout == made.stdout
    assert "PRIVATE" not in made.output
    assert office.say("checkpoint", elsewhere=True).exit_code == 0


def test_verify_goes_by_the_verifiers_own_key_and_by_none_that_lies_with_the_ledger(office: Office) -> None:
    stranger = SigningKey.generate(office.vkey.partition("+")[0]).verifier
    result = office.say("verify", "--key", str(stranger))
    assert result.exit_code == 4
    assert office.fails("verify", "--key", "nonsense") == (2, "verify.key")
