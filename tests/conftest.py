"""What tests of every floor share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.servers import Server, binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many a test waits for a server or another process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; without its programs a loud skip, and a failure where TILLIT_TESTS_NEED says postgresql."""
    found = binaries()
    if found is None:
        reason = "PostgreSQL IS NOT INSTALLED, so nothing was tested on it; apt install postgresql"
        (pytest.fail if os.environ.get("TILLIT_TESTS_NEED") == "postgresql" else pytest.skip)(reason)
    running = Server(found).create()
    yield running
    running.remove()


@pytest.fixture(params=["a file", "a server"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place on each engine where no ledger is yet."""
    if request.param == "a file":
        return str(tmp_path / "ledger.db")
    running: Server = request.getfixturevalue("server")
    return running.database()
