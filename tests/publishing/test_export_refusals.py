from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest
from exportkit import KEY, ORIGIN, Entry, Memory, broken, edited, entry, exported, files, log_of, verified

from ledger.errors import Damaged, LedgerError, Malformed, NotFound, Refused, Unavailable
from ledger.publishing.tlog import export_tlog
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import SigningKey
from ledger.transparency.tree import leaf_hash


def refused(log: Memory, folder: Path, note: bytes) -> LedgerError:
    """The refusal, which leaves everything as it was."""
    before = files(folder)
    with pytest.raises(LedgerError) as error:
        export_tlog(log, folder, note)
    assert files(folder) == before
    assert str(error.value).isprintable()
    assert "{" not in str(error.value)
    return error.value


def test_a_folder_with_the_export_of_another_log_is_refused(tmp_path: Path) -> None:
    exported(log_of(5), tmp_path / "out")
    other = Memory.of((entry(0),), origin="example.org/other")
    key = SigningKey("example.org/other", 1, bytes(32))
    error = refused(other, tmp_path / "out", other.note(key=key))
    assert (type(error), error.code) == (Refused, "export.other_log")


def test_a_checkpoint_of_another_log_is_refused(tmp_path: Path) -> None:
    other = Memory.of((entry(0),), origin="example.org/other")
    error = refused(other, tmp_path / "out", log_of(1).note())
    assert (type(error), error.code) == (Refused, "export.other_log")


@pytest.mark.parametrize("size", [5, 256, 300])
def test_a_folder_whose_log_went_another_way_is_refused(tmp_path: Path, size: int) -> None:
    exported(log_of(size), tmp_path / "out")
    forked = Memory.of([*map(entry, range(size - 1)), entry(size - 1, "nej"), entry(size)])
    error = refused(forked, tmp_path / "out", forked.note())
    assert (type(error), error.code) == (Damaged, "export.went_otherwise")


def test_a_folder_that_holds_more_than_the_checkpoint_is_refused(tmp_path: Path) -> None:
    log = log_of(9)
    exported(log, tmp_path / "out")
    error = refused(log, tmp_path / "out", log.note(5))
    assert (type(error), error.code) == (Refused, "export.ahead")


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter\x1b[2J").write_text("Dear")
    error = refused(log_of(5), tmp_path, log_of(5).note())
    assert (type(error), error.code) == (Refused, "export.not_ours")
    assert r"letter\x1b[2J" in str(error)


def test_a_folder_whose_checkpoint_cannot_be_read_is_refused(tmp_path: Path) -> None:
    exported(log_of(5), tmp_path / "out")
    edited(tmp_path / "out", "checkpoint", lambda data: data[:-1])
    error = refused(log_of(6), tmp_path / "out", log_of(6).note())
    assert (type(error), error.code) == (Damaged, "export.checkpoint")


def test_a_note_that_is_none_is_refused(tmp_path: Path) -> None:
    error = refused(log_of(5), tmp_path / "out", b"example.org/club\n5\n")
    assert (type(error), error.code) == (Malformed, "export.note")


def test_a_checkpoint_of_more_entries_than_the_log_has_is_refused(tmp_path: Path) -> None:
    error = refused(log_of(5), tmp_path / "out", log_of(6).note())
    assert (type(error), error.code) == (Damaged, "export.not_signed")


def test_a_checkpoint_with_another_root_than_the_log_is_refused(tmp_path: Path) -> None:
    note = Checkpoint(ORIGIN, 5, bytes(32)).signed(KEY).encoded()
    error = refused(log_of(5), tmp_path / "out", note)
    assert (type(error), error.code) == (Damaged, "export.not_signed")


def test_an_entry_that_is_not_what_the_tree_holds_is_never_published(tmp_path: Path) -> None:
    log = log_of(300)
    note = log.note()
    log.entries[280] = Entry(281, entry(280, "nej"))
    with pytest.raises(Damaged) as error:
        export_tlog(log, tmp_path / "out", note)
    assert error.value.code == "export.not_signed"
    assert not (tmp_path / "out/checkpoint").exists()


class Lying(Entry):
    """An entry whose stored hash is not that of its bytes."""

    @property
    def leaf_hash(self) -> bytes:
        return leaf_hash(b"something else")


@pytest.mark.parametrize("harm", ["altered", "missing", "moved"])
def test_an_entry_that_is_altered_or_missing_in_the_record_is_named(tmp_path: Path, harm: str) -> None:
    log = log_of(300)
    note = log.note()
    if harm == "altered":
        log.entries[280] = Lying(281, entry(280))
    elif harm == "missing":
        del log.entries[280:]
    else:
        log.entries[280] = Entry(282, entry(280))
    with pytest.raises(Damaged) as error:
        export_tlog(log, tmp_path / "out", note)
    assert (error.value.code, error.value.facts["position"]) == ("export.entry", 281)


def test_two_exports_to_one_folder_take_turns(tmp_path: Path) -> None:
    log = log_of(300)
    exported(log, tmp_path / "out", 5)
    descriptor = os.open(tmp_path / "out", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    error = refused(log, tmp_path / "out", log.note())
    assert (type(error), error.code) == (Unavailable, "export.busy")
    os.close(descriptor)
    exported(log, tmp_path / "out")


def test_a_folder_in_no_folder_is_refused(tmp_path: Path) -> None:
    error = refused(log_of(5), tmp_path / "away/out", log_of(5).note())
    assert (type(error), error.code) == (NotFound, "export.no_folder")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a letter")
    error = refused(log_of(5), tmp_path / "out", log_of(5).note())
    assert (type(error), error.code) == (Refused, "export.no_room")


@pytest.mark.parametrize("link", [".", "tile", "tile/0", "tile/entries"])
def test_nothing_is_written_through_a_link(tmp_path: Path, link: str) -> None:
    log, out = log_of(10), tmp_path / "out"
    exported(log, out, 5)
    elsewhere = tmp_path / "elsewhere"
    (out / link).rename(elsewhere)
    (tmp_path / "out" / link if link != "." else out).symlink_to(elsewhere)
    before = files(elsewhere)
    with pytest.raises(LedgerError) as error:
        exported(log, out)
    assert error.value.code == "export.not_plain"
    assert files(elsewhere) == before


@pytest.mark.parametrize(
    ("reason", "code"),
    [(errno.ENOSPC, "export.full"), (errno.EACCES, "export.unwritable"), (errno.EIO, "export.unreadable")],
)
def test_a_disk_that_takes_no_more_leaves_the_older_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int, code: str
) -> None:
    log, out = log_of(700), tmp_path / "out"
    exported(log, out, 5)
    left = 3

    def fsync(_descriptor: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Unavailable) as error:
        exported(log, out)
    assert error.value.code == code
    assert broken(out) == []
    assert verified(out)["checkpoint"].said.startswith("5 entries")
    exported(log, out)
    assert broken(out) == []
