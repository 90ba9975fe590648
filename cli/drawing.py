"""Rows drawn on a terminal: as a table where it fits with its words whole, else each row in lines of its own."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Columns = Mapping[str, Sequence[str]]
    """The heading and the cells of each column, by its name."""

_BETWEEN: Final = 3


def draw(headings: Mapping[str, str], rows: Sequence[Sequence[str]]) -> None:
    """Draws the rows, whose cells are safe to show, no wider than the terminal is. `headings` are by column."""
    screen = shutil.get_terminal_size().columns
    columns = {name: [headings[name], *(row[number] for row in rows)] for number, name in enumerate(headings)}
    paper = io.StringIO()
    console = Console(
        file=paper,
        width=screen,
        force_terminal=show.coloured(),
        color_system="standard" if show.coloured() else None,
        no_color=not show.coloured(),
        highlight=False,
        legacy_windows=False,
    )
    table = _table(columns, screen) or _table(_that_say_something(columns), screen)
    if table is not None:
        console.print(table)
    else:
        for row in rows:
            for line in _lines(list(headings.values()), row, screen):
                console.print(line, overflow="fold")
            console.print()
    show.drawn(paper.getvalue())


def _that_say_something(columns: Columns) -> Columns:
    """Without the columns that are empty, and the id of what is known by its code."""
    kept = {name: column for name, column in columns.items() if any(column[1:])}
    return {name: column for name, column in kept.items() if name != "responsibility" or "code" not in kept}


def _table(columns: Columns, screen: int) -> Table | None:
    """The table, if every word fits whole into its column."""
    room = screen - _BETWEEN * len(columns)
    natural = [max(map(cell_len, column)) for column in columns.values()]
    least = [max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in columns.values()]
    if sum(least) > room:
        return None
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    # Text, not str: rich would read [brackets] in a plain string as markup.
    for (heading, *_cells), width in zip(columns.values(), _widths(natural, least, room), strict=True):
        table.add_column(Text(heading), width=width, overflow="fold")
    for row in zip(*(column[1:] for column in columns.values()), strict=True):
        table.add_row(*map(Text, row))
    return table


def _widths(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that fit together: of the columns that can be narrower, the widest gives way first."""
    widths = list(natural)
    for _step in range(sum(natural) - room):
        widest = max(range(len(widths)), key=lambda number: (widths[number] > least[number], widths[number]))
        widths[widest] -= 1
    return widths


def _lines(headings: Sequence[str], row: Sequence[str], screen: int) -> list[Text]:
    """What is said in a row, each with its heading, as many on a line as fit."""
    lines: list[Text] = []
    for heading, cell in zip(headings, row, strict=True):
        if not cell:
            continue
        said = Text.assemble((heading, "bold"), " ", cell)
        if lines and lines[-1].cell_len + _BETWEEN + said.cell_len <= screen:
            lines[-1].append(" " * _BETWEEN).append_text(said)
        else:
            lines.append(said)
    return lines
