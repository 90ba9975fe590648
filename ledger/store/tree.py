"""The log's Merkle tree as it lies in the record: leaf hashes with the events, and one node for each 256 of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, insert, select

from ledger.store.schema import event, node
from ledger.transparency.proofs import root
from ledger.transparency.tiles import TILE_WIDTH, TiledNodes
from ledger.transparency.tree import TILE_HEIGHT, CompactRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.store.database import Link

_LEAVES: Final = (
    select(event.c.leaf_hash)
    .where(event.c.position > bindparam("after"), event.c.position <= bindparam("last"))
    .order_by(event.c.position)
)
_NODES: Final = (
    select(node.c.hash)
    .where(node.c.level == bindparam("level"), node.c.idx >= bindparam("first"), node.c.idx < bindparam("end"))
    .order_by(node.c.idx)
)
_INSERT_NODE: Final = insert(node)
_PAGE: Final = 65_536


def tile(own: Link, level: int, index: int) -> list[bytes]:
    """The hashes of a tile, as many as the log has of it: at most 256, of 32 bytes each."""
    first = index * TILE_WIDTH
    if level == 0:
        rows = own.run(_LEAVES, (first, first + TILE_WIDTH))
    else:
        rows = own.run(_NODES, (level * TILE_HEIGHT, first, first + TILE_WIDTH))
    return [hash_ for (hash_,) in rows]


def root_at(own: Link, size: int) -> bytes:
    """The root of the tree of the first `size` leaves. Raises InvalidTile where the log is not that long."""
    return root(size, TiledNodes(lambda level, index: tile(own, level, index)).node)


def keep(own: Link, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Stores nodes that became complete, as CompactRange gives them."""
    if nodes:
        own.run_many(_INSERT_NODE, nodes)


def grown(own: Link, size: int) -> CompactRange:
    """The tree over the leaf hashes that a record of `size` events holds, its nodes stored on the way."""
    tree = CompactRange()
    while tree.size < size:
        rows = own.run(_LEAVES, (tree.size, min(tree.size + _PAGE, size))).fetchall()
        if not rows:
            break
        keep(own, tree.extend(hash_ for (hash_,) in rows))
    return tree
