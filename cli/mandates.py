"""The terms of a mandate, as an offer and a change of one say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from cli.completion import live
from cli.days import DAY
from cli.errors import Usage
from cli.naming import PATTERN
from cli.recording import day_edge
from cli.values import AMOUNT
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS: Final = ("tell", "sell", "consult", "agree", "advise", "inquire", "delegate")
_NUMBERS: Final = tuple("1234567")


class Level(click.ParamType[int]):
    """A level from 1 to 7, by its number or its name."""

    name = "1..7"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        del param, ctx
        text = str(value).lower()
        if text in LEVELS:
            return LEVELS.index(text) + 1
        if text in _NUMBERS:
            return _NUMBERS.index(text) + 1
        named = ", ".join(f"{number} {name}" for number, name in enumerate(LEVELS, 1))
        hints = (_("The levels are {levels}.").format(levels=named),)
        raise Usage("level.unknown", later("{text} is no level."), hints=hints, text=value)


class LevelFor(click.ParamType[tuple[str, int]]):
    """A level for one decision type, written TYPE=N."""

    name = "TYPE=N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        pattern, equals, level = str(value).partition("=")
        if not equals:
            raise Usage("level.for_what", later("{text} names no type; write TYPE=N, as in hire/*=3."), text=value)
        return pattern, LEVEL.convert(level, param, ctx)


LEVEL: Final = Level()


def terms(body: Callable[..., Any]) -> Callable[..., Any]:
    """The dimensions of a mandate; what is left out is the parent's."""
    options = (
        click.option(
            "--types",
            multiple=True,
            type=PATTERN,
            metavar="TYPE",
            shell_complete=live("type"),
            help=_("Which decisions; repeat for more."),
        ),
        click.option("--amount", type=AMOUNT, help=_("The limit of one decision.")),
        click.option("--amount-per-year", type=AMOUNT, help=_("The limit of all decisions in a calendar year.")),
        click.option("--scope", multiple=True, metavar="LABEL", help=_("Where: a unit, a place; repeat for more.")),
        click.option("--two-way-only/--one-way-too", default=None, help=_("Only what can be undone, or the rest too.")),
        click.option("--further", type=click.IntRange(0, 99), help=_("How many steps it may be delegated on.")),
        click.option("--until", type=DAY, help=_("The day it ends.")),
        click.option(
            "--level",
            type=LEVEL,
            help=_("1 tell, 2 sell, 3 consult, 4 agree, 5 advise, 6 inquire, 7 delegate."),
        ),
        click.option(
            "--level-for",
            "levels",
            multiple=True,
            type=LevelFor(),
            help=_("Another level for some types; repeat for more."),
        ),
        click.option(
            "--condition",
            "conditions",
            multiple=True,
            metavar="KIND:HANDLE",
            help=_(
                "consult:, consent: or report: and whom, /DAYS after it for a limit, +AMOUNT for more than that only; repeat for more."
            ),
        ),
    )
    for option in reversed(options):
        body = option(body)
    return body


def mandate(fields: dict[str, Any]) -> dict[str, object]:
    """The terms as a command takes them."""
    return {**fields, "until": day_edge(fields["until"]), "levels": dict(fields["levels"]) or None}
