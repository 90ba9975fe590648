"""A key is replaced by another where both sign that, and whoever knows one of the two may go by the other."""

from __future__ import annotations

import dataclasses

import pytest

from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import InvalidNote, TransparencyError
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey
from ledger.transparency.rotations import Rotation, Trusted, rotated

ORIGIN = "town.example/ledger"
FIRST, SECOND, THIRD, THIEF = (SigningKey(ORIGIN, 1, bytes([number]) * 32) for number in range(1, 5))
STRANGER = SigningKey("other.example", 1, bytes(range(32)))


def at(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, bytes([size]) * 32)


TO_SECOND = rotated(at(10), FIRST, SECOND)
TO_THIRD = rotated(at(20), SECOND, THIRD)


def keys(*known: SigningKey, notes: tuple[Note, ...] = (TO_THIRD, TO_SECOND)) -> Trusted:
    return Trusted([key.verifier for key in known], notes)


def test_a_rotation_is_a_checkpoint_of_three_lines_and_one_that_names_both_keys() -> None:
    note = Note.parse(TO_SECOND.encoded())
    assert note.text.splitlines()[:3] == at(10).text.splitlines()
    assert note.text.splitlines()[3:] == [f"tillit.key-rotation@v1 {FIRST.verifier} {SECOND.verifier}"]
    assert Rotation.read(note) == Rotation(10, FIRST.verifier, SECOND.verifier)
    assert Rotation.read(at(10).signed(FIRST)) is None


@pytest.mark.parametrize("known", [FIRST, SECOND, THIRD])
def test_whoever_knows_any_key_of_the_chain_goes_by_the_key_of_now(known: SigningKey) -> None:
    trusted = keys(known)
    assert THIRD.verifier in trusted.at(21)
    assert [each.size for each in trusted.rotations] == [10, 20]
    assert set(trusted.keys) == {FIRST.verifier, SECOND.verifier, THIRD.verifier}
    # All that was signed by the keys before can be verified too.
    assert {FIRST.verifier, SECOND.verifier, THIRD.verifier} == set(trusted.at(10))


def test_a_key_that_was_replaced_says_nothing_of_later_trees_to_whoever_knows_the_new_one_only() -> None:
    trusted = keys(THIRD)
    assert set(trusted.at(11)) == {SECOND.verifier, THIRD.verifier}
    assert trusted.at(21) == (THIRD.verifier,)
    # Whoever brings it says that it counts.
    assert FIRST.verifier in keys(FIRST, THIRD).at(21)


def test_nobody_knows_more_by_rotations_of_keys_that_they_do_not_know() -> None:
    assert keys(THIEF).keys == (THIEF.verifier,)
    assert not keys()
    assert keys(FIRST, notes=(TO_THIRD,)).keys == (FIRST.verifier,)


def test_whoever_stole_a_key_after_it_was_replaced_vouches_for_nobody_to_those_who_know_the_new_one() -> None:
    stolen = rotated(at(30), FIRST, THIEF)
    assert THIEF.verifier not in keys(SECOND, notes=(TO_SECOND, stolen)).keys
    assert THIEF.verifier not in keys(THIRD, notes=(TO_SECOND, TO_THIRD, stolen)).keys


def forged(line: str, *signers: SigningKey) -> Note:
    text = dataclasses.replace(at(10), extensions=(line,)).text
    return Note(text, tuple(key.signature(text) for key in signers))


WITNESS = dataclasses.replace(THIEF, algorithm=COSIGNATURE_V1)
NAMES = f"tillit.key-rotation@v1 {FIRST.verifier} {THIEF.verifier}"


@pytest.mark.parametrize(
    "note",
    [
        forged(NAMES, THIEF),
        forged(NAMES, FIRST),
        forged(NAMES, FIRST, SECOND),
        forged(f"tillit.key-rotation@v1 {FIRST.verifier} {FIRST.verifier}", FIRST),
        forged(f"tillit.key-rotation@v1 {FIRST.verifier} {STRANGER.verifier}", FIRST, STRANGER),
        forged(f"tillit.key-rotation@v1 {FIRST.verifier}", FIRST, THIEF),
        forged(f"{NAMES} more", FIRST, THIEF),
        forged(NAMES.replace("v1", "v12"), FIRST, THIEF),
        forged(NAMES.replace("+", "-"), FIRST, THIEF),
        forged(f"tillit.key-rotation@v1 {FIRST.verifier} {WITNESS.verifier}", FIRST),
    ],
)
def test_what_both_keys_did_not_sign_is_no_rotation(note: Note) -> None:
    with pytest.raises(InvalidNote):
        Rotation.read(note)
    assert keys(FIRST, notes=(note,)).keys == (FIRST.verifier,)


def test_a_signature_put_beside_another_vouches_for_nobody() -> None:
    beside = at(10).signed(FIRST).with_signature(THIEF.signature(at(10).text))
    assert keys(FIRST, notes=(beside,)).keys == (FIRST.verifier,)


def test_of_a_rotation_with_any_bit_flipped_nothing_is_left() -> None:
    data = TO_SECOND.encoded()
    for place in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        try:
            note = Note.parse(bytes(flipped))
            said = Rotation.read(note)
        except TransparencyError:
            continue
        # What is no rotation any more is no checkpoint of the two keys either.
        assert said is None
        with pytest.raises(InvalidNote):
            note.verified([FIRST.verifier, SECOND.verifier])


def test_who_signed_instead_is_told_where_none_of_the_known_keys_did() -> None:
    assert SECOND.verifier.key_id.hex() in keys(FIRST, notes=()).beside(at(11).signed(SECOND))
    assert keys(FIRST).beside(at(11).signed(SECOND)) == ""
    assert keys(FIRST).beside(at(11).signed(FIRST)) == ""
