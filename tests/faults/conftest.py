"""A ledger for each test, wherever ledgers can live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faultdisk import Disk, lacking
from faultkit import Place

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.fixture
def place(address: str, tmp_path: Path) -> Place:
    """A ledger that is founded, with one member besides."""
    return Place(address, tmp_path / "settings").found()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 16 MiB; a loud skip where none can be mounted."""
    if reason := lacking():
        pytest.skip(f"NO DISK CAN BE MOUNTED, so nothing was tested on a full one: {reason}")
    disk = Disk(tmp_path / "disk", 16 << 10, tmp_path / "settings")
    yield disk
    disk.close()
