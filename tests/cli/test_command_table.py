"""The table of commands: what the help shows, what is suggested, what lies behind each row."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import click
import pytest

from cli.groups import LazyGroup
from cli.main import root
from cli.table import SECTIONS, TABLE, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Say = Callable[..., Result]


def written(row: Row) -> bool:
    return not row.target or find_spec(row.target.partition(":")[0]) is not None


def test_the_help_shows_each_section_with_an_example_and_every_command(say: Say) -> None:
    shown = say("--help").stdout
    at = [shown.index(f"\n{section.title}:\n") for section in SECTIONS]
    assert at == sorted(at)
    for section in SECTIONS:
        assert section.example in " ".join(shown.split())
    for row in TABLE:
        if not row.within:
            assert f"\n  {row.name} " in shown


def test_a_group_inside_a_group_lists_its_commands(say: Say) -> None:
    shown = say("member", "--help").stdout
    assert "Usage: tillit member" in shown
    assert [name for name in ("add", "join", "part", "leave", "return") if f"\n  {name} " in shown] == [
        "add", "join", "part", "leave", "return",
    ]  # fmt: skip


def test_a_mistyped_command_is_met_with_the_nearest(say: Say) -> None:
    result = say("who-own")
    assert result.exit_code == 2
    assert "who-owns" in result.stderr
    assert result.stdout == ""
    assert "add" in say("member", "ad").stderr


def test_names_stand_once_and_inside_a_group_that_exists() -> None:
    names = [row.name for row in TABLE]
    assert len(names) == len(set(names))
    groups = {row.name for row in TABLE if not row.target}
    assert {row.within for row in TABLE} - {""} == groups


def test_looking_at_the_names_loads_no_command() -> None:
    group = LazyGroup("tillit", within="", help="")
    assert "offer" in group.commands
    assert len(group.commands) == len(list(group.commands))
    assert "offer" not in group.listed._loaded


@pytest.mark.parametrize("row", [row for row in TABLE if written(row)], ids=lambda row: row.name)
def test_every_command_that_is_written_has_help_and_an_explained_option(say: Say, row: Row) -> None:
    result = say(*row.name.split(), "--help")
    assert result.exit_code == 0, result.stderr
    command = root
    for word in row.name.split():
        command = command.commands[word]  # type: ignore[assignment]
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option)), row.name


def test_every_row_of_the_table_is_written() -> None:
    assert [row.name for row in TABLE if not written(row)] == []
