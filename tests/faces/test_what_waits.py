"""What waits for whom, what falls due, who stands behind what and what was told to whom, asked in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from faceskit import Person, process

if TYPE_CHECKING:
    from faceskit import Clock

STORY = """
init 'Norrby works' --founder eva --on 2025-01-01
member add anna --me eva --on 2025-01-01
member add bo --me eva --on 2025-01-01
member add cia --me eva --on 2025-01-01
define norr --title North --me eva --on 2025-01-02
offer norr --to anna --level 6 --condition report:bo/5 --review-on 2025-11-01 --me eva --on 2025-01-02
accept norr --me anna --on 2025-01-03
flag: propose 'A flag' --in norr --type purchase --affected bo --option large --option small --decide-by 2025-11-20 --me anna --on 2025-10-01
rule: propose 'We answer in a day' --in root --type rule --process consensus --kind agreement --consenter anna --consenter bo --option yes --me eva --on 2025-10-02
consent {rule} --version 1 --me anna --on 2025-10-03
object {rule} 'not on Sundays' --me bo --on 2025-10-04
shifts: decide 'Four shifts' --in norr --type rota --kind trial --trial-until 2025-11-10 --review-on 2025-11-20 --expects 'better sleep' --sign 'sick days' --me anna --on 2025-10-05
report {shifts} --to bo --me anna --on 2025-10-20
lease: decide 'Lease a van' --in norr --type purchase --affected cia --me anna --on 2025-10-06
review {lease} --happened 'it stood still' --outcome worse --process weak --learned 'ask first' --verdict stop --me anna --on 2025-11-15
declare-conflict {flag} --reason 'my sister sews them' --me bo --on 2025-10-07
"""  # noqa: E501 - what is typed on one line stands on one line


@pytest.fixture
def team(person: Person, clock: Clock) -> Person:
    clock.set("2025-12-01T12:00:00Z")
    for line in STORY.strip().splitlines():
        person.done(line)
    return person


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (
            "inbox anna --fields kind,title,by_when",
            """
report\tto bo: Lease a van\t2025-10-11
delegation review\tNorth\t2025-11-01
report\tto eva: Four shifts (+1)\t2025-11-04
trial end\tFour shifts\t2025-11-10
ask for advice\tA flag\t2025-11-20
review\tFour shifts\t2025-11-20
""",
        ),
        ("inbox eva --fields kind,title", "delegation review\tNorth\nobjection\tWe answer in a day (1 by bo)"),
        ("inbox --me bo --fields kind,title", "report to read\tFour shifts"),
        (
            "stuck --fields title,waits_for,about,who",
            "A flag\task for advice\t\tanna\nWe answer in a day\tobjection\t1 by bo\teva",
        ),
        (
            "reviews --fields title,expected,signs_to_watch,due,by",
            "Four shifts\tbetter sleep\tsick days\t2025-11-20\tanna",
        ),
        (
            "reviews --overdue --fields what,title,days_over,whose",
            "delegation review\tNorth\t30\tanna,eva\nreview\tFour shifts\t11\tanna",
        ),
        ("trials --fields title,hypothesis,until,iteration", "Four shifts\tbetter sleep\t2025-11-10\t1"),
        (
            "agreement {rule} --fields member,stance,version,concern",
            "anna\tconsented\t1\t\nbo\tobjected\t\tnot on Sundays",
        ),
        ("objections --fields by,argument,state", "bo\tnot on Sundays\topen"),
        ("conflicts --fields member,ground,acted_after,who_decided_instead", "bo\tmy sister sews them\t\t"),
        ("involvement --since 2025-10-01 --fields title,affected,asked,share", "Lease a van\tcia\t\t0.0"),
        ("audience {lease} --fields member,told", "bo\tfalse\ncia\tfalse\neva\tfalse"),
        ("learned --type 'purchase/*' --fields title,learned,verdict", "Lease a van\task first\tstop"),
        (
            "reports --late --fields title,to,days_late",
            "Four shifts\tbo\t10\nFour shifts\teva\t27\nLease a van\tbo\t51\nLease a van\teva\t26",
        ),
        ("report-pack bo --meeting 2025-12-02 --fields matter,delegate,code", "Lease a van\tanna\tnorr"),
        (
            "conditions --unmet --fields title,condition",
            """
