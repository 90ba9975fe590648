"""What every question has in common: its columns, its forms, its fields, and what it says of nothing."""

from __future__ import annotations

import csv
import io
import json

import pytest
from faceskit import ASKS, FORMATS, Person

FIXED = {
    "who-owns": "responsibility code title holder kind level since until stand_in parent",
    "who-owns --tree": "responsibility code title holder kind level since until stand_in parent",
    "holds bo": "responsibility code level types amount conditions since until review_on delegator",
    "who-can purchase/vehicle": "member as responsibility verdict must_first chain",
    "why {lease}": "step responsibility holder mandate check result",
    "vacant": "responsibility code title vacant_since last_holder cause answers",
    "vacant --within 90d": "responsibility code title holder cause date stand_in",
    "offers": "responsibility code to by readiness_gaps",
    "decisions": "decision date title responsibility by type verdict review_on",
    "decisions --outside": "decision by type amount link dimension limit reason settled_by days_open",
    "decisions --acting": "decision by acting_for",
    "lineage {lease}": "decision date supersedes part why",
    "history norr": "n occurred recorded actor recorded_by event before after reason basis",
    "members": "member kind name since until",
    "log": "position id occurred recorded actor recorded_by event reason basis",
    "register": "code types legal_basis delegate stand_ins amount conditions further report_rule since until basis",
    "register --diff 2025-01-01..2025-12-01": "code change before after when by basis",
    "inbox anna": "kind ref title since by_when",
    "stuck": "proposal waits_for who since decide_by",
    "due": "what ref due days_over whose",
    "agreement {flag}": "member stance version when concern joined_since unanimous review_on",
    "objections": "decision objection by kind state_when_decided",
    "conditions": "decision condition who sought answered when",
    "reports --late": "decision rule due reported days_late to",
    "report-pack anna --meeting 2025-06-01": "number date code matter decision delegate acting case",
    "audience {lease}": "member because told",
    "delegated-by anna": "responsibility holder level last_check_in state support_asked review_on",
    "check-ins --missed": "responsibility holder agreed_every last days_over next_on",
    "support --open": "asked by of what age",
    "load": "member capacity effort_held share responsibilities open_proposals flag",
    "fit norr": "member has lacks level capacity_left holds",
    "single-points": "responsibility holder stand_ins others_with_the_competence",
    "board": "decision_type tell sell consult agree advise inquire delegate holder",
    "trend autonomy": "period mandates mean_level widened narrowed decided_at_level_5_or_higher",
    "mirror anna --me anna": "sign value before how rows",
    "overlaps": "decision_type responsibilities holders",
    "chains": "leaf depth links narrowest_limit widened_at",
    "chains --children": "responsibility from to when allowed_by reported",
    "chains --to-root {lease}": "step responsibility holder by date basis",
    "taken-back --by unit": "unit made called_in overruled referred_up revoked share",
    "feedback balance": "member given received appreciation guidance upward_share days_to_acknowledge",
    "feedback quiet --days 60": "member last_appreciation last_guidance decisions_since",
    "feedback effects": "feedback about acted_on what_changed days",
    "goals --coverage": "goal shared responsibilities holders decisions_90_d confidence",
    "numbers --register KS-2025": "number of assigned by",
    "evidence": "of uri digest_recorded",
    "late --over 7d": "event occurred recorded delay recorded_by",
    "delegations": "delegation to valid_from accepted decisions_before",
}


@pytest.mark.parametrize("line", FIXED)
def test_each_question_answers_with_the_columns_that_were_promised(town: Person, line: str) -> None:
    rows = town.rows(line)
    assert rows
    for row in rows:
        assert set(row) >= set(FIXED[line].split())
        assert list(row) == list(rows[0])


def test_may_i_answers_with_every_column_and_its_exit_code(town: Person) -> None:
    fields = ["verdict", "link", "dimension", "limit", "asked", "nearest", "roads"]
    no = town.say("can bo purchase/vehicle --amount 80000 --json")
    answer = json.loads(no.stdout)
    assert (no.exit_code, list(answer)[:7]) == (1, fields)
    assert [answer[name] for name in fields[:6]] == ["no", "vagn", "amount", "50000", "80000", "anna"]
    assert len(answer["roads"]) == 3
    yes = town.say("can bo purchase/vehicle --amount 50000 --json")
    assert (yes.exit_code, json.loads(yes.stdout)["verdict"]) == (0, "yes")
    assert town.say("can cia purchase/vehicle").exit_code == 0
    assert town.say("can dag purchase/vehicle --in vagn").exit_code == 1
    assert town.say("can bo hire").exit_code == 1
    chosen = town.say("can bo hire --json --fields verdict,kind")
    assert json.loads(chosen.stdout) == {"verdict": "no", "kind": "never granted"}


