"""Signing for a log, each time only what goes on from what was signed before."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ledger.errors import Damaged, Refused
from ledger.signing.memory import Signed
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.rotations import rotated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger.signing.memory import Memory
    from ledger.transparency.notes import SigningKey


class Signer:
    """Signs for one log and remembers what, so that it never signs two histories.

    `read_key` gives the key that signs now; None where this signer only compares. It is asked at every turn, since
    another process may have put another key in its place.
    """

    def __init__(self, origin: str, memory: Memory, read_key: Callable[[], SigningKey | None]) -> None:
        self.origin = origin
        self.memory = memory
        self._read_key = read_key
        self.key = read_key()

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        with self.memory.held():
            self.key = self._read_key()
            turn = Turn(self, self.memory.last())
            yield turn
            # Before anybody else has a turn, whose later line this one would else come after.
            turn.remember()


class Turn:
    """One signature: compared with the last, made, and remembered once it is in the record."""

    def __init__(self, signer: Signer, last: Signed | None) -> None:
        self._signer = signer
        self._last = last
        self._made: Signed | None = None

    def compare(self, size: int, root_at: Callable[[int], bytes]) -> None:
        """Raises Refused "log.behind", Damaged "log.forked" where what was signed does not lead to this log."""
        last = self._last
        if last is None:
            return
        if size < last.size:
            raise Refused(
                "log.behind",
                "The ledger holds {size} events, and {signed} were signed here: it is an older copy, or cut short. "
                "It can be read, and nothing is added to it.",
                hints=("tillit continue --from-export DIR", "tillit continue --new-origin --reason TEXT"),
                size=size,
                signed=last.size,
            )
        if root_at(last.size) != last.root:
            raise Damaged(
                "log.forked",
                "The first {signed} events are not those that were signed here: history was altered. "
                "The ledger can be read, and nothing is added to it; see tillit verify.",
                signed=last.size,
            )

    def signed(self, size: int, root: bytes) -> bytes | None:
        """The checkpoint as a signed note; None where this signer has no key."""
        if self._signer.key is None:
            return None
        return self._noted(size, root).signed(self._signer.key).encoded()

    def rotated(self, size: int, root: bytes, new: SigningKey) -> bytes | None:
        """The checkpoint signed by the key that is and by its successor, which it names; None as `signed`."""
        if self._signer.key is None:
            return None
        return rotated(self._noted(size, root), self._signer.key, new).encoded()

    def _noted(self, size: int, root: bytes) -> Checkpoint:
        self._made = Signed(size, root)
        return Checkpoint(self._signer.origin, size, root)

    def remember(self) -> None:
        if self._made is not None and self._made != self._last:
            self._signer.memory.add(self._made)
