"""Several who found a ledger in the same place at the same time leave one, whole, and the key that signs for it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from tests.faults.faultkit import Place, sound
from tests.processes import heard, running
from tests.servers import Server

ROUNDS = 2


def founding(place: Place, said: Connection) -> None:
    """Founds it, and says how that ended."""
    try:
        place.found()
    except LedgerError as error:
        said.send(error.code)
    else:
        said.send("founded")


@pytest.mark.parametrize("engine", ["a file", "a server"])
def test_one_of_those_who_found_at_once_has_founded_it(server: Server, tmp_path: Path, engine: str) -> None:
    with Place(str(tmp_path / "alone.db"), tmp_path / "settings").found().open() as ledger:
        alone = ledger.head()
    for number in range(ROUNDS):
        address = server.database() if engine == "a server" else str(tmp_path / f"{number}.db")
        place = Place(address, tmp_path / "settings")
        with running(founding, place) as (_a, one), running(founding, place) as (_b, other):
            said = heard(one) + heard(other)
        assert sorted(said) in (["founded", "store.exists"], ["founded", "ledger.founded"]), said
        with place.open() as ledger:
            assert ledger.head() == alone
            assert ledger.notary.signs
        sound(place, [])
