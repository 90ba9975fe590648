"""The views of a ledger: brought into step with its log, asked, and thrown away where they are damaged."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from ledger.asking.view import View
from ledger.errors import Damaged, Unavailable
from ledger.projections import PROJECTIONS
from ledger.projections.projector import ONLY_READ, Projector, again
from ledger.store import mapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.asking.view import Reader
    from ledger.commitments import Disclosure
    from ledger.events import Recorded
    from ledger.store import Leaf, Recorder

T = TypeVar("T")

_FIRST_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a question gave; `at` is the moment it speaks of, `known` the position up to which the log counted.

    `behind` is how many later entries would have counted, had they reached the views: where these may only be read,
    somebody else keeps them in step.
    """

    value: T
    at: datetime
    known: int
    behind: int = 0


class LogReader:
    """The record as entries rather than bytes, each read by `entry`."""

    def __init__(self, recorder: Recorder, entry: Callable[[Leaf], Recorded] = mapper.recorded) -> None:
        self._recorder = recorder
        self._entry = entry

    @property
    def origin(self) -> str:
        return self._recorder.origin

    def head(self) -> int:
        return self._recorder.head().position

    def read(self, after: int, limit: int) -> Sequence[Recorded]:
        return [self._entry(leaf) for leaf in self._recorder.log(after, limit)]

    def stream(self, name: str) -> Sequence[Recorded]:
        return [self._entry(leaf) for leaf in self._recorder.stream(name)]

    def disclosed(self, digest: str) -> Disclosure | None:
        return self._recorder.disclosed(digest)

    def erased_subjects(self) -> Sequence[str]:
        return self._recorder.erased_subjects()


class Views:
    """The views of one record, on the engine that it is on."""

    def __init__(self, recorder: Recorder) -> None:
        self.log = LogReader(recorder)
        self._recorder = recorder
        self._database = recorder.database.views()
        self.projector = Projector(PROJECTIONS, LogReader(recorder, mapper.outlined), self._reading, self._writing)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def ask(
        self,
        question: Callable[[View], T],
        at: datetime,
        wanted: int,
        reader: Reader | None,
        *,
        texts_apart: bool,
    ) -> Iterator[Answer[T]]:
        """Answer a question as of `at`, as known at the position `wanted`; see `Ledger.ask`."""
        known = wanted

        def begin() -> T:
            nonlocal known
            self._reopen_if_replaced()
            # Left at once where anything goes wrong, which says what it was.
            with ExitStack() as opened:
                connection = opened.enter_context(self._reading())
                known = min(wanted, self.projector.reached(connection))
                if known < wanted or not known:
                    opened.close()
                    known = min(wanted, self._caught_up())
                    connection = opened.enter_context(self.projector.state(known))
                value = question(View(connection, self.log, at, known, reader, texts_apart))
                if isinstance(value, Generator):
                    # Rows that nobody reads on must let go of the connection before it is given back.
                    opened.callback(value.close)
                value = _begun(value)
                stack.push(opened.pop_all())
                return value

        with ExitStack() as stack:
            try:
                value = again(begin)
            except Damaged as damaged:
                stack.close()
                self._renew(damaged)
                value = again(begin)
            try:
                # Left within the block, which says what went wrong while rows were read.
                with stack.pop_all():
                    yield Answer(value, at, known, wanted - known)
            except Damaged as damaged:
                self._renew(damaged)
                raise Unavailable(
                    "views.renewed", "The views were damaged and are thrown away; ask again, and they are built anew."
                ) from damaged

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the views up to the log; the position reached. Views that are gone or damaged are built anew."""
        self._reopen_if_replaced()
        try:
            return self.projector.catch_up(progress)
        except Damaged as damaged:
            self._renew(damaged)
            return self.projector.catch_up(progress)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Throw the views away and build them from the log; the position reached."""
        try:
            return self.projector.rebuild(progress)
        except Damaged as damaged:
            self._renew(damaged)
            return self.projector.rebuild(progress)

    def position(self) -> int:
        """Up to where the views are in step; 0 where they are damaged."""
        with suppress(Damaged):
            return self.projector.position()
        return 0

    def bytes_used(self) -> int:
        return self._database.bytes_used()

    def _caught_up(self) -> int:
        """Up to where the views are in step, after an attempt to bring them there."""
        try:
            return self.projector.catch_up()
        except Unavailable as refused:
            if refused.code not in ONLY_READ:
                raise
            return self.projector.position()

    def _reopen_if_replaced(self) -> None:
        """Where others put another file in the place of this one, or took it away, go on with what is there."""
        if self._database.replaced():
            self._database.close()
            self._database = self._recorder.database.views()

    def _renew(self, damaged: Damaged) -> None:
        """Throw the views away where it is they that are damaged; else it is the record, and that is said."""
        if damaged.facts.get("file") != self._database.name:
            raise damaged
        self._database.close()
        self._database = self._recorder.database.views(anew=True)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._database.reading()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._database.writing()


def _begun(value: T) -> T:
    """The answer, with its first rows read where it is rows: until then it can be begun again, and nobody notices."""
    if not isinstance(value, Generator):
        return value
    first = list(islice(value, _FIRST_ROWS))
    return cast("T", chain(first, value) if len(first) == _FIRST_ROWS else iter(first))
