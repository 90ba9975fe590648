"""The questions: each a function of a view, answered from the views, the walk and the log."""

from __future__ import annotations

from ledger.asking.audits import audits
from ledger.asking.authority import can, who_can, why
from ledger.asking.care import check_ins, supports
from ledger.asking.chains import chain_depths, sub_delegations, to_root
from ledger.asking.coverage import gaps, overlaps
from ledger.asking.decisions import decisions, lineage
from ledger.asking.forgetting import erasures
from ledger.asking.loads import fit, load, single_points
from ledger.asking.members import members
from ledger.asking.mirror import mirror
from ledger.asking.names import alike, completions, decision_id, subject_id
from ledger.asking.owners import delegated_by, holds, offers, vacant, vacant_within, who_owns
from ledger.asking.register import register, register_diff
from ledger.asking.room import autonomy, board
from ledger.asking.sampling import sample_decisions
from ledger.asking.taken import hand_backs, revocations, taken_back
from ledger.asking.timeline import history, log, position_of
from ledger.asking.whatif import what_if_leaves

__all__ = [
    "alike",
    "audits",
    "autonomy",
    "board",
    "can",
    "chain_depths",
    "check_ins",
    "completions",
    "decision_id",
    "decisions",
    "delegated_by",
    "erasures",
    "fit",
    "gaps",
    "hand_backs",
    "history",
    "holds",
    "lineage",
    "load",
    "log",
    "members",
    "mirror",
    "offers",
    "overlaps",
    "position_of",
    "register",
    "register_diff",
    "revocations",
    "sample_decisions",
    "single_points",
    "sub_delegations",
    "subject_id",
    "supports",
    "taken_back",
    "to_root",
    "vacant",
    "vacant_within",
    "what_if_leaves",
    "who_can",
    "who_owns",
    "why",
]
