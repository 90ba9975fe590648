"""What can be told to a ledger: every command, by its name."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ledger.commands import decision, feedback, goal, ledger, member, proposal, responsibility
from ledger.commands.base import Command
from ledger.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

COMMANDS: dict[str, type[Command]] = {
    each.do: each
    for module in (ledger, member, goal, responsibility, decision, proposal, feedback)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Command) and "do" in vars(each)
}


def command(fields: Mapping[str, object]) -> Command:
    """The command that `do` names, of the other fields. Raises Malformed with a sentence for each that will not do."""
    rest = dict(fields)
    do = rest.pop("do", None)
    kind = COMMANDS.get(do) if isinstance(do, str) else None
    if kind is None:
        near = difflib.get_close_matches(str(do), COMMANDS, n=1)
        hints = tuple(f"did you mean {each}?" for each in near)
        raise Malformed("command.unknown", "There is no command {do}.", hints=hints, do=repr(do)[:60])
    try:
        return kind.model_validate(rest)
    except ValidationError as error:
        sentences = (_sentence(kind, each) for each in error.errors(include_url=False))
        raise Malformed("command.malformed", "{problems}.", problems="; ".join(sentences)) from None


def _sentence(kind: type[Command], error: ErrorDetails) -> str:
    """What is wrong with one field, for people."""
    # Which of several it is, the value itself says.
    field = ".".join(part for part in error["loc"] if isinstance(part, str)) or kind.do
    problem = str(error.get("ctx", {}).get("error", error["msg"]))
    match error["type"]:
        case "missing":
            return f"{field} is missing"
        case "extra_forbidden":
            known = sorted(str(info.validation_alias or name) for name, info in kind.model_fields.items())
            near = difflib.get_close_matches(field, known, n=1)
            return f"{kind.do} has no field {field}, but {near[0] if near else ', '.join(known)}"
        case "value_error" if problem.startswith(("is ", "holds ")):
            return f"{field} {problem}"
        case _:
            return f"{field}: {problem}"


__all__ = ["COMMANDS", "Command", "command"]
