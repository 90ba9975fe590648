from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from exportkit import KEY, KEYS, ORIGIN, Memory, broken, edited, entry, exported, files, log_of, verified
from hypothesis import given
from hypothesis import strategies as st

from cli.main import root as root_command
from ledger.errors import Malformed
from ledger.publishing.forks import MAX_FORK, ForkProof, fork_proof
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note, SigningKey
from ledger.transparency.proofs import consistency_proof, root
from ledger.transparency.tiles import TiledNodes

LOG = log_of(700)
FORKED = Memory.of(entry(number, "nej" if number == 41 else "hej") for number in range(700))
OTHER = SigningKey("example.org/other", 1, bytes(32))


def proof_between(first: int, second: int) -> ForkProof:
    return fork_proof(LOG.note(first), FORKED.note(second), TiledNodes(FORKED.tile).node)


@given(st.integers(42, 700), st.integers(42, 700))
def test_two_signed_histories_make_a_proof_for_everyone_who_knows_the_key(one: int, other: int) -> None:
    first, second = sorted((one, other))
    proof = proof_between(first, second)
    read = ForkProof.parse(proof.encoded())
    assert read == proof
    fork = read.verify(KEYS)
    assert (fork.origin, fork.first.size, fork.second.size) == (ORIGIN, first, second)


def test_a_proof_is_a_small_text() -> None:
    data = proof_between(500, 700).encoded()
    assert data.decode().startswith("tillit.fork-proof@v1\nroot ")
    assert len(data) < 2_000


def test_what_a_proof_shows_is_said_in_a_sentence() -> None:
    assert str(proof_between(500, 700).verify(KEYS)) == (
        f"The log {ORIGIN} signed a history of 500 entries, and another of 700 that does not begin with it."
    )
    assert str(proof_between(500, 500).verify(KEYS)) == (
        f"The log {ORIGIN} signed two different histories of 500 entries."
    )


def unproved(proof: ForkProof, *keys: SigningKey) -> str:
    with pytest.raises(Malformed) as error:
        proof.verify([key.verifier for key in keys or (KEY,)])
    assert error.value.code == "export.fork_unproved"
    return str(error.value)


@given(st.integers(1, 700), st.integers(1, 700))
def test_a_log_that_only_grew_is_never_shown_to_have_forked(one: int, other: int) -> None:
    first, second = sorted((one, other))
    proof = fork_proof(LOG.note(first), LOG.note(second), TiledNodes(LOG.tile).node)
    assert "begins with that of the first" in unproved(proof)


def test_before_the_histories_part_there_is_no_fork() -> None:
    assert "begins with that of the first" in unproved(proof_between(41, 700))


def test_who_knows_another_key_is_shown_nothing() -> None:
    assert "None of the known keys" in unproved(proof_between(42, 700), OTHER)


def test_a_proof_signed_by_one_who_is_not_the_log_shows_nothing() -> None:
    text = FORKED.checkpoint(500).text
    forged = Note(text, (OTHER.signature(text),))
    proof = ForkProof(Note.parse(LOG.note(500)), forged)
    assert "did not sign" in unproved(proof, KEY, OTHER)


def test_checkpoints_of_two_logs_are_no_fork() -> None:
    other = Checkpoint(OTHER.name, 5, bytes(32)).signed(OTHER)
    assert "of two logs" in unproved(ForkProof(Note.parse(LOG.note(5)), other), KEY, OTHER)


def test_a_consistency_proof_that_leads_elsewhere_shows_nothing() -> None:
    first, second = Note.parse(LOG.note(42)), Note.parse(FORKED.note(700))
    node = TiledNodes(LOG.tile).node
    assert "does not lead to" in unproved(
        ForkProof(first, second, root(41, node), tuple(consistency_proof(42, 700, node)))
    )
    right = proof_between(42, 700)
    assert "hashes" in unproved(ForkProof(first, second, right.root, right.hashes[:-1]))
    assert "does not lead to" in unproved(ForkProof(first, second, bytes(32), right.hashes))
    assert "a consistency proof" in unproved(ForkProof(first, second))
    assert "does not shrink" in unproved(ForkProof(second, first, right.root, right.hashes))


def test_two_checkpoints_of_one_size_need_no_more_and_may_have_no_more() -> None:
    proof = proof_between(500, 500)
    assert (proof.root, proof.hashes) == (None, ())
    assert "nothing else" in unproved(ForkProof(proof.first, proof.second, bytes(32)))


def test_nothing_is_proved_of_an_empty_log() -> None:
    empty = Note.parse(Checkpoint(ORIGIN, 0, bytes(32)).signed(KEY).encoded())
    assert "nothing to prove" in unproved(ForkProof(empty, Note.parse(FORKED.note(5)), bytes(32)))


def read_or_refused(data: bytes) -> ForkProof | None:
    refusals: list[Malformed] = []
    with capturing(refusals):
        return ForkProof.parse(data)
    assert [error.code for error in refusals] == ["export.fork"]
    assert str(refusals[0]).isprintable()
    return None


@contextmanager
def capturing(refusals: list[Malformed]) -> Iterator[None]:
    try:
        yield
    except Malformed as error:
        refusals.append(error)


