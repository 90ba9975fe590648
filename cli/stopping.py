"""Ending what goes on until it is ended: at SIGTERM quietly, at SIGINT as aborted, and never in the middle of a thing."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stopped(BaseException):
    """Somebody asked for the end; no error, and nothing that a library may take for one."""


class Stop:
    """Ends the work where it stands, or as soon as nothing is in hand. Asked twice, it ends at once."""

    def __init__(self) -> None:
        self._in_hand = False
        self._asked: BaseException | None = None

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """What is done in the block is done to the end, or to where it calls `here`."""
        self._in_hand = True
        try:
            yield
        finally:
            self._in_hand = False
        self.here()

    def here(self) -> None:
        """Ends the work here if that was asked for."""
        if self._asked is not None:
            raise self._asked

    def heard(self, number: int, _frame: object) -> None:
        asked = KeyboardInterrupt() if number == signal.SIGINT else Stopped()
        if not self._in_hand or self._asked is not None:
            raise asked
        self._asked = asked


@contextmanager
def stoppable() -> Iterator[Stop]:
    """A block that SIGTERM ends as if it had come to its end, and SIGINT as the reader's Ctrl-C."""
    stop = Stop()
    before = [(each, signal.signal(each, stop.heard)) for each in (signal.SIGTERM, signal.SIGINT)]
    try:
        yield stop
    except Stopped:
        pass
    finally:
        for number, handler in before:
            signal.signal(number, handler)