@pytest.mark.parametrize("line", ASKS)
def test_each_question_has_each_form_and_the_same_rows_in_all(town: Person, line: str) -> None:
    told = {form: town.say(line, "--format", form) for form in FORMATS}
    assert len({result.exit_code for result in told.values()}) == 1
    as_json = json.loads(told["json"].stdout)
    assert town.say(line, "--json").stdout == told["json"].stdout
    if line.startswith("can "):
        assert json.loads(told["jsonl"].stdout) == as_json
        return
    count = len(as_json)
    assert count
    assert [json.loads(each) for each in told["jsonl"].stdout.splitlines()] == as_json
    assert len(list(csv.reader(io.StringIO(told["csv"].stdout)))) == 1 + count
    assert len(told["md"].stdout.splitlines()) == 2 + count
    assert len(told["table"].stdout.splitlines()) == 1 + count
    for form in ("table", "csv", "md"):
        assert told[form].stderr.startswith(f"{count} row")
    for form in ("json", "jsonl"):
        assert told[form].stderr == ""


@pytest.mark.parametrize("line", [line for line in ASKS if not line.startswith("can ")])
def test_each_row_names_the_events_behind_it_when_asked(town: Person, line: str) -> None:
    head = town.head()
    for row in town.rows(line, "--explain"):
        assert isinstance(row["explain"], list), row
        assert all(isinstance(each, int) and 1 <= each <= head for each in row["explain"]), row
    assert "explain" not in town.rows(line)[0]
    assert list(town.rows(line, "--fields", "explain", "--explain")[0]) == ["explain"]


@pytest.mark.parametrize("line", ASKS)
def test_fields_are_chosen_in_the_order_said_and_a_wrong_one_is_told_with_the_right_ones(
    town: Person, line: str
) -> None:
    answer = json.loads(town.say(line, "--json").stdout)
    names = list(answer if isinstance(answer, dict) else answer[0])
    picked = [names[-1], names[0]]
    chosen = json.loads(town.say(line, "--json", "--fields", ",".join(picked)).stdout)
    assert list(chosen if isinstance(chosen, dict) else chosen[0]) == picked
    code, error = town.error(line, "--fields", f"{names[0]}x")
    assert (code, error["code"]) == (2, "fields.unknown")
    assert f"Did you mean {names[0]}?" in error["hint"]
    assert all(name in error["hint"] for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "holds fia --as-of 2024-01-01",
        "holds eva --as-of 2024-01-01",
        "holds cia --as-of 2025-01-02",
        "delegated-by cia",
        "vacant --as-of 2024-01-01",
        "vacant --within 1d --as-of 2025-05-01",
        "offers --as-of 2025-01-02",
        "gaps",
        "hand-backs",
        "revocations",
        "check-ins --as-of 2025-01-02",
        "support --as-of 2025-01-02",
        "board --as-of 2025-01-02",
        "decisions --as-of 2025-01-02",
        "decisions --by dag",
        "decisions --since 2025-12-01",
        "feedback list --as-of 2025-01-02",
        "feedback balance --as-of 2024-01-01",
        "feedback quiet --as-of 2024-01-01",
        "feedback effects --as-of 2025-01-02",
        "register --as-of 2024-01-01",
        "register --diff 2025-06-01..2025-06-02",
        "what-if leaves bo --as-of 2025-01-03",
        "log --since 500",
        "who-can hire --as-of 2024-01-01",
        "who-owns --as-of 2024-01-01",
    ],
)
def test_nothing_found_is_one_sentence_on_stderr_and_no_error(town: Person, line: str) -> None:
    if line.startswith("holds fia"):
        town.done("member add fia --me eva")
    result = town.say(line)
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert result.stderr.count("\n") == 1
    assert town.say(line, "--json").stdout == "[]\n"
    for form in ("jsonl", "csv", "md"):
        assert town.say(line, "--format", form).stdout == ""
