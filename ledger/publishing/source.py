"""What an export is made from: a log's entries in their order, and the hashes of its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.transparency.tree import CompactRange


class Leaf(Protocol):
    """An entry in its place. `position` counts from 1; `leaf_hash` is 32 bytes (RFC 6962, 2.1)."""

    @property
    def position(self) -> int: ...

    @property
    def leaf(self) -> bytes: ...

    @property
    def leaf_hash(self) -> bytes: ...


class Source(Protocol):
    """A log that only grows. It may grow while it is read: what was read of it stays true."""

    @property
    def origin(self) -> str:
        """The name of the log, as in its checkpoints."""
        ...

    def tree(self) -> CompactRange:
        """The right edge of the log's tree as it stands now."""
        ...

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes that the log has of that tile: at most 256, of 32 bytes each (C2SP tlog-tiles)."""
        ...

    def log(self, after: int, limit: int) -> Sequence[Leaf]:
        """At most `limit` entries whose position is above `after`, in the order of the log."""
        ...