@pytest.mark.parametrize("sizes", [(42, 700), (500, 500)])
def test_one_way_only_to_write_a_proof_is_read(sizes: tuple[int, int]) -> None:
    data = proof_between(*sizes).encoded()
    for place in range(len(data)):
        for bit in (0, 5):
            other = bytearray(data)
            other[place] ^= 1 << bit
            read = read_or_refused(bytes(other))
            if read is not None:
                # What can be read is what was flipped, and proves nothing.
                assert read.encoded() == other
                unproved(read)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n\n\n\n\n\n\n",
        b"tillit.fork-proof@v1\n\n",
        b"x" * (MAX_FORK + 1),
        b"\n\n" * MAX_FORK,
        proof_between(42, 700).encoded() + b"\n",
        proof_between(42, 700).encoded()[:-1],
        proof_between(42, 700).encoded().replace(b"\n", b"\r\n"),
        proof_between(42, 700).encoded().replace(b"@v1", b"@v2"),
        proof_between(42, 700).encoded().replace(b"root ", b"root  "),
        proof_between(42, 700).encoded().replace(b"root ", "röt ".encode()),
    ],
)
def test_what_is_no_proof_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Malformed) as error:
        ForkProof.parse(data)
    assert error.value.code == "export.fork"
    assert str(error.value).isprintable()


def test_a_tree_that_does_not_reach_so_far_makes_no_proof() -> None:
    with pytest.raises(TransparencyError):
        fork_proof(LOG.note(42), FORKED.note(700), TiledNodes(log_of(600).tile).node)


# As a verifier meets them.


@pytest.mark.parametrize(("kept", "held"), [(42, 700), (256, 700), (700, 700), (42, 42), (300, 301)])
def test_verifying_an_export_against_a_kept_checkpoint_writes_the_proof(tmp_path: Path, kept: int, held: int) -> None:
    exported(FORKED, tmp_path / "out", held)
    finding = verified(tmp_path / "out", LOG.note(kept))["known"]
    assert finding.damage is not None
    assert finding.damage.what == "damage.history"
    assert finding.fork is not None
    fork = ForkProof.parse(finding.fork).verify(KEYS)
    assert (fork.first.size, fork.second.size) == (kept, held)


def test_two_checkpoints_of_one_size_are_a_fork_whatever_lies_in_the_folder(tmp_path: Path) -> None:
    exported(FORKED, tmp_path / "out")
    for path in files(tmp_path / "out"):
        if path != "checkpoint":
            (tmp_path / "out" / path).unlink()
    assert broken(tmp_path / "out", LOG.note()) == [("damage.missing", 1), ("damage.history", 1)]


def test_an_entry_that_was_edited_in_an_export_is_no_fork(tmp_path: Path) -> None:
    exported(LOG, tmp_path / "out")
    edited(tmp_path / "out", "tile/entries/000", lambda data: data.replace(entry(41), entry(41, "nej")))
    assert broken(tmp_path / "out", LOG.note(300)) == [("damage.leaf_hash", 42)]


def test_an_export_whose_checkpoint_nobody_signed_is_no_fork(tmp_path: Path) -> None:
    exported(FORKED, tmp_path / "out")
    text = FORKED.checkpoint().text
    (tmp_path / "out/checkpoint").write_bytes(Note(text, (OTHER.signature(text),)).encoded())
    assert broken(tmp_path / "out", LOG.note(300)) == [("damage.signature", None), ("damage.history", 1)]


def test_an_export_that_does_not_make_its_own_checkpoint_is_no_fork(tmp_path: Path) -> None:
    note = LOG.note()
    exported(FORKED, tmp_path / "out")
    (tmp_path / "out/checkpoint").write_bytes(note)
    assert broken(tmp_path / "out", LOG.note(300)) == [("damage.root", 1), ("damage.history", 1)]
    findings = [*verified(tmp_path / "out", LOG.note(300)).values()]
    assert all(one.fork is None for one in findings)


@pytest.mark.parametrize(
    ("proof", "key", "exit_code", "said"),
    [
        (proof_between(500, 700), KEY, 0, "another of 700 that does not begin with it"),
        (proof_between(500, 700), OTHER, 4, "The fork proof shows no fork: None of the known keys"),
        (proof_between(41, 700), KEY, 4, "begins with that of the first"),
    ],
)
def test_whoever_is_handed_a_proof_checks_it_by_the_command_without_a_ledger(
    tmp_path: Path, proof: ForkProof, key: SigningKey, exit_code: int, said: str
) -> None:
    (tmp_path / "fork.txt").write_bytes(proof.encoded())
    words = ["verify-proof", str(tmp_path / "fork.txt"), "--key", str(key.verifier)]
    result = CliRunner().invoke(root_command, words)
    assert (result.exit_code, said in result.output) == (exit_code, True)
    told = CliRunner().invoke(root_command, [*words, "--json"])
    assert told.exit_code == exit_code
    if exit_code == 0:
        assert json.loads(told.stdout) == {"log": ORIGIN, "first": 500, "second": 700}


def test_what_only_begins_like_a_fork_proof_is_none(tmp_path: Path) -> None:
    for text in ("tillit.fork-proof@v2\n", "tillit.fork-proof@v1\n\n"):
        (tmp_path / "fork.txt").write_text(text)
        words = ["verify-proof", str(tmp_path / "fork.txt"), "--key", str(KEY.verifier)]
        result = CliRunner().invoke(root_command, words)
        assert (result.exit_code, "This is no fork proof" in result.stderr) == (2, True)
