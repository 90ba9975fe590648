"""What was said on the road to a decision, what was promised with it, and what came of it.

The making of a decision is read here a second time: what it promised is another question than what was decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import Column, Integer, MetaData

from ledger.events import decision as events
from ledger.projections.projection import Page, Projection
from ledger.projections.temporal import TEXT, json_text, temporal_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

metadata = MetaData()

# How a matter is decided. One that was opened and closed in one breath has no row, but for a trial or an agreement.
# `consenters` and `affected` are handles with a space between; `amended_at` is when `version` came on the table.
road = temporal_table(
    "road",
    metadata,
    Column("version", Integer, nullable=False),
    Column("amended_at", TEXT, nullable=False),
    Column("question", TEXT),
    Column("consenters", TEXT, nullable=False),
    Column("affected", TEXT, nullable=False),
    Column("decide_by", TEXT),
    Column("follows", TEXT),
    find_by=("follows",),
)
# Each of these is true from when it was said on: what was said is not unsaid, only answered.
advice_asked = temporal_table(
    "advice_asked",
    metadata,
    Column("member", TEXT, nullable=False),
    Column("asked_as", TEXT, nullable=False),
    Column("asked_by", TEXT, nullable=False),
    Column("by_when", TEXT),
    find_by=("member",),
)
# What a member said, for the post `acting_for` where that was asked: advice, concern, consent or stood aside.
word = temporal_table(
    "word",
    metadata,
    Column("kind", TEXT, nullable=False),
    Column("member", TEXT, nullable=False),
    Column("acting_for", TEXT),
    Column("version", Integer),
    Column("text", TEXT),
    find_by=("member",),
)
objection = temporal_table(
    "objection",
    metadata,
    Column("number", Integer, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("raised_at", TEXT, nullable=False),
    Column("argument", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("resolved_at", TEXT),
    Column("how", TEXT),
    Column("resolved_by", TEXT),
    Column("explanation", TEXT),
    Column("follow_up_on", TEXT),
)
# What was promised with a decision; `signs` and `informed` are JSON lists. No row where nothing was.
outlook = temporal_table(
    "outlook",
    metadata,
    Column("expects", TEXT),
    Column("signs", TEXT, nullable=False),
    Column("review_on", TEXT),
    Column("trial_until", TEXT),
    Column("informed", TEXT, nullable=False),
    find_by=("review_on", "trial_until"),
)
# What had to come before or after, as stamped on the decision.
duty = temporal_table(
    "duty",
    metadata,
    Column("kind", TEXT, nullable=False),
    Column("member", TEXT, nullable=False),
    Column("rule", TEXT, nullable=False),
    Column("result", TEXT, nullable=False),
    find_by=("member",),
)
report = temporal_table(
    "report",
    metadata,
    Column("to", TEXT, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("meeting", TEXT),
    Column("item", TEXT),
    find_by=("to",),
)
report_seen = temporal_table(
    "report_seen",
    metadata,
    Column("member", TEXT, nullable=False),
    Column("acting_for", TEXT),
    Column("meeting", TEXT),
    Column("question", TEXT),
)
outcome_review = temporal_table(
    "outcome_review",
    metadata,
    Column("by", TEXT, nullable=False),
    Column("happened", TEXT, nullable=False),
    Column("outcome", TEXT, nullable=False),
    Column("process", TEXT, nullable=False),
    Column("learned", TEXT, nullable=False),
    Column("verdict", TEXT, nullable=False),
)

roads = Projection(
    "roads",
    2,
    "D-",
    (road, advice_asked, word, objection, outlook, duty, report, report_seen, outcome_review),
)

_DUTIES = {"consult", "consent", "rationale", "report", "tell"}


@roads.on(events.DecisionProposed)
def _proposed(page: Page, event: events.DecisionProposed) -> None:
    plain = event.process == "alone" and event.decision_kind == "decision"
    if plain and not (event.consenters or event.affected or event.decide_by or event.follows):
        return
    _add_road(
        page,
        question=event.question,
        consenters=" ".join(event.consenters),
        affected=" ".join(event.affected),
        decide_by=_day(event.decide_by),
        follows=event.follows,
    )


@roads.on(events.ProposalAmended)
def _amended(page: Page, event: events.ProposalAmended) -> None:
    after = {each.field: each.after for each in event.changes}
    said: dict[str, object] = {name: after[name] for name in ("question", "decide_by") if name in after}
    if "affected" in after:
        said["affected"] = " ".join(cast("Sequence[str]", after["affected"] or ()))
    rows = page.rows(road)
    if not rows:
        _add_road(page, **{"version": 2, **said})
    for row in rows:
        if row.valid_until > page.stamp:
            page.change(road, row, page.stamp, version=cast("int", row.values["version"]) + 1, amended_at=page.stamp)
    for name, value in said.items():
        page.restate(road, **{name: value})


@roads.on(events.AdviceSought)
def _sought(page: Page, event: events.AdviceSought) -> None:
    for member in event.of:
        page.add(
            advice_asked,
            page.stamp,
            None,
            member=member,
            asked_as=event.asked_as,
            asked_by=page.entry.actor,
            by_when=_day(event.by_when),
        )


@roads.on(events.AdviceGiven)
def _advised(page: Page, event: events.AdviceGiven) -> None:
    _said(page, "advice", acting_for=event.acting_for)


@roads.on(events.ConcernNoted)
def _concerned(page: Page, event: events.ConcernNoted) -> None:
    _said(page, "concern", text=event.text)


@roads.on(events.ConsentGiven)
def _consented(page: Page, event: events.ConsentGiven) -> None:
    _said(page, "consent", acting_for=event.acting_for, version=event.on_version)


@roads.on(events.StoodAside)
def _stood_aside(page: Page, event: events.StoodAside) -> None:
    _said(page, "stood aside", acting_for=event.acting_for, version=_version(page), text=page.entry.reason)


@roads.on(events.ObjectionRaised)
def _objected(page: Page, event: events.ObjectionRaised) -> None:
    page.add(
        objection,
        page.stamp,
        None,
        number=event.objection,
        by=page.entry.actor,
        raised_at=page.stamp,
        argument=event.argument,
        kind=event.objection_kind,
    )


@roads.on(events.ObjectionResolved)
def _resolved(page: Page, event: events.ObjectionResolved) -> None:
    for row in page.rows(objection, number=event.objection, resolved_at=None):
        page.change(
            objection,
            row,
            page.stamp,
            resolved_at=page.stamp,
            how=event.how,
            resolved_by=page.entry.actor,
            explanation=event.explanation,
            follow_up_on=_day(event.follow_up_on),
        )


@roads.on(events.DecisionMade)
def _made(page: Page, event: events.DecisionMade) -> None:
    # Who made it together knows of it.
    informed = tuple(dict.fromkeys((*event.informed, *page.entry.together_with)))
    if event.expects or event.signs or event.review_on or event.trial_until or informed:
        page.add(
            outlook,
            page.stamp,
            None,
            expects=event.expects,
            signs=json_text(event.signs),
            review_on=_day(event.review_on),
            trial_until=_day(event.trial_until),
            informed=json_text(informed),
        )
    for check in event.authority.checks:
        if check.dimension in _DUTIES:
            page.add(
                duty, page.stamp, None, kind=check.dimension, member=check.limit, rule=check.asked, result=check.result
            )


@roads.on(events.DecisionReported)
def _reported(page: Page, event: events.DecisionReported) -> None:
    page.add(report, page.stamp, None, to=event.to, by=page.entry.actor, meeting=event.meeting, item=event.item)


@roads.on(events.ReportNoted)
def _seen(page: Page, event: events.ReportNoted) -> None:
    seen = {"member": page.entry.actor, "acting_for": event.acting_for}
    page.add(report_seen, page.stamp, None, **seen, meeting=event.meeting, question=event.question)


@roads.on(events.DecisionReviewed)
def _reviewed(page: Page, event: events.DecisionReviewed) -> None:
    page.add(
        outcome_review,
        page.stamp,
        None,
        by=" ".join(sorted({page.entry.actor, *page.entry.together_with})),
        happened=event.happened,
        outcome=event.outcome,
        process=event.process,
        learned=event.learned,
        verdict=event.verdict,
    )
    following = _day(event.next_review_on)
    # A review keeps the promise to look again; the next one is promised anew or not at all.
    if page.rows(outlook):
        page.restate(outlook, review_on=following)
    elif following is not None:
        page.add(outlook, page.stamp, None, signs="[]", informed="[]", review_on=following)


def _add_road(page: Page, **values: object) -> None:
    empty = {"consenters": "", "affected": "", "version": 1, "amended_at": page.stamp}
    page.add(road, page.stamp, None, **{**empty, **values})


def _said(page: Page, kind: str, **values: object) -> None:
    page.add(word, page.stamp, None, kind=kind, member=page.entry.actor, **values)


def _version(page: Page) -> int:
    """Of the proposal that lay on the table at the moment."""
    return max(
        (cast("int", row.values["version"]) for row in page.rows(road) if row.valid_from <= page.stamp), default=1
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
