"""Processes that write and sign, and that die where they are told to: forked from one that has loaded all."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from ledger import Keys, command, open_ledger, signing
from ledger.errors import Conflict
from tests.processes import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

POINTS: Final = ("before the commit", "after the commit", "within the line that remembers")


def write(file: Path, keys: Path, name: str, count: int, point: str, said: Connection) -> None:
    """Says each number once it is recorded; dies at that point of the last."""
    with open_ledger(file, keys=Keys(keys)) as ledger:
        for number in range(1, count + 1):
            if point and number == count:
                _die(point)
            while True:
                try:
                    ledger.tell(command({"do": "define", "by": "eva", "code": f"{name}-{number}", "title": "T"}))
                    break
                except Conflict:
                    continue
            said.send(number)


def _die(point: str) -> None:
    """From here on this process ends as by a power cut, there."""

    def killed(*_words: Any, **_more: Any) -> None:  # noqa: ANN401 - in the place of anything
        os.kill(os.getpid(), signal.SIGKILL)

    def half_written(file: int, line: bytes) -> None:
        os.pwrite(file, line[: len(line) // 2], os.fstat(file).st_size)
        killed()

    if point == "before the commit":
        signing.Turn.signed = killed  # type: ignore[method-assign]
    elif point == "after the commit":
        signing.Turn.remember = killed  # type: ignore[method-assign]
    else:
        os.write = half_written  # type: ignore[assignment]


@contextmanager
def writing(file: Path, keys: Path, name: str, count: int, point: str = "") -> Iterator[tuple[Any, Connection]]:
    """A process that writes, and the numbers that it says."""
    with running(write, file, keys, name, count, point) as started:
        yield started


def open_until(file: Path, statement: int, said: Connection) -> None:
    """Opens the record, and dies before that statement of those that bring it up to today's format."""
    from ledger.store import open_record
    from ledger.store.sqlite import making

    count = 0

    def trace(_text: str) -> None:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    whole = vars(making)["connected"]

    def connected(*words: Any) -> Any:  # noqa: ANN401 - as it is
        connection = whole(*words)
        connection.set_trace_callback(trace)
        return connection

    with mock.patch.object(making, "connected", connected):
        open_record(file).close()
    said.send(1)


@contextmanager
def opening(file: Path, statement: int) -> Iterator[tuple[Any, Connection]]:
    """A process that opens a record and is killed on the way."""
    with running(open_until, file, statement) as started:
        yield started
