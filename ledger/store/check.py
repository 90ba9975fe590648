"""Whether the record still is what was written: one pass over every byte, to the first break."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, or_, select

from ledger.canonical import read
from ledger.errors import Damaged
from ledger.store.damage import Damage
from ledger.store.database import NO_OFFSET, ONE, ZERO, linked
from ledger.store.faults import MALFORMED, saying
from ledger.store.leaf import MAX_LEAF
from ledger.store.names import Names
from ledger.store.regrown import Regrown
from ledger.store.schema import checkpoint, command, event, head
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ledger.store.database import Database, Link
    from ledger.store.names import Continued

# position, stream, version, kind, command_key, recorded_at, leaf_hash, leaf, digest (of the command that claims it)
_Row = tuple[int, str, int, str, str | None, str, bytes, bytes, str | None]

_FIELDS: Final = 4  # of a leaf: the entry, and what the log added to it
_PAGE: Final = 1000
_LOWEST: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found: how many events it read in how many streams, and the first break.

    `notes` are the checkpoints that the record holds, each signed by somebody; nobody's signature is checked here.
    `roots` are those of the tree at their sizes and at each that was asked for, computed from the leaves.
    """

    events: int
    streams: int
    damage: Damage | None
    notes: tuple[Note, ...] = ()
    roots: Mapping[int, bytes] = field(default_factory=dict[int, bytes])
    continued: tuple[Continued, ...] = ()


_of_command: Final = and_(
    command.c.key == event.c.command_key,
    event.c.position >= command.c.first,
    event.c.position <= command.c.last,
)
_PAGE_OF_ROWS: Final = (
    select(event, command.c.digest)
    .outerjoin_from(event, command, _of_command)
    .where(event.c.position > bindparam("after"))
    .order_by(event.c.position)
    .limit(bindparam("limit"))
    .offset(NO_OFFSET)
)
_HEAD: Final = select(head.c.size, head.c.recorded_at, head.c.edge, head.c.note, head.c.origin)
_NOTES: Final = select(checkpoint.c.number, checkpoint.c.note, checkpoint.c.size).order_by(checkpoint.c.number)
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


_carried: Final = (
    select(func.count())
    .select_from(event)
    .where(event.c.position.between(command.c.first, command.c.last), event.c.command_key == command.c.key)
    .scalar_subquery()
)
_CLAIMS: Final = select(
    func.coalesce(func.sum(command.c.last - command.c.first + ONE), ZERO),
    func.coalesce(func.min(command.c.last - command.c.first), ZERO),
)
_CLAIMED_EVENTS: Final = select(func.min(command.c.first)).where(
    or_(command.c.last < command.c.first, _carried != command.c.last - command.c.first + ONE)
)


def check(database: Database, progress: Callable[[int, int], None] | None = None, sizes: Iterable[int] = ()) -> Check:
    """Reads the whole record as it stood when this began. Memory does not grow with it.

    `progress` is told, page by page, how many events are read and how many there should be. `sizes` are those at
    which the tree's root is wanted.
    """
    counted = keyed = 0
    try:
        with linked(database.reading()) as own:
            where_it_stands = own.run(_HEAD).fetchone()
            if where_it_stands is None:
                raise saying(MALFORMED, database.name)
            size, last_at, edge, last_note, origin = where_it_stands
            found: list[Damage] = []
            notes = list(_notes(own, last_note, found))
            tree = Regrown(own, {*sizes, *(Checkpoint.parse(note.text).size for note in notes)})
            before, names = "", Names()
            for row in _rows(own, database.row_errors):
                damage = _break(row, counted + 1, before, names) or tree.added(row[6])
                if damage is not None:
                    found.append(damage)
                    break
                counted, keyed, before = counted + 1, keyed + (row[4] is not None), row[5]
                if progress is not None and (counted % _PAGE == 0 or counted == size):
                    progress(counted, size)
            else:
                if (size, last_at, origin) != (counted, before, names.last(origin)):
                    found.append(_head_damage(counted, size))
                else:
                    found.extend(tree.finished(edge))
            found.extend(_breaks_between(own, keyed))
            streams = own.run(_STREAMS).fetchone()[0]
    except Damaged as broken:
        return Check(counted, 0, Damage(counted + 1, "damage.file", broken.template, broken.facts))
    if not found and (complaint := database.unsound()):
        template = "The file itself is damaged, though every event can be read: {complaint}."
        found.append(Damage(None, "damage.file", template, {"complaint": complaint}))
    first = min(found, key=lambda each: each.position or 0, default=None)
    return Check(counted, streams, first, tuple(notes), tree.roots, tuple(names.changes))


