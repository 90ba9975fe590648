"""Whoever asks a witness may send anything: it is refused soon, and takes neither its memory nor its time."""

from __future__ import annotations

import random
import socket
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from witnesskit import TREE, Place, Running, ask

from ledger.transparency.witnesses import MAX_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterable

HASTY = "import ledger.witnessing.server as s; s.STOP_SECONDS = 1"
HURRIED = "import ledger.witnessing.server as s; s.HEAD_SECONDS = s.BODY_SECONDS = 0.5"


def sent(witness: Running, text: bytes, *, seconds: float = 10) -> bytes:
    """All that the witness answers to these bytes until it ends the connection."""
    address = urlsplit(witness.url)
    with socket.create_connection((address.hostname, address.port), timeout=seconds) as connection:
        connection.sendall(text)
        return connection.makefile("rb").read()


def sent_until_cut(witness: Running, head: str, part: bytes, pause: float = 0) -> tuple[int, float]:
    """Bytes that could be sent after `head`, part by part, until the witness cut the connection; and seconds."""
    address = urlsplit(witness.url)
    begun, taken = time.monotonic(), 0
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(head.encode())
        while (spent := time.monotonic() - begun) < 8:
            try:
                connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
            taken += len(part)
            time.sleep(pause)
    return taken, spent


def test_a_body_that_says_it_is_huge_is_refused_before_any_of_it_is_sent(place: Place) -> None:
    witness = place.start()
    for length in (str(MAX_REQUEST + 1), "1" + "0" * 12, "9" * 40):
        begun = time.monotonic()
        answer = sent(witness, f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {length}\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 413 ") or (len(length) > 20 and answer.startswith(b"HTTP/1.1 400 "))
        assert time.monotonic() - begun < 5


def test_a_body_without_an_end_is_refused_once_it_is_too_long(place: Place) -> None:
    witness = place.start()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    taken, seconds = sent_until_cut(
        witness, "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n", chunk
    )
    assert seconds < 5
    # What the witness took, and what lay on the way.
    assert taken < 30 * MAX_REQUEST
    assert ask(witness.url, None, "/health", "GET").status == HTTPStatus.OK


@pytest.mark.parametrize("path", ["/add-checkpoint", "/nowhere"])
def test_the_rest_of_a_body_that_nobody_wants_is_not_taken_for_ever(place: Place, path: str) -> None:
    witness = place.start(program=HURRIED)
    head = f"POST {path} HTTP/1.1\r\nHost: w\r\nContent-Length: 1000000\r\n\r\n"
    _taken, seconds = sent_until_cut(witness, head, b"x", pause=0.05)
    assert seconds < 5


def test_garbage_is_refused_quickly(place: Place) -> None:
    witness = place.start()
    chance = random.Random(1)  # noqa: S311 - no secret
    header = b"old 0\n\nnorrby.example/log\n"
    bodies: Iterable[bytes] = [
        b"",
        b"\n" * (MAX_REQUEST - 10),
        b"\xff" * 1000,
        chance.randbytes(MAX_REQUEST),
        b"old 0\n" + b"A\n" * 400_000,
        header + b"7\n" * 400_000,
        header + b"9" * 900_000,
        b"old " + b"9" * 900_000,
        TREE.request(0, 7).encoded() + b"\xe2\x80\x94 x AAAA\n" * 50_000,
        *(chance.randbytes(chance.randrange(400)) for _time in range(50)),
    ]
    begun = time.monotonic()
    for body in bodies:
        assert ask(witness.url, body).status == HTTPStatus.BAD_REQUEST
    assert time.monotonic() - begun < 10
    assert b" 400 " in sent(witness, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    assert witness.asked(TREE.request(0, 7)).status == HTTPStatus.OK


def test_a_body_that_does_not_come_is_not_waited_for(place: Place) -> None:
    witness = place.start(program=HURRIED)
    answer = sent(witness, b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold 0\n")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("text", [b"", b"POST /add-checkpoint HTTP/1.1\r\nHost: "])
def test_a_head_that_does_not_come_is_not_waited_for(place: Place, text: bytes) -> None:
    witness = place.start(program=HURRIED)
    address = urlsplit(witness.url)
    begun = time.monotonic()
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        try:
            while text and time.monotonic() - begun < 8:
                connection.sendall(text[:1])
                text = text[1:] + b"x"
                time.sleep(0.05)
            assert connection.recv(1) == b""
        except ConnectionError:
            pass
    assert time.monotonic() - begun < 5


def test_a_request_that_does_not_come_to_its_end_keeps_no_witness_from_stopping(place: Place) -> None:
    witness = place.start(program=HASTY)
    address = urlsplit(witness.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold 0\n")
        time.sleep(0.3)
        begun = time.monotonic()
        assert witness.stop() == 0
        assert time.monotonic() - begun < 5
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 503 ")
    assert "Traceback" not in witness.said
