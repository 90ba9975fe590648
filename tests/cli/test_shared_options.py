"""The options that commands share, as the one value that a command is handed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click
import pytest

from cli import days, show, tables
from cli.errors import Usage
from cli.options import reads, writes
from cli.values import AMOUNT, LONGEST_TEXT, composed

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from cli.call import Asking, Writing

    Say = Callable[..., Result]
    Demonstrate = Callable[[click.Command], None]

AT = datetime(2025, 3, 14, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def friday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "now", lambda: AT)


@pytest.fixture
def written(demonstrate: Demonstrate) -> list[Writing]:
    told: list[Writing] = []

    @click.command("note")
    @click.argument("code")
    @click.option("--amount", type=AMOUNT)
    @writes(reason="must")
    def note(writing: Writing, code: str, amount: Decimal | None) -> None:
        assert code == "norr"
        assert amount in {None, Decimal("80000.5")}
        told.append(writing)

    demonstrate(note)
    return told


@pytest.fixture
def asked(demonstrate: Demonstrate) -> list[Asking]:
    told: list[Asking] = []

    @click.command("look")
    @reads("code", "holder")
    def look(asking: Asking) -> None:
        told.append(asking)

    demonstrate(look)
    return told


def test_a_writing_command_is_handed_what_was_said(say: Say, written: list[Writing]) -> None:
    words = "--by bo --on yesterday --basis §4 --reason r --key k --dry-run --me eva --json --amount 80000.5"
    assert say("note", "norr", *words.split()).exit_code == 0
    (writing,) = written
    assert (writing.by(), writing.me(), writing.basis, writing.reason, writing.key) == ("bo", "eva", "§4", "r", "k")
    assert (writing.dry_run, writing.json) == (True, True)
    assert (writing.on, writing.occurred) == (date(2025, 3, 13), datetime(2025, 3, 13, tzinfo=UTC))


def test_what_is_not_said_is_me_and_now(say: Say, written: list[Writing]) -> None:
    say("--me", "eva", "note", "norr", "--reason", "r")
    assert (written[0].by(), written[0].occurred, written[0].dry_run, written[0].json) == ("eva", AT, False, False)


def test_the_answer_of_a_writing_command_is_a_sentence_or_an_object(say: Say, demonstrate: Demonstrate) -> None:
    @click.command("put")
    @writes()
    def put(writing: Writing) -> None:
        tables.recorded({"code": "norr"}, writing, "norr is\x1b offered.", "Next: tillit accept norr")

    demonstrate(put)
    result = say("put", "--on", "friday")
    assert result.stdout == "norr is\\x1b offered.\n"
    assert result.stderr == "on Friday 2025-03-21\nNext: tillit accept norr\n"
    result = say("put", "--json")
    assert (json.loads(result.stdout), result.stderr) == ({"code": "norr"}, "")


def test_nobody_is_asked_where_nobody_sits() -> None:
    assert show.confirmed("Sure?", otherwise=False) is False
    with show.steps("Reading") as step:
        step(1, 2)
    with pytest.raises(Usage, match="no terminal"):
        composed()


def test_a_reason_that_must_be_given_is_missed(say: Say, written: list[Writing]) -> None:
    result = say("note", "norr", "--json")
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (2, "usage.missing")
    assert written == []


@pytest.mark.parametrize(
    "text", ["1e3", "-1", "0.1+0.2", "1 000", "1,5", "1.00001", "", "٣", "0x1", "NaN", "1_000", "01"]
)
def test_an_amount_is_plain_digits(say: Say, written: list[Writing], text: str) -> None:
    result = say("note", "norr", f"--amount={text}", "--json")
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (2, "amount.malformed")
    assert "--amount" in json.loads(result.stderr)["error"]["message"]
    assert written == []


def test_a_long_text_comes_from_standard_input(say: Say, written: list[Writing]) -> None:
    say("note", "norr", "--reason", "-", stdin="först\n\nsedan\n")
    assert written[0].reason == "först\n\nsedan"
    for stdin, words, code in [
        (b"\xff\xfe", [], "text.not_utf8"),
        ("x" * (LONGEST_TEXT + 1), [], "text.too_long"),
        ("x", ["--basis", "-"], "text.taken"),
    ]:
        result = say("note", "norr", "--json", "--reason", "-", *words, stdin=stdin)
        assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (2, code)


def test_an_asking_command_is_handed_what_was_said(say: Say, asked: list[Asking]) -> None:
    say(
        "look",
        "--as-of",
        "2025-03-10",
        "--known-at",
        "1204",
        "--explain",
        "--fields",
        "holder,explain",
        "--format",
        "csv",
    )
    (asking,) = asked
    assert asking.as_of == asking.moment == datetime(2025, 3, 10, 23, 59, 59, 999999, tzinfo=UTC)
    assert (asking.day, asking.known_at, asking.columns, asking.format) == (
        date(2025, 3, 10),
        1204,
        ("holder", "explain"),
        "csv",
    )


def test_what_is_not_asked_is_everything_as_of_now(say: Say, asked: list[Asking]) -> None:
    say("look", "--known-at", "2025-03-01")
    (asking,) = asked
    assert (asking.as_of, asking.moment, asking.day) == (None, AT, AT.date())
    assert asking.known_at == datetime(2025, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert (asking.columns, asking.format, asking.explain) == (("code", "holder"), "table", False)


def test_explain_may_stand_after_the_fields_it_adds_to(say: Say, asked: list[Asking]) -> None:
    say("look", "--fields", "explain", "--explain")
    assert asked[0].columns == ("explain",)
    say("look", "--explain")
    assert asked[1].columns == ("code", "holder", "explain")


def test_an_unknown_field_is_met_with_the_nearest_and_the_list(say: Say, asked: list[Asking]) -> None:
    result = say("look", "--fields", "code,holdr", "--json")
    told = json.loads(result.stderr)["error"]
    assert (result.exit_code, told["code"]) == (2, "fields.unknown")
    assert "holder?" in told["hint"]
    assert "code, holder" in told["hint"]
    assert say("look", "--fields", "explain").exit_code == 2
    assert say("look", "--fields", "").exit_code == 2
    assert asked == []


def test_json_and_another_format_are_not_both_given(say: Say, asked: list[Asking]) -> None:
    assert say("look", "--json", "--format", "csv").exit_code == 2
    assert say("look", "--json", "--format", "json").exit_code == 0
    assert asked[0].format == "json"


def test_a_wrong_day_names_its_option(say: Say, asked: list[Asking]) -> None:
    result = say("look", "--as-of", "2027-02-30")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: Invalid value for '--as-of': There is no day 2027-02-30 in the calendar.\n")
    assert asked == []


def test_the_flag_json_swallows_no_word_after_it(say: Say, written: list[Writing]) -> None:
    assert say("note", "--json", "norr", "--reason", "r").exit_code == 0
    assert written[0].json


def test_shared_options_come_last_in_the_help(say: Say, written: list[Writing]) -> None:
    del written
    shown = say("note", "--help").stdout
    assert shown.index("--amount") < shown.index("--on ") < shown.index("--json") < shown.index("--ledger")
