"""The roads to a decision and what follows it, said in words: what each of the commands answers."""

from __future__ import annotations

import json

import pytest
from faceskit import Person

# Each command as it is typed, and below it all that it answers on stdout.
STORY = """
$ init 'Norrby works' --founder eva --on 2025-01-01
Norrby works is founded in .tillit/ledger.db; eva holds the root.
$ member add anna --me eva --on 2025-01-01
anna is a member.
$ member add bo --me eva --on 2025-01-01
bo is a member.
$ member add cia --me eva --on 2025-01-01
cia is a member.
$ member add board --group --acts each --me eva --on 2025-01-01
board is a group.
$ member join board cia --me eva --on 2025-01-01
cia sits in board.
$ define norr --title North --decides purchase/flag --me eva --on 2025-01-02
norr is defined under root.
$ offer norr --to anna --level 5 --condition report:board --resources yes --me eva --on 2025-01-02
norr is offered to anna, level 5. Review on Friday 2026-01-02.
$ accept norr --me anna --on 2025-01-03
norr is anna's.
$ flag: propose 'A flag' --in norr --affected bo --option large --option small --recommends small --decide-by 2025-03-20 --me anna --on 2025-03-01
{flag} is proposed, to be decided after advice: A flag. Decide by Thursday 2025-03-20. Taken as purchase/flag, which is all that norr decides; by anna, on Saturday 2025-03-01.
$ ask-advice {flag} --of bo --of eva --by-when 2025-03-10 --me anna --on 2025-03-02
Advice on {flag} is asked of bo (affected), eva (delegator), until Monday 2025-03-10.
$ advise {flag} 'a small one' --leaning for --me bo --on 2025-03-03
bo has advised on {flag}.
$ concern {flag} 'the wind' --me cia --on 2025-03-03
The concern of cia stands beside {flag}; it stops nothing.
$ advise {flag} 'as you like' --me eva --on 2025-03-04
eva has advised on {flag}.
$ decide {flag} --chose small --because 'the wind' --expects 'seen from afar' --sign 'visitors find us' --confidence high --review-on 2025-09-01 --me anna --on 2025-03-05
{flag} is decided, inside mandate: A flag. Still to do: report it to board (condition of norr).
$ report {flag} --to board --meeting 'Board 3' --item 7 --me anna --on 2025-03-06
{flag} is reported to board at Board 3.
$ note-report {flag} --question 'which colour?' --me cia --on 2025-03-07
cia has seen the report of {flag}; the decision stands as it was made.
$ review {flag} --happened 'visitors came' --outcome as_expected --process sound --learned 'ask the neighbours too' --verdict keep --next-review-on 2026-03-01 --me anna --on 2025-09-01
{flag} is looked at: keep. Again on Sunday 2026-03-01.
$ rule: propose 'We answer within a day' --in root --type rule --process consensus --consenter anna --consenter bo --consenter cia --kind agreement --me eva --on 2025-04-01
{rule} is proposed, to be decided by consensus of anna, bo, cia: We answer within a day.
$ consent {rule} --me anna --on 2025-04-02
anna consents to version 1 of {rule}.
$ object {rule} 'not on Sundays' --kind side_effect --me bo --on 2025-04-02
Objection 1 to {rule} is raised; it is resolved before anything is decided.
$ amend {rule} --title 'We answer within a working day' --answers 'objection 1' --me eva --on 2025-04-03
{rule} is version 2 now; changed: options, title. Nobody has consented to it yet.
$ resolve {rule} 1 --how integrated --me eva --on 2025-04-03
Objection 1 to {rule} is resolved: integrated.
$ consent {rule} --version 2 --me anna --on 2025-04-04
anna consents to version 2 of {rule}.
$ consent {rule} --version 2 --me bo --on 2025-04-04
bo consents to version 2 of {rule}.
$ stand-aside {rule} --reason 'I am new here' --me cia --on 2025-04-04
cia stands aside from {rule}, which is no consent.
$ consent {rule} --version 2 --me cia --on 2025-04-05
cia consents to version 2 of {rule}.
$ decide {rule} --review-on 2025-10-01 --me eva --on 2025-04-06
{rule} is decided, inside mandate: We answer within a working day.
$ shed: propose 'A shed' --in norr --type purchase/flag --process alone --me bo --on 2025-05-01
{shed} is proposed, to be decided: A shed.
$ decline {shed} --reason 'no room' --me anna --on 2025-05-02
{shed} is declined; it is kept with the reason.
$ bench: propose 'A bench' --in norr --type purchase/flag --consenter cia --me bo --on 2025-05-01
{bench} is proposed, to be decided by consent of cia: A bench.
$ object {bench} 'it is dear' --me cia --on 2025-05-02
Objection 1 to {bench} is raised; it is resolved before anything is decided.
$ resolve {bench} 1 --how deferred --explanation 'good enough to try' --follow-up-on 2025-08-01 --with cia --me bo --on 2025-05-02
Objection 1 to {bench} is resolved: deferred. It is looked at again on Friday 2025-08-01.
$ withdraw {bench} --reason 'somebody gave us one' --me bo --on 2025-05-03
{bench} is withdrawn.
$ flags: decide 'Flags for a summer' --in norr --kind trial --expects 'seen from afar' --review-on 2025-09-01 --trial-until 2025-08-31 --with eva --me anna --on 2025-06-01
{flags} is decided, inside mandate: Flags for a summer. Still to do: report it to board (condition of norr). Taken as purchase/flag, which is all that norr decides; by anna, on Sunday 2025-06-01.
$ review {flags} --happened 'two were torn' --outcome worse --process weak --learned 'a stronger cloth' --verdict adapt --me anna --on 2025-09-01
{flags} is looked at: adapt.
$ again: decide 'Flags for another summer' --in norr --kind trial --follows {flags} --review-on 2026-09-01 --trial-until 2026-08-31 --with eva --me anna --on 2025-10-01
{again} is decided, inside mandate: Flags for another summer. Still to do: report it to board (condition of norr). Taken as purchase/flag, which is all that norr decides; by anna, on Wednesday 2025-10-01.
"""  # noqa: E501 - what is typed on one line stands on one line


