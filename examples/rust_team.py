"""Turns the rust-team corpus into a journal and checks a ledger against its truth: leads, members, parents, archiving.

Include lists, roles, alumni, repositories and who left the project altogether are out of scope.

    tillit init "Rust teams" --founder steward --on 2018-11-01
    python examples/rust_team.py journal CORPUS > journal.jsonl
    tillit import journal journal.jsonl
    python examples/rust_team.py check CORPUS --ledger .tillit/ledger.db
"""

# A team is the responsibility TEAM, in the tree of its parents; those who lead it are the group `TEAM:leads`, which
# holds it and acts each. Its members are the group `TEAM:members`, which holds the child `TEAM.members`. A group with
# nobody in it holds nothing: the responsibility is vacant then. Neither a team nor a person has a colon in its name.
# Whoever leads the nearest team above offers and revokes; the steward, who holds the root, does all the rest.

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Row = dict[str, Any]
    Ask = Callable[[str], list[Row]]

STEWARD: Final = "steward"
ROOT: Final = "root"
ARCHIVED: Final = " (archived)"
MEMBERS: Final = ".members"
FIELDS: Final = ("parent", "archived", "leads", "members")


@dataclass(slots=True)
class Team:
    """A team as a commit leaves it: people by the code of what they hold together."""

    name: str
    parent: str
    archived: bool
    people: dict[str, set[str]]

    @property
    def title(self) -> str:
        return self.name + ARCHIVED * self.archived


def codes(team: str) -> tuple[str, str]:
    """The responsibilities of a team: what its leads hold, what its members hold."""
    return team, team + MEMBERS


def group_of(code: str) -> str:
    return f"{code.removesuffix(MEMBERS)}:{'members' if code.endswith(MEMBERS) else 'leads'}"


class Commit(NamedTuple):
    at: str
    name: str
    touched: list[str]
    teams: dict[str, Team]


def commits(corpus: Path) -> Iterator[Commit]:
    """Every commit that changed a team, with the teams as it left them (one dict, changed from commit to commit)."""
    with (corpus / "events.jsonl").open(encoding="utf-8") as lines:
        events = [event for line in lines if (event := json.loads(line))["entity"] == "team"]
    teams: dict[str, Team] = {}
    for (at, name), changes in groupby(events, key=lambda event: (event["at"], event["commit"])):
        touched: dict[str, None] = {}
        for change in changes:
            _apply(teams, change)
            touched[change["key"]] = None
        yield Commit(at, name, list(touched), teams)


def _apply(teams: dict[str, Team], event: Row) -> None:
    name: str = event["key"]
    kind: tuple[str, str | None] = event["op"], event.get("field")
    match kind:
        case "added", _:
            new = event["new"]
            teams[name] = Team(name, new["parent"] or ROOT, new["archived"], {code: set() for code in codes(name)})
        case "removed", _:
            del teams[name]
        case "changed", "parent":
            teams[name].parent = event.get("new") or ROOT
        case "changed", "archived":
            teams[name].archived = event["new"]
        case "grant", "lead" | "member":
            teams[name].people[_held(name, event)].add(event["who"])
        case "revoke", "lead" | "member":
            teams[name].people[_held(name, event)].discard(event["who"])


def _held(team: str, event: Row) -> str:
    leads, members = codes(team)
    return leads if event["field"] == "lead" else members


