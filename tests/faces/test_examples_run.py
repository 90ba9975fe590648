"""The example in the help of each command that records, or keeps the ledger, is carried out where it makes sense."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

import pytest
from faceskit import Person, loaded

from cli.table import KEEP, RECORD, TABLE

EXAMPLE = re.compile(r"^\s+(tillit .*)$", re.MULTILINE)


class Scene(NamedTuple):
    """Where an example makes sense in the town: who says it, what its names stand for, what was said before it."""

    me: str
    names: dict[str, str]
    before: tuple[str, ...]


# The beginning of an example | who says it | what is meant by its words | what is said before it.
SCENES = {
    beginning.strip(): Scene(
        me.strip(),
        dict(pair.split("=", 1) for pair in meant.split()),
        tuple(each.strip() for each in before.split(";") if each.strip()),
    )
    for line in """
    member add                | eva  | anna=gun |
    member join               | eva  | ledningsgrupp=gruppen anna=bo |
    member part               | eva  | ledningsgrupp=gruppen |
    member rename             | eva  | |
    member leave              | eva  | |
    member return             | eva  | bo=erik |
    define                    | eva  | norr=ny |
    clarify                   | eva  | |
    move                      | eva  | norr=tom drift=norr | move tom --parent root --reason x --me eva
    retire                    | anna | norr=tom |
    offer                     | eva  | anna=cia |
    accept                    | cia  | norr=bud |
    decline norr              | cia  | norr=bud |
    decline D-                | anna | D-7k3q2={flag} |
    withdraw-offer            | anna | norr=bud |
    complete                  | dag  | |
    hand-back                 | anna | |
    revoke                    | eva  | |
    renew                     | eva  | |
    change-mandate            | eva  | |
    stand-in                  | anna | |
    end-stand-in              | anna | |
    away                      | bo   | |
    capacity                  | bo   | |
    competence                | cia  | |
    confirm                   | anna | anna=bo |
    withdraw-competence       | bo   | anna=bo |
    decide                    | bo   | |
    propose                   | bo   | |
    amend                     | anna | D-7k3q2={flag} |
    ask-advice                | anna | D-7k3q2={flag} ekonomi=eva |
    advise                    | dag  | D-7k3q2={flag} |
    concern                   | bo   | D-7k3q2={flag} |
    object                    | bo   | D-7k3q2={flag} |
    resolve                   | anna | D-7k3q2={flag} | amend {flag} --amount 90 --me anna
    consent                   | bo   | D-7k3q2={flag} |
    consent D-7k3q2 --version | bo   | D-7k3q2={flag} | amend {flag} --amount 90 --me anna
    stand-aside               | bo   | D-7k3q2={flag} |
    withdraw                  | anna | D-7k3q2={flag} |
    refer-up                  | bo   | |
    call-in                   | eva  | D-7k3q2={third} |
    declare-conflict          | anna | D-7k3q2={third} |
    reverse                   | bo   | D-7k3q2={lease} |
    overrule                  | anna | D-7k3q2={lease} |
    ratify                    | anna | D-7k3q2={big} |
    report                    | bo   | D-7k3q2={big} board=anna |
    note-report               | anna | D-7k3q2={lease} |
    review                    | bo   | D-7k3q2={lease} |
    check-in                  | eva  | |
    ask-support               | anna | |
    give-support              | eva  | |
    review-delegation         | anna | |
    goal set                  | anna | |
    goal reword               | anna | G-7k3q2={aim} |
    goal move                 | anna | G-7k3q2={aim} G-2m9x1={other} | other: goal set 'All at rest' --me anna
    goal note                 | anna | G-7k3q2={aim} |
    goal reach                | anna | G-7k3q2={aim} |
    goal drop                 | anna | G-7k3q2={aim} |
    feedback ask              | anna | D-7k3q2={lease} |
    feedback give             | anna | D-7k3q2={lease} |
    feedback acknowledge      | anna | F-7k3q2={wish} |
    feedback reply            | anna | F-7k3q2={wish} |
    feedback act              | anna | F-7k3q2={wish} D-2m9x1={lease} |
    feedback share            | anna | F-7k3q2={wish} |
    feedback retract          | bo   | F-7k3q2={wish} |
    feedback erase            | anna | F-7k3q2={wish} |
    number                    | eva  | D-7k3q2={big} |
    tag                       | bo   | D-7k3q2={lease} |
    attach                    | bo   | D-7k3q2={lease} |
    note                      | bo   | D-7k3q2={lease} |
    erase                     | anna | |
    correct                   | eva  | norr/4=norr/5 | change-mandate norr --amount 9 --reason x --me eva
    annul                     | anna | |
    audit                     | bo   | |
    """.strip().splitlines()
    for beginning, me, meant, before in [line.split("|")]
}
# What needs another server, or goes on until it is told to stop: tests of their own try them.
ELSEWHERE = {"copy", "project", "demo", "continue"}


def examples(name: str) -> list[str]:
    return [each.partition(" > ")[0].removeprefix("tillit ") for each in EXAMPLE.findall(loaded(name).help or "")]


def all_of(names: list[str]) -> list[str]:
    return [example for name in names for example in examples(name)]


@pytest.mark.parametrize("example", all_of([row.name for row in TABLE if row.target and row.section in RECORD]))
def test_the_example_of_every_command_that_records_is_carried_out(town: Person, example: str) -> None:
    beginning = max((each for each in SCENES if example.startswith(f"{each}")), key=len)
    scene = SCENES[beginning]
    for line in scene.before:
        town.done(line)
    words = shlex.split(example)
    for name, meant in scene.names.items():
        words = [meant.format(**town.ids) if word == name else word for word in words]
    head = town.head()
    result = town.say_words([*words, "--me", scene.me])
    assert result.exit_code == 0, (words, result.output)
    assert town.head() > head


@pytest.mark.parametrize(
    "example", all_of([row.name for row in TABLE if row.target and row.section is KEEP and row.name not in ELSEWHERE])
)
def test_the_example_of_every_command_that_keeps_the_ledger_is_carried_out(
    town: Person, person: Person, example: str
) -> None:
    words = shlex.split(example)
    if example.startswith("init"):
        words += ["--ledger", "another"]
    if example.startswith("key create"):
        words = ["--ledger", "another", *words]
        person.done("init Other --founder eva --no-sign --ledger another")
    (town.folder / "2026.jsonl").write_text("")
    result = town.say_words(words)
    assert result.exit_code == 0, (words, result.output)
