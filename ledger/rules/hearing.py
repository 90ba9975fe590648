"""The rules about what is said of an open matter: advice, concerns, objections, consents, and standing aside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import member_seat, standing
from ledger.errors import Refused
from ledger.events import decision as events
from ledger.rules.common import next_number, require_present, require_reason, roster
from ledger.rules.decisions import require_open, require_unbarred
from ledger.rules.footing import ask_of, judged
from ledger.rules.processes import past, voices
from ledger.rules.proposals import require_carrier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.decision import Decision, Objection
    from ledger.commands import proposal as commands
    from ledger.commands.decision import OnDecision

A_WEEK = 7
_AS_IT_IS = frozenset({"not_an_objection", "deferred"})
"""The ways to resolve an objection by which the proposal goes on unchanged."""


def ask_advice(command: commands.AskAdvice, world: World) -> Decided:
    matter = _heard(command, world)
    require_carrier(matter, command, world, "ask for advice on it")
    members = tuple(dict.fromkeys(command.of))
    for handle in members:
        require_present(world, handle)
        require(handle != command.by, "advice.of_yourself", "Nobody is asked for their own advice.")
        require(
            handle not in matter.conflicted,
            "authority.conflicted",
            "{by} has declared a conflict of interest and is barred from {decision}.",
            by=handle,
            decision=command.decision,
        )
    by_when = command.by_when or _in_time(matter, members, world)
    require(
        by_when >= world.on.date(),
        "advice.no_time",
        "{day} lies before the day it is asked: leave time to answer.",
        day=by_when,
    )
    roles: dict[str, events.AskedAs] = {handle: command.asked_as or _role(matter, handle, world) for handle in members}
    return [
        (
            command.decision,
            events.AdviceSought(
                of=tuple(handle for handle in members if roles[handle] == role), asked_as=role, by_when=by_when
            ),
        )
        for role in dict.fromkeys(roles.values())
    ]


def advise(command: commands.Advise, world: World) -> Decided:
    matter = _heard(command, world)
    asked = [each.member for each in matter.asked if each.at <= world.on]
    found, acting_for = _speaks(command.by, asked, world)
    require(
        found,
        "advice.not_asked",
        "{by} has not been asked for advice on {decision}; note a concern instead, or have them ask.",
        hints=(f"tillit concern {command.decision} TEXT", f"tillit ask-advice {command.decision} --of {command.by}"),
        by=command.by,
        decision=command.decision,
    )
    given = events.AdviceGiven(text=command.text, leaning=command.leaning, acting_for=acting_for)
    return [(command.decision, given)]


def note_concern(command: commands.NoteConcern, world: World) -> Decided:
    _heard(command, world)
    return [(command.decision, events.ConcernNoted(text=command.text))]


def object_(command: commands.Object, world: World) -> Decided:
    matter = _heard(command, world)
    proposal = _proposal(matter)
    chain = chain_at(world, matter.responsibility, world.on)
    named = [*proposal.consenters, *proposal.affected, *(each.member for each in matter.asked), matter.proposer]
    touched, _acting_for = _speaks(command.by, named, world)
    stands = any(standing(chain[:end], command.by, roster(world)) for end in range(len(chain), 0, -1))
    require(
        touched or stands,
        "objection.not_yours",
        "Those whom {decision} asks or affects may object, and who holds it or what lies above it; note a concern.",
        hints=(f"tillit concern {command.decision} TEXT",),
        decision=command.decision,
    )
    number = next_number(world, command.decision, events.ObjectionRaised)
    raised = events.ObjectionRaised(objection=number, argument=command.argument, objection_kind=command.kind)
    return [(command.decision, raised)]


def resolve(command: commands.Resolve, world: World) -> Decided:
    matter = _heard(command, world)
    objection = next((each for each in matter.objections if each.number == command.objection), None)
    if objection is None or objection.at > world.on:
        raise Refused(
            "objection.not_there",
            "{decision} has no objection {number} on {day}.",
            decision=command.decision,
            number=command.objection,
            day=f"{world.on:%Y-%m-%d}",
        )
    require(
        not objection.resolved,
        "objection.resolved",
        "Objection {number} is resolved already.",
        number=command.objection,
    )
    require(
        command.how != "withdrawn" or command.by == objection.by,
        "objection.not_yours_to_withdraw",
        "Only {by}, whose objection it is, withdraws it.",
        by=objection.by,
    )
    if command.how != "withdrawn":
        require_carrier(matter, command, world, "resolve an objection to it")
    require(
        command.how != "integrated" or (matter.version > 1 and matter.amended >= objection.at),
        "objection.not_integrated",
        "An objection is integrated by amending the proposal, which has not changed since it was raised.",
        hints=(f"tillit amend {command.decision} --answers 'objection {command.objection}'",),
    )
    if command.how in _AS_IT_IS:
        require(
            command.explanation,
            "objection.explanation_missing",
            "Say with --explanation why the proposal goes on as it is.",
        )
        _require_judged(matter, objection, command, world)
    require(
        command.how != "deferred" or (command.follow_up_on and command.follow_up_on > world.on.date()),
        "objection.follow_up_missing",
        "Say with --follow-up-on when it is looked at again, on a later day.",
    )
    resolved = events.ObjectionResolved(
        objection=command.objection,
        how=command.how,
        explanation=command.explanation,
        follow_up_on=command.follow_up_on,
    )
    return [(command.decision, resolved)]


def consent(command: commands.Consent, world: World) -> Decided:
    matter = _heard(command, world)
    require(
        command.version == matter.version and world.on >= matter.amended,
        "consent.other_version",
        "{decision} is at version {version} since {day}; read it, and consent to that one.",
        hints=(f"tillit consent {command.decision} --version {matter.version}",),
        decision=command.decision,
        version=matter.version,
        day=f"{matter.amended:%Y-%m-%d}",
    )
    acting_for = _require_asked(matter, command, world)
    require(
        all(each.by != command.by for each in matter.open_objections),
        "consent.over_own_objection",
        "{by} has an objection open; withdraw it first, or see how it was met.",
        by=command.by,
    )
    require(
        all((each.member, each.acting_for) != (command.by, acting_for) for each in matter.consents),
        "consent.given_already",
        "{by} has consented to version {version} already.",
        by=command.by,
        version=matter.version,
    )
    return [(command.decision, events.ConsentGiven(on_version=command.version, acting_for=acting_for))]


def stand_aside(command: commands.StandAside, world: World) -> Decided:
    require_reason(command)
    matter = _heard(command, world)
    acting_for = _require_asked(matter, command, world)
    require(
        all((each.member, each.acting_for) != (command.by, acting_for) for each in matter.aside),
        "consent.stood_aside",
        "{by} stands aside already.",
        by=command.by,
    )
    return [(command.decision, events.StoodAside(acting_for=acting_for))]


def _heard(command: OnDecision, world: World) -> Decision:
    """The matter, which is open, and from which nobody who speaks is barred."""
    matter = require_open(world, command.decision)
    require_unbarred(matter, command)
    return matter


def _require_judged(matter: Decision, objection: Objection, command: commands.Resolve, world: World) -> None:
    """The proposer does not go on over what stops the matter by their own word: one of those it asks agrees."""
    proposal = _proposal(matter)
    judges = [who for who in dict.fromkeys((objection.by, *proposal.consenters)) if who != matter.proposer]
    named = {command.by, *command.together_with} - {matter.proposer}
    stops = proposal.process in {"consent", "consensus"} and objection.by != matter.proposer
    require(
        not stops or any(_speaks(who, judges, world)[0] for who in named),
        "objection.judged_alone",
        "Whether {decision} goes on over objection {number} is not for the proposer alone: name with --with who of "
        "{judges} agrees.",
        hints=tuple(
            f"tillit resolve {command.decision} {command.objection} --how {command.how} --explanation WHY --with {who}"
            for who in judges
        ),
        decision=command.decision,
        number=command.objection,
        judges=", ".join(judges),
    )


def _require_asked(matter: Decision, command: OnDecision, world: World) -> str | None:
    """Consent is asked of the actor, for a post where that is named: by the process, the level, or a condition."""
    proposal = _proposal(matter)
    chain = past(chain_at(world, matter.responsibility, world.on), matter.conflicted)
    asked = [*proposal.consenters, *sorted(voices(chain, ask_of(proposal), roster(world)))]
    found, acting_for = _speaks(command.by, asked, world)
    require(
        found,
        "consent.not_asked",
        "Nobody asked for the consent of {by}: {decision} asks {members}.",
        by=command.by,
        decision=command.decision,
        members=", ".join(dict.fromkeys(asked)) or "nobody",
    )
    return acting_for


def _speaks(who: str, asked: Iterable[str], world: World) -> tuple[bool, str | None]:
    """(whether `who` is among those asked, for which post): one who sits in a group that acts each speaks for it."""
    members = tuple(asked)
    if who in members:
        return True, None
    for member in members:
        seat = member_seat(member, who, roster(world))
        if seat is not None:
            # Where a group acts together, each of them speaks for themselves.
            return True, None if seat.together_with - {who} else member
    return False, None


def _role(matter: Decision, handle: str, world: World) -> events.AskedAs:
    """As what the matter makes them: a condition or the level asks for them, it affects them, or they know."""
    proposal = _proposal(matter)
    chain = chain_at(world, matter.responsibility, world.on)
    for link in reversed(chain):
        if link.holding is None:
            continue
        verdict = judged(proposal, link.holding.holder, frozenset(), world)
        for duty in verdict.duties:
            if duty.member == handle and duty.kind == "consult":
                if duty.source.startswith("condition"):
                    return "condition"
                holder = chain[-1].holding
                return "delegatee" if holder and holder.holder == handle else "delegator"
    return "affected" if handle in proposal.affected else "expert"


def _in_time(matter: Decision, members: Iterable[str], world: World) -> date:
    """The day to answer by: in a week, or sooner where the matter is to be decided sooner; a condition gives more."""
    proposal = _proposal(matter)
    week = world.on.date() + timedelta(days=A_WEEK)
    usual = week if proposal.decide_by is None else max(min(week, proposal.decide_by), world.on.date())
    chain = chain_at(world, matter.responsibility, world.on)
    conditions = [each for link in chain for each in (link.mandate.conditions if link.mandate else ())]
    within = [each.within or 0 for each in conditions if each.kind == "consult" and each.member in set(members)]
    return max([usual, *(world.on.date() + timedelta(days=days) for days in within)])


def _proposal(matter: Decision) -> events.DecisionProposed:
    assert matter.proposal is not None  # noqa: S101 - it is open
    return matter.proposal.model_copy(update={"responsibility": matter.responsibility})
