"""A password reaches the server and nothing else: no error, log, trace or name of a thing; and where it belongs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import format_exception

import pytest

from ledger import command, open_ledger
from ledger.errors import LedgerError
from ledger.store import open_record
from ledger.store import place as placed
from tests.faults.faultkit import Place
from tests.servers import Server

SECRET = "hunter2/ät:the@sea"  # noqa: S105 - a secret to look for
QUOTED = "hunter2%2F%C3%A4t%3Athe%40sea"
PARTS = ("hunter2", "the@sea", "the%40sea")


class Locked:
    """A ledger that takes a password."""

    def __init__(self, server: Server, place: Place) -> None:
        self.place = place
        self.host = str(server.folder)
        self.database = place.address.partition("@/")[2].partition("?")[0]
        self.user = f"{self.database}_locked"
        server.ask(f"CREATE ROLE {self.user} SUPERUSER LOGIN PASSWORD '{SECRET}'")
        rules = server.data / "pg_hba.conf"
        rules.write_text(f"local all {self.user} scram-sha-256\n{rules.read_text()}")
        server.ask("SELECT pg_reload_conf()")

    def address(self, password: str = QUOTED, host: str | None = None, database: str | None = None) -> str:
        query = f"host={host or self.host}"
        return f"postgresql+psycopg://{self.user}:{password}@/{database or self.database}?{query}"


@pytest.fixture
def locked(server: Server, place: Place) -> Locked:
    return Locked(server, place)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


WRONG: list[tuple[Callable[[Locked], str], str]] = [
    (lambda to: to.address(f"{QUOTED}x"), "store.not_let_in"),
    (lambda to: to.address(host="/nowhere/hunter"), "store.away"),
    (lambda to: to.address(database="nowhere"), "store.no_database"),
    (lambda to: f"{to.address()}&sslmode=sometimes", "store.away"),
    (lambda to: f"{to.address()}&nonsense=1", "store.url"),
    (lambda to: f"postgresql+psycopg://{to.user}:{SECRET}@/{to.database}", "store.url"),
    (lambda to: f"postgresql+psycopg://{to.user}:{QUOTED}@host:port/{to.database}", "store.url"),
    (lambda to: f"postgresql+psycopg://{to.user}@/{to.database}?host={to.host}&password={QUOTED}x", "store.not_let_in"),
    (lambda to: f"mysql://{to.user}:{QUOTED}@/{to.database}", "store.engine"),
    (lambda to: f"postgresql+asyncpg://{to.user}:{QUOTED}x@/{to.database}?host={to.host}", "store.not_let_in"),
]


@pytest.mark.parametrize(("address", "code"), WRONG)
def test_no_error_and_no_log_and_no_trace_of_one_tells_the_password(
    locked: Locked, logged: pytest.LogCaptureFixture, address: Callable[[Locked], str], code: str
) -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger(address(locked))
    error = caught.value
    assert error.code == code
    _require_untold(str(error), repr(error), str(error.facts), "".join(format_exception(error)), logged.text)


@pytest.mark.parametrize("where", ["user", "query"])
def test_nor_does_what_is_made_of_the_address(
    server: Server, locked: Locked, logged: pytest.LogCaptureFixture, where: str
) -> None:
    address = locked.address()
    if where == "query":
        address = f"{address.replace(f':{QUOTED}', '')}&password={QUOTED}"
    with open_record(address) as record:
        database = record.database
        _require_untold(*map(repr, (placed(address), database.engine, database.engine.url, database.name)))
    with open_ledger(address) as ledger:
        ledger.tell(command({"do": "define", "by": "eva", "code": "bus", "title": "Buses"}))
        # The connection lost for good, in the middle of things.
        server.ask(f"ALTER ROLE {locked.user} PASSWORD 'another'")
        server.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{locked.user}'")
        with pytest.raises(LedgerError) as caught:
            ledger.tell(command({"do": "define", "by": "eva", "code": "van", "title": "Vans"}))
    _require_untold(str(caught.value), "".join(format_exception(caught.value)), logged.text)
    _require_untold((server.folder / "log").read_text().replace("PASSWORD", ""))


def test_a_service_file_and_a_password_file_are_where_they_belong(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, passwords = tmp_path / "services", tmp_path / "passwords"
    services.write_text(f"[town]\nhost={locked.host}\ndbname={locked.database}\nuser={locked.user}\n")
    escaped = SECRET.replace(":", "\\:")
    passwords.write_text(f"*:*:{locked.database}:{locked.user}:{escaped}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    with open_ledger("postgresql+psycopg://?service=town") as ledger:
        ledger.tell(command({"do": "define", "by": "eva", "code": "bus", "title": "Buses"}))
        ledger.catch_up()
    with open_ledger(f"postgresql+psycopg://{locked.user}@/{locked.database}?host={locked.host}") as ledger:
        assert ledger.verify().whole
    monkeypatch.delenv("PGPASSFILE")
    with pytest.raises(LedgerError) as caught:
        open_ledger("postgresql://?service=town")
    assert caught.value.code == "store.not_let_in"


def _require_untold(*texts: str) -> None:
    for text in texts:
        assert [part for part in (*PARTS, QUOTED, SECRET) if part in text] == [], text
