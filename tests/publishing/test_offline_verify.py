from __future__ import annotations

import os
from pathlib import Path

import pytest
from exportkit import KEY, KEYS, ORIGIN, Memory, broken, edited, entry, exported, files, log_of, verified, with_leaves

from ledger.errors import Malformed, NotFound
from ledger.publishing.offline import verify_export
from ledger.transparency.checkpoints import Checkpoint, cosigned
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey
from ledger.transparency.tiles import decode_bundle, encode_bundle
from ledger.transparency.tree import leaf_hash

OTHER_KEY = SigningKey(ORIGIN, 1, bytes(32))


def test_what_a_whole_export_establishes_is_said(tmp_path: Path) -> None:
    log = log_of(300)
    exported(log, tmp_path / "out")
    findings = verify_export(tmp_path / "out", KEYS, [log.note(200), log.note(17)])
    assert [(one.check, one.said) for one in findings] == [
        ("checkpoint", f"300 entries of {ORIGIN}, signed with a known key"),
        ("entries", "300 entries in 7 streams: bytes, order and versions as written"),
        ("tiles", "the hashes of every level are those of the entries"),
        ("root", "the 300 entries make the tree of the checkpoint"),
        ("known", "entries up to 17 are those of a checkpoint that was kept"),
        ("known", "entries up to 200 are those of a checkpoint that was kept"),
        ("coverage", "entries 1 to 200 are fixed by a checkpoint that was kept; 201 to 300 by the log alone"),
        ("files", "nothing else lies in the folder"),
    ]
    assert "nothing kept outside fixes these 300 entries" in verified(tmp_path / "out")["coverage"].said
    assert verified(tmp_path / "out", log.note())["coverage"].said.startswith("entries 1 to 300 are fixed")


def test_progress_is_told_bundle_by_bundle(tmp_path: Path) -> None:
    exported(log_of(600), tmp_path / "out")
    told: list[tuple[int, int]] = []
    verify_export(tmp_path / "out", KEYS, progress=lambda done, of: told.append((done, of)))
    assert told == [(256, 600), (512, 600), (600, 600)]


# The attacks of the audit's table, on an export.


def test_an_entry_that_was_edited_crudely_is_told_from_a_tile_that_was(tmp_path: Path) -> None:
    log = log_of(300)
    exported(log, tmp_path / "entry")
    edited(tmp_path / "entry", "tile/entries/000", lambda data: data.replace(entry(41), entry(41, "nej")))
    assert broken(tmp_path / "entry", log.note(41), log.note(42)) == [("damage.leaf_hash", 42)]
    exported(log, tmp_path / "tile")
    edited(tmp_path / "tile", "tile/0/000", lambda data: data.replace(leaf_hash(entry(41)), bytes(32)))
    assert broken(tmp_path / "tile", log.note(41), log.note(42)) == [("damage.leaf_hash", 42)]
    assert verified(tmp_path / "entry")["entries"].damage
    assert "tiles" not in verified(tmp_path / "entry")
    assert verified(tmp_path / "tile")["tiles"].damage
    assert verified(tmp_path / "tile")["entries"].whole


def test_an_entry_edited_with_all_hashes_to_match_is_found_by_the_signature(tmp_path: Path) -> None:
    log = log_of(300)
    note = log.note()
    exported(Memory.of(entry(number, "nej" if number == 41 else "hej") for number in range(300)), tmp_path / "out")
    (tmp_path / "out/checkpoint").write_bytes(note)
    assert broken(tmp_path / "out") == [("damage.root", 1)]
    assert broken(tmp_path / "out", log.note(41)) == [("damage.root", 42)]
    assert broken(tmp_path / "out", log.note(41), log.note(43)) == [("damage.root", 42), ("damage.history", 42)]


def test_a_history_signed_anew_by_another_key_is_found(tmp_path: Path) -> None:
    with_leaves(tmp_path / "out", [entry(number, "nej") for number in range(9)], OTHER_KEY)
    assert broken(tmp_path / "out") == [("damage.signature", None)]


def test_a_history_signed_anew_with_the_key_is_found_by_who_kept_a_checkpoint(tmp_path: Path) -> None:
    log = log_of(300)
    with_leaves(tmp_path / "out", [entry(number, "nej" if number == 41 else "hej") for number in range(300)])
    assert broken(tmp_path / "out") == []
    assert broken(tmp_path / "out", log.note(41)) == []
    assert broken(tmp_path / "out", log.note(42)) == [("damage.history", 1)]
    assert broken(tmp_path / "out", log.note(42), log.note(41), log.note(290)) == [("damage.history", 42)] * 2


def test_a_tail_that_was_cut_is_found_by_who_kept_a_checkpoint(tmp_path: Path) -> None:
    log = log_of(300)
    exported(log, tmp_path / "out", 280)
    assert broken(tmp_path / "out", log.note(280)) == []
    assert broken(tmp_path / "out", log.note()) == [("damage.behind", 281)]


