"""Every way out of a command: runs it, and turns what went wrong into one sentence and one exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, cast

import click

from cli import show
from cli.escape import json_safe, shown
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ledger.errors import LedgerError

PROGRAM: Final = "tillit"
DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
OUR_BUG: Final = 70
_LEDGER_EXITS: Final = {
    "Malformed": USAGE,
    "Refused": REFUSED,
    "NotFound": 3,
    "Damaged": 4,
    "Conflict": 5,
    "Unavailable": REFUSED,
}
_USAGE_CODES: Final[tuple[tuple[type[click.ClickException], str], ...]] = (
    (click.NoSuchOption, "usage.no_such_option"),
    (click.exceptions.NoSuchCommand, "usage.no_such_command"),
    (click.exceptions.NoArgsIsHelpError, "usage.no_command"),
    (click.MissingParameter, "usage.missing"),
    (click.BadParameter, "usage.bad_value"),
    (click.BadOptionUsage, "usage.bad_option"),
    (click.BadArgumentUsage, "usage.bad_argument"),
    (click.FileError, "usage.file"),
)
# What an example answers: something is missing, or too much. (click has no class of its own for words too many.)
_INCOMPLETE: Final = (click.MissingParameter, click.UsageError)


class Usage(click.BadParameter):
    """Words that make no command, found on this side of the front door; raised in an option, it names the option."""

    exit_code: ClassVar[int] = USAGE

    def __init__(self, code: str, template: str, /, *, hints: tuple[str, ...] = (), **facts: object) -> None:
        super().__init__(sentence(template, facts))
        self.code = code
        self.hints = hints

    def format_message(self) -> str:
        return super().format_message() if self.param or self.param_hint else self.message


class Problem(NamedTuple):
    """What is told of an error."""

    code: str
    message: str
    hints: tuple[str, ...]
    exit_code: int


def sentence(template: str, facts: Mapping[str, object]) -> str:
    """The template in the reader's language with the facts filled in, on one line and safe to show."""
    try:
        return shown(_(template).format(**facts))
    except (LookupError, ValueError, AttributeError):
        # A slip in a translation must not hide what went wrong.
        return shown(f"{template} {dict(facts)}")


def nearest(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that `word` may have been meant for, nearest first."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a slip of the pen needs it

    return tuple(get_close_matches(word, list(names)))


def run(command: click.Command, arguments: Sequence[str], **settings: Any) -> int:
    """Runs the command and gives its exit code: the integer that it returns, 0 where it returns none."""
    # Looked for in the words themselves: a usage error comes before any option has a value.
    words = list(arguments)
    said = set(words[: words.index("--")] if "--" in words else words)
    code = DONE
    try:
        try:
            with command.make_context(PROGRAM, list(words), **settings) as context:
                result = command.invoke(context)
            code = result if type(result) is int else DONE
            show.flush()
        except click.exceptions.Exit as leaving:
            code = leaving.exit_code
        except BrokenPipeError:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - this is the one door
            problem = problem_of(error)
            code = problem.exit_code
            _tell(problem, error, as_json="--json" in said, debug="--debug" in said)
    except BrokenPipeError:
        # Whoever read us has seen enough.
        pass
    show.let_go()
    return code


def problem_of(error: BaseException) -> Problem:
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Problem("aborted", _("Aborted."), (), REFUSED)
    if isinstance(error, click.ClickException):
        return _of_click(error)
    # Whoever raised a ledger error has imported its module; importing it here would only slow the other cases.
    ledger_errors = sys.modules.get("ledger.errors")
    if ledger_errors and isinstance(error, ledger_errors.LedgerError):
        error = cast("LedgerError", error)
        exits = (_LEDGER_EXITS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _LEDGER_EXITS)
        hints = tuple(_(hint) for hint in error.hints)
        return Problem(error.code, sentence(error.template, error.facts), hints, next(exits, OUR_BUG))
    if isinstance(error, UnicodeEncodeError):
        # Only the words of the command can hold a byte that is no character: the shell hands them over as they are.
        facts = {"what": error.object[error.start : error.end]}
        return Problem("text.not_utf8", sentence(later("A word holds what is not UTF-8: {what}."), facts), (), USAGE)
    if isinstance(error, OSError) and error.strerror:
        facts = {"what": error.strerror, "path": error.filename or "-"}
        return Problem("system.failed", sentence(later("The system said: {what} ({path})."), facts), (), REFUSED)
    return Problem(
        "bug",
        sentence(later("Something is wrong in tillit itself ({name})."), {"name": type(error).__name__}),
        (_("Say it again with --debug to see where, and please report it."),),
        OUR_BUG,
    )


def _of_click(error: click.ClickException) -> Problem:
    hints: tuple[str, ...] = ()
    if isinstance(error, Usage):
        code, hints = error.code, error.hints
    else:
        code = next((code for kind, code in _USAGE_CODES if isinstance(error, kind)), "usage.malformed")
    context = error.ctx if isinstance(error, click.UsageError) else None
    # click sets choices on lines of their own.
    message = " ".join(error.format_message().split())
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        message = _("Say what to do: a command is missing.")
    if context is not None:
        if type(error) in _INCOMPLETE and (example := _example(context.command)):
            hints = (*hints, _("as in: {example}").format(example=example))
        if type(error) is click.UsageError and not isinstance(context.command, click.Group):
            hints = (_("Words that belong together stand in quotes."), *hints)
        hints = (*hints, _("{command} --help tells more.").format(command=context.command_path))
    return Problem(code, shown(message), hints, USAGE)


def _example(command: click.Command) -> str | None:
    """The first line of the help that could be copied."""
    lines = (line.strip() for line in (command.help or "").splitlines())
    return next((line for line in lines if line.startswith(f"{PROGRAM} ")), None)


def _tell(problem: Problem, error: BaseException, *, as_json: bool, debug: bool) -> None:
    origin = ""
    if debug and not isinstance(error, click.ClickException):
        from traceback import format_exception  # noqa: PLC0415 - only --debug needs it

        origin = "".join(format_exception(error))
    if as_json:
        import json  # noqa: PLC0415 - only --json needs it

        told = {"code": problem.code, "message": problem.message, "hint": "; ".join(problem.hints) or None}
        answer = {"error": told | ({"traceback": origin} if origin else {})}
        show.say(json_safe(json.dumps(answer, ensure_ascii=False)))
        return
    if origin:
        show.say(origin.rstrip())
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        show.say(error.format_message())
    elif problem.code == "aborted":
        # The terminal has echoed ^C: what comes next begins a line of its own.
        show.say("")
    else:
        show.say(_("Error: {message}").format(message=problem.message))
        for hint in problem.hints:
            show.say(f"  {shown(hint)}")
