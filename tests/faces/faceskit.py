"""A person with a ledger of her own, a town whose year is told already, and how each writing command is said in it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import click
from click.testing import CliRunner

import cli
from cli.main import root
from cli.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from click.testing import Result

PROJECT = Path(cli.__file__).resolve().parents[1]
VARIABLES = (
    *("TILLIT_LEDGER", "TILLIT_ME", "NO_COLOR", "FORCE_COLOR", "PAGER", "COLUMNS", "LINES"),
    *("LANGUAGE", "LC_ALL", "LC_MESSAGES"),
)
NAMES = tuple(row.name for row in TABLE if row.target)
DECISION = re.compile(r"[DFG]-[0-9a-z]{10}")
NOON = datetime(2025, 12, 1, 12, tzinfo=UTC)
FORMATS = ("table", "json", "jsonl", "csv", "md")
# What no stream may ever carry: what a terminal obeys, what hides text or turns it round, what has no encoding.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

TOWN = """
init 'Norrby works' --founder eva --on 2025-01-01
member add anna --name 'Anna Berg' --me eva --on 2025-01-02
member add bo --me eva --on 2025-01-02
member add cia --me eva --on 2025-01-02
member add dag --me eva --on 2025-01-02
member add erik --me eva --on 2025-01-02
member add gruppen --group --acts together --me eva --on 2025-01-02
member join gruppen anna --me eva --on 2025-01-02
define norr --title 'Drift norr' --me eva --on 2025-01-03
offer norr --to anna --types 'purchase/*' --types hire --amount 200000 --me eva --on 2025-01-04
accept norr --me anna --on 2025-01-05
define vagn --title Vehicles --parent norr --decides purchase/vehicle --me anna --on 2025-01-07
offer vagn --to bo --amount 50000 --me anna --on 2025-01-10
accept vagn --me bo --on 2025-01-11
define flytt --title Move --parent norr --me anna --on 2025-01-07
offer flytt --to dag --until 2026-02-01 --me anna --on 2025-01-12
accept flytt --me dag --on 2025-01-13
define tom --title Empty --parent norr --me anna --on 2025-01-14
define bud --title Offered --parent norr --me anna --on 2025-01-14
offer bud --to cia --me anna --on 2025-01-15
stand-in vagn --member cia --from 2025-03-01 --until 2026-02-01 --reason leave --me anna --on 2025-02-20
lease: decide 'Lease two vans' --in vagn --type purchase/vehicle --amount 40000 --because worn --me cia --on 2025-03-05
big: decide 'Big van' --in vagn --type purchase/vehicle --amount 90000 --outside-mandate --reason now --me bo --on 2025-04-01
third: refer-up 'A third van' --in vagn --type purchase/vehicle --amount 80000 --reason limit --me bo --on 2025-05-01
aim: goal set 'No van stands still' --why 'people wait' --me anna --on 2025-05-10
part: goal set 'Two hands at the depot' --parent {aim} --me anna --on 2025-05-11
competence upphandling --level able --me bo --on 2025-06-01
check-in vagn --state going-well --with bo --next 2025-07-01 --me anna --on 2025-06-01
ask-support norr --what 'a lawyer' --me anna --on 2025-06-02
flag: propose 'A flag' --in norr --type purchase/flag --consenter bo --consenter cia --affected dag --me anna --on 2025-06-01
ask-advice {flag} --of dag --me anna --on 2025-06-01
object {flag} 'the wind' --me cia --on 2025-06-01
report {lease} --to anna --me bo --on 2025-06-01
attach {lease} minutes.pdf --label Minutes --me bo --on 2025-06-02
number {lease} --register KS-2025 --me eva --on 2025-06-03
wish: feedback give anna 'Ask us earlier' --about norr --kind guidance --me bo --on 2025-06-04
feedback act {wish} 'We ask by mail' --ref {lease} --me anna --on 2025-06-05
member leave erik --me eva --on 2025-10-01
"""  # noqa: E501 - what is typed on one line stands on one line

# How each command that records is said in that town, by whom it is his or hers to say, once.
WRITES = {
    name: line
    for line in """
    member add fia --name Fia --me eva
    member join gruppen bo --until 2026-06-01 --me eva
    member part gruppen anna --me eva
    member rename bo 'Bo Ek' --me eva
    member leave dag --me eva
    member return erik --me eva
    define ny --title Ny --parent norr --me anna
    clarify vagn --title Vans --me anna
    move tom --parent root --reason 'one unit' --me eva
    retire tom --reason done --me anna
    offer tom --to cia --me anna
    accept bud --me cia
    decline bud --reason 'no time' --me cia
    withdraw-offer bud --me anna
    complete flytt --summary moved --me dag
    hand-back flytt --lacking resources --reason tired --me dag
    revoke flytt --reason closed --me anna
    renew flytt --until 2026-12-31 --agreed-by dag --me anna
    change-mandate vagn --amount 40000 --reason budget --me anna
    check-in vagn --state needs-support --with bo --me anna
    ask-support vagn --what 'a mechanic' --me bo
    give-support norr --what 'our own' --me eva
    review-delegation vagn --design fits --mandate keep --delegator-part change --learned sooner --with bo --me anna
    stand-in flytt --member cia --from 2025-12-01 --until 2026-02-01 --reason leave --me anna
    end-stand-in vagn --member cia --me anna
    decide 'Two tyres' --in vagn --type purchase/vehicle --amount 800 --because flat --me bo
    propose 'A bench' --in norr --type purchase/bench --affected dag --me anna
    amend {flag} --amount 90 --me anna
    ask-advice {flag} --of bo --me anna
    advise {flag} 'a small one' --leaning for --me dag
    concern {flag} birds --me bo
    object {flag} 'it is dear' --me bo
    resolve {flag} 1 --how withdrawn --me cia
    consent {flag} --me bo
    stand-aside {flag} --reason 'new here' --me bo
    withdraw {flag} --reason 'no wind' --me anna
    report {big} --to anna --me bo
    note-report {lease} --question 'why two?' --me anna
    review {lease} --happened 'fewer stops' --outcome better --process sound --learned ask --verdict keep --me bo
    refer-up 'A bus' --in vagn --type purchase/vehicle --amount 90000 --reason limit --me bo
    call-in {third} --reason 'whole town' --me eva
    declare-conflict {third} --reason 'my sister' --me anna
    reverse {big} --reason sold --me bo
    overrule {big} --reason budget --me anna
    ratify {big} --reason 'it was right' --me anna
    capacity 20 --me bo
    competence svetsning --level able --me bo
    confirm bo upphandling --level able --me anna
    withdraw-competence bo upphandling --me bo
    away --from 2026-01-01 --until 2026-02-01 --me bo
    goal set 'Two hands' --parent {aim} --me bo
    goal reword {aim} --title 'No van stands' --reason plainer --me anna
    goal move {part} --reason apart --me anna
    goal note {aim} --confidence 0.7 --note 'two new hands' --me bo
    goal reach {aim} --evidence 'nobody waits' --me anna
    goal drop {aim} --reason 'the depot closes' --me anna
    feedback ask bo 'Was I clear?' --about norr --me anna
    feedback give anna 'You asked us all' --about {lease} --kind appreciation --me bo
    feedback acknowledge {wish} --me anna
    feedback reply {wish} 'Thank you' --me anna
    feedback act {wish} 'We ask first' --ref {big} --me anna
    feedback share {wish} --visibility open --me anna
    feedback retract {wish} --reason 'not so' --me bo
    feedback erase {wish} --ground asked --me anna
    number {big} --register KS-2025 --me eva
    tag {lease} winter vehicles --me bo
    attach {lease} https://example.org/m.pdf --label Minutes --me bo
    audit who-owns --me bo
    note bo 'Called in' --me cia
    erase anna --ground asked --me anna
    correct {lease}/1 title 'Lease three vans' --reason slip --me cia
    annul norr/3 --reason twice --me anna
    """.splitlines()
    if line.strip()
    for line in [line.strip()]
    for name in [max((each for each in NAMES if f"{line} ".startswith(f"{each} ")), key=len)]
}
ASKS = (
    "who-owns",
    "who-owns --tree",
    "who-owns norr",
    "holds anna",
    "delegated-by anna",
    "can bo purchase/vehicle --amount 80000",
    "who-can purchase/vehicle",
    "vacant",
    "vacant --within 90d",
    "offers",
    "check-ins",
    "check-ins --missed",
    "support",
    "support --open",
    "board",
    "load",
    "fit norr",
    "single-points",
    "overlaps",
    "mirror anna --me eva",
    "trend autonomy",
    "chains",
    "chains --children",
    "chains --to-root {lease}",
    "taken-back",
    "taken-back --by unit",
    "decisions",
    "decisions --outside",
    "decisions --acting",
    "decisions --open",
    "goals",
    "goals --coverage",
    "feedback list --me anna",
    "feedback list --waiting --by bo --to anna --about norr --as-of 2025-06-04",
    "feedback balance",
    "feedback quiet --days 30",
    "feedback effects",
    "delegations",
    "late --over 7d",
    "numbers --register KS-2025",
    "evidence",
    "inbox anna",
    "stuck",
    "due",
    "agreement {flag}",
    "objections",
    "conditions",
    "reports",
    "reports --late",
    "report-pack anna --meeting 2025-06-01",
    "audience {lease}",
    "members",
    "what-if leaves anna",
    "why {lease}",
    "lineage {lease}",
    "history norr",
    "history anna",
    "history {lease}",
    "log",
    "register",
    "register --diff 2025-01-01..2025-12-01",
)


class Clock:
    """Stands still until it is set; the command line and the ledger both go by it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).astimezone(UTC)


