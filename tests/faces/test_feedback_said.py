"""Feedback said in words: what each of its commands answers, and who reads the words, in every form of every answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faceskit import FORMATS, Person

BETWEEN, LINE, OPEN = "only you and I", "those above may know", "all may know"

# Each command as it is typed, and below it all that it answers on stdout.
STORY = """
$ init 'Norrby works' --founder eva --on 2025-01-01
Norrby works is founded in .tillit/ledger.db; eva holds the root.
$ member add anna --me eva --on 2025-01-02
anna is a member.
$ member add bo --me eva --on 2025-01-02
bo is a member.
$ member add cia --me eva --on 2025-01-02
cia is a member.
$ define norr --title Drift --me eva --on 2025-01-03
norr is defined under root.
$ offer norr --to anna --resources 'two vans' --me eva --on 2025-01-04
norr is offered to anna, level 6. Review on Sunday 2026-01-04.
$ accept norr --me anna --on 2025-01-05
norr is anna's.
$ one: feedback give anna 'only you and I' --about norr --kind guidance --me bo --on 2025-02-01
{one} is given to anna.
$ two: feedback give anna 'those above may know' --about norr --kind guidance --visibility line --me bo --on 2025-02-02
{two} is given to anna.
$ three: feedback give anna 'all may know' --about anna --kind appreciation --visibility open --me bo --on 2025-02-03
{three} is given to anna.
$ feedback acknowledge {one} --me anna --on 2025-02-05
{one} is acknowledged.
$ feedback act {two} 'We ask by mail' --ref norr --me anna --on 2025-02-12
What came of {two} is recorded.
$ asked: feedback ask cia 'Was I clear?' --about norr --me anna --on 2025-02-13
cia is asked: {asked}.
$ four: feedback give anna 'Very' --kind appreciation --answers {asked} --me cia --on 2025-02-14
{four} is given to anna.
$ feedback retract {four} --reason 'too early' --me cia --on 2025-02-15
{four} is taken back.
$ feedback list --me anna --fields kind,by,to,about,visibility,status,text
kind	by	to	about	visibility	status	text
guidance	bo	anna	norr	between	acknowledged	only you and I
guidance	bo	anna	norr	line	acted on	those above may know
appreciation	bo	anna	anna	open	given	all may know
asked	anna	cia	norr	between	answered	Was I clear?
appreciation	cia	anna	norr	between	retracted	Very
$ feedback list --fields status,text
status	text
acknowledged	(not for you)
acted on	(not for you)
given	all may know
answered	(not for you)
retracted	(not for you)
$ feedback balance --as-of 2025-03-01
member	given	received	appreciation	guidance	upward_share	days_to_acknowledge
anna	0	3	0	0		4
bo	3	0	1	2	0.0	
cia	0	0	0	0		
eva	0	0	0	0		
$ feedback quiet --days 60 --as-of 2025-03-01
member	last_appreciation	last_guidance	decisions_since
bo			0
cia			0
eva			0
$ feedback effects
feedback	about	acted_on	what_changed	days	ref	by	giver
{two}	norr	2025-02-12T00:00:00.000000Z	We ask by mail	10	norr	anna	bo
"""  # noqa: W291 - an empty last cell is one


@pytest.fixture
def told(person: Person) -> Person:
    for step in STORY.strip().removeprefix("$ ").split("\n$ "):
        line, _newline, expected = step.partition("\n")
        assert person.done(line) == expected.format(**person.ids).rstrip("\n") + "\n", line
    return person


def test_the_story_is_told_and_asked_about_word_for_word(told: Person) -> None:
    assert told.row("verify")["verdict"] == "whole"


READERS = {
    "--me bo": {BETWEEN, LINE, OPEN},
    "--me anna": {BETWEEN, LINE, OPEN},
    "--me eva": {LINE, OPEN},
    "--me cia": {OPEN},
    "--me nobody": {OPEN},
    "": {OPEN},
}


@pytest.mark.parametrize("who", READERS)
def test_words_are_shown_to_their_circle_in_every_form_of_every_answer(told: Person, who: str) -> None:
    said = {"one": BETWEEN, "two": LINE, "three": OPEN}
    for name, words in said.items():
        for line in (f"feedback show {{{name}}}", f"history {{{name}}}"):
            for form in FORMATS:
                answer = told.done(f"{line} {who}", "--format", form)
                assert (words in answer) == (words in READERS[who]), (line, who, form)
    for line in ("feedback list", "log", "log --fields data", "feedback list --as-of 2025-02-20", "log --known-at 14"):
        for form in FORMATS:
            answer = told.done(f"{line} {who}", "--format", form)
            assert {words for words in said.values() if words in answer} == READERS[who], (line, who, form)


def test_whoever_shares_or_hands_over_changes_who_reads(told: Person) -> None:
    told.done("feedback share {one} --visibility line --me anna --on 2025-03-01")
    assert told.row("feedback show {one} --me eva")["text"] == BETWEEN
    assert told.row("feedback show {one} --me cia")["text"] == "(not for you)"
    told.done("member leave bo --me eva --on 2025-03-02")
    assert told.row("feedback show {one} --me bo")["text"] == "(not for you)"
    told.done("revoke norr --reason 'a year is over' --me eva --on 2025-03-03")
    # The right goes with the seats above what she held then.
    assert told.row("feedback show {one} --me eva")["text"] == BETWEEN


def contents(folder: Path) -> str:
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("who", ["--me anna", "--me bo", ""])
def test_what_is_handed_out_holds_no_words_whoever_packs_it(told: Person, who: str) -> None:
    """Who will read it is not known; see the tests of cases that are made for somebody."""
    for number, query in enumerate(("log", "feedback list", f"history {told.ids['one']}", "log --me anna")):
        told.done(f"export case case-{number} --query '{query}' {who}")
        words = contents(told.folder / f"case-{number}")
        assert not [each for each in (BETWEEN, LINE, OPEN) if each in words]
    told.done(f"export tlog log {who}")
    assert not [each for each in (BETWEEN, LINE, OPEN) if each in contents(told.folder / "log")]


def test_no_file_of_the_ledger_holds_the_words_in_the_clear(told: Person) -> None:
    held = contents(told.folder / ".tillit")
    assert "We ask by mail" in held, "what came of it is for all"
    assert not [each for each in (BETWEEN, LINE, OPEN, "Was I clear?") if each in held]


def test_erased_words_are_gone_for_everybody_and_the_rest_stays(told: Person) -> None:
    told.done("feedback reply {one} 'I see' --me anna --on 2025-03-01")
    told.done("feedback erase {one} --ground regret --me bo --on 2025-03-02")
    row = told.row("feedback show {one} --me anna")
    assert (row["text"], [each["text"] for each in row["replies"]]) == ("(erased)", ["I see"])
    told.done("feedback erase {one} --ground asked --me anna --on 2025-03-03")
    row = told.row("feedback show {one} --me anna")
    assert (row["text"], [each["text"] for each in row["replies"]]) == ("(erased)", ["(erased)"])
    assert [(row["whose"], row["ground"], row["by"]) for row in told.rows("erasures")] == [
        (told.ids["one"], "regret", "bo"),
        (told.ids["one"], "asked", "anna"),
    ]
    assert told.row("verify")["verdict"] == "whole"


def test_an_entry_is_what_it_is_about_where_it_is_a_check_in_or_a_review(told: Person) -> None:
    told.done("check-in norr --state going-well --with eva --me anna --on 2025-03-01")
    entry = told.last()[0]["id"]
    number = entry.partition("/")[2]
    given = told.row(f"feedback give anna 'Well led' --about norr/{number} --kind guidance --me eva --on 2025-03-02")
    assert told.row(f"feedback show {given['feedback']}")["about"] == f"norr/{number}"
    assert told.rows("feedback list --about norr --by eva --me eva")[0]["text"] == "Well led"
    code, error = told.error("feedback give anna x --about norr/1 --kind guidance --me eva")
    assert (code, error["code"]) == (1, "feedback.about_entry")


def test_a_text_comes_from_standard_input_and_is_never_required_of_nobody(told: Person) -> None:
    given = told.say("feedback give anna - --about norr --kind guidance --me cia --json", stdin="By mail\n")
    id_ = json.loads(given.stdout)["feedback"]
    assert told.row(f"feedback show {id_} --me cia")["text"] == "By mail"
    assert told.error("feedback give anna --about norr --kind guidance --me cia")[1]["code"] == "text.no_editor"


def test_what_is_rehearsed_shows_no_words(told: Person) -> None:
    shown = told.say("feedback give anna 'a secret' --about norr --kind guidance --me cia --dry-run")
    assert shown.exit_code == 0
    assert "a secret" not in shown.output
    assert "feedback.given.v1" in shown.stdout


@pytest.mark.parametrize(
    ("line", "code", "exit_"),
    [
        ("feedback give cia x --about norr --kind guidance --me cia", "feedback.to_oneself", 1),
        ("feedback give anna x --about anna --kind guidance --me cia", "feedback.guidance_without_anchor", 1),
        ("feedback acknowledge {three} --me bo", "feedback.not_receiver", 1),
        ("feedback show F-zzz", "name.unknown", 3),
        ("feedback show F-", "name.ambiguous", 3),
        ("feedback give anna x --about nothing --kind guidance --me cia", "name.unknown", 3),
        ("feedback give ana x --about norr --kind guidance --me cia", "member.unknown", 3),
    ],
)
def test_each_refusal_has_its_code(told: Person, line: str, code: str, exit_: int) -> None:
    found, error = told.error(line)
    assert (found, error["code"]) == (exit_, code)
