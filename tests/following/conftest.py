"""A founded ledger on each engine, and a server that a test may stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from followkit import Place

from tests.servers import Server, binaries

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def place(address: str, tmp_path: Path) -> Place:
    return Place(address, tmp_path / "settings").found()


@pytest.fixture
def in_file(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "ledger.db"), tmp_path / "settings").found()


@pytest.fixture
def on_server(server: Server, tmp_path: Path) -> Place:
    return Place(server.database(), tmp_path / "settings").found()


@pytest.fixture
def own_server(server: Server) -> Iterator[Server]:
    """A server that nobody else uses; `server` is asked for since it says where there is none."""
    found = binaries()
    assert server
    assert found
    running = Server(found).create()
    yield running
    running.remove()
