"""The exact bytes of an entry in its place in the log, which are what is stored, hashed and proved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.errors import Refused

MAX_LEAF: Final = 65_535
"""Bytes; a tile of a C2SP tlog gives an entry's length in two bytes."""

_BEFORE: Final = b'{"entry":'
_AFTER: Final = b',"log":"'


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry as it stands in the log. `position` counts from 1; `recorded_at` is in UTC."""

    position: int
    stream: str
    version: int
    kind: str
    recorded_at: datetime
    leaf: bytes
    leaf_hash: bytes

    @property
    def state(self) -> bytes:
        """The entry alone, as it was given to the log."""
        # What follows the entry holds no text that could be mistaken for this: a quote in an origin is escaped.
        return self.leaf[len(_BEFORE) : self.leaf.rindex(_AFTER)]

    @property
    def log(self) -> str:
        """What the log was called when it took the entry in."""
        return str(json.loads(b"{%b" % self.leaf[self.leaf.rindex(_AFTER) + 1 :])["log"])


def leaf_of(row: tuple[int, str, int, str, str, bytes, bytes]) -> Leaf:
    """A Leaf from the columns of its row, in the order of its fields."""
    position, stream, version, kind, recorded_at, leaf, leaf_hash = row
    return Leaf(position, stream, version, kind, datetime.fromisoformat(recorded_at), leaf, leaf_hash)


def surroundings(origin: str, recorded_at: str) -> bytes:
    """What stands between an entry and its sequence number; the same for all entries of one transaction."""
    # The keys come in the order that canonical JSON wants, so a canonical entry makes a canonical leaf by splicing.
    return f',"log":{json.dumps(origin, ensure_ascii=False)},"recorded_at":"{recorded_at}","seq":'.encode()


def spliced(state: bytes, around: bytes, position: int) -> bytes:
    """The leaf that puts `state` at `position`. Raises Refused "entry.too_long" above MAX_LEAF bytes."""
    leaf = b"%b%b%b%d}" % (_BEFORE, state, around, position - 1)
    if len(leaf) > MAX_LEAF:
        template = "The entry takes {bytes} bytes and {limit} is the most that the log holds; shorten its longest text."
        raise Refused("entry.too_long", template, bytes=len(leaf), limit=MAX_LEAF)
    return leaf
