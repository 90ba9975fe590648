"""Processes that are forked from one that has loaded all, so that many can be had, and what they say."""

from __future__ import annotations

import multiprocessing
import os
import sys
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerProcess

PROJECT: Final = Path(__file__).parents[1]
CONTEXT: Final = multiprocessing.get_context("forkserver")


@contextmanager
def running(target: Callable[..., None], *words: object) -> Iterator[tuple[ForkServerProcess, Any]]:
    """A process that runs the target with those words and where to say what it says; it is killed at the end."""
    # The server loads what it forks from where Python is told to look, which is not where pytest found it.
    CONTEXT.set_forkserver_preload([target.__module__])
    folder = Path(str(sys.modules[target.__module__].__file__)).parent
    with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join((str(PROJECT), str(folder)))):
        forkserver.ensure_running()
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(*words, theirs))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        ours.close()


def heard(said: Connection, most: int | None = None) -> list[Any]:
    """What is said until the process ends, or until so much of it was."""
    told: list[Any] = []
    # The end, or what was said only in part.
    with suppress(EOFError, OSError):
        while most is None or len(told) < most:
            told.append(said.recv())
    return told
