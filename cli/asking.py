"""From the words of an asking command to the ledger's answer."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from cli.show import say
from cli.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.call import Asking
    from ledger import Answer, View

P = ParamSpec("P")
T = TypeVar("T")

_FOR_ANYBODY: ContextVar[bool] = ContextVar("for_anybody", default=False)


@contextmanager
def ask(
    asking: Asking, question: Callable[Concatenate[View, P], T], *args: P.args, **kwargs: P.kwargs
) -> Iterator[Answer[T]]:
    """The answer of the ledger that is meant, as of and as known at what was said; rows come while it is open."""
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(asking.place()) as ledger:
        ledger.reader = None if _FOR_ANYBODY.get() else asking.me_if_known()
        ledger.texts_apart = _FOR_ANYBODY.get()
        with ledger.ask(question, asking.as_of, asking.known_at, *args, **kwargs) as answer:
            if answer.behind:
                say(_behind(answer.known, answer.behind))
            yield answer


def _behind(known: int, behind: int) -> str:
    return plural(
        "As of position {known}: {behind} later entry has not reached the views here yet.",
        "As of position {known}: {behind} later entries have not reached the views here yet.",
        behind,
    ).format(known=known, behind=behind)


@contextmanager
def for_anybody() -> Iterator[None]:
    """Whatever is asked in here is asked by nobody and holds no private text: who will read it is not known."""
    token = _FOR_ANYBODY.set(True)
    try:
        yield
    finally:
        _FOR_ANYBODY.reset(token)
