"""Going along with a log as it grows: each entry as it is recorded, and views that stay in step with it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.asking.circles import Shown
from ledger.asking.timeline import line
from ledger.errors import Conflict, Damaged, NotFound, Unavailable
from ledger.events.private import APART, commitments
from ledger.store import mapper
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from ledger.asking.timeline import Row
    from ledger.store import Leaf, Recorder

    Wait = Callable[[float], bool]

PAGE: Final = 1000
SECONDS: Final = 1.0
"""How long somebody is kept waiting while nothing is recorded."""
_MAY_PASS: Final = frozenset({"views.moved", "views.building"})
_APART: Final = Shown(APART)


class Follower:
    """The entries of a log after a position, in order and without a gap; `position` is that of the last one given.

    No private text is looked up: an erasure here would not reach where it is streamed on to.
    """

    def __init__(self, recorder: Recorder, wait: Wait, since: int | None, kinds: Collection[str] = ()) -> None:
        """Begins after `since` (None: after the last entry of now). Raises NotFound "position.beyond"."""
        head = recorder.head().position
        self.position = head if since is None else since
        if self.position > head:
            template = "There is no position {position}; the log ends at {head}."
            raise NotFound("position.beyond", template, position=since, head=head)
        self._recorder = recorder
        self._wait = wait
        self._kinds = frozenset(kinds)
        self._hash: bytes | None = None

    def rows(self) -> Iterator[Row | None]:
        """Each entry as `asking.timeline.line` has it, with the `log` it was added to; None whenever a second passes.

        It ends by itself never. Raises Damaged "log.changed", "entry.unreadable".
        """
        while True:
            new = self._new()
            for leaf in new:
                self.position, self._hash = leaf.position, leaf.leaf_hash
                if not self._kinds or leaf.kind in self._kinds:
                    yield _row(leaf)
            if not new and not self._wait(SECONDS):
                yield None

    def _new(self) -> list[Leaf]:
        after = self.position
        first = max(after, 1)
        # The last one that was given comes along: where it is another now, this is no continuation of what was told.
        leaves = [] if self._recorder.database.replaced() else self._recorder.log(first - 1, PAGE + 1)
        whole = [leaf.position for leaf in leaves] == list(range(first, first + len(leaves)))
        if not whole or (after and (not leaves or self._hash not in {None, leaves[0].leaf_hash})):
            template = (
                "The ledger was replaced or altered while it was followed: what stood up to position {position} is no "
                "longer there. See tillit verify, and which position you want to go on from."
            )
            raise Damaged("log.changed", template, position=after)
        if after:
            self._hash = leaves.pop(0).leaf_hash
        return leaves


class Step(NamedTuple):
    """How far the views have come, and up to which position the log was signed just now, if it was."""

    position: int
    signed: int | None


class Keeper:
    """Keeps the views in step with the log; on a server it also signs, now and then, what nobody has signed yet."""

    def __init__(
        self,
        recorder: Recorder,
        catch_up: Callable[[Callable[[int, int], None] | None], int],
        wait: Wait,
        sign_every: float | None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """At least `sign_every` seconds lie between two signatures; None: there is no key to sign with."""
        signed_anyway = recorder.database.signed_at_commit
        self.unsigned = sign_every is None and not signed_anyway
        """Whether what is recorded is signed neither by whoever records it nor from here."""
        self._recorder = recorder
        self._catch_up = catch_up
        self._wait = wait
        self._sign_every = None if signed_anyway else sign_every
        self._clock = clock
        self._signed = 0
        self._due = clock()

    def step(self, progress: Callable[[int, int], None] | None = None) -> Step:
        """Does what there is to do. `progress` hears (position, head) of each page, and may raise to leave it.

        Raises Conflict "log.renamed", and as `Recorder.seal`.
        """
        if (name := self._recorder.named()) != self._recorder.origin:
            # To views and signatures it is another log, and they would be kept under the wrong name.
            raise Conflict("log.renamed", "The log goes on as {origin}; begin again, and that is kept.", origin=name)
        position = self._caught_up(progress)
        return Step(position, self._sealed(position))

    def wait(self) -> None:
        """Returns when somebody writes, or after a second."""
        self._wait(SECONDS)

    def _caught_up(self, progress: Callable[[int, int], None] | None) -> int:
        while True:
            try:
                return self._catch_up(progress)
            except (Conflict, Unavailable) as passing:
                # Somebody else keeps the same views in step and was quicker with this batch, or begins them anew.
                if passing.code not in _MAY_PASS:
                    raise

    def _sealed(self, position: int) -> int | None:
        if self._sign_every is None or position <= self._signed or self._clock() < self._due:
            return None
        self._signed = _size(self._recorder.note())
        if position <= self._signed:
            return None
        try:
            self._signed = _size(self._recorder.seal())
        except Unavailable as lost:
            # Signing the same again does no harm, whether or not it was kept.
            if lost.code != "store.lost":
                raise
            return None
        self._due = self._clock() + self._sign_every
        return self._signed


def _row(leaf: Leaf) -> Row:
    recorded = mapper.recorded(leaf)
    texts = {str(field): _APART for field in commitments(recorded.entry.event)}
    return {**line(recorded, texts), "log": leaf.log}


def _size(note: bytes | None) -> int:
    """Of how many entries the checkpoint is; 0 where there is none that can be read."""
    try:
        return 0 if note is None else Checkpoint.parse(Note.parse(note).text).size
    except TransparencyError:
        return 0
