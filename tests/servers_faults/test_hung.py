"""What says nothing, though its connection stands, is given up after a while: a server that hangs, or a writer."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import psycopg
import pytest

from ledger import command
from ledger.errors import Unavailable
from ledger.store.postgres import connection
from ledger.store.postgres import server as engine
from ledger.store.postgres.server import PostgresDatabase
from tests.faults.faultkit import Place, said_of, sound
from tests.processes import running
from tests.servers import Server

DEFINE = command({"do": "define", "by": "eva", "code": "bus", "title": "Buses", "key": "bus-define"})
_REFUSED = "canceling statement due to lock timeout"
DECIDE = {"do": "decide", "by": "eva", "in": "root", "type": "buy", "title": "A van"}


@pytest.fixture
def impatient() -> Iterator[None]:
    with mock.patch.object(connection, "DEADLINE_SECONDS", 1.0), mock.patch.object(engine, "PATIENCE_SECONDS", 0.5):
        yield


@pytest.mark.usefixtures("impatient")
def test_a_backend_that_hangs_is_left_and_what_it_was_told_is_recorded_once_by_another(
    server: Server, place: Place
) -> None:
    with place.open() as ledger:
        ledger.tell(DEFINE)
        stopped = _backends(server, place)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            ledger.tell(command({**DECIDE, "key": "w-decide"}))
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        assert _backends(server, place).isdisjoint(stopped)
    sound(place, ["bus-define", "w-decide"])


@pytest.mark.usefixtures("impatient")
def test_a_server_that_hangs_is_given_up_in_so_many_words_and_answers_when_it_goes_on(
    server: Server, tmp_path: Path
) -> None:
    lone = server.another().create()
    place = Place(f"{lone.database()}&connect_timeout=1", tmp_path / "settings").found()
    try:
        with place.open() as ledger:
            ledger.tell(DEFINE)
            lone.send(signal.SIGSTOP)
            with pytest.raises(Unavailable) as caught:
                ledger.tell(command({**DECIDE, "key": "w-decide"}))
            assert caught.value.code in {"store.away", "store.lost"}
            lone.send(signal.SIGCONT)
            ledger.tell(command({**DECIDE, "key": "w-decide"}))
        sound(place, ["bus-define", "w-decide"])
    finally:
        lone.send(signal.SIGCONT)
        lone.remove()


@pytest.mark.usefixtures("impatient")
def test_a_long_wait_for_others_who_write_is_not_given_up(server: Server, place: Place) -> None:
    asked_often = replace(place, address=f"{place.address}&options=-c%20lock_timeout%3D200ms")
    with psycopg.connect(_conninfo(server, place)) as other, ThreadPoolExecutor() as pool:
        other.execute("SELECT FROM ledger.head FOR UPDATE")

        def tell() -> None:
            with asked_often.open() as ledger:
                ledger.tell(DEFINE)

        log = server.folder / "log"
        before = log.read_text().count(_REFUSED)
        telling = pool.submit(tell)
        # Ten times as long as one wait for a lock, which is longer than the deadline.
        while log.read_text().count(_REFUSED) < before + 10:
            assert not telling.done()
            time.sleep(0.05)
        other.rollback()
        telling.result()
    sound(place, ["bus-define"])


def test_a_writer_that_is_stopped_in_its_turn_keeps_nobody_else_from_writing_and_loses_nothing(place: Place) -> None:
    hasty = replace(place, address=f"{place.address}&options=-c%20idle_in_transaction_session_timeout%3D300ms")
    with running(stopping, hasty) as (process, said):
        while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.02)
        with place.open() as ledger:
            for _key, fields in said_of("w", 1):
                ledger.tell(command(fields))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGCONT)
        assert said.recv() == "bus-define"
    sound(place, ["bus-define", "w-1-decide"])


def stopping(place: Place, said: Connection) -> None:
    """Is stopped in its first turn to write, when nobody else can."""
    append_rows = PostgresDatabase.append_rows

    def stopped(*words: object) -> None:
        mock.patch.stopall()
        os.kill(os.getpid(), signal.SIGSTOP)
        append_rows(*words)  # type: ignore[arg-type]

    with place.open() as ledger:
        mock.patch.object(PostgresDatabase, "append_rows", stopped).start()
        ledger.tell(DEFINE)
    said.send("bus-define")


def _backends(server: Server, place: Place) -> set[int]:
    found = server.ask(f"SELECT pid FROM pg_stat_activity WHERE datname = '{_name(place)}'")
    return {int(str(pid)) for (pid,) in found}


def _conninfo(server: Server, place: Place) -> str:
    return server.conninfo(_name(place))


def _name(place: Place) -> str:
    return place.address.partition("@/")[2].partition("?")[0]
