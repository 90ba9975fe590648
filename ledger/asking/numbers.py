"""Which official numbers were given, and whether any is missing or anything has two."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.asking.view import moment
from ledger.projections.numbers import number
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


def numbers(view: View, register: str | None = None) -> Iterator[Row]:
    """A27: every number of one register, or of all, in order; each that is missing has a row of its own.

    `state` is given, gap (annulled, so that nothing has it), or double (what it is of has another one there too).
    """
    query = select(number).where(at(number, view.at, view.known))
    if register is not None:
        query = query.where(number.c.series == register)
    rows = view.connection.execute(query.order_by(number.c.series, number.c.number, number.c.id)).mappings().all()
    times = Counter((row["series"], row["of"]) for row in rows)
    taken = Counter((row["series"], row["number"]) for row in rows)
    expected: dict[str, int] = {}
    for row in rows:
        series = str(row["series"])
        for missing in range(expected.get(series, 1), row["number"]):
            yield _row(series, missing, "gap")
        expected[series] = int(row["number"]) + 1
        double = times[series, row["of"]] > 1 or taken[series, row["number"]] > 1
        yield {
            **_row(series, row["number"], "double" if double else "given"),
            "official": row["official"],
            "of": row["of"],
            "assigned": moment(row["valid_from"]),
            "by": row["assigned_by"],
            "explain": [row["source"]],
        }


def _row(series: str, place: int, state: str) -> Row:
    return {"register": series, "number": place, "state": state, "official": None, "of": None, "explain": []}
