"""Which events each projection handles; the rest change no view, and only history shows them."""

from __future__ import annotations

from collections import Counter

from ledger import KINDS
from ledger.events.corrections import corrects
from ledger.projections import PROJECTIONS

HANDLED = {
    "members": {
        "absence.stated.v1",
        "capacity.stated.v1",
        "competence.confirmed.v1",
        "competence.stated.v1",
        "competence.withdrawn.v1",
        "group.joined.v1",
        "group.parted.v1",
        "member.added.v1",
        "member.left.v1",
        "member.renamed.v1",
        "member.returned.v1",
    },
    "ownership": {
        "allowance.drawn.v1",
        "delegation.accepted.v1",
        "delegation.completed.v1",
        "delegation.declined.v1",
        "delegation.handed_back.v1",
        "delegation.offer_withdrawn.v1",
        "delegation.offered.v1",
        "delegation.renewed.v1",
        "delegation.reviewed.v1",
        "delegation.revoked.v1",
        "mandate.changed.v1",
        "responsibility.clarified.v1",
        "responsibility.defined.v1",
        "responsibility.moved.v1",
        "responsibility.retired.v1",
        "stand_in.appointed.v1",
        "stand_in.ended.v1",
    },
    "decisions": {
        "conflict.declared.v1",
        "decision.called_in.v1",
        "decision.made.v1",
        "decision.overruled.v1",
        "decision.proposed.v1",
        "decision.ratified.v1",
        "decision.referred_up.v1",
        "decision.reported.v1",
        "decision.reversed.v1",
        "decision.superseded.v1",
        "proposal.amended.v1",
        "proposal.declined.v1",
        "proposal.withdrawn.v1",
    },
    "goals": {
        "goal.dropped.v1",
        "goal.moved.v1",
        "goal.progress_noted.v1",
        "goal.reached.v1",
        "goal.reworded.v1",
        "goal.set.v1",
    },
    "numbers": {"number.assigned.v1"},
    "connections": {"evidence.linked.v1", "subject.tagged.v1"},
    "care": {
        "check_in.held.v1",
        "delegation.handed_back.v1",
        "delegation.offered.v1",
        "delegation.reviewed.v1",
        "delegation.revoked.v1",
        "mandate.changed.v1",
        "responsibility.clarified.v1",
        "responsibility.defined.v1",
        "responsibility.retired.v1",
        "support.asked.v1",
        "support.given.v1",
    },
    "feedback": {
        "feedback.acknowledged.v1",
        "feedback.acted_on.v1",
        "feedback.asked.v1",
        "feedback.given.v1",
        "feedback.replied.v1",
        "feedback.retracted.v1",
        "feedback.shared.v1",
    },
    "upward": {
        "decision.called_in.v1",
        "decision.overruled.v1",
        "decision.referred_up.v1",
    },
    "roads": {
        "advice.given.v1",
        "advice.sought.v1",
        "concern.noted.v1",
        "consent.given.v1",
        "decision.made.v1",
        "decision.proposed.v1",
        "decision.reported.v1",
        "decision.reviewed.v1",
        "decision.stood_aside.v1",
        "objection.raised.v1",
        "objection.resolved.v1",
        "proposal.amended.v1",
        "report.noted.v1",
    },
    "recordings": set(),
}
# The founding says nothing that its other entries do not.
ONLY_IN_HISTORY = {"ledger.founded.v1"}
# A note and an audit change nothing; what was erased is asked for beside the texts; each entry names its log.
ONLY_IN_HISTORY |= {"audit.recorded.v1", "ledger.continued.v1", "note.added.v1", "personal_data.erased.v1"}
ONLY_IN_HISTORY |= {"feedback.body_erased.v1"}
# Who holds what is one question, how people fared with it another: see the two projections named here.
READ_TWICE = (HANDLED["ownership"] & HANDLED["care"]) | HANDLED["upward"]
# What was decided is one question, what was promised with it another.
READ_TWICE |= HANDLED["decisions"] & HANDLED["roads"]
# These make the stream that they stand in speak anew, in every projection.
CORRECTING = {"entry.corrected.v1", "entry.annulled.v1"}


def test_each_projection_handles_the_events_that_are_meant() -> None:
    assert {each.name: set(each.handled()) for each in PROJECTIONS} == HANDLED


def test_every_event_changes_a_view_or_corrects_one_or_is_meant_for_history_alone() -> None:
    handled = set().union(*HANDLED.values())
    assert handled | ONLY_IN_HISTORY | CORRECTING == set(KINDS)
    assert not handled & (ONLY_IN_HISTORY | CORRECTING)
    counted = Counter(kind for each in HANDLED.values() for kind in each)
    assert {kind for kind, times in counted.items() if times > 1} == READ_TWICE, "one event, one projection"


def test_what_corrects_is_what_the_corrections_say() -> None:
    assert {kind for kind, event in KINDS.items() if corrects(event.model_construct())} == CORRECTING


def test_an_event_stands_in_the_streams_that_its_projection_looks_at() -> None:
    assert {each.name: each.prefix for each in PROJECTIONS} == {
        "members": "member:",
        "ownership": "R-",
        "decisions": "D-",
        "goals": "G-",
        "numbers": "number:",
        # Of every stream: evidence and tags may be about anything.
        "connections": "",
        "care": "R-",
        "feedback": "F-",
        "upward": "D-",
        "roads": "D-",
        # Of every entry as it was recorded, whatever it says.
        "recordings": "",
    }