@dataclass(slots=True)
class Journal:
    """The lines so far, and what is so after them: enough to know who may say the next one."""

    lines: list[Row] = field(default_factory=list[Any])
    names: dict[str, str] = field(default_factory=lambda: {STEWARD: ""})
    parents: dict[str, str] = field(default_factory=dict[str, str])
    titles: dict[str, str] = field(default_factory=dict[str, str])
    occupants: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    held: set[str] = field(default_factory=set[str])

    def record(self, commit: Commit) -> None:
        """One commit, in an order the rules accept: what comes before what hangs on it, what goes after."""
        here = _parents_first([commit.teams[name] for name in commit.touched if name in commit.teams], commit.teams)
        gone = [name for name in commit.touched if name not in commit.teams and name in self.titles]
        wanted = {code: people for team in here for code, people in team.people.items()}
        wanted |= {code: set() for name in gone for code in codes(name)}
        start = len(self.lines)
        self._define(here)
        self._join(wanted)
        self._give(code for code, people in wanted.items() if people and code not in self.held)
        self._revoke(code for code, people in wanted.items() if not people and code in self.held)
        self._part(wanted)
        self._move(here)
        self._retire(gone)
        self._retitle(here)
        for number, line in enumerate(self.lines[start:], start + 1):
            line |= {"on": commit.at, "key": f"rust-team:{number}", "basis": f"rust-lang/team {commit.name}"}

    def _tell(self, do: str, by: str = STEWARD, **fields: object) -> None:
        self.lines.append({"do": do, "by": by, **fields})

    def _define(self, teams: Iterable[Team]) -> None:
        for team in teams:
            if team.name in self.titles:
                continue
            leads, members = codes(team.name)
            self._tell("define", code=leads, title=team.title, parent=team.parent)
            self._tell("define", code=members, title=f"Members of {team.name}", parent=leads)
            self.parents |= {leads: team.parent, members: leads}
            self.titles[team.name] = team.title

    def _join(self, wanted: dict[str, set[str]]) -> None:
        for code, people in wanted.items():
            group = group_of(code)
            handles = {self._person(name) for name in sorted(people)}
            if handles and group not in self.occupants:
                self._tell("member add", handle=group, group=True, acts="each")
                self.occupants[group] = set()
            for handle in sorted(handles - self.occupants.get(group, set())):
                self._tell("member join", group=group, handle=handle)
                self.occupants[group].add(handle)

    def _person(self, name: str) -> str:
        """The handle of a person, who becomes a member when first seen."""
        handle = name.lower()
        if handle not in self.names:
            self._tell("member add", handle=handle, name=name)
            self.names[handle] = name
        if self.names[handle] != name:
            message = f"{name} and {self.names[handle] or 'the steward'} would share the handle {handle}"
            raise ValueError(message)
        return handle

    def _give(self, chosen: Iterable[str]) -> None:
        for code in chosen:
            group = group_of(code)
            self._tell("offer", self._answers(self.parents[code]), code=code, to=group)
            self._tell("accept", min(self.occupants[group]), code=code)
            self.held.add(code)

    def _revoke(self, chosen: Iterable[str]) -> None:
        for code in chosen:
            reason = f"nobody is left in {group_of(code)}"
            self._tell("revoke", self._answers(self.parents[code]), code=code, reason=reason)
            self.held.discard(code)

    def _answers(self, code: str) -> str:
        """One of those who hold the responsibility, or the nearest above it that is held."""
        while code != ROOT and code not in self.held:
            code = self.parents[code]
        return STEWARD if code == ROOT else min(self.occupants[group_of(code)])

    def _part(self, wanted: dict[str, set[str]]) -> None:
        for code, people in wanted.items():
            group = group_of(code)
            for handle in sorted(self.occupants.get(group, set()) - {name.lower() for name in people}):
                self._tell("member part", group=group, handle=handle)
                self.occupants[group].discard(handle)

    def _move(self, teams: Iterable[Team]) -> None:
        for team in teams:
            if self.parents[team.name] != team.parent:
                self._tell("move", code=team.name, parent=team.parent, reason="the team names another parent")
                self.parents[team.name] = team.parent

    def _retire(self, gone: Iterable[str]) -> None:
        waiting = [code for name in gone for code in codes(name)]
        while waiting:
            code = next(each for each in waiting if each not in self.parents.values())
            self._tell("retire", code=code, reason="the team was removed or renamed")
            waiting.remove(code)
            del self.parents[code]
            self.titles.pop(code, None)

    def _retitle(self, teams: Iterable[Team]) -> None:
        for team in teams:
            if self.titles[team.name] != team.title:
                self._tell("clarify", code=team.name, title=team.title)
                self.titles[team.name] = team.title


