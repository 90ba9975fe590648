"""Reading the record: streams to fold, the log in its order, and where both stand."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Self, cast

from sqlalchemy import bindparam, select

from ledger.store import disclosures
from ledger.store.check import Check, check
from ledger.store.engines import NO_OFFSET, file_of, sql
from ledger.store.faults import MALFORMED, saying, translated
from ledger.store.leaf import Leaf, leaf_of
from ledger.store.schema import checkpoint, command, event, head
from ledger.store.texts import TextCheck, check_texts
from ledger.store.tree import tile
from ledger.transparency.tree import CompactRange
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import BindParameter, ColumnElement, Engine, Select

    from ledger.commitments import Disclosure
    from ledger.store.engines import SqliteConnection

PAGE: Final = 1000
_NAMES: Final = 512  # in one query; well below the 999 parameters that every engine takes


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stands: the position of its last event (0 if none) and when that was recorded (UTC)."""

    position: int
    recorded_at: datetime | None


class CommandFound(NamedTuple):
    """What a command that was carried out caused: the events at `first` to `last`."""

    digest: str
    first: int
    last: int


def leaves(*which: ColumnElement[bool]) -> Select[int, str, int, str, str, bytes, bytes]:
    """The rows that `leaf_of` makes leaves of."""
    e = event.c
    return select(e.position, e.stream, e.version, e.kind, e.recorded_at, e.leaf, e.leaf_hash).where(*which)


HEAD: Final = select(head.c.size, head.c.recorded_at)
_ORIGIN: Final = select(head.c.origin)
_TREE: Final = select(head.c.size, head.c.edge)
_NOTE: Final = select(head.c.note)
_CHECKPOINTS: Final = select(checkpoint.c.note).order_by(checkpoint.c.number)
_STREAM: Final = leaves(event.c.stream == bindparam("stream"), event.c.version > bindparam("after")).order_by(
    event.c.version
)
_LOG: Final = (
    leaves(event.c.position > bindparam("after")).order_by(event.c.position).limit(bindparam("limit")).offset(NO_OFFSET)
)
_AT: Final = leaves(event.c.position == bindparam("position"))
_INSTANT: Final = select(event.c.recorded_at).where(event.c.position == bindparam("position"))
_MOVED: Final = select(event.c.stream).where(event.c.position > bindparam("after")).distinct()
_COMMAND: Final = select(command.c.digest, command.c.first, command.c.last).where(command.c.key == bindparam("key"))


@lru_cache(maxsize=16)
def _streams(size: int) -> str:
    names: list[BindParameter[str]] = [bindparam(f"name_{number}") for number in range(size)]
    return sql(leaves(event.c.stream.in_(names)).order_by(event.c.stream, event.c.version))


