"""The options that every command takes, before its name or after it."""

from __future__ import annotations

from typing import Final

import click

from cli.words import _

_PREFIX: Final = "tillit."


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    # `meta` is shared by a command and the groups above it: what is said after the name wins.
    if value not in {None, False}:
        context.meta[_PREFIX + str(parameter.name)] = value


def everywhere(*, below: bool) -> list[click.Option]:
    """The options; `below` the root only those show in the help that concern the command itself."""
    return [
        click.Option(
            ["--ledger"],
            metavar="PATH|URL",
            help=_("The ledger to use; else TILLIT_LEDGER, else the nearest .tillit upward from here."),
            expose_value=False,
            callback=_remember,
        ),
        click.Option(
            ["--me"],
            metavar="HANDLE",
            help=_("Who you are; else TILLIT_ME, else what `tillit config me` has set."),
            expose_value=False,
            callback=_remember,
        ),
        click.Option(
            ["--no-input"],
            is_flag=True,
            help=_("Never ask anything."),
            expose_value=False,
            callback=_remember,
            hidden=below,
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            help=_("Show where an error came from."),
            expose_value=False,
            callback=_remember,
            hidden=below,
        ),
    ]


def given(name: str, context: click.Context | None = None) -> str | None:
    """What was said for `--ledger` or `--me`, if anything."""
    context = context or click.get_current_context(silent=True)
    value = context.meta.get(_PREFIX + name) if context else None
    return value if isinstance(value, str) else None


def given_flag(name: str) -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and context.meta.get(_PREFIX + name) is True
