"""A ledger, told as its users tell it: every rule, the views left for whoever asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.generate import FOUNDED, FOUNDER
from ledger import Journal, command, create_ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence


class Ours:
    def __init__(self, address: str) -> None:
        self._ledger = open_ledger(address)

    def tell(self, lines: Sequence[bytes]) -> int:
        """Raises RuntimeError where a line is refused."""
        if len(lines) == 1:
            return len(self._ledger.tell(command(json.loads(lines[0]))).entries)
        outcome = Journal(lines).carry_out(self._ledger, None)
        if outcome.refused:
            raise RuntimeError(f"a command of the benchmark was refused: {outcome.refused[:1]}")
        return outcome.events

    def close(self) -> None:
        self._ledger.close()


def found(address: str) -> None:
    create_ledger(address, "Bench", [FOUNDER], on=FOUNDED).close()


def opened(address: str, *, cached: bool) -> Ours:
    del cached
    return Ours(address)