def _parents_first(some: Iterable[Team], teams: dict[str, Team]) -> list[Team]:
    def depth(team: Team) -> int:
        return 0 if team.parent == ROOT else 1 + depth(teams[team.parent])

    return sorted(some, key=depth)


def journal(corpus: Path) -> list[Row]:
    """The corpus as the lines of a journal."""
    told = Journal()
    for commit in commits(corpus):
        told.record(commit)
    return told.lines


class Difference(NamedTuple):
    asof: str
    team: str
    field: str
    expected: str
    got: str


def truth(corpus: Path) -> dict[str, dict[str, dict[str, str]]]:
    """What was so: instant, team, field; people as handles."""
    answers: dict[str, dict[str, dict[str, str]]] = {}
    with (corpus / "truth" / "team_asof.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            people = {name: " ".join(sorted(row[name].lower().split())) for name in ("leads", "members")}
            answers.setdefault(row["asof"], {})[row["team"]] = {**row, **people}
    return answers


def teams_of(rows: list[Row]) -> dict[str, dict[str, str]]:
    """The teams that the answer of `who-owns` tells of, in the words of the truth."""
    people = {row["code"]: " ".join(sorted(row["occupants"] or ())) if row["holder"] else "" for row in rows}
    return {
        row["code"]: {
            "parent": "" if row["parent"] == ROOT else row["parent"],
            "archived": str(int(row["title"].endswith(ARCHIVED))),
            "leads": people[row["code"]],
            "members": people[row["code"] + MEMBERS],
        }
        for row in rows
        if row["code"] != ROOT and not row["code"].endswith(MEMBERS)
    }


def compare(corpus: Path, ask: Ask) -> list[Difference]:
    """Where the ledger and the truth differ; `ask` gives the rows of `who-owns` as of an instant."""
    differences: list[Difference] = []
    for asof, expected in truth(corpus).items():
        got = teams_of(ask(asof))
        for team in sorted(expected.keys() | got.keys()):
            if team not in got or team not in expected:
                said = ("present", "absent") if team in expected else ("absent", "present")
                differences.append(Difference(asof, team, "team", *said))
                continue
            pairs = ((name, expected[team][name], got[team][name]) for name in FIELDS)
            differences += [Difference(asof, team, *pair) for pair in pairs if pair[1] != pair[2]]
    return differences


def who_owns(ledger: str, asof: str) -> list[Row]:
    """The rows that the real command answers with."""
    command = [sys.executable, "-m", "cli.main", "who-owns", "--as-of", asof, "--json", "--ledger", ledger]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
    rows: list[Row] = json.loads(answer.stdout)
    return rows


def check(corpus: Path, ledger: str) -> int:
    """Compare a ledger with the truth and say what was found; 1 where they differ."""
    took: list[float] = []

    def ask(asof: str) -> list[Row]:
        start = time.perf_counter()
        rows = who_owns(ledger, asof)
        took.append(time.perf_counter() - start)
        return rows

    differences = compare(corpus, ask)
    for difference in differences:
        print(*difference, sep="\t")
    compared = sum(len(teams) for teams in truth(corpus).values())
    print(f"{compared} rows compared, {len(differences)} differences, {len(took)} answers in {sum(took):.1f} seconds")
    return 1 if differences else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("journal", help="write the journal to standard output")
    comparing = tasks.add_parser("check", help="compare a ledger with the truth")
    for task in tasks.choices.values():
        task.add_argument("corpus", type=Path, metavar="CORPUS", help="the folder with events.jsonl")
    comparing.add_argument("--ledger", required=True, metavar="PATH", help="where the journal was imported")
    given = parser.parse_args()
    if given.task == "check":
        return check(given.corpus, given.ledger)
    for line in journal(given.corpus):
        print(json.dumps(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
