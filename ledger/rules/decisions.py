"""The rules about making a decision: the right to it, the matter, and what it takes over from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ledger.aggregates.authority import nearest, walk
from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.verdict import Ask, Link, Verdict
from ledger.commands import decision as commands
from ledger.errors import Refused
from ledger.events import decision as events
from ledger.events.responsibility import AllowanceDrawn
from ledger.rules.common import (
    asker,
    require_defined,
    require_present,
    require_reason,
    require_together,
    roster,
)
from ledger.rules.roads import roads
from ledger.values import FOREVER, content_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.decision import Decision

NO = "This is not {by}'s to decide: {no} at {link}, {dimension} {limit}, asked {asked}."


def decide(command: commands.Decide, world: World) -> Decided:
    proposal = proposal_of(command, world, command.kind)
    _require_kind(command)
    made = _make(command, proposal, frozenset(), world)
    return [(proposal.decision, proposal), *made, *_supersede(command, proposal, _footing_of(made), world)]


def decide_matter(command: commands.DecideMatter, world: World) -> Decided:
    matter = require_open(world, command.decision)
    assert matter.proposal is not None  # noqa: S101 - it is open
    require(
        command.by not in matter.conflicted,
        "authority.conflicted",
        "{by} has declared a conflict of interest and is barred from {decision}.",
        by=command.by,
        decision=command.decision,
    )
    proposal = matter.proposal.model_copy(update={"responsibility": matter.responsibility})
    made = _make(command, proposal, matter.conflicted, world)
    return [*made, *_supersede(command, proposal, _footing_of(made), world)]


def require_open(world: World, decision: str) -> Decision:
    state = world.decision(decision)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=decision)
    require(
        state.open(world.on) and state.made == FOREVER,
        "decision.not_open",
        "{decision} is not open on {day}: nothing can be added to it.",
        decision=decision,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state


def ask_of(proposal: events.DecisionProposed) -> Ask:
    return Ask(
        type=proposal.decision_type,
        amount=None if proposal.amount is None else Decimal(proposal.amount),
        scope=frozenset(proposal.scope),
        one_way=proposal.reversibility == "one_way",
    )


def proposal_of(
    command: commands.Matter, world: World, kind: Literal["decision", "agreement", "trial"]
) -> events.DecisionProposed:
    responsibility = require_defined(world, command.responsibility).id
    for handle in command.affected:
        require_present(world, handle)
    content: dict[str, object] = {
        "title": command.title,
        "in": responsibility,
        "type": command.type,
        "amount": command.amount,
        "by": command.by,
        "on": timestamp(world.on),
        "key": command.key,
    }
    id_ = content_id("D", content)
    require(
        world.decision(id_).proposal is None,
        "decision.exists",
        "That is recorded already as {decision}; if it is another one, give it another title.",
        decision=id_,
    )
    return events.DecisionProposed(
        decision=id_,
        title=command.title,
        responsibility=responsibility,
        decision_type=command.type,
        question=command.question,
        decision_kind=kind,
        amount=command.amount,
        counterparty=command.counterparty,
        scope=command.scope,
        reversibility="one_way" if command.one_way else "two_way",
        options=command.options,
        goals=command.goals,
        affected=command.affected,
    )


def _require_kind(command: commands.Decide) -> None:
    require(
        command.kind == "decision" or command.review_on,
        "decision.review_missing",
        "An agreement or a trial is looked at again: say when with --review-on.",
    )
    require(
        command.kind != "trial" or command.trial_until,
        "decision.trial_end_missing",
        "A trial has an end: say when with --trial-until.",
    )


def _make(
    command: commands.Decide | commands.DecideMatter,
    proposal: events.DecisionProposed,
    conflicted: frozenset[str],
    world: World,
) -> Decided:
    """The decision with its proof, and what it draws from allowances of the year."""
    _require_choice(command, proposal)
    for handle in command.informed:
        require_present(world, handle)
    chain = chain_at(world, proposal.responsibility, world.on)
    ask = ask_of(proposal)
    verdict = walk(chain, asker(world, command.by, conflicted), ask, roster(world))
    barred = sorted(conflicted & set(command.together_with))
    require(
        not barred,
        "authority.conflicted",
        "{by} has declared a conflict of interest and is barred from {decision}.",
        by=", ".join(barred),
        decision=proposal.decision,
    )
    if verdict.seat is not None and conflicted:
        seat = replace(verdict.seat, together_with=verdict.seat.together_with - conflicted)
        verdict = replace(verdict, seat=seat)
    footing = _footing(command, verdict, ask, world)
    require(
        command.because or footing != "inside" or all(duty.kind != "rationale" for duty in verdict.duties),
        "decision.rationale_missing",
        "At level 2 a decision is explained: say why with --because.",
    )
    made = events.DecisionMade(
        acting_for=verdict.seat.acting_for if verdict.seat else None,
        chosen=command.chose,
        rationale=command.because,
        authority=verdict.proof(footing),
        expects=command.expects,
        signs=command.signs,
        confidence=command.confidence,
        review_on=command.review_on,
        trial_until=command.trial_until,
        supersedes=tuple(dict.fromkeys(command.supersedes)),
        informed=command.informed,
    )
    drawn = draws(chain, proposal, world.on.year) if footing == "inside" else []
    return [(proposal.decision, made), *drawn]


def draws(chain: Sequence[Link], proposal: events.DecisionProposed, year: int) -> Decided:
    """What the decision takes from the allowance of the year of every link that has one."""
    if proposal.amount is None:
        return []
    drawn = AllowanceDrawn(decision=proposal.decision, amount=proposal.amount, year=year)
    return [
        (link.responsibility, drawn)
        for link in chain
        if link.mandate is not None and link.mandate.amount_per_year is not None
    ]


def _footing_of(made: Decided) -> str:
    return next(event.authority.verdict for _stream, event in made if isinstance(event, events.DecisionMade))


def _require_choice(command: commands.Choice, proposal: events.DecisionProposed) -> None:
    require(
        command.chose is not None or not proposal.options,
        "decision.nothing_chosen",
        "There are options, so say with --chose which one it is.",
    )
    require(
        command.chose is None or not proposal.options or command.chose in proposal.options,
        "decision.not_an_option",
        "'{chosen}' is none of the options: {options}.",
        chosen=command.chose,
        options=", ".join(proposal.options),
    )
    require(
        not (command.outside_mandate and command.urgent),
        "decision.one_footing",
        "Outside mandate or urgent: choose one.",
    )


def _footing(
    command: commands.Choice, verdict: Verdict, ask: Ask, world: World
) -> Literal["inside", "outside", "urgent"]:
    """On what footing it is decided; without mandate only where that is said, with a reason."""
    if verdict.no is None:
        assert verdict.seat is not None  # noqa: S101 - a yes has a seat
        require_together(world, verdict.seat, command)
        return "inside"
    if not (command.outside_mandate or command.urgent):
        near = nearest(verdict.chain, ask, roster(world))
        raise Refused(
            f"authority.{verdict.no.replace(' ', '_')}",
            NO,
            hints=roads(verdict, ask, command.by, near[0] if near else None),
            by=command.by,
            no=verdict.no,
            link=verdict.link,
            dimension=verdict.dimension,
            limit=verdict.limit,
            asked=verdict.asked,
        )
    require_reason(command)
    return "urgent" if command.urgent else "outside"


def _supersede(command: commands.Choice, proposal: events.DecisionProposed, footing: str, world: World) -> Decided:
    """What the new decision takes over from: in its own responsibility, or from above as an overruling."""
    result: Decided = []
    require(
        command.part is None or command.supersedes,
        "decision.part_of_nothing",
        "Only a part of what is superseded can be named; say what with --supersedes.",
    )
    for old in dict.fromkeys(command.supersedes):
        state = world.decision(old)
        require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=old)
        require(
            state.stands(world.on),
            "decision.not_standing",
            "{decision} does not stand on {day}, so nothing can take over from it.",
            decision=old,
            day=f"{world.on:%Y-%m-%d}",
        )
        if state.responsibility != proposal.responsibility:
            above = [link.responsibility for link in chain_at(world, state.responsibility, world.on)]
            require(
                proposal.responsibility in above,
                "decision.not_from_above",
                "{decision} was made in another responsibility, which does not lie below this one.",
                decision=old,
            )
            require(
                footing == "inside",
                "decision.overrule_inside",
                "Only who may decide here takes over from {decision}, which was made below.",
                decision=old,
            )
            require_may_overrule(world)
            require_reason(command)
            if command.part is None:
                result.append((old, events.DecisionOverruled(from_responsibility=proposal.responsibility)))
        part: Literal["whole", "named"] = "named" if command.part else "whole"
        superseded = events.DecisionSuperseded(by_decision=proposal.decision, part=part, named=command.part)
        result.append((old, superseded))
    return result


def require_may_overrule(world: World) -> None:
    require(
        world.ledger().profile != "kommunal",
        "profile.no_overruling",
        "In a municipality a delegated decision stands; call an open matter in, or revoke the delegation, instead.",
    )
