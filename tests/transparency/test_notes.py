"""The keys, texts and signatures named after people are those of Go's golang.org/x/mod/sumdb/note."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transparency.errors import InvalidNote, TransparencyError
from ledger.transparency.notes import (
    COSIGNATURE_V1,
    ED25519,
    MAX_NOTE,
    MAX_SIGNATURES,
    MAX_TIME,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    exact_base64,
)

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105 - Go's own example
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
PETER_KEY, ENOCH_KEY = VerifierKey.parse(PETER), VerifierKey.parse(ENOCH)
SIGNED = f"{TEXT}\n{PETER_LINE}"

# The examples of C2SP signed-note and of the go.sum database.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


def read(text: str) -> Note:
    return Note.parse(text.encode())


def manglings(text: str) -> Iterator[str]:
    """Go's manglings of a key: every part of it, and every character replaced by the next."""
    for begin in range(len(text) + 1):
        for end in range(begin + 1, len(text) + 1):
            if end - begin < len(text):
                yield text[begin:end]
    for place, character in enumerate(text):
        yield text[:place] + chr(ord(character) + 1) + text[place + 1 :]


@pytest.mark.parametrize("text", [PETER, ENOCH, FOO, REMORA])
def test_a_verifier_key_that_is_read_is_written_the_same(text: str) -> None:
    assert str(VerifierKey.parse(text)) == text


def test_no_mangled_verifier_key_is_read() -> None:
    for text in manglings(PETER):
        with pytest.raises(InvalidNote):
            VerifierKey.parse(text)


def test_no_mangled_signing_key_is_read() -> None:
    for text in manglings(PETER_SECRET):
        with pytest.raises(InvalidNote):
            SigningKey.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER.replace("c74f20a3", "C74F20A3"),
        f"{PETER} ",
        f"{PETER}\n",
        "",
        "Peter+c74f20a3",
        "Peter+c74f20a3+",
        f"\ud800{PETER}",
    ],
)
def test_a_verifier_key_of_another_length_type_or_writing_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote):
        VerifierKey.parse(text)


def test_the_id_of_a_key_hashes_its_name_type_and_bytes() -> None:
    key = VerifierKey("w.example", COSIGNATURE_V1, bytes(range(32)))
    assert key.key_id == hashlib.sha256(b"w.example\n\x04" + bytes(range(32))).digest()[:4]
    assert key.key_id != dataclasses.replace(key, algorithm=ED25519).key_id
    assert key.key_id != dataclasses.replace(key, name="v.example").key_id


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\u0085b", "a\nb", "a\x01b", "a\udc80"])
def test_no_key_has_a_name_that_a_signature_line_cannot_hold(name: str) -> None:
    with pytest.raises(InvalidNote):
        SigningKey.generate(name)
    with pytest.raises(InvalidNote):
        Signature(name, b"1234", b"5")


def test_a_signing_key_belongs_to_its_verifier_key() -> None:
    assert str(SigningKey.parse(PETER_SECRET).verifier) == PETER
    assert str(SigningKey.parse(PETER_SECRET)) == PETER_SECRET


def test_a_generated_key_can_be_written_and_read() -> None:
    for algorithm in (ED25519, COSIGNATURE_V1):
        key = SigningKey.generate("example.com/log", algorithm)
        assert SigningKey.parse(str(key)) == key
        assert VerifierKey.parse(str(key.verifier)) == key.verifier
    assert SigningKey.generate("a") != SigningKey.generate("a")


def test_neither_the_repr_of_a_signing_key_nor_an_error_about_it_shows_the_secret() -> None:
    key = SigningKey.parse(PETER_SECRET)
    shown = repr(key)
    wrong = PETER_SECRET.replace("c74f20a3", "c74f20a4")
    with pytest.raises(InvalidNote) as refusal:
        SigningKey.parse(wrong)
    for text in (shown, str(refusal.value), repr(refusal.value)):
        assert key.seed.hex() not in text
        assert repr(key.seed) not in text
        assert base64.b64encode(key.seed).decode()[4:40] not in text
        assert "EKFALVFGyNh" not in text


def test_signing_writes_the_bytes_that_go_writes() -> None:
    note = Note(TEXT, (SigningKey.parse(PETER_SECRET).signature(TEXT),))
    assert note.encoded() == SIGNED.encode()


def test_a_note_that_is_read_names_who_signed() -> None:
    note = read(TEXT + "\n" + PETER_LINE + ENOCH_LINE)
    assert note.text == TEXT
    assert note.verified([PETER_KEY]) == (PETER_KEY,)
    assert note.verified([ENOCH_KEY, PETER_KEY, PETER_KEY]) == (PETER_KEY, ENOCH_KEY)
    assert read(FOO_NOTE).verified([VerifierKey.parse(FOO)])


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    for keys in ([], [ENOCH_KEY]):
        with pytest.raises(InvalidNote, match="None of the known keys"):
            read(SIGNED).verified(keys)


