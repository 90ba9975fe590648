"""The rules about making a decision: the right to it, and what came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.decider import require
from ledger.events import decision as events
from ledger.events.responsibility import AllowanceDrawn
from ledger.rules.common import require_defined, require_present
from ledger.rules.footing import ask_of, footing_of, judged
from ledger.rules.goals import require_goals
from ledger.rules.processes import require_duties, require_process
from ledger.rules.succession import supersede
from ledger.values import FOREVER, content_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.decision import Decision
    from ledger.aggregates.verdict import Link
    from ledger.commands import Command
    from ledger.commands import decision as commands


def decide(command: commands.Decide, world: World) -> Decided:
    require_follows(command.follows, world)
    proposal = proposal_of(command, world, command.kind).model_copy(update={"follows": command.follows})
    made = _make(command, proposal, None, world)
    return [(proposal.decision, proposal), *made, *supersede(command, proposal, _footing_of(made), world)]


def decide_matter(command: commands.DecideMatter, world: World) -> Decided:
    matter = require_open(world, command.decision)
    assert matter.proposal is not None  # noqa: S101 - it is open
    require_unbarred(matter, command)
    require_last_word(matter, world)
    require_process(matter, command, world)
    proposal = matter.proposal.model_copy(update={"responsibility": matter.responsibility})
    made = _make(command, proposal, matter, world)
    return [*made, *supersede(command, proposal, _footing_of(made), world)]


def require_open(world: World, decision: str) -> Decision:
    state = world.decision(decision)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=decision)
    require(
        state.open(world.on) and state.closed == FOREVER,
        "decision.not_open",
        "{decision} is not open on {day}: nothing can be added to it.",
        hints=(f"tillit history {decision}",),
        decision=decision,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state


def require_last_word(matter: Decision, world: World) -> None:
    """Nothing was said of the matter after this, which closes or rewrites it: nobody speaks of what is no more."""
    assert matter.proposal is not None  # noqa: S101 - it is open
    require(
        world.on >= matter.last,
        "decision.not_the_last_word",
        "{decision} was spoken of at {last}; that can only come after it.",
        decision=matter.proposal.decision,
        last=f"{matter.last:%Y-%m-%d %H:%M}Z",
    )


def require_unbarred(matter: Decision, command: Command) -> None:
    """Nobody who speaks has declared a conflict of interest in the matter."""
    assert matter.proposal is not None  # noqa: S101 - it is open
    barred = sorted(matter.conflicted & {command.by, *command.together_with})
    require(
        not barred,
        "authority.conflicted",
        "{by} has declared a conflict of interest and is barred from {decision}.",
        by=", ".join(barred),
        decision=matter.proposal.decision,
    )


def proposal_of(command: commands.Matter, world: World, kind: events.DecisionKind) -> events.DecisionProposed:
    responsibility = require_defined(world, command.responsibility).id
    for handle in command.affected:
        require_present(world, handle)
    require_goals(world, command.goals)
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


def require_follows(trial: str | None, world: World) -> None:
    """What the matter is the next round of is a trial that was looked at: what was learned is built on."""
    if trial is None:
        return
    state = world.decision(trial)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=trial)
    assert state.proposal is not None  # noqa: S101 - required above
    require(
        state.proposal.decision_kind == "trial" and state.made <= world.on,
        "trial.not_a_trial",
        "{decision} is no trial that was begun, so nothing is its next round.",
        decision=trial,
    )
    require(
        state.reviewed,
        "trial.not_reviewed",
        "{decision} has not been looked at; its next round builds on what was learned.",
        hints=(f"tillit review {trial} --happened WHAT --learned WHAT --outcome HOW --process HOW --verdict adapt",),
        decision=trial,
    )


def _require_kind(command: commands.Choice, proposal: events.DecisionProposed) -> None:
    kind = proposal.decision_kind
    require(
        kind == "decision" or command.review_on,
        "decision.review_missing",
        "An agreement or a trial is looked at again: say when with --review-on.",
    )
    require(
        kind != "trial" or command.trial_until,
        "decision.trial_end_missing",
        "A trial has an end: say when with --trial-until.",
    )


def _make(
    command: commands.Choice, proposal: events.DecisionProposed, matter: Decision | None, world: World
) -> Decided:
    """The decision with its proof, and what it draws from allowances of the year."""
    _require_kind(command, proposal)
    chosen = _chosen(command, proposal)
    for handle in command.informed:
        require_present(world, handle)
    ask = ask_of(proposal)
    verdict = judged(proposal, command.by, matter.conflicted if matter else frozenset(), world)
    footing = footing_of(command, verdict, ask, matter.consented if matter else frozenset(), world)
    met = frozenset[tuple[str, str]]()
    if footing == "inside":
        require(
            command.because or all(duty.kind != "rationale" for duty in verdict.duties),
            "decision.rationale_missing",
            "At level 2 a decision is explained: say why with --because.",
        )
        met = require_duties(verdict, proposal, matter, command, world)
        met |= {("rationale", duty.member) for duty in verdict.duties if duty.kind == "rationale"}
    made = events.DecisionMade(
        acting_for=verdict.seat.acting_for if verdict.seat else None,
        chosen=chosen,
        rationale=command.because,
        version=matter.version if matter else 1,
        authority=verdict.proof(footing, met),
        expects=command.expects,
        signs=command.signs,
        confidence=command.confidence,
        review_on=command.review_on,
        trial_until=command.trial_until,
        supersedes=tuple(dict.fromkeys(command.supersedes)),
        informed=command.informed,
    )
    drawn = draws(verdict.chain, proposal, world.on.year) if footing == "inside" else []
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


def _chosen(command: commands.Choice, proposal: events.DecisionProposed) -> str | None:
    """What was chosen of the options; where there is one only, that."""
    require(
        command.chose is not None or len(proposal.options) <= 1,
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
    return command.chose if command.chose is not None or not proposal.options else proposal.options[0]
