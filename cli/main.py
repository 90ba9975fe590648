"""The command `tillit`: its root, which knows every command's name and imports only the one that is called."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from cli import __version__
from cli.errors import PROGRAM, run
from cli.groups import LazyGroup
from cli.table import SECTIONS
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPLETE_VARIABLE = "_TILLIT_COMPLETE"


class Root(LazyGroup):
    """All commands in the sections of the table; every error leaves by one door."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT002
        windows_expand_args: bool = True,  # noqa: FBT002
        **extra: Any,
    ) -> Any:
        """Runs and exits, as click's does; a completing shell is answered by click itself."""
        if os.environ.get(COMPLETE_VARIABLE) or not standalone_mode:
            name, variable = prog_name or PROGRAM, complete_var or COMPLETE_VARIABLE
            extra["windows_expand_args"] = windows_expand_args
            return super().main(args, name, variable, standalone_mode=False, **extra)
        sys.exit(run(self, sys.argv[1:] if args is None else args, **extra))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        width = max(len(name) for name in self.listed)
        for section in SECTIONS:
            names = [name for name in self.listed if self.listed.section(name) is section]
            with formatter.section(_(section.title)):
                formatter.write_text(_("For example: {command}").format(command=section.example))
                formatter.write_dl([(name.ljust(width), self.listed.line(name)) for name in names])


root = Root(
    PROGRAM,
    within="",
    help=_(
        "Tillit keeps who answers for what, who decided it, and why that was theirs to decide.\n\n\b\n"
        "To begin:    tillit init 'Norra skolan' --founder eva\n"
        "To look on:  tillit demo\n"
        "Each command has an example:  tillit decide --help"
    ),
)
root.context_settings = {"help_option_names": ["-h", "--help"]}
click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")(root)


def main() -> None:
    root.main()


if __name__ == "__main__":
    main()
