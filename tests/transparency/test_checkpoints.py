"""The checkpoints of real logs and witnesses are public; each is verified with the key that its operator publishes."""

from __future__ import annotations

import dataclasses
import hashlib
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transparency.checkpoints import (
    MAX_TREE_SIZE,
    Checkpoint,
    checkpoint_in,
    cosigned,
    exact_size,
    opened,
    verify_cosignature,
)
from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey, VerifierKey

GO_KEY = VerifierKey.parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
GO_NOTE = """go.sum database tree
65209736
5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=

— sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=
"""

CT_KEY = VerifierKey.parse(
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
CT_WITNESSES = [
    VerifierKey.parse(text)
    for text in (
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
        "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    )
]
CT_NOTE = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501

ORIGIN = "example.com/log"
ROOT = hashlib.sha256(b"root").digest()
CHECKPOINT = Checkpoint(ORIGIN, 20852163, ROOT)
LOG = SigningKey(ORIGIN, 1, bytes(range(32)))
WITNESS = SigningKey("witness.example/w1", COSIGNATURE_V1, bytes(range(32, 64)))
TIME = 1679315147


def test_a_checkpoint_of_the_go_checksum_database_is_opened() -> None:
    checkpoint = opened(GO_NOTE.encode(), GO_KEY, "go.sum database tree")
    assert checkpoint.size == 65209736
    assert checkpoint.text == GO_NOTE.partition("\n\n")[0] + "\n"


def test_the_origin_is_the_name_of_the_key_unless_another_is_asked_for() -> None:
    with pytest.raises(InvalidNote, match="does not sign"):
        opened(GO_NOTE.encode(), GO_KEY)
    with pytest.raises(InvalidNote, match="does not sign"):
        opened(CT_NOTE.encode(), CT_KEY, "another.example")


def test_a_checkpoint_of_a_real_log_with_the_cosignatures_of_four_real_witnesses_is_opened() -> None:
    assert opened(CT_NOTE.encode(), CT_KEY).size == 1432088532
    note = Note.parse(CT_NOTE.encode())
    assert [verify_cosignature(note, key) for key in CT_WITNESSES] == [1779573024] * 4
    assert set(note.verified([CT_KEY, *CT_WITNESSES])) == {CT_KEY, *CT_WITNESSES}


def test_the_example_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text == text


def test_a_log_signs_and_a_reader_opens() -> None:
    note = CHECKPOINT.signed(LOG)
    assert opened(note.encoded(), LOG.verifier) == CHECKPOINT
    assert checkpoint_in(note, LOG.verifier) == CHECKPOINT


def test_a_log_signs_with_a_key_of_its_own_name_only() -> None:
    with pytest.raises(InvalidNote, match="does not sign"):
        CHECKPOINT.signed(SigningKey.generate("example.com/other"))


def test_a_checkpoint_of_another_key_is_not_opened() -> None:
    with pytest.raises(InvalidNote, match="None of the known keys"):
        opened(CHECKPOINT.signed(LOG).encoded(), SigningKey.generate(ORIGIN).verifier)


def test_a_signed_text_that_is_no_checkpoint_is_not_opened() -> None:
    note = Note(f"{ORIGIN}\nhello\n", (LOG.signature(f"{ORIGIN}\nhello\n"),))
    with pytest.raises(InvalidNote, match="three lines"):
        opened(note.encoded(), LOG.verifier)
    with pytest.raises(InvalidNote, match="three lines"):
        cosigned(note, WITNESS, TIME)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("20852163\n", "020852163\n"),
        ("20852163\n", "-1\n"),
        ("20852163\n", "+1\n"),
        ("20852163\n", "\n"),
        ("20852163\n", "00\n"),
        ("20852163\n", " 1\n"),
        ("20852163\n", "1 \n"),
        ("20852163\n", "1_0\n"),
        ("20852163\n", "0x1\n"),
        ("20852163\n", "\u0661\n"),
        ("20852163\n", f"{MAX_TREE_SIZE + 1}\n"),
        ("20852163\n", "9" * 5000 + "\n"),
        ("=\n", "\n"),
        ("=\n", "==\n"),
        ("=\n", "=\nextension\n\n"),
        ("=\n", "=\n\nextension\n"),
        ("=\n", "="),
        ("=\n", "=\r\n"),
        ("=\n", "= \n"),
        (ORIGIN, ""),
        (ORIGIN, "a\tb"),
        (f"{ORIGIN}\n", ""),
    ],
)
def test_a_checkpoint_written_in_another_way_is_refused(old: str, new: str) -> None:
    assert old in CHECKPOINT.text
    with pytest.raises(InvalidNote):
        Checkpoint.parse(CHECKPOINT.text.replace(old, new))


def test_a_root_hash_has_32_bytes_in_exact_base64() -> None:
    line = CHECKPOINT.text.split("\n")[2]
    last = line[-2]
    for other in ("AAAA", f"AAAA{line}", line.replace(f"{last}=", f"{chr(ord(last) + 1)}="), line.replace("+", "-")):
        if other != line:
            with pytest.raises(InvalidNote, match="root hash"):
                Checkpoint.parse(CHECKPOINT.text.replace(line, other))


