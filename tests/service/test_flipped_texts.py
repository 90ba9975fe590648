"""One bit of every stored byte of the private texts and their keys, flipped one at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from forgetkit import clock, goran, say, verified

from ledger.errors import LedgerError
from ledger.store import open_record


def page_of(file: Path, table: str) -> tuple[int, int]:
    """Where the only page of that table lies in the file: [begin, end)."""
    with closing(sqlite3.connect(file)) as own:
        (root,) = own.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        (size,) = own.execute("PRAGMA page_size").fetchone()
    return (root - 1) * size, root * size


def free(page: bytes) -> set[int]:
    """The bytes of a page that hold nothing: the gap before the rows, and a chain of (next, size) among them.

    As the header of a leaf says, see SQLite's file format, 1.6.
    """
    found_ = set(range(8 + 2 * int.from_bytes(page[3:5]), int.from_bytes(page[5:7])))
    block = int.from_bytes(page[1:3])
    while block:
        found_.update(range(block, block + int.from_bytes(page[block + 2 : block + 4])))
        block = int.from_bytes(page[block : block + 2])
    return found_


def found(file: Path) -> bool:
    try:
        with open_record(file, clock) as recorder:
            return recorder.check().damage is not None or recorder.check_texts().damage is not None
    except LedgerError:
        return True


def test_each_flipped_bit_of_a_private_text_its_key_or_its_tombstone_is_found(tmp_path: Path) -> None:
    with goran(tmp_path) as ledger:
        say(ledger, "erase", stream="member:goran", ground="asked")
    assert verified(tmp_path).whole
    file = tmp_path / "ledger.db"
    whole = file.read_bytes()
    missed = []
    for table in ("disclosure", "subject_key"):
        begin, end = page_of(file, table)
        unused = free(whole[begin:end])
        for place in range(begin, end):
            # A zero within a row is part of a number that its neighbours show too.
            if not whole[place] or place - begin in unused:
                continue
            flipped = bytearray(whole)
            flipped[place] ^= 1 << place % 8
            file.write_bytes(flipped)
            if not found(file):
                missed.append((table, place - begin))
    file.write_bytes(whole)
    assert missed == []
