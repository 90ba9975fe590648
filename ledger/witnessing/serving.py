"""A witness as a process: its key, the logs it knows, its memory, and the address where it listens."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Unavailable
from ledger.transparency.witnesses import Witness
from ledger.witnessing.heads import StoredHeads
from ledger.witnessing.keys import known_logs, read_signing_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ledger.transparency.notes import VerifierKey

_WAITING: Final = 128
"""Connections that may wait to be taken up."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A witness that answers at `url` to the logs with these origins.

    `open_to_others` is true where other machines may reach it; `begun` is true where its memory was begun just now.
    """

    url: str
    key: VerifierKey
    logs: tuple[str, ...]
    open_to_others: bool
    begun: bool


def serve_witness(
    key: Path,
    logs: Iterable[str],
    state: Path,
    host: str,
    port: int,
    *,
    public: bool,
    started: Callable[[Listening], None],
) -> None:
    """Listens until SIGTERM or SIGINT; `started` is told once requests are taken. A port of 0 is any free one.

    `logs` are the public keys of the logs it knows. Raises Malformed "witness.log_key", as `read_signing_key` and
    StoredHeads, Refused "witness.public" for a host beyond this machine unless `public`, Unavailable
    "witness.address" if it cannot listen there, "witness.extra" if the packages of the extra are missing.
    """
    known = known_logs(logs)
    signing = read_signing_key(key)
    try:
        from ledger.witnessing.server import run  # noqa: PLC0415 - nothing else needs the extra
    except ModuleNotFoundError as missing:
        if (missing.name or "ledger").partition(".")[0] == "ledger":
            raise
        raise Unavailable(
            "witness.extra",
            "A witness needs packages that are not installed ({package}).",
            hints=("pip install 'tillit[witness]'",),
            package=missing.name,
        ) from missing
    with _listening(host, port, public=public) as taking:
        heads = StoredHeads(state)
        address, *_ = taking.getsockname()
        listening = Listening(_url(taking), signing.verifier, tuple(known), not _is_here(address), heads.begun)
        run(Witness(signing, known, heads, lambda: int(time.time())), taking, lambda: started(listening))


def _listening(host: str, port: int, *, public: bool) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _name, address = found[0]
        if not (_is_here(str(address[0])) or public):
            raise Refused(
                "witness.public",
                "{host} lets other machines in, over HTTP without encryption; say --public if that is meant, or put "
                "a server in between that encrypts.",
                host=host,
            )
        taking = socket.socket(family, kind, protocol)
        try:
            taking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taking.bind(address)
            taking.listen(_WAITING)
        except OSError:
            taking.close()
            raise
    except (OSError, UnicodeError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        template = "The witness cannot listen on {host}, port {port}: {why}."
        raise Unavailable("witness.address", template, host=host, port=port, why=why) from problem
    return taking


def _url(taking: socket.socket) -> str:
    host, port, *_ = taking.getsockname()
    return f"http://[{host}]:{port}" if taking.family == socket.AF_INET6 else f"http://{host}:{port}"


def _is_here(address: str) -> bool:
    return ip_address(address).is_loopback
