"""A socket in front of a server that passes all on, and cuts a connection at a place in what is said over it."""

from __future__ import annotations

import re
import shutil
import socket
import struct
import tempfile
from enum import Enum, auto
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import Server

_SOCKET: Final = ".s.PGSQL.5432"
_COMMIT: Final = re.compile(rb"\bCOMMIT\b")
_COPY_DATA: Final = b"d"
_QUERY: Final = b"Q"
_PARSE: Final = b"P"
_BIND: Final = b"B"
_RUN: Final = b"E"
_SYNC: Final = b"S\0\0\0\4"


class Cut(Enum):
    """Where a connection is cut: on which side of the server's having been told to commit, or among a batch's rows."""

    BEFORE_COMMIT = auto()
    AT_COMMIT = auto()
    """The server has it; whether it gets to it before it sees that nobody listens is its own affair."""
    AFTER_COMMIT = auto()
    """The server has answered, and the answer goes nowhere."""
    IN_COPY = auto()


class Proxy:
    """Stands where a server would; what is said to it is passed on, unless `cut` says otherwise so many `times`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        # A socket's path may have 107 bytes, so not in the tests' own deep folders.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.cut = Cut.BEFORE_COMMIT
        self.times = 0
        self.cuts = 0
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / _SOCKET))
        self._listening.listen()
        Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        shutil.rmtree(self.folder)

    def url(self, address: str) -> str:
        """The address of a database of that server by way of here."""
        return address.replace(str(self._server.folder), str(self.folder))

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        messages = Messages()
        with client, socket.socket(socket.AF_UNIX) as server, DefaultSelector() as ready:
            server.connect(str(self._server.folder / _SOCKET))
            ready.register(client, EVENT_READ)
            ready.register(server, EVENT_READ)
            try:
                while True:
                    for key, _ in ready.select():
                        said = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not said:
                            return
                        if key.fileobj is server:
                            client.sendall(said)
                        elif not self._heard(messages, said, server):
                            return
            except OSError:
                return

    def _heard(self, messages: Messages, said: bytes, server: socket.socket) -> bool:
        """Passes on what a client said; whether the connection holds."""
        for message in messages.more(said):
            reached = _place(self.cut, message) if self.times else None
            if reached is None:
                server.sendall(message.whole)
                continue
            self.times -= 1
            self.cuts += 1
            server.sendall(reached)
            if self.cut is Cut.AFTER_COMMIT:
                answers = b""
                while b"COMMIT\0" not in answers:
                    answers += server.recv(65536) or b"COMMIT\0"
            return False
        return True


class Message(NamedTuple):
    """One whole message of the protocol: its kind, all its bytes, and whether with it the server is told to commit."""

    kind: bytes
    whole: bytes
    commits: bool


class Messages:
    """What a client says, parted into messages."""

    def __init__(self) -> None:
        self._kept = b""
        self._begun = False
        self._commit = False
        self._prepared = dict[bytes, bool]()

    def more(self, said: bytes) -> Iterator[Message]:
        self._kept += said
        # The first message has no kind before its length.
        while len(self._kept) >= 4 + (before := int(self._begun)):
            end = before + struct.unpack_from("!I", self._kept, before)[0]
            if len(self._kept) < end:
                return
            whole, self._kept = self._kept[:end], self._kept[end:]
            self._begun = True
            yield Message(whole[:before], whole, self._commits(whole[:before], whole[before + 4 :]))

    def _commits(self, kind: bytes, body: bytes) -> bool:
        """A statement is said outright, or parsed first and then run, by its name where it is run often."""
        name, _, rest = body.partition(b"\0")
        if kind == _PARSE:
            self._prepared[name] = _COMMIT.search(rest) is not None
        elif kind == _BIND:
            self._commit = self._prepared[rest.partition(b"\0")[0]]
        return _COMMIT.search(body) is not None if kind == _QUERY else kind == _RUN and self._commit


def _place(cut: Cut, message: Message) -> bytes | None:
    """What is still passed on where the connection is to be cut at this message; None where it is not."""
    if cut is Cut.IN_COPY:
        return message.whole[: len(message.whole) // 2] if message.kind == _COPY_DATA else None
    if not message.commits:
        return None
    return b"" if cut is Cut.BEFORE_COMMIT else message.whole + (_SYNC if message.kind == _RUN else b"")
