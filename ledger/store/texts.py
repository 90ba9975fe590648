"""Whether each private text is the one that was recorded, or is gone because an erasure says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import bindparam, func, literal_column, select

from ledger.canonical import read
from ledger.errors import Damaged
from ledger.events.private import ERASING, PRIVATE
from ledger.store.damage import Damage
from ledger.store.database import NO_OFFSET, linked
from ledger.store.disclosures import opened
from ledger.store.schema import disclosure, event, subject_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from ledger.store.database import Database, Link

_PAGE: Final = 1000
_STREAMS: Final = 64
"""Streams whose erasures are remembered, so that memory does not grow with the ledger."""

# In the statement's text, where each kind would otherwise be one more parameter to hand over.
_KINDS: Final[ColumnElement[str]] = literal_column(f"({', '.join(map(repr, (*PRIVATE, *ERASING)))})")
_EVENTS: Final = (
    select(event.c.position, event.c.stream, event.c.kind, event.c.recorded_at, event.c.leaf)
    .where(event.c.position > bindparam("after"), event.c.kind.op("IN")(_KINDS))
    .order_by(event.c.position)
    .limit(bindparam("limit"))
    .offset(NO_OFFSET)
)
_TEXT: Final = (
    select(disclosure.c.position, disclosure.c.subject, disclosure.c.ciphertext, disclosure.c.nonce, subject_key.c.key)
    .select_from(disclosure)
    .outerjoin(subject_key, subject_key.c.subject == disclosure.c.subject)
    .where(disclosure.c.digest == bindparam("of"))
)
_KEY: Final = select(subject_key.c.key, subject_key.c.erased_at).where(subject_key.c.subject == bindparam("of"))
_OF_STREAM: Final = select(event.c.leaf, event.c.kind).where(event.c.stream == bindparam("of"))
_COUNT: Final = select(func.count()).select_from(disclosure)
_PLACED: Final = (
    select(disclosure.c.position, disclosure.c.digest, event.c.leaf)
    .select_from(disclosure)
    .outerjoin(event, event.c.position == disclosure.c.position)
    .order_by(disclosure.c.position)
)


@dataclass(frozen=True, slots=True)
class TextCheck:
    """How many private texts are there and are the ones recorded, how many are erased, and the first break."""

    kept: int
    erased: int
    damage: Damage | None


def check_texts(database: Database) -> TextCheck:
    """Holds every commitment in the log against the text beside it. Memory does not grow with the ledger.

    That the events are as they were written is for `check` to say, before this.
    """
    with linked(database.reading()) as own:
        return _Texts(own).checked()


class _Texts:
    def __init__(self, own: Link) -> None:
        self._own = own
        self._kept = self._erased = self._rows = 0
        self._damage: Damage | None = None
        self._erasures = lru_cache(maxsize=_STREAMS)(self._erasures_of)

    def checked(self) -> TextCheck:
        for position, stream, kind, recorded_at, said in self._events():
            for field in PRIVATE.get(kind, ()):
                digest = said.get(f"{field}_digest")
                if digest is not None:
                    self._see(position, stream, field, digest)
            if kind in ERASING:
                self._see_erasure(position, stream, recorded_at, said)
        if self._rows != self._own.run(_COUNT).fetchone()[0]:
            self._break(self._astray(), "damage.text_astray", "There is a private text that no event commits to.")
        return TextCheck(self._kept, self._erased, self._damage)

    def _events(self) -> Iterator[tuple[int, str, str, str, dict[str, Any]]]:
        after = 0
        while page := self._own.run(_EVENTS, (after, _PAGE)).fetchall():
            for position, stream, kind, recorded_at, leaf in page:
                yield position, stream, kind, recorded_at, _event(leaf)
            after = page[-1][0]

    def _see(self, position: int, stream: str, field: str, digest: str) -> None:
        at, subject, ciphertext, nonce, key = self._own.run(_TEXT, (digest,)).fetchone() or (
            None,
            stream,
            None,
            None,
            None,
        )
        self._rows += at == position
        if at not in {None, position}:
            self._break(position, "damage.text_astray", "The private text of event {position} stands at another.")
        elif (ciphertext, nonce) == (None, None) and digest in self._erasures(subject):
            self._erased += 1
        elif ciphertext is None:
            template = (
                "The private text of event {position} is gone, and no erasure took it: an unexplained loss. "
                "If it is lost for good, tillit erase says so and on what ground."
            )
            self._break(position, "damage.text_lost", template)
        elif (found := opened(digest, ciphertext, nonce, key)) is None or found.field != field:
            template = "The private text of event {position} is not the one that was recorded, or its key is not."
            self._break(position, "damage.text_altered", template)
        else:
            self._kept += 1

    def _see_erasure(self, position: int, stream: str, at: str, said: dict[str, Any]) -> None:
        for digest in said["digests"]:
            row = self._own.run(_TEXT, (digest,)).fetchone()
            if row is not None and row[2:4] != (None, None):
                template = "Event {position} erased a private text that is still there."
                self._break(position, "damage.text_kept", template)
        if said.get("whole") and self._own.run(_KEY, (stream,)).fetchone() != (None, at):
            template = "Event {position} erased the key of {stream}, which is still there or could be made again."
            self._break(position, "damage.key_kept", template, stream=stream)

    def _erasures_of(self, stream: str) -> frozenset[str]:
        """Every digest that an erasure in the stream names."""
        return frozenset(
            digest
            for leaf, kind in self._own.run(_OF_STREAM, (stream,))
            if kind in ERASING
            for digest in _event(leaf)["digests"]
        )

    def _astray(self) -> int | None:
        """The first position at which a text stands that the event there does not hold the digest of."""
        rows = self._own.run(_PLACED)
        return next((at for at, digest, leaf in rows if leaf is None or digest.encode() not in leaf), None)

    def _break(self, position: int | None, what: str, template: str, **facts: object) -> None:
        if self._damage is None or (position or 0) < (self._damage.position or 0):
            self._damage = Damage(position, what, template, {"position": position, **facts})


def _event(leaf: bytes) -> dict[str, Any]:
    """The event in a leaf. Raises Damaged "entry.unreadable" where there is none."""
    said = read(leaf)
    if said is None:
        raise Damaged("entry.unreadable", "An entry cannot be read as it was written; see tillit verify.")
    return cast("dict[str, Any]", said["entry"]["event"])
