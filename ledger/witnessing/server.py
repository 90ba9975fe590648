"""The HTTP side of a witness: small bounded requests, short answers, and nothing of its inside in any of them.

C2SP tlog-witness v1.0.0, https://c2sp.org/tlog-witness@v1.0.0. Needs the extra `witness`, as nothing else does.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HttpResponse
from starlette.routing import Route
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from ledger.errors import LedgerError
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.witnesses import MAX_REQUEST, PLAIN_TEXT, TREE_SIZE, AddCheckpoint, Response, Witness

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from types import FrameType

HEAD_SECONDS: Final = 10.0
"""From one answer, or the start of a connection, to the end of the next request's headers."""

BODY_SECONDS: Final = 10.0
"""For the body of a request."""

IDLE_SECONDS: Final = 5
STOP_SECONDS: Final = 5
"""How long a request that has begun may go on after the witness was told to stop."""

CONNECTIONS: Final = 64
"""Above so many at once, a request is answered with 503; so this bounds the memory, at MAX_REQUEST bytes each."""

_LOG: Final = logging.getLogger("tillit.witness")
_LONGEST_EVIDENCE: Final = 4_000
_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


class Connection(H11Protocol):
    """A connection that is closed if it takes too long to ask; uvicorn itself has a limit only between requests."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _watch(self) -> None:
        # While a request is answered, the time for its body is looked after there. What comes after an answer counts
        # as the next head, be it the rest of a body that nobody wants.
        if self.cycle and not self.cycle.response_complete:
            self._rest()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def application(witness: Witness) -> Starlette:
    """POST /add-checkpoint as specified, and GET /health: 200 while the witness can look into its memory, else 503."""
    app = Starlette(
        routes=[
            Route("/add-checkpoint", partial(_add_checkpoint, witness), methods=["POST"]),
            Route("/health", partial(_health, witness), methods=["GET"]),
        ],
        exception_handlers={Exception: _our_bug},
    )
    # Else a wrong address would be answered with a redirect to whatever host the request names.
    app.router.redirect_slashes = False
    return app


def run(witness: Witness, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answers on the socket until SIGTERM or SIGINT, and returns once the requests that had begun are answered.

    `ready` is called once those signals stop it cleanly; what asks from then on is answered.
    """
    config = Config(
        application(witness),
        http=Connection,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = Server(config)
    with _stopping(server):
        ready()
        server.run(sockets=[listening])


async def _add_checkpoint(witness: Witness, request: Request) -> HttpResponse:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(request)
    except TimeoutError:
        return _last_words(HTTPStatus.REQUEST_TIMEOUT, "The request took too long.")
    except asyncio.CancelledError:
        # Only a witness that stops cancels, once what had begun has had its time; nothing was promised yet.
        return _last_words(HTTPStatus.SERVICE_UNAVAILABLE, "The witness stops.")
    except ClientDisconnect:
        return _last_words(HTTPStatus.BAD_REQUEST, "The request broke off.")
    if body is None:
        return _last_words(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has at most {MAX_REQUEST} bytes.")
    try:
        # In a thread, since it waits for the disk.
        answer = await run_in_threadpool(witness.add_checkpoint, body)
    except LedgerError as problem:
        return _unavailable(problem)
    _tell_of_fork(body, answer)
    # Starlette would add a charset to the type of a tree size, which the specification gives without one.
    return HttpResponse(answer.body, answer.status, {"content-type": answer.content_type})


async def _health(witness: Witness, request: Request) -> HttpResponse:
    del request
    try:
        for origin in witness.logs:
            await run_in_threadpool(witness.heads.latest, origin)
    except LedgerError as problem:
        return _unavailable(problem)
    return _words(HTTPStatus.OK, "ok")


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is clear that it is too long."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > MAX_REQUEST:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST:
            return None
    return bytes(body)


def _tell_of_fork(body: bytes, answer: Response) -> None:
    """Tell the witness's owner of a log that signed two trees of one size: that is what a witness is there to find."""
    if answer.status != HTTPStatus.CONFLICT or answer.content_type != TREE_SIZE:
        return
    request = AddCheckpoint.parse(body)
    checkpoint = Checkpoint.parse(request.checkpoint.text)
    if int(answer.body) == request.old_size == checkpoint.size:
        # As a literal, since a log may put anything into a note.
        evidence = repr(request.checkpoint.encoded())[:_LONGEST_EVIDENCE]
        _LOG.warning("A log has signed two trees of %d entries; the second: %s", checkpoint.size, evidence)


def _unavailable(problem: LedgerError) -> HttpResponse:
    # The owner reads why; whoever asks is not told what files there are.
    _LOG.error("%s: %s", problem.code, problem)
    return _words(HTTPStatus.SERVICE_UNAVAILABLE, "The witness cannot look into its memory now.")


async def _our_bug(request: Request, problem: Exception) -> HttpResponse:
    # Starlette raises it again after this answer, and uvicorn shows it to the owner.
    del request, problem
    return _last_words(HTTPStatus.INTERNAL_SERVER_ERROR, "The witness has made a mistake.")


def _last_words(status: HTTPStatus, sentence: str) -> HttpResponse:
    """An answer that ends the connection, since the rest of the request is not waited for."""
    answer = _words(status, sentence)
    answer.headers["connection"] = "close"
    return answer


def _words(status: HTTPStatus, sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n".encode(), status, {"content-type": PLAIN_TEXT})


@contextmanager
def _stopping(server: Server) -> Iterator[None]:
    """SIGTERM and SIGINT stop the server, also before it has started; it would else die of them once it is done."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {each: signal.signal(each, stop) for each in _STOPS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
