"""The front door: every public name of the ledger, each loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger import asking as questions
    from ledger.aggregates.verdict import Ask
    from ledger.anchoring import Outside
    from ledger.asking.decisions import Filters
    from ledger.asking.view import View
    from ledger.commands import COMMANDS, Command, command
    from ledger.events import KINDS, Entry, Event, Recorded
    from ledger.events.decision import DecisionMade
    from ledger.events.responsibility import DelegationOffered
    from ledger.importing import Journal, Line, Outcome
    from ledger.proving import Proved, verify_proof
    from ledger.schemas import schema
    from ledger.service import Answer, Ledger, create_ledger, open_ledger
    from ledger.signing import Keys
    from ledger.telling import Told
    from ledger.verifying import Report

_PLACES = {
    "Answer": "ledger.service",
    "Ask": "ledger.aggregates.verdict",
    "COMMANDS": "ledger.commands",
    "Command": "ledger.commands",
    "DecisionMade": "ledger.events.decision",
    "DelegationOffered": "ledger.events.responsibility",
    "Entry": "ledger.events",
    "Event": "ledger.events",
    "Filters": "ledger.asking.decisions",
    "Journal": "ledger.importing",
    "KINDS": "ledger.events",
    "Keys": "ledger.signing",
    "Ledger": "ledger.service",
    "Line": "ledger.importing",
    "Outcome": "ledger.importing",
    "Outside": "ledger.anchoring",
    "Proved": "ledger.proving",
    "Recorded": "ledger.events",
    "Report": "ledger.verifying",
    "Told": "ledger.telling",
    "View": "ledger.asking.view",
    "command": "ledger.commands",
    "create_ledger": "ledger.service",
    "open_ledger": "ledger.service",
    "schema": "ledger.schemas",
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
    "Answer",
    "Ask",
    "Command",
    "DecisionMade",
    "DelegationOffered",
    "Entry",
    "Event",
    "Filters",
    "Journal",
    "Keys",
    "Ledger",
    "Line",
    "Outcome",
    "Outside",
    "Proved",
    "Recorded",
    "Report",
    "Told",
    "View",
    "command",
    "create_ledger",
    "open_ledger",
    "questions",
    "schema",
    "verify_proof",
]
