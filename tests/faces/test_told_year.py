"""A team's year said in words: every command is said there, or in a test of its own."""

from __future__ import annotations

from faceskit import NAMES, WRITES, Person
from toldyear import YEAR

from cli.table import RECORD, TABLE

# These answer about the place rather than about what is in it; each has a test of its own below.
ELSEWHERE = {"audit", "audits", "sample decisions", "stats", "schema", "config", "completion", "demo", "import journal"}
# The roads to a decision: a story of their own, in test_roads_to_a_decision.py.
ELSEWHERE |= {"propose", "amend", "ask-advice", "advise", "concern", "object", "resolve", "consent", "stand-aside"}
ELSEWHERE |= {"withdraw", "report", "note-report", "review"}
# What waits and falls due, who stands behind what, and what was reported: in test_what_waits.py.
ELSEWHERE |= {"inbox", "stuck", "due", "reviews", "trials", "agreement", "involvement", "audience", "learned"}
ELSEWHERE |= {"consensus", "objections", "conflicts", "conditions", "reports", "report-pack"}
# Goals, numbers and what an audit finds: a story of their own, in test_goals_and_findings.py.
ELSEWHERE |= {name for name in NAMES if name.startswith("goal")}
ELSEWHERE |= {"number", "numbers", "tag", "delegations", "split-check", "late", "recorded-for", "corrections"}
ELSEWHERE |= {"evidence"}
# Keys, checkpoints, proofs, exports, witnesses and restoring: in tests/audit, tests/publishing and tests/witnessing.
ELSEWHERE |= {
    "key create",
    "key show",
    "key rotate",
    "checkpoint",
    "prove",
    "verify-proof",
    "export tlog",
    "export case",
}
ELSEWHERE |= {"witness serve", "witness key create", "witness key show", "backup", "continue"}
# Between places, and what goes on until it is ended: in test_on_a_server.py and tests/following.
ELSEWHERE |= {"copy", "follow", "project"}
# What is said about the work, and who may read it: a story of its own, in test_feedback_said.py.
ELSEWHERE |= {name for name in NAMES if name.startswith("feedback")}


def told(person: Person, story: str) -> None:
    for step in story.strip().removeprefix("$ ").split("\n$ "):
        line, _newline, expected = step.partition("\n")
        answer = person.done(line)
        assert answer == expected.format(**person.ids).rstrip("\n") + "\n", line


def test_a_year_of_a_team_is_told_and_asked_about_word_for_word(person: Person) -> None:
    told(person, YEAR)
    assert person.row("verify")["verdict"] == "whole"


def test_the_year_and_the_tests_below_say_every_command_there_is() -> None:
    lines = [step.partition("\n")[0] for step in YEAR.strip().removeprefix("$ ").split("\n$ ")]
    words = [line.split(": ", 1)[-1] if line.partition(" ")[0].endswith(":") else line for line in lines]
    said = {name for name in NAMES for line in words if f"{line} ".startswith(f"{name} ")}
    assert set(NAMES) - said == ELSEWHERE
    assert {row.name for row in TABLE if row.target and row.section in RECORD} == set(WRITES)
