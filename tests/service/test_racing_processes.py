"""Two processes say at once what cannot both be so: one of them has its way, and the other is told why not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger import command, create_ledger, open_ledger
from ledger.errors import Refused
from ledger.events import decision as events
from ledger.events.corrections import corrected
from ledger.events.responsibility import DelegationAccepted, DelegationRevoked
from ledger.store import mapper
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger import Entry, Ledger

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS = 100
SPEAKER = """
import json, sys, time
from ledger import command, open_ledger
from ledger.errors import Conflict, Refused

with open_ledger(sys.argv[1]) as ledger:
    ledger.begin()
    for line in sys.stdin:
        told = json.loads(line)
        late, said = told.pop("late"), command(told)
        print("ready", flush=True)
        sys.stdin.readline()
        time.sleep(late)
        while True:
            try:
                ledger.tell(said)
            except Conflict:
                continue
            except Refused as refusal:
                print(refusal.rule, flush=True)
            else:
                print("told", flush=True)
            break
"""


class Speakers:
    """Two processes on one ledger, which say what each is given in the same instant, or a little apart."""

    def __init__(self, address: str) -> None:
        self.chance = random.Random(5)  # noqa: S311 - who is late is no secret
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-c", SPEAKER, address],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]

    def at_once(self, *commands: dict[str, Any]) -> tuple[str, ...]:
        """What became of each: `told`, or the rule that refused it."""
        for process, fields in zip(self.processes, commands, strict=True):
            self._say(process, json.dumps({**fields, "late": self.chance.choice((0, 0, 0.002, 0.006))}))
        assert [self._hear(process) for process in self.processes] == ["ready", "ready"]
        for process in self.processes:
            self._say(process, "go")
        return tuple(self._hear(process) for process in self.processes)

    def close(self) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(timeout=60) == 0

    def _say(self, process: subprocess.Popen[str], line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()

    def _hear(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()


def say(ledger: Ledger, do: str, by: str = "eva", **fields: Any) -> str:  # noqa: ANN401 - a command's fields
    return ledger.tell(command({"do": do, "by": by, **fields})).entries[0].stream


def stream(ledger: Ledger, name: str) -> list[Entry]:
    return list(corrected(mapper.recorded(leaf).entry for leaf in ledger._recorder.stream(name)))


@pytest.fixture
def town(address: str) -> Iterator[tuple[Ledger, Speakers]]:
    """Eva's, with anna, and bo and cia, who sit on a board of which each acts."""
    create_ledger(address, "Town", ["eva"]).close()
    with open_ledger(address) as ledger:
        for handle in ("anna", "bo", "cia"):
            say(ledger, "member add", handle=handle)
        say(ledger, "member add", handle="board", group=True, acts="each")
        for handle in ("bo", "cia"):
            say(ledger, "member join", group="board", handle=handle)
        speakers = Speakers(address)
        yield ledger, speakers
        speakers.close()


def proposed(ledger: Ledger, number: int) -> str:
    matter = {"title": f"Matter {number}", "type": "rule", "in": "root", "options": ["yes"]}
    return say(ledger, "propose", process="consensus", consenters=["bo"], **matter)


def test_a_consent_given_while_the_proposal_is_amended_never_counts_for_what_was_not_read(
    town: tuple[Ledger, Speakers],
) -> None:
    ledger, speakers = town
    outcomes = set()
    for number in range(ROUNDS):
        id_ = proposed(ledger, number)
        consented, amended = speakers.at_once(
            {"do": "consent", "by": "bo", "decision": id_, "version": 1},
            {"do": "amend", "by": "eva", "decision": id_, "amount": "90"},
        )
        kinds = [type(entry.event) for entry in stream(ledger, id_)[1:]]
        assert amended == "told"
        first = [events.ConsentGiven] if consented == "told" else []
        assert kinds == [*first, events.ProposalAmended]
        assert consented in {"told", "consent.other_version"}
        with pytest.raises(Refused, match="lacks the consent of bo"):
            say(ledger, "decide matter", decision=id_)
        outcomes.add(consented)
    assert len(outcomes) == 2, "nothing was raced for"


def test_a_matter_is_decided_as_it_was_consented_to_or_amended_and_never_both(town: tuple[Ledger, Speakers]) -> None:
    ledger, speakers = town
    outcomes = set()
    for number in range(ROUNDS):
        id_ = proposed(ledger, number)
        say(ledger, "consent", by="bo", decision=id_, version=1)
        outcome = speakers.at_once(
            {"do": "decide matter", "by": "eva", "decision": id_},
            {"do": "amend", "by": "eva", "decision": id_, "amount": "90"},
        )
        assert outcome in {("told", "decision.not_open"), ("decision.no_consensus", "told")}
        last = events.DecisionMade if outcome[0] == "told" else events.ProposalAmended
        assert [type(entry.event) for entry in stream(ledger, id_)[2:]] == [last]
        outcomes.add(outcome)
    assert len(outcomes) == 2, "nothing was raced for"


def test_a_decision_made_while_the_delegation_is_revoked_comes_before_it_or_not_at_all(
    town: tuple[Ledger, Speakers],
) -> None:
    ledger, speakers = town
    outcomes = set()
    for number in range(ROUNDS):
        code = f"r{number}"
        say(ledger, "define", code=code, title="R")
        say(ledger, "offer", code=code, to="anna")
        say(ledger, "accept", "anna", code=code)
        before = ledger._recorder.head().position
        decided, revoked = speakers.at_once(
            {"do": "decide", "by": "anna", "title": f"Vans {number}", "in": code, "type": "buy"},
            {"do": "revoke", "by": "eva", "code": code, "reason": "so it is"},
        )
        assert revoked == "told"
        kinds = [type(mapper.recorded(leaf).entry.event) for leaf in ledger._recorder.log(before)]
        made = [events.DecisionProposed, events.DecisionMade] if decided == "told" else []
        assert kinds == [*made, DelegationRevoked]
        assert decided in {"told", "authority.ended"}
        outcomes.add(decided)
    assert len(outcomes) == 2, "nothing was raced for"


def test_two_accept_the_same_hand_over_and_it_is_taken_on_once(town: tuple[Ledger, Speakers]) -> None:
    ledger, speakers = town
    for number in range(ROUNDS):
        code = f"r{number}"
        say(ledger, "define", code=code, title="R")
        say(ledger, "offer", code=code, to="anna")
        say(ledger, "accept", "anna", code=code)
        say(ledger, "offer", code=code, to="board")
        told = speakers.at_once(*({"do": "accept", "by": who, "code": code} for who in ("bo", "cia")))
        assert sorted(told) == ["delegation.no_offer", "told"]
        accepted = [
            entry.actor
            for entry in stream(ledger, responsibility_id(code))
            if isinstance(entry.event, DelegationAccepted)
        ]
        assert accepted == ["anna", "bo" if told[0] == "told" else "cia"]