def test_no_checkpoint_can_be_made_that_cannot_be_written() -> None:
    for change in (
        {"origin": ""},
        {"origin": "a\nb"},
        {"size": -1},
        {"size": MAX_TREE_SIZE + 1},
        {"root": ROOT[1:]},
        {"extensions": ("",)},
        {"extensions": ("a\nb",)},
    ):
        with pytest.raises(InvalidNote):
            dataclasses.replace(CHECKPOINT, **change)  # type: ignore[arg-type]


def test_sizes_run_from_zero_to_the_largest() -> None:
    for size in (0, 1, MAX_TREE_SIZE):
        assert Checkpoint.parse(Checkpoint(ORIGIN, size, ROOT).text).size == size
        assert exact_size(str(size)) == size


def test_a_cosignature_tells_when() -> None:
    note = cosigned(CHECKPOINT.signed(LOG), WITNESS, TIME)
    assert verify_cosignature(note, WITNESS.verifier) == TIME
    assert note.verified([LOG.verifier, WITNESS.verifier]) == (LOG.verifier, WITNESS.verifier)


def test_a_cosignature_is_over_the_bytes_that_the_specification_shows() -> None:
    note = cosigned(CHECKPOINT.signed(LOG), WITNESS, TIME)
    message = f"cosignature/v1\ntime {TIME}\n{CHECKPOINT.text}"
    plain = dataclasses.replace(WITNESS, algorithm=1).signature(message)
    assert note.signatures[1].value == TIME.to_bytes(8) + plain.value


def test_a_later_cosignature_takes_the_place_of_an_earlier_one_of_the_same_witness() -> None:
    note = cosigned(cosigned(CHECKPOINT.signed(LOG), WITNESS, TIME), WITNESS, TIME + 60)
    assert len(note.signatures) == 2
    assert verify_cosignature(note, WITNESS.verifier) == TIME + 60


def test_a_cosignature_covers_the_extension_lines() -> None:
    note = cosigned(Checkpoint(ORIGIN, 5, ROOT, ("one", "two")).signed(LOG), WITNESS, TIME)
    changed = Note(note.text.replace("two", "twp"), note.signatures)
    with pytest.raises(InvalidNote, match="did not cosign"):
        verify_cosignature(changed, WITNESS.verifier)


def test_who_did_not_cosign_or_has_no_key_for_it_is_not_counted() -> None:
    note = cosigned(CHECKPOINT.signed(LOG), WITNESS, TIME)
    with pytest.raises(InvalidNote, match="did not cosign"):
        verify_cosignature(note, SigningKey.generate(WITNESS.name, COSIGNATURE_V1).verifier)
    with pytest.raises(InvalidNote, match="no key for cosignatures"):
        verify_cosignature(note, LOG.verifier)
    with pytest.raises(InvalidNote, match="no key for cosignatures"):
        cosigned(note, LOG, TIME)


def test_every_flipped_bit_of_a_cosigned_checkpoint_is_found() -> None:
    data = cosigned(Checkpoint(ORIGIN, 5, ROOT, ("extended",)).signed(LOG), WITNESS, TIME).encoded()
    log, witness = LOG.verifier, WITNESS.verifier

    def holds(changed: bytes) -> bool:
        try:
            opened(changed, log)
            verify_cosignature(Note.parse(changed), witness)
        except InvalidNote:
            return False
        return True

    assert holds(data)
    missed = [
        (place, bit)
        for place, bit in product(range(len(data)), range(8))
        if holds(data[:place] + bytes((data[place] ^ 1 << bit,)) + data[place + 1 :])
    ]
    assert missed == []


def test_every_cut_of_a_cosigned_checkpoint_is_found() -> None:
    data = cosigned(CHECKPOINT.signed(LOG), WITNESS, TIME).encoded()
    whole = CHECKPOINT.signed(LOG).encoded()
    for length in range(len(data)):
        if data[:length] != whole:
            with pytest.raises(InvalidNote):
                opened(data[:length], LOG.verifier)


lines = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda one: one >= " "), min_size=1)
checkpoints = st.builds(
    Checkpoint, lines, st.integers(0, MAX_TREE_SIZE), st.binary(min_size=32, max_size=32), st.lists(lines).map(tuple)
)


@given(checkpoints)
def test_every_checkpoint_is_read_as_it_was_written(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@given(st.text("0123456789+-/=AZaz\n\r \t\u00e9", max_size=60))
def test_whatever_is_read_as_a_checkpoint_is_what_it_writes(text: str) -> None:
    for candidate in (text, f"a\n{text}", f"a\n1\n{'A' * 43}=\n{text}"):
        try:
            checkpoint = Checkpoint.parse(candidate)
        except InvalidNote:
            continue
        assert checkpoint.text == candidate
