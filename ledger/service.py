"""The ledger as a whole: tell it what happened, ask it what is so, and have it proved."""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, Self, TypeVar, cast

from ledger.anchoring import Outside
from ledger.asking.counts import counted
from ledger.asking.view import Reader, View
from ledger.commands import command
from ledger.commands.ledger import Found
from ledger.errors import Conflict, Damaged, NotFound, Refused, Unavailable
from ledger.finding import Finder
from ledger.fixing import given_out, last_signed
from ledger.following import Follower, Keeper
from ledger.notary import Notary
from ledger.projections import PROJECTIONS
from ledger.projections.projector import Projector, again
from ledger.restoring import begin_anew, put_back
from ledger.store import back_up, copy, create_record, mapper, open_record
from ledger.telling import Desk, Told
from ledger.verifying import Report, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import Connection

    from ledger.commands import Command
    from ledger.commitments import Disclosure
    from ledger.events import Recorded
    from ledger.signing import Keys
    from ledger.store import Leaf, Recorder
    from ledger.transparency.checkpoints import Checkpoint

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3
_ONLY_READ = frozenset({"store.standby", "store.no_right"})
"""Why views cannot be written by whoever may still read them."""


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


class Ledger:
    """One ledger. Not for several threads; any number of processes may have the same one open."""

    def __init__(self, recorder: Recorder, clock: Callable[[], datetime], keys: Keys | None = None) -> None:
        self.notary = Notary(recorder, keys)
        self._recorder = recorder
        self._keys = keys
        self._clock = clock
        self._log = LogReader(recorder)
        self._views = recorder.database.views()
        outline = LogReader(recorder, mapper.outlined)
        self._projector = Projector(PROJECTIONS, outline, self._reading, self._writing)
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
                if not told.again:
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
            self._desk = Desk(self._recorder, self._clock, Finder(self._projector))
        else:
            self._desk.refresh()
        return self._desk

    @contextmanager
    def ask(
        self,
        question: Callable[Concatenate[View, P], T],
        as_of: datetime | None,
        known_at: datetime | int | None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Iterator[Answer[T]]:
        """Answer a question as of a moment (None: now), as known at an instant or position (None: now).

        Rows come while the answer is open: read them inside the `with`. Views that turn out to be damaged are built
        anew, and the question is asked again; Unavailable where rows had been read already.
        """
        now = self.now()
        at = as_of or now
        reader = None if self.reader is None else Reader(self.reader, now, self.head())
        wanted = self._known(known_at)
        known = wanted

        def begin() -> T:
            nonlocal known
            # Left at once where anything goes wrong, which says what it was.
            with ExitStack() as opened:
                connection = opened.enter_context(self._reading())
                known = min(wanted, self._projector.reached(connection))
                if known < wanted:
                    opened.close()
                    known = min(wanted, self._caught_up())
                    connection = opened.enter_context(self._projector.state(known))
                value = question(View(connection, self._log, at, known, reader, self.texts_apart), *args, **kwargs)
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
                yield Answer(value, at, known, wanted - known)
            except Damaged as damaged:
                stack.close()
                self._renew(damaged)
                raise Unavailable(
                    "views.renewed", "The views were damaged and are thrown away; ask again, and they are built anew."
                ) from damaged

    def _caught_up(self) -> int:
        """Up to where the views are in step, after an attempt to bring them there."""
        try:
            return self._projector.catch_up()
        except Unavailable as refused:
            if refused.code not in _ONLY_READ:
                raise
            return self._projector.position()

    def _renew(self, damaged: Damaged) -> None:
        """Throw the views away where it is they that are damaged; else it is the record, and that is said."""
        if damaged.facts.get("file") != self._views.name:
            raise damaged
        self._views.close()
        self._views = self._recorder.database.views(anew=True)

    def now(self) -> datetime:
        """The present, which is never before the last entry was recorded."""
        now, last = self._clock(), self._recorder.head().recorded_at
        return now if last is None else max(now, last)

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the views up to the log; the position reached. Views that are gone or damaged are built anew."""
        if self._views.replaced():
            self._views.close()
            self._views = self._recorder.database.views()
        try:
            return self._projector.catch_up(progress)
        except Damaged as damaged:
            self._renew(damaged)
            return self._projector.catch_up(progress)

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
        try:
            return self._projector.rebuild(progress)
        except Damaged as damaged:
            self._renew(damaged)
            return self._projector.rebuild(progress)

    def verify(self, outside: Outside | None = None, progress: Callable[[int, int], None] | None = None) -> Report:
        """Check the record, hold it against what is remembered outside, and the views against a rebuild."""
        known = Outside() if outside is None else outside
        if self._keys is not None:
            known = known.with_keys(self._keys, self.origin)
        return verify(self._recorder, self._log, self._projector, known, progress)

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
        position = 0
        with suppress(Damaged):
            position = self._projector.position()
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

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._views.reading()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._views.writing()

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


def _begun(value: T) -> T:
    """The answer, with its first row read where it is rows: what cannot be read shows before anybody has seen any."""
    if not isinstance(value, Generator):
        return value
    first = next(value, _NOTHING)
    return cast("T", iter(()) if first is _NOTHING else chain((first,), value))


_NOTHING = object()


def open_ledger(
    place: str | Path, clock: Callable[[], datetime] | None = None, keys: Keys | None = None, *, sign: bool = True
) -> Ledger:
    """The ledger in that file. With `keys`, what is recorded is signed by its key there, if `sign` is true.

    Raises NotFound, Damaged or Unavailable where it cannot be opened, Refused "key.exposed".
    """
    used = clock or _now
    recorder = open_record(place, used)
    if keys is not None:
        try:
            recorder.sealer = keys.signer(recorder.origin, signs=sign)
        except BaseException:
            recorder.close()
            raise
    return Ledger(recorder, used, keys)


def create_ledger(
    place: str | Path,
    name: str,
    founders: Sequence[str],
    *,
    profile: str = "tillit",
    terms: Mapping[str, object] | None = None,
    on: datetime | None = None,
    recorded_by: str | None = None,
    clock: Callable[[], datetime] | None = None,
    keys: Keys | None = None,
) -> Ledger:
    """Found a ledger in a new file, with a key of its own in `keys`; `terms` are what only some profiles ask for.

    Raises Refused where the words or the place will not do, Unavailable "key.folder", and leaves nothing.
    """
    used = clock or _now
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "ledger"
    origin = f"tillit/{slug[:40]}-{secrets.token_hex(4)}"
    said: dict[str, object] = {"do": Found.do, "name": name, "founders": list(founders), "profile": profile, "on": on}
    said |= terms or {}
    founding = command({**said, "by": founders[0] if founders else "", "origin": origin})
    try:
        recorder = create_record(place, origin, used)
    except Refused as refused:
        # A founding that was cut short left an empty record, which is nobody's: it is taken up again.
        recorder = open_record(place, used)
        if refused.code != "store.exists" or recorder.head().position:
            recorder.close()
            raise
        founding = founding.model_copy(update={"origin": recorder.origin})
    ledger = Ledger(recorder, used, keys)
    try:
        if keys is not None:
            if not keys.verifiers(recorder.origin):
                keys.create(recorder.origin)
            recorder.sealer = keys.signer(recorder.origin)
        ledger.tell(founding, recorded_by=recorded_by)
    except BaseException:
        ledger.close()
        if keys is not None:
            keys.forget(recorder.origin)
        raise
    return ledger


def _now() -> datetime:
    return datetime.now(UTC)
