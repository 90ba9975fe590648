"""A checkpoint that somebody else keeps is fetched from where it lies, and whatever stands there instead is said."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from auditkit import EVENTS, Office, root_of

from ledger.publishing.forks import ForkProof
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import SigningKey, VerifierKey
from ledger.witnessing.web import fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reply = Callable[[BaseHTTPRequestHandler], None]

BLOCK: Final = b"x" * 65_536


class Server(ThreadingHTTPServer):
    """Answers every request as `reply` does; `asked` are the paths."""

    daemon_threads = True

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.asked: list[str] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/checkpoint"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        # Who asked may have heard enough.
        with suppress(OSError):
            self.server.reply(self)

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def serving(reply: Reply) -> Iterator[Server]:
    server = Server(reply)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()


def answer(status: int, body: bytes = b"", **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(BLOCK)


def drop_by_drop(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    server = handler.server
    assert isinstance(server, Server)
    while not server.ended.wait(0.05):
        handler.wfile.write(b"t")


def test_a_checkpoint_that_lies_elsewhere_fixes_what_it_covers(office: Office) -> None:
    note = Path(office.known(14)).read_bytes()
    lines = b"".join(note.splitlines(keepends=True)[:3])
    for body in (note, lines, lines.replace(b"\n", b"\r\n")):
        with serving(answer(200, body)) as server:
            told = office.done("verify", "--known", server.url, "--key", office.vkey)
            assert server.asked == ["/checkpoint"]
        assert "events 1 to 14: fixed by a checkpoint that you brought" in told
    with serving(answer(200, note)) as server:
        office.done("export", "tlog", "../tlog")
        words = ("verify", "--export", "../tlog", "--key", office.vkey, "--known", server.url)
        result = office.say(*words, elsewhere=True)
        assert (result.exit_code, "entries up to 14 are those" in result.stdout) == (0, True)


@pytest.mark.parametrize("size", [14, EVENTS, EVENTS + 3])
def test_another_history_there_is_proved_to_be_another(office: Office, size: int) -> None:
    key = SigningKey.parse(office.mine("key").read_text().strip())
    other = Checkpoint(key.name, size, bytes(32)).signed(key).encoded()
    with serving(answer(200, other)) as server:
        told = office.say("verify", "--known", server.url, "--fork-proof", "../fork", "--json")
    facts = json.loads(told.stdout)
    assert (told.exit_code, facts["verdict"]) == (4, "damaged")
    if size > EVENTS:
        # More entries than there are contradict no signature: the end may be what is gone.
        assert (facts["first_break"], facts["fork_proof"]) == (EVENTS + 1, None)
        return
    assert facts["fork_proof"] == "../fork"
    fork = ForkProof.parse((office.base / "fork").read_bytes()).verify([VerifierKey.parse(office.vkey)])
    assert {fork.first.root, fork.second.root} == {bytes(32), root_of(office.file, fork.second.size)}


@pytest.mark.parametrize(
    ("reply", "exit_code", "code"),
    [
        (answer(404), 3, "web.not_found"),
        (answer(410), 3, "web.not_found"),
        (answer(500, b"no"), 1, "web.failed"),
        (answer(204), 1, "web.failed"),
        (answer(200), 2, "verify.known"),
        (answer(200, b"<!DOCTYPE html><html>\x1b[31m</html>\n"), 2, "verify.known"),
        (answer(200, b"\xff\xfe\x00"), 2, "verify.known"),
        (answer(200, b"town\n20\nAAAA\n\n\xe2\x80\x94 town AAAAAA==\n"), 2, "verify.known"),
        (answer(200, b"x" * 50_000_000), 1, "web.too_long"),
        (answer(302, Location="http://127.0.0.1:1/\x1b[31m"), 1, "web.moved"),
        (endless, 1, "web.too_long"),
    ],
)
def test_what_is_no_checkpoint_there_is_said_in_a_sentence(
    office: Office, reply: Reply, exit_code: int, code: str
) -> None:
    with serving(reply) as server:
        assert office.fails("verify", "--known", server.url) == (exit_code, code)
        said = office.say("verify", "--known", server.url).stderr
        assert server.url in said
        assert "\x1b" not in said
        assert len(server.asked) == 3


def test_nobody_is_followed_to_another_address(office: Office) -> None:
    with (
        serving(answer(200, Path(office.known(14)).read_bytes())) as there,
        serving(answer(301, Location=there.url)) as server,
    ):
        said = office.say("verify", "--known", server.url)
        assert (said.exit_code, there.asked) == (1, [])
        assert there.url in said.stderr


def test_where_nobody_answers_that_is_said(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer(200)) as server:
        url = server.url
    assert office.fails("verify", "--known", url) == (1, "web.unreachable")
    assert office.fails("verify", "--known", "https://nowhere.invalid/checkpoint") == (1, "web.unreachable")
    monkeypatch.setattr("ledger.witnessing.web.fetched", partial(fetched, timeout=0.3))
    with serving(drop_by_drop) as server:
        assert office.fails("verify", "--known", server.url) == (1, "web.timeout")


@pytest.mark.parametrize(
    "url", ["http://checkpoints.example/x", "https://", "https://a@b.example/", "http://127.0.0.1:x/"]
)
def test_an_address_that_is_none_or_in_the_clear_is_refused(office: Office, url: str) -> None:
    assert office.fails("verify", "--known", url) == (2, "web.address")


def test_of_several_that_are_kept_the_one_that_is_none_is_named(office: Office) -> None:
    (office.base / "letter.txt").write_text("Dear auditor,\n")
    said = office.say("verify", "--known", office.known(14), "--known", "../letter.txt")
    assert (said.exit_code, "../letter.txt" in said.stderr) == (2, True)
