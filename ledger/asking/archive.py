"""What questions read beside the views: the log, and the private texts that no view may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ledger.projections.projector import Log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.commitments import Disclosure


class Archive(Log, Protocol):
    """The log with the texts that its events commit to."""

    def disclosed(self, digest: str) -> Disclosure | None:
        """What is behind a commitment; None where it is erased. Raises Damaged "text.lost", "text.altered"."""
        ...

    def erased_subjects(self) -> Sequence[str]:
        """The streams about which texts were erased."""
        ...