def test_a_known_key_whose_line_does_not_verify_makes_the_whole_note_refused() -> None:
    forged = read(TEXT.replace("think", "thing") + "\n" + PETER_LINE)
    honest = SigningKey.generate("honest")
    note = forged.with_signature(honest.signature(forged.text))
    assert note.verified([honest.verifier]) == (honest.verifier,)
    with pytest.raises(InvalidNote, match="PeterNeumann does not verify"):
        note.verified([honest.verifier, PETER_KEY])


def test_a_line_with_a_known_name_or_id_but_not_both_is_ignored() -> None:
    other = SigningKey.generate("PeterNeumann")
    note = Note(TEXT, (other.signature(TEXT), Signature("Somebody", PETER_KEY.key_id, bytes(64))))
    with pytest.raises(InvalidNote, match="None of the known keys"):
        note.verified([PETER_KEY])


def test_two_known_keys_of_one_name_and_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerifierKey, "key_id", property(lambda _: b"same"))
    twins = [SigningKey.generate("twin").verifier for _ in range(2)]
    with pytest.raises(InvalidNote, match="Two known keys"):
        read(SIGNED).verified(twins)


def test_a_signature_of_a_wrong_length_does_not_verify() -> None:
    value = SigningKey.parse(PETER_SECRET).signature(TEXT).value
    assert PETER_KEY.verifies(TEXT, value)
    for wrong in (b"", value[:-1], value + b"\0", value * 2):
        assert not PETER_KEY.verifies(TEXT, wrong)


def test_no_signature_verifies_under_bytes_that_are_no_public_key() -> None:
    key = VerifierKey("broken", ED25519, b"\xff" * 32)
    assert not key.verifies(TEXT, bytes(64))


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        TEXT,
        TEXT + "\n",
        TEXT + PETER_LINE,
        f"\n{PETER_LINE}",
        SIGNED[:-1],
        SIGNED + "\n",
        SIGNED + " ",
        f"{SIGNED}Unexpected line.\n",
        SIGNED.replace("\n", "\r\n"),
        "\x01" + SIGNED,
        SIGNED.replace("think", "th\tnk"),
        SIGNED.replace("— ", "- "),
        SIGNED.replace("— ", "\u2013 "),
        SIGNED.replace("— ", "—\u00a0"),
        SIGNED.replace("— ", "—"),
        SIGNED.replace("— ", " — "),
        SIGNED.replace("— PeterNeumann", "— Peter Neumann"),
        SIGNED.replace("— PeterNeumann", "— Peter+Neumann"),
        SIGNED.replace("— PeterNeumann", "— "),
        SIGNED.replace(" x08", "  x08"),
        SIGNED.replace("AM=\n", "AM= \n"),
        SIGNED.replace("AM=\n", "AM\n"),
        SIGNED.replace("AM=\n", "AN=\n"),
        SIGNED.replace("AM=\n", "AM==\n"),
        SIGNED.replace("x08go/", "x08go_"),
        SIGNED.replace("x08go/", "x08go\u2060"),
        f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\n— PeterNeumann \n",
        f"{TEXT}\n— PeterNeumann\n",
        f"{SIGNED}{PETER_LINE}",
        SIGNED + ENOCH_LINE + PETER_LINE,
    ],
)
def test_malformed_notes_are_refused(malformed: str) -> None:
    with pytest.raises(InvalidNote):
        read(malformed)


def test_a_note_is_utf_8() -> None:
    for wrong in (b"\xff", b"\xed\xa0\x80", b"\xc0\x8a"):
        with pytest.raises(InvalidNote, match="UTF-8"):
            Note.parse(wrong + SIGNED.encode())
    with pytest.raises(InvalidNote, match="UTF-8"):
        Note("\ud800\n", (Signature("a", b"1234", b"5"),))


def test_the_last_empty_line_ends_the_text() -> None:
    for text in ("\n", "\n\n", "a\n\n", "a\n\nb\n", f"{TEXT}\n{PETER_LINE}"):
        key = SigningKey.generate("k")
        note = Note(text, (key.signature(text),))
        assert Note.parse(note.encoded()) == note
        assert note.verified([key.verifier])


def test_a_note_may_have_a_hundred_signatures_and_no_more() -> None:
    signatures = tuple(Signature(f"k{number}", b"1234", b"5") for number in range(MAX_SIGNATURES + 1))
    most = Note(TEXT, signatures[:-1])
    assert Note.parse(most.encoded()) == most
    with pytest.raises(InvalidNote, match="signatures"):
        Note(TEXT, signatures)
    with pytest.raises(InvalidNote, match="signatures"):
        Note.parse(most.encoded() + f"{signatures[-1].line}\n".encode())
    with pytest.raises(InvalidNote, match="signatures"):
        Note(TEXT, ())


