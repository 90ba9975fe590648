"""A commit that no standby confirms is not acknowledged, whoever ends the wait, and questions do not wait at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ledger import Told, command, questions
from ledger.errors import Unavailable
from tests.faults.faultkit import Place, sound
from tests.servers import Server

DEFINE = command({"do": "define", "by": "eva", "code": "bus", "title": "Buses", "key": "bus-define"})
_WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture
def alone(server: Server, place: Place) -> Iterator[Place]:
    """A ledger on a server whose standby is away."""
    _stand_by(server, "'ANY 1 (nobody)'")
    yield place
    _stand_by(server, "''")


def test_a_wait_that_is_cut_short_is_no_acknowledgement_nor_is_finding_what_nobody_confirmed(
    server: Server, alone: Place
) -> None:
    before = _head(alone)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            _told(server, alone, f"SELECT pg_cancel_backend(pid) {_WAITING}")
        assert caught.value.code == "store.not_replicated"
        assert _head(alone) == before + 1
    assert _told(server, alone, "ALTER SYSTEM RESET synchronous_standby_names").again
    assert _head(alone) == before + 1
    sound(alone, ["bus-define"])


def test_a_connection_that_is_ended_in_the_wait_is_made_again_and_waits_on(server: Server, alone: Place) -> None:
    before = _head(alone)
    with ThreadPoolExecutor() as pool:
        telling = _tell(server, alone, pool)
        first = _waiting(server)
        server.ask(f"SELECT pg_terminate_backend(pid) {_WAITING}")
        while _waiting(server) in {first, ()}:
            time.sleep(0.02)
        _stand_by(server, "''")
        assert not telling.result().again
    assert _head(alone) == before + 1
    sound(alone, ["bus-define"])


def test_questions_are_answered_while_commits_wait(server: Server, alone: Place) -> None:
    with ThreadPoolExecutor() as pool:
        telling = _tell(server, alone, pool)
        with alone.open() as ledger, ledger.ask(questions.who_owns, None, None) as answer:
            assert [row["code"] for row in answer.value] == ["root"]
        assert not telling.done()
        _stand_by(server, "''")
        assert not telling.result().again


def _tell(server: Server, place: Place, pool: ThreadPoolExecutor) -> Future[Told]:
    """Tells it, which waits for a standby by the time that this returns."""

    def tell() -> Told:
        with place.open() as ledger:
            return ledger.tell(DEFINE)

    telling = pool.submit(tell)
    while not _waiting(server):
        assert not telling.done(), telling.result()
        time.sleep(0.02)
    return telling


def _told(server: Server, place: Place, end: str) -> Told:
    with ThreadPoolExecutor() as pool:
        telling = _tell(server, place, pool)
        server.ask(end)
        server.ask("SELECT pg_reload_conf()")
        return telling.result()


def _waiting(server: Server) -> tuple[object, ...]:
    """The backends that wait for a standby."""
    return tuple(pid for (pid,) in server.ask(f"SELECT pid {_WAITING}"))


def _head(place: Place) -> int:
    with place.open() as ledger:
        return ledger.head()


def _stand_by(server: Server, names: str) -> None:
    server.ask(f"ALTER SYSTEM SET synchronous_standby_names = {names}")
    server.ask("SELECT pg_reload_conf()")
