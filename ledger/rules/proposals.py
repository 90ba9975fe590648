"""The rules about a proposal: opening it, changing it, and ending it without a decision to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.seats import people, standing
from ledger.events import decision as events
from ledger.events.responsibility import Change
from ledger.rules.common import require_present, require_reason, require_together, roster
from ledger.rules.decisions import (
    proposal_of,
    require_follows,
    require_last_word,
    require_open,
    require_unbarred,
)
from ledger.rules.footing import ask_of, judged, require_yes
from ledger.rules.processes import voices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.decision import Decision
    from ledger.commands import Command
    from ledger.commands import proposal as commands

_AMENDABLE = ("title", "question", "options", "recommends", "amount", "counterparty", "scope", "affected", "goals")


def propose(command: commands.Propose, world: World) -> Decided:
    require_follows(command.follows, world)
    proposal = proposal_of(command, world, command.kind)
    _require_decide_by(command.decide_by, world)
    proposal = proposal.model_copy(
        update={
            "process": command.process,
            "consenters": _consenters(command, proposal, world),
            "recommends": command.recommends,
            "decide_by": command.decide_by,
            "follows": command.follows,
        }
    )
    _require_options(proposal)
    return [(proposal.decision, proposal)]


def amend(command: commands.Amend, world: World) -> Decided:
    matter = require_open(world, command.decision)
    require_unbarred(matter, command)
    require_carrier(matter, command, world, "amend it")
    require_last_word(matter, world)
    _require_reference(command.because, matter, command.decision, world)
    for handle in command.affected or ():
        require_present(world, handle)
    _require_decide_by(command.decide_by, world)
    assert matter.proposal is not None  # noqa: S101 - it is open
    given = {name: getattr(command, name) for name in (*_AMENDABLE, "decide_by")}
    if command.title is not None and command.options is None and matter.proposal.options == (matter.proposal.title,):
        # It is asked about as a whole, and is called otherwise now.
        given["options"] = (command.title,)
    if command.one_way is not None:
        given["reversibility"] = "one_way" if command.one_way else "two_way"
    update = {
        name: value for name, value in given.items() if value is not None and value != getattr(matter.proposal, name)
    }
    after = matter.proposal.model_copy(update=update)
    _require_options(after)
    said, will_say = matter.proposal.model_dump(mode="json"), after.model_dump(mode="json")
    changes = tuple(Change(field=name, before=said[name], after=will_say[name]) for name in sorted(update))
    require(changes, "proposal.unchanged", "{decision} says that already.", decision=command.decision)
    return [(command.decision, events.ProposalAmended(changes=changes, because=command.because))]


def decline(command: commands.DeclineProposal, world: World) -> Decided:
    require_reason(command)
    matter = require_open(world, command.decision)
    require_unbarred(matter, command)
    require_last_word(matter, world)
    assert matter.proposal is not None  # noqa: S101 - it is open
    proposal = matter.proposal.model_copy(update={"responsibility": matter.responsibility})
    verdict = judged(proposal, command.by, matter.conflicted, world)
    require_yes(verdict, ask_of(proposal), command.by, world)
    assert verdict.seat is not None  # noqa: S101 - a yes has a seat
    require_together(world, verdict.seat, command)
    return [(command.decision, events.ProposalDeclined())]


def withdraw(command: commands.Withdraw, world: World) -> Decided:
    require_reason(command)
    matter = require_open(world, command.decision)
    require_last_word(matter, world)
    require(
        command.by == matter.proposer,
        "proposal.not_yours",
        "Only {owner}, who proposed {decision}, may {what}.",
        owner=matter.proposer,
        decision=command.decision,
        what="withdraw it",
    )
    return [(command.decision, events.ProposalWithdrawn())]


def require_carrier(matter: Decision, command: Command, world: World, what: str) -> None:
    """The actor proposed the matter, or stands for the responsibility that it lies in or one above."""
    assert matter.proposal is not None  # noqa: S101 - it is open
    chain = chain_at(world, matter.responsibility, world.on)
    stands = (standing(chain[:end], command.by, roster(world)) for end in range(len(chain), 0, -1))
    require(
        command.by == matter.proposer or any(stands),
        "proposal.not_yours",
        "Only {owner}, who proposed {decision}, or who holds {code} or what lies above it, may {what}.",
        owner=matter.proposer,
        decision=matter.proposal.decision,
        code=chain[-1].code,
        what=what,
    )


def _consenters(command: commands.Propose, proposal: events.DecisionProposed, world: World) -> tuple[str, ...]:
    """Whose consent is asked, frozen: people; a group that acts together as those who sit in it now."""
    for handle in command.consenters:
        require_present(world, handle)
    if command.process not in {"consent", "consensus"}:
        require(
            not command.consenters,
            "proposal.nobody_consents",
            "A matter decided {process} asks nobody for consent; use the process consent or consensus.",
            process=command.process,
        )
        return ()
    named: Iterable[str] = command.consenters
    if not command.consenters:
        chain = chain_at(world, proposal.responsibility, world.on)
        named = sorted(voices(chain, ask_of(proposal), roster(world)))
    sitting = roster(world)
    each = (sorted(people(who, sitting)) if sitting.acts(who) == "together" else [who] for who in named)
    consenters = tuple(dict.fromkeys(who for members in each for who in members))
    require(
        consenters,
        "proposal.consenters_missing",
        "Say with --consenter whose {process} it takes: nothing here makes it certain.",
        process=command.process,
    )
    return consenters


def _require_options(proposal: events.DecisionProposed) -> None:
    require(
        proposal.options or proposal.process == "alone",
        "proposal.options_missing",
        "Say with --option what others are asked about; only who decides alone may leave that open.",
    )
    require(
        proposal.recommends is None or not proposal.options or proposal.recommends in proposal.options,
        "decision.not_an_option",
        "'{chosen}' is none of the options: {options}.",
        chosen=proposal.recommends,
        options=", ".join(proposal.options),
    )


def _require_decide_by(decide_by: object, world: World) -> None:
    require(
        decide_by is None or str(decide_by) >= f"{world.on:%Y-%m-%d}",
        "proposal.decide_by_past",
        "{day} lies before the day it is said: choose a later day to decide by.",
        day=decide_by,
    )


def _require_reference(because: str | None, matter: Decision, decision: str, world: World) -> None:
    """What the amendment answers is there: an objection of the matter, or an entry."""
    if because is None:
        return
    if because.startswith("objection "):
        number = int(because.removeprefix("objection "))
        known = any(each.number == number for each in matter.objections)
        require(known, "objection.unknown", "{decision} has no objection {number}.", decision=decision, number=number)
        return
    stream, _, version = because.partition("/")
    require(
        int(version) <= len(world.entries(stream)),
        "entry.unknown",
        "There is no entry {entry}; see tillit history.",
        entry=because,
    )
