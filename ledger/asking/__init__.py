"""The questions: each a function of a view, answered from the views, the walk and the log."""

from __future__ import annotations

from ledger.asking.audits import audits
from ledger.asking.authority import can, who_can, why
from ledger.asking.decisions import decisions, lineage
from ledger.asking.forgetting import erasures
from ledger.asking.members import members
from ledger.asking.names import alike, completions, decision_id, subject_id
from ledger.asking.owners import delegated_by, holds, offers, vacant, vacant_within, who_owns
from ledger.asking.register import register, register_diff
from ledger.asking.sampling import sample_decisions
from ledger.asking.timeline import history, log, position_of
from ledger.asking.whatif import what_if_leaves

__all__ = [
    "alike",
    "audits",
    "can",
    "completions",
    "decision_id",
    "decisions",
    "delegated_by",
    "erasures",
    "history",
    "holds",
    "lineage",
    "log",
    "members",
    "offers",
    "position_of",
    "register",
    "register_diff",
    "sample_decisions",
    "subject_id",
    "vacant",
    "vacant_within",
    "what_if_leaves",
    "who_can",
    "who_owns",
    "why",
]
