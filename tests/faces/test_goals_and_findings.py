"""Goals, official numbers and what an audit finds, said in words: what each of the commands answers."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faceskit import FORMATS, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each command as it is typed, and below it all that it answers on stdout.
STORY = """
$ init 'Norrby works' --founder eva --on 2025-01-01
Norrby works is founded in .tillit/ledger.db; eva holds the root.
$ member add anna --me eva --on 2025-01-02
anna is a member.
$ aim: goal set 'No van stands still' --why 'people wait' --horizon 2027-12-31 --me anna --on 2025-01-03
{aim} is set: No van stands still.
$ part: goal set 'Two hands' --parent {aim} --me anna --on 2025-01-03
{part} is set: Two hands.
$ goal reword {part} --title 'Two hands more' --reason plainer --me anna --on 2025-01-04
{part} is reworded.
$ goal move {part} --reason apart --me anna --on 2025-01-05
{part} is moved.
$ goal note {aim} --confidence 0.7 --note 'two new hands' --value 12 --me eva --on 2025-01-06
{aim} is noted.
$ goal reach {part} --evidence 'they came' --learned 'ask early' --me anna --on 2025-01-07
{part} is reached.
$ again: goal set 'Two hands more' --again {part} --me anna --on 2025-01-08
{again} is set: Two hands more.
$ goal drop {again} --reason 'two are enough' --me anna --on 2025-01-09
{again} is dropped.
$ define norr --title Drift --goals {aim} --me eva --on 2025-01-09
norr is defined under root.
$ define syd --title South --goals winter --me eva --on 2025-01-09
syd is defined under root.
$ one: decide 'Van one' --in root --type purchase/vehicle --amount 40 --counterparty 'Vans AB' --goal {aim} --me eva --on 2025-01-10
{one} is decided, inside mandate: Van one.
$ two: decide 'Van two' --in root --type purchase/vehicle --amount 40 --counterparty 'Vans AB' --me eva --on 2025-01-11
{two} is decided, inside mandate: Van two.
$ number {one} --register KS-2025 --me eva --on 2025-01-12
{one} has the number KS-2025-1.
$ number {two} --register KS-2025 --me eva --on 2025-01-12
{two} has the number KS-2025-2.
$ tag KS-2025-2 winter vehicles --me anna --on 2025-01-13
KS-2025-2 is tagged: winter, vehicles.
$ attach KS-2025-1 minutes.txt --label Minutes --me eva --on 2025-01-13
Minutes is linked to KS-2025-1.
$ correct KS-2025-1/1 title 'The first van' --reason 'a slip' --me eva --on 2025-01-14
{one}/1 is corrected: title is The first van.
$ goals --coverage --as-of 2025-01-14 --fields title,status,shared,confidence,responsibilities,decisions_90_d
title	status	shared	confidence	responsibilities	decisions_90_d
No van stands still	open	false	0.7	norr	1
Two hands more	dropped	false			0
Two hands more	reached	false			0
winter	not set	false		syd	0
	serves none	false		root	1
