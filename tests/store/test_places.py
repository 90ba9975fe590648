from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from storekit import ROOT, WRITER, record

from ledger.errors import Damaged, LedgerError, Malformed, NotFound
from ledger.store import create_record, open_record

NOBODY = 65534


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE theirs (x)")


def newer(path: Path) -> None:
    record(path.parent, 1).close()
    with closing(sqlite3.connect(path)) as later, later:
        later.execute("PRAGMA user_version = 99")


def half_copied(path: Path) -> None:
    record(path.parent, 300).close()
    os.truncate(path, path.stat().st_size // 2)


PLACES: list[tuple[Callable[[Path], object], type[LedgerError], str]] = [
    (foreign, Damaged, "store.foreign"),
    (lambda path: path.write_text("a letter"), Damaged, "store.foreign"),
    (lambda path: path.mkdir(), Damaged, "store.foreign"),
    (newer, Damaged, "store.newer"),
    (half_copied, Damaged, "store.half_copied"),
    (lambda path: path.touch(), Damaged, "store.half_copied"),
    (lambda _path: None, NotFound, "store.missing"),
]


@pytest.mark.parametrize(("make", "kind", "code"), PLACES, ids=[code for _make, _kind, code in PLACES])
def test_what_is_no_whole_ledger_is_refused_by_name_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], object], kind: type[LedgerError], code: str
) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(kind) as caught:
        open_record(path)
    assert caught.value.code == code
    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_server_that_is_not_there_or_of_another_kind_is_named_without_its_password() -> None:
    for address, code in (
        ("postgresql+psycopg://somebody:secret@localhost:1/ledger", "store.away"),
        ("mysql://somebody:secret@localhost/ledger", "store.engine"),
        ("postgresql://somebody:secret@localhost/ledger?nonsense=1", "store.url"),
        ("postgresql://somebody:secret@localhost:port/ledger", "store.url"),
    ):
        with pytest.raises(LedgerError) as caught:
            open_record(address)
        assert caught.value.code == code
        assert "secret" not in f"{caught.value} {caught.value.facts}"


def test_an_address_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed):
        open_record("sqlite://")


def test_a_place_that_is_taken_is_not_written_over(tmp_path: Path) -> None:
    record(tmp_path, 1).close()
    with pytest.raises(LedgerError) as caught:
        create_record(tmp_path / "ledger.db", "test/2")
    assert caught.value.code == "store.exists"


CHILD = """
import os, sys
from ledger.errors import LedgerError
from ledger.store import ReadSet, create_record, open_record
sys.path.insert(0, sys.argv[1])
from storekit import event
if os.geteuid() == 0:
    os.setuid({nobody})
try:
    recorder = open_record(sys.argv[2])
    recorder.append([event("R-2", 1)], read=ReadSet(recorder.head().position, {{}}))
except LedgerError as error:
    print(error.code)
"""


def test_a_folder_and_file_that_may_not_be_written_say_so(tmp_path: Path) -> None:
    record(tmp_path, 1).close()
    for path in (tmp_path / "ledger.db", tmp_path / "ledger.db.lock"):
        path.chmod(0o444)
    tmp_path.chmod(0o555)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    words = [sys.executable, "-c", CHILD.format(nobody=NOBODY), str(Path(__file__).parent), str(tmp_path / "ledger.db")]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        tmp_path.chmod(0o755)
    assert done.stdout.strip() in {"store.read_only", "store.unreadable"}, done.stderr


def test_a_full_disk_loses_nothing_that_was_acknowledged_and_leaves_nothing_half(tmp_path: Path) -> None:
    record(tmp_path, 1).close()

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    code = WRITER.format(kit=str(Path(__file__).parent))
    words = [sys.executable, "-c", code, str(tmp_path / "ledger.db"), "R-7", "100000"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=little_room)
    assert "There is no room to write" in done.stderr
    with open_record(tmp_path / "ledger.db") as recorder:
        assert len(recorder.stream("R-7")) == len(recorder.stream("R-7-b")) == len(done.stdout.split())
        assert recorder.check().damage is None
