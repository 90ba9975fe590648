from __future__ import annotations

import base64
import dataclasses
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_tree import LEAF_HASHES, hashes, path, tree_hash

from ledger.transparency.checkpoints import MAX_TREE_SIZE, Checkpoint, cosigned
from ledger.transparency.errors import InvalidNote, InvalidProof, TransparencyError
from ledger.transparency.notes import COSIGNATURE_V1, SigningKey
from ledger.transparency.policies import Policy
from ledger.transparency.tlog_proofs import MAX_EXTRA, MAX_HASHES, TlogProof

ORIGIN = "example.com/log"
LOG = SigningKey(ORIGIN, 1, bytes(range(32)))
WITNESS = SigningKey("witness.example", COSIGNATURE_V1, bytes(range(1, 33)))
KEY = LOG.verifier


def proof_of(index: int, size: int, extra: bytes = b"") -> TlogProof:
    """That leaf `index` of plain_tree, whose bytes are its number, is among the first `size`."""
    note = Checkpoint(ORIGIN, size, tree_hash(0, size)).signed(LOG)
    return TlogProof(index, tuple(hashes(path(index, 0, size))), note, extra)


# A proof that another implementation shows in its manual.
FOREIGN = """c2sp.org/tlog-proof@v1
index 0
rqPLszb01JTYtaFXrt/EgKRabefAlo4IVDOyFPm0Hvc=

example.com/log
2
JCMzOarc7fKH0mJBPwPAKOuNs5ft0yooeAkRUbmb8g8=

— example.com/log Jb1BsEv3/w9bI0H3Gl/pRDxTUJhhRdecWoVgxutGU/6cc46BXi6x0pcO78xtvdZoyfNtc3d3Dpx6I3c/L0c1DvqWQAo=
"""
TEXT = proof_of(2, 5, b"why").encoded().decode()


def test_a_proof_of_another_implementation_is_read() -> None:
    proof = TlogProof.parse(FOREIGN.encode())
    assert (proof.index, len(proof.hashes), proof.extra) == (0, 1, b"")
    assert Checkpoint.parse(proof.checkpoint.text).size == 2
    assert proof.encoded().decode() == FOREIGN


def test_a_proof_is_the_lines_of_the_specification() -> None:
    head, _, note = TEXT.partition("\n\n")
    lines = head.split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra d2h5", "index 2"]
    assert [base64.b64decode(line) for line in lines[3:]] == hashes(path(2, 0, 5))
    assert note.startswith("example.com/log\n5\n")


def test_a_leaf_that_is_in_the_log_is_proved() -> None:
    for size in range(1, 20):
        for index in range(size):
            proof = TlogProof.parse(proof_of(index, size).encoded())
            assert proof.verify(b"%d" % index, KEY) == Checkpoint(ORIGIN, size, tree_hash(0, size))
            assert proof.verify_hash(LEAF_HASHES[index], KEY).size == size


def test_another_leaf_another_place_or_another_hash_is_not_proved() -> None:
    proof = proof_of(2, 5)
    for wrong in (
        dataclasses.replace(proof, index=3),
        dataclasses.replace(proof, index=7),
        dataclasses.replace(proof, hashes=proof.hashes[:-1]),
        dataclasses.replace(proof, hashes=(*proof.hashes, bytes(32))),
        dataclasses.replace(proof, hashes=proof.hashes[::-1]),
    ):
        with pytest.raises(InvalidProof):
            wrong.verify(b"2", KEY)
    with pytest.raises(InvalidProof):
        proof.verify(b"3", KEY)
    with pytest.raises(InvalidProof):
        proof.verify(LEAF_HASHES[2], KEY)
    with pytest.raises(InvalidProof):
        proof.verify_hash(b"2", KEY)


def test_a_checkpoint_of_another_key_or_log_proves_nothing() -> None:
    proof = proof_of(2, 5)
    with pytest.raises(InvalidNote):
        proof.verify(b"2", SigningKey.generate(ORIGIN).verifier)
    with pytest.raises(InvalidNote):
        proof.verify(b"2", KEY, "another.example")
    assert proof.verify(b"2", KEY, ORIGIN)