def test_an_entry_taken_out_put_in_or_swapped_is_found(tmp_path: Path) -> None:
    leaves = [entry(number) for number in range(9)]
    exported(Memory.of(leaves), tmp_path / "out")
    original = (tmp_path / "out/tile/entries/000.p/9").read_bytes()
    for new, damage in (
        (leaves[:3] + leaves[4:], ("damage.malformed", 1)),
        ([*leaves, entry(9)], ("damage.malformed", 1)),
        ([*leaves[:3], leaves[4], leaves[3], *leaves[5:]], ("damage.leaf_hash", 4)),
    ):
        (tmp_path / "out/tile/entries/000.p/9").write_bytes(encode_bundle(new))
        assert broken(tmp_path / "out") == [damage]
    assert decode_bundle(original) == leaves


@pytest.mark.parametrize("kept", ["the note", "its lines", "its lines as an editor saved them"])
def test_a_checkpoint_may_have_been_kept_as_its_three_lines(tmp_path: Path, kept: str) -> None:
    log = log_of(20)
    exported(log, tmp_path / "out")

    def as_kept(other: Memory) -> bytes:
        text = other.checkpoint(12).text
        forms = {"the note": other.note(12), "its lines": text.encode()}
        return forms.get(kept, b"\r\n" + text.rstrip().replace("\n", "\r\n").encode())

    assert broken(tmp_path / "out", as_kept(log)) == []
    other = Memory.of(entry(number, "nej") for number in range(12))
    assert broken(tmp_path / "out", as_kept(other)) == [("damage.history", 1)]
    finding = verified(tmp_path / "out", as_kept(other))["known"]
    assert (finding.fork is not None) == (kept == "the note")


def test_a_kept_checkpoint_of_another_log_is_told(tmp_path: Path) -> None:
    exported(log_of(9), tmp_path / "out")
    other = Checkpoint("example.org/other\x9b2J", 5, bytes(32)).text.encode()
    assert broken(tmp_path / "out", other) == [("damage.other_log", None)]


@pytest.mark.parametrize(
    "known",
    [
        b"",
        b"a letter\x1b[2J",
        b"x" * 1_000_001,
        log_of(5).note(key=OTHER_KEY),
        log_of(5).note()[:-2] + b"\n",
        Checkpoint("example.org/x\x9b", 5, bytes(32)).text.encode() + "\n\u2014 a\x9b AAAAAAAA\n".encode(),
    ],
)
def test_what_cannot_have_been_kept_is_refused_before_anything_is_read(tmp_path: Path, known: bytes) -> None:
    with pytest.raises(Malformed) as error:
        verify_export(tmp_path / "away", KEYS, [known])
    assert error.value.code == "export.known"
    assert str(error.value).isprintable()


def test_a_witness_does_not_sign_in_the_place_of_the_log(tmp_path: Path) -> None:
    log = log_of(9)
    exported(log, tmp_path / "out")
    witness = SigningKey("witness.example/w", COSIGNATURE_V1, bytes(32))
    note = cosigned(Note.parse(log.note()), witness, 1_700_000_000)
    (tmp_path / "out/checkpoint").write_bytes(Note(note.text, note.signatures[1:]).encoded())
    findings = verify_export(tmp_path / "out", [*KEYS, witness.verifier])
    assert [one.damage.what for one in findings if one.damage] == ["damage.signature"]
    (tmp_path / "out/checkpoint").write_bytes(note.encoded())
    assert all(one.whole for one in verify_export(tmp_path / "out", [*KEYS, witness.verifier]))


def test_a_key_of_another_name_does_not_sign_for_the_log(tmp_path: Path) -> None:
    log = log_of(9)
    exported(log, tmp_path / "out")
    other = SigningKey("example.org/other", 1, bytes(32))
    text = log.checkpoint().text
    (tmp_path / "out/checkpoint").write_bytes(Note(text, (other.signature(text),)).encoded())
    findings = verify_export(tmp_path / "out", [other.verifier])
    assert [one.damage.what for one in findings if one.damage] == ["damage.signature"]


