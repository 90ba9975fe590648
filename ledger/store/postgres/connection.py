"""A connection to a PostgreSQL server: how it is made, and when it counts as lost."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from ledger.store.postgres.faults import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import sqlalchemy
    from psycopg.abc import PQGen
    from sqlalchemy import URL

    from ledger.store.database import Rows

T = TypeVar("T")

# Both tell of a broken connection in their own way too, to whoever has asked for logs; we say it in words.
for _name in ("psycopg", "sqlalchemy"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

RECORD: Final = "ledger"
VIEWS: Final = "views"
"""The schemas of the record and of its views."""
DIALECT: Final = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
DEADLINE_SECONDS: Final = 60.0
"""How long a server may leave a statement without any answer, or a part of a COPY untaken, before it counts as lost.

One that hangs keeps its connections open, so nothing else would end the wait. What may take long for a good reason is
not silent for as long: a wait for a lock is refused after `LOCK_SECONDS`, and whoever wants it asks again. But a commit
that no standby confirms is, and that one is in doubt.
"""
LOCK_SECONDS: Final = 20.0
IDLE_SECONDS: Final = 60.0
"""How long somebody who has the turn to write may say nothing before others go on: a process may have been stopped."""
# libpq would notice after two hours that nobody is at the other end any more, and some systems never.
_BY_DEFAULT: Final = {
    "application_name": "tillit",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_OF_SCHEMA: Final = {
    RECORD: f"idle_in_transaction_session_timeout={IDLE_SECONDS * 1000:.0f}",
    # Views can be computed again, so a crash may lose the last of them, and no question waits for a standby.
    VIEWS: "synchronous_commit=off",
}
_WARNING: Final = "01"
_SECRETS: Final = ("password", "sslpassword", "passfile")
# What is acknowledged is on the disk at least, whatever the server does by default.
_TO_THE_DISK: Final = b"""SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'"""
# So that whoever may write owns the tables together, and any of them can begin them anew.
_AS_WRITER: Final = b"""SELECT set_config('role', rolname, false) FROM pg_roles
    WHERE rolname = current_database() || '_writer' AND pg_has_role(rolname, 'MEMBER')"""


@cache
def sql(statement: sqlalchemy.Executable) -> bytes:
    """The text of a statement with its parameters by place, compiled once."""
    return str(cast("sqlalchemy.ClauseElement", statement).compile(dialect=DIALECT)).encode()


class PostgresConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that says whether the server warned of anything: that a commit reached no standby is a warning."""

    warned: str | None = None

    def __init__(self, *words: Any, **more: Any) -> None:  # noqa: ANN401 - the driver's own
        super().__init__(*words, **more)
        self._pipe = ExitStack()
        self._pipe_next = False
        self.deadline: float | None = DEADLINE_SECONDS
        self.add_notice_handler(self._warn)

    def wait(self, gen: PQGen[T], *words: Any, **more: Any) -> T:  # noqa: ANN401 - the driver's own
        """All that the driver waits for passes here. Raises OperationalError where nothing came for too long."""
        return super().wait(self._within_deadline(gen), *words, **more)

    def pipe(self, *, after_one: bool = False) -> None:
        """From here on, or `after_one` statement, they are sent without waiting for the answers of those before.

        Only an answer that is read is waited for.
        """
        if after_one:
            self._pipe_next = True
        else:
            self._pipe.enter_context(self.pipeline())

    def unpipe(self) -> None:
        """Waits for every answer. Raises what the first statement that failed raises."""
        self._pipe_next = False
        self._pipe.close()

    def run(self, statement: sqlalchemy.Executable, parameters: Sequence[object] = ()) -> Rows:
        rows = cast("Rows", self.execute(sql(statement), parameters))
        if self._pipe_next:
            self._pipe_next = False
            self.pipe()
        return rows

    def run_many(self, statement: sqlalchemy.Executable, rows: Iterable[Sequence[object]]) -> None:
        with self.cursor() as cursor:
            cursor.executemany(sql(statement), rows)

    def _warn(self, said: psycopg.errors.Diagnostic) -> None:
        # That the server is about to close the connection is a warning too, and is told soon enough.
        if (said.sqlstate or "").startswith(_WARNING):
            self.warned = said.message_primary

    def _within_deadline(self, gen: PQGen[T]) -> PQGen[T]:
        heard = monotonic()
        try:
            wanted = next(gen)
            while True:
                # The driver comes by ten times a second, ready or not.
                ready = yield wanted
                if ready:
                    heard = monotonic()
                elif self._is_overdue(heard):
                    self.pgconn.finish()
                    message = f"nothing was heard for {self.deadline:.0f} seconds"
                    raise psycopg.OperationalError(message)
                wanted = gen.send(ready)
        except StopIteration as done:
            return cast("T", done.value)

    def _is_overdue(self, heard: float) -> bool:
        # Whoever has asked for nothing, as one who waits to be notified, waits as long as it likes.
        asked = self.pgconn.transaction_status == TransactionStatus.ACTIVE
        return asked and self.deadline is not None and monotonic() - heard > self.deadline


def shown(url: URL) -> str:
    """The address without what is secret in it."""
    return url.difference_update_query(_SECRETS).render_as_string(hide_password=True)


def connected(url: URL, schema: str) -> PostgresConnection:
    """A connection that sees one schema. Raises Unavailable "store.away", "store.not_let_in", "store.busy"…"""
    said = DIALECT.create_connect_args(url)[1]  # type: ignore[no-untyped-call]
    arguments = {**_BY_DEFAULT, **said}
    # The address may say otherwise for some of these.
    first = f"-c lock_timeout={LOCK_SECONDS * 1000:.0f} -c {_OF_SCHEMA[schema]}"
    last = f"-c search_path={schema},pg_temp -c client_encoding=UTF8"
    options = f"{first} {arguments.get('options', '')} {last}"
    with translated(shown(url), connecting=True):
        own = PostgresConnection.connect(make_conninfo(**{**arguments, "options": options}), autocommit=True)
        own.execute(_AS_WRITER if schema == VIEWS else _TO_THE_DISK)
    return own
