"""Each way of failing: its exit code, its one sentence, and the same as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import cli
from cli.errors import Usage, sentence
from ledger import errors as ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Say = Callable[..., Result]
    Demonstrate = Callable[[click.Command], None]


def failing(error: BaseException) -> click.Command:
    @click.command("fail")
    @click.option("--json", is_flag=True)
    @click.option("--debug", is_flag=True)
    def fail(**_words: bool) -> None:
        raise error

    return fail


EXITS = [
    (ledger.Malformed("field.unknown", "no {name}", name="x"), 2, "field.unknown"),
    (ledger.Refused("delegation.not_accepted", "{who} has not accepted", who="anna"), 1, "delegation.not_accepted"),
    (ledger.NotFound("responsibility.unknown", "no {name}", name="x"), 3, "responsibility.unknown"),
    (ledger.Damaged("history.broken", "at {n}", n=4), 4, "history.broken"),
    (ledger.Conflict("ledger.changed", "again"), 5, "ledger.changed"),
    (ledger.Unavailable("ledger.locked", "later"), 1, "ledger.locked"),
    (Usage("day.unclear", "what"), 2, "day.unclear"),
    (click.UsageError("no"), 2, "usage.malformed"),
    (click.Abort(), 1, "aborted"),
    (KeyboardInterrupt(), 1, "aborted"),
    (PermissionError(13, "Permission denied", "x.csv"), 1, "system.failed"),
    (KeyError("x"), 70, "bug"),
    (RecursionError(), 70, "bug"),
]


@pytest.mark.parametrize(("error", "exit_code", "code"), EXITS, ids=repr)
def test_each_error_has_its_exit_code_and_one_line_of_json(
    say: Say, demonstrate: Demonstrate, error: BaseException, exit_code: int, code: str
) -> None:
    demonstrate(failing(error))
    assert say("fail").exit_code == exit_code
    result = say("fail", "--json")
    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    told = json.loads(result.stderr)["error"]
    assert told["code"] == code
    assert told["message"]
    assert set(told) == {"code", "message", "hint"}


def test_the_sentence_comes_first_and_the_ways_out_after_it(say: Say, demonstrate: Demonstrate) -> None:
    hints = ("tillit refer-up", "tillit ask-mandate")
    demonstrate(failing(ledger.Refused("limit.passed", "{amount} is over the limit", hints=hints, amount=7)))
    assert say("fail").stderr == "Error: 7 is over the limit\n  tillit refer-up\n  tillit ask-mandate\n"
    assert json.loads(say("fail", "--json").stderr)["error"]["hint"] == "tillit refer-up; tillit ask-mandate"


def test_nothing_in_an_error_is_obeyed_by_the_terminal(say: Say, demonstrate: Demonstrate) -> None:
    evil = "\x1b[2J\u202eevil\nError: forged"
    demonstrate(failing(ledger.NotFound("x.y", "no {name}", hints=(evil,), name=evil)))
    shown = say("fail").stderr
    assert not re.search("[\x1b\u202e]", shown)
    assert "\nError: forged" not in shown
    assert not re.search("[\x1b\u202e]", say(evil).stderr + say("fail", evil).stderr)


def test_usage_errors_of_every_kind_are_json_too(say: Say, demonstrate: Demonstrate) -> None:
    demonstrate(failing(KeyError()))
    for words, code in [
        (["fail", "--json", "--nope"], "usage.no_such_option"),
        (["fail", "--json", "more"], "usage.malformed"),
        (["fial", "--json"], "usage.no_such_command"),
        (["member", "ad", "--json"], "usage.no_such_command"),
        (["completion", "--json"], "usage.missing"),
        (["completion", "tcsh", "--json"], "usage.bad_value"),
        (["completion", "bash", "--json", "--ledger"], "usage.bad_option"),
    ]:
        result = say(*words)
        assert (words, result.exit_code, json.loads(result.stderr)["error"]["code"]) == (words, 2, code)


def test_a_bug_keeps_its_origin_to_itself_until_asked(say: Say, demonstrate: Demonstrate) -> None:
    demonstrate(failing(KeyError("hidden")))
    assert "Traceback" not in say("fail").stderr
    assert "Traceback" in say("fail", "--debug").stderr
    assert "Traceback" in json.loads(say("fail", "--debug", "--json").stderr)["error"]["traceback"]


def test_words_after_two_dashes_are_no_options(say: Say, demonstrate: Demonstrate) -> None:
    demonstrate(failing(KeyError()))
    assert say("fail", "--", "--json").stderr.startswith("Error: ")


def test_a_template_that_does_not_fit_its_facts_still_tells_them() -> None:
    assert "anna" in sentence("{missing} and {who.nothing}", {"who": "anna"})


def test_a_command_may_return_its_exit_code(say: Say, demonstrate: Demonstrate) -> None:
    demonstrate(click.Command("no", callback=lambda: 1))
    demonstrate(click.Command("yes", callback=lambda: True))
    assert say("no").exit_code == 1
    assert say("yes").exit_code == 0


def test_only_one_module_writes_to_the_streams() -> None:
    writing = re.compile(
        r"\bprint\(|\bs?echo\(|click\.(secho|progressbar|confirm|prompt)|std(out|err)\b.*\.write|\.print\("
    )
    for path in Path(cli.__file__).parent.glob("*.py"):
        # rich draws on a paper of ours in drawing.py, which show.py then writes.
        if path.name in {"show.py", "drawing.py"}:
            continue
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if writing.search(line)]
        assert [line.strip() for line in lines] == [], path.name
