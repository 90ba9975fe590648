from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(params=["a file", "a server"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place on each engine where no record is yet."""
    if request.param == "a file":
        return str(tmp_path / "ledger.db")
    database: str = request.getfixturevalue("server").database()
    return database