class Reader:
    """The record of one ledger, for reading.

    To decide, take `head` first and then the streams: what is read after the head can only be newer, and `append`
    sees that it has moved.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        # Kept, since taking a connection out of a pool costs more than most of what is read through it.
        self._eye: Final = engine.raw_connection()
        with self._glancing() as connection:
            found = connection.execute(sql(_ORIGIN)).fetchone()
        if found is None:
            self.close()
            raise saying(MALFORMED, self.path)
        self.origin: str = found[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file that the record is."""
        return file_of(self.engine)

    def close(self) -> None:
        self._eye.close()
        self.engine.dispose()

    @contextmanager
    def _glancing(self) -> Iterator[SqliteConnection]:
        """A bare connection for one statement, which is a state of its own and needs no transaction around it."""
        with translated(self.path):
            yield cast("SqliteConnection", self._eye.driver_connection)

    def head(self) -> Head:
        with self._glancing() as connection:
            size, recorded_at = connection.execute(sql(HEAD)).fetchone()
        return Head(size, datetime.fromisoformat(recorded_at) if recorded_at else None)

    def stream(self, name: str, after: int = 0) -> list[Leaf]:
        """The events of a stream whose version is above `after`, in the order of their versions."""
        with self._glancing() as connection:
            return [leaf_of(row) for row in connection.execute(sql(_STREAM), (name, after))]

    def streams(self, names: Iterable[str]) -> dict[str, list[Leaf]]:
        """The events of each of the streams; an empty list for one that does not exist."""
        found: dict[str, list[Leaf]] = {name: [] for name in names}
        wanted = list(found)
        with self._glancing() as connection:
            for start in range(0, len(wanted), _NAMES):
                some = wanted[start : start + _NAMES]
                # Naming one twice changes nothing, and so ten statements serve for any number of streams.
                some += some[:1] * ((1 << (len(some) - 1).bit_length()) - len(some))
                for row in connection.execute(_streams(len(some)), some):
                    found[row[1]].append(leaf_of(row))
        return found

    def log(self, after: int = 0, limit: int = PAGE) -> list[Leaf]:
        """At most `limit` events whose position is above `after`, in the order of the log."""
        with self._glancing() as connection:
            return [leaf_of(row) for row in connection.execute(sql(_LOG), (after, limit))]

    def at(self, position: int) -> Leaf | None:
        with self._glancing() as connection:
            row = connection.execute(sql(_AT), (position,)).fetchone()
        return leaf_of(row) if row else None

    def position_at(self, instant: datetime) -> int:
        """The last position that was recorded at `instant` or before, 0 if none was."""
        # Since recorded_at never goes back, halving finds it without an index that every append would pay for.
        until = timestamp(instant)
        with self._glancing() as connection:
            low, high = 0, cast("int", connection.execute(sql(HEAD)).fetchone()[0])
            while low < high:
                middle = (low + high + 1) // 2
                row = connection.execute(sql(_INSTANT), (middle,)).fetchone()
                if row is None:
                    raise saying(MALFORMED, file_of(self.engine))
                if row[0] <= until:
                    low = middle
                else:
                    high = middle - 1
        return low

    def moved_since(self, position: int) -> set[str]:
        """The streams that have events after `position`."""
        with self._glancing() as connection:
            return {stream for (stream,) in connection.execute(sql(_MOVED), (position,))}

    def tree(self) -> CompactRange:
        """The right edge of the log's Merkle tree as it stands now, with its size."""
        with self._glancing() as connection:
            return CompactRange.decoded(*connection.execute(sql(_TREE)).fetchone())

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of that tile of the tree, at most 256, as many as the log has of it."""
        with self._glancing() as connection:
            return tile(connection, level, index)

    def note(self) -> bytes | None:
        """The checkpoint that was signed with the last append that was signed."""
        with self._glancing() as connection:
            return cast("bytes | None", connection.execute(sql(_NOTE)).fetchone()[0])

    def checkpoints(self) -> list[bytes]:
        """The checkpoints that were given out, in the order in which they were."""
        with self._glancing() as connection:
            return [note for (note,) in connection.execute(sql(_CHECKPOINTS))]

    def disclosed(self, digest: str) -> Disclosure | None:
        """The private text behind a commitment; None where it is erased. Raises Damaged "text.lost", "text.altered"."""
        with self._glancing() as connection:
            return disclosures.read(connection, digest)

    def erased_subjects(self) -> list[str]:
        """The streams about which private texts were erased."""
        with self._glancing() as connection:
            return disclosures.erased_subjects(connection)

    def check_texts(self) -> TextCheck:
        """Whether each private text is the one that was recorded, or is named by an erasure."""
        return check_texts(self.engine)

    def find_command(self, key: str) -> CommandFound | None:
        with self._glancing() as connection:
            row = connection.execute(sql(_COMMAND), (key,)).fetchone()
        return CommandFound(*row) if row else None

    def check(self, progress: Callable[[int, int], None] | None = None, sizes: Iterable[int] = ()) -> Check:
        """Whether the record is as it was written: the first break, if any. `progress` is told (done, of)."""
        return check(self.engine, progress, sizes)
