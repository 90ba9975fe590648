"""Several processes that write and ask, heard together while servers come and go."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any
from unittest import mock

from ledger.store.postgres import connection
from tests.faults.faultkit import Place, ask, write
from tests.processes import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection


class Heard:
    """What each of some processes said, as far as it was heard."""

    def __init__(self, pipes: list[Connection]) -> None:
        self._open = dict(enumerate(pipes))
        self.said: list[list[Any]] = [[] for _ in pipes]

    @property
    def all(self) -> list[Any]:
        return [each for said in self.said for each in said]

    def more(self, number: int) -> None:
        """Listens until each of them has said so much more."""
        wanted = [len(said) + number for said in self.said]
        while any(len(said) < least for said, least in zip(self.said, wanted, strict=True)):
            ended = self._listen()
            assert not ended, "one ended that should go on"

    def to_the_end(self) -> None:
        """Listens until all of them have ended."""
        while self._open:
            self._listen()

    def _listen(self) -> bool:
        """Takes what there is; whether one of them has ended."""
        ready = wait(list(self._open.values()))
        for number, pipe in list(self._open.items()):
            if pipe not in ready:
                continue
            try:
                self.said[number].append(pipe.recv())
            except EOFError:
                del self._open[number]
                return True
        return False


@contextmanager
def writers(place: Place, number: int, turns: int) -> Iterator[Heard]:
    """So many who write so many turns each, and ask every other turn."""
    with ExitStack() as stack:
        named = [f"w{each}" for each in range(number)]
        yield Heard([stack.enter_context(running(hasty, place, name, range(turns), 2))[1] for name in named])


def hasty(place: Place, name: str, turns: range, asks: int, said: Connection) -> None:
    """As `faultkit.write`; a server that says nothing for two seconds is given up."""
    with mock.patch.object(connection, "DEADLINE_SECONDS", 2.0):
        write(place, name, turns, asks, said)


@contextmanager
def askers(place: Place, number: int) -> Iterator[Heard]:
    """So many who go on asking; see `faultkit.ask`."""
    with ExitStack() as stack:
        yield Heard([stack.enter_context(running(ask, place))[1] for _ in range(number)])