Four shifts\treport eva (level 6)
Lease a van\treport bo (condition of norr)
Lease a van\treport eva (level 6)
""",
        ),
        ("consensus --check", ""),
    ],
)
def test_what_is_answered_when_it_is_asked(team: Person, line: str, answer: str) -> None:
    told = team.done(line)
    assert told.splitlines()[1:] == answer.strip("\n").splitlines()


def test_what_waits_to_be_asked_of_somebody_is_not_said_to_wait_for_a_decision(team: Person) -> None:
    """Whom it affects may not speak of it: then somebody else who knows is asked."""
    assert team.error("decide {flag} --me anna")[1]["code"] == "decision.advice_not_sought"
    team.done("ask-advice {flag} --of cia --me anna")
    assert ["advice", ["cia"]] in [[row["waits_for"], row["who"]] for row in team.rows("stuck")]


def test_a_morning_job_hears_by_the_exit_code_that_something_is_past_its_day(team: Person, clock: Clock) -> None:
    late = team.say("due --exit-code")
    assert (late.exit_code, team.say("due").exit_code) == (1, 0)
    assert "decide by" in late.stdout
    assert team.say("due --exit-code --as-of 2025-10-05").exit_code == 0
    assert team.say("due --exit-code --within 0d --format json --as-of 2025-10-05").stdout == "[]\n"
    clock.set("2026-01-01T00:00:00Z")
    assert team.say("due --exit-code --json").exit_code == 1


def test_what_falls_due_is_written_as_a_calendar_that_says_the_same_when_it_is_written_anew(team: Person) -> None:
    from icalendar import Calendar

    file = team.folder / "due.ics"
    told = team.say("due --within 1y --ics due.ics")
    assert (told.exit_code, told.stdout) == (0, "")
    assert "due.ics" in told.stderr
    events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    rows = team.rows("due --within 1y")
    assert [str(event["dtstart"].dt) for event in events] == [row["due"] for row in rows]
    assert all(row["title"] in str(event["summary"]) for row, event in zip(rows, events, strict=True))
    names = [str(event["uid"]) for event in events]
    assert len(set(names)) == len(names)
    team.done("due --within 1y --ics due.ics")
    again = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert [str(event["uid"]) for event in again] == names
    assert [each.name for each in team.folder.iterdir() if "ics" in each.name] == ["due.ics"]
    piped = team.say("due --within 1y --ics - --exit-code")
    assert piped.stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")
    assert piped.exit_code == 1


def test_a_calendar_that_cannot_be_written_is_said_to_be_so_and_leaves_nothing(team: Person) -> None:
    result = team.say("due --ics nowhere/due.ics")
    assert result.exit_code not in {0, 70}
    assert "nowhere" in result.stderr
    assert not (team.folder / "nowhere").exists()


def test_without_a_name_it_is_your_own_inbox_and_without_knowing_you_it_is_refused(team: Person) -> None:
    assert team.error("inbox")[1]["code"] == "who.unknown"
    assert team.error("inbox nobody")[1]["code"] == "name.unknown"
    assert team.rows("inbox --me anna") == team.rows("inbox anna")


def test_two_questions_at_once_and_unknown_decisions_are_refused(team: Person) -> None:
    assert team.error("reviews --due --overdue")[1]["code"] == "reviews.two_questions"
    assert team.error("due --ics due.ics")[1]["code"] == "due.two_forms"
    # An audit asks for rows, which a calendar has none of.
    assert team.error("audit 'due --ics -' --me eva")[0] == 2
    for line in ("agreement D-zz", "audience D-zz", "report-pack nobody --meeting 2025-12-02"):
        assert team.error(line)[0] == 3, line


def test_only_a_calendar_loads_the_library_for_calendars(team: Person) -> None:
    program = """
import sys
from cli.main import main
sys.argv = ["tillit", "due"]
try:
    main()
finally:
    print("icalendar" in sys.modules)
"""
    assert process(cwd=team.folder, program=program).stdout.splitlines()[-1] == b"False"
