"""Those who carry out the same lines of a journal, ours and others', each by its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS: Final = "ours"
LIBRARY: Final = "eventsourcing"
CACHED: Final = "eventsourcing with its cache"
ASYNC: Final = "eventsource-py"
PEERS: Final = (LIBRARY, CACHED, ASYNC)
# Each is imported only where it is asked for, so that a process holds the memory of one.
_MODULES: Final = {OURS: "ours", LIBRARY: "library", CACHED: "library", ASYNC: "eventsource"}


class Teller(Protocol):
    """An organisation that is open."""

    def tell(self, lines: Sequence[bytes]) -> int:
        """Carry out the lines in one transaction, or in as few as it can; how many events that made."""
        ...

    def read(self) -> int:
        """Read every event back as what it was, a thousand at a time; how many they were."""
        ...

    def close(self) -> None: ...


class _Module(Protocol):
    def found(self, address: str) -> None:
        """Make the organisation at an empty address, with its root and its founder."""
        ...

    def opened(self, address: str, *, cached: bool) -> Teller: ...


def found(name: str, address: str) -> None:
    """Make the organisation at an empty address, with its root and its founder."""
    _module(name).found(address)


def opened(name: str, address: str) -> Teller:
    """Go on with an organisation that was founded."""
    return _module(name).opened(address, cached=name == CACHED)


def _module(name: str) -> _Module:
    return cast("_Module", import_module(f"benchmarks.peers.{_MODULES[name]}"))
