"""What a verification of an export found: each check that was made, and the first break that it met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Damage:
    """A break in an export. `what` is a code, stable for ever; `template` and `facts` make the sentence.

    `position`, counted from 1, is the first entry that the break touches; None where it is no entry's. The facts hold
    no text from the export but what `shown` has made harmless.
    """

    what: str
    template: str
    facts: Mapping[str, object]
    position: int | None = None

    def __str__(self) -> str:
        return self.template.format(**self.facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it establishes, or what is broken.

    `fork` is a fork proof to be kept (see `forks`), where two signed checkpoints contradict each other.
    """

    check: str
    said: str
    damage: Damage | None = None
    fork: bytes | None = None

    @property
    def whole(self) -> bool:
        return self.damage is None

    def __str__(self) -> str:
        return self.said if self.damage is None else str(self.damage)


class Broken(Exception):
    """Carries a break from where it shows to where the pass is given up."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage


def broken(what: str, template: str, position: int | None = None, /, **facts: object) -> Broken:
    """A break at `position`, which the template may name."""
    if position is not None:
        facts["position"] = position
    return Broken(Damage(what, template, facts, position))