$ numbers --register KS-2025 --fields number,official,of,by,state
number	official	of	by	state
1	KS-2025-1	{one}	eva	given
2	KS-2025-2	{two}	eva	given
$ decisions --tag winter --fields title
title
Van two
$ lineage KS-2025-1 --fields title,status
title	status
The first van	stands
$ corrections --fields field,was,is,by,reason,what
field	was	is	by	reason	what
title	Van one	The first van	eva	a slip	corrected
$ delegations --fields delegation,to,accepted
delegation	to	accepted
root 1	eva	2025-01-01T00:00:00.000000Z
$ evidence KS-2025-1 --fields of,uri
of	uri
{one}	minutes.txt
"""  # noqa: E501 - what is typed on one line stands on one line


@pytest.fixture
def told(person: Person) -> Person:
    for step in STORY.strip().removeprefix("$ ").split("\n$ "):
        line, _newline, expected = step.partition("\n")
        assert person.done(line) == expected.format(**person.ids).rstrip("\n") + "\n", line
    return person


def test_the_story_is_told_and_asked_about_word_for_word(told: Person) -> None:
    assert told.row("verify")["verdict"] == "whole"


NOTHING = {
    "decisions --untimely": "Nobody decided after leaving or before accepting.",
    "decisions --expired": "Nothing was decided on a mandate that had ended.",
    "decisions --reserved": "No reserved matter was decided below.",
    "decisions --joint": "No group decided where only one may.",
    "delegations --unaccepted": "No delegation ran without being accepted.",
    "split-check --window 30d": "Nothing adds up to more than its limit.",
    "recorded-for": "Everybody wrote down their own.",
    "numbers --register XX": "No number is given by that moment.",
    "corrections --as-of 2025-01-13": "Nothing was corrected or annulled.",
    "goals --as-of 2025-01-02": "No goal is set by that moment.",
    "evidence --check --as-of 2025-01-02": "No evidence is linked by that moment.",
}


def test_what_is_not_found_is_one_sentence_and_no_error(told: Person) -> None:
    for line, sentence in NOTHING.items():
        result = told.say(line)
        said, _as_of, _day = result.stderr.strip().partition(" (as of ")
        assert (result.exit_code, result.stdout, said) == (0, "", sentence), line
        assert told.rows(line) == []
    assert told.error("late --over 9999y --as-of 2025-01-01")[1]["code"] == "period.too_long"


def test_the_findings_of_a_year_that_went_wrong(person: Person) -> None:
    for line in (
        "init Town --founder eva --on 2025-01-01",
        "member add anna --me eva --on 2025-01-01",
        "define norr --title North --reserve hire --me eva --on 2025-01-02",
        "offer norr --to anna --amount 100 --level 7 --from 2025-01-03 --until 2025-02-01 --me eva --on 2025-01-02",
        "early: decide Early --in norr --type buy --outside-mandate --reason now --me anna --on 2025-01-04",
        "accept norr --me anna --on 2025-01-05",
        "one: decide One --in norr --type buy --amount 60 --counterparty AB --me anna --on 2025-01-06",
        "two: decide Two --in norr --type buy --amount 60 --counterparty ab --by anna --me eva --on 2025-01-07",
        "late: decide Late --in norr --type buy --outside-mandate --reason now --me anna --on 2025-02-03",
        "define syd --title South --parent norr --me eva --on 2025-02-04",
        "hire: decide Hire --in syd --type hire --outside-mandate --reason now --me eva --on 2025-02-05",
    ):
        person.done(line)
    found = {
        "decisions --untimely": [("decision", "{early}"), ("why_untimely", "before accepting"), ("link", "norr")],
        "decisions --expired": [("decision", "{late}"), ("days_after", 2)],
        "decisions --reserved": [("decision", "{hire}"), ("reserved_by", "norr"), ("decided_in", "syd")],
        "delegations --unaccepted": [("delegation", "norr 1"), ("to", "anna")],
        "split-check --window 30d": [("decider", "anna"), ("count", 2), ("sum", "120"), ("limit", "100")],
        "recorded-for": [("recorded_by", "eva"), ("actor", "anna"), ("events", 2)],
    }
    columns = {
        "decisions --untimely": "decision by when why_untimely link",
        "decisions --expired": "decision by mandate_ended decided days_after",
        "decisions --reserved": "decision type reserved_by decided_in",
        "delegations --unaccepted": "delegation to valid_from accepted decisions_before",
        "split-check --window 30d": "decider type counterparty count sum limit decisions",
        "recorded-for": "recorded_by actor events share",
    }
    for line, expected in found.items():
        (row,) = person.rows(line)
        assert list(row) == columns[line].split(), line
        for name, value in expected:
            assert row[name] == (value.format(**person.ids) if isinstance(value, str) else value), line
        (explained,) = person.rows(line, "--explain")
        assert explained["explain"], line
        for form in FORMATS:
            assert person.done(line, "--format", form), (line, form)
    assert person.error("decisions --untimely --expired")[1]["code"] == "decisions.one_finding"
    assert person.rows("late --over 7d --fields event,delay") != []


def test_evidence_that_is_a_file_is_read_and_compared(told: Person) -> None:
    file = told.folder / "minutes.txt"
    row = told.rows("evidence")[0]
    assert (row["uri"], row["digest_recorded"]) == ("minutes.txt", None)
    file.write_bytes(b"as it was")
    digest = f"sha256:{hashlib.sha256(b'as it was').hexdigest()}"
    told.done(f"attach KS-2025-2 {file.as_uri()} --label Minutes --digest {digest} --me eva --on 2025-01-15")
    told.done(f"attach norr minutes.txt --label Minutes --digest {digest} --me eva --on 2025-01-16")
    told.done(f"attach syd http://localhost:9/x --label Page --digest {digest} --me eva --on 2025-01-17")
    told.done(f"attach syd /dev/zero --label Endless --digest {digest} --me eva --on 2025-01-18")
    assert [row["state"] for row in told.rows("evidence --check")] == [
        "unchecked", "same", "same", "unchecked", "unchecked",
    ]  # fmt: skip
    assert told.rows("evidence --check")[0]["digest_now"] == digest
    file.write_bytes(b"as it is")
    result = told.say("evidence --check --json")
    assert result.exit_code == 1
    assert [row["state"] for row in json.loads(result.stdout)] == [
        "unchecked", "changed", "changed", "unchecked", "unchecked",
    ]  # fmt: skip
    file.unlink()
    result = told.say("evidence --check norr --json")
    assert (result.exit_code, json.loads(result.stdout)[0]["state"]) == (1, "missing")
    assert json.loads(result.stdout)[0]["digest_now"] is None


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.path == "/there" else 404)
            self.end_headers()
            self.wfile.write(b"as it was")

        def log_message(self, *_words: object) -> None:
            """Nothing on stderr."""

    del tmp_path
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_what_lies_at_an_address_is_fetched_only_when_asked(told: Person, site: tuple[str, list[str]]) -> None:
    address, asked = site
    digest = f"sha256:{hashlib.sha256(b'as it was').hexdigest()}"
    for path in ("there", "gone"):
        told.done(f"attach norr {address}/{path} --label {path} --digest {digest} --me eva --on 2025-01-15")
    assert [row["state"] for row in told.rows("evidence norr --check")] == ["unchecked", "unchecked"]
    assert asked == []
    result = told.say("evidence norr --check --fetch --json")
    assert [row["state"] for row in json.loads(result.stdout)] == ["same", "missing"]
    assert (result.exit_code, asked) == (1, ["/there", "/gone"])


def test_an_official_number_is_accepted_wherever_a_decision_is_named(told: Person) -> None:
    one = told.ids["one"]
    assert told.rows("why KS-2025-1")[0]["responsibility"] == "root"
    assert {row["event"] for row in told.rows("history KS-2025-1")} >= {"decision.made.v1", "evidence.linked.v1"}
    told.done("reverse KS-2025-1 --reason sold --me eva --on 2025-01-20")
    assert next(row["status"] for row in told.rows("decisions") if row["decision"] == one) == "reversed"
    three = told.row("decide Three --in root --type buy --supersedes KS-2025-2 --me eva --on 2025-01-21")["decision"]
    assert {row["decision"] for row in told.rows(f"lineage {three}")} == {told.ids["two"], three}
    assert told.error("why KS-2025-3")[0] == 3


def test_a_goal_is_named_by_any_beginning_that_only_it_has(told: Person) -> None:
    aim = told.ids["aim"]
    told.done(f"clarify syd --goals {aim[:8]} --me eva --on 2025-01-20")
    assert told.row(f"goal note {aim[:8]} --confidence 1 --note sure --me eva --on 2025-01-20")["goal"] == aim
    assert told.rows("goals --fields goal,responsibilities")[0] == {"goal": aim, "responsibilities": ["norr", "syd"]}
    assert told.error("goal note G-000000 --confidence 1 --note sure --me eva")[0] == 3
    assert told.error(f"goal note {aim} --confidence 2 --note sure --me eva")[0] == 2
    assert next(row["event"] for row in told.rows(f"history {aim[:8]}")) == "goal.set.v1"