class Person:
    """Sits in a folder and says words to tillit; `ids` are the decisions that she has a name for."""

    def __init__(self, folder: Path, clock: Clock, ids: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.clock = clock
        self.ids = ids or {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def file(self) -> Path:
        return self.folder / ".tillit" / "ledger.db"

    @property
    def views(self) -> Path:
        return self.folder / ".tillit" / "views.db"

    def words(self, line: str) -> list[str]:
        return shlex.split(line.format(**self.ids))

    def say(self, line: str, *more: str, stdin: str | bytes | None = None) -> Result:
        return self.say_words([*self.words(line), *more], stdin=stdin)

    def say_words(self, words: Sequence[str], *, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(root, list(words), input=stdin)

    def done(self, line: str, *more: str) -> str:
        """The answer of a command that must end well; `name: line` keeps the decision's id under that name."""
        named = re.match(r"(\w+): ", line)
        result = self.say(line[named.end() :] if named else line, *more)
        assert result.exit_code == 0, (line, more, result.output, result.exception)
        if named:
            found = DECISION.search(result.stdout)
            assert found, result.stdout
            self.ids[named[1]] = found[0]
        return result.stdout

    def rows(self, line: str, *more: str) -> list[dict[str, Any]]:
        answer = json.loads(self.done(line, *more, "--json"))
        assert isinstance(answer, list)
        return answer

    def row(self, line: str, *more: str) -> dict[str, Any]:
        result = self.say(line, *more, "--json")
        assert result.stdout, result.output
        answer = json.loads(result.stdout)
        assert isinstance(answer, dict)
        return answer

    def error(self, line: str, *more: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the error of a command that must fail, said with --json."""
        return self.wrong([*self.words(line), *more])

    def wrong(self, words: Sequence[str]) -> tuple[int, dict[str, Any]]:
        split = words.index("--") if "--" in words else len(words)
        result = self.say_words([*words[:split], "--json", *words[split:]])
        assert result.exit_code, (words, result.output)
        assert result.stdout == "", (words, result.stdout)
        assert result.stderr.count("\n") == 1, (words, result.stderr)
        error = json.loads(result.stderr)["error"]
        assert set(error) == {"code", "message", "hint"}, error
        assert error["message"]
        return result.exit_code, error

    def head(self) -> int:
        """The position of the last entry, from the file itself."""
        from ledger.store import open_record

        with open_record(self.file) as recorder:
            return recorder.head().position

    def last(self, count: int = 1) -> list[dict[str, Any]]:
        return self.rows("log --since", str(self.head() - count))


def tell_town(folder: Path) -> dict[str, str]:
    """Founds the town in that folder; its decisions by the names they have above."""
    before = Path.cwd()
    person = Person(folder, Clock())
    os.chdir(folder)
    try:
        with mock.patch("cli.days.now", person.clock), mock.patch("ledger.opening._now", person.clock):
            for line in TOWN.strip().splitlines():
                person.done(line)
    finally:
        os.chdir(before)
    return person.ids


def copied(town: Path, folder: Path) -> None:
    shutil.copytree(town / ".tillit", folder / ".tillit", dirs_exist_ok=True)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {**kept, "PYTHONPATH": str(PROJECT), **more}


def process(
    *words: str, cwd: Path, program: str = "", stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Tillit in a process of its own; or a Python program, with the words as its arguments."""
    start = ["-c", program] if program else ["-m", "cli.main"]
    return subprocess.run(
        [sys.executable, *start, *words],
        cwd=cwd,
        env=environment(),
        input=stdin or b"",
        capture_output=True,
        check=False,
    )


def loaded(name: str) -> click.Command:
    """The command of that name, as click has it."""
    command: click.Command = root
    for word in name.split():
        assert isinstance(command, click.Group)
        command = command.commands[word]
    return command


def groups() -> Iterator[str]:
    yield ""
    yield from (row.name for row in TABLE if not row.target)
