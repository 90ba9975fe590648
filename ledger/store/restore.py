"""Entries put back exactly as they were."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert

from ledger.canonical import read
from ledger.errors import Damaged
from ledger.events.private import ERASING
from ledger.store.disclosures import ErasureRow, erase
from ledger.store.schema import command, event
from ledger.store.tree import keep
from ledger.transparency.tree import CompactRange, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ledger.store.batch import EventRow
    from ledger.store.database import Database, Link

UNKNOWN_DIGEST: Final = ""
"""Entries of before they carried it do not say what their command asked for: its key alone says that it was told."""

_PAGE: Final = 1000
_INSERT_COMMAND: Final = insert(command)


def put_back(
    database: Database, own: Link, origin: str, tree: CompactRange, last_at: str, leaves: Iterable[bytes]
) -> str:
    """Adds leaves that follow the last one, with their own times and numbers; when the last of them was recorded.

    `tree` grows by them. Raises Damaged "restore.leaf" where one is not the next of this log.
    """
    page: list[EventRow] = []
    # Rows without a key are commands of their own, so that no group is larger than a command.
    for _key, rows in groupby(_rows(origin, tree.size, last_at, leaves), key=lambda row: row[4] or row[0]):
        of_command = list(rows)
        page += of_command
        key, first = of_command[0][4], of_command[0][0]
        if key is not None:
            own.run(_INSERT_COMMAND, (key, _asked(of_command[0]), first, of_command[-1][0]))
        if len(page) >= _PAGE:
            last_at = _put(database, own, tree, page)
            page = []
    return _put(database, own, tree, page) if page else last_at


def _put(database: Database, own: Link, tree: CompactRange, page: list[EventRow]) -> str:
    database.append_rows(own, event, page)
    keep(own, tree.extend(row[6] for row in page))
    for row in page:
        if row[3] in ERASING:
            # The older copy that this is put back into may hold what was erased since.
            erase(own, [_erasure(row)], row[5])
    return page[-1][5]


def _asked(row: EventRow) -> str:
    return str(_entry(row).get("asked", UNKNOWN_DIGEST))


def _erasure(row: EventRow) -> ErasureRow:
    said: dict[str, Any] = _entry(row)["event"]
    return ErasureRow(row[1], tuple(said["digests"]), bool(said.get("whole")))


def _entry(row: EventRow) -> dict[str, Any]:
    entry: dict[str, Any] = (read(row[7]) or {})["entry"]
    return entry


def _rows(origin: str, size: int, last_at: str, leaves: Iterable[bytes]) -> Iterator[EventRow]:
    for position, leaf in enumerate(leaves, size + 1):
        row = _row(origin, position, leaf)
        if row is None or row[5] < last_at:
            template = "What should be event {position} of {origin} is another thing; nothing was put back."
            raise Damaged("restore.leaf", template, position=position, origin=origin)
        last_at = row[5]
        yield row


def _row(origin: str, position: int, leaf: bytes) -> EventRow | None:
    said = read(leaf) or {}
    entry: dict[str, Any] = said.get("entry") or {}
    columns = (entry.get("stream"), entry.get("version"), entry.get("kind"), entry.get("key"), said.get("recorded_at"))
    match columns:
        case (str(stream), int(version), str(kind), str() | None as key, str(recorded_at)):
            if (said.get("seq"), said.get("log")) != (position - 1, origin):
                return None
            return (position, stream, version, kind, key, recorded_at, leaf_hash(leaf), leaf)
        case _:
            return None
