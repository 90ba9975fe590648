"""What is found to be wrong with a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Damage:
    """A break in the record. `position` is where it shows first (None: in the file, at no event); `what` is a code."""

    position: int | None
    what: str
    template: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return self.template.format(**self.facts)
