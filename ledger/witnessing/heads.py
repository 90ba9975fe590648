"""What a witness remembers of each log, in one small SQLite file that outlives a crash and never goes back."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, LedgerError, Refused, Unavailable
from ledger.transparency.tree import HASH_SIZE
from ledger.transparency.witnesses import NOTHING_SEEN, TreeHead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID: Final = 0x54_57_69_74
FORMAT: Final = 1
BUSY_SECONDS: Final = 5.0
"""How long a look or a change waits for another process; each holds the file for a few writes to the disk."""

_TABLES: Final = (
    f"""CREATE TABLE head (
        origin TEXT PRIMARY KEY NOT NULL,
        size INTEGER NOT NULL CHECK (typeof(size) = 'integer' AND size >= 0),
        root BLOB NOT NULL CHECK (typeof(root) = 'blob' AND length(root) = {HASH_SIZE})
    )""",
    """CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
        WHEN new.origin <> old.origin OR new.size < old.size OR (new.size = old.size AND new.root <> old.root)
        BEGIN SELECT raise(ABORT, 'witness.backwards'); END""",
    "CREATE TRIGGER head_is_kept BEFORE DELETE ON head BEGIN SELECT raise(ABORT, 'witness.backwards'); END",
)
_DAMAGE: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR", "SQLITE_FORMAT", "SQLITE_MISMATCH")
_BUSY: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")
_BACKWARDS: Final = ("SQLITE_CONSTRAINT",)


class StoredHeads:
    """The TreeHeads of a witness in the file `path`, for any number of threads and processes at once.

    `begun` is true if the file was begun here, so that nothing is remembered yet. Every method raises Unavailable
    "witness.busy" or "witness.state", and Damaged "witness.damaged", where the file does not answer.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file, or begins it. Raises Damaged "witness.foreign" if it holds something else, and as below."""
        self.path = path.absolute()
        with self._connection("rwc") as connection:
            # Asked for first, so that of two processes that begin the file at once one waits for the other.
            connection.execute("BEGIN IMMEDIATE")
            self.begun = _begun(connection, self.path)
            connection.execute("COMMIT")
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if whole != "ok":
            raise _damaged(self.path, whole)

    def latest(self, origin: str) -> TreeHead:
        with self._connection() as connection:
            return self._latest(connection, origin)

    def replace(self, origin: str, old: TreeHead, new: TreeHead) -> bool:
        """As TreeHeads has it. Raises Refused "witness.backwards" if `new` is smaller, or another tree of that size."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if self._latest(connection, origin) != old:
                return False
            if new != old:
                connection.execute(
                    "INSERT INTO head (origin, size, root) VALUES (?, ?, ?)"
                    " ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root",
                    (origin, new.size, new.root),
                )
            connection.execute("COMMIT")
        return True

    def _latest(self, connection: sqlite3.Connection, origin: str) -> TreeHead:
        row = connection.execute("SELECT size, root FROM head WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            return NOTHING_SEEN
        size, root = row
        if type(size) is not int or type(root) is not bytes or size < 0 or len(root) != HASH_SIZE:
            raise _damaged(self.path, "a tree head is malformed")
        return TreeHead(size, root)

    @contextmanager
    def _connection(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        # One for each call: it is never shared between threads, and a file that was taken away meanwhile is missed at
        # once instead of being written to unseen. Closing it takes back what was not committed.
        address = f"{self.path.as_uri()}?mode={mode}"
        try:
            with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
                # The default journal, since beside a write-ahead log the file alone would be an older memory. With it
                # FULL is not enough: after a power cut the journal could be back in the folder, and undo the commit.
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("PRAGMA fullfsync = ON")
                yield connection
        except sqlite3.Error as error:
            raise _meaning(error, self.path) from error


def _begun(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the tables had to be made. Raises Damaged "witness.foreign"."""
    found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    if found == [APPLICATION_ID, FORMAT]:
        return False
    if found != [0, 0] or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        template = "{file} is not the memory of a witness, so it was left alone; name another file."
        raise Damaged("witness.foreign", template, file=str(path))
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    return True


def _meaning(error: sqlite3.Error, path: Path) -> LedgerError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_BUSY):
        template = "{file} is held by another program; try again when that one has finished."
        return Unavailable("witness.busy", template, file=str(path))
    if name.startswith(_BACKWARDS):
        template = "The memory of a witness only grows, so {file} was left as it is."
        return Refused("witness.backwards", template, file=str(path))
    if name.startswith(_DAMAGE):
        return _damaged(path, str(error))
    template = "{file} cannot be used as the memory of a witness: {why}."
    return Unavailable("witness.state", template, file=str(path), why=str(error))


def _damaged(path: Path, why: str) -> Damaged:
    return Damaged(
        "witness.damaged",
        "{file} cannot be read as it was written ({why}); a witness without its memory must not go on with its key.",
        file=str(path),
        why=why,
    )
