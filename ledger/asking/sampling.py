"""A sample that nobody can steer and anybody can draw again.

The seed is the root of a checkpoint that was given out before the auditor picked a number: who keeps the ledger could
not know the number when the root was fixed, and the auditor could not choose the root. Every decision of the population
gets the rank SHA-256(root ‖ number in decimal digits ‖ newline ‖ id), and those with the lowest ranks are drawn. The
population is what the log knew at the checkpoint's size, so whatever is recorded later changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from heapq import nsmallest
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.asking.decisions import decision_row
from ledger.projections.decisions import decision
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Draw:
    """How many (at most), by which number of the auditor's, from the root (32 bytes) that was given out before.

    With `by_type` the types share the sample as `shares` has it.
    """

    count: int
    number: int
    root: bytes
    by_type: bool = False

    def rank(self, id_: str) -> bytes:
        return sha256(b"%b%d\n%b" % (self.root, self.number, id_.encode())).digest()


def sample_decisions(view: View, draw: Draw) -> Iterator[Row]:
    """A29: the decisions drawn, in the order of their ranks (by type, and within each). Memory grows with the sample.

    `population` is the number of decisions drawn from, and `fingerprint` the SHA-256 in hex of their ids in order, each
    ended by a newline.
    """
    fingerprint, sizes = sha256(), dict[str, int]()
    for id_, type_ in _population(view):
        fingerprint.update(f"{id_}\n".encode())
        sizes[type_] = sizes.get(type_, 0) + 1
    population = sum(sizes.values())
    if draw.by_type:
        shared = shares(sizes, draw.count)
        drawn = [id_ for type_ in sorted(sizes) for id_ in _lowest(view, draw, shared[type_], type_)]
    else:
        drawn = _lowest(view, draw, draw.count)
    for id_ in drawn:
        row = decision_row(view, id_)
        if row is not None:
            yield {
                "decision": id_,
                "type": row["type"],
                "amount": row["amount"],
                "by": row["by"],
                "verdict": row["verdict"],
                "seed": draw.number,
                "population": population,
                "fingerprint": fingerprint.hexdigest(),
                "title": row["title"],
                "of_type": sizes[str(row["type"])],
                "explain": [row["made_position"]],
            }


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """How many of each type: first one of each, the largest first; then one by one to where size ÷ (2·given + 1) is
    greatest (Sainte-Laguë), which is the earlier name where they are equal.

    Never more than there are.
    """
    order = sorted(sizes, key=lambda type_: (-sizes[type_], type_))
    given = {type_: int(place < count) for place, type_ in enumerate(order)}
    for _ in range(min(count, sum(sizes.values())) - sum(given.values())):
        open_ = (type_ for type_ in sorted(sizes) if given[type_] < sizes[type_])
        given[max(open_, key=lambda type_: Fraction(sizes[type_], 2 * given[type_] + 1))] += 1
    return given


def _lowest(view: View, draw: Draw, count: int, type_: str | None = None) -> list[str]:
    ids = (id_ for id_, of in _population(view) if type_ in {None, of})
    return [id_ for _rank, id_ in nsmallest(count, ((draw.rank(id_), id_) for id_ in ids))]


def _population(view: View) -> Iterator[tuple[str, str]]:
    """Every decision that was made, by id, with its type."""
    query = (
        select(decision.c.stream, decision.c.type)
        .where(at(decision, view.at, view.known), decision.c.made_at.is_not(None))
        .order_by(decision.c.stream)
    )
    for row in view.connection.execution_options(yield_per=1000).execute(query):
        yield row.stream, row.type
