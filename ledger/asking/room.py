"""How much room people have: the delegation board, and how that room grows or shrinks over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, func, select

from ledger.aggregates.authority import HOLDER_DECIDES
from ledger.aggregates.chain import bounds
from ledger.aggregates.mandate import LEVEL_NAMES, level_for
from ledger.asking.held import held
from ledger.asking.statements import taken_on_in
from ledger.asking.view import moment
from ledger.events.responsibility import Mandate
from ledger.projections.care import mandate_change
from ledger.projections.decisions import decision
from ledger.projections.members import presence
from ledger.projections.ownership import holding, responsibility
from ledger.projections.temporal import at, known_at
from ledger.values import ROOT, responsibility_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]
    Step = Literal["quarter", "month"]

_ROOT_ID = responsibility_id(ROOT)
_MONTHS = {"quarter": 3, "month": 1}


def board(view: View) -> Iterator[Row]:
    """L16: each decision type with the level it is delegated at, by type and code.

    The code of the responsibility stands in the column of its level. The root is not on the board: nobody
    delegates it.
    """
    rows: list[Row] = []
    for row in held(view, responsibility.c.stream != _ROOT_ID):
        chain = view.chain(row["stream"])
        if not chain or chain[-1].holding is None:
            continue
        leaf, mandate = chain[-1], chain[-1].holding.mandate
        limits = bounds(chain)
        types = leaf.decides or (limits.types[-1] if limits.types else ("*",))
        for pattern in dict.fromkeys((*types, *mandate.levels)):
            level = level_for(mandate, pattern)
            rows.append(
                {
                    "decision_type": pattern,
                    **{name: leaf.code if number == level else None for number, name in LEVEL_NAMES.items()},
                    "holder": row["holder"],
                    "code": leaf.code,
                    "responsibility": row["stream"],
                    "level": level,
                    "explain": [row["source"]],
                }
            )
    yield from sorted(rows, key=lambda each: (str(each["decision_type"]), str(each["code"])))


def autonomy(view: View, step: Step) -> Iterator[Row]:
    """L17: mandates held at the end of each period and their mean level, which way mandates went in it, and how many
    of its decisions were the holder's own to make (level 5 or higher), from the first delegation on.

    The root is left out of all of it. A change that widened here and narrowed there counts as neither.
    """
    first = select(func.min(holding.c.valid_from)).where(
        holding.c.stream != _ROOT_ID, known_at(holding, view.known), holding.c.valid_from <= timestamp(view.at)
    )
    begun = view.connection.execute(first).scalar()
    if begun is None:
        return
    start = _beginning(moment(begun), step)
    while start <= view.at:
        following = _after(start, step)
        last = min(view.at, following - timedelta(microseconds=1))
        yield _period(view, _named(start, step), start, last)
        start = following


def _period(view: View, name: str, start: datetime, last: datetime) -> Row:
    then = timestamp(last)
    live = (
        select(holding.c.level, holding.c.source)
        .join(presence, and_(taken_on_in(holding, presence, view.known), presence.c.valid_until > then))
        .where(at(holding, last, view.known), holding.c.stream != _ROOT_ID)
    )
    mandates = list(view.connection.execute(live))
    changed = list(
        view.connection.execute(
            select(mandate_change.c.direction, mandate_change.c.source).where(
                at(mandate_change, view.at, view.known),
                mandate_change.c.stream != _ROOT_ID,
                mandate_change.c.valid_from >= timestamp(start),
                mandate_change.c.valid_from <= then,
            )
        )
    )
    made, own = 0, []
    for mandate, decision_type, position in _decided(view, start, last):
        made += 1
        if level_for(mandate, decision_type) >= HOLDER_DECIDES:
            own.append(position)
    ways = [way for way, _source in changed]
    return {
        "period": name,
        "mandates": len(mandates),
        "mean_level": round(sum(level for level, _ in mandates) / len(mandates), 2) if mandates else None,
        "widened": ways.count("widened"),
        "narrowed": ways.count("narrowed"),
        "decided": made,
        "decided_at_level_5_or_higher": len(own),
        "explain": sorted({*(source for _, source in mandates), *(source for _, source in changed), *own}),
    }


def _decided(view: View, start: datetime, last: datetime) -> Iterator[tuple[Mandate, str, int]]:
    """(the mandate it was made under, its type, its position) of each decision made below the root in the period."""
    query = (
        select(decision.c.type, decision.c.made_position, holding.c.mandate)
        .join(
            holding,
            and_(
                holding.c.stream == decision.c.responsibility,
                known_at(holding, view.known),
                holding.c.valid_from <= decision.c.made_at,
                holding.c.valid_until > decision.c.made_at,
            ),
        )
        .where(
            at(decision, view.at, view.known),
            decision.c.responsibility != _ROOT_ID,
            decision.c.made_at >= timestamp(start),
            decision.c.made_at <= timestamp(last),
        )
    )
    mandates: dict[str, Mandate] = {}
    for type_, position, text in view.connection.execution_options(yield_per=500).execute(query):
        # A thousand decisions are made under a handful of mandates.
        if text not in mandates:
            mandates[text] = Mandate.model_validate_json(text)
        yield mandates[text], type_, position


def _beginning(of: datetime, step: Step) -> datetime:
    month = (of.month - 1) // _MONTHS[step] * _MONTHS[step] + 1
    return datetime(of.year, month, 1, tzinfo=UTC)


def _after(start: datetime, step: Step) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + _MONTHS[step], 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _named(start: datetime, step: Step) -> str:
    return f"{start.year}-Q{(start.month + 2) // 3}" if step == "quarter" else f"{start:%Y-%m}"
