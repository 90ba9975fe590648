"""Verifying a ledger while others write to it and bring its views further finds nothing wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hearing import writers

from tests.faults.faultkit import Place, sound
from tests.servers import Server

TURNS = 15


@pytest.mark.parametrize("engine", ["a file", "a server"])
def test_what_is_written_meanwhile_is_no_damage(server: Server, tmp_path: Path, engine: str) -> None:
    address = server.database() if engine == "a server" else str(tmp_path / "ledger.db")
    place = Place(address, tmp_path / "settings").found()
    with writers(place, 2, TURNS) as writing:
        writing.more(4)
        with place.open() as ledger:
            for _ in range(4):
                report = ledger.verify()
                assert report.whole, report.facts()
        writing.to_the_end()
    sound(place, writing.all)
