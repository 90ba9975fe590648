"""A whole copy of a record while others go on writing to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, Refused
from ledger.store.check import check
from ledger.store.faults import system
from ledger.store.sqlite.faults import translated
from ledger.store.sqlite.file import SqliteFile, turn
from ledger.store.sqlite.files import discard, sync_folder
from ledger.store.sqlite.making import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_PAGES: Final = 4_096


def back_up(source: SqliteFile, file: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Copies the record to `file`, which is not there yet, and verifies the copy; how many events it holds.

    `progress` is told (pages done, of). The file appears when it is whole and verified, or not at all. Raises Refused
    "store.exists", Damaged "backup.damaged" (the record itself is), and as `writing`.
    """
    new = file.with_name(file.name + ".new")
    with translated(file), system(file), turn(file):
        if file.exists():
            raise Refused("store.exists", "There is already something at {file}; name another file.", file=str(file))
        discard(new)
        try:
            _copy(source, new, file, progress)
            copied = open_ledger(new)
            try:
                found = check(copied)
            finally:
                copied.close()
            if found.damage is not None:
                template = "The record is damaged, and so is a copy of it, which was thrown away: {why}"
                raise Damaged("backup.damaged", template, why=str(found.damage), position=found.damage.position)
            new.rename(file)
        finally:
            discard(new)
            new.with_name(new.name + ".lock").unlink(missing_ok=True)
        sync_folder(file)
    return found.events


def _copy(source: SqliteFile, new: Path, file: Path, progress: Callable[[int, int], None] | None) -> None:
    def stepped(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    # It is the copy that finds no room, whatever the record's own connection says.
    with source.glancing() as own, translated(file), closing(sqlite3.connect(new)) as target:
        own.backup(target, pages=_PAGES, progress=stepped)
        target.execute("PRAGMA journal_mode = WAL")
