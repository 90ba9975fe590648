from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from exportkit import KEY, ORIGIN, Entry, Memory, broken, entry, exported, files, log_of, random_log, verified

from ledger.publishing.tlog import export_tlog
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import SigningKey
from ledger.transparency.tiles import decode_bundle, tiles_of
from ledger.transparency.tree import CompactRange, leaf_hash

SIZES = (1, 2, 5, 255, 256, 257, 511, 512, 700)


@pytest.mark.parametrize("size", [0, *SIZES])
def test_an_export_has_the_files_that_the_specification_names_and_no_others(tmp_path: Path, size: int) -> None:
    log = log_of(size)
    done = exported(log, tmp_path / "out")
    tiles = {tile.path for tile in tiles_of(size)}
    bundles = {path.replace("tile/0/", "tile/entries/") for path in tiles if path.startswith("tile/0/")}
    assert files(tmp_path / "out").keys() == {"checkpoint"} | tiles | bundles
    assert (done.origin, done.size, done.root, done.added) == (ORIGIN, size, log.checkpoint().root, size)
    assert done.written == len(tiles | bundles)
    assert broken(tmp_path / "out") == []


def test_the_files_of_the_specifications_own_example_are_written(tmp_path: Path) -> None:
    exported(log_of(70_000), tmp_path / "out")
    written = files(tmp_path / "out")
    assert {path for path in written if ".p/" in path} == {
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
        "tile/entries/273.p/112",
    }
    assert len([path for path in written if path.startswith("tile/0/") and ".p/" not in path]) == 273
    assert len(written["tile/1/000"]) == 8_192
    assert broken(tmp_path / "out") == []


@pytest.mark.parametrize("size", [65_535, 65_536, 65_600])
def test_a_third_level_begins_when_the_second_is_full(tmp_path: Path, size: int) -> None:
    exported(log_of(size), tmp_path / "out")
    assert (tmp_path / "out/tile/2/000.p/1").exists() == (size >= 65_536)
    assert verified(tmp_path / "out")["entries"].said.startswith(f"{size} entries in 7 streams")
    assert broken(tmp_path / "out") == []


def test_a_bundle_holds_the_entries_byte_for_byte(tmp_path: Path) -> None:
    log = random_log(1, 300)
    exported(log, tmp_path / "out")
    bundles = [(tmp_path / "out/tile/entries" / name).read_bytes() for name in ("000", "001.p/44")]
    assert [leaf for data in bundles for leaf in decode_bundle(data)] == [one.leaf for one in log.entries]


@pytest.mark.parametrize("seed", range(8))
def test_an_export_in_steps_equals_one_made_at_once_but_for_partial_files_that_were_published(
    tmp_path: Path, seed: int
) -> None:
    log = random_log(seed, 900)
    steps = sorted({seed, *((seed + 3) * (seed + 7) * factor % 900 for factor in range(1, 6)), 900})
    for size in steps:
        exported(log, tmp_path / "steps", size)
        assert broken(tmp_path / "steps") == []
        whole = tmp_path / f"whole-{size}"
        exported(log, whole, size)
        in_steps = files(tmp_path / "steps")
        assert files(whole).items() <= in_steps.items()
        assert all(".p/" in path for path in in_steps.keys() - files(whole).keys())


def test_partial_files_stay_until_a_full_one_takes_their_place(tmp_path: Path) -> None:
    log = log_of(300)
    for size in (5, 9, 255):
        exported(log, tmp_path / "out", size)
    assert files(tmp_path / "out").keys() == {"checkpoint"} | {
        f"tile/{kind}/000.p/{width}" for kind in ("0", "entries") for width in (5, 9, 255)
    }
    exported(log, tmp_path / "out", 256)
    assert files(tmp_path / "out").keys() == {"checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"}
    assert not (tmp_path / "out/tile/0/000.p").exists()


def test_a_second_export_writes_only_what_is_new(tmp_path: Path) -> None:
    log = log_of(1_000)
    exported(log, tmp_path / "out", 600)
    before = {path: (tmp_path / "out" / path).stat().st_mtime_ns for path in files(tmp_path / "out")}
    done = exported(log, tmp_path / "out", 900)
    assert (done.added, done.written) == (300, 5)
    after = {path: (tmp_path / "out" / path).stat().st_mtime_ns for path in before if path in files(tmp_path / "out")}
    assert {path for path in after if after[path] != before[path]} == {"checkpoint"}


