"""The rules about what a responsibility is: defining, clarifying, moving and retiring it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at, link_at, live_at
from ledger.aggregates.decider import require
from ledger.commands import responsibility as commands
from ledger.events import responsibility as events
from ledger.rules.common import ROOT_ID, require_defined, require_in_chain, require_inside, require_reason
from ledger.rules.goals import require_goals
from ledger.rules.profiles import require_handed_on_by_the_head, require_kept
from ledger.values import FOREVER, responsibility_id

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.responsibility import Responsibility

_CLARIFIED = {
    "title": "title",
    "purpose": "purpose",
    "duties": "duties",
    "decides": "decision_types",
    "reserve": "reserved_types",
    "goals": "goals",
    "competences": "competences",
    "effort": "effort",
    "legal_basis": "legal_basis",
    "report_rule": "report_rule",
}


def define(command: commands.Define, world: World) -> Decided:
    id_ = responsibility_id(command.code)
    require(
        all(each.window.until <= world.on for each in world.responsibility(id_).definitions),
        "responsibility.code_taken",
        "There is a responsibility {code} already; choose another code.",
        code=command.code,
    )
    parent = _parent(world, command.parent)
    require_in_chain(world, chain_at(world, parent.id, world.on), command.by)
    require_goals(world, command.goals)
    defined = events.ResponsibilityDefined(
        responsibility=id_,
        code=command.code,
        title=command.title,
        purpose=command.purpose,
        parent=parent.id,
        duties=command.duties,
        decision_types=command.decides,
        reserved_types=command.reserve,
        goals=command.goals,
        competences=command.competences,
        effort=command.effort,
        legal_basis=command.legal_basis,
        report_rule=command.report_rule,
    )
    return [(id_, defined)]


def clarify(command: commands.Clarify, world: World) -> Decided:
    state = require_defined(world, command.code)
    require_in_chain(world, chain_at(world, state.id, world.on), command.by)
    require_goals(world, command.goals or ())
    require_kept(world, state, command.reserve)
    before = state.defined(world.on)
    changes = tuple(
        events.Change(field=field, before=getattr(before, field), after=value)
        for given, field in _CLARIFIED.items()
        if (value := getattr(command, given)) is not None and value != getattr(before, field)
    )
    require(
        changes,
        "responsibility.unchanged",
        "Nothing about {code} would change; give what is to be said anew.",
        code=command.code,
    )
    return [(state.id, events.ResponsibilityClarified(changes=changes))]


def move(command: commands.Move, world: World) -> Decided:
    require_reason(command)
    state = require_defined(world, command.code)
    parent = _parent(world, command.parent)
    require(state.id != ROOT_ID, "responsibility.root_stays", "The root lies under nothing and cannot be moved.")
    definition = state.defined(world.on)
    assert definition is not None  # noqa: S101 - required above
    require(
        definition.parent != parent.id,
        "responsibility.unchanged",
        "{code} lies under {parent} already.",
        code=command.code,
        parent=command.parent,
    )
    _require_no_cycle(world, state, parent)
    chain = chain_at(world, parent.id, world.on)
    require_in_chain(world, chain_at(world, state.id, world.on)[:-1], command.by)
    require_in_chain(world, chain, command.by)
    live = live_at(world, state, world.on)
    if live is not None:
        require_handed_on_by_the_head(world, chain, live.mandate(world.on))
        require_inside(chain, live.mandate(world.on))
    moved = events.ResponsibilityMoved(parent_before=definition.parent or "", parent_after=parent.id)
    return [(state.id, moved)]


def retire(command: commands.Retire, world: World) -> Decided:
    require_reason(command)
    state = require_defined(world, command.code)
    require(
        state.id != ROOT_ID, "responsibility.root_stays", "The root cannot be retired: all authority leads back to it."
    )
    require_in_chain(world, chain_at(world, state.id, world.on)[:-1], command.by)
    holding = link_at(world, state, world.on).holding
    require(
        holding is None and all(each.held is None or each.held.since <= world.on for each in state.delegations),
        "responsibility.still_held",
        "{holder} holds {code}; revoke it, or have it handed back, first.",
        holder=holding.holder if holding else state.delegations[-1].to if state.delegations else "nobody",
        code=command.code,
    )
    require(
        state.waiting() is None,
        "responsibility.still_offered",
        "There is an open offer of {code}; withdraw it first.",
        code=command.code,
    )
    children = [
        definition.code
        for child in world.children(state.id)
        for definition in {
            each.what.code: each.what
            for each in world.responsibility(child).definitions
            if each.window.until > world.on and each.what.parent == state.id
        }.values()
    ]
    require(
        not children,
        "responsibility.has_children",
        "{children} still lie under {code}; move or retire them first.",
        children=", ".join(sorted(children)),
        code=command.code,
    )
    if command.passes_to is not None:
        require_defined(world, command.passes_to)
    return [(state.id, events.ResponsibilityRetired(passes_to=command.passes_to))]


def _parent(world: World, code: str) -> Responsibility:
    """What something may be put under: it is there on the day, and nothing is known of its end."""
    state = require_defined(world, code)
    end = max(each.window.until for each in state.definitions)
    require(
        end == FOREVER,
        "responsibility.retires",
        "{code} is retired on {day}; nothing can be put under it.",
        code=code,
        day=f"{end:%Y-%m-%d}",
    )
    return state


def _require_no_cycle(world: World, state: Responsibility, parent: Responsibility) -> None:
    """Neither on the day nor at any later day that is known may the new parent lie below what is moved."""
    moment: datetime = world.on
    while moment != FOREVER:
        ids: list[str] = []
        current: str | None = parent.id
        while current is not None and current not in ids:
            ids.append(current)
            definition = world.responsibility(current).defined(moment)
            current = definition.parent if definition else None
        require(
            state.id not in ids,
            "responsibility.cycle",
            "{parent} lies below {code} itself; nothing can lie below what lies below it.",
            parent=(parent.definitions[-1].what.code),
            code=state.definitions[-1].what.code,
        )
        later = (
            each.window.since
            for id_ in ids
            for each in world.responsibility(id_).definitions
            if each.window.since > moment
        )
        moment = min(later, default=FOREVER)
