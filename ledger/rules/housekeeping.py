"""The rules about the ledger itself: its founding, corrections of what was recorded, and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import standing
from ledger.errors import Refused
from ledger.events import Entry
from ledger.events import ledger as events
from ledger.events import member as members
from ledger.events import responsibility as responsibilities
from ledger.events.corrections import OCCURRED_AT, counting, put_right, value_of
from ledger.rules.common import ROOT_ID, require_inside, require_reason, roster
from ledger.rules.delegations import ROOT_LEVEL
from ledger.values import LEDGER_STREAM, ROOT, member_stream, years_after

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.commands import ledger as commands

FOUNDERS = "founders"
# What an event is about, and the proof of a decision, are not corrected: that would be another event.
_FIXED = {"responsibility", "delegation", "decision", "member", "code", "authority", "origin", "founders", "root"}


def found(command: commands.Found, world: World) -> Decided:
    """The founders, the root and its holder: the one founder, or the group of them, who act each."""
    require(not world.ledger().origin, "ledger.founded", "This ledger is founded already.")
    holder = command.founders[0] if len(command.founders) == 1 else FOUNDERS
    mandate = responsibilities.Mandate(level=ROOT_LEVEL)
    review_on = years_after(world.on.date(), 1)
    decided: Decided = [
        (
            LEDGER_STREAM,
            events.LedgerFounded(
                name=command.name,
                origin=command.origin,
                founders=command.founders,
                root=ROOT_ID,
                profile=command.profile,
                language=command.language,
            ),
        )
    ]
    decided += [(member_stream(who), members.MemberAdded(member=who)) for who in command.founders]
    if holder == FOUNDERS:
        group = members.MemberAdded(member=FOUNDERS, member_kind="group", acts="each")
        decided.append((member_stream(FOUNDERS), group))
        decided += [
            (member_stream(FOUNDERS), members.GroupJoined(member=who, since=world.on)) for who in command.founders
        ]
    root = responsibilities.ResponsibilityDefined(responsibility=ROOT_ID, code=ROOT, title=command.name)
    offered = responsibilities.DelegationOffered(delegation=1, to=holder, mandate=mandate, review_on=review_on)
    accepted = responsibilities.DelegationAccepted(delegation=1)
    return [*decided, (ROOT_ID, root), (ROOT_ID, offered), (ROOT_ID, accepted)]


def correct(command: commands.Correct, world: World) -> Decided:
    require_reason(command)
    entry = _correctable(world, command.stream, command.version, command.by)
    require(
        command.field.split(".")[0] not in _FIXED,
        "correction.fixed_field",
        "{field} says what the entry is about, or proves a right; annul the entry and record it anew instead.",
        field=command.field,
    )
    try:
        before = value_of(entry, command.field)
        right = put_right(entry, command.field, command.after)
    except (KeyError, ValueError, ValidationError) as error:
        raise Refused(
            "correction.no_such_field",
            "{entry} has no field {field}, or {value} does not fit it; see its fields with tillit history.",
            entry=entry.id,
            field=command.field,
            value=repr(command.after)[:80],
        ) from error
    require(
        before != command.after,
        "correction.unchanged",
        "{field} says that already.",
        field=command.field,
    )
    _require_still_right(right, world)
    value = right.occurred_at.isoformat() if command.field == OCCURRED_AT else command.after
    event = events.EntryCorrected(version=command.version, field=command.field, before=before, after=value)
    return [(command.stream, event)]


def annul(command: commands.Annul, world: World) -> Decided:
    require_reason(command)
    entry = _correctable(world, command.stream, command.version, command.by)
    require(
        entry.version > 1,
        "correction.first_entry",
        "The first entry is what all others stand on; retire, leave or reverse instead.",
    )
    return [(command.stream, events.EntryAnnulled(version=command.version))]


def attach(command: commands.Attach, world: World) -> Decided:
    require(
        world.entries(command.stream),
        "subject.unknown",
        "There is nothing by the name {subject}.",
        subject=command.stream,
    )
    return [(command.stream, events.EvidenceLinked(uri=command.uri, label=command.label, digest=command.digest))]


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
    event = right.event
    mandate = getattr(event, "mandate", None) or getattr(event, "after", None)
    if isinstance(mandate, responsibilities.Mandate) and right.stream != ROOT_ID:
        require_inside(chain_at(world, right.stream, right.occurred_at)[:-1], mandate)
