"""A decision: where the matter lies, what was said of it, who made it on what footing, and whether it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.events import decision as events
from ledger.values import FOREVER

if TYPE_CHECKING:
    from ledger.events import Entry
    from ledger.events.responsibility import Change


@dataclass(frozen=True, slots=True)
class Asked:
    """A member who was asked for advice, at a moment, to answer by the end of a day."""

    member: str
    at: datetime
    by_when: date | None


@dataclass(frozen=True, slots=True)
class Word:
    """What a member said at a moment, for the post `acting_for` where that was asked."""

    member: str
    at: datetime
    acting_for: str | None = None

    @property
    def speaks_for(self) -> frozenset[str]:
        return frozenset({self.member, self.acting_for} - {None})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Objection:
    number: int
    by: str
    at: datetime
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Empty (`proposal` is None) until the matter is opened.

    `proposal` reads as last amended, at `amended`, in that `version`; consents and who stood aside are those of this
    version. `responsibility` is where the matter lies now. `closed`, `made` and `undone` are when; `how` says what
    undid it. `last` is the latest moment of anything said on the road. `referred` is true of what was not proposed
    but handed to the level above.
    """

    proposal: events.DecisionProposed | None = None
    proposer: str = ""
    responsibility: str = ""
    opened: datetime = FOREVER
    version: int = 1
    amended: datetime = FOREVER
    last: datetime = FOREVER
    asked: tuple[Asked, ...] = ()
    advice: tuple[Word, ...] = ()
    objections: tuple[Objection, ...] = ()
    consents: tuple[Word, ...] = ()
    aside: tuple[Word, ...] = ()
    closed: datetime = FOREVER
    made: datetime = FOREVER
    maker: str = ""
    verdict: str = ""
    due_reports: tuple[str, ...] = ()
    reports: tuple[tuple[str, str | None], ...] = ()
    reviewed: bool = False
    ratified: bool = False
    undone: datetime = FOREVER
    how: str = ""
    conflicted: frozenset[str] = frozenset()

    def open(self, moment: datetime) -> bool:
        return self.opened <= moment < self.closed

    def stands(self, moment: datetime) -> bool:
        return self.made <= moment < self.undone

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        return tuple(each for each in self.objections if not each.resolved)

    @property
    def consented(self) -> frozenset[str]:
        """Who consented to the version on the table and is not barred from it, posts that were spoken for included."""
        return frozenset[str]().union(
            *(each.speaks_for for each in self.consents if each.member not in self.conflicted)
        )


def evolve(state: Decision, entry: Entry) -> Decision:
    """What is so after the entry."""
    match entry.event:
        case events.DecisionProposed() as event:
            at = entry.occurred_at
            return Decision(
                proposal=event,
                proposer=entry.actor,
                responsibility=event.responsibility,
                opened=at,
                amended=at,
                last=at,
            )
        case events.ConflictDeclared():
            return replace(state, conflicted=state.conflicted | {entry.actor})
        case events.DecisionReferredUp(to_responsibility=to) | events.DecisionCalledIn(to_responsibility=to):
            return replace(state, responsibility=to)
        case events.DecisionMade(authority=authority):
            due = tuple(each.limit for each in authority.checks if (each.dimension, each.result) == _REPORT)
            made = replace(state, made=entry.occurred_at, maker=entry.actor, verdict=authority.verdict, due_reports=due)
            return replace(made, closed=entry.occurred_at)
        case events.ProposalDeclined() | events.ProposalWithdrawn():
            return replace(state, closed=entry.occurred_at)
        case events.DecisionReported(to=to, meeting=meeting):
            return replace(state, reports=(*state.reports, (to, meeting)))
        case events.DecisionReviewed():
            return replace(state, reviewed=True)
        case events.DecisionRatified():
            return replace(state, ratified=True)
        case events.DecisionSuperseded(part="whole"):
            return replace(state, undone=min(state.undone, entry.occurred_at), how="superseded")
        case events.DecisionReversed():
            return replace(state, undone=min(state.undone, entry.occurred_at), how="reversed")
        case events.DecisionOverruled():
            return replace(state, undone=min(state.undone, entry.occurred_at), how="overruled")
        case _:
            return _on_the_road(state, entry)


_REPORT = ("report", "due after")


def _on_the_road(state: Decision, entry: Entry) -> Decision:
    """What is so after somebody said something of an open matter."""
    at, who = entry.occurred_at, entry.actor
    said = replace(state, last=max(state.last, at)) if state.proposal else state
    match entry.event:
        case events.ProposalAmended(changes=changes):
            return replace(
                said,
                proposal=_amended(state.proposal, changes),
                version=state.version + 1,
                amended=at,
                consents=(),
                aside=(),
            )
        case events.AdviceSought(of=of, by_when=by_when):
            return replace(said, asked=(*state.asked, *(Asked(each, at, by_when) for each in of)))
        case events.AdviceGiven(acting_for=acting_for):
            return replace(said, advice=(*state.advice, Word(who, at, acting_for)))
        case events.ConcernNoted():
            return said
        case events.ObjectionRaised(objection=number):
            return replace(said, objections=(*state.objections, Objection(number, who, at)))
        case events.ObjectionResolved(objection=number):
            met = (replace(each, resolved=each.resolved or each.number == number) for each in state.objections)
            return replace(said, objections=tuple(met))
        case events.ConsentGiven(on_version=version, acting_for=acting_for):
            if version != state.version:
                return said
            word = Word(who, at, acting_for)
            return replace(said, consents=(*_without(state.consents, word), word), aside=_without(state.aside, word))
        case events.StoodAside(acting_for=acting_for):
            word = Word(who, at, acting_for)
            return replace(said, aside=(*_without(state.aside, word), word), consents=_without(state.consents, word))
        case _:
            return state


def _without(words: tuple[Word, ...], word: Word) -> tuple[Word, ...]:
    """The words but for those that the same member said for the same, which the new one takes over from."""
    return tuple(each for each in words if (each.member, each.acting_for) != (word.member, word.acting_for))


def _amended(proposal: events.DecisionProposed | None, changes: tuple[Change, ...]) -> events.DecisionProposed | None:
    if proposal is None:
        return None
    after = {each.field: each.after for each in changes}
    return events.DecisionProposed.model_validate({**proposal.model_dump(mode="json"), **after})
