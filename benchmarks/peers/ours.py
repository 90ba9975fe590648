"""A ledger, told as its users tell it: every rule, the views left for whoever asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from benchmarks.generate import FOUNDED, FOUNDER
from ledger import Journal, command, create_ledger, open_ledger
from ledger.store import mapper, open_record

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE: Final = 1_000


class Ours:
    def __init__(self, address: str) -> None:
        self._address = address
        self._ledger = open_ledger(address)

    def tell(self, lines: Sequence[bytes]) -> int:
        """Raises RuntimeError where a line is refused."""
        if len(lines) == 1:
            return len(self._ledger.tell(command(json.loads(lines[0]))).entries)
        outcome = Journal(lines).carry_out(self._ledger, None)
        if outcome.refused:
            raise RuntimeError(f"a command of the benchmark was refused: {outcome.refused[:1]}")
        return outcome.events

    def read(self) -> int:
        position = 0
        with open_record(self._address) as record:
            while entries := [mapper.recorded(leaf) for leaf in record.log(position, _PAGE)]:
                position = entries[-1].position
        return position

    def close(self) -> None:
        self._ledger.close()


def found(address: str) -> None:
    create_ledger(address, "Bench", [FOUNDER], on=FOUNDED).close()


def opened(address: str, *, cached: bool) -> Ours:
    del cached
    return Ours(address)
