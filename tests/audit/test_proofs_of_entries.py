"""A proof that an entry is in the log holds without the log, and nothing in its file can be changed unseen."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from auditkit import EVENTS, Office, forging, now

from ledger import verify_proof
from ledger.errors import Damaged, LedgerError
from ledger.store import ReadSet, StoredEvent, create_record
from ledger.transparency.notes import SigningKey
from ledger.transparency.tlog_proofs import TlogProof


def proof_of(office: Office, subject: str) -> Path:
    place = office.base / "entry.tlog-proof"
    office.done("prove", subject, "-o", str(place))
    return place


def shown(office: Office, place: Path) -> dict[str, Any]:
    """What the proof shows to somebody who has neither the ledger nor any of its settings."""
    result = office.say("verify-proof", str(place), "--key", office.vkey, "--json", elsewhere=True)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def leaf_at(office: Office, position: int) -> object:
    with closing(sqlite3.connect(office.file)) as reader:
        return json.loads(reader.execute("SELECT leaf FROM event WHERE position = ?", (position,)).fetchone()[0])


@pytest.mark.parametrize("position", range(1, EVENTS + 1))
def test_each_entry_is_proved_by_its_position(
    office: Office, position: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place, leaf = proof_of(office, str(position)), leaf_at(office, position)
    (tmp_path / "nowhere").mkdir()
    monkeypatch.chdir(tmp_path / "nowhere")
    answer = shown(office, place)
    assert (answer["position"], answer["size"], answer["leaf"]) == (position, EVENTS, leaf)


def test_an_entry_is_proved_by_subject_and_version_and_a_decision_by_its_name(office: Office) -> None:
    assert shown(office, proof_of(office, "r7/1"))["position"] == 7
    assert shown(office, proof_of(office, "root/2"))["position"] == 4
    office.done("decide", "Buy a bus", "--in", "root", "--type", "purchase", "--me", "eva")
    name = json.loads(office.done("decisions", "--json"))[0]["decision"]
    # Of a decision alone it is the making of it, which comes after the matter was raised.
    for subject, version in ((name, 2), (name[:6], 2), (f"{name}/1", 1)):
        entry = shown(office, proof_of(office, subject))["leaf"]["entry"]
        assert (entry["stream"], entry["version"]) == (name, version)


def test_a_proof_is_printed_as_it_is_written(office: Office) -> None:
    place = proof_of(office, "5")
    assert office.done("prove", "5").encode() == place.read_bytes()
    assert json.loads(office.done("prove", "5", "--json"))["proof"].encode() == place.read_bytes()


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("0", "position.beyond"),
        (str(EVENTS + 1), "position.beyond"),
        (str(2**63 - 1), "position.beyond"),
        (str(2**63), "position.beyond"),
        ("9" * 5000, "name.unknown"),
        ("nobody", "name.unknown"),
        ("r7/2", "entry.unknown"),
        ("D-zzzzzzzzzz", "name.unknown"),
    ],
    ids=lambda each: each[:20],
)
def test_what_is_not_there_cannot_be_proved(office: Office, subject: str, code: str) -> None:
    assert office.fails("prove", subject) == (3, code)


def test_nothing_is_proved_of_an_entry_that_was_altered(office: Office) -> None:
    for statement in (
        "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'Title', 'Tutle') AS BLOB) WHERE position = 7",
        "UPDATE event SET leaf_hash = zeroblob(32) WHERE position = 8",
        "DELETE FROM event WHERE position = 7",
    ):
        with forging(office.file) as forger:
            forger.execute(statement)
        assert office.fails("prove", "7") == (4, "proof.impossible")


def test_a_proof_does_not_hold_for_another_key(office: Office) -> None:
    place, origin = proof_of(office, "5"), office.vkey.partition("+")[0]
    for key in (SigningKey.generate(origin), SigningKey.generate("tillit/another-00000000")):
        words = ("verify-proof", str(place), "--key", str(key.verifier))
        assert office.fails(*words, elsewhere=True) == (4, "proof.wrong")
        # One key that is trusted is enough.
        assert office.say(*words, "--key", office.vkey, elsewhere=True).exit_code == 0
    assert office.fails("verify-proof", str(place), "--key", "nonsense", elsewhere=True) == (2, "verify.key")
    assert office.fails("verify-proof", str(place), elsewhere=True)[0] == 2


@pytest.mark.parametrize("subject", ["1", "7", str(EVENTS)])
def test_every_bit_of_a_proof_counts(office: Office, subject: str) -> None:
    whole = proof_of(office, subject).read_bytes()
    unfound = []
    for bit in range(8 * len(whole)):
        turned = bytearray(whole)
        turned[bit // 8] ^= 1 << bit % 8
        try:
            verify_proof(bytes(turned), [office.vkey])
        except LedgerError:
            continue
        unfound.append(bit)
    assert unfound == []


def test_no_byte_can_be_cut_off_or_added(office: Office) -> None:
    whole = proof_of(office, "7").read_bytes()
    lines = whole.splitlines(keepends=True)
    without = [b"".join(lines[:at] + lines[at + 1 :]) for at in range(len(lines))]
    twice = [b"".join([*lines[:at], lines[at], *lines[at:]]) for at in range(len(lines))]
    more = [whole + b"\n", b"\n" + whole, whole + b" ", whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole]
    for forged in (*(whole[:end] for end in range(len(whole))), *without, *twice, *more):
        with pytest.raises(LedgerError):
            verify_proof(forged, [office.vkey])


def test_the_entry_of_one_place_does_not_prove_another(office: Office) -> None:
    one, other = (TlogProof.parse(proof_of(office, subject).read_bytes()) for subject in ("7", "8"))
    for forged in (
        TlogProof(other.index, one.hashes, one.checkpoint, one.extra),
        TlogProof(one.index, other.hashes, one.checkpoint, one.extra),
        TlogProof(one.index, one.hashes, one.checkpoint, other.extra),
    ):
        with pytest.raises(Damaged) as damaged:
            verify_proof(forged.encoded(), [office.vkey])
        assert damaged.value.code == "proof.wrong"


def test_a_proof_without_an_entry_shows_nothing(office: Office) -> None:
    proof = TlogProof.parse(proof_of(office, "7").read_bytes())
    place = office.base / "bare.tlog-proof"
    place.write_bytes(TlogProof(proof.index, proof.hashes, proof.checkpoint).encoded())
    assert office.fails("verify-proof", str(place), "--key", office.vkey) == (1, "proof.no_leaf")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "proof.malformed"),
        (b"\n\n", "proof.malformed"),
        (b"\x00" * 5000, "proof.malformed"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n\n", "proof.malformed"),
        (b"SQLite format 3\x00" + bytes(100), "proof.malformed"),
        (b"\xff\xfe" * 3000, "proof.malformed"),
        (b"[" * 100_000, "proof.malformed"),
        (b"index " + b"9" * 900_000 + b"\n\nx\n", "proof.malformed"),
        (b"a" * 1_000_001, "file.too_large"),
    ],
    ids=range(9),
)
def test_a_file_of_another_kind_is_refused_in_one_sentence(office: Office, data: bytes, code: str) -> None:
    place = office.base / "foreign"
    place.write_bytes(data)
    assert office.fails("verify-proof", str(place), "--key", office.vkey) == (2, code)


def test_a_folder_and_what_is_not_there_are_no_proofs(office: Office) -> None:
    for place in (office.base, office.base / "nowhere"):
        assert office.fails("verify-proof", str(place), "--key", office.vkey)[0] in {1, 2, 3}
    assert office.fails("verify-proof", str(office.file), "--key", office.vkey)[0] == 2
    # Nothing is read from the standard input.
    assert office.say("verify-proof", "-", "--key", office.vkey, stdin=b"\x00nonsense").exit_code in {2, 3}


def test_a_proof_out_of_a_large_log_reads_few_tiles(tmp_path: Path) -> None:
    # Without this, a proof would read every hash before it: what is counted are statements, no time.
    key = SigningKey.generate("test/1")
    with create_record(tmp_path / "ledger.db", "test/1", now) as record:
        for batch in range(70):
            events = [
                StoredEvent("R-1", version, "test.happened.v1", b'{"kind":"test.happened.v1","n":%d}' % version)
                for version in range(batch * 1000 + 1, batch * 1000 + 1001)
            ]
            record.append(events, read=ReadSet(record.head().position, {}))
        from ledger.proving import prove
        from ledger.transparency.checkpoints import Checkpoint

        tree = record.tree()
        note = Checkpoint("test/1", tree.size, tree.root()).signed(key).encoded()
        said: list[str] = []
        with record.database.glancing() as eye:
            eye.set_trace_callback(said.append)  # type: ignore[attr-defined] # it is SQLite's own
        for position in (1, 255, 256, 257, 35_000, 65_536, 65_537, 70_000):
            said.clear()
            proof = prove(record, note, position)
            # Three levels of tiles, and beside each the tile in which its level ends.
            assert len(said) <= 7, said
            assert TlogProof.parse(proof).index == position - 1