def test_an_export_of_the_same_size_takes_over_the_new_cosignatures_of_its_checkpoint(tmp_path: Path) -> None:
    log = log_of(300)
    exported(log, tmp_path / "out")
    witness = SigningKey("witness.example/w", 1, bytes(32))
    checkpoint = log.checkpoint()
    note = checkpoint.signed(KEY).with_signature(witness.signature(checkpoint.text)).encoded()
    done = export_tlog(log, tmp_path / "out", note)
    assert (done.added, done.written) == (0, 0)
    assert (tmp_path / "out/checkpoint").read_bytes() == note
    assert broken(tmp_path / "out") == []


def test_the_tree_is_that_of_the_checkpoint_though_the_log_went_on(tmp_path: Path) -> None:
    log = log_of(700)
    exported(log, tmp_path / "old", 257)
    exported(log_of(257), tmp_path / "then")
    assert files(tmp_path / "old") == files(tmp_path / "then")


def test_progress_is_told_bundle_by_bundle(tmp_path: Path) -> None:
    log, told = log_of(600), list[tuple[int, int]]()
    export_tlog(log, tmp_path / "out", log.note(), lambda done, of: told.append((done, of)))
    assert told == [(256, 600), (512, 600), (600, 600)]


def test_what_a_killed_export_left_beyond_its_checkpoint_is_replaced_by_the_next(tmp_path: Path) -> None:
    log, out = log_of(1_400), tmp_path / "out"
    exported(log, out, 300)
    checkpoint = (out / "checkpoint").read_bytes()
    # As if one had been killed just before its checkpoint, of a history that nobody signed.
    forked = Memory.of([*map(entry, range(300)), *(entry(number, "nej") for number in range(300, 1_290))])
    exported(forked, out)
    (out / "checkpoint").write_bytes(checkpoint)
    (out / ".new").write_bytes(b"half a ti")
    assert broken(out) == []
    exported(log, out, 310)
    exported(log, out, 1_400)
    assert broken(out) == []
    exported(log, tmp_path / "whole")
    assert files(out).items() - files(tmp_path / "whole").items() == {
        # Published with the export of 300 entries, and not yet full.
        ("tile/1/000.p/1", log.rows[1][0])
    }
    assert files(tmp_path / "whole").items() <= files(out).items()


def test_a_first_export_that_was_killed_is_begun_again(tmp_path: Path) -> None:
    log, out = log_of(300), tmp_path / "out"
    exported(log, out)
    (out / "checkpoint").unlink()
    (out / ".new").write_bytes(b"half a checkpoi")
    exported(log, out)
    assert broken(out) == []


class Long:
    """A log of long entries, made when they are asked for, so that nothing but the export remembers them."""

    origin = ORIGIN

    def __init__(self, size: int) -> None:
        self.edge, self.rows = CompactRange(), dict[int, list[bytes]]()
        hashes = [leaf_hash(self._entry(number)) for number in range(size)]
        self.rows[0] = hashes
        for level, _, value in self.edge.extend(hashes):
            self.rows.setdefault(level // 8, []).append(value)

    def _entry(self, number: int) -> bytes:
        return entry(number, "x" * 10_000)

    def tree(self) -> CompactRange:
        return self.edge

    def tile(self, level: int, index: int) -> list[bytes]:
        return self.rows.get(level, [])[index * 256 : (index + 1) * 256]

    def log(self, after: int, limit: int) -> Sequence[Entry]:
        return [Entry(number + 1, self._entry(number)) for number in range(after, after + limit)]


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    peaks = []
    for size in (600, 6_000):
        log = Long(size)
        note = Checkpoint(ORIGIN, size, log.edge.root()).signed(KEY).encoded()
        tracemalloc.start()
        export_tlog(log, tmp_path / "out", note)
        assert broken(tmp_path / "out") == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        shutil.rmtree(tmp_path / "out")
    assert peaks[1] < peaks[0] * 1.3
