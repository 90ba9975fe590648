"""Reading the record: streams to fold, the log in its order, and where both stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, cast

from sqlalchemy import Text, bindparam, select

from ledger.store import disclosures
from ledger.store.check import Check, check
from ledger.store.database import NO_OFFSET
from ledger.store.faults import MALFORMED, saying
from ledger.store.leaf import Leaf, leaf_of
from ledger.store.schema import checkpoint, command, event, head
from ledger.store.texts import TextCheck, check_texts
from ledger.store.tree import tile
from ledger.transparency.tree import CompactRange
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import BindParameter, ColumnElement, Executable, Select

    from ledger.commitments import Disclosure
    from ledger.store.database import Database, Link

PAGE: Final = 1000
_NAMES: Final = 512  # in one query; well below the 999 parameters that every engine takes
_PARAMETERS: Final = tuple(bindparam(f"name_{number}", type_=Text()) for number in range(_NAMES))


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


@cache
def _streams(names: tuple[BindParameter[str], ...]) -> Select[int, str, int, str, str, bytes, bytes]:
    return leaves(event.c.stream.in_(names)).order_by(event.c.stream, event.c.version)


def by_name(
    own: Link, statement: Callable[[tuple[BindParameter[str], ...]], Executable], names: Iterable[str]
) -> Iterator[Any]:
    """The rows of a statement about any number of names, which `statement` makes for as many as it is given."""
    wanted = list(names)
    for start in range(0, len(wanted), _NAMES):
        some = wanted[start : start + _NAMES]
        # Naming one twice changes nothing, and so ten statements serve for any number of names.
        some += some[:1] * ((1 << (len(some) - 1).bit_length()) - len(some))
        yield from own.run(statement(_PARAMETERS[: len(some)]), some)


class Reader:
    """The record of one ledger, for reading.

    To decide, take `head` first and then the streams: what is read after the head can only be newer, and `append`
    sees that it has moved.
    """

    def __init__(self, database: Database) -> None:
        self.database: Final = database
        with self._glancing() as connection:
            found = connection.run(_ORIGIN).fetchone()
        if found is None:
            self.close()
            raise saying(MALFORMED, database.name)
        self.origin: str = found[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def _glancing(self) -> AbstractContextManager[Link]:
        return self.database.glancing()

    def head(self) -> Head:
        with self._glancing() as connection:
            size, recorded_at = connection.run(HEAD).fetchone()
        return Head(size, datetime.fromisoformat(recorded_at) if recorded_at else None)

    def named(self) -> str:
        """What the log is called now; `origin` is what it was called when it was opened, or went on from here."""
        with self._glancing() as connection:
            return cast("str", connection.run(_ORIGIN).fetchone()[0])

    def stream(self, name: str, after: int = 0) -> list[Leaf]:
        """The events of a stream whose version is above `after`, in the order of their versions."""
        with self._glancing() as connection:
            return [leaf_of(row) for row in connection.run(_STREAM, (name, after))]

    def streams(self, names: Iterable[str]) -> dict[str, list[Leaf]]:
        """The events of each of the streams; an empty list for one that does not exist."""
        found: dict[str, list[Leaf]] = {name: [] for name in names}
        with self._glancing() as connection:
            for row in by_name(connection, _streams, found):
                found[row[1]].append(leaf_of(row))
        return found

    def log(self, after: int = 0, limit: int = PAGE) -> list[Leaf]:
        """At most `limit` events whose position is above `after`, in the order of the log."""
        with self._glancing() as connection:
            return [leaf_of(row) for row in connection.run(_LOG, (after, limit))]

    def at(self, position: int) -> Leaf | None:
        with self._glancing() as connection:
            row = connection.run(_AT, (position,)).fetchone()
        return leaf_of(row) if row else None

    def position_at(self, instant: datetime) -> int:
        """The last position that was recorded at `instant` or before, 0 if none was."""
        # Since recorded_at never goes back, halving finds it without an index that every append would pay for.
        until = timestamp(instant)
        with self._glancing() as connection:
            low, high = 0, cast("int", connection.run(HEAD).fetchone()[0])
            while low < high:
                middle = (low + high + 1) // 2
                row = connection.run(_INSTANT, (middle,)).fetchone()
                if row is None:
                    raise saying(MALFORMED, self.database.name)
                if row[0] <= until:
                    low = middle
                else:
                    high = middle - 1
        return low

    def moved_since(self, position: int) -> set[str]:
        """The streams that have events after `position`."""
        with self._glancing() as connection:
            return {stream for (stream,) in connection.run(_MOVED, (position,))}

    def tree(self) -> CompactRange:
        """The right edge of the log's Merkle tree as it stands now, with its size."""
        with self._glancing() as connection:
            return CompactRange.decoded(*connection.run(_TREE).fetchone())

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of that tile of the tree, at most 256, as many as the log has of it."""
        with self._glancing() as connection:
            return tile(connection, level, index)

    def note(self) -> bytes | None:
        """The checkpoint that was signed with the last append that was signed."""
        with self._glancing() as connection:
            return cast("bytes | None", connection.run(_NOTE).fetchone()[0])

    def checkpoints(self) -> list[bytes]:
        """The checkpoints that were given out, in the order in which they were."""
        with self._glancing() as connection:
            return [note for (note,) in connection.run(_CHECKPOINTS)]

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
        return check_texts(self.database)

    def find_command(self, key: str) -> CommandFound | None:
        with self._glancing() as connection:
            row = connection.run(_COMMAND, (key,)).fetchone()
        return CommandFound(*row) if row else None

    def check(self, progress: Callable[[int, int], None] | None = None, sizes: Iterable[int] = ()) -> Check:
        """Whether the record is as it was written: the first break, if any. `progress` is told (done, of)."""
        return check(self.database, progress, sizes)
