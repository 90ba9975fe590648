"""Who was asked before a decision, whose word it needed, and who is to hear of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from ledger.asking.consents import matter_of
from ledger.asking.decisions import decision_row
from ledger.asking.matters import matters, spoke
from ledger.asking.owners import answers_for
from ledger.asking.reports import due_reports
from ledger.asking.view import moment
from ledger.projections.decisions import decision, supersession
from ledger.projections.ownership import responsibility
from ledger.projections.roads import advice_asked, duty, outlook, report, road, word
from ledger.projections.temporal import at
from ledger.values import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import RowMapping

    from ledger.asking.matters import Matter
    from ledger.asking.view import View

    Row = dict[str, object]


def involvement(view: View, since: datetime | None = None) -> Iterator[Row]:
    """L27: decisions that affect others, the oldest first: who of them was asked, who answered, and who before it.

    `share` is how many of the affected were asked before it was decided, 0 to 1; whoever proposed or made it is not
    counted among them.
    """
    query = (
        select(decision.c.stream)
        .join(road, and_(road.c.stream == decision.c.stream, at(road, view.at, view.known)))
        .where(at(decision, view.at, view.known), decision.c.made_at.is_not(None), road.c.affected != "")
    )
    if since is not None:
        query = query.where(decision.c.made_at >= timestamp(since))
    for matter in matters(view, query):
        own = {matter.row["by"], matter.row["opened_by"]}
        affected = [who for who in matter.affected if who not in own]
        if not affected:
            continue
        then = replace(view, at=moment(matter.row["made_at"]))
        asked = frozenset(each["member"] for each in matter.asked)
        early = [each for each in matter.words if each["kind"] == "advice" and moment(each["valid_from"]) <= then.at]
        before = frozenset(who for each in early for who in (each["member"], each["acting_for"]) if who)
        in_time = [who for who in affected if spoke(then, who, asked)]
        yield {
            "decision": matter.id,
            "title": matter.row["title"],
            "made": then.at,
            "affected": affected,
            "asked": in_time,
            "answered": [who for who in affected if spoke(view, who, matter.advised())],
            "answered_before": [who for who in affected if spoke(then, who, before)],
            "share": round(len(in_time) / len(affected), 3),
            "explain": [matter.row["made_position"], *(each["source"] for each in matter.asked)],
        }


def conditions(view: View, *, unmet: bool = False) -> Iterator[Row]:
    """A32: what a mandate or a level had come before or after each decision, the oldest first, and whether it did.

    `sought` and `answered` are when the member was asked and answered, or was reported to; `when` is the decision.
    With `unmet` only what had not come when it was decided, and reports whose day is past.
    """
    query = (
        select(decision, duty.c.kind.label("duty"), duty.c.member, duty.c.rule, duty.c.result)
        .join(duty, duty.c.stream == decision.c.stream)
        .where(
            at(decision, view.at, view.known),
            at(duty, view.at, view.known),
            duty.c.kind.in_(("consult", "consent")),
            *([duty.c.result != "ok"] if unmet else []),
        )
    )
    found: list[tuple[str, Row]] = []
    for row in view.connection.execute(query).mappings().all():
        sought, answered = _sought(view, row), _answered(view, row)
        said = {"sought": sought, "answered": answered, "met": row["result"] == "ok"}
        found.append((str(row["made_at"]), _condition(row, str(row["duty"]), str(row["member"]), said)))
    today = view.at.date()
    for row, day, reported in due_reports(view):
        late = reported is None and day < today
        if unmet and not late:
            continue
        when = None if reported is None else moment(reported["valid_from"])
        said = {"sought": None, "answered": when, "met": reported is not None}
        found.append((str(row["made_at"]), _condition(row, "report", str(row["to"]), said)))
    yield from (each for _made, each in sorted(found, key=lambda pair: (pair[0], str(pair[1]["decision"]))))


def audience(view: View, name: str) -> Iterator[Row]:
    """L34: who is to hear of a decision, by handle, why, and whether they were told.

    `told` is true of who made it together, was informed with it, or was reported to: who advised need not have heard
    what came of it. The maker is left out.
    Raises NotFound.
    """
    matter = matter_of(view, name)
    reasons: dict[str, list[str]] = {}

    def add(who: str | None, why: str) -> None:
        if who is not None and who != matter.row["by"]:
            reasons.setdefault(who, [])
            if why not in reasons[who]:
                reasons[who].append(why)

    for who in matter.affected:
        add(who, "affected")
    chain = view.known_chain(str(matter.row["responsibility"]))
    add(answers_for(chain[:-1]), "delegator")
    add(matter.row["acting_for"], "acted for")
    for row in _duties(view, matter.id):
        add(row["member"], f"{row['kind']}: {row['rule']}")
    rule = _report_rule(view, str(matter.row["responsibility"]))
    if rule is not None:
        add(answers_for(chain[:-1]), f"report rule: {rule}")
    for who in (*matter.consenters, *(str(each["member"]) for each in matter.asked)):
        add(who, "asked")
    for former in _replaced(view, matter.id):
        add(str(former["by"]), f"made {former['stream']}")
        add(answers_for(view.known_chain(str(former["responsibility"]))), f"owns {former['stream']}")
    told = _told(view, matter)
    for who in sorted(reasons):
        yield {
            "member": who,
            "because": reasons[who],
            "told": spoke(view, who, told),
            "left": not view.present(who),
            "explain": [matter.row["made_position"] or matter.row["source"]],
        }


def _condition(row: RowMapping, kind: str, who: str, said: Mapping[str, object]) -> Row:
    return {
        "decision": row["stream"],
        "title": row["title"],
        "condition": f"{kind} {who} ({row['rule']})",
        "who": who,
        **said,
        "when": moment(row["made_at"]),
        "by": row["by"],
        "explain": [row["made_position"]],
    }


def _sought(view: View, row: RowMapping) -> datetime | None:
    query = select(advice_asked.c.valid_from).where(
        advice_asked.c.stream == row["stream"],
        advice_asked.c.member == row["member"],
        at(advice_asked, view.at, view.known),
    )
    found = view.connection.execute(query.order_by(advice_asked.c.valid_from).limit(1)).scalar()
    return None if found is None else moment(found)


def _answered(view: View, row: RowMapping) -> datetime | None:
    kind = "advice" if row["duty"] == "consult" else "consent"
    query = select(word.c.valid_from).where(
        word.c.stream == row["stream"],
        word.c.kind == kind,
        (word.c.member == row["member"]) | (word.c.acting_for == row["member"]),
        at(word, view.at, view.known),
    )
    found = view.connection.execute(query.order_by(word.c.valid_from.desc()).limit(1)).scalar()
    return None if found is None else moment(found)


def _duties(view: View, stream: str) -> list[RowMapping]:
    query = select(duty).where(
        duty.c.stream == stream, duty.c.kind.in_(("report", "tell")), at(duty, view.at, view.known)
    )
    return list(view.connection.execute(query.order_by(duty.c.id)).mappings())


def _report_rule(view: View, stream: str) -> str | None:
    query = select(responsibility.c.report_rule).where(
        responsibility.c.stream == stream, at(responsibility, view.at, view.known)
    )
    return view.connection.execute(query).scalar()


def _replaced(view: View, stream: str) -> list[Row]:
    query = select(supersession.c.stream).where(
        supersession.c.successor == stream, at(supersession, view.at, view.known)
    )
    found = (decision_row(view, each) for each in view.connection.execute(query).scalars().all())
    return [row for row in found if row is not None]


def _told(view: View, matter: Matter) -> frozenset[str]:
    """Who made it together, was informed with it, or reported to."""
    informed = select(outlook.c.informed).where(outlook.c.stream == matter.id, at(outlook, view.at, view.known))
    names = {who for text in view.connection.execute(informed).scalars() for who in json.loads(text)}
    reported = select(report.c.to).where(report.c.stream == matter.id, at(report, view.at, view.known))
    return frozenset({*names, *view.connection.execute(reported).scalars()})
