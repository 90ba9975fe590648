"""Recording what a responsibility is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from cli.completion import live
from cli.goals import goal_names
from cli.naming import CODE, PATTERN
from cli.options import writes
from cli.recording import Said, record, said_of
from cli.values import TEXT
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cli.call import Writing
    from ledger import Told

_DESCRIPTIONS = (
    ("purpose", _("Why it exists.")),
    ("effort", _("What it takes.")),
    ("legal-basis", _("Law, chapter and section.")),
    ("report-rule", _("To whom its decisions are reported, and how.")),
)
_LISTS = (
    ("decides", "TYPE", _("A decision type that belongs to it, as in purchase/*; repeat for more.")),
    ("reserve", "TYPE", _("A decision type that is never delegated below it; repeat for more.")),
    ("duties", "TEXT", _("What must be taken care of; repeat for more.")),
    ("goals", "TEXT", _("A goal it serves; repeat for more.")),
    ("competences", "LABEL", _("A competence it takes; repeat for more.")),
)


def _described(body: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what a responsibility is."""
    for name, text in reversed(_DESCRIPTIONS):
        body = click.option(f"--{name}", type=TEXT, help=text)(body)
    for name, metavar, text in reversed(_LISTS):
        kind = PATTERN if metavar == "TYPE" else None
        body = click.option(f"--{name}", multiple=True, type=kind, metavar=metavar, help=text)(body)
    return body


@click.command(help=_("Define a responsibility.\n\n    tillit define norr --title 'Drift norr' --decides 'purchase/*'"))
@click.argument("code", type=CODE)
@click.option("--title", required=True, type=TEXT, help=_("What it is called."))
@click.option(
    "--parent", shell_complete=live("code"), metavar="CODE", help=_("What it lies under; the root if not said.")
)
@_described
@writes()
def define(writing: Writing, code: str, **fields: object) -> None:
    sentence = _("{code} is defined under {parent}.").format(code=code, parent=fields["parent"] or "root")
    fields["goals"] = goal_names(writing, cast("tuple[str, ...]", fields["goals"]))
    record(writing, "define", {"code": code, **fields}, said_of(code, sentence, f"tillit offer {code} --to HANDLE"))


@click.command(help=_("Say anew what a responsibility is.\n\n    tillit clarify norr --title 'Drift norr och väst'"))
@click.argument("code", shell_complete=live("code"))
@click.option("--title", type=TEXT, help=_("What it is called."))
@_described
@writes()
def clarify(writing: Writing, code: str, **fields: object) -> None:
    fields["goals"] = goal_names(writing, cast("tuple[str, ...]", fields["goals"]))

    def answer(told: Told) -> Said:
        changes: Sequence[Any] = getattr(told.entries[0].event, "changes", ())
        changed = "; ".join(_changed(each) for each in changes)
        sentence = _("{code} is clarified: {changed}.").format(code=code, changed=changed)
        return said_of(code, sentence, changed=[each.field for each in changes])(told)

    record(writing, "clarify", {"code": code, **fields}, answer)


@click.command(help=_("Put a responsibility under another.\n\n    tillit move norr --parent drift --reason 'one unit'"))
@click.argument("code", shell_complete=live("code"))
@click.option(
    "--parent", required=True, shell_complete=live("code"), metavar="CODE", help=_("What it lies under from now on.")
)
@writes(reason="must")
def move(writing: Writing, code: str, parent: str) -> None:
    sentence = _("{code} lies under {parent}.").format(code=code, parent=parent)
    record(writing, "move", {"code": code, "parent": parent}, said_of(code, sentence))


@click.command(
    help=_("End a responsibility that nobody holds.\n\n    tillit retire norr --reason 'the unit is closed'")
)
@click.argument("code", shell_complete=live("code"))
@click.option("--passes-to", shell_complete=live("code"), metavar="CODE", help=_("What takes care of what is left."))
@writes(reason="must")
def retire(writing: Writing, code: str, passes_to: str | None) -> None:
    sentence = _("{code} is no more.").format(code=code)
    record(writing, "retire", {"code": code, "passes_to": passes_to}, said_of(code, sentence))


def _changed(change: Any) -> str:
    """What a field says now, and what a list no longer names: what is given takes the place of all before."""
    field = _(change.field.replace("_", " "))
    if not isinstance(change.after, list | tuple):
        return f"{field} {change.after}"
    told = f"{field} {', '.join(map(str, change.after)) or _('none')}"
    gone = [str(each) for each in _values(change.before) if each not in change.after]
    return told + (_(", no longer {gone}").format(gone=", ".join(gone)) if gone else "")


def _values(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
