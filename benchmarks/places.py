"""Where what is measured is kept: in files of a folder, or in databases of a server that is started for it."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import psycopg
from sqlalchemy import make_url

from tests.servers import Server, binaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIZES: Final = """SELECT CASE WHEN schemaname LIKE '%views%' THEN 'views' ELSE 'record' END,
    sum(pg_total_relation_size(relid))::bigint FROM pg_stat_user_tables GROUP BY 1"""


class Place(Protocol):
    """An engine, and room on it."""

    name: str
    version: str

    def new(self) -> str:
        """The address of a ledger that is not there yet, nobody else's."""
        ...

    def sizes(self, address: str) -> dict[str, int]:
        """Bytes on the disk of the "record" and of the "views", with their indexes."""
        ...


class Files:
    """SQLite files, each in a folder of its own."""

    name = "SQLite"
    version = sqlite3.sqlite_version

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def new(self) -> str:
        folder = self._folder / f"place-{next(self._numbers)}"
        folder.mkdir(parents=True)
        return str(folder / "ledger.db")

    def sizes(self, address: str) -> dict[str, int]:
        found = dict[str, int]()
        for part, file in (("record", Path(address)), ("views", Path(address).with_name("views.db"))):
            if file.exists():
                with closing(sqlite3.connect(file)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    (found[part],) = connection.execute(
                        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
                    ).fetchone()
        return found


class Databases:
    """Databases of one PostgreSQL server, which keeps its promises as it comes out of the box."""

    name = "PostgreSQL"

    def __init__(self, server: Server) -> None:
        self._server = server
        self.version = str(server.ask("SHOW server_version")[0][0]).partition(" ")[0]

    def new(self) -> str:
        return self._server.database()

    def sizes(self, address: str) -> dict[str, int]:
        with psycopg.connect(conninfo(address), autocommit=True) as connection:
            connection.execute("VACUUM")
            return {str(part): int(size) for part, size in connection.execute(_SIZES)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def conninfo(address: str) -> str:
    """A URL in psycopg's own words."""
    url = make_url(address)
    return f"host={url.query['host']} port={url.query['port']} user={url.username} dbname={url.database}"


@contextmanager
def places(folder: Path, say: Callable[[str], None]) -> Iterator[list[Place]]:
    """Every engine that this machine has."""
    found: list[Place] = [Files(folder)]
    with ExitStack() as stack:
        bin_ = binaries()
        if bin_ is None:
            say("there is no PostgreSQL on this machine, so nothing is measured on it")
        else:
            # By TCP, since more than a socket's buffer of eventsourcing's pipelines never ends on a Unix socket.
            server = Server(bin_, durable=True, port=_free_port())
            stack.callback(server.remove)
            found.append(Databases(server.create()))
        yield found