def test_without_a_key_nothing_is_verified(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as error:
        verify_export(tmp_path, [])
    assert error.value.code == "export.no_keys"


def test_where_there_is_no_folder_there_is_no_verification(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as error:
        verify_export(tmp_path / "away", KEYS)
    assert error.value.code == "export.missing"


def test_a_file_that_is_missing_is_named_with_the_first_entry_in_it(tmp_path: Path) -> None:
    exported(log_of(600), tmp_path / "out")
    positions = {
        "tile/0/001": 257,
        "tile/0/002.p/88": 513,
        "tile/1/000.p/2": 1,
        "tile/entries/000": 1,
        "tile/entries/001": 257,
        "tile/entries/002.p/88": 513,
    }
    for path, position in positions.items():
        (tmp_path / "out" / path).rename(tmp_path / "kept")
        assert broken(tmp_path / "out") == [("damage.missing", position)]
        damage = next(one.damage for one in verified(tmp_path / "out").values() if one.damage)
        assert path in str(damage)
        (tmp_path / "kept").rename(tmp_path / "out" / path)
    (tmp_path / "out/checkpoint").unlink()
    assert broken(tmp_path / "out") == [("export.missing", None)]


def test_a_full_tile_may_stand_in_the_place_of_a_partial_one(tmp_path: Path) -> None:
    log = log_of(300)
    exported(log, tmp_path / "full")
    exported(log, tmp_path / "out", 200)
    for kind in ("0", "entries"):
        (tmp_path / f"out/tile/{kind}/000.p/200").unlink()
        (tmp_path / f"full/tile/{kind}/000").rename(tmp_path / f"out/tile/{kind}/000")
    assert broken(tmp_path / "out") == []
    assert verified(tmp_path / "out")["files"].said == "nothing else lies in the folder"


@pytest.mark.parametrize("kind", ["0", "entries"])
def test_an_older_partial_file_that_says_otherwise_is_found(tmp_path: Path, kind: str) -> None:
    log = log_of(9)
    exported(log, tmp_path / "out", 5)
    exported(log, tmp_path / "out", 9)
    edited(tmp_path / "out", f"tile/{kind}/000.p/5", lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    assert broken(tmp_path / "out") == [("damage.partial", 5)]
    edited(tmp_path / "out", f"tile/{kind}/000.p/5", lambda _: b"")
    assert broken(tmp_path / "out") == [("damage.malformed", 1)]


def test_a_hash_of_a_higher_level_that_was_altered_is_found_at_the_first_entry_below_it(tmp_path: Path) -> None:
    exported(log_of(65_600), tmp_path / "out")
    edited(tmp_path / "out", "tile/1/000", lambda data: data[:96] + bytes(32) + data[128:])
    assert broken(tmp_path / "out") == [("damage.tile", 769)]
    exported(log_of(600), tmp_path / "small")
    edited(tmp_path / "small", "tile/1/000.p/2", lambda data: data[:32] + bytes(32))
    assert broken(tmp_path / "small") == [("damage.tile", 257)]


def test_entries_and_tiles_that_were_both_altered_are_found_with_the_root(tmp_path: Path) -> None:
    exported(log_of(300), tmp_path / "out")
    edited(tmp_path / "out", "tile/entries/000", lambda data: data.replace(entry(41), entry(41, "nej")))
    edited(tmp_path / "out", "tile/0/001.p/44", lambda data: bytes(32) + data[32:])
    assert broken(tmp_path / "out") == [("damage.leaf_hash", 42), ("damage.root", 1)]


def test_an_empty_log_is_whole_if_its_root_is_that_of_nothing(tmp_path: Path) -> None:
    exported(log_of(0), tmp_path / "out")
    assert broken(tmp_path / "out", log_of(0).note()) == []
    (tmp_path / "out/checkpoint").write_bytes(Checkpoint(ORIGIN, 0, bytes(32)).signed(KEY).encoded())
    assert broken(tmp_path / "out") == [("damage.root", None)]


def test_other_files_are_named_and_not_read(tmp_path: Path) -> None:
    out = tmp_path / "out"
    exported(log_of(300), out)
    (out / "readme\x1b[2J.txt").write_text("hej")
    (out / "tile/0/007").write_bytes(b"what a killed export left")
    (out / "more").mkdir()
    (out / "more/inside").write_text("nobody looks here")
    said = verified(out)["files"].said
    assert said == (
        r"not looked at, since the checkpoint does not lead there: more, readme\x1b[2J.txt, tile/0/007 (3 in all)"
    )


def flips(folder: Path) -> int:
    """One bit flipped at a time, of a sample of the bytes or of all; says how many, having seen each one found."""
    stride, bits = (1, range(8)) if os.environ.get("TILLIT_EVERY_BIT") else (7, None)
    count = 0
    for path, data in files(folder).items():
        every = 1 if path == "checkpoint" else stride
        for place in range(count % every, len(data), every):
            for bit in bits or [count % 8]:
                with (folder / path).open("r+b") as file:
                    os.pwrite(file.fileno(), bytes([data[place] ^ 1 << bit]), place)
                    assert broken(folder), (path, place, bit)
                    os.pwrite(file.fileno(), data[place : place + 1], place)
                count += 1
    return count


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    log = log_of(40)
    exported(log, tmp_path / "out", 3)
    exported(log, tmp_path / "out")
    assert flips(tmp_path / "out") > 1_000
    assert broken(tmp_path / "out") == []
