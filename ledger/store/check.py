"""Whether the record still is what was written: one pass over every byte, to the first break."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Integer, bindparam, exists, func, literal_column, or_, select

from ledger.canonical import canonical, parse
from ledger.errors import Damaged
from ledger.store.engines import NO_OFFSET, driver, reading, sql, unsound
from ledger.store.leaf import MAX_LEAF, leaf_hash
from ledger.store.schema import command, event, head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Engine

    from ledger.store.engines import SqliteConnection

_PAGE: Final = 1000
_LOWEST: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Damage:
    """A break in the record. `position` is where it shows first (None: in the file, at no event); `what` is a code."""

    position: int | None
    what: str
    template: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return self.template.format(**self.facts)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found: how many events it read in how many streams, and the first break."""

    events: int
    streams: int
    damage: Damage | None


@dataclass(frozen=True, slots=True)
class _Row:
    position: int
    stream: str
    version: int
    kind: str
    command_key: str | None
    recorded_at: str
    leaf_hash: bytes
    leaf: bytes


_PAGE_OF_ROWS: Final = (
    select(event)
    .where(event.c.position > bindparam("after"))
    .order_by(event.c.position)
    .limit(bindparam("limit"))
    .offset(NO_OFFSET)
)
_HEAD: Final = select(head.c.size, head.c.recorded_at)
_STREAMS: Final = select(func.count(event.c.stream.distinct()))

# Walks the index on (stream, version), so that neither sorting nor memory grows with the log.
_numbered: Final = select(
    event.c.position,
    event.c.version,
    func.row_number().over(partition_by=event.c.stream, order_by=event.c.version).label("nth"),
    func.lag(event.c.position).over(partition_by=event.c.stream, order_by=event.c.version).label("earlier"),
).subquery()
_VERSIONS: Final = select(func.min(_numbered.c.position)).where(
    or_(_numbered.c.version != _numbered.c.nth, _numbered.c.earlier > _numbered.c.position)
)

# In the statement's text, where a plain number would be one more parameter to hand over.
_ONE: Final = literal_column("1", Integer)

_UNKNOWN_COMMAND: Final = select(func.min(event.c.position)).where(
    event.c.command_key.is_not(None),
    ~exists().where(command.c.key == event.c.command_key, event.c.position.between(command.c.first, command.c.last)),
)
_carried: Final = (
    select(func.count())
    .select_from(event)
    .where(event.c.position.between(command.c.first, command.c.last), event.c.command_key == command.c.key)
    .scalar_subquery()
)
_CLAIMED_EVENTS: Final = select(func.min(command.c.first)).where(
    or_(command.c.last < command.c.first, _carried != command.c.last - command.c.first + _ONE)
)


def check(engine: Engine, origin: str, progress: Callable[[int, int], None] | None = None) -> Check:
    """Reads the whole record as it stood when this began. Memory does not grow with it.

    `progress` is told, page by page, how many events are read and how many there should be.
    """
    done = 0
    try:
        with reading(engine) as connection:
            own = driver(connection)
            size, last_at = own.execute(sql(_HEAD)).fetchone()
            found: list[Damage] = []
            before = ""
            for row in _rows(own):
                damage = next(_breaks(row, done + 1, before, origin), None)
                if damage is not None:
                    found.append(damage)
                    break
                done, before = done + 1, row.recorded_at
                if progress is not None and (done % _PAGE == 0 or done == size):
                    progress(done, size)
            else:
                if (size, last_at) != (done, before):
                    found.append(_head_damage(done, size))
            found.extend(_breaks_between(own))
            streams = own.execute(sql(_STREAMS)).fetchone()[0]
    except Damaged as broken:
        return Check(done, 0, Damage(done + 1, "damage.file", broken.template, broken.facts))
    if not found and (complaint := unsound(engine)):
        template = "The file itself is damaged, though every event can be read: {complaint}."
        found.append(Damage(None, "damage.file", template, {"complaint": complaint}))
    return Check(done, streams, min(found, key=lambda each: each.position or 0, default=None))


def _rows(own: SqliteConnection) -> Iterator[_Row]:
    after = _LOWEST
    while page := own.execute(sql(_PAGE_OF_ROWS), (after, _PAGE)).fetchall():
        yield from itertools.starmap(_Row, page)
        after = page[-1][0]


def _breaks(row: _Row, position: int, before: str, origin: str) -> Iterator[Damage]:
    """What is wrong with the row that should stand at `position`; only the first is worth hearing."""
    if row.position != position:
        yield _damage(position, "damage.position", "Event {position} is missing.")
    if leaf_hash(row.leaf) != row.leaf_hash:
        yield _damage(position, "damage.leaf_hash", "Event {position} is not what its hash was made of.")
    leaf = _canonical(row.leaf)
    if leaf is None:
        yield _damage(position, "damage.leaf", "Event {position} is not written as the ledger writes.")
        return
    entry = cast("dict[str, Any]", leaf.pop("entry")) if isinstance(leaf.get("entry"), dict) else {}
    said = {"seq": position - 1, "log": origin, "recorded_at": row.recorded_at}
    columns = (row.stream, row.version, row.kind, row.command_key)
    if leaf != said or columns != tuple(entry.get(field) for field in ("stream", "version", "kind", "key")):
        yield _damage(position, "damage.columns", "Event {position} says otherwise than the columns it is found by.")
    if row.recorded_at < before:
        yield _damage(position, "damage.recorded_at", "Event {position} was recorded before the one that it follows.")


def _canonical(leaf: bytes) -> dict[str, Any] | None:
    try:
        value = parse(leaf)
        return value if len(leaf) <= MAX_LEAF and canonical(value) == leaf else None
    except (ValueError, RecursionError):
        return None


def _breaks_between(own: SqliteConnection) -> Iterator[Damage]:
    for what, statement, template in (
        ("damage.version", _VERSIONS, "Event {position} is not the next in its stream."),
        ("damage.command", _UNKNOWN_COMMAND, "Event {position} comes from a command that is not known."),
        ("damage.command", _CLAIMED_EVENTS, "A command claims events from {position} on that are not its own."),
    ):
        position = own.execute(sql(statement)).fetchone()[0]
        if position is not None:
            yield _damage(position, what, template)


def _head_damage(last: int, size: int) -> Damage:
    template = "The log says that it holds {size} events, and holds {last}; or it was not last added to when it says."
    return Damage(min(last, size) + 1, "damage.head", template, {"size": size, "last": last})


def _damage(position: int, what: str, template: str) -> Damage:
    return Damage(position, what, template, {"position": position})
