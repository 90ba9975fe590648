"""Amounts, days, names, levels and forms that will not do: refused with one sentence, and nothing is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from faceskit import RAW, WRITES, Person, loaded

from cli import days
from cli.table import TABLE
from cli.values import AMOUNT

if TYPE_CHECKING:
    import click
    from faceskit import Clock

AMOUNTS = (
    "1e3", "-1", "+1", "0.1+0.2", "1 000", "1,000", "1.000,00", "١٢", "1\uff12",
    "1_000", "00", "01", "1.23456", "1.", ".5",
    "99999999999999999999", "1000000000000000", "NaN", "inf", "-Infinity", "0x10", "", " ", " 1", "1\n", "½", "1kr",
)  # fmt: skip
DAYS = (
    "2027-02-30", "2027-13-01", "2027-00-10", "2026-02-29", "01/02/2027", "2027/01/02", "1/2", "2027-1-2", "20270102",
    "2027-01-02T09:00", "2027-01-02T25:00Z", "2027-01-02 09:00Z", "2027-W01-1", "2027-01-02T09:00:00+99:00",
    "99999y", "0000-01-01", "10000-01-01", "soon", "next friday", "", " ",
    "\u0662\u0660\u0662\u0667-\u0660\u0661-\u0660\u0662", "-", "2027-01-02Z", "1e3",
)  # fmt: skip
BASE = "offer tom --to cia --me anna --on 2025-11-01"


def refused(town: Person, words: list[str], head: int) -> None:
    code, error = town.wrong(words)
    assert code in {1, 2, 3}, (words, error)
    assert "\n" not in error["message"]
    plain = town.say_words(words)
    assert (plain.exit_code, plain.stdout) == (code, ""), words
    assert not RAW.search(plain.stderr), words
    assert town.head() == head, words


def options(kind: object) -> list[tuple[str, str]]:
    """(command, option) of every option of a writing command with that type."""
    found = []
    for name in WRITES:
        parameters: list[click.Parameter] = loaded(name).params
        found += [(name, each.opts[0]) for each in parameters if each.type is kind and each.opts[0].startswith("-")]
    return found


def test_amounts_have_plain_digits_and_at_most_four_decimals(town: Person) -> None:
    head = town.head()
    for amount in AMOUNTS:
        refused(town, [*town.words(BASE), "--amount", amount], head)
        refused(town, [*town.words("capacity --me bo"), "--", amount], head)
        refused(town, ["can", "bo", "purchase/vehicle", "--amount", amount], head)


@pytest.mark.parametrize("name", sorted({name for name, _option in options(AMOUNT)}))
def test_every_amount_of_every_command_is_held_to_that(town: Person, name: str) -> None:
    head = town.head()
    for command, option in options(AMOUNT):
        if command == name:
            for amount in ("1e3", "-1", "1 000", "1.23456"):
                refused(town, [*town.words(WRITES[name]), f"{option}={amount}"], head)


def test_amounts_are_kept_to_the_last_decimal(town: Person) -> None:
    for amount in ("0", "0.0001", "199999.9999", "99.50"):
        told = town.row(f"{BASE} --amount {amount}")
        assert town.last()[0]["data"]["mandate"]["amount"] == amount, told
        town.done("withdraw-offer tom --me anna --on 2025-11-01")
    assert town.say("can bo purchase/vehicle --amount 50000.0001").exit_code == 1
    assert town.say("can bo purchase/vehicle --amount 50000.0000").exit_code == 0
    assert town.say("can eva purchase/vehicle --amount 999999999999999.9999").exit_code == 0


def test_days_are_read_with_certainty_or_not_at_all(town: Person) -> None:
    head = town.head()
    for day in DAYS:
        refused(town, [*town.words("offer tom --to cia --me anna"), "--on", day], head)
        refused(town, ["who-owns", "--as-of", day], head)
        refused(town, ["register", "--diff", f"2025-01-01..{day}"], head)


@pytest.mark.parametrize("name", sorted({name for name, _option in options(days.DAY)}))
def test_every_day_of_every_command_is_held_to_that(town: Person, name: str) -> None:
    head = town.head()
    for command, option in options(days.DAY):
        if command == name:
            for day in ("2027-02-30", "2027-13-01", "01/02/2027", "2027-01-02T09:00", "soon"):
                refused(town, [*town.words(WRITES[name]), option, day], head)


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_recorded_before_the_founding(town: Person, name: str) -> None:
    refused(town, [*town.words(WRITES[name]), "--on", "2024-06-01"], town.head())


PLANS = {"member leave", "member return", "member join", "member part"}


@pytest.mark.parametrize("name", WRITES)
def test_nothing_but_a_plan_is_recorded_of_a_day_ahead(town: Person, name: str) -> None:
    head = town.head()
    words = [*town.words(WRITES[name]), "--on", "2025-12-24"]
    if name in PLANS:
        assert town.say_words(words).exit_code == 0
        assert town.head() > head
    else:
        refused(town, words, head)


def test_the_ends_of_windows_come_after_their_beginnings(town: Person) -> None:
    head = town.head()
    for line in (
        "offer tom --to cia --from 2025-12-02 --until 2025-12-01 --me anna",
        "offer tom --to cia --from 2025-12-02 --until 2025-12-02 --me anna",
        "stand-in flytt --member cia --from 2026-01-02 --until 2026-01-01 --reason x --me anna",
        "away --from 2026-02-02 --until 2026-02-01 --me bo",
        "register --diff 2025-02-01..2025-01-01",
        "register --diff 2025-02-01",
        "register --diff ..",
        "hand-back flytt --lacking other --reason x --effective 2024-01-01 --me dag",
    ):
        refused(town, town.words(line), head)


def test_handles_codes_types_labels_and_conditions_have_their_forms(town: Person) -> None:
    head = town.head()
    for bad in ("Anna", "ann a", "-anna", "å", "a" * 65, "", "anna\n", "../anna", "anna@x", "\u0430nna", "*"):
        refused(town, ["member", "add", "--me", "eva", "--", bad], head)
        refused(town, ["offer", "tom", "--to", bad, "--me", "anna"], head)
        refused(town, ["member", "add", "fia", "--me", bad], head)
        refused(town, ["member", "add", "fia", "--me", "eva", "--by", bad], head) if bad else None
        refused(town, ["member", "add", "fia", "--me", "eva", "--with", bad], head)
    for bad in ("Ny", "n y", "-ny", "ö", "a" * 65, "", "ny/a", "R-", "root", "norr"):
        refused(town, ["define", "--title", "T", "--me", "anna", "--parent", "norr", "--", bad], head)
    for bad in ("Purchase", "purchase/*/x", "**", "/x", "purchase//x ", "", "a b", "purchase/*x"):
        refused(town, [*town.words(BASE), "--types", bad], head)
        refused(town, ["decide", "T", "--in", "vagn", "--type", bad, "--me", "bo"], head)
    for bad in ("Norra", "a b", "", "å", "a" * 65):
        refused(town, [*town.words(BASE), "--scope", bad], head)
        refused(town, ["competence", "--level", "able", "--me", "bo", "--", bad], head)
    for bad in (
        "consult",
        "consult:",
        "ask:bo",
        "consult:Bo",
        "consult:bo/0",
        "consult:bo/x",
        ":bo",
        "",
        "consult:nobody",
    ):
        refused(town, [*town.words(BASE), "--condition", bad], head)
    for bad in (
        "hire",
        "hire=",
        "hire=8",
        "hire=0",
        "=3",
        "hire=x",
        "hire=-1",
        "hire=3=3",
        "Hire=3",
        "hire=٣",
        "hire=²",
    ):
        refused(town, [*town.words(BASE), "--level-for", bad], head)


def test_numbers_lie_within_their_bounds(town: Person) -> None:
    head = town.head()
    for option, values in {
        "--level": ("0", "8", "-1", "5.0", "x", "", "²", "five"),
        "--further": ("-1", "100", "x", "1.5", ""),
    }.items():
        for value in values:
            refused(town, [*town.words(BASE), f"{option}={value}"], head)
    for value in ("-1", "x", "1.5", ""):
        refused(town, ["log", f"--since={value}"], head)
        refused(town, ["who-owns", f"--known-at={value}"], head)
    for value in ("9" * 18, "9" * 19, "9" * 400):
        refused(town, ["who-owns", "--known-at", value], head)
    for value in ("60", "d", "-60d", "60 d", "1h", "", "9999999d", "9999y"):
        refused(town, ["vacant", f"--within={value}"], head)


def test_choices_are_among_those_listed(town: Person) -> None:
    head = town.head()
    for words in (
        ["member", "add", "g", "--group", "--acts", "alone", "--me", "eva"],
        ["hand-back", "flytt", "--lacking", "time", "--reason", "x", "--me", "dag"],
        ["competence", "x", "--level", "expert", "--me", "bo"],
        ["capacity", "20", "--unit", "days", "--me", "bo"],
        ["decide", "T", "--kind", "rule", "--type", "hire", "--in", "norr", "--me", "anna"],
        ["change-mandate", "vagn", "--inherit", "level", "--reason", "x", "--me", "anna"],
        ["who-owns", "--format", "xml"],
        ["schema", "rules"],
        ["completion", "tcsh"],
        ["init", "X", "--founder", "eva", "--profile", "vard"],
        ["attach", "norr", "u", "--label", "l", "--digest", "sha256:xyz", "--me", "anna"],
        ["attach", "norr", "u", "--label", "l", "--digest", "md5:" + "a" * 32, "--me", "anna"],
    ):
        refused(town, words, head)


def test_words_that_contradict_each_other_are_refused(town: Person) -> None:
    head = town.head()
    for line in (
        "member add g --acts each --me eva",
        "decide T --in vagn --type purchase/vehicle --option a --option b --chose c --me bo",
        "decide T --in vagn --type purchase/vehicle --option a --option b --me bo",
        "decide T --in vagn --type purchase/vehicle --amount 90000 --outside-mandate --me bo",
        "decide T --in vagn --type purchase/vehicle --amount 90000 --urgent --me bo",
        "decide T --in vagn --type purchase/vehicle --kind trial --me bo",
        "decide T --in vagn --type purchase/vehicle --kind agreement --me bo",
        "decide T --in vagn --type purchase/vehicle --part some --me bo",
        "change-mandate vagn --reason x --me anna",
        "clarify vagn --me anna",
        "offer tom --to anna --me anna",
        "member join bo anna --me eva",
        "member join gruppen gruppen --me eva",
        "confirm bo upphandling --level able --me bo",
        "move norr --parent vagn --reason x --me eva",
        "move root --parent norr --reason x --me eva",
        "retire norr --reason x --me eva",
        "who-owns --json --format csv",
        "who-owns --json --format jsonl",
        "log --json --format table",
    ):
        refused(town, town.words(line), head)


ENTRIES = (
    "norr",
    "norr/",
    "/3",
    "norr/x",
    "norr/0",
    "norr/99",
    "norr/-1",
    "norr/٣",
    "norr/3/3",
    "",
    "/",
    "norr/" + "9" * 30,
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_named_by_its_subject_and_version(town: Person, entry: str) -> None:
    head = town.head()
    refused(town, ["annul", "--reason", "x", "--me", "eva", "--", entry], head)
    refused(town, ["correct", "--reason", "x", "--me", "eva", "--", entry, "title", "New"], head)


def test_a_correction_names_a_field_that_is_there_with_a_value_that_may_stand_in_it(town: Person) -> None:
    head = town.head()
    lease = town.ids["lease"]
    for field, value in (
        ("amuont", "41000"), ("amount", "[1]"), ("amount", "{}"), ("decision", "D-0000000000"), ("title", "null"),
        ("title", ""), ("scope", '"x"'), ("", "x"), ("a.b.c", "x"), ("amount", '{"a": 1}'), ("one_way", "maybe"),
        ("scope", "[" * 100_000),
    ):  # fmt: skip
        refused(town, ["correct", f"{lease}/1", "--reason", "x", "--me", "cia", "--", field, value], head)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "-1"),
        ("amount", "1e3"),
        ("amount", "NaN"),
        ("amount", "1" * 5000),
        ("title", "a\nb"),
        ("decision_type", "x y"),
    ],
)
def test_a_correction_is_held_to_what_the_command_itself_would_take(town: Person, field: str, value: str) -> None:
    refused(
        town, ["correct", f"{town.ids['lease']}/1", "--reason", "x", "--me", "cia", "--", field, value], town.head()
    )


def test_a_limit_is_given_or_the_parent_s_not_both(town: Person) -> None:
    refused(town, town.words("change-mandate vagn --amount 5 --inherit amount --reason x --me anna"), town.head())


@pytest.mark.parametrize(
    ("name", "founder"),
    [("", "eva"), ("a\nb", "eva"), ("x" * 301, "eva"), ("\x1b[31m", "eva"), ("Town", "Eva"), ("Town", "")],
)
def test_a_founding_needs_a_name_and_a_handle(person: Person, name: str, founder: str) -> None:
    code, _error = person.wrong(["init", name, "--founder", founder])
    assert code == 2
    assert not list(person.folder.iterdir())


def test_a_founding_that_fails_leaves_nothing(person: Person) -> None:
    assert person.wrong(["init", "Town", "--founder", "eva", "--ledger", "a/b/c", "--on", "2999-01-01"])[0] == 1
    assert not list(person.folder.iterdir())


def test_a_founder_named_twice_founds_once(person: Person) -> None:
    assert person.row("init Town --founder eva --founder eva")["founders"] == ["eva"]
    assert [row["id"] for row in person.rows("log")].count("member:eva/1") == 1


def test_every_question_refuses_a_field_and_a_form_that_it_has_not(town: Person) -> None:
    head = town.head()
    for row in TABLE:
        if row.target and any(each.name == "fields" for each in loaded(row.name).params):
            words = {"can": ["bo", "hire"], "who-can": ["hire"], "holds": ["bo"], "delegated-by": ["bo"]}
            subject = words.get(row.name, ["D-"] if row.name in {"why", "lineage"} else ["bo"])
            given = [] if row.name in {"who-owns", "vacant", "offers", "decisions", "log", "register"} else subject
            for more in (["--fields", "nope"], ["--fields", ""], ["--fields", "code,,"], ["--format", "yaml"]):
                code, _error = town.wrong([*row.name.split(), *given, *more])
                assert code == 2, (row.name, more)
    assert town.head() == head


def test_a_key_is_one_short_word(town: Person) -> None:
    head = town.head()
    for key in ("", "a b", "å", "a" * 201, "a\n", "\x00"):
        refused(town, [*town.words(BASE), "--key", key], head)
    town.done(BASE, "--key", "k1")
    code, error = town.error("decline tom --reason x --me cia --on 2025-11-01 --key k1")
    assert (code, error["code"]) == (1, "command.key_reused")


def test_a_day_ahead_by_a_second_is_ahead(town: Person, clock: Clock) -> None:
    assert town.say("offer tom --to cia --me anna --on 2025-12-01T12:00:01Z").exit_code == 1
    assert town.say("offer tom --to cia --me anna --on 2025-12-01T13:00:00+01:00").exit_code == 0
    clock.set("2025-12-02T00:00:00Z")
    assert town.say("accept tom --me cia --on 2025-12-02").exit_code == 0
