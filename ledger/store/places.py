"""From an address to the database there: a file's name, or the URL of a file or a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ledger.errors import Malformed, Unavailable
from ledger.store import copying
from ledger.store.sqlite import backup as online
from ledger.store.sqlite import making as files
from ledger.store.sqlite.file import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ledger.store.database import Database


def create(address: str | Path, origin: str) -> Database:
    """An empty record in a place where there is none. Raises Refused "store.exists", and as `place`."""
    where = place(address)
    if isinstance(where, URL):
        return cast("Database", _servers().create_ledger(where, origin))
    files.create_ledger(where, origin)
    return files.open_ledger(where)


def found(address: str | Path) -> Database:
    """The record that is there. Raises NotFound "store.missing", and as `place`."""
    where = place(address)
    if isinstance(where, URL):
        return cast("Database", _servers().open_ledger(where))
    return files.open_ledger(where)


def copy(source: Database, address: str | Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Carries a whole record to a place where there is none, and verifies it there; its last position.

    Where a copy was cut short, it goes on. Raises as `create` and `copying.copy`.
    """
    where = place(address)
    making: Any = _servers() if isinstance(where, URL) else files
    with making.unfinished(where, copying.origin_of(source)) as target:
        return copying.copy(source, target, progress)


def back_up(source: Database, file: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """A whole copy in a file that is not there yet, verified, while others go on writing; its last position.

    Raises Refused "store.exists", Damaged "backup.damaged" or as `copy`: the record itself is damaged.
    """
    return online.back_up(source, file, progress) if isinstance(source, SqliteFile) else copy(source, file, progress)


def place(address: str | Path) -> Path | URL:
    """The file that an address names, symbolic links followed, or the server.

    Raises Malformed "store.url" for what names neither, Unavailable "store.engine" for another kind of server.
    """
    if isinstance(address, Path) or "://" not in address:
        return Path(address).expanduser().resolve()
    # The address is not said again: what cannot be read may hold a password.
    template = "That is not an address; write a file name, sqlite:/// and a file name, or postgresql+psycopg://."
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise Malformed("store.url", template) from error
    if "@" in (url.host or ""):
        # An @ in a password that is not written %40: what comes after it would be shown as a host.
        raise Malformed("store.url", template)
    if url.get_backend_name() == "postgresql":
        return _hidden(url.set(drivername="postgresql+psycopg"))
    if url.get_backend_name() != "sqlite":
        template = "A ledger cannot live on {engine}; name a file, such as ledger.db, or a PostgreSQL server."
        raise Unavailable("store.engine", template, engine=url.get_backend_name())
    if not url.database or url.database == ":memory:" or url.query:
        template = "{url} names no file that can be kept; write sqlite:/// and a file name, and nothing after it."
        raise Malformed("store.url", template, url=url.render_as_string(hide_password=True))
    return Path(url.database).resolve()


def _hidden(url: URL) -> URL:
    """The same with its password where a URL does not show it."""
    password = url.query.get("password")
    return url.set(password=password).difference_update_query(["password"]) if isinstance(password, str) else url


def _servers() -> ModuleType:
    try:
        from ledger.store.postgres import making  # noqa: PLC0415 - whoever has a file need not have the driver
    except ImportError as error:
        template = "What speaks to PostgreSQL is not installed here: pip install 'tillit[postgres]'."
        raise Unavailable("store.driver", template) from error
    return making
