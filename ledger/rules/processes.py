"""What must have been said before a matter is decided: what its process asks, and what the mandate has come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.aggregates.authority import walk
from ledger.aggregates.decider import require
from ledger.aggregates.decision import Decision
from ledger.aggregates.verdict import Asker
from ledger.errors import Refused
from ledger.rules.common import spoke

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.decider import World
    from ledger.aggregates.verdict import Ask, Duty, Link, Roster, Verdict
    from ledger.commands import Command
    from ledger.events.decision import DecisionProposed

# At level 5 the delegator's advice is asked; at level 3, and for a condition, it is waited for too.
_ONLY_ASKED = "level 5"


def require_process(matter: Decision, command: Command, world: World) -> None:
    """The process that the matter was opened with has run its course."""
    proposal = _proposal(matter)
    if proposal.process == "advice":
        _require_advice(matter, proposal, command, world)
    if proposal.process in {"consent", "consensus"}:
        require(
            not matter.open_objections,
            "decision.objection_open",
            "{decision} has an open objection by {by}: it is resolved first.",
            hints=tuple(
                f"tillit resolve {proposal.decision} {each.number} --how HOW" for each in matter.open_objections
            ),
            decision=proposal.decision,
            by=", ".join(each.by for each in matter.open_objections),
        )
    if proposal.process == "consent":
        _require_heard(matter, proposal, command, world)
    if proposal.process == "consensus":
        _require_consensus(matter, proposal, world)


def require_duties(
    verdict: Verdict, proposal: DecisionProposed, matter: Decision | None, command: Command, world: World
) -> frozenset[tuple[str, str]]:
    """What the level and the conditions of the mandate have come first came first: (kind, member) of what was met."""
    named = {command.by, *command.together_with}
    met = frozenset((duty.kind, duty.member) for duty in verdict.duties if _met(duty, matter, named, world))
    barred = matter.conflicted if matter else frozenset[str]()
    for duty in verdict.duties:
        if (duty.kind, duty.member) in met or duty.member in barred:
            continue
        # Nobody waits for the advice of who is gone; a consent that cannot come needs another mandate.
        if duty.kind == "consult" and world.member(duty.member).present(world.on):
            raise Refused(
                "decision.advice_missing",
                "The advice of {member} comes first ({source}): ask for it.",
                hints=_roads(duty, proposal, matter, verdict),
                member=duty.member,
                source=duty.source,
            )
        if duty.kind == "consent":
            raise Refused(
                "decision.consent_missing",
                "The consent of {member} comes first ({source}).",
                hints=_roads(duty, proposal, matter, verdict),
                member=duty.member,
                source=duty.source,
            )
    return met


def voices(chain: Sequence[Link], ask: Ask, sitting: Roster) -> frozenset[str]:
    """Whose consent a decision here takes, whoever of them makes it: by level, by condition, or as a group."""
    verdicts = [walk(chain, Asker(link.holding.holder), ask, sitting) for link in chain if link.holding]
    together = (each.seat.together_with for each in verdicts if each.seat)
    conditions = ({duty.member for duty in each.duties if duty.kind == "consent"} for each in verdicts)
    return frozenset[str]().union(*together, *conditions)


def past(chain: Sequence[Link], conflicted: frozenset[str]) -> tuple[Link, ...]:
    """The chain as it is for a matter from which some are barred: their stand-ins act, or else the level above."""
    return tuple(
        replace(link, holding=None, ceiling=link.mandate)
        if link.holding and link.holding.holder in conflicted and not set(link.holding.stand_ins) - conflicted
        else link
        for link in chain
    )


def _proposal(matter: Decision) -> DecisionProposed:
    assert matter.proposal is not None  # noqa: S101 - it is open
    return matter.proposal


def _require_advice(matter: Decision, proposal: DecisionProposed, command: Command, world: World) -> None:
    """Everyone affected was asked, and whoever was asked has answered or had their time."""
    asked = {each.member for each in matter.asked}
    own = {command.by, *command.together_with, matter.proposer}
    unasked = [
        who for who in proposal.affected if _may_speak(matter, who, world) and not spoke(world, who, asked | own)
    ]
    require(
        asked and not unasked,
        "decision.advice_not_sought",
        "{decision} is decided after advice: ask {members} first.",
        hints=(f"tillit ask-advice {proposal.decision} --of {' --of '.join(unasked) or 'HANDLE'}",),
        decision=proposal.decision,
        members=", ".join(unasked) or "those it affects, or somebody who knows",
    )
    awaited = [
        who for who in dict.fromkeys(each.member for each in matter.asked) if not _advised(matter, who, 0, world)
    ]
    awaited = [who for who in awaited if _may_speak(matter, who, world)]
    require(
        not awaited,
        "decision.advice_awaited",
        "{decision} waits for the advice of {members}, or for its time to pass.",
        decision=proposal.decision,
        members=", ".join(awaited),
    )


def _require_heard(matter: Decision, proposal: DecisionProposed, command: Command, world: World) -> None:
    """Every consenter spoke of this version, or its time passed while it lay on the table."""
    objectors = {each.by for each in matter.objections if each.at >= matter.amended}
    stood = frozenset[str]().union(*(each.speaks_for for each in matter.aside))
    heard = {command.by, *command.together_with, *matter.consented, *stood, *objectors}
    silent = [who for who in proposal.consenters if _may_speak(matter, who, world) and not spoke(world, who, heard)]
    last = proposal.decide_by
    passed = last is not None and matter.amended.date() <= last < world.on.date()
    require(
        not silent or passed,
        "decision.consenters_awaited",
        "{decision} waits for {members}: they have not spoken of version {version}.",
        hints=tuple(f"{_consent(matter, proposal)} --me {who}" for who in silent),
        decision=proposal.decision,
        members=", ".join(silent),
        version=matter.version,
    )


def _require_consensus(matter: Decision, proposal: DecisionProposed, world: World) -> None:
    """Every consenter who is not barred said yes to this version; silence and standing aside are no yes."""
    asked = [who for who in proposal.consenters if who not in matter.conflicted]
    missing = [who for who in asked if not spoke(world, who, set(matter.consented))]
    require(
        asked and not missing,
        "decision.no_consensus",
        "{decision} is decided by consensus: version {version} lacks the consent of {members}.",
        hints=tuple(f"{_consent(matter, proposal)} --me {who}" for who in missing),
        decision=proposal.decision,
        members=", ".join(missing) or "anybody who is not barred",
        version=matter.version,
    )


def _may_speak(matter: Decision, who: str, world: World) -> bool:
    return who not in matter.conflicted and world.member(who).present(world.on)


def _met(duty: Duty, matter: Decision | None, named: set[str], world: World) -> bool:
    if duty.kind not in {"consult", "consent"}:
        return False
    if spoke(world, duty.member, named):
        return True
    if matter is None:
        return False
    if duty.kind == "consent":
        return spoke(world, duty.member, {*matter.consented, *named})
    if spoke(world, duty.member, {matter.proposer}):
        return True
    asked = spoke(world, duty.member, {each.member for each in matter.asked})
    return asked and (duty.source == _ONLY_ASKED or _advised(matter, duty.member, duty.within or 0, world))


def _advised(matter: Decision, who: str, within: int, world: World) -> bool:
    """Whether the member has answered, or has had their time: that which was given, and `within` days at least."""
    answered = frozenset[str]().union(*(each.speaks_for for each in matter.advice))
    if spoke(world, who, set(answered)):
        return True
    ended = (
        max(each.by_when, each.at.date() + timedelta(days=within))
        for each in matter.asked
        if each.by_when is not None and spoke(world, who, {each.member})
    )
    return any(day < world.on.date() for day in ended)


def _consent(matter: Decision, proposal: DecisionProposed) -> str:
    """The command that consents to what lies on the table now; an amended one is named by its version."""
    version = f" --version {matter.version}" if matter.version > 1 else ""
    return f"tillit consent {proposal.decision}{version}"


def _roads(duty: Duty, proposal: DecisionProposed, matter: Decision | None, verdict: Verdict) -> tuple[str, ...]:
    """The commands that lead on: on the open matter, or by proposing what was to be decided at once."""
    together = f"name {duty.member} with --with where you decide it together"
    if matter is not None:
        ask = f"tillit ask-advice {proposal.decision} --of {duty.member}"
        consent = f"{_consent(matter, proposal)} --me {duty.member}"
        return (ask if duty.kind == "consult" else consent, together)
    process = "advice" if duty.kind == "consult" else f"consent --consenter {duty.member}"
    code = verdict.chain[-1].code
    propose = f"tillit propose TITLE --in {code} --type {proposal.decision_type} --process {process}"
    return (propose, together)
