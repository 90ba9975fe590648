from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from exportkit import KEY, KEYS, ORIGIN, Memory, broken, edited, entry, exported, files, log_of, verified

from ledger.canonical import canonical, parse
from ledger.errors import Malformed, NotFound
from ledger.publishing.offline import verify_export
from ledger.publishing.tlog import export_tlog
from ledger.transparency.checkpoints import Checkpoint, cosigned
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey
from ledger.transparency.tiles import decode_bundle, encode_bundle
from ledger.transparency.tree import leaf_hash

OTHER_KEY = SigningKey(ORIGIN, 1, bytes(32))


def with_leaves(folder: Path, leaves: list[bytes], key: SigningKey = KEY) -> None:
    """An export of these entries, whatever they are, made and signed as the log would."""
    exported(log := Memory.of(leaves), folder)
    (folder / "checkpoint").write_bytes(log.note(key=key))


def with_fields(**fields: object) -> Callable[[bytes], bytes]:
    return lambda leaf: canonical(parse(leaf) | fields)


def with_entry(**fields: object) -> Callable[[bytes], bytes]:
    def edit(leaf: bytes) -> bytes:
        whole = parse(leaf)
        inner = whole["entry"]
        assert isinstance(inner, dict)
        return canonical(whole | {"entry": {**inner, **fields}})

    return edit


def without(field: str) -> Callable[[bytes], bytes]:
    return lambda leaf: canonical({key: value for key, value in parse(leaf).items() if key != field})


