"""The tree grown again from the leaf hashes of a record, to be held against the one that it stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, select

from ledger.store.damage import Damage
from ledger.store.schema import node
from ledger.transparency.tree import CompactRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.store.database import Link

_NODE: Final = select(node.c.hash).where(node.c.level == bindparam("level"), node.c.idx == bindparam("idx"))
_NODES: Final = select(func.count()).select_from(node)


class Regrown:
    """The tree over the leaf hashes as they pass, held against the nodes that the record stores."""

    def __init__(self, own: Link, sizes: set[int]) -> None:
        self.roots: dict[int, bytes] = {}
        self._own = own
        self._range = CompactRange()
        self._waiting: list[bytes] = []
        self._sizes = sorted(sizes, reverse=True)
        self._nodes = 0
        self._note_roots()

    def added(self, hash_: bytes) -> Damage | None:
        self._waiting.append(hash_)
        size = self._range.size + len(self._waiting)
        # A node is complete at each 256th leaf; until then, and until a root is wanted, the hashes may wait.
        if size & 0xFF == 0 or (self._sizes and self._sizes[-1] == size):
            return self._extended()
        return None

    def finished(self, edge: bytes) -> Iterator[Damage]:
        if (damage := self._extended()) is not None:
            yield damage
        if edge != self._range.encoded:
            template = "The right edge of the tree is not that of the events."
            yield Damage(self._range.size, "damage.edge", template, {})
        if self._own.run(_NODES).fetchone()[0] != self._nodes:
            yield Damage(self._range.size, "damage.node", "The tree holds nodes that no event made.", {})

    def _extended(self) -> Damage | None:
        completed = self._range.extend(self._waiting)
        self._waiting = []
        self._note_roots()
        for level, index, hash_ in completed:
            self._nodes += 1
            stored = self._own.run(_NODE, (level, index)).fetchone()
            if stored != (hash_,):
                first = (index << level) + 1
                template = "The node of the tree over events {first} to {last} is not what they make."
                return Damage(first, "damage.node", template, {"first": first, "last": first - 1 + (1 << level)})
        return None

    def _note_roots(self) -> None:
        while self._sizes and self._sizes[-1] <= self._range.size:
            size = self._sizes.pop()
            if size == self._range.size:
                self.roots[size] = self._range.root()