def test_a_proof_with_cosignatures_can_be_held_against_a_policy() -> None:
    policy = Policy.parse(f"log {KEY}\nwitness w {WITNESS.verifier}\nquorum w\n".encode())
    proof = proof_of(2, 5)
    assert not policy.met(proof.checkpoint)
    witnessed = dataclasses.replace(proof, checkpoint=cosigned(proof.checkpoint, WITNESS, 1))
    finding = policy.met(TlogProof.parse(witnessed.encoded()).checkpoint)
    assert finding
    assert witnessed.verify(b"2", finding.log) == finding.checkpoint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("c2sp.org/tlog-proof@v1\n", ""),
        ("c2sp.org/tlog-proof@v1\n", "\nc2sp.org/tlog-proof@v1\n"),
        ("extra d2h5\n", "extra !!notbase64!!\n"),
        ("extra d2h5\n", "extra d2h\n"),
        ("extra d2h5\n", "extra \n"),
        ("extra d2h5\n", "extra\n"),
        ("extra d2h5\n", "extra d2h5\nextra d2h5\n"),
        ("extra d2h5\nindex 2\n", "index 2\nextra d2h5\n"),
        ("index 2\n", ""),
        ("index 2\n", "\n"),
        ("index 2\n", "index\n"),
        ("index 2\n", "index notanumber\n"),
        ("index 2\n", "index -2\n"),
        ("index 2\n", "index 02\n"),
        ("index 2\n", "index  2\n"),
        ("index 2\n", "index 2 \n"),
        ("index 2\n", "Index 2\n"),
        ("index 2\n", f"index {MAX_TREE_SIZE + 1}\n"),
        ("index 2\n", "index 2\n!!notbase64!!\n"),
        ("index 2\n", f"index 2\n{base64.b64encode(bytes(64)).decode()}\n"),
        ("index 2\n", f"index 2\n{base64.b64encode(bytes(31)).decode()}\n"),
        ("index 2\n", "index 2\n\n"),
        ("index 2\n", "index 2\r\n"),
        ("index 2\n", "index \u00b2\n"),
        ("\n\nexample", "\nexample"),
        ("\n\nexample", "\n\n\nexample"),
        ("\n\nexample.com/log\n5\n", "\n\nexample.com/log\nfive\n"),
        ("— ", "- "),
    ],
)
def test_a_malformed_proof_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises((InvalidProof, InvalidNote)):
        TlogProof.parse(TEXT.replace(old, new, 1).encode())


def test_a_proof_that_is_cut_anywhere_is_refused() -> None:
    for length in range(len(TEXT.encode())):
        with pytest.raises((InvalidProof, InvalidNote)):
            TlogProof.parse(TEXT.encode()[:length])


def test_a_proof_has_at_most_63_hashes_and_a_million_bytes_of_extra_data() -> None:
    proof = proof_of(2, 5)
    most = dataclasses.replace(proof, hashes=(bytes(32),) * MAX_HASHES, extra=bytes(MAX_EXTRA))
    assert TlogProof.parse(most.encoded()) == most
    for change in ({"hashes": (bytes(32),) * (MAX_HASHES + 1)}, {"extra": bytes(MAX_EXTRA + 1)}):
        with pytest.raises(InvalidProof, match="at most"):
            dataclasses.replace(proof, **change)  # type: ignore[arg-type]
    line = base64.b64encode(bytes(32)) + b"\n"
    with pytest.raises(InvalidProof, match="more than 63"):
        TlogProof.parse(most.encoded().replace(line, line * 2, 1))


def test_no_proof_can_be_made_that_cannot_be_written() -> None:
    proof = proof_of(2, 5)
    for change in ({"index": -1}, {"index": MAX_TREE_SIZE + 1}, {"hashes": (bytes(31),)}):
        with pytest.raises(InvalidProof):
            dataclasses.replace(proof, **change)  # type: ignore[arg-type]


def test_every_flipped_bit_of_a_proof_is_found_but_those_of_the_extra_data() -> None:
    data = proof_of(1, 3, b"\0").encoded()
    extra = range(data.index(b"extra "), data.index(b"index"))

    def holds(changed: bytes) -> bool:
        try:
            TlogProof.parse(changed).verify(b"1", KEY)
        except TransparencyError:
            return False
        return True

    assert holds(data)
    missed = {
        place
        for place, bit in product(range(len(data)), range(8))
        if holds(data[:place] + bytes((data[place] ^ 1 << bit,)) + data[place + 1 :])
    }
    assert missed <= set(extra)


@st.composite
def tlog_proofs(draw: st.DrawFn) -> TlogProof:
    size = draw(st.integers(1, 60))
    return proof_of(draw(st.integers(0, size - 1)), size, draw(st.binary()))


@given(tlog_proofs())
def test_every_proof_is_read_as_it_was_written(proof: TlogProof) -> None:
    assert TlogProof.parse(proof.encoded()) == proof


@given(st.binary(max_size=20), st.integers(0, len(TEXT)), st.integers(0, 20))
def test_whatever_bytes_are_read_are_the_bytes_that_are_written(data: bytes, place: int, cut: int) -> None:
    whole = TEXT.encode()
    changed = whole[:place] + data + whole[place + cut :]
    try:
        proof = TlogProof.parse(changed)
    except TransparencyError:
        return
    assert proof.encoded() == changed
