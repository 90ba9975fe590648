"""Making the schemas of a ledger on a server, with the triggers and the roles that guard them."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy.schema import CreateTable

from ledger.errors import Refused
from ledger.store import faults, schema
from ledger.store.faults import saying
from ledger.store.postgres.connection import DIALECT, RECORD, VIEWS, connected, shown
from ledger.store.postgres.faults import NO_RIGHT, NOT_UTF8, STANDBY, TOO_OLD, translated
from ledger.store.postgres.server import PostgresDatabase
from ledger.store.postgres.triggers import FUNCTIONS, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

    from ledger.store.postgres.connection import PostgresConnection

OLDEST: Final = 13
"""The major version of PostgreSQL that is still looked after by those who make it, at the time of writing."""
_MARK: Final = re.compile(r"Tillit (ledger|copy), format (\d+)")
_LEDGER: Final = "ledger"
_COPY: Final = "copy"
_ROLES: Final = ("owner", "writer", "reader")

_GRANTS: Final = """
GRANT {reader} TO {writer};
GRANT {writer} TO {owner};
GRANT {owner} TO CURRENT_USER;
GRANT CREATE ON DATABASE {database} TO {owner};
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger, views TO {writer}, {reader};
GRANT CREATE ON SCHEMA views TO {writer};
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO {writer}, {reader};
GRANT INSERT ON event, command, node, checkpoint, disclosure, subject_key, tracking TO {writer};
GRANT UPDATE ON head, tracking TO {writer};
GRANT UPDATE (nonce, ciphertext) ON disclosure TO {writer};
GRANT UPDATE (key, erased_at) ON subject_key TO {writer};
ALTER DEFAULT PRIVILEGES FOR ROLE {writer} IN SCHEMA views GRANT SELECT ON TABLES TO {reader};
"""


def create_ledger(url: URL, origin: str) -> PostgresDatabase:
    """Makes an empty ledger in a database that has none, whole or not at all, and opens it.

    What roles could not be made is in `PostgresDatabase.left_undone`. Raises Refused "store.exists",
    "store.encoding", Damaged "store.foreign", Unavailable "store.too_old", "store.no_right", "store.no_database".
    """
    with _making(url) as own:
        if _found(own, shown(url)) is not None:
            raise Refused("store.exists", "There is already a ledger at {file}; name another.", file=shown(url))
        return _created(own, url, origin, _LEDGER)


@contextmanager
def unfinished(url: URL, origin: str) -> Iterator[PostgresDatabase]:
    """A ledger being filled, which is one when the block ends well; what stood before a stop is kept.

    Raises as `create_ledger`.
    """
    with _making(url) as own:
        found = _found(own, shown(url))
        if found is not None and found.kind != _COPY:
            raise Refused("store.exists", "There is already a ledger at {file}; name another.", file=shown(url))
        with closing(PostgresDatabase(url) if found else _created(own, url, origin, _COPY)) as target:
            yield target
        own.execute(_marking(_LEDGER))


def open_ledger(url: URL) -> PostgresDatabase:
    """The ledger in a database.

    Raises NotFound "store.missing", Damaged "store.foreign", "store.newer", "store.half_copied", Unavailable
    "store.away", "store.no_database", "store.not_let_in", "store.no_right", "store.too_old".
    """
    name = shown(url)
    with connected(url, RECORD) as own, translated(name):
        _require_new_enough(own, name)
        found = _found(own, name)
        if found is None:
            raise saying(faults.MISSING, name)
        if found.kind == _COPY:
            raise saying(faults.HALF_COPIED, name, what="the copying was cut short")
        if found.format > schema.FORMAT:
            raise saying(faults.NEWER, name, format=found.format, known=schema.FORMAT)
        if own.execute("SELECT has_schema_privilege('ledger', 'USAGE')").fetchone() != (True,):
            raise saying(NO_RIGHT, name, what=f"permission denied for schema {RECORD}")
        there = {table for (table,) in own.execute(_TABLES)}
        if not schema.tables_of(found.format) <= there:
            raise saying(faults.HALF_COPIED, name, what="tables are missing")
    return PostgresDatabase(url)


class _Mark(NamedTuple):
    """What is written on the schema of a record."""

    kind: str
    format: int


@contextmanager
def _making(url: URL) -> Iterator[PostgresConnection]:
    """A connection on which nobody else makes a ledger in the database meanwhile."""
    name = shown(url)
    with connected(url, RECORD) as own, translated(name):
        _require_able(own, name)
        own.execute("SELECT pg_advisory_lock(hashtext('tillit making'))")
        yield own


def _created(own: PostgresConnection, url: URL, origin: str, kind: str) -> PostgresDatabase:
    with own.transaction():
        own.execute(f"CREATE SCHEMA {RECORD}; CREATE SCHEMA {VIEWS}".encode())
        for table in schema.metadata.sorted_tables:
            own.execute(str(CreateTable(table).compile(dialect=DIALECT)).encode())
        for statement in statements():
            own.execute(statement.encode())
        own.execute("INSERT INTO head (one, size, recorded_at, origin, edge) VALUES (1, 0, '', %s, '')", (origin,))
        own.execute(_marking(kind))
    left_undone = tuple(_roles(own))
    opened = PostgresDatabase(url)
    opened.left_undone = left_undone
    return opened


def _marking(kind: str) -> bytes:
    return f"COMMENT ON SCHEMA {RECORD} IS 'Tillit {kind}, format {schema.FORMAT:d}'".encode()


_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'ledger'"


def _found(own: PostgresConnection, name: str) -> _Mark | None:
    """The mark of a ledger of ours; None where there is nothing. Raises Damaged "store.foreign"."""
    query = "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s"
    row = own.execute(query, (RECORD,)).fetchone()
    if row is None:
        return None
    if (mark := _MARK.fullmatch(row[0])) is None:
        raise saying(faults.FOREIGN, name, what=f"its schema {RECORD} is of another program")
    return _Mark(mark[1], int(mark[2]))


def _require_new_enough(own: PostgresConnection, name: str) -> None:
    version = own.info.server_version
    if version < OLDEST * 10_000:
        raise saying(TOO_OLD, name, version=f"{version // 10_000}", needed=OLDEST)


def _require_able(own: PostgresConnection, name: str) -> None:
    _require_new_enough(own, name)
    if own.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
        raise saying(STANDBY, name)
    encoding = own.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise saying(NOT_UTF8, name, encoding=encoding)


def _roles(own: PostgresConnection) -> Iterator[str]:
    """Makes the roles of this database and gives each its rights; the statements that this user may not run."""
    names = {role: sql.Identifier(f"{own.info.dbname}_{role}") for role in _ROLES}
    for statement in _role_statements(own.info.dbname, names):
        try:
            with own.transaction():
                own.execute(statement.as_bytes(own))
        except psycopg.errors.InsufficientPrivilege:
            yield statement.as_string(own)


def _role_statements(database: str, names: dict[str, sql.Identifier]) -> Iterator[sql.Composed]:
    for role in names.values():
        yield sql.SQL("DO $$ BEGIN CREATE ROLE {} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$").format(
            role
        )
    for grant in _GRANTS.strip().rstrip(";").split(";\n"):
        yield sql.SQL(grant).format(**names, database=sql.Identifier(database))
    owned = [f"SCHEMA {each}" for each in (RECORD, VIEWS)]
    owned += [f"TABLE ledger.{table.name}" for table in schema.metadata.sorted_tables]
    owned += [f"FUNCTION ledger.{name}()" for name in FUNCTIONS]
    for each in owned:
        yield sql.SQL(f"ALTER {each} OWNER TO {{}}").format(names["owner"])  # pyright: ignore[reportArgumentType]  # our own words
