"""The rules about the ledger itself: its founding, and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.profile import PROFILES
from ledger.events import ledger as events
from ledger.events import member as members
from ledger.events import responsibility as responsibilities
from ledger.rules.common import ROOT_ID, require_reason, require_standing
from ledger.rules.profiles import require_founded_so, root_mandate
from ledger.values import LEDGER_STREAM, ROOT, member_stream, years_after

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.commands import ledger as commands

FOUNDERS = "founders"


def found(command: commands.Found, world: World) -> Decided:
    """The founders, the root and its holder: the one founder, or the group of them, who act each."""
    require(not world.ledger().origin, "ledger.founded", "This ledger is founded already.")
    founders = tuple(dict.fromkeys(command.founders))
    holder = founders[0] if len(founders) == 1 else FOUNDERS
    require_founded_so(command, world)
    mandate = root_mandate(command, holder)
    review_on = years_after(world.on.date(), 1)
    decided: Decided = [
        (
            LEDGER_STREAM,
            events.LedgerFounded(
                name=command.name,
                origin=command.origin,
                founders=founders,
                root=ROOT_ID,
                profile=command.profile,
                language=command.language,
                heads=command.heads,
                urgent_by=command.urgent_by,
                series=command.series,
                year_ends=command.year_ends,
            ),
        )
    ]
    decided += [(member_stream(who), members.MemberAdded(member=who)) for who in founders]
    if holder == FOUNDERS:
        group = members.MemberAdded(member=FOUNDERS, member_kind="group", acts="each")
        decided.append((member_stream(FOUNDERS), group))
        decided += [(member_stream(FOUNDERS), members.GroupJoined(member=who, since=world.on)) for who in founders]
    reserved = PROFILES[command.profile].reserved
    root = responsibilities.ResponsibilityDefined(
        responsibility=ROOT_ID, code=ROOT, title=command.name, reserved_types=reserved
    )
    offered = responsibilities.DelegationOffered(delegation=1, to=holder, mandate=mandate, review_on=review_on)
    accepted = responsibilities.DelegationAccepted(delegation=1)
    return [*decided, (ROOT_ID, root), (ROOT_ID, offered), (ROOT_ID, accepted)]


def continue_(command: commands.Continue, world: World) -> Decided:
    """Whoever holds the root answers for what is lost."""
    require_reason(command)
    require_standing(world, chain_at(world, ROOT_ID, world.on), command, "begin a new log")
    goes_on = events.LedgerContinued(
        origin=command.origin, former=command.former, kept=command.kept, signed=command.signed, root=command.root
    )
    return [(LEDGER_STREAM, goes_on)]


def attach(command: commands.Attach, world: World) -> Decided:
    require(
        world.entries(command.stream),
        "subject.unknown",
        "There is nothing by the name {subject}.",
        subject=command.stream,
    )
    return [(command.stream, events.EvidenceLinked(uri=command.uri, label=command.label, digest=command.digest))]


def audit(command: commands.Audit, world: World) -> Decided:
    """Anybody may ask, and say that they did; that it was answered so, asking again shows."""
    del world
    recorded = events.AuditRecorded(
        query=command.query,
        as_of=command.as_of,
        known_at=command.known_at,
        fingerprint=command.fingerprint,
        finding=command.finding,
    )
    return [(LEDGER_STREAM, recorded)]
