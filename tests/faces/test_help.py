"""The help of every command has an example that could be typed, and finding one's way needs nothing else."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from faceskit import Person, groups, loaded

from cli.main import root
from cli.table import SECTIONS, TABLE

PLACEHOLDERS = {"VKEY", "URL", "--port"}
"""What stands for a value of the reader's own, or begins what does not end by itself."""
EXAMPLE = re.compile(r"^    (tillit .*)$", re.MULTILINE)


def examples(text: str) -> list[str]:
    return EXAMPLE.findall(text)


def parsed(command: click.Command, words: list[str], parent: click.Context | None = None) -> list[str]:
    """Reads the words as click would, without running anything; the names of the commands on the way."""
    context = command.make_context(command.name, list(words), parent=parent)
    if not isinstance(command, click.Group):
        return [str(command.name)]
    rest = [*context._protected_args, *context.args]
    if not rest:
        assert command.invoke_without_command, words
        return [str(command.name)]
    name, sub, left = command.resolve_command(context, rest)
    assert sub is not None
    return [str(command.name), *parsed(sub, left, context)] if name else []


def words_of(example: str) -> list[str]:
    words = shlex.split(example.partition(" > ")[0])
    assert words[0] == "tillit"
    return words[1:]


@pytest.mark.parametrize("name", [row.name for row in TABLE])
def test_every_command_shows_an_example_of_itself_on_a_line_to_be_copied(person: Person, name: str) -> None:
    for option in ("--help", "-h"):
        result = person.say_words([*name.split(), option])
        assert (result.exit_code, result.stderr) == (0, "")
        shown = examples(result.stdout)
        assert shown, result.stdout
        assert all(each == f"tillit {name}" or each.startswith(f"tillit {name} ") for each in shown), shown
    assert "Traceback" not in result.output
    assert next(row.help for row in TABLE if row.name == name)


@pytest.mark.parametrize("name", [row.name for row in TABLE])
def test_every_example_can_be_typed(town: Person, name: str) -> None:
    shown = examples(town.say_words([*name.split(), "--help"]).stdout)
    (town.folder / "2026.jsonl").write_text("")
    for example in shown:
        words = words_of(example)
        names = parsed(root, words)
        assert " ".join(["tillit", *name.split()]) in " ".join(names), example


def test_the_examples_of_the_sections_can_be_typed(town: Person) -> None:
    shown = town.say("--help").stdout
    for section in SECTIONS:
        assert f"For example: {section.example}" in re.sub(r"\n\s+", " ", shown)
        assert len(parsed(root, words_of(section.example))) > 1
    assert town.head()


def test_examples_that_only_ask_run_in_a_ledger(town: Person) -> None:
    """What is asked in an example is answered, or nobody has that name: never a usage error, never our bug."""
    for row in TABLE:
        if row.section.title in {"Ask", "Audit"} and row.target:
            for example in examples(town.say_words([*row.name.split(), "--help"]).stdout):
                words = words_of(example)
                if PLACEHOLDERS.isdisjoint(words):
                    result = town.say_words(words)
                    assert result.exit_code in {0, 1, 3}, (example, result.output)


def test_the_front_page_lists_every_command_once_in_its_section(person: Person) -> None:
    result = person.say("--help")
    for row in TABLE:
        if not row.within:
            found = [line for line in result.stdout.splitlines() if re.match(rf"  {re.escape(row.name)} +\S", line)]
            assert len(found) == 1, row.name


@pytest.mark.parametrize("group", list(groups()))
def test_a_group_without_a_command_shows_its_help_on_stderr(person: Person, group: str) -> None:
    result = person.say_words(group.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: tillit" in result.stderr
    for row in TABLE:
        if row.within == group:
            assert row.word in result.stderr


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("who-own", "who-owns"),
        ("who owns norr", "who-owns"),
        ("ofer norr", "offer"),
        ("member ad x", "add"),
        ("registr", "register"),
        ("improt", "import"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(person: Person, words: str, meant: str) -> None:
    result = person.say(words)
    assert result.exit_code == 2
    assert "Did you mean" in result.stderr
    assert meant in result.stderr


def test_a_wrong_option_is_answered_with_the_nearest(person: Person) -> None:
    result = person.say("who-owns --tre")
    assert result.exit_code == 2
    assert "--tree" in result.stderr
    result = person.say("offer norr --too anna")
    assert "--to" in result.stderr


def test_no_command_is_found_by_its_beginning(person: Person) -> None:
    for words in ("who", "off norr", "mem add x"):
        assert person.say(words).exit_code == 2


def test_every_option_of_every_command_says_what_it_is(person: Person) -> None:
    for row in TABLE:
        for each in loaded(row.name).params:
            if isinstance(each, click.Option) and not each.hidden:
                assert each.help, (row.name, each.name)
                assert each.help.endswith((".", ")")), (row.name, each.name, each.help)
    assert person.folder.exists()
