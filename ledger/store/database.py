"""What every engine does for the record and for the views; which one it is shows nowhere else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from sqlalchemy import Integer, literal_column

from ledger.store.faults import CONFLICT, saying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import sqlalchemy

    from ledger.errors import LedgerError

# In the statement's text, where a plain number would be one more parameter to hand over.
ZERO: Final = literal_column("0", Integer)
ONE: Final = literal_column("1", Integer)
NO_OFFSET: Final = ZERO
"""Said outright, since SQLite's compiler would otherwise put a parameter of its own after the limit."""


class Rows(Protocol):
    """What a statement gave."""

    def fetchone(self) -> Any: ...  # noqa: ANN401 - rows have the types of their columns, which nobody declares

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Link(Protocol):
    """The driver's own connection, for statements that run too often to pass through a library."""

    def run(self, statement: sqlalchemy.Executable, parameters: Sequence[object] = ()) -> Rows:
        """Runs a statement, its parameters in the order in which they stand in its text."""
        ...

    def run_many(self, statement: sqlalchemy.Executable, rows: Iterable[Sequence[object]]) -> None:
        """Runs a statement once for each row of parameters."""
        ...


class Database(ABC):
    """A place where tables are: the record's or the views'.

    What goes wrong in any of its blocks is raised as Unavailable or Damaged "store.…", or as Conflict "store.conflict"
    where others write too.
    """

    engine: sqlalchemy.Engine
    name: str
    """The place as people are told it, without any password."""
    row_errors: tuple[type[Exception], ...] = ()
    """What reading a page of rows raises where one of them is damaged, and the others can still be read."""
    left_undone: tuple[str, ...] = ()
    """Statements that make roles, which whoever founded the ledger had no right to run."""
    safe_when_seen: bool
    """Whether all that can be read is as safe as what was acknowledged. A commit that no standby confirmed is seen."""
    signed_at_commit: bool
    """Whether each append is signed. On a server whoever holds the key signs now and then."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[sqlalchemy.Connection]:
        """One transaction that writes, alone; it is on the disk when the block ends, or nothing of it is.

        On a server it is alone from when it has read the head of the record for update. Blocks must not be nested,
        nor commit by themselves.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[sqlalchemy.Connection]:
        """One state of everything, whatever others write meanwhile."""

    @abstractmethod
    def glancing(self) -> AbstractContextManager[Link]:
        """A connection for single statements, each of which is a state of its own. Blocks may be run again."""

    @abstractmethod
    def watching(self) -> AbstractContextManager[Callable[[float], bool]]:
        """A function that waits at most so many seconds until somebody writes, in any process: whether one has.

        What is written from the beginning of the block on counts.
        """

    @abstractmethod
    def append_rows(self, link: Link, table: sqlalchemy.Table, rows: Sequence[Sequence[object]]) -> None:
        """Inserts many rows by the engine's fastest way; the values stand in the order of the table's columns."""

    @abstractmethod
    def views(self, *, anew: bool = False) -> Database:
        """Where the views of the record here are. Made if there are none, or thrown away first if `anew`.

        Views can always be computed again, so what cannot be read is never believed, but made anew.
        """

    @abstractmethod
    def unsound(self) -> str | None:
        """What is wrong first with the files that the engine keeps, or with what guards the tables; None if nothing."""

    @abstractmethod
    def scrub(self) -> None:
        """Leaves no earlier state of what is erased where the engine could. Raises Unavailable "store.not_scrubbed"."""

    @abstractmethod
    def bytes_used(self) -> int: ...

    def replaced(self) -> bool:
        """Whether something else stands in this place by now, so that nobody sees any more what is written here."""
        return False

    @abstractmethod
    def destroy(self) -> None:
        """Removes everything and closes."""

    def close(self) -> None:
        self.engine.dispose()

    def conflict(self, what: str) -> LedgerError:
        return saying(CONFLICT, self.name, what=what)


@cache
def insertion(table: sqlalchemy.Table) -> sqlalchemy.Insert:
    """The statement that inserts whole rows, one and the same for every call, since it is compiled only once."""
    return table.insert()


def link(connection: sqlalchemy.Connection) -> Link:
    """The driver's own connection under a library's."""
    return cast("Link", connection.connection.driver_connection)


@contextmanager
def linked(block: AbstractContextManager[sqlalchemy.Connection]) -> Iterator[Link]:
    """The driver's own connection for the length of a block of `writing` or `reading`."""
    with block as connection:
        yield link(connection)