def _rows(own: Link, unreadable: tuple[type[Exception], ...]) -> Iterator[_Row]:
    after, limit = _LOWEST, _PAGE
    while True:
        try:
            page = own.run(_PAGE_OF_ROWS, (after, limit)).fetchall()
        except unreadable:
            if limit == 1:
                raise
            # One by one from here, to the very row that cannot be read.
            limit = 1
            continue
        if not page:
            return
        yield from page
        after = page[-1][0]


def _notes(own: Link, last: bytes | None, found: list[Damage]) -> Iterator[Note]:
    """The checkpoints that the record holds, each read strictly; what cannot be one is damage."""
    stored: list[tuple[int, bytes, int | None]] = own.run(_NOTES).fetchall()
    if [number for number, _data, _said in stored] != list(range(1, len(stored) + 1)):
        found.append(Damage(None, "damage.note", "A checkpoint that was given out is missing in the record.", {}))
    if last is not None:
        stored.append((0, last, None))
    for _number, data, said in stored:
        try:
            note = Note.parse(_bytes(data) or b"")
            of = Checkpoint.parse(note.text).size
        except TransparencyError as wrong:
            found.append(Damage(None, "damage.note", "A checkpoint in the record is none: {why}", {"why": str(wrong)}))
            continue
        if said is not None and said != of:
            template = "A checkpoint in the record stands under the size {said} and is of {of} events."
            found.append(Damage(None, "damage.note", template, {"said": said, "of": of}))
        else:
            yield note


def _bytes(value: object) -> bytes | None:
    """The value, where it is bytes: a bit in a row's header makes a number of it, in a strict table too."""
    return value if isinstance(value, bytes) else None


def _break(row: _Row, position: int, before: str, names: Names) -> Damage | None:
    """What is wrong first with the row that should stand at `position`."""
    found, stream, version, kind, key, recorded_at, hash_, leaf, digest = row
    if found != position:
        return _damage(position, "damage.position", "Event {position} is missing.")
    if _bytes(leaf) is None or leaf_hash(leaf) != hash_:
        return _damage(position, "damage.leaf_hash", "Event {position} is not what its hash was made of.")
    said = read(leaf) if len(leaf) <= MAX_LEAF else None
    if said is None:
        return _damage(position, "damage.leaf", "Event {position} is not written as the ledger writes.")
    entry: Any = said.get("entry")
    agrees = (
        isinstance(entry, dict)
        and len(said) == _FIELDS
        and said.get("log") == names.of(position, kind, entry, said)
        and said.get("recorded_at") == recorded_at
        and said.get("seq") == position - 1
        and entry.get("stream") == stream
        and entry.get("version") == version
        and entry.get("kind") == kind
        and entry.get("key") == key
    )
    if not agrees:
        return _damage(position, "damage.columns", "Event {position} says otherwise than the columns it is found by.")
    if key is not None and digest is None:
        return _damage(position, "damage.command", "Event {position} comes from a command that is not known.")
    if entry.get("asked", digest) != digest:
        return _damage(position, "damage.command", "Event {position} comes from a command that asked something else.")
    if recorded_at < before:
        return _damage(position, "damage.recorded_at", "Event {position} was recorded before the one that it follows.")
    return None


def _breaks_between(own: Link, keyed: int) -> Iterator[Damage]:
    """What is wrong between rows, of which so many events come from a command, and each of them is claimed by its own.

    Then no command claims more as long as all of them together claim as many events as there are.
    """
    asked = [("damage.version", _VERSIONS, "Event {position} is not the next in its stream.")]
    claimed, least = own.run(_CLAIMS).fetchone()
    if claimed != keyed or least < 0:
        template = "A command claims events from {position} on that are not its own."
        asked.append(("damage.command", _CLAIMED_EVENTS, template))
    for what, statement, template in asked:
        position = own.run(statement).fetchone()[0]
        if position is not None:
            yield _damage(position, what, template)


def _head_damage(last: int, size: int) -> Damage:
    template = "The log says that it holds {size} events, and holds {last}; or it was not last added to when it says."
    return Damage(min(last, size) + 1, "damage.head", template, {"size": size, "last": last})


def _damage(position: int, what: str, template: str) -> Damage:
    return Damage(position, what, template, {"position": position})
