"""The ledger as a whole: tell it what happened, ask it what is so, and have it proved."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from ledger.anchoring import Outside
from ledger.answering import Views
from ledger.asking.counts import counted
from ledger.asking.view import Reader
from ledger.errors import Conflict, NotFound
from ledger.finding import Finder
from ledger.fixing import given_out, last_signed
from ledger.following import Follower, Keeper
from ledger.notary import Notary
from ledger.restoring import begin_anew, put_back
from ledger.store import back_up, copy
from ledger.telling import Desk, Told
from ledger.verifying import Report, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from ledger.answering import Answer
    from ledger.asking.view import View
    from ledger.commands import Command
    from ledger.signing import Keys
    from ledger.store import Recorder
    from ledger.transparency.checkpoints import Checkpoint

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3


class Ledger:
    """One ledger. Not for several threads; any number of processes may have the same one open."""

    def __init__(self, recorder: Recorder, clock: Callable[[], datetime], keys: Keys | None = None) -> None:
        self.notary = Notary(recorder, keys)
        self._recorder = recorder
        self._keys = keys
        self._clock = clock
        self._views = Views(recorder)
        self._desk: Desk | None = None
        self.reader: str | None = None
        """Who asks, by handle, as whoever opened the ledger says it; None is nobody. Feedback is shown accordingly."""
        self.texts_apart = False
        """Whether no private text is shown, since the answer is handed on to whoever."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._views.close()
        self._recorder.close()

    @property
    def origin(self) -> str:
        """The name of this log and no other."""
        return self._recorder.origin

    @property
    def left_undone(self) -> tuple[str, ...]:
        """Statements that make the roles of a ledger on a server, which whoever founded it had no right to run."""
        return self._recorder.database.left_undone

    def copy(self, address: str | Path, progress: Callable[[int, int], None] | None = None) -> int:
        """Carries the record to a place where there is none, and verifies it there; its last position.

        Raises Refused "store.exists", Damaged "copy.damaged", "copy.other".
        """
        return copy(self._recorder.database, address, progress)

    def head(self) -> int:
        """The position of the last entry."""
        return self._recorder.head().position

    def tell(self, command: Command, *, recorded_by: str | None = None) -> Told:
        """Record what the command causes. `recorded_by` typed it (the actor where nobody else did).

        Raises Refused where a rule says no, Conflict where others wrote first three times.
        """
        for attempt in range(TRIES):
            desk = self.begin()
            try:
                told = desk.add(command, recorded_by or command.by)
                desk.commit()
            except Conflict:
                if attempt == TRIES - 1:
                    raise
            else:
                return told
        raise AssertionError

    def rehearse(self, command: Command, *, recorded_by: str | None = None) -> Told:
        """What telling the command would record now; nothing is. Raises as `tell`."""
        for attempt in range(TRIES):
            desk = self.begin()
            try:
                return desk.add(command, recorded_by or command.by)
            except Conflict:
                if attempt == TRIES - 1:
                    raise
            finally:
                desk.refresh()
        raise AssertionError

    def begin(self) -> Desk:
        """An empty desk, on which commands are judged one upon the other until they are recorded together."""
        if self._desk is None:
            self._desk = Desk(self._recorder, self._clock, Finder(self._views.projector))
        else:
            self._desk.refresh()
        return self._desk

    def ask(
        self,
        question: Callable[Concatenate[View, P], T],
        as_of: datetime | None,
        known_at: datetime | int | None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> AbstractContextManager[Answer[T]]:
        """Answer a question as of a moment (None: now), as known at an instant or position (None: now).

        Rows come while the answer is open: read them inside the `with`. Views that turn out to be damaged are built
        anew, and the question is asked again; Unavailable where rows had been read already.
        """
        now = self.now()
        reader = None if self.reader is None else Reader(self.reader, now, self.head())
        return self._views.ask(
            lambda view: question(view, *args, **kwargs),
            as_of or now,
            self._known(known_at),
            reader,
            texts_apart=self.texts_apart,
        )

    def now(self) -> datetime:
        """The present, which is never before the last entry was recorded."""
        now, last = self._clock(), self._recorder.head().recorded_at
        return now if last is None else max(now, last)

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the views up to the log; the position reached. Views that are gone or damaged are built anew."""
        return self._views.catch_up(progress)

    @contextmanager
    def follow(self, since: int | None = None, kinds: Collection[str] = ()) -> Iterator[Follower]:
        """Each entry after a position (None: that of now), as it is recorded; only of these kinds, if any are named."""
        with self._recorder.database.watching() as wait:
            yield Follower(self._recorder, wait, since, kinds)

    @contextmanager
    def keep(self, sign_every: float) -> Iterator[Keeper]:
        """Who keeps the views in step with the log, and signs where appends are not signed and there is a key."""
        with self._recorder.database.watching() as wait:
            yield Keeper(self._recorder, self.catch_up, wait, sign_every if self.notary.signs else None)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Throw the views away and build them from the log; the position reached."""
        return self._views.rebuild(progress)

    def verify(self, outside: Outside | None = None, progress: Callable[[int, int], None] | None = None) -> Report:
        """Check the record, hold it against what is remembered outside, and the views against a rebuild."""
        known = Outside() if outside is None else outside
        if self._keys is not None:
            known = known.with_keys(self._keys, self.origin)
        return verify(self._recorder, self._views.log, self._views.projector, known, progress)

    def back_up(self, file: Path, progress: Callable[[int, int], None] | None = None) -> int:
        """Copies the record to a new file while others may go on writing, and verifies the copy; its last position.

        Raises Refused "store.exists", Damaged "backup.damaged".
        """
        return back_up(self._recorder.database, file, progress)

    def put_back(self, export: Path) -> tuple[int, int]:
        """Adds what the ledger has lost, from its own export: (last position before, and now). See `restoring`."""
        return put_back(self._recorder, self._own_keys(), export)

    def begin_anew(self, by: str, reason: str, *, recorded_by: str | None = None) -> str:
        """Goes on under a new name, since the end of the log is lost; the name. See `restoring`."""
        return begin_anew(self._recorder, self._own_keys(), self.begin, by, recorded_by or by, reason)

    def given_out(self, which: bytes | int | None, known_at: datetime | int | None) -> tuple[Checkpoint, datetime]:
        """A checkpoint that was given out, see `fixing`, and when the last entry that it fixes was recorded."""
        found = given_out(self._recorder, which, self._known(known_at))
        last = self._recorder.at(found.size)
        return found, self.now() if last is None else last.recorded_at

    def _own_keys(self) -> Keys:
        if self._keys is None:
            message = "a ledger that is opened without keys cannot be continued"
            raise ValueError(message)
        return self._keys

    def clock_behind(self) -> timedelta:
        """How far the clock here is behind the last entry. Until it has caught up, all is recorded at that one time."""
        last = self._recorder.head().recorded_at
        return timedelta() if last is None else max(timedelta(), last - self._clock())

    def stats(self) -> dict[str, object]:
        """What there is of what, and what to keep watch on.

        `views_lag` entries had not reached the views when this was asked, `unsigned` came after the last checkpoint
        that was signed, `unanchored` after the last one that was given out, which is of `checkpoint_size` entries, the
        last of them recorded at `checkpoint_at`. `clock_behind` is in seconds.
        """
        head = self._recorder.head()
        position = self._views.position()
        with self.ask(counted, None, None) as answer:
            counts = answer.value
        fixed, at = None, None
        with suppress(NotFound):
            checkpoint, at = self.given_out(None, head.position)
            fixed = checkpoint.size
        return {
            "origin": self.origin,
            "events": head.position,
            "last_recorded_at": head.recorded_at,
            "clock_behind": round(self.clock_behind().total_seconds()),
            "views_lag": head.position - position,
            **counts,
            "record_bytes": self._recorder.database.bytes_used(),
            "views_bytes": self._views.bytes_used(),
            "unsigned": max(0, head.position - last_signed(self._recorder)),
            "checkpoint_size": fixed,
            "checkpoint_at": at,
            "unanchored": head.position - (fixed or 0),
        }

    def _known(self, known_at: datetime | int | None) -> int:
        head = self.head()
        if known_at is None:
            return head
        if isinstance(known_at, datetime):
            return self._recorder.position_at(known_at)
        if not 0 <= known_at <= head:
            raise NotFound(
                "position.beyond",
                "There is no position {position}; the log ends at {head}.",
                position=known_at,
                head=head,
            )
        return known_at
