"""The rules: what each command causes, or why it is refused. Pure: everything they know is in the world given."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ledger.aggregates.decider import require
from ledger.commands import decision, feedback, goal, ledger, member, proposal, responsibility
from ledger.rules import (
    afterwards,
    care,
    corrections,
    decisions,
    definitions,
    delegations,
    feedbacks,
    forgetting,
    goals,
    hearing,
    holdings,
    housekeeping,
    matters,
    members,
    numbers,
    outcomes,
    proposals,
)
from ledger.rules.common import require_present

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.aggregates.decider import Decided, World
    from ledger.commands import Command

    Rule = Callable[[Command, World], Decided]

_RULES: dict[type[Command], Rule] = cast(
    "dict[type[Command], Rule]",
    {
        ledger.Found: housekeeping.found,
        ledger.Continue: housekeeping.continue_,
        ledger.Correct: corrections.correct,
        ledger.Annul: corrections.annul,
        ledger.Attach: housekeeping.attach,
        ledger.AssignNumber: numbers.assign,
        ledger.Tag: numbers.tag,
        ledger.Audit: housekeeping.audit,
        ledger.Note: forgetting.note,
        ledger.Erase: forgetting.erase,
        member.AddMember: members.add,
        member.RenameMember: members.rename,
        member.LeaveMember: members.leave,
        member.ReturnMember: members.come_back,
        member.JoinGroup: members.join,
        member.PartGroup: members.part,
        member.StateCapacity: members.state_capacity,
        member.StateCompetence: members.state_competence,
        member.ConfirmCompetence: members.confirm_competence,
        member.WithdrawCompetence: members.withdraw_competence,
        member.StateAbsence: members.state_absence,
        goal.SetGoal: goals.set_,
        goal.RewordGoal: goals.reword,
        goal.MoveGoal: goals.move,
        goal.NoteGoal: goals.note,
        goal.ReachGoal: goals.reach,
        goal.DropGoal: goals.drop,
        feedback.AskFeedback: feedbacks.ask,
        feedback.GiveFeedback: feedbacks.give,
        feedback.AcknowledgeFeedback: feedbacks.acknowledge,
        feedback.ReplyToFeedback: feedbacks.reply,
        feedback.ActOnFeedback: feedbacks.act,
        feedback.ShareFeedback: feedbacks.share,
        feedback.RetractFeedback: feedbacks.retract,
        feedback.EraseFeedback: feedbacks.erase,
        responsibility.Define: definitions.define,
        responsibility.Clarify: definitions.clarify,
        responsibility.Move: definitions.move,
        responsibility.Retire: definitions.retire,
        responsibility.Offer: delegations.offer,
        responsibility.WithdrawOffer: delegations.withdraw_offer,
        responsibility.Accept: delegations.accept,
        responsibility.Decline: delegations.decline,
        responsibility.ChangeMandate: holdings.change_mandate,
        responsibility.StandIn: holdings.stand_in,
        responsibility.EndStandIn: holdings.end_stand_in,
        responsibility.Renew: holdings.renew,
        responsibility.Complete: holdings.complete,
        responsibility.HandBack: holdings.hand_back,
        responsibility.Revoke: holdings.revoke,
        responsibility.CheckIn: care.check_in,
        responsibility.AskSupport: care.ask_support,
        responsibility.GiveSupport: care.give_support,
        responsibility.ReviewDelegation: care.review,
        decision.Decide: decisions.decide,
        decision.DecideMatter: decisions.decide_matter,
        decision.ReferUp: matters.refer_up,
        decision.ReferMatterUp: matters.refer_matter_up,
        decision.CallIn: matters.call_in,
        decision.DeclareConflict: matters.declare_conflict,
        decision.Reverse: outcomes.reverse,
        decision.Overrule: outcomes.overrule,
        decision.Ratify: outcomes.ratify,
        decision.Report: afterwards.report,
        decision.NoteReport: afterwards.note_report,
        decision.Review: afterwards.review,
        proposal.Propose: proposals.propose,
        proposal.Amend: proposals.amend,
        proposal.DeclineProposal: proposals.decline,
        proposal.Withdraw: proposals.withdraw,
        proposal.AskAdvice: hearing.ask_advice,
        proposal.Advise: hearing.advise,
        proposal.NoteConcern: hearing.note_concern,
        proposal.Object: hearing.object_,
        proposal.Resolve: hearing.resolve,
        proposal.Consent: hearing.consent,
        proposal.StandAside: hearing.stand_aside,
    },
)


def decide(command: Command, world: World) -> Decided:
    """The events that `command` causes in that world, each with its stream. Raises Refused where a rule says no."""
    require(
        world.on <= world.now,
        "time.future",
        "{day} lies ahead: nothing is recorded as true in the future; windows, reviews and last days may lie there.",
        day=f"{world.on:%Y-%m-%d %H:%M}Z",
    )
    if not isinstance(command, ledger.Found):
        founded = world.ledger().at
        require(
            founded is not None and world.on >= founded,
            "time.before_founding",
            "{day} lies before the founding of the ledger on {founded}.",
            day=f"{world.on:%Y-%m-%d}",
            founded=f"{founded:%Y-%m-%d}" if founded else "",
        )
        require_present(world, command.by)
        for handle in command.together_with:
            require_present(world, handle)
    return _RULES[type(command)](command, world)


__all__ = ["decide"]
