"""A ledger for each test on the server that all share, and a way to it that can be cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cutting import Proxy

from ledger import Ledger
from tests.faults.faultkit import Place
from tests.servers import Server


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Place:
    return Place(server.database(), tmp_path / "settings").found()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server) as between:
        yield between


@pytest.fixture
def far(place: Place, proxy: Proxy) -> Iterator[Ledger]:
    """The ledger, spoken to by way of the proxy."""
    with replace(place, address=proxy.url(place.address)).open() as ledger:
        yield ledger
