"""Processes that go on until they are ended, what they say meanwhile, and others that write to the same ledger."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Final

import ledger
from ledger import Keys, command, create_ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger import Ledger

PROJECT: Final = Path(ledger.__file__).resolve().parents[1]
PATIENCE: Final = 120
"""Seconds after which what has not been said is taken for what never will be."""
SECRET: Final = "Nobody may read this"  # noqa: S105 - what must be found nowhere
_WRITER: Final = f"""
import sys
from pathlib import Path
from ledger import Keys, command, open_ledger
from ledger.errors import Conflict
address, keys, name, count = sys.argv[1:]
with open_ledger(address, keys=Keys(Path(keys))) as ledger:
    for number in range(int(count)):
        print(number, flush=True)
        if not sys.stdin.readline():
            break
        told = {{"do": "member add", "by": "eva", "handle": f"{{name}}{{number}}", "name": "{SECRET}"}}
        while True:
            try:
                ledger.tell(command(told))
            except Conflict:
                continue
            break
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A ledger somewhere, and the settings of a machine that has its key."""

    address: str
    settings: Path

    def found(self) -> Place:
        with create_ledger(self.address, "Town", ["eva"], keys=self.keys):
            return self

    @property
    def keys(self) -> Keys:
        return Keys(self.settings / "keys")

    def open(self) -> Ledger:
        return open_ledger(self.address, keys=self.keys)

    def add(self, *handles: str) -> int:
        """Enters members, each with a name; the position of the last entry."""
        with self.open() as opened:
            for handle in handles:
                opened.tell(command({"do": "member add", "by": "eva", "handle": handle, "name": SECRET}))
            return opened.head()

    def head(self) -> int:
        with self.open() as opened:
            return opened.head()

    @contextmanager
    def running(self, *words: str, before: str = "", settings: Path | None = None) -> Iterator[Running]:
        """Tillit in a process of its own, said of this ledger; `before` are statements that it runs first."""
        program = f"{before}\nfrom cli.main import main\nmain()"
        started = Running(["-c", program, *words, "--ledger", self.address], settings or self.settings)
        try:
            yield started
        finally:
            started.kill()

    @contextmanager
    def writer(self, name: str, count: int) -> Iterator[Running]:
        """A process that enters a member for each line it is given, at most `count`."""
        started = Running(["-c", _WRITER, self.address, str(self.keys.folder), name, str(count)], self.settings)
        try:
            yield started
        finally:
            started.kill()


class Running:
    """A process, and the lines of its streams as they come."""

    def __init__(self, words: list[str], settings: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLIT_")}
        self.process = subprocess.Popen(
            [sys.executable, *words],
            env={**kept, "PYTHONPATH": str(PROJECT), "TILLIT_CONFIG": str(settings)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin
        self.stdin: IO[str] = self.process.stdin
        self._answers = _lines(self.process.stdout)
        self._words = _lines(self.process.stderr)

    def word(self) -> str:
        """The next line on stderr; empty where there is none any more."""
        return self._next(self._words)

    def line(self) -> str:
        """The next line on stdout."""
        return self._next(self._answers)

    def silent(self) -> bool:
        """Whether nothing has come on stderr yet."""
        return self._words.empty()

    def row(self) -> dict[str, Any]:
        """The next line on stdout, which is a JSON object."""
        line = self.line()
        assert line, self.rest(self._words)
        assert line.endswith("\n"), line
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def rows_to(self, position: int) -> list[dict[str, Any]]:
        """Rows up to that of a position."""
        rows = [self.row()]
        while rows[-1]["position"] < position:
            rows.append(self.row())
        return rows

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, list[str], list[str]]:
        """Its exit code after a signal, and the lines of stdout and of stderr that nobody had read yet."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> tuple[int, list[str], list[str]]:
        """The same of a process that ends by itself."""
        answers, words = self.rest(self._answers), self.rest(self._words)
        return self.process.wait(PATIENCE), answers, words

    def go(self, lines: int = 1) -> None:
        """Lets a writer write so many times, once it has come to where it waits."""
        for _ in range(lines):
            self._next(self._answers)
            self.stdin.write("go\n")
            self.stdin.flush()

    def done(self) -> None:
        """Lets a writer end what it does, and no more."""
        self.stdin.close()
        assert self.process.wait(PATIENCE) == 0, self.rest(self._words)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def rest(self, lines: Queue[str]) -> list[str]:
        """All until the stream is closed."""
        return list(iter(lambda: self._next(lines), ""))

    def _next(self, lines: Queue[str]) -> str:
        try:
            return lines.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError(list(self._words.queue)) from None


def positions(rows: list[dict[str, Any]]) -> list[int]:
    return [row["position"] for row in rows]


def _lines(stream: IO[str] | None) -> Queue[str]:
    """The lines as they come, then empty ones for the end of the stream."""
    lines: Queue[str] = Queue()
    assert stream

    def read() -> None:
        for line in stream:
            lines.put(line)
        for _ in range(10):
            lines.put("")

    Thread(target=read, daemon=True).start()
    return lines
