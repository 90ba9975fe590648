"""One careful HTTP call: encrypted or on this machine, bounded in time and size, and never led elsewhere."""

from __future__ import annotations

import re
import ssl
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from ledger.errors import LedgerError, Malformed, NotFound, Refused, Unavailable
from ledger.transparency.notes import MAX_NOTE

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT: Final = 20.0
"""Seconds for a whole call, from the look-up of the name to the last byte of the answer."""

_PLAIN: Final = re.compile("[!-~]+")
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the Content-Type ("" where there is none) and the body of a response."""

    status: int
    content_type: str
    body: bytes


def fetched(url: str, timeout: float = TIMEOUT) -> bytes:
    """What lies at `url`: a checkpoint, with the cosignatures it has. Nothing of it is verified.

    Raises NotFound "web.not_found", Unavailable "web.failed" for any other answer than 200, and as `call`.
    """
    answer = call(url, None, MAX_NOTE, timeout)
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise NotFound("web.not_found", "There is nothing at {url}.", url=url)
    if answer.status != HTTPStatus.OK:
        template = "{url} answered with the status {status} instead of what was asked for."
        raise Unavailable("web.failed", template, url=url, status=answer.status)
    return answer.body


def call(url: str, body: bytes | None, limit: int, timeout: float) -> Answer:
    """The answer of `url` to a POST of `body`, or to a GET where there is none; in `timeout` seconds at most.

    Raises Malformed "web.address" unless the address is https, or http on this machine; Unavailable "web.timeout",
    "web.certificate", "web.unreachable"; Refused "web.moved" if the answer leads elsewhere, "web.too_long" if it has
    more than `limit` bytes.
    """
    parts = _split(url)
    headers = {"User-Agent": "tillit", "Accept": "text/plain, text/*"}
    if body is not None:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    request = Request(url, body, headers)  # noqa: S310 - the scheme is looked at above

    def exchanged() -> Answer:
        with _opener(parts).open(request, timeout=timeout) as response:
            answer = Answer(response.status, response.headers.get("Content-Type", ""), response.read(limit + 1))
            if answer.status in _REDIRECTS:
                raise _moved(url, response.headers.get("Location", ""))
            return answer

    try:
        answer = _within(timeout, exchanged)
    except (OSError, HTTPException) as problem:
        raise _unavailable(url, timeout, problem) from problem
    if len(answer.body) > limit:
        template = "{url} answered with more than {limit} bytes, which nothing of this kind has."
        raise Refused("web.too_long", template, url=url, limit=limit)
    return answer


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as problem:
        raise _no_address(url) from problem
    if not _PLAIN.fullmatch(url) or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise _no_address(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise _no_address(url)
    return parts


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _opener(parts: SplitResult) -> OpenerDirector:
    # Built by hand: without urllib's processor of errors, a redirect is an answer like any other and never followed.
    opener = OpenerDirector()
    if parts.scheme == "https":
        opener.add_handler(ProxyHandler())
        opener.add_handler(HTTPSHandler(context=ssl.create_default_context()))
    else:
        # Without the proxy of the environment, to which this machine is another one.
        opener.add_handler(HTTPHandler())
    return opener


def _within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What `work` returns or raises; TimeoutError where it takes longer, and then it is left to itself."""
    # The timeout of a socket begins anew with every byte, and the look-up of a name has none at all.
    outcome: Future[Answer] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as problem:  # noqa: BLE001 - raised by result() below
            outcome.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)


def _no_address(url: str) -> Malformed:
    template = "{url} is no address to ask: write https://…, or http://127.0.0.1:PORT for one on this machine."
    return Malformed("web.address", template, url=url)


def _moved(url: str, location: str) -> Refused:
    template = "{url} answers that it has moved ({location}); if you trust that, say the new address."
    return Refused("web.moved", template, url=url, location=location)


def _unavailable(url: str, timeout: float, problem: Exception) -> LedgerError:
    cause = problem.reason if isinstance(problem, URLError) else problem
    if isinstance(cause, TimeoutError):
        template = "{url} did not answer within {seconds} seconds; try again later."
        return Unavailable("web.timeout", template, url=url, seconds=f"{timeout:g}")
    if isinstance(cause, ssl.SSLCertVerificationError):
        template = "{url} does not show a certificate that this machine trusts: {why}."
        return Unavailable("web.certificate", template, url=url, why=cause.verify_message)
    why = (isinstance(cause, OSError) and cause.strerror) or str(cause) or type(cause).__name__
    template = "{url} cannot be reached: {why}."
    return Unavailable("web.unreachable", template, url=url, why=why)
