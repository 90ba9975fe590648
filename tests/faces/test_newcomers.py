"""The mistakes of somebody who has read nothing: each is told what was wrong and what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from faceskit import DECISION, Person, process

if TYPE_CHECKING:
    from faceskit import Clock

LEVELS = "The levels are 1 tell, 2 sell, 3 consult, 4 agree, 5 advise, 6 inquire, 7 delegate."
AMOUNTS = "Write plain digits, with a point and at most four decimals where needed: 80000 or 99.50."


def slip(person: Person, line: str, *more: str) -> list[str]:
    """What somebody reads who is refused, a line each."""
    result = person.say(line, *more)
    assert result.exit_code, result.output
    assert result.stdout == ""
    return [each.strip() for each in result.stderr.splitlines()]


def then(person: Person, line: str) -> str:
    """What is said to come next after a command that is carried out."""
    result = person.say(line)
    assert result.exit_code == 0, result.output
    return result.stderr.rpartition("next: ")[2].rstrip("\n")


@pytest.fixture
def begun(person: Person) -> Person:
    """Eva has founded a ledger and defined two responsibilities; anna was offered one of them."""
    for line in (
        "init 'Norrby works' --founder eva --me eva",
        "config me eva",
        "member add anna",
        "member add bo",
        "define norr --title North --decides 'purchase/*'",
        "define syd --title South --decides rent",
        "offer norr --to anna --level inquire",
    ):
        person.done(line)
    return person


def test_where_there_is_no_ledger_the_first_command_is_shown(person: Person) -> None:
    for line in ("decide 'Buy a van' --me anna", "who-owns", "inbox --me anna"):
        assert "tillit init NAME --founder HANDLE" in slip(person, line)
    assert "To begin:    tillit init 'Norra skolan' --founder eva" in person.done("--help")
    assert then(person, "init 'Norrby works' --founder eva") == "tillit config me eva"
    assert "tillit config me HANDLE" in slip(person, "member add anna")
    person.done("config me eva")
    assert then(person, "member add anna") == "tillit offer CODE --to anna"


@pytest.mark.parametrize(
    "line", ["decide Buy a van --me anna", "define east --title The east", "init Norrby works --founder eva"]
)
def test_forgotten_quotes_are_named_with_an_example_that_has_them(begun: Person, line: str) -> None:
    told = slip(begun, line)
    assert "Words that belong together stand in quotes." in told
    assert any(each.startswith(f"as in: tillit {line.split(maxsplit=1)[0]} ") and "'" in each for each in told), told


@pytest.mark.parametrize(
    "line", ["define east", "offer norr", "review D-7k3q2", "feedback give anna thanks", "can anna"]
)
def test_what_is_missing_is_shown_in_an_example(begun: Person, line: str) -> None:
    told = slip(begun, line)
    assert told[0].startswith("Error: Missing ")
    assert any(each.startswith("as in: tillit ") for each in told), told


def test_choices_are_named_on_one_line(begun: Person) -> None:
    assert slip(begun, "check-in norr")[0].endswith("Choose from: going-well, needs-support, blocked")


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("init Norrby --founder Eva --ledger other", "eva would do."),
        ("init Norrby --founder eva,bo --ledger other", "Say the option once for each."),
        ("member add 'Åsa Ek'", "asa-ek would do."),
        ("member add dag --me 'Eva B'", "eva-b would do."),
        ("define öst --title East", "ost would do."),
        ("offer syd --to anna --types 'inköp/*'", "inkop/* would do."),
        ("decide Bil --type inköp/bil --me anna", "inkop/bil would do."),
        ("can anna inköp/bil", "inkop/bil would do."),
        ("holds Anna", "did you mean anna?"),
        ("offer syd --to ana", "did you mean anna?"),
        ("decide Van --type rent --me Anna", "anna would do."),
        ("who-owns nor", "did you mean norr?"),
        ("offer norr --to anna --level 8", LEVELS),
        ("consent depot --me bo", "tillit decisions"),
        ("accept syd --me bo", "tillit who-owns syd"),
        ("who-owns --as-of 2025/03/01", "Write the day as year-month-day, such as 2025-03-14."),
        ("who-owns --as-of 'next week'", "Write 2025-03-14, today, friday, +3mo, 90d, eoq or “in 3 months”."),
        ("offer syd --to anna --amount 200k", AMOUNTS),
        ("offer syd --to bo --types hire", "tillit clarify syd --decides rent --decides hire"),
    ],
)
def test_what_would_do_instead_is_said(begun: Person, line: str, instead: str) -> None:
    assert instead in slip(begun, line)


def test_who_holds_nothing_yet_is_told_to_accept_and_may_leave_out_what(begun: Person) -> None:
    told = slip(begun, "decide 'Buy a van' --me anna")
    assert told[:2] == [
        "Error: anna holds no responsibility; say with --in in which one it is decided.",
        "tillit accept norr",
    ]
    assert slip(begun, "accept --me bo")[0] == "Error: No offer waits for bo."
    assert begun.done("accept --me anna") == "norr is anna's.\n"
    begun.done("offer syd --to bo")
    begun.done("define east --title East")
    begun.done("offer east --to bo")
    assert slip(begun, "accept --me bo")[0] == "Error: Several offers wait for bo: east, syd; say which."


def test_a_decision_asks_for_one_thing_at_a_time_by_what_one_holds(begun: Person) -> None:
    begun.done("accept --me anna")
    assert slip(begun, "decide Van --me anna")[0] == (
        "Error: Say with --type what kind of decision it is; norr decides purchase/*."
    )
    told = slip(begun, "decide Nurse --type hire --me anna")
    assert told[:2] == [
        "Error: Nothing that anna holds (norr) decides hire; say with --in in which responsibility.",
        "tillit who-can hire",
    ]
    assert begun.done("decide Van --type purchase/van --me anna").endswith(
        " is decided, inside mandate: Van. Still to do: report it to eva (level 6). "
        "Taken in norr, where anna decides purchase/van; by anna, on Monday 2025-12-01.\n"
    )
    begun.done("offer syd --to anna")
    begun.done("accept --me anna")
    assert slip(begun, "decide Van --me anna")[0] == (
        "Error: Say with --in in which responsibility; anna holds norr, syd."
    )
    assert "Taken in syd, where anna decides rent" in begun.done("decide Hall --type rent --me anna")


def test_the_beginning_of_several_ids_names_them(begun: Person) -> None:
    begun.done("accept --me anna")
    for title in ("Van", "Bus"):
        begun.done(f"decide {title} --type purchase/van --me anna")
    (told, *_more) = slip(begun, "why D-")
    assert told.startswith("Error: D- begins several ids: ")
    assert len(DECISION.findall(told)) == 2


def test_each_word_on_a_matter_leads_to_the_next_that_is_missing(begun: Person, clock: Clock) -> None:
    begun.done("accept --me anna")
    begun.done("matter: propose Depot --type purchase/depot --consenter bo --consenter eva --me anna")
    id_ = begun.ids["matter"]
    assert then(begun, "consent {matter} --me bo") == f"tillit consent {id_} --me eva"
    assert then(begun, "object {matter} 'too far'") == f"tillit amend {id_} --answers 'objection 1'"
    clock.set("2025-12-02T12:00:00Z")
    assert then(begun, "amend {matter} --title 'Near depot' --me anna") == f"tillit resolve {id_} 1 --how HOW"
    said = then(begun, "resolve {matter} 1 --how integrated --me anna")
    assert said == f"tillit consent {id_} --version 2 --me bo"
    begun.done("consent {matter} --version 2 --me bo")
    assert f"tillit consent {id_} --version 2 --me eva" in slip(begun, "decide {matter} --me anna")
    assert then(begun, "consent {matter} --version 2") == f"tillit decide {id_} --me anna"
    assert then(begun, "decide {matter} --me anna") == f"tillit report {id_}"
    assert f"tillit history {id_}" in slip(begun, "consent {matter} --me bo")


def test_advice_that_affects_nobody_is_still_asked_of_somebody(begun: Person) -> None:
    begun.done("accept --me anna")
    begun.done("matter: propose Depot --type purchase/depot --me anna")
    id_ = begun.ids["matter"]
    assert [row["waits_for"] for row in begun.rows("stuck")] == ["ask for advice"]
    assert then(begun, "ask-advice {matter} --of bo --me anna") == f"tillit advise {id_} TEXT --me bo"
    assert then(begun, "advise {matter} yes --me bo") == f"tillit decide {id_} --me anna"


def test_what_comes_next_is_of_the_day_that_was_said(town: Person) -> None:
    """Told afterwards, when the time to answer has passed long since."""
    id_ = town.ids["flag"]
    answer = then(town, "ask-advice {flag} --of eva --by-when 2025-06-10 --me anna --on 2025-06-02")
    assert answer == f"tillit resolve {id_} 1 --how HOW"
    town.done("withdraw {flag} --reason 'no wind' --me anna --on 2025-06-03")
    town.done("post: propose Post --in norr --type purchase/post --me anna --on 2025-06-04")
    answer = then(town, "ask-advice {post} --of eva --by-when 2025-06-10 --me anna --on 2025-06-05")
    assert answer == f"tillit advise {town.ids['post']} TEXT --me eva"


def test_a_title_may_begin_as_an_id_does(begun: Person) -> None:
    begun.done("accept --me anna")
    assert ": D-day plan." in begun.done("decide 'D-day plan' --type purchase/cake --me anna")


def test_a_talk_is_with_the_other_side_where_that_is_certain(begun: Person) -> None:
    begun.done("accept --me anna")
    assert begun.done("check-in norr --state going-well") == "Checked in on norr with anna: going-well.\n"
    assert begun.done("check-in norr --state blocked --me anna") == "Checked in on norr with eva: blocked.\n"
    assert slip(begun, "check-in norr --state blocked --me bo")[0].endswith("name the other with --with.")


def test_what_a_list_no_longer_names_is_said(begun: Person) -> None:
    assert begun.done("clarify norr --decides hire --title Up") == (
        "norr is clarified: title Up; decision types hire, no longer purchase/*.\n"
    )


def test_what_one_holds_oneself_is_asked_without_a_name(begun: Person) -> None:
    begun.done("accept --me anna")
    assert [row["code"] for row in begun.rows("holds --me anna")] == ["norr"]
    assert begun.rows("holds --me anna") == begun.rows("holds anna")


def test_a_level_has_a_name(begun: Person) -> None:
    assert "syd is offered to anna, level 5." in begun.done("offer syd --to anna --level advise --level-for hire=tell")


def test_a_day_that_finds_nothing_is_said_back(begun: Person) -> None:
    result = begun.say("who-owns --as-of yesterday")
    assert result.stderr.startswith("Nothing is defined at that moment. (as of Sunday 2025-11-30, known at ")
    assert begun.say("stuck").stderr == "No open matter waits for anybody.\n"


def test_swedish_letters_are_kept_where_the_locale_is_c(begun: Person) -> None:
    begun.done("accept --me anna")
    words = ("decide", "Köp en båt på ön", "--type", "purchase/boat", "--me", "anna")
    made = process(*words, cwd=begun.folder)
    assert made.returncode == 0, made.stderr
    assert "Köp en båt på ön" in made.stdout.decode()
    assert begun.rows("decisions")[-1]["title"] == "Köp en båt på ön"
