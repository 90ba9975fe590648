"""What a command must know before it records: which id a name means, and what is certain without being said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cli.call import Call
    from ledger import View

DECISION: Final = re.compile(r"D-[0-9a-z]*")
P = ParamSpec("P")
T = TypeVar("T")


def look_up(
    call: Call, at: datetime | None, question: Callable[Concatenate[View, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What the ledger answers of that moment, or of now; for answers that do not come row by row."""
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place()) as ledger, ledger.ask(question, at, None, *args, **kwargs) as answer:
        return answer.value


def decision_id(call: Call, name: str) -> str:
    """The id of the only decision that begins so, or has that official number. Raises NotFound."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    return look_up(call, None, questions.decision_id, name)


def goal_id(call: Call, name: str) -> str:
    """The id of the only goal that begins so. Raises NotFound."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    return look_up(call, None, questions.goal_id, name)


def feedback_id(call: Call, name: str) -> str:
    """The id of the only feedback that begins so. Raises NotFound."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    return look_up(call, None, questions.feedback_id, name)


def stream_of(call: Call, name: str) -> str:
    """The stream that a name means: a code, a handle, or the beginning of an id. Raises NotFound."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    return look_up(call, None, questions.subject_id, name)


def on_the_table(call: Call, decision: str, at: datetime | None = None) -> dict[str, Any]:
    """The matter as it reads: `decision`, `title`, `version`, `process`, `options`, `consenters`, `waits`.

    `waits` is what it waits for at that moment, or now.
    """
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    return look_up(call, at, questions.on_the_table, decision)
