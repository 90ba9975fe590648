"""The rules about what follows a decision: that it is reported, that this is noted, and that it is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import member_seat, standing
from ledger.events import decision as events
from ledger.rules.common import require_present, roster

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.decision import Decision
    from ledger.commands import decision as commands


def report(command: commands.Report, world: World) -> Decided:
    state = _made(world, command.decision)
    due = [who for who in state.due_reports if all(who != to for to, _meeting in state.reports)]
    require(
        command.to or len(due) == 1,
        "report.to_whom",
        "Say with --to to whom {decision} was reported; due are: {due}.",
        decision=command.decision,
        due=", ".join(due) or "none",
    )
    to = command.to or due[0]
    require_present(world, to)
    require(
        (to, command.meeting) not in state.reports,
        "report.made_already",
        "{decision} was reported to {to} there already.",
        decision=command.decision,
        to=to,
    )
    reported = events.DecisionReported(to=to, meeting=command.meeting, item=command.item)
    return [(command.decision, reported)]


def note_report(command: commands.NoteReport, world: World) -> Decided:
    state = _made(world, command.decision)
    told = [to for to, _meeting in state.reports]
    to = next((each for each in told if member_seat(each, command.by, roster(world))), None)
    require(
        to,
        "report.not_to_you",
        "{decision} has not been reported to {by}.",
        hints=(f"tillit report {command.decision} --to {command.by}",),
        decision=command.decision,
        by=command.by,
    )
    noted = events.ReportNoted(
        meeting=command.meeting, question=command.question, acting_for=None if to == command.by else to
    )
    return [(command.decision, noted)]


def review(command: commands.Review, world: World) -> Decided:
    state = _made(world, command.decision)
    assert state.proposal is not None  # noqa: S101 - it was made
    for_, chain = state.proposal, chain_at(world, state.responsibility, world.on)
    involved = {state.maker, state.proposer, *for_.consenters, *for_.affected, *(each.member for each in state.asked)}
    stands = any(standing(chain[:end], command.by, roster(world)) for end in range(len(chain), 0, -1))
    require(
        command.by in involved or stands,
        "review.not_yours",
        "Those who made {decision}, were asked or are affected review it, and who holds it or what lies above it.",
        decision=command.decision,
    )
    require(
        command.next_review_on is None or command.next_review_on > world.on.date(),
        "review.next_past",
        "The next review lies on a later day than this one.",
    )
    require(
        for_.decision_kind != "agreement" or command.verdict == "stop" or command.next_review_on,
        "review.next_missing",
        "An agreement that goes on is looked at again: say when with --next-review-on.",
    )
    reviewed = events.DecisionReviewed(
        happened=command.happened,
        outcome=command.outcome,
        process=command.process,
        learned=command.learned,
        verdict=command.verdict,
        next_review_on=command.next_review_on,
    )
    return [(command.decision, reviewed)]


def _made(world: World, decision: str) -> Decision:
    """The decision, which was made by then, whether or not it still stands."""
    state = world.decision(decision)
    require(state.proposal, "decision.unknown", "There is no decision {decision}.", decision=decision)
    require(
        state.made <= world.on,
        "decision.not_made",
        "{decision} is not decided on {day}.",
        decision=decision,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state
