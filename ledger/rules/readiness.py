"""Whether somebody who is offered a responsibility can carry it: authority, resources, competence, and what is missing.

Nothing here stops an offer. Whoever is asked sees the gaps before they answer, and who asks sees what they ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.authority import AGREE
from ledger.aggregates.chain import bounds
from ledger.aggregates.seats import people
from ledger.rules.common import roster
from ledger.values import covered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.decider import World
    from ledger.aggregates.responsibility import Responsibility
    from ledger.aggregates.verdict import Link
    from ledger.commands import responsibility as commands
    from ledger.events.responsibility import Mandate

LEARNING = "learning"


def gaps(
    world: World, state: Responsibility, command: commands.Offer, mandate: Mandate, above: Sequence[Link]
) -> dict[str, str]:
    """Every gap that can be seen from the ledger, by leg; a leg without any is left out."""
    legs = {
        "authority": _authority(world, state, mandate, above),
        "resources": () if command.resources else ("none named",),
        "competence": _competence(world, state, command.to),
    }
    return {leg: "; ".join(found) for leg, found in legs.items() if found}


def _authority(world: World, state: Responsibility, mandate: Mandate, above: Sequence[Link]) -> tuple[str, ...]:
    """Types that the responsibility decides and the mandate leaves out, and those that others decide."""
    definition = state.defined(world.on)
    decides = definition.decision_types if definition else ()
    limits = bounds(above)
    layers = [*limits.types, *([mandate.types] if mandate.types is not None else [])]
    beyond = [
        each for each in decides if not all(covered(each, layer) for layer in layers) or covered(each, limits.reserved)
    ]
    found = [f"not granted: {' '.join(beyond)}"] if beyond else []
    if mandate.level < AGREE:
        found.append(f"level {mandate.level}: the delegator decides")
    found += [
        f"level {level} for {pattern}: the delegator decides"
        for pattern, level in sorted(mandate.levels.items())
        if level < AGREE <= mandate.level
    ]
    return tuple(found)


def _competence(world: World, state: Responsibility, to: str) -> tuple[str, ...]:
    """What it takes and nobody who would hold it has said to have, or is still learning."""
    definition = state.defined(world.on)
    needed = definition.competences if definition else ()
    if not needed:
        return ()
    who = [world.member(each) for each in sorted({to, *people(to, roster(world))})]
    levels = {
        name: {found.level for each in who if (found := each.competence(name)) is not None} - {""} for name in needed
    }
    lacking = [name for name in needed if not levels[name]]
    learning = [name for name in needed if levels[name] == {LEARNING}]
    return tuple(f"{word}: {' '.join(names)}" for word, names in (("lacking", lacking), (LEARNING, learning)) if names)
