"""The answers: views that can be deleted and rebuilt at any time, true as of any day and known as of any position."""

from __future__ import annotations

from ledger.projections.care import care
from ledger.projections.connections import connections
from ledger.projections.decisions import decisions
from ledger.projections.feedback import feedbacks
from ledger.projections.goals import goals
from ledger.projections.members import members
from ledger.projections.numbers import numbers
from ledger.projections.ownership import ownership
from ledger.projections.recordings import recordings
from ledger.projections.roads import roads
from ledger.projections.upward import upward

PROJECTIONS = (members, ownership, decisions, goals, numbers, connections, care, upward, roads, feedbacks, recordings)

__all__ = ["PROJECTIONS"]
