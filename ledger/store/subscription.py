"""Following the log as it grows, whichever process adds to it."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ledger.store.recorder import Recorder

_SECONDS: Final = 0.1  # until a subscription that nothing happens to sees that it was stopped


class LogSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """Notifications after `gt`, first those that are there and then each new one, until it is stopped."""

    def __init__(self, recorder: Recorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        self._stopped = Event()
        self._open = ExitStack()
        # Begun before the first pull: what is written between the two would otherwise wake nobody.
        wait = self._open.enter_context(recorder.database.watching())
        super().__init__(recorder, gt, topics)
        self._watch_thread = Thread(target=self._watch, args=(wait,), daemon=True)
        self._watch_thread.start()

    def stop(self) -> None:
        self._stopped.set()
        super().stop()

    def _watch(self, wait: Callable[[float], bool]) -> None:
        with self._open:
            try:
                while not self._stopped.is_set():
                    if wait(_SECONDS):
                        self._has_been_notified.set()
            except Exception as error:  # noqa: BLE001 - whatever it is, the reader must hear of it, not this thread
                self._thread_error = error
                self.stop()
