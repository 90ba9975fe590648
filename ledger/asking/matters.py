"""Matters with all that was said of them, and what each of those that are open waits for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ledger.aggregates.authority import walk
from ledger.aggregates.seats import people
from ledger.aggregates.verdict import Asker
from ledger.asking.authority import ask_of
from ledger.asking.view import moment
from ledger.projections.decisions import conflict, decision
from ledger.projections.roads import advice_asked, objection, road, word
from ledger.projections.temporal import at
from ledger.rules.processes import past

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import RowMapping, Select, Table

    from ledger.aggregates.verdict import Duty
    from ledger.asking.view import View

BY_CONSENT = ("consent", "consensus")


@dataclass(slots=True)
class Matter:
    """A decision, made or not, with what was said of it until the moment of the view, each in order of time."""

    row: RowMapping
    road: RowMapping | None = None
    asked: list[RowMapping] = field(default_factory=list)
    words: list[RowMapping] = field(default_factory=list)
    objections: list[RowMapping] = field(default_factory=list)
    conflicts: list[RowMapping] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row["stream"])

    @property
    def version(self) -> int:
        return self.road["version"] if self.road else 1

    @property
    def amended(self) -> datetime:
        """Since when the version lies on the table."""
        return moment(self.road["amended_at"] if self.road else self.row["valid_from"])

    @property
    def consenters(self) -> tuple[str, ...]:
        return tuple(self.road["consenters"].split()) if self.road else ()

    @property
    def affected(self) -> tuple[str, ...]:
        return tuple(self.road["affected"].split()) if self.road else ()

    @property
    def decide_by(self) -> date | None:
        return date.fromisoformat(self.road["decide_by"]) if self.road and self.road["decide_by"] else None

    @property
    def barred(self) -> frozenset[str]:
        """Who declared a conflict of interest."""
        return frozenset(each["member"] for each in self.conflicts)

    @property
    def last_said(self) -> datetime:
        """The latest moment of anything that was said, or at which the matter came to where it lies."""
        said = (*self.asked, *self.words, *self.objections, *self.conflicts, self.row, *filter(None, (self.road,)))
        resolved = (each["resolved_at"] for each in self.objections if each["resolved_at"])
        return moment(max(*(each["valid_from"] for each in said), *resolved, ""))

    def stances(self) -> dict[str, RowMapping]:
        """The last word of each on this version, by who is spoken for: a consent, or that they stand aside."""
        found: dict[str, RowMapping] = {}
        for each in self.words:
            if each["kind"] in {"consent", "stood aside"} and each["version"] == self.version:
                found[each["member"]] = each
                found[each["acting_for"] or each["member"]] = each
        return found

    def consented(self) -> frozenset[str]:
        """Who consented to this version and is not barred, posts that were spoken for included."""
        stances = self.stances().items()
        return frozenset(
            who for who, each in stances if each["kind"] == "consent" and each["member"] not in self.barred
        )

    def advised(self) -> frozenset[str]:
        """Who has given advice, posts that were spoken for included."""
        given = [each for each in self.words if each["kind"] == "advice"]
        return frozenset(who for each in given for who in (each["member"], each["acting_for"]) if who)


class Waiting(NamedTuple):
    """One thing that an open matter waits for, of whom, since when, and until which day at the latest.

    `what` is objection, ask for advice, advice, consent or decision; `about` says which. `instead` are stand-ins.
    """

    what: str
    who: tuple[str, ...]
    since: datetime
    by_when: date | None = None
    about: str | None = None
    instead: tuple[str, ...] = ()


def matters(view: View, streams: Select[tuple[str]]) -> list[Matter]:
    """These decisions as they stand at the moment, the oldest first."""
    rows = view.connection.execute(
        select(decision).where(at(decision, view.at, view.known), decision.c.stream.in_(streams))
    ).mappings()
    found = {row["stream"]: Matter(row) for row in rows}

    def said(table: Table) -> Iterator[RowMapping]:
        query = select(table).where(at(table, view.at, view.known), table.c.stream.in_(streams))
        rows = view.connection.execute(query.order_by(table.c.valid_from, table.c.id)).mappings()
        return (row for row in rows if row["stream"] in found)

    for row in said(road):
        found[row["stream"]].road = row
    for row in said(advice_asked):
        found[row["stream"]].asked.append(row)
    for row in said(word):
        found[row["stream"]].words.append(row)
    for row in said(objection):
        found[row["stream"]].objections.append(row)
    for row in said(conflict):
        found[row["stream"]].conflicts.append(row)
    return sorted(found.values(), key=lambda each: (each.row["made_at"] or "", each.row["valid_from"], each.id))


def open_matters(view: View) -> list[Matter]:
    """Every matter that is neither decided, declined nor withdrawn."""
    query = select(decision.c.stream).where(
        at(decision, view.at, view.known), decision.c.made_at.is_(None), decision.c.status == "open"
    )
    return matters(view, query)


def spoke(view: View, who: str, named: frozenset[str]) -> bool:
    """Whether `who` is among the named; for a group, enough of those who sit in it are."""
    acts = view.acts(who)
    if who in named or acts is None:
        return who in named
    inside = people(who, view)
    return inside <= named if acts == "together" else bool(inside & named)


class Turn(NamedTuple):
    """Whose it is to decide an open matter, who may instead, and what comes first.

    `together_with` are those who decide it with them at level 4. `stopped` says where nobody may: it is referred up.
    """

    who: str | None = None
    stand_ins: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()
    together_with: frozenset[str] = frozenset()
    stopped: str | None = None


def turn(view: View, matter: Matter) -> Turn:
    chain = past(view.known_chain(str(matter.row["responsibility"])), matter.barred)
    ask = ask_of(dict(matter.row))
    stopped: Turn | None = None
    for link in reversed(chain):
        held = link.holding
        if held is None:
            continue
        verdict = walk(chain, Asker(held.holder), ask, view)
        if verdict.no is None:
            # At level 1 to 3 it is the level above that decides, so not always the first.
            others = (verdict.seat.together_with if verdict.seat else frozenset()) - people(held.holder, view)
            first = tuple(each for each in verdict.duties if each.before)
            return Turn(held.holder, held.stand_ins, first, others - matter.barred)
        stopped = stopped or Turn(held.holder, held.stand_ins, stopped=f"{verdict.no} at {verdict.link}")
    return stopped or Turn()


def waits(view: View, matter: Matter) -> Iterator[Waiting]:
    """Everything that an open matter waits for; where nothing else, to be decided."""
    whose = turn(view, matter)
    carrier = _carrier(view, matter, whose.who)
    found = [*_said_first(view, matter, carrier), *_consents(view, matter, whose)]
    found += _duties(view, matter, whose, carrier, found)
    if found:
        yield from found
    else:
        who = (whose.who,) if whose.who else ()
        yield Waiting("decision", who, matter.last_said, matter.decide_by, whose.stopped, whose.stand_ins)


def _said_first(view: View, matter: Matter, carrier: tuple[str, ...]) -> Iterator[Waiting]:
    """Objections that stop it, whom it affects and nobody asked, and advice that is awaited."""
    if matter.row["process"] in BY_CONSENT:
        for each in matter.objections:
            if each["resolved_at"] is None:
                about = f"{each['number']} by {each['by']}"
                yield Waiting("objection", carrier, moment(each["raised_at"]), matter.decide_by, about)
    asked = frozenset(each["member"] for each in matter.asked)
    if matter.row["process"] == "advice":
        spoken = asked | {str(matter.row["opened_by"])}
        unasked: list[str | None] = [
            who for who in matter.affected if _may_speak(view, matter, who) and not spoke(view, who, spoken)
        ]
        # Where it affects nobody, somebody who knows is asked.
        for who in unasked or ([] if asked else [None]):
            yield Waiting("ask for advice", carrier, matter.amended, matter.decide_by, who)
    for each in matter.asked:
        who, by_when = str(each["member"]), each["by_when"]
        day = date.fromisoformat(by_when) if by_when else None
        passed = day is not None and day < view.at.date()
        if not passed and _may_speak(view, matter, who) and not spoke(view, who, matter.advised()):
            yield Waiting("advice", (who,), moment(each["valid_from"]), day, f"as {each['asked_as']}")


def _consents(view: View, matter: Matter, whose: Turn) -> Iterator[Waiting]:
    """Consenters who have not spoken of this version; where silence is no yes, who stands aside too."""
    process, last = matter.row["process"], matter.decide_by
    if process not in BY_CONSENT:
        return
    if process == "consent" and last is not None and matter.amended.date() <= last < view.at.date():
        return
    heard = matter.consented()
    if process == "consent":
        objectors = {each["by"] for each in matter.objections if moment(each["raised_at"]) >= matter.amended}
        heard |= frozenset({*matter.stances(), *objectors, *filter(None, (whose.who,))})
    # Nobody consents over their own objection: it is met first, and that waits for others.
    heard |= frozenset(each["by"] for each in matter.objections if each["resolved_at"] is None)
    for who in matter.consenters:
        if _may_speak(view, matter, who) and not spoke(view, who, heard):
            yield _consent(matter, who)


def _duties(
    view: View, matter: Matter, whose: Turn, carrier: tuple[str, ...], known: Sequence[Waiting]
) -> Iterator[Waiting]:
    """What the mandate or the level has come first, and nobody has seen to or waits for already."""
    own = frozenset({str(matter.row["opened_by"]), *filter(None, (whose.who,))})
    asked = frozenset(each["member"] for each in matter.asked)
    sought = {each.about for each in known if each.what == "ask for advice"}
    awaited = {who for each in known if each.what == "consent" for who in each.who}
    for duty in whose.duties:
        who = duty.member
        if duty.kind != "consult" or who in sought or not _may_speak(view, matter, who):
            continue
        if not spoke(view, who, asked | own):
            yield Waiting("ask for advice", carrier, matter.amended, matter.decide_by, who)
    consents = {duty.member for duty in whose.duties if duty.kind == "consent"} | whose.together_with
    for who in sorted(consents - awaited):
        if _may_speak(view, matter, who) and not spoke(view, who, matter.consented() | own):
            yield _consent(matter, who)


def _consent(matter: Matter, who: str) -> Waiting:
    return Waiting("consent", (who,), matter.amended, matter.decide_by, f"version {matter.version}")


def _carrier(view: View, matter: Matter, who_decides: str | None) -> tuple[str, ...]:
    """Who carries the matter on: who opened it, or whose it is to decide where that member has left."""
    opened_by = str(matter.row["opened_by"])
    if _may_speak(view, matter, opened_by):
        return (opened_by,)
    return (who_decides,) if who_decides else ()


def _may_speak(view: View, matter: Matter, who: str) -> bool:
    return who not in matter.barred and view.present(who)
