"""What a server is that will not do, and what is said of it; and what its owner may have set otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest import mock

import psycopg
import pytest
from hearing import writers

from ledger import command, create_ledger, questions
from ledger.errors import LedgerError
from ledger.store import open_record
from tests.faults.faultkit import Place, sound
from tests.servers import Server

DEFINE = command({"do": "define", "by": "eva", "code": "bus", "title": "Buses"})


def name(address: str) -> str:
    """The database of an address."""
    return address.partition("@/")[2].partition("?")[0]


@contextmanager
def refused(code: str, kind: str = "Unavailable") -> Iterator[None]:
    with pytest.raises(LedgerError) as caught:
        yield
    assert (caught.value.code, type(caught.value).__name__) == (code, kind), str(caught.value)
    assert str(caught.value).count("\n") == 0


def away(address: str) -> str:
    return address.replace("port=5432", "port=1")


def elsewhere(address: str) -> str:
    return address.replace(name(address), "nowhere")


def a_stranger(address: str) -> str:
    return address.replace("postgres@", "stranger@")


@pytest.mark.parametrize(
    ("turn", "code", "kind"),
    [
        (away, "store.away", "Unavailable"),
        (elsewhere, "store.no_database", "NotFound"),
        (a_stranger, "store.not_let_in", "Unavailable"),
    ],
)
def test_an_address_where_nobody_answers_or_lets_in_is_told_apart(
    server: Server, turn: Callable[[str], str], code: str, kind: str
) -> None:
    with refused(code, kind):
        open_record(turn(server.database()))


def test_a_database_that_somebody_may_not_connect_to_does_not_let_in(server: Server) -> None:
    address = server.database()
    server.ask("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    server.ask(f"REVOKE CONNECT ON DATABASE {name(address)} FROM PUBLIC")
    with refused("store.not_let_in"):
        open_record(address.replace("postgres@", "guest@"))


def test_a_database_without_a_ledger_or_with_something_else_is_left_as_it_is(server: Server) -> None:
    address = server.database()
    with refused("store.missing", "NotFound"):
        open_record(address)
    server.ask("CREATE SCHEMA ledger CREATE TABLE theirs (x int)", name(address))
    with refused("store.foreign", "Damaged"):
        open_record(address)
    with refused("store.foreign", "Damaged"):
        create_ledger(address, "Town", ["eva"])
    assert server.ask("SELECT count(*) FROM ledger.theirs", name(address)) == [(0,)]


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("Tillit ledger, format 99", "store.newer"),
        ("Tillit copy, format 5", "store.half_copied"),
        ("Tillit", "store.foreign"),
    ],
)
def test_the_mark_of_a_ledger_decides_whether_it_is_opened(server: Server, place: Place, mark: str, code: str) -> None:
    server.ask(f"COMMENT ON SCHEMA ledger IS '{mark}'", name(place.address))
    with refused(code, "Damaged"):
        place.open()


def test_a_server_that_is_too_old_says_so(server: Server, place: Place) -> None:
    with mock.patch.object(psycopg.ConnectionInfo, "server_version", mock.PropertyMock(return_value=120_004)):
        with refused("store.too_old"):
            place.open()
        with refused("store.too_old"):
            create_ledger(server.database(), "Town", ["eva"])


def test_a_server_that_follows_another_answers_questions_and_takes_no_words(server: Server, place: Place) -> None:
    with place.open() as ledger:
        ledger.catch_up()
    standby = server.another()
    try:
        standby.follow(server, "s1")
        following = Place(place.address.replace(str(server.folder), str(standby.folder)), place.settings)
        with following.open() as ledger:
            with ledger.ask(questions.who_owns, None, None) as answer:
                assert [row["code"] for row in answer.value] == ["root"]
            with refused("store.standby"):
                ledger.tell(DEFINE)
        with refused("store.standby"):
            create_ledger(following.address, "Town", ["eva"])
    finally:
        standby.remove()


def test_a_database_that_is_set_to_read_only_answers_questions_and_takes_no_words(server: Server, place: Place) -> None:
    with place.open() as ledger:
        ledger.catch_up()
    server.ask(f"ALTER DATABASE {name(place.address)} SET default_transaction_read_only = on")
    with place.open() as ledger:
        with ledger.ask(questions.who_owns, None, None) as answer:
            assert [row["code"] for row in answer.value] == ["root"]
        with refused("store.standby"):
            ledger.tell(DEFINE)


def test_what_is_acknowledged_is_on_the_disk_whatever_the_server_does_by_default(server: Server, place: Place) -> None:
    shown = "SELECT current_setting('synchronous_commit')"
    for by_default, used in (("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")):
        server.ask(f"ALTER DATABASE {name(place.address)} SET synchronous_commit = {by_default}")
        with open_record(place.address) as record, record.database.writing() as connection:
            assert connection.exec_driver_sql(shown).scalar() == used


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_writers_wait_for_each_other_at_whatever_isolation_is_the_default(
    server: Server, place: Place, isolation: str
) -> None:
    server.ask(f"ALTER DATABASE {name(place.address)} SET default_transaction_isolation = '{isolation}'")
    with writers(place, 2, 4) as writing:
        writing.to_the_end()
    assert [len(keys) for keys in writing.said] == [16] * 2
    sound(place, writing.all)


def test_what_the_server_is_told_to_stop_is_not_recorded_and_says_so(server: Server, place: Place) -> None:
    waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with (
        place.open() as ledger,
        psycopg.connect(server.conninfo(name(place.address))) as other,
        ThreadPoolExecutor() as pool,
    ):
        before = ledger.head()
        other.execute("SELECT FROM ledger.head FOR UPDATE")
        telling = pool.submit(ledger.tell, DEFINE)
        while not server.ask(f"SELECT pg_cancel_backend(pid) {waiting}"):
            assert not telling.done()
        with refused("store.stopped"):
            telling.result()
        assert ledger.head() == before
        other.rollback()
        ledger.tell(DEFINE)
    sound(place, [])
