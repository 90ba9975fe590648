"""Carrying a whole record to another place, byte for byte: the same leaves, the same tree, the same private texts."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from sqlalchemy import Table, bindparam, func, select, update

from ledger.errors import Damaged
from ledger.store.check import check
from ledger.store.database import NO_OFFSET, linked
from ledger.store.reader import by_name
from ledger.store.schema import checkpoint, command, disclosure, event, head, subject_key, tracking
from ledger.store.texts import check_texts
from ledger.store.tree import keep, root_at
from ledger.transparency.tree import CompactRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import BindParameter, Select

    from ledger.store.batch import EventRow
    from ledger.store.database import Database, Link

_PAGE: Final = 5_000
_HEAD: Final = select(head.c.size, head.c.recorded_at, head.c.edge, head.c.origin, head.c.note)
_EVENTS: Final = (
    select(event)
    .where(event.c.position > bindparam("after"))
    .order_by(event.c.position)
    .limit(bindparam("limit"))
    .offset(NO_OFFSET)
)
_COMMANDS: Final = select(func.count()).select_from(command)
# The order is that of the table, in which a statement names them.
_STAND: Final = update(head).values(
    size=bindparam("to_size"),
    recorded_at=bindparam("at"),
    origin=bindparam("to_origin"),
    edge=bindparam("to_edge"),
    note=bindparam("signed"),
)
# Each with what comes before the first of its keys.
_OTHERS: Final[dict[Table, int | str]] = {checkpoint: 0, subject_key: "", disclosure: "", tracking: ""}


def copy(source: Database, target: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Brings the target, a beginning of the same log or empty, up to the source, and verifies it; its last position.

    Page by page, so that a copy that was cut short goes on from where it was. The end is taken from one state of the
    source, whatever others write meanwhile. `progress` is told (position, of).

    Raises Damaged "copy.other" where the target holds another history, "copy.damaged" where the source is damaged
    and so the copy is.
    """
    with linked(source.reading()) as from_:
        size, recorded_at, edge, origin, note = from_.run(_HEAD).fetchone()
        with linked(target.reading()) as to:
            done, _at, begun, _origin, _note = to.run(_HEAD).fetchone()
        tree = CompactRange.decoded(done, begun)
        if done > size or (done and root_at(from_, done) != tree.root()):
            template = "{place} holds another history than what is to be copied; copy to an empty place."
            raise Damaged("copy.other", template, place=target.name)
        for page in _pages(from_, done):
            with linked(target.writing()) as to:
                _put(target, from_, to, tree, page, origin)
            if progress is not None:
                progress(tree.size, size)
        with linked(target.writing()) as to:
            for table, before in _OTHERS.items():
                _put_rest(target, from_, to, table, before)
            to.run(_STAND, (size, recorded_at, origin, edge, note))
            if to.run(_COMMANDS).fetchone() != from_.run(_COMMANDS).fetchone():
                raise _damaged("it holds a command that no event comes from", None)
    _verify(target, size, tree)
    return tree.size


def origin_of(source: Database) -> str:
    with source.glancing() as own:
        return str(own.run(_HEAD).fetchone()[3])


def _pages(from_: Link, after: int) -> Iterator[list[EventRow]]:
    """The events after a position."""
    while page := from_.run(_EVENTS, (after, _PAGE)).fetchall():
        yield page
        after = page[-1][0]


def _put(target: Database, from_: Link, to: Link, tree: CompactRange, page: list[EventRow], origin: str) -> None:
    target.append_rows(to, event, page)
    # By their keys, since there is no order of positions in which they could be looked for.
    keys = {row[4] for row in page if row[4] is not None}
    commands: list[tuple[str, str, int, int]] = [
        each for each in by_name(from_, _with_keys, keys) if each[2] >= page[0][0]
    ]
    target.append_rows(to, command, sorted(commands, key=itemgetter(2)))
    keep(to, tree.extend(row[6] for row in page))
    to.run(_STAND, (tree.size, page[-1][5], origin, tree.encoded, None))


def _put_rest(target: Database, from_: Link, to: Link, table: Table, before: int | str) -> None:
    """Copies what the other side does not hold yet: all, unless it was cut short between its last two steps."""
    (key,) = table.primary_key
    there = {row[0] for row in to.run(select(key))}
    page = select(table).where(key > bindparam("after")).order_by(key).limit(bindparam("limit")).offset(NO_OFFSET)
    while rows := from_.run(page, (before, _PAGE)).fetchall():
        target.append_rows(to, table, [row for row in rows if row[0] not in there])
        before = rows[-1][0]


def _verify(target: Database, size: int, tree: CompactRange) -> None:
    found = check(target, sizes=[size])
    damage = found.damage or check_texts(target).damage
    if damage is None and size and found.roots[size] != tree.root():
        raise AssertionError
    if damage is not None:
        raise _damaged(str(damage), damage.position)


def _damaged(why: str, position: int | None) -> Damaged:
    template = "The ledger is damaged, and so is the copy of it: {why}"
    return Damaged("copy.damaged", template, why=why, position=position)


@cache
def _with_keys(names: tuple[BindParameter[str], ...]) -> Select[str, str, int, int]:
    return select(command).where(command.c.key.in_(names))
