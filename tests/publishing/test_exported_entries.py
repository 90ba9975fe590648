from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exportkit import KEYS, ORIGIN, Memory, broken, entry, log_of, with_leaves

from ledger.canonical import canonical, parse
from ledger.publishing.offline import verify_export
from ledger.publishing.tlog import export_tlog
from ledger.transparency.notes import SigningKey


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