def test_a_note_may_have_a_million_bytes_and_no_more() -> None:
    signature = Signature("k", b"1234", b"5")
    rest = len(Note("\n", (signature,)).encoded())
    longest = Note("a" * (MAX_NOTE - rest) + "\n", (signature,))
    assert len(longest.encoded()) == MAX_NOTE
    assert Note.parse(longest.encoded()) == longest
    with pytest.raises(InvalidNote, match="bytes"):
        Note(f"a{longest.text}", (signature,))
    with pytest.raises(InvalidNote, match="bytes"):
        Note.parse(b"a" + longest.encoded())


def test_a_second_signature_of_a_key_takes_the_place_of_the_first() -> None:
    bad = Note(TEXT, (Signature("PeterNeumann", PETER_KEY.key_id, b"BAD"),))
    assert bad.with_signature(SigningKey.parse(PETER_SECRET).signature(TEXT)).encoded() == SIGNED.encode()


def test_a_cosignature_states_its_time_and_covers_it() -> None:
    key = SigningKey.generate("witness", COSIGNATURE_V1)
    signature = key.cosignature(TEXT, 1679315147)
    assert signature.value[:8] == (1679315147).to_bytes(8)
    assert key.verifier.verifies(TEXT, signature.value)
    for time in (0, 1679315148, MAX_TIME, MAX_TIME + 1):
        assert not key.verifier.verifies(TEXT, time.to_bytes(8) + signature.value[8:])


def test_a_time_after_the_largest_is_refused_even_if_it_is_signed() -> None:
    key = SigningKey.generate("witness", COSIGNATURE_V1)
    for time in (-1, MAX_TIME + 1):
        with pytest.raises(InvalidNote, match="time"):
            key.cosignature(TEXT, time)
    plain = dataclasses.replace(key, algorithm=ED25519)
    signed = plain.signature(f"cosignature/v1\ntime {MAX_TIME + 1}\n{TEXT}").value
    assert not key.verifier.verifies(TEXT, (MAX_TIME + 1).to_bytes(8) + signed)
    assert key.verifier.verifies(TEXT, key.cosignature(TEXT, MAX_TIME).value)


def test_a_key_signs_only_in_the_way_of_its_type() -> None:
    plain, cosigning = SigningKey.generate("a"), SigningKey.generate("a", COSIGNATURE_V1)
    with pytest.raises(InvalidNote, match="key for cosignatures"):
        plain.cosignature(TEXT, 1)
    with pytest.raises(InvalidNote, match="key for cosignatures"):
        cosigning.signature(TEXT)
    same = dataclasses.replace(plain, algorithm=COSIGNATURE_V1)
    assert not same.verifier.verifies(TEXT, plain.signature(TEXT).value)
    assert not plain.verifier.verifies(TEXT, same.cosignature(TEXT, 1).value)


def test_base64_is_read_only_as_it_is_written() -> None:
    assert exact_base64("AQI=") == b"\x01\x02"
    for wrong in ("AQJ=", "AQI", "AQI==", "AQ I=", "AQI=\n", "AQ_=", "=", "\u00e9"):
        with pytest.raises(ValueError, match=r"."):
            exact_base64(wrong)


def test_trees_and_proofs_do_without_the_library_that_signs() -> None:
    program = "import sys, ledger.transparency.proofs, ledger.transparency.tiles; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_refusal_is_a_value_error() -> None:
    assert issubclass(InvalidNote, TransparencyError)
    assert issubclass(InvalidNote, ValueError)


names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"), min_size=1)
texts = st.lists(st.text(st.characters(exclude_categories=["Cs"]).filter(lambda one: one >= " "))).map(
    lambda lines: "".join(f"{line}\n" for line in [*lines, ""])
)
signatures = st.builds(Signature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
signature_lists = st.lists(signatures, min_size=1, max_size=5, unique_by=lambda one: (one.name, one.key_id))


@given(texts, signature_lists)
def test_every_note_is_read_as_it_was_written(text: str, several: list[Signature]) -> None:
    note = Note(text, tuple(several))
    assert Note.parse(note.encoded()) == note


@given(st.binary(max_size=40), st.integers(0, len(SIGNED)), st.integers(0, 20))
def test_whatever_bytes_are_read_are_the_bytes_that_are_written(data: bytes, place: int, cut: int) -> None:
    signed = SIGNED.encode()
    changed = signed[:place] + data + signed[place + cut :]
    try:
        note = Note.parse(changed)
    except InvalidNote:
        return
    assert note.encoded() == changed


@given(names, st.sampled_from([ED25519, COSIGNATURE_V1]), st.binary(min_size=32, max_size=32))
def test_every_key_is_read_as_it_was_written(name: str, algorithm: int, seed: bytes) -> None:
    key = SigningKey(name, algorithm, seed)
    assert SigningKey.parse(str(key)) == key
    assert VerifierKey.parse(str(key.verifier)) == key.verifier