def test_proposals_advice_consent_and_what_follows_are_told_word_for_word(person: Person) -> None:
    for step in STORY.strip().removeprefix("$ ").split("\n$ "):
        line, _newline, expected = step.partition("\n")
        answer = person.done(line)
        assert answer == expected.format(**person.ids).rstrip("\n") + "\n", line
    assert person.row("verify")["verdict"] == "whole"
    statuses = {row["title"]: row["status"] for row in person.rows("decisions --as-of 2025-12-01")}
    assert statuses["We answer within a working day"] == "stands"
    assert [row["event"] for row in person.rows("history {shed}")][-1] == "proposal.declined.v1"
    assert person.rows("decisions --open") == []


def test_consent_is_to_the_version_that_was_read(town: Person) -> None:
    assert town.row("consent {flag} --me bo --dry-run")["on_version"] == 1
    town.done("amend {flag} --amount 90 --me anna")
    code, error = town.error("consent {flag} --me bo")
    assert (code, error["code"]) == (2, "consent.which_version")
    code, error = town.error("consent {flag} --version 1 --me bo")
    assert (code, error["code"]) == (1, "consent.other_version")
    assert town.row("consent {flag} --version 2 --me bo")["version"] == 2


def test_an_objection_stops_a_matter_by_consent_and_the_refusal_says_what_to_do(town: Person) -> None:
    code, error = town.error("decide {flag} --me anna")
    assert (code, error["code"]) == (1, "decision.objection_open")
    assert town.ids["flag"] in error["hint"]
    told = town.row("object {flag} 'it is dear' --me bo")
    assert (told["objection"], told["stops"]) == (2, True)


@pytest.mark.parametrize(
    ("line", "where", "type_"),
    [
        ("decide Tyres --me bo", "vagn", "purchase/vehicle"),
        ("decide Tyres --in vagn --me bo", "vagn", "purchase/vehicle"),
        ("decide Tyres --in vagn --me cia", "vagn", "purchase/vehicle"),
        ("decide Tyres --type purchase/vehicle --me cia", "vagn", "purchase/vehicle"),
        ("decide Nurse --type hire --me anna", "norr", "hire"),
        ("propose Tyres --in vagn --me dag", "vagn", "purchase/vehicle"),
        ("refer-up Tyres --reason 'beyond me' --me bo", "vagn", "purchase/vehicle"),
    ],
)
def test_what_is_certain_need_not_be_said_and_is_said_back(town: Person, line: str, where: str, type_: str) -> None:
    proposed = json.loads(town.done(line, "--dry-run").splitlines()[0])
    assert proposed["decision_type"] == type_
    answer = town.done(line)
    assert f"Taken in {where}" in answer or where in line
    assert type_ in answer or type_ in line
    assert f"by {line.rsplit(maxsplit=1)[-1]}, on Monday 2025-12-01" in answer


def test_what_is_not_certain_is_asked_for(town: Person) -> None:
    code, error = town.error("decide Nurse --me anna")
    assert (code, error["code"]) == (2, "decide.type")
    assert "norr decides purchase/*, hire" in error["message"]
    code, error = town.error("decide Nurse --type hire --me bo")
    assert (code, error["code"]) == (2, "decide.where")
    code, error = town.error("decide Nurse --in nowhere --me dag")
    assert (code, error["code"]) == (3, "name.unknown")


def test_decline_takes_an_offer_or_a_proposal(town: Person) -> None:
    town.done("decline bud --reason 'no time' --me cia")
    assert town.row("decline {flag} --reason 'no wind' --me anna")["decision"] == town.ids["flag"]
    code, error = town.error("decline D-nothing --reason x --me anna")
    assert (code, error["code"]) == (3, "name.unknown")


def test_where_the_level_has_somebody_heard_first_the_refusal_says_the_road(person: Person) -> None:
    for line in STORY.strip().split("\n"):
        if line.startswith("$ flag:"):
            break
        if line.startswith("$ "):
            person.done(line.removeprefix("$ "))
    code, error = person.error("decide 'A flag' --in norr --me anna")
    assert (code, error["code"]) == (1, "decision.advice_missing")
    assert "tillit propose TITLE --in norr --type purchase/flag --process advice" in error["hint"]
    person.done("decide 'A flag' --in norr --with eva --me anna")
