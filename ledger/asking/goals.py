"""What we want to reach together, who works toward it, and what serves none of it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import select

from ledger.asking.decisions import decision_row
from ledger.projections.decisions import decision
from ledger.projections.goals import goal, progress
from ledger.projections.ownership import responsibility
from ledger.projections.temporal import at
from ledger.values import ROOT, responsibility_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import RowMapping

    from ledger.asking.view import View

    Row = dict[str, object]

LATELY: Final = timedelta(days=90)
SERVES_NONE: Final = "serves none"
NOT_SET: Final = "not set"


@dataclass(slots=True)
class _Work:
    """What works toward one goal: responsibilities by id, the decisions of late, and the events behind both."""

    responsibilities: dict[str, str] = field(default_factory=dict[str, str])
    decisions: set[str] = field(default_factory=set[str])
    sources: list[object] = field(default_factory=list[object])


def goals(view: View, *, coverage: bool = False) -> Iterator[Row]:
    """L25: each goal with those who work toward it or toward a goal below it, by title.

    With `coverage` also what is named as a goal and not set as one, and then each responsibility that serves no goal
    which is still open, with the decisions of the last 90 days there that name none.
    """
    rows = {str(row["stream"]): row for row in _rows(view)}
    above = {id_: _above(rows, id_) for id_ in rows}
    work: dict[str, _Work] = defaultdict(_Work)
    idle: dict[str, tuple[str, object]] = {}
    serving: dict[str, set[str]] = {}
    for each in _responsibilities(view):
        id_, named = str(each["stream"]), _named(each["goals"])
        if not any(_is_open(rows, name) for name in named):
            idle[id_] = (str(each["code"]), each["source"])
        serving[id_] = {name for direct in named for name in (direct, *above.get(direct, ()))}
        for name in serving[id_]:
            work[name].responsibilities[id_] = str(each["code"])
            work[name].sources.append(each["source"])
    unaimed: dict[str, int] = defaultdict(int)
    for each in _decisions(view):
        where, named = str(each["responsibility"]), _named(each["goals"])
        for name in {name for direct in named for name in (direct, *above.get(direct, ()))} | serving.get(where, set()):
            work[name].decisions.add(str(each["stream"]))
            work[name].sources.append(each["source"])
        if not any(_is_open(rows, name) for name in named):
            unaimed[where] += 1
    for id_, row in rows.items():
        yield _answer(view, row, work[id_])
    if coverage:
        for name in sorted(work.keys() - rows.keys()):
            yield {**_toward(view, work[name]), "goal": name, "title": name, "status": NOT_SET, "shared": False}
        for id_, (code, source) in sorted(idle.items(), key=lambda pair: pair[1][0]):
            yield {
                **_toward(view, _Work({id_: code}, set(), [source])),
                "status": SERVES_NONE,
                "shared": False,
                "decisions_90_d": unaimed[id_],
            }


def shared(view: View, adopted_by: object) -> bool:
    """Whether that decision was made by consensus in the root, and stands at the moment."""
    row = None if adopted_by is None else decision_row(view, str(adopted_by))
    return (
        row is not None
        and row["process"] == "consensus"
        and row["status"] == "stands"
        and row["responsibility"] == responsibility_id(ROOT)
    )


def _answer(view: View, row: RowMapping, work: _Work) -> Row:
    query = select(progress).where(progress.c.stream == row["stream"], at(progress, view.at, view.known))
    noted = view.connection.execute(query.order_by(progress.c.id.desc()).limit(1)).mappings().first()
    if noted is not None:
        work.sources.append(noted["source"])
    work.sources.append(row["source"])
    return {
        **_toward(view, work),
        "goal": row["stream"],
        "title": row["title"],
        "status": row["status"],
        "shared": row["status"] == "open" and shared(view, row["adopted_by"]),
        "confidence": noted["confidence"] if noted else None,
        "note": noted["note"] if noted else None,
        "value": noted["value"] if noted else None,
        "parent": row["parent"],
        "former": row["former"],
        "horizon": row["horizon"],
        "adopted_by": row["adopted_by"],
        "set_by": row["set_by"],
        "why": row["why"],
    }


def _toward(view: View, work: _Work) -> Row:
    links = [found[0] for id_ in work.responsibilities if (found := view.link(id_))]
    return {
        "goal": None,
        "title": None,
        "responsibilities": sorted(work.responsibilities.values()),
        "holders": sorted({link.holding.holder for link in links if link.holding}),
        "decisions_90_d": len(work.decisions),
        "confidence": None,
        "explain": sorted({int(str(each)) for each in work.sources}),
    }


def _rows(view: View) -> Sequence[RowMapping]:
    query = select(goal).where(at(goal, view.at, view.known)).order_by(goal.c.title, goal.c.stream)
    return view.connection.execute(query).mappings().all()


def _responsibilities(view: View) -> Sequence[RowMapping]:
    columns = (responsibility.c.stream, responsibility.c.code, responsibility.c.goals, responsibility.c.source)
    query = select(*columns).where(at(responsibility, view.at, view.known)).order_by(responsibility.c.code)
    return view.connection.execute(query).mappings().all()


def _decisions(view: View) -> Sequence[RowMapping]:
    columns = (decision.c.stream, decision.c.responsibility, decision.c.goals, decision.c.source)
    since = timestamp(view.at - LATELY)
    query = select(*columns).where(at(decision, view.at, view.known), decision.c.made_at > since)
    return view.connection.execute(query).mappings().all()


def _above(rows: Mapping[str, RowMapping], id_: str) -> list[str]:
    """The goals above one; no rule lets them lead back to it, but a view must not hang on one that was forged."""
    found: list[str] = []
    current = rows[id_]["parent"]
    while current in rows and current not in {id_, *found}:
        found.append(str(current))
        current = rows[str(current)]["parent"]
    return found


def _is_open(rows: Mapping[str, RowMapping], name: str) -> bool:
    """A goal in words of its own never ends; one that is set does."""
    return name not in rows or rows[name]["status"] == "open"


def _named(text: object) -> list[str]:
    return [] if text is None else cast("list[str]", json.loads(str(text)))
