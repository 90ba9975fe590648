"""A server that is started again is waited for: whoever writes and asks there goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from hearing import askers, writers

from ledger import Journal
from ledger.errors import Unavailable
from ledger.store.postgres import server as engine
from tests.faults.faultkit import Place, journal, keys_of, sound
from tests.servers import Server

TURNS = 24


@pytest.fixture
def lone(server: Server) -> Iterator[Server]:
    """A server that nobody else is on."""
    running = server.another().create()
    yield running
    running.remove()


def test_writers_and_askers_go_on_when_the_server_is_stopped_in_whatever_way_and_started_again(
    lone: Server, tmp_path: Path
) -> None:
    place = Place(lone.database(), tmp_path / "settings").found()
    with writers(place, 3, TURNS) as writing, askers(place, 2) as asking:
        for end in (lone.stop, partial(lone.stop, at_once=True), lone.kill):
            writing.more(6)
            asking.more(2)
            end()
            lone.start()
        asking.more(2)
        writing.to_the_end()
    assert [len(keys) for keys in writing.said] == [4 * TURNS] * 3
    assert [answer for answer in asking.all if isinstance(answer, str)] == []
    sound(place, writing.all)


def test_a_journal_whose_server_goes_away_is_stopped_and_no_line_of_it_is_refused(lone: Server, tmp_path: Path) -> None:
    place = Place(lone.database(), tmp_path / "settings").found()
    lines = journal("w", range(3)).encode().splitlines()
    with place.open() as ledger, mock.patch.object(engine, "PATIENCE_SECONDS", 0.2):
        ledger.head()
        lone.stop()
        with pytest.raises(Unavailable) as caught:
            Journal(lines).carry_out(ledger, "eva", batch=4)
        assert caught.value.code == "store.away"
        lone.start()
        outcome = Journal(lines).carry_out(ledger, "eva", batch=4)
    assert (outcome.recorded, outcome.refused) == (len(lines), [])
    sound(place, keys_of("w", range(3)))