# What somebody with the log's key could sign, and nobody may believe.
BROKEN_ENTRIES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a space between": (lambda leaf: leaf.replace(b":{", b": {", 1), "damage.leaf"),
    "a field twice": (lambda leaf: leaf.replace(b'"log"', b'"log":"x","log"'), "damage.leaf"),
    "fields in another order": (lambda leaf: b'{"seq":4,' + leaf[1:].replace(b',"seq":4', b""), "damage.leaf"),
    "a float": (lambda leaf: leaf.replace(b'"seq":4', b'"seq":4.0'), "damage.leaf"),
    "a number too large": (lambda leaf: leaf.replace(b'"hej"', b"9007199254740993"), "damage.leaf"),
    "a lone surrogate": (lambda leaf: leaf.replace(b'"hej"', b'"\\ud800"'), "damage.leaf"),
    "no UTF-8": (lambda leaf: leaf.replace(b"hej", b"\xff"), "damage.leaf"),
    "no object": (lambda _: b"[]", "damage.leaf"),
    "nothing": (lambda _: b"", "damage.leaf"),
    "arrays in arrays": (lambda _: b"[" * 60_000, "damage.leaf"),
    "objects in objects": (lambda _: b'{"a":' * 13_000, "damage.leaf"),
    "an entry nested to the end": (
        lambda leaf: leaf.replace(b'"hej"', b"[" * 30_000 + b"]" * 30_000),
        "damage.leaf",
    ),
    "one field more": (with_fields(more=1), "damage.fields"),
    "one field less": (without("recorded_at"), "damage.fields"),
    "another place": (with_fields(seq=5), "damage.position"),
    "a place that is no number": (with_fields(seq="4"), "damage.position"),
    "another log": (with_fields(log="example.org/other\x1b[2J"), "damage.log"),
    "a log that is no name": (with_fields(log=[[1]]), "damage.log"),
    "a time that is none": (with_fields(recorded_at="2025-03-14 12:00"), "damage.recorded_at"),
    "a time that is no text": (with_fields(recorded_at=None), "damage.recorded_at"),
    "an earlier time": (with_fields(recorded_at="2025-03-14T11:59:59.000000Z"), "damage.recorded_at"),
    "no envelope": (with_fields(entry=[]), "damage.entry"),
    "no stream": (with_entry(stream=None), "damage.entry"),
    "no kind": (with_entry(kind=1), "damage.entry"),
    "a version that is true": (with_entry(version=True), "damage.entry"),
    "a version left out": (with_entry(stream="R-\x1b[2J", version=2), "damage.version"),
    "a version twice": (with_entry(stream="R-3"), "damage.version"),
}


@pytest.mark.parametrize("harm", BROKEN_ENTRIES)
def test_an_entry_that_the_ledger_would_never_write_is_found_though_it_is_hashed_and_signed(
    tmp_path: Path, harm: str
) -> None:
    edit, code = BROKEN_ENTRIES[harm]
    leaves = [entry(number) for number in range(9)]
    assert edit(leaves[4]) != leaves[4]
    with_leaves(tmp_path / "out", [*leaves[:4], edit(leaves[4]), *leaves[5:]])
    assert broken(tmp_path / "out") == [(code, 5)]


def test_place_one_is_not_true(tmp_path: Path) -> None:
    with_leaves(tmp_path / "out", [entry(0), with_fields(seq=True)(entry(1))])
    assert broken(tmp_path / "out") == [("damage.position", 2)]


def test_the_first_break_is_told_and_not_those_after_it(tmp_path: Path) -> None:
    with_leaves(tmp_path / "out", [b"{}" if number in {300, 40, 500} else entry(number) for number in range(600)])
    assert broken(tmp_path / "out") == [("damage.fields", 41)]


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


# A log whose end was lost goes on under another name, as an entry says.

LATER = SigningKey(f"{ORIGIN}-0badcafe", 1, bytes(31) + b"x")


def going_on(kept: int, signed: int | None, count: int) -> list[bytes]:
    """Entries of the log up to `kept`, the one that says how it goes on, and more in its new name up to `count`."""
    event: dict[str, object] = {"former": ORIGIN, "kept": kept, "origin": LATER.name}
    if signed is not None:
        event["signed"] = signed
    said = with_entry(kind="ledger.continued.v1", event=event)(entry(kept, log=LATER.name))
    later = [entry(number, log=LATER.name) for number in range(kept + 1, count)]
    return [*(entry(number) for number in range(kept)), said, *later]


def later_log(leaves: list[bytes]) -> Memory:
    return Memory.of(leaves, LATER.name)


def findings_of(folder: Path, log: Memory, *known: bytes) -> list[tuple[str, str]]:
    export_tlog(log, folder, log.note(key=LATER))
    findings = verify_export(folder, [*KEYS, LATER.verifier], known)
    return [(one.check, one.damage.what if one.damage else one.said) for one in findings]


def test_a_log_that_goes_on_under_another_name_is_whole(tmp_path: Path) -> None:
    before = log_of(300)
    found = findings_of(tmp_path / "out", later_log(going_on(280, 300, 290)), before.note(270), before.note(290))
    assert found[4:7] == [
        ("known", "entries up to 270 are those of a checkpoint that was kept"),
        ("known", f"entries 281 to 290 of {ORIGIN} are lost, as entry 281 says"),
        ("coverage", "entries 1 to 270 are fixed by a checkpoint that was kept; 271 to 290 by the log alone"),
    ]


def test_what_a_log_does_not_say_to_have_lost_is_not_passed_over(tmp_path: Path) -> None:
    before = log_of(300)
    found = findings_of(tmp_path / "out", later_log(going_on(280, 285, 290)), before.note(286), before.note(300))
    assert found[4:6] == [("known", "damage.history"), ("known", "damage.behind")]
    assert findings_of(tmp_path / "more", later_log(going_on(280, None, 290)), before.note(286))[4] == (
        "known",
        "damage.history",
    )


def test_the_former_history_is_held_against_what_was_kept_of_it(tmp_path: Path) -> None:
    other = Memory.of(entry(number, "nej") for number in range(270))
    found = findings_of(tmp_path / "out", later_log(going_on(280, 300, 290)), other.note(270))
    assert found[4] == ("known", "damage.history")


@pytest.mark.parametrize(
    ("spoilt", "damage"),
    [
        # Nothing says why the name is another one.
        (lambda leaves: [*leaves[:280], entry(280, log=LATER.name), *leaves[281:]], ("damage.log", 281)),
        # The entry says so, and the next one is written as before.
        (lambda leaves: [*leaves[:281], entry(281), *leaves[282:]], ("damage.log", 282)),
        # It is of the log before the one before.
        (
            lambda leaves: [
                *leaves[:280],
                leaves[280].replace(f'"former":"{ORIGIN}"'.encode(), b'"former":"example.org/x"'),
                *leaves[281:],
            ],
            ("damage.log", 281),
        ),
    ],
)
def test_a_log_does_not_change_its_name_in_any_other_way(
    tmp_path: Path, spoilt: Callable[[list[bytes]], list[bytes]], damage: tuple[str, int]
) -> None:
    log = later_log(spoilt(going_on(280, 300, 290)))
    export_tlog(log, tmp_path / "out", log.note(key=LATER))
    findings = verify_export(tmp_path / "out", [LATER.verifier])
    assert [(one.damage.what, one.damage.position) for one in findings if one.damage] == [damage]


def test_an_export_of_entries_of_another_log_is_found(tmp_path: Path) -> None:
    log = later_log([entry(number) for number in range(9)])
    export_tlog(log, tmp_path / "out", log.note(key=LATER))
    findings = verify_export(tmp_path / "out", [LATER.verifier])
    assert [(one.damage.what, one.damage.position) for one in findings if one.damage] == [("damage.log", 1)]
