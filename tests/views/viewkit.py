"""A small town's ledger on a real file, told on fixed days by a clock that stands still until it is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

from ledger import command, create_ledger, open_ledger, questions
from ledger.projections import PROJECTIONS, projector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ledger import Ledger

    Row = dict[str, Any]


def day(text: str | datetime) -> datetime:
    """`3` or `3T12` of January 2025, or a whole day or instant, in UTC."""
    if isinstance(text, datetime):
        return text
    if "-" not in text:
        number, _, hour = text.partition("T")
        return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=int(number) - 1, hours=int(hour or 0))
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Town:
    """Eva founds it. `tell` gives back the position of the last entry it caused, which is what `known` takes."""

    def __init__(
        self,
        folder: Path,
        founders: Sequence[str] = ("eva",),
        *,
        on: str = "1",
        now: str = "1",
        profile: str = "tillit",
        **terms: object,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / "ledger.db"
        self.clock = Clock(day(now))
        self.ledger: Ledger = create_ledger(
            self.path, "Town", list(founders), profile=profile, terms=terms, on=day(on), clock=self.clock
        )
        self.founded = self.ledger.head()

    @property
    def views(self) -> Path:
        return self.path.with_name("views.db")

    def again(self) -> Ledger:
        """The same ledger, opened once more."""
        return open_ledger(self.path, clock=self.clock)

    def tell(self, do: str, by: str = "eva", on: str | datetime | None = None, **fields: object) -> int:
        """Says it on the day `on`, or on the clock's; the clock moves along when `on` is later than it."""
        if on is not None:
            fields["on"] = day(on)
            if do not in {"member leave", "member return", "member join", "member part"}:
                self.clock.now = max(self.clock.now, day(on))
        self.ledger.tell(command({"do": do, "by": by, **fields}))
        return self.ledger.head()

    def people(self, *handles: str, on: str = "1") -> int:
        for handle in handles:
            self.tell("member add", handle=handle, on=on)
        return self.ledger.head()

    def grant(
        self,
        code: str,
        to: str,
        *,
        on: str | datetime,
        by: str = "eva",
        taken_by: str | None = None,
        **terms: object,
    ) -> int:
        """Offered and accepted in one instant."""
        self.tell("offer", by, on, code=code, to=to, **terms)
        return self.tell("accept", taken_by or to, on, code=code)

    def ask(
        self,
        question: Callable[..., Any],
        as_of: str | datetime | None,
        known: int | str | datetime | None = None,
        /,
        *args: object,
        **kwargs: object,
    ) -> Any:  # noqa: ANN401 - each question has its own kind of answer
        at = None if as_of is None else day(as_of)
        upto = known if known is None or isinstance(known, int) else day(known)
        with self.ledger.ask(question, at, upto, *args, **kwargs) as answer:
            value = answer.value
            return value if isinstance(value, dict) else list(value)

    def column(
        self,
        name: str,
        question: Callable[..., Any],
        as_of: str | datetime | None,
        known: int | str | datetime | None = None,
        /,
        *args: object,
        **kwargs: object,
    ) -> list[Any]:
        return [row[name] for row in self.ask(question, as_of, known, *args, **kwargs)]

    def holder(self, code: str, as_of: str | datetime, known: int | None = None) -> str | None:
        """Who holds it then; `(none)` where it is not defined."""
        rows = self.ask(questions.who_owns, as_of, known, code)
        return rows[0]["holder"] if rows else "(none)"


def only(rows: Sequence[Row], *names: str) -> list[tuple[Any, ...]]:
    """These columns of the rows."""
    return [tuple(row[name] for name in names) for row in rows]


def rows(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of every projection, all columns."""
    with ledger._views._reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(table.c.id))]
            for each in PROJECTIONS
            for table in each.tables
        }


def batches_of(size: int) -> AbstractContextManager[object]:
    """Catching up goes in batches of that many entries."""
    return mock.patch.object(projector, "BATCH", size)
