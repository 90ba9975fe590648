"""The register of delegations on a day, and what changed in it between two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from ledger.aggregates.chain import bounds
from ledger.asking.view import moment
from ledger.events.responsibility import ResponsibilityDefined
from ledger.projections.ownership import responsibility
from ledger.projections.temporal import at
from ledger.values import FOREVER, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ledger.asking.view import View

    Row = dict[str, object]

_DEFINED = {"title", "legal_basis", "report_rule"}
COLUMNS = (
    "code",
    "title",
    "types",
    "legal_basis",
    "delegate",
    "stand_ins",
    "amount",
    "amount_per_year",
    "scope",
    "conditions",
    "level",
    "further",
    "report_rule",
    "since",
    "until",
    "basis",
)


def register(view: View) -> Iterator[Row]:
    """A4: who may decide what at that moment, a line for each responsibility, by code."""
    query = select(responsibility).where(at(responsibility, view.at, view.known)).order_by(responsibility.c.code)
    for row in view.connection.execution_options(yield_per=500).execute(query).mappings():
        chain = view.known_chain(row["stream"])
        leaf = chain[-1]
        held = leaf.holding
        limits = bounds(chain) if held else None
        terms = view.row(leaf.responsibility) if held else None
        sources = sorted({source for link in chain for source in _sources(view, link.responsibility)})
        further = limits.further if limits else None
        yield {
            "code": leaf.code,
            "title": leaf.title,
            "types": list(leaf.decides or (limits.types[-1] if limits and limits.types else ("*",))),
            "legal_basis": row["legal_basis"],
            "delegate": held.holder if held else None,
            "stand_ins": list(held.stand_ins) if held else [],
            "amount": str(limits.amount) if limits and limits.amount is not None else None,
            "amount_per_year": str(limits.amount_per_year) if limits and limits.amount_per_year is not None else None,
            "scope": sorted(limits.scope) if limits and limits.scope is not None else [],
            "conditions": [f"{each.kind}:{each.member}" for each in limits.conditions] if limits else [],
            "level": held.mandate.level if held else None,
            "further": None if not held else "any" if further is None else further,
            "report_rule": row["report_rule"],
            "since": held.since if held else None,
            "until": held.until if held and held.until != FOREVER else None,
            "basis": terms["basis"] if terms else None,
            "responsibility": leaf.responsibility,
            "life": moment(row["life"]),
            "own": terms["source"] if terms else None,
            "explain": [row["source"], *sources],
        }


def register_diff(view: View, start: datetime, end: datetime) -> Iterator[Row]:
    """A5: every line that differs between two moments, field by field, and the entries behind it."""
    before = {str(row["code"]): row for row in register(replace(view, at=start))}
    after = {str(row["code"]): row for row in register(replace(view, at=end))}
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old is None or new is None:
            yield {
                "code": code,
                "change": "added" if old is None else "removed",
                "before": old and old["title"],
                "after": new and new["title"],
                **_behind(view, [_defining(view, new) if new else cast("list[int]", (old or {})["explain"])[0]]),
            }
            continue
        for field in COLUMNS:
            if old[field] != new[field]:
                yield {
                    "code": code,
                    "change": field,
                    "before": old[field],
                    "after": new[field],
                    **_behind(view, _bearing(view, new, field, start, end)),
                }


def _sources(view: View, id_: str) -> Iterator[int]:
    """The entries behind the last holding of a responsibility: its own, and that of its holder's leaving."""
    row = view.row(id_)
    if row is not None and row["source"] is not None:
        yield row["source"]
        if row["gone"] is not None and row["gone"] <= timestamp(view.at):
            yield row["gone_by"]


def _defining(view: View, row: Row) -> int:
    """The entry that defined the responsibility: what was clarified since is not what added the line."""
    life = cast("datetime", row["life"])
    entries = view.log.stream(str(row["responsibility"]))
    defined = (each for each in entries if isinstance(each.entry.event, ResponsibilityDefined))
    return next(each.position for each in defined if each.entry.occurred_at == life)


def _bearing(view: View, row: Row, field: str, start: datetime, end: datetime) -> list[int]:
    """The entries that bear on a field, the one that changed it within the span last.

    The line's own entry before those of the links above it, and what lies in the span before what lies outside.
    """
    explain = cast("list[int]", row["explain"])
    if field in _DEFINED:
        return explain[:1]
    own = cast("int | None", row["own"])

    def weight(position: int) -> tuple[bool, bool, int]:
        occurred = view.log.read(position - 1, 1)[0].entry.occurred_at
        return start < occurred <= end, position == own, position

    return [explain[0], *sorted(explain[1:], key=weight)]


def _behind(view: View, explain: list[int]) -> Row:
    """When and by whom the last of the entries was made."""
    recorded = view.log.read(explain[-1] - 1, 1)[0]
    return {
        "when": recorded.entry.occurred_at,
        "by": recorded.entry.actor,
        "basis": recorded.entry.basis,
        "explain": explain,
    }
