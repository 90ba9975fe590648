"""The rules about putting right what was recorded: what may be corrected or annulled, and what must hold afterwards."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from ledger.aggregates.chain import chain_at, held
from ledger.aggregates.decider import require
from ledger.aggregates.responsibility import Responsibility, evolve
from ledger.aggregates.seats import standing
from ledger.commands.base import Amount, DecisionType, Text, Title
from ledger.commands.goal import Confidence
from ledger.commands.responsibility import Terms
from ledger.errors import Refused
from ledger.events import goal as goals
from ledger.events import ledger as events
from ledger.events import responsibility as responsibilities
from ledger.events.corrections import OCCURRED_AT, corrected, corrects, counting, put_right, value_of
from ledger.events.decision import DecisionMade, DecisionProposed
from ledger.events.private import PRIVATE
from ledger.rules.common import ROOT_ID, require_inside, require_present, require_reason, roster
from ledger.rules.feedbacks import require_settled
from ledger.rules.numbers import require_not_last
from ledger.values import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.aggregates.decider import Decided, World
    from ledger.commands import ledger as commands
    from ledger.events import Entry, Event

# What an event is about, who said yes to what, where it lies, and the proof of a decision: that would be another event.
_FIXED = {
    # All of a founding but what the ledger and its language are called.
    *(events.LedgerFounded.model_fields.keys() - {"name", "language"}),
    "about",
    "acting_for",
    "acts",
    "adopted_by",
    "asked_by",
    "authority",
    "changes",
    "code",
    "consenters",
    "decision",
    "delegation",
    "feedback",
    "former_goal",
    "goal",
    "in_force",
    "member",
    "member_kind",
    "objection",
    "of",
    "on_version",
    "parent",
    "parent_after",
    "parent_before",
    "parent_goal",
    "process",
    "responsibility",
    "support",
    "to",
}
_STRUCTURE = (
    responsibilities.ResponsibilityDefined,
    responsibilities.ResponsibilityMoved,
    responsibilities.ResponsibilityRetired,
    goals.GoalSet,
    goals.GoalMoved,
)
_TEXT: TypeAdapter[str] = TypeAdapter(Text)
# What a command asks more of than that it is a text.
_FORMS: dict[str, TypeAdapter[str]] = {
    "amount": TypeAdapter(Amount),
    "amount_per_year": TypeAdapter(Amount),
    "decision_type": TypeAdapter(DecisionType),
    f"{goals.GoalProgressNoted.kind}.confidence": TypeAdapter(Confidence),
    f"{goals.GoalProgressNoted.kind}.value": TypeAdapter(Amount),
    "title": TypeAdapter(Title),
}


def correct(command: commands.Correct, world: World) -> Decided:
    require_reason(command)
    after = unicodedata.normalize("NFC", command.after) if isinstance(command.after, str) else command.after
    entry = _correctable(world, command.stream, command.version, command.by)
    require(
        command.field.split(".")[0] not in _FIXED and not isinstance(entry.event, events.NumberAssigned),
        "correction.fixed_field",
        "{field} says what the entry is about, or proves a right; annul the entry and record it anew instead.",
        field=command.field,
    )
    require(
        command.field.removesuffix("_digest") not in PRIVATE.get(entry.event.kind, ()),
        "correction.private_text",
        "{field} is a private text, and a correction would keep both; say it anew (member rename, note), and erase "
        "the old one.",
        field=command.field,
    )
    require(
        not isinstance(entry.event, DecisionProposed) or world.decision(command.stream).closed != FOREVER,
        "correction.amend_instead",
        "{entry} lies open, and others speak of what it says: amend it, so that they see it is another version.",
        entry=entry.id,
    )
    require(
        command.field != OCCURRED_AT or not isinstance(entry.event, _STRUCTURE),
        "correction.structure",
        "{entry} is part of the tree that others stand on; move, retire, define, join or part anew instead.",
        entry=entry.id,
    )
    try:
        before = value_of(entry, command.field)
        right = put_right(entry, command.field, after)
    except (KeyError, ValueError, ValidationError) as error:
        raise Refused(
            "correction.no_such_field",
            "{entry} has no field {field}, or {value} does not fit it; see its fields with tillit history.",
            entry=entry.id,
            field=command.field,
            value=repr(command.after)[:80],
        ) from error
    require(
        before != after,
        "correction.unchanged",
        "{field} says that already.",
        field=command.field,
    )
    _require_sayable(right, command.field, world)
    _require_still_right(right, world)
    entries = world.entries(command.stream)
    value = right.occurred_at.isoformat() if command.field == OCCURRED_AT else after
    event = events.EntryCorrected(version=command.version, field=command.field, before=before, after=value)
    _require_one_holder([*entries, replace(right, version=len(entries) + 1, event=event)], world)
    return [(command.stream, event)]


def annul(command: commands.Annul, world: World) -> Decided:
    require_reason(command)
    entry = _correctable(world, command.stream, command.version, command.by)
    require(
        entry.version > 1,
        "correction.first_entry",
        "The first entry is what all others stand on; retire, leave or reverse instead.",
    )
    undone = entry.event
    if isinstance(undone, events.EntryAnnulled):
        undone = world.entries(command.stream)[undone.version - 1].event
    require(
        not isinstance(undone, _STRUCTURE) and getattr(undone, "member_kind", None) != "group",
        "correction.structure",
        "{entry} is part of the tree that others stand on; move, retire, define, join or part anew instead.",
        entry=entry.id,
    )
    require_not_last(entry.event, world)
    event = events.EntryAnnulled(version=command.version)
    entries = world.entries(command.stream)
    _require_one_holder([*entries, replace(entry, version=len(entries) + 1, event=event)], world)
    return [(command.stream, event), *_draws_of(undone, entry.stream, world)]


def _correctable(world: World, stream: str, version: int, by: str) -> Entry:
    """The entry as it reads now; only who made or typed it, or who holds the root, corrects it."""
    entries = world.entries(stream)
    entry = next((each for each in counting(entries) if each.version == version), None)
    if entry is None:
        raise Refused(
            "correction.no_such_entry",
            "{subject} has no entry {version} that counts; see tillit history.",
            subject=stream,
            version=version,
        )
    require(
        not isinstance(entry.event, events.PersonalDataErased),
        "correction.erasure",
        "{entry} says what was erased; what is gone does not come back.",
        entry=entry.id,
    )
    require_settled(entry)
    root = standing(chain_at(world, ROOT_ID, world.on), by, roster(world))
    require(
        by in {entry.actor, entry.recorded_by} or root is not None,
        "correction.not_yours",
        "Only {actor}, who said it, {recorded_by}, who typed it, or who holds the root may correct {entry}.",
        actor=entry.actor,
        recorded_by=entry.recorded_by,
        entry=entry.id,
    )
    return entry


def _require_still_right(right: Entry, world: World) -> None:
    """Put right, a mandate still lies inside what was above it, and nothing becomes true in the future."""
    require(
        right.occurred_at <= world.now,
        "time.future",
        "Nothing is recorded as true in the future.",
    )
    founded = world.ledger().at
    require(
        founded is None or founded <= right.occurred_at,
        "time.before_founding",
        "{day} lies before the founding of the ledger on {founded}.",
        day=f"{right.occurred_at:%Y-%m-%d}",
        founded=f"{founded:%Y-%m-%d}" if founded else "",
    )
    event = right.event
    if isinstance(event, responsibilities.DelegationRenewed) and right.stream != ROOT_ID:
        above = chain_at(world, right.stream, right.occurred_at)[:-1]
        require_inside(above, responsibilities.Mandate(until=event.until))
    mandate = getattr(event, "mandate", None) or getattr(event, "after", None)
    if isinstance(mandate, responsibilities.Mandate) and right.stream != ROOT_ID:
        require_inside(chain_at(world, right.stream, right.occurred_at)[:-1], mandate)


def _require_sayable(right: Entry, field: str, world: World) -> None:
    """Put right, it says nothing that no command could have said: events are only shape, and would take it."""
    event = right.event
    after = None if field == OCCURRED_AT else value_of(right, field)
    try:
        if isinstance(after, str):
            name = field.rpartition(".")[2]
            (_FORMS.get(f"{event.kind}.{name}") or _FORMS.get(name, _TEXT)).validate_python(after)
        for mandate in (getattr(event, "mandate", None), getattr(event, "after", None)):
            if isinstance(mandate, responsibilities.Mandate):
                said = mandate.model_dump(include=set(Terms.model_fields) - {"conditions"})
                Terms.model_validate({"by": "x", "code": "x", **said})
                for each in mandate.conditions:
                    require_present(world, each.member)
    except ValidationError as error:
        raise Refused(
            "correction.no_such_field",
            "{entry} has no field {field}, or {value} does not fit it; see its fields with tillit history.",
            entry=right.id,
            field=field,
            value=repr(after)[:80],
        ) from error


def _require_one_holder(entries: Iterable[Entry], world: World) -> None:
    """Read so, no two hold the responsibility at once, and nobody accepts before there is an offer."""
    counted = corrected(entries)
    if not counted or not counted[0].stream.startswith("R-") or corrects(counted[0].event):
        return
    state = Responsibility()
    for entry in counted:
        state = evolve(state, entry)
    windows = []
    for each in state.delegations:
        require(
            each.offered <= each.answered,
            "delegation.not_yet_offered",
            "{code} was offered on {offered}; an answer cannot be earlier.",
            code=state.definitions[-1].what.code,
            offered=f"{each.offered:%Y-%m-%d %H:%M:%S}Z",
        )
        window = held(world, each)
        if window is not None and window.since < window.until:
            windows.append((window.since, window.until, each.to))
    windows.sort()
    for (_since, until, _holder), (since, _until, holder) in pairwise(windows):
        require(
            until <= since,
            "delegation.overlaps",
            "{holder} holds it from {since}; two cannot hold it at once. Give the mandate an end before that day.",
            holder=holder,
            since=f"{since:%Y-%m-%d}",
        )


def _draws_of(undone: Event, decision: str, world: World) -> Decided:
    """What is annulled along with a decision, or with its annulment: the draws it made, or what gave them back."""
    if not isinstance(undone, DecisionMade):
        return []
    annulled: Decided = []
    for link in undone.authority.chain:
        entries = world.entries(link.responsibility)
        counted = {each.version: each for each in counting(entries)}
        drawn = {
            each.version
            for each in entries
            if isinstance(each.event, responsibilities.AllowanceDrawn) and each.event.decision == decision
        }
        versions = drawn & counted.keys() or {
            version
            for version, each in counted.items()
            if isinstance(each.event, events.EntryAnnulled) and each.event.version in drawn
        }
        annulled += [(link.responsibility, events.EntryAnnulled(version=version)) for version in sorted(versions)]
    return annulled
