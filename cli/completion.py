"""What a shell may offer to complete: the script that asks, and the live values that answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import click

from cli.call import Call
from cli.escape import shown
from cli.everywhere import given
from cli.options import calls
from cli.show import data
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem

Kind = Literal["code", "handle", "decision", "feedback", "goal", "id", "type"]
SHELLS: Final = ("bash", "zsh", "fish")
# The scripts of click split on commas and newlines, and bash expands what it is given.
_HARMLESS: Final = re.compile(r"[\w./:@+*-]+")


def candidates(kind: Kind, incomplete: str, ledger: str) -> Iterable[tuple[str, str]]:
    """The values of that kind in the ledger at path or URL `ledger` that begin so, each with its title."""
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a shell asks

    with open_ledger(ledger) as opened, opened.ask(questions.completions, None, None, kind, incomplete) as answer:
        return answer.value


def live(kind: Kind) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]:
    """A `shell_complete` for an argument or option whose values live in the ledger."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        del parameter
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a completing shell needs it

        from cli.where import place  # noqa: PLC0415 - only a completing shell needs it

        try:
            found = list(candidates(kind, incomplete, place(given("ledger", context))))
        except Exception:  # noqa: BLE001 - whatever is wrong, a key press is not the moment to say it
            return []
        return [
            CompletionItem(value, help=shown(title))
            for value, title in found
            if value.startswith(incomplete) and _HARMLESS.fullmatch(value)
        ]

    return complete


@click.command(
    help=_("The script that lets your shell complete tillit.\n\n    tillit completion bash > ~/.tillit-complete")
)
@click.argument("shell", type=click.Choice(SHELLS))
@calls
def completion(call: Call, shell: str) -> None:
    del call
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only this command needs it

    from cli.errors import PROGRAM  # noqa: PLC0415
    from cli.main import COMPLETE_VARIABLE, root  # noqa: PLC0415 - the root imports this module

    kind = get_completion_class(shell)
    if kind is not None:
        data(kind(root, {}, PROGRAM, COMPLETE_VARIABLE).source().rstrip())
