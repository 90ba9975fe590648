"""A server on this machine that answers whatever a test says, and a witness behind it that remembers for one test."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from witnesskit import LOG, TREE, WITNESS

from ledger.errors import LedgerError
from ledger.transparency.notes import SigningKey
from ledger.transparency.witnesses import NOTHING_SEEN, Response, TreeHead, Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIME = 1_700_000_000
KEYS = [WITNESS.verifier]
REQUEST = TREE.request(3, 7)
Reply = tuple[int, dict[str, str], bytes]


class Server(ThreadingHTTPServer):
    """Answers every request with what `reply` makes of its path and body; `asked` are the paths."""

    daemon_threads = True

    def __init__(self, reply: Callable[[str, bytes], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.path)
        status, headers, answer = self.server.reply(self.path, body)
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass  # Who asked has heard enough.

    do_GET = do_POST  # noqa: N815 - as the library names it

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def serving(reply: Callable[[str, bytes], Reply]) -> Iterator[Server]:
    server = Server(reply)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def always(status: int, body: bytes = b"", **headers: str) -> Callable[[str, bytes], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _path, _body: (status, named, body)


class Memory:
    """The tree heads of a witness for the length of a test."""

    def __init__(self, head: TreeHead = NOTHING_SEEN) -> None:
        self.head = head

    def latest(self, origin: str) -> TreeHead:
        assert origin == LOG.name
        return self.head

    def replace(self, origin: str, old: TreeHead, new: TreeHead) -> bool:
        assert (origin, old) == (LOG.name, self.head)
        self.head = new
        return True


def by_a_witness(size: int = 0, key: SigningKey = WITNESS) -> Callable[[str, bytes], Reply]:
    witness = Witness(key, {LOG.name: (LOG.verifier,)}, Memory(TREE.head(size)), lambda: TIME)

    def reply(path: str, body: bytes) -> Reply:
        assert path.endswith("/add-checkpoint")
        answer: Response = witness.add_checkpoint(body)
        return answer.status, {"Content-Type": answer.content_type}, answer.body

    return reply


def code_of(call: Callable[[], object], kind: type[LedgerError]) -> str:
    with pytest.raises(LedgerError) as raised:
        call()
    assert type(raised.value) is kind
    assert str(raised.value)
    return raised.value.code
