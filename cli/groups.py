"""Groups whose commands are read from the table and imported one at a time, when called for."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING

import click

from cli.everywhere import everywhere
from cli.table import SECTIONS, TABLE, Row, Section
from cli.words import _

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Commands(MutableMapping[str, click.Command]):
    """The commands of one group by name. Looking at the names imports nothing; taking one imports that one.

    click's "did you mean", completion and man pages all read `Group.commands`: that is why the mapping is lazy,
    and not only `Group.get_command`.
    """

    def __init__(self, within: str) -> None:
        self._rows = {row.word: row for row in TABLE if row.within == within}
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            self._loaded[name] = _load(self._rows[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._rows
        yield from (name for name in self._loaded if name not in self._rows)

    def __len__(self) -> int:
        return len(self._rows.keys() | self._loaded.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._rows or name in self._loaded

    def line(self, name: str) -> str:
        """The one line that says what the command does."""
        return _(self._rows[name].help) if name in self._rows else self._loaded[name].get_short_help_str()

    def section(self, name: str) -> Section:
        return self._rows[name].section if name in self._rows else SECTIONS[-1]


class LazyGroup(click.Group):
    """A group of the rows that stand `within` a name of the table; within "" are the commands themselves."""

    def __init__(self, name: str, *, within: str, help: str) -> None:  # noqa: A002 - as click names it
        self.listed = Commands(within)
        super().__init__(name, self.listed, help=help, params=list(everywhere(below=bool(within))))

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.listed)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        hyphened = "-".join(args[:2])
        if args[0] not in self.listed and hyphened in self.listed:
            raise click.exceptions.NoSuchCommand(" ".join(args[:2]), possibilities=[hyphened], ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, self.listed.line(name)) for name in self.listed])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a completing shell needs it

        names = [name for name in self.listed if name.startswith(incomplete)]
        # click.Group would import every command for its line; click.Command adds the options.
        return [
            *(CompletionItem(name, help=self.listed.line(name)) for name in names),
            *super(click.Group, self).shell_complete(ctx, incomplete),
        ]


def _load(row: Row) -> click.Command:
    if not row.target:
        return LazyGroup(row.word, within=row.name, help=_copied(f"{_(row.help)}\n\n    {row.example}"))
    module, _colon, attribute = row.target.partition(":")
    command: object = getattr(import_module(module), attribute)
    if not isinstance(command, click.Command):
        message = f"{row.target} is not a click command"
        raise TypeError(message)
    command.help = _copied(_(command.help or row.help))
    return command


def _copied(text: str) -> str:
    """The help text with its examples kept as they are, each on one line, so that they can be copied."""
    # click joins and wraps the lines of a paragraph that does not begin with \b.
    return re.sub(r"\n\n(?=    )", "\n\n\b\n", text).replace("\n    ", "\n  ")
