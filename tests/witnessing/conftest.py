from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from witnesskit import Place, ended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Where a witness can be started; it is ended with the test."""
    with ended(Place(tmp_path / "w1")) as one:
        yield one


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Place]:
    """Where a second witness can be started."""
    with ended(Place(tmp_path / "w2", "other.example/w2")) as one:
        yield one
