"""The chains of delegation: how deep they go, who delegated further to whom, and from a decision back to the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from ledger.aggregates.chain import bounds
from ledger.aggregates.mandate import breach
from ledger.aggregates.seats import standing
from ledger.asking.decisions import decision_row
from ledger.asking.held import held
from ledger.asking.names import decision_by
from ledger.asking.taken import held_row
from ledger.asking.view import moment
from ledger.errors import NotFound
from ledger.events.decision import DecisionMade
from ledger.projections.care import terms
from ledger.projections.ownership import responsibility
from ledger.projections.temporal import at, known_at
from ledger.values import ROOT, responsibility_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ledger.aggregates.verdict import Link
    from ledger.asking.view import View

    Row = dict[str, object]

_ROOT_ID = responsibility_id(ROOT)


def chain_depths(view: View) -> Iterator[Row]:
    """A33: each chain from the root to a responsibility with none below it, by code.

    `narrowest_limit` is the amount of one decision that the whole chain leaves. `widened_at` is the first link whose
    own mandate says more than what lies above it leaves open (as it does when that was narrowed later), with the
    dimension: the chain bounds it all the same.
    """
    below = responsibility.alias("below")
    leaves = (
        select(responsibility.c.stream, responsibility.c.source)
        .outerjoin(below, and_(below.c.parent == responsibility.c.stream, at(below, view.at, view.known)))
        .where(at(responsibility, view.at, view.known), below.c.id.is_(None))
        .order_by(responsibility.c.code)
    )
    for stream, source in list(view.connection.execute(leaves)):
        chain = view.known_chain(stream)
        limit = bounds(chain).amount
        wider = _widened(chain)
        yield {
            "leaf": chain[-1].code,
            "depth": len(chain),
            "links": [link.code for link in chain],
            "narrowest_limit": None if limit is None else str(limit),
            "widened_at": wider[0] if wider else None,
            "dimension": wider[1] if wider else None,
            "responsibility": stream,
            "explain": [source],
        }


def sub_delegations(view: View, *, unreported: bool = False) -> Iterator[Row]:
    """A11: what was delegated by somebody to whom it had been delegated, by code; or only what was not reported.

    `allowed_by` is the link above with the steps that it leaves; `reported` is when whoever stands above the one who
    delegated was told: the day of the offer, where they were named as being part of it. Nothing else proves it.
    """
    for row in held(view, responsibility.c.parent.is_not(None), responsibility.c.parent != _ROOT_ID):
        chain = view.chain(row["stream"])
        if not chain:
            continue
        reported = _told(view, row["stream"], row["number"], chain[:-2])
        if unreported and reported is not None:
            continue
        further = bounds(chain[:-1]).further
        yield {
            "responsibility": row["stream"],
            "code": row["code"],
            "from": row["delegator"],
            "to": row["holder"],
            "when": moment(row["held_since"]),
            "allowed_by": f"{chain[-2].code}: {'any steps' if further is None else further}",
            "reported": reported,
            "explain": [row["source"]],
        }


def to_root(view: View, name: str) -> Iterator[Row]:
    """A34: from a decision back to the root, link by link, as they stood when it was made.

    Raises NotFound, as "decision.not_made" where nobody has made it by then.
    """
    id_ = decision_by(view.connection, name)
    row = decision_row(view, id_)
    if row is None or row["made_position"] is None:
        raise NotFound("decision.not_made", "{decision} was not made by then.", decision=id_)
    position = int(str(row["made_position"]))
    # The proof stands in the log: a view could say anything.
    event = view.log.read(position - 1, 1)[0].entry.event
    assert isinstance(event, DecisionMade)  # noqa: S101 - the row says that this entry made the decision
    for step, link in enumerate(reversed(event.authority.chain), 1):
        behind = None if link.delegation is None else held_row(view, link.responsibility, link.delegation)
        yield {
            "step": step,
            "responsibility": link.code,
            "holder": link.holder,
            "by": link.delegator,
            "date": link.since,
            "basis": behind["basis"] if behind else None,
            "explain": [position, *([behind["source"]] if behind else [])],
        }


def _widened(chain: tuple[Link, ...]) -> tuple[str, str] | None:
    """(code, dimension) of the first link whose mandate does not lie inside what is above it."""
    for end in range(1, len(chain)):
        mandate = chain[end].mandate
        beyond = None if mandate is None else breach(bounds(chain[:end]), mandate)
        if beyond is not None:
            return chain[end].code, beyond.dimension
    return None


def _told(view: View, stream: str, number: int, above: tuple[Link, ...]) -> datetime | None:
    """When the delegation was offered, where somebody who stands for the last link above took part in that."""
    query = select(terms.c.valid_from, terms.c.together_with).where(
        terms.c.stream == stream, terms.c.number == number, known_at(terms, view.known)
    )
    row = view.connection.execute(query).first()
    heard = row is not None and any(standing(above, each, view) for each in row.together_with.split())
    return moment(row.valid_from) if row is not None and heard else None
