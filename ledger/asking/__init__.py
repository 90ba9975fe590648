"""The questions: each a function of a view, answered from the views, the walk and the log."""

from __future__ import annotations

from ledger.asking.audits import audits
from ledger.asking.authority import can, who_can, why
from ledger.asking.care import check_ins, supports
from ledger.asking.chains import chain_depths, sub_delegations, to_root
from ledger.asking.connections import evidence
from ledger.asking.consents import agreement, conflicts, consensus, objections
from ledger.asking.coverage import gaps, overlaps
from ledger.asking.decisions import decisions, lineage
from ledger.asking.delegations import delegations
from ledger.asking.disclosing import disclosures
from ledger.asking.feedback import (
    feedback_balance,
    feedback_effects,
    feedback_id,
    feedback_quiet,
    feedback_shown,
    feedbacks,
)
from ledger.asking.findings import expired, joint, reserved, untimely
from ledger.asking.forgetting import erasures
from ledger.asking.goals import goals
from ledger.asking.inbox import inbox, stuck
from ledger.asking.inferring import offered_to, on_the_table, other_side, where_and_what
from ledger.asking.involvement import audience, conditions, involvement
from ledger.asking.loads import fit, load, single_points
from ledger.asking.members import members
from ledger.asking.mirror import mirror
from ledger.asking.names import alike, completions, decision_id, goal_id, subject_id
from ledger.asking.numbers import numbers
from ledger.asking.owners import delegated_by, holds, offers, vacant, vacant_within, who_owns
from ledger.asking.profile import profile
from ledger.asking.promises import due, origin, overdue_reviews, reviews
from ledger.asking.recordings import corrections, late, recorded_for
from ledger.asking.register import register, register_diff
from ledger.asking.reports import report_pack, reports
from ledger.asking.room import autonomy, board
from ledger.asking.sampling import sample_decisions
from ledger.asking.splitting import split_check
from ledger.asking.taken import hand_backs, revocations, taken_back
from ledger.asking.timeline import history, log, position_of
from ledger.asking.trials import learned, trials
from ledger.asking.whatif import what_if_leaves

__all__ = [
    "agreement",
    "alike",
    "audience",
    "audits",
    "autonomy",
    "board",
    "can",
    "chain_depths",
    "check_ins",
    "completions",
    "conditions",
    "conflicts",
    "consensus",
    "corrections",
    "decision_id",
    "decisions",
    "delegated_by",
    "delegations",
    "disclosures",
    "due",
    "erasures",
    "evidence",
    "expired",
    "feedback_balance",
    "feedback_effects",
    "feedback_id",
    "feedback_quiet",
    "feedback_shown",
    "feedbacks",
    "fit",
    "gaps",
    "goal_id",
    "goals",
    "hand_backs",
    "history",
    "holds",
    "inbox",
    "involvement",
    "joint",
    "late",
    "learned",
    "lineage",
    "load",
    "log",
    "members",
    "mirror",
    "numbers",
    "objections",
    "offered_to",
    "offers",
    "on_the_table",
    "origin",
    "other_side",
    "overdue_reviews",
    "overlaps",
    "position_of",
    "profile",
    "recorded_for",
    "register",
    "register_diff",
    "report_pack",
    "reports",
    "reserved",
    "reviews",
    "revocations",
    "sample_decisions",
    "single_points",
    "split_check",
    "stuck",
    "sub_delegations",
    "subject_id",
    "supports",
    "taken_back",
    "to_root",
    "trials",
    "untimely",
    "vacant",
    "vacant_within",
    "what_if_leaves",
    "where_and_what",
    "who_can",
    "who_owns",
    "why",
]
