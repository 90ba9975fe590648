"""Decisions that an audit asks about: each walked once more at the moment it was made, as known at the position.

What is stamped on a decision never changes; what was true may turn out otherwise when more is told. So the walk is made
anew for those whose stamp says no, and for those whose ground has moved since.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sqlalchemy import and_, literal_column, not_, or_, select

from ledger.aggregates.authority import walk
from ledger.aggregates.seats import member_seat, people
from ledger.aggregates.verdict import Asker
from ledger.asking.authority import ask_of
from ledger.asking.decisions import Filters, fitting
from ledger.asking.profile import profile
from ledger.asking.view import moment
from ledger.projections.decisions import decision
from ledger.projections.members import presence
from ledger.projections.ownership import holding, responsibility
from ledger.projections.temporal import known_at
from ledger.values import ROOT, covered, covers, responsibility_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from ledger.aggregates.verdict import Link, Verdict
    from ledger.asking.view import View

    Row = dict[str, object]

# A day that whoever held it has moved; a seat elsewhere than on the leaf has no number to look up.
_ELSEWHERE = ("delegator", "answers for vacant")
RULE_OF_ONE = "a matter delegated below the board is decided by a body or by one, never by several employees together"


def untimely(view: View, filters: Filters) -> Iterator[Row]:
    """A9: made by somebody who had left, or who had not accepted yet what they decided in, the oldest first."""
    for row, then, verdict in _doubtful(view, filters):
        why = _too_soon_or_late(then, row, verdict)
        if why is not None:
            yield {
                "decision": row["stream"],
                "by": row["by"],
                "when": then.at,
                "why_untimely": why,
                "link": verdict.chain[-1].code,
                "explain": [row["made_position"]],
            }


def expired(view: View, filters: Filters) -> Iterator[Row]:
    """A22: made on a mandate that had ended, however it did, the oldest first."""
    for row, then, verdict in _doubtful(view, filters):
        former = verdict.chain[-1].former
        if verdict.no != "ended" or verdict.dimension != "window" or former is None:
            continue
        yield {
            "decision": row["stream"],
            "by": row["by"],
            "mandate_ended": former[1],
            "cause": former[2],
            "decided": then.at,
            "days_after": (then.at - former[1]).days,
            "explain": [row["made_position"]],
        }


def reserved(view: View, filters: Filters) -> Iterator[Row]:
    """A23: made below the responsibility that reserves decisions of that type, the oldest first."""
    query = select(responsibility.c.reserved).where(
        responsibility.c.reserved != "", known_at(responsibility, view.known)
    )
    patterns = {pattern for each in view.connection.execute(query.distinct()).scalars() for pattern in each.split()}
    known = select(decision.c.type).where(known_at(decision, view.known)).distinct()
    types = [each for each in view.connection.execute(known).scalars() if covered(each, tuple(patterns))]
    for row in _rows(view, filters, decision.c.type.in_(types)):
        then = _then(view, row)
        chain = then.chain(str(row["responsibility"]))
        kept = [link for link in chain[:-1] if any(covers(each, str(row["type"])) for each in link.reserved)]
        if kept:
            yield {
                "decision": row["stream"],
                "type": row["type"],
                "reserved_by": kept[0].code,
                "decided_in": chain[-1].code,
                "by": row["by"],
                "explain": [row["made_position"]],
            }


def joint(view: View, filters: Filters) -> Iterator[Row]:
    """A24: made by a group together where the profile lets only a body or one person decide, the oldest first.

    Only some profiles say so, and not of the root, which is the board's own. A group that is a body of elected members
    is not among them.
    """
    rules = profile(view)
    if rules.joint == "any group":
        return
    for row in _rows(view, filters, decision.c.responsibility != responsibility_id(ROOT)):
        then = _then(view, row)
        chain = then.chain(str(row["responsibility"]))
        held = chain[-1].holding if chain else None
        if held is None or then.acts(held.holder) != "together" or then.body(held.holder):
            continue
        yield {
            "decision": row["stream"],
            "group": held.holder,
            "acts": "together",
            "occupants_then": sorted(people(held.holder, then)),
            "profile_rule": f"{rules.name}: {RULE_OF_ONE}",
            "explain": [row["made_position"]],
        }


def _doubtful(view: View, filters: Filters) -> Iterator[tuple[Row, View, Verdict]]:
    """The decisions whose footing is worth another walk, each with the view of its moment and what the walk says."""
    stay = (
        select(presence.c.id)
        .where(
            presence.c.member == decision.c.by,
            known_at(presence, view.known),
            presence.c.valid_from <= decision.c.made_at,
            presence.c.valid_until > decision.c.made_at,
        )
        .exists()
    )
    held = (
        select(holding.c.id)
        .where(
            holding.c.stream == decision.c.responsibility,
            holding.c.number == decision.c.delegation,
            known_at(holding, view.known),
            holding.c.valid_from <= decision.c.made_at,
            holding.c.valid_until > decision.c.made_at,
        )
        .exists()
    )
    moved = and_(decision.c.delegation.is_not(None), not_(held))
    in_doubt = or_(
        decision.c.verdict != literal_column("'inside'"), not_(stay), moved, decision.c.capacity.in_(_ELSEWHERE)
    )
    for row in _rows(view, filters, in_doubt):
        then = _then(view, row)
        chain = then.chain(str(row["responsibility"]))
        if chain:
            by = str(row["by"])
            verdict = walk(chain, Asker(by, present=then.present(by)), ask_of(row), then)
            yield row, then, verdict


def _too_soon_or_late(then: View, row: Row, verdict: Verdict) -> str | None:
    if verdict.no == "ended" and verdict.dimension == "member":
        return "after leaving"
    if verdict.no == "not accepted":
        return "before accepting"
    if verdict.no == "never granted" and verdict.dimension == "holder" and _takes_on(then, row, verdict.chain[-1]):
        return "before it was offered"
    return None


def _takes_on(then: View, row: Row, link: Link) -> bool:
    """Whether who decided comes to hold it later, by what is known."""
    query = select(holding.c.holder).where(
        holding.c.stream == link.responsibility,
        known_at(holding, then.known),
        holding.c.held_since > timestamp(then.at),
    )
    holders: Sequence[str] = then.connection.execute(query.distinct()).scalars().all()
    return any(member_seat(holder, str(row["by"]), then) is not None for holder in holders)


def _rows(view: View, filters: Filters, which: ColumnElement[bool]) -> Iterator[Row]:
    """Decisions that were made and fit, as they stand at the moment, the oldest first."""
    query = fitting(view, filters).where(which, decision.c.made_at.is_not(None))
    for row in view.connection.execute(query).mappings().all():
        yield cast("Row", dict(row))


def _then(view: View, row: Row) -> View:
    """The same look, at the moment at which the decision was made."""
    made: datetime = moment(str(row["made_at"]))
    return replace(view, at=made)
