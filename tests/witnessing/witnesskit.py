"""A log with a history and other histories of it, and a witness in a process of its own, started as people do."""

from __future__ import annotations

import hashlib
import http.client
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import COSIGNATURE_V1, Note, Signature, SigningKey, VerifierKey
from ledger.transparency.proofs import consistency_proof, root
from ledger.transparency.tree import node_hash
from ledger.transparency.witnesses import AddCheckpoint, TreeHead

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
ORIGIN = "norrby.example/log"
LOG = SigningKey(ORIGIN, 1, bytes(range(32)))
STRANGER = SigningKey("stranger.example/log", 1, bytes(range(1, 33)))
WITNESS = SigningKey("witness.example/w1", COSIGNATURE_V1, bytes(range(2, 34)))
SECONDS = 30
"""After which a process is taken to hang."""


class Tree:
    """A history of the log. From each of the `forks` on, in their order, it has leaves of its own."""

    def __init__(self, *forks: tuple[int, str]) -> None:
        self.forks = forks
        self._nodes: dict[tuple[int, int], bytes] = {}

    def forked(self, size: int, name: str) -> Tree:
        """Another history, with the same first `size` leaves."""
        return Tree(*self.forks, (size, name))

    def node(self, level: int, index: int) -> bytes:
        if (level, index) not in self._nodes:
            if level:
                made = node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))
            else:
                text = f"{index} {[name for size, name in self.forks if size <= index][-1:]}"
                made = hashlib.sha256(b"\x00" + text.encode()).digest()
            self._nodes[level, index] = made
        return self._nodes[level, index]

    def head(self, size: int) -> TreeHead:
        return TreeHead(size, root(size, self.node))

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(consistency_proof(old, new, self.node)) if 0 < old < new else ()

    def checkpoint(self, size: int, key: SigningKey = LOG) -> Note:
        return Checkpoint(key.name, size, self.head(size).root).signed(key)

    def request(self, old: int, new: int, key: SigningKey = LOG) -> AddCheckpoint:
        return AddCheckpoint(old, self.proof(old, new), self.checkpoint(new, key))


TREE = Tree()
FORK = TREE.forked(5, "fork")


class Answered(NamedTuple):
    status: int
    content_type: str | None
    body: bytes


def ask(url: str, body: bytes | None, path: str = "/add-checkpoint", method: str = "POST") -> Answered:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return Answered(response.status, response.headers.get("Content-Type"), response.read())
    finally:
        connection.close()


def cosigned(answer: Answered, request: AddCheckpoint) -> Note:
    assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8"), answer
    line, rest = answer.body.decode().split("\n")
    assert not rest
    return request.checkpoint.with_signature(Signature.parse(line))


def stands_at(answer: Answered) -> int:
    # The specification gives the type without any parameter.
    assert (answer.status, answer.content_type) == (409, "text/x.tlog.size"), answer
    assert answer.body.endswith(b"\n")
    return int(answer.body)


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLIT_")}
    return {**kept, "PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": str(folder / "settings")}


def tillit(folder: Path, *words: str, before: str = "", after: str = "") -> subprocess.CompletedProcess[str]:
    program = (
        f"import atexit, sys\n{before}\natexit.register(lambda: exec({after!r}))\nfrom cli.main import main\nmain()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@dataclass
class Running:
    """A witness that runs; `key` is its public key."""

    process: subprocess.Popen[str]
    url: str
    key: VerifierKey
    errors: Path

    def asked(self, request: AddCheckpoint) -> Answered:
        return ask(self.url, request.encoded())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(SECONDS)

    @property
    def said(self) -> str:
        return self.errors.read_text()


@dataclass
class Place:
    """A folder with the key of a witness and what it remembers; each start is one process more in it."""

    folder: Path
    name: str = "witness.example/w1"
    running: list[Running] = field(default_factory=list)

    @property
    def key_file(self) -> Path:
        return self.folder / "w.key"

    @property
    def state(self) -> Path:
        return self.folder / "w.db"

    @cached_property
    def key(self) -> VerifierKey:
        self.folder.mkdir(parents=True, exist_ok=True)
        made = tillit(self.folder, "witness", "key", "create", self.name, "--key", str(self.key_file))
        assert made.returncode == 0, made.stderr
        return VerifierKey.parse(made.stdout.strip())

    def words(self, *more: str) -> list[str]:
        files = ["--state", str(self.state), "--key", str(self.key_file)]
        return ["witness", "serve", "--log", str(LOG.verifier), *files, "--port", "0", *more]

    def start(self, *more: str, program: str = "") -> Running:
        """Starts the command; or `program` first, and then the command in the same process."""
        key = self.key
        errors = self.folder / f"errors-{len(self.running)}"
        start = ["-c", f"{program}\nfrom cli.main import main\nmain()"] if program else ["-m", "cli.main"]
        with errors.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, *start, *self.words(*more)],
                cwd=self.folder,
                env=environment(self.folder),
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        started = Running(process, url, key, errors)
        self.running.append(started)
        assert url.startswith("http://"), started.said
        return started


@contextmanager
def ended(place: Place) -> Iterator[Place]:
    """Nothing that was started there goes on after the test."""
    try:
        yield place
    finally:
        for each in place.running:
            if each.process.poll() is None:
                each.process.kill()
            each.process.wait(SECONDS)
            if each.process.stdout:
                each.process.stdout.close()
