"""What waits for a member, and what every open matter waits for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, or_, select

from ledger.asking.care import supports
from ledger.asking.feedback import Chosen, feedbacks
from ledger.asking.held import code_of
from ledger.asking.matters import open_matters, waits
from ledger.asking.names import member_by
from ledger.asking.owners import answers_for, offers
from ledger.asking.promises import Promise, promises
from ledger.asking.view import moment
from ledger.projections.care import support
from ledger.projections.decisions import decision
from ledger.projections.members import presence
from ledger.projections.ownership import holding, responsibility
from ledger.projections.roads import report, report_seen
from ledger.projections.temporal import at
from ledger.values import start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.matters import Matter
    from ledger.asking.view import View

    Row = dict[str, object]

# What is promised without a matter that is open: it waits for its people once its day has come.
_ON_ITS_DAY = {"review", "agreement review", "trial end", "follow-up", "delegation review", "check-in"}
_AHEAD = timedelta(days=30)


class Item(NamedTuple):
    kind: str
    ref: str
    title: str
    since: datetime
    by_when: date | None
    sources: tuple[int, ...]


def inbox(view: View, handle: str) -> Iterator[Row]:
    """L19: what waits for a member, themselves or for a group they sit in, what must be done soonest first.

    Nothing for who has left. A review or a check-in is shown from its day on, a report as soon as it is owed, a
    mandate that ends 30 days before.
    """
    member_by(view.connection, handle)
    if not view.present(handle):
        return
    mine = frozenset({handle, *view.groups_of(handle)})
    found = [
        *_offers(view, mine),
        *_matters(view, mine),
        *_promised(view, mine),
        *_reported(view, mine),
        *_supports(view, mine),
        *_unsettled(view, mine),
        *_feedback(view, handle),
    ]
    for each in sorted(found, key=lambda each: (each.by_when or date.max, each.since, each.kind, each.ref)):
        yield {
            "kind": each.kind,
            "ref": each.ref,
            "title": each.title,
            "since": each.since,
            "by_when": each.by_when,
            "explain": list(each.sources),
        }


def stuck(view: View, longer_than: timedelta = timedelta(0)) -> Iterator[Row]:
    """L20: what each open matter waits for and on whom, what has waited longest first.

    `waits_for` is objection, ask for advice, advice, consent or decision. Only what has waited `longer_than` is shown.
    """
    rows: list[Row] = [
        {
            "proposal": matter.id,
            "title": matter.row["title"],
            "waits_for": each.what,
            "about": each.about,
            "who": list(each.who),
            "since": each.since,
            "days": (view.at - each.since).days,
            "decide_by": matter.decide_by,
            "responsibility": code_of(view, str(matter.row["responsibility"])),
            "explain": _sources(matter),
        }
        for matter in open_matters(view)
        for each in waits(view, matter)
        if view.at - each.since >= longer_than
    ]
    yield from sorted(rows, key=lambda row: (str(row["since"]), str(row["proposal"]), str(row["waits_for"])))


def _sources(matter: Matter) -> list[int]:
    said = (*matter.asked, *matter.words, *matter.objections, *matter.conflicts)
    own = [matter.row["source"], *([matter.road["source"]] if matter.road else [])]
    return sorted({*own, *(each["source"] for each in said)})


def _offers(view: View, mine: frozenset[str]) -> Iterator[Item]:
    for row in offers(view):
        if row["to"] in mine:
            since, sources = row["since"], row["explain"]
            assert isinstance(since, datetime)  # noqa: S101 - so answers the question
            assert isinstance(sources, list)  # noqa: S101 - the same
            yield Item("offer", str(row["code"]), str(row["title"]), since, None, tuple(sources))


def _matters(view: View, mine: frozenset[str]) -> Iterator[Item]:
    for matter in open_matters(view):
        for each in waits(view, matter):
            if mine & {*each.who, *each.instead}:
                title = str(matter.row["title"])
                about = f"{title} ({each.about})" if each.about else title
                by_when = each.by_when or matter.decide_by
                yield Item(each.what, matter.id, about, each.since, by_when, tuple(_sources(matter)))


def _promised(view: View, mine: frozenset[str]) -> Iterator[Item]:
    today = view.at.date()
    for each in promises(view, mine):
        if not mine & set(each.whose) or not _shows(each, today):
            continue
        since = start_of(each.day) if each.what in _ON_ITS_DAY else view.at
        yield Item(each.what, each.ref, each.title, min(since, view.at), each.day, each.sources)


def _shows(promise: Promise, today: date) -> bool:
    match promise.what:
        case "report":
            return True
        case "mandate end":
            return promise.day - _AHEAD <= today
        case _:
            # Advice and what is to be decided wait in the matter itself.
            return promise.what in _ON_ITS_DAY and promise.day <= today


def _reported(view: View, mine: frozenset[str]) -> Iterator[Item]:
    """What was reported to the member and they have not said to have seen."""
    seen = select(report_seen.c.id).where(
        report_seen.c.stream == report.c.stream,
        at(report_seen, view.at, view.known),
        or_(report_seen.c.member == report.c.to, report_seen.c.acting_for == report.c.to),
    )
    query = (
        select(report, decision.c.title)
        .join(decision, and_(decision.c.stream == report.c.stream, at(decision, view.at, view.known)))
        .where(at(report, view.at, view.known), report.c.to.in_(mine), ~seen.exists())
    )
    for row in view.connection.execute(query).mappings():
        yield Item("report to read", row["stream"], row["title"], moment(row["valid_from"]), None, (row["source"],))


def _supports(view: View, mine: frozenset[str]) -> Iterator[Item]:
    asked = select(support.c.id).where(support.c.of.in_(mine), at(support, view.at, view.known))
    if view.connection.execute(asked.limit(1)).first() is None:
        # Whether what was asked for still counts takes a look at everything that is held.
        return
    for row in supports(view, waiting=True):
        if row["of"] in mine:
            since, sources = row["asked"], row["explain"]
            assert isinstance(since, datetime)  # noqa: S101 - so answers the question
            assert isinstance(sources, list)  # noqa: S101 - the same
            yield Item("support", str(row["code"]), str(row["what"]), since, None, tuple(sources))


def _feedback(view: View, handle: str) -> Iterator[Item]:
    """Feedback to the member that they have not acknowledged, or were asked for and have not given; never its words."""
    for row in feedbacks(view, Chosen(to=handle, waiting=True)):
        since, sources = row["date"], row["explain"]
        assert isinstance(since, datetime)  # noqa: S101 - so answers the question
        assert isinstance(sources, list)  # noqa: S101 - the same
        kind = "feedback asked" if row["kind"] == "asked" else "feedback"
        yield Item(kind, str(row["feedback"]), f"{row['by']} about {row['about']}", since, None, tuple(sources))


def _unsettled(view: View, mine: frozenset[str]) -> Iterator[Item]:
    """Decisions made outside mandate or as urgent that stand unsettled wait for who answers for the level above."""
    above = holding.alias("above")
    there = select(presence.c.id).where(presence.c.member == above.c.holder, at(presence, view.at, view.known))
    query = (
        select(decision)
        .join(
            responsibility,
            and_(responsibility.c.stream == decision.c.responsibility, at(responsibility, view.at, view.known)),
        )
        .outerjoin(above, and_(above.c.stream == responsibility.c.parent, at(above, view.at, view.known)))
        .where(
            at(decision, view.at, view.known),
            decision.c.verdict.in_(("outside", "urgent")),
            decision.c.status == "stands",
            decision.c.settled_by.is_(None),
            # Walking up from each takes long: not where it is plain that somebody else holds what lies above.
            or_(above.c.id.is_(None), above.c.holder.in_(mine), ~there.exists()),
        )
        .distinct()
    )
    for row in view.connection.execute(query).mappings().all():
        chain = view.known_chain(row["responsibility"])
        if answers_for(chain[:-1] or chain) in mine:
            title = f"{row['title']} ({row['verdict']})"
            yield Item("settle", row["stream"], title, moment(row["made_at"]), None, (row["made_position"],))
