"""The front door: every public name of the ledger, each loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger import asking as questions
    from ledger.aggregates.verdict import Ask
    from ledger.anchoring import Outside
    from ledger.answering import Answer
    from ledger.asking.decisions import Filters
    from ledger.asking.disclosing import Disclosed
    from ledger.asking.feedback import Chosen
    from ledger.asking.sampling import Draw
    from ledger.asking.view import View
    from ledger.commands import COMMANDS, Command, command
    from ledger.events import KINDS, Entry, Event, Recorded
    from ledger.events.decision import (
        AdviceSought,
        ConsentGiven,
        DecisionMade,
        DecisionProposed,
        DecisionReported,
        ObjectionRaised,
        ProposalAmended,
    )
    from ledger.events.responsibility import DelegationOffered
    from ledger.following import Follower, Keeper, Step
    from ledger.importing import Journal, Line, Outcome
    from ledger.opening import create_ledger, open_ledger
    from ledger.proving import Proved, verify_proof
    from ledger.publishing.case import Case, Query
    from ledger.publishing.forks import is_fork_proof, verify_fork
    from ledger.schemas import schema
    from ledger.service import Ledger
    from ledger.signing import Keys
    from ledger.telling import Told
    from ledger.transparency.notes import VerifierKey
    from ledger.verifying import Report, verify_export
    from ledger.witnessing.keys import create_witness_key, witness_key
    from ledger.witnessing.serving import Listening, serve_witness
    from ledger.witnessing.web import fetched

_PLACES = {
    "Case": "ledger.publishing.case",
    "Query": "ledger.publishing.case",
    "Answer": "ledger.answering",
    "Ask": "ledger.aggregates.verdict",
    "COMMANDS": "ledger.commands",
    "Chosen": "ledger.asking.feedback",
    "Command": "ledger.commands",
    "DecisionMade": "ledger.events.decision",
    "AdviceSought": "ledger.events.decision",
    "ConsentGiven": "ledger.events.decision",
    "DecisionProposed": "ledger.events.decision",
    "DecisionReported": "ledger.events.decision",
    "ObjectionRaised": "ledger.events.decision",
    "ProposalAmended": "ledger.events.decision",
    "DelegationOffered": "ledger.events.responsibility",
    "Disclosed": "ledger.asking.disclosing",
    "Draw": "ledger.asking.sampling",
    "Entry": "ledger.events",
    "Event": "ledger.events",
    "Filters": "ledger.asking.decisions",
    "Follower": "ledger.following",
    "Journal": "ledger.importing",
    "KINDS": "ledger.events",
    "Keeper": "ledger.following",
    "Keys": "ledger.signing",
    "Ledger": "ledger.service",
    "Line": "ledger.importing",
    "Listening": "ledger.witnessing.serving",
    "Outcome": "ledger.importing",
    "Outside": "ledger.anchoring",
    "Proved": "ledger.proving",
    "Recorded": "ledger.events",
    "Report": "ledger.verifying",
    "Step": "ledger.following",
    "Told": "ledger.telling",
    "VerifierKey": "ledger.transparency.notes",
    "View": "ledger.asking.view",
    "command": "ledger.commands",
    "create_ledger": "ledger.opening",
    "create_witness_key": "ledger.witnessing.keys",
    "fetched": "ledger.witnessing.web",
    "is_fork_proof": "ledger.publishing.forks",
    "open_ledger": "ledger.opening",
    "schema": "ledger.schemas",
    "serve_witness": "ledger.witnessing.serving",
    "witness_key": "ledger.witnessing.keys",
    "verify_export": "ledger.verifying",
    "verify_fork": "ledger.publishing.forks",
    "verify_proof": "ledger.proving",
}


def __getattr__(name: str) -> object:
    # A command line that only says its version must not pay for the database: see PEP 562.
    if name == "questions":
        return import_module("ledger.asking")
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    message = f"module 'ledger' has no attribute {name!r}"
    raise AttributeError(message)


__all__ = [
    "COMMANDS",
    "KINDS",
    "AdviceSought",
    "Answer",
    "Ask",
    "Case",
    "Chosen",
    "Command",
    "ConsentGiven",
    "DecisionMade",
    "DecisionProposed",
    "DecisionReported",
    "DelegationOffered",
    "Disclosed",
    "Draw",
    "Entry",
    "Event",
    "Filters",
    "Follower",
    "Journal",
    "Keeper",
    "Keys",
    "Ledger",
    "Line",
    "Listening",
    "ObjectionRaised",
    "Outcome",
    "Outside",
    "ProposalAmended",
    "Proved",
    "Query",
    "Recorded",
    "Report",
    "Step",
    "Told",
    "VerifierKey",
    "View",
    "command",
    "create_ledger",
    "create_witness_key",
    "fetched",
    "is_fork_proof",
    "open_ledger",
    "questions",
    "schema",
    "serve_witness",
    "verify_export",
    "verify_fork",
    "verify_proof",
    "witness_key",
]
