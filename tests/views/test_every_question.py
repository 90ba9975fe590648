"""Every question, asked of an empty ledger and of a town to which the hard things happen, one after the other.

`hardtown.txt` is the table: of each question the columns that are looked at, and the answer in each case: rows with a
semicolon between, days of January by their number. A case that is not there is answered as the one before it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hardtown import NAMES, HardTown
from viewkit import day

from cli.table import ASK, AUDIT, TABLE
from ledger import Ask, Chosen, Draw, Filters, questions
from ledger.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    Asked = Callable[[HardTown], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]

END = date(2025, 2, 10)


def plain(question: Callable[..., Any], *args: object, **how: object) -> Asked:
    return lambda _town: (question, args, how)


def of(title: str, question: Callable[..., Any]) -> Asked:
    """About the decision of that title."""
    return lambda town: (question, (town.ids[title],), {})


# How each command of the command line asks.
QUESTIONS: dict[str, Asked] = {
    "who-owns": plain(questions.who_owns),
    "holds": plain(questions.holds, "cia"),
    "delegated-by": plain(questions.delegated_by, "eva"),
    "can": plain(questions.can, "bo", Ask("buy")),
    "who-can": plain(questions.who_can, Ask("buy")),
    "vacant": plain(questions.vacant),
    "vacant --within": plain(questions.vacant_within, day("30")),
    "offers": plain(questions.offers),
    "check-ins": plain(questions.check_ins),
    "support": plain(questions.supports),
    "board": plain(questions.board),
    "load": plain(questions.load),
    "fit": plain(questions.fit, "vagn"),
    "single-points": plain(questions.single_points),
    "overlaps": plain(questions.overlaps),
    "gaps": plain(questions.gaps),
    "hand-backs": plain(questions.hand_backs),
    "mirror": plain(questions.mirror, "eva", "eva", day("1"), day("1")),
    "trend autonomy": plain(questions.autonomy, "month"),
    "decisions": plain(questions.decisions, Filters()),
    "decisions --open": plain(questions.decisions, Filters(open=True)),
    "decisions --outside": plain(questions.decisions, Filters(outside=True)),
    "decisions --acting": plain(questions.decisions, Filters(acting=True)),
    "decisions --expired": plain(questions.expired, Filters()),
    "decisions --untimely": plain(questions.untimely, Filters()),
    "decisions --reserved": plain(questions.reserved, Filters()),
    "decisions --joint": plain(questions.joint, Filters()),
    "inbox": plain(questions.inbox, "cia"),
    "stuck": plain(questions.stuck),
    "due": plain(questions.due, END),
    "reviews": plain(questions.reviews),
    "reviews --overdue": plain(questions.overdue_reviews),
    "trials": plain(questions.trials),
    "agreement": of("Rule", questions.agreement),
    "involvement": plain(questions.involvement),
    "audience": of("Van", questions.audience),
    "learned": plain(questions.learned),
    "members": plain(questions.members),
    "goals": plain(questions.goals, coverage=True),
    "what-if leaves": plain(questions.what_if_leaves, "cia", day("30")),
    "feedback show": lambda town: (questions.feedback_shown, (town.ids["Wish"],), {}),
    "feedback list": plain(questions.feedbacks, Chosen()),
    "feedback balance": plain(questions.feedback_balance),
    "feedback quiet": plain(questions.feedback_quiet),
    "feedback effects": plain(questions.feedback_effects),
    "why": of("Van", questions.why),
    "lineage": of("Van", questions.lineage),
    "history": of("Van", questions.history),
    "log": plain(questions.log, 64),
    "register": plain(questions.register),
    "register --diff": plain(questions.register_diff, day("8"), day("20")),
    "delegations": plain(questions.delegations),
    "split-check": plain(questions.split_check, timedelta(days=30)),
    "late": plain(questions.late, timedelta(days=1)),
    "recorded-for": plain(questions.recorded_for),
    "corrections": plain(questions.corrections),
    "consensus": plain(questions.consensus),
    "objections": plain(questions.objections),
    "conflicts": plain(questions.conflicts),
    "conditions": plain(questions.conditions, unmet=True),
    "reports": plain(questions.reports),
    "report-pack": plain(questions.report_pack, "eva", date(2025, 1, 10)),
    "numbers": plain(questions.numbers),
    "sample decisions": plain(questions.sample_decisions, Draw(2, 7, bytes(32))),
    "evidence": plain(questions.evidence),
    "audits": plain(questions.audits),
    "chains": plain(questions.chain_depths),
    "chains --children": plain(questions.sub_delegations),
    "chains --to-root": of("Van", questions.to_root),
    "taken-back": plain(questions.taken_back, by_unit=True),
    "revocations": plain(questions.revocations),
    "erasures": plain(questions.erasures),
}
# What reads the record itself, or is read outside of it.
OF_THE_RECORD = {
    "verify",
    "checkpoint",
    "export case",
    "export tlog",
    "follow",
    "prove",
    "verify-proof",
    "witness serve",
    "witness key create",
    "witness key show",
}
# (known at, as of). A correction arrives later: as of the same moment, before and after it.
CASES = {
    "empty": ("empty", "20"),
    "told": ("told", "20"),
    "vacant": ("vacant", "20"),
    "twice": ("twice", "20"),
    "corrected": ("corrected", "20"),
    "left": ("left", "20"),
    "then": ("twice", "10T12"),
    "since": ("corrected", "10T12"),
}


def table() -> dict[str, tuple[list[str], dict[str, str]]]:
    """By question: the columns, and the answer in every case."""
    found: dict[str, tuple[list[str], dict[str, str]]] = {}
    name = ""
    text = re.sub(r"\n {8}", " ", (Path(__file__).parent / "hardtown.txt").read_text(encoding="utf-8"))
    for line in text.splitlines():
        head, _colon, rest = line.partition(": ")
        if line.startswith(" "):
            found[name][1][head.strip()] = rest
        else:
            name = head
            found[name] = (rest.split(), {})
    for _columns, answers in found.values():
        last = ""
        for case in CASES:
            last = answers.setdefault(case, last)
    return found


def shown(value: object) -> str:
    if value is None or value in ([], ()):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.day}T{value.hour}" if value.hour else str(value.day)
    if isinstance(value, date):
        return f"{value.month}/{value.day}"
    return "+".join(map(shown, value)) if isinstance(value, list) else str(value)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> HardTown:
    return HardTown(tmp_path_factory.mktemp("hard"))


def answer(town: HardTown, name: str, case: str, columns: list[str]) -> str:
    question, args, how = QUESTIONS[name](town)
    known, as_of = CASES[case]
    try:
        rows = town.ask(question, as_of, town.marks[known], *args, **how)
    except NotFound as nothing:
        return f"! {nothing.code}"
    rows = [rows] if isinstance(rows, dict) else rows
    names = {id_: title for title, id_ in (town.ids | NAMES).items()}
    said = "; ".join(" ".join(shown(names.get(str(row[name]), row[name])) for name in columns) for row in rows)
    return said or "nothing"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_as_the_table_has_it(town: HardTown, name: str, case: str) -> None:
    columns, answers = table()[name]
    assert answer(town, name, case, columns) == answers[case]


def test_every_command_that_asks_is_in_the_table() -> None:
    asks = {row.name for row in TABLE if row.target and row.section in {ASK, AUDIT}}
    assert asks - OF_THE_RECORD - {name.partition(" --")[0] for name in QUESTIONS} == set()
    assert table().keys() == QUESTIONS.keys()
