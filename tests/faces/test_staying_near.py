"""Check-ins, support, reviews and the mirror as people say them, and what they are told when they slip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from faceskit import Person


def test_an_offer_says_what_is_missing_to_people_and_to_programs(town: Person) -> None:
    town.done("clarify tom --competences juridik --decides hire --me anna --on 2025-11-01")
    line = "offer tom --to cia --level 3 --types 'purchase/*' --me anna --on 2025-11-01"
    gaps = {
        "authority": "not granted: hire; level 3: the delegator decides",
        "resources": "none named",
        "competence": "lacking: juridik",
    }
    code, error = town.error(line)
    assert (code, error["code"]) == (1, "mandate.not_decided_here")
    line = line.replace("--types 'purchase/*' ", "")
    told = town.row(line)
    assert told["readiness_gaps"] == {**gaps, "authority": "level 3: the delegator decides"}
    (row,) = (row for row in town.rows("offers") if row["code"] == "tom")
    assert row["readiness_gaps"] == [
        "authority: level 3: the delegator decides",
        "competence: lacking: juridik",
        "resources: none named",
    ]


def test_the_delegators_duties_and_the_rhythm_are_part_of_what_is_held(town: Person) -> None:
    town.done("offer tom --to cia --duty 'answers within a day' --check-in-every 2w --me anna --on 2025-11-01")
    town.done("accept tom --me cia --on 2025-11-02")
    (row,) = (row for row in town.rows("holds cia") if row["code"] == "tom")
    assert (row["delegator_duties"], row["check_in_every"]) == (["answers within a day"], "2w")
    code, error = town.error("offer tom --to bo --check-in-every often --me anna")
    assert (code, error["code"]) == (2, "period.unclear")


def test_a_check_in_is_said_without_the_other_side_in_vain(town: Person) -> None:
    head = town.head()
    code, error = town.error("check-in vagn --state going-well --me anna --on 2025-11-01")
    assert (code, error["code"]) == (1, "delegation.both_sides")
    assert "--with" in error["message"]
    assert town.head() == head
    code, _error = town.error("check-in vagn --state superb --with bo --me anna")
    assert code == 2
    assert "--level" not in town.say("check-in --help").stdout


def test_what_was_noted_at_a_check_in_can_be_erased(town: Person) -> None:
    town.done("check-in vagn --state blocked --with bo --note 'the snow is heavy' --me anna --on 2025-11-01")
    assert "the snow is heavy" in town.done("history vagn")
    town.done("erase vagn --field note --ground asked --me eva --on 2025-11-02")
    assert "the snow is heavy" not in town.done("history vagn")
    assert b"the snow is heavy" not in town.file.read_bytes()
    assert town.rows("check-ins")[0]["state"] == "blocked"
    assert town.row("verify")["verdict"] == "whole"


def test_support_is_asked_and_given_in_two_lines(town: Person) -> None:
    told = town.row("ask-support vagn --what 'a mechanic' --me bo --on 2025-11-01")
    assert (told["of"], told["support"]) == ("anna", 1)
    waiting = [row["what"] for row in town.rows("support --open")]
    assert waiting == ["a lawyer", "a mechanic"]
    (row,) = (row for row in town.rows("delegated-by anna") if row["code"] == "vagn")
    assert (row["state"], row["support_asked"]) == ("going_well", ["a mechanic"])
    town.done("give-support vagn --what 'ours, on Friday' --me anna --on 2025-11-03")
    assert [row["what"] for row in town.rows("support --open")] == ["a lawyer"]


@pytest.mark.parametrize(
    ("mandate", "following"),
    [("widen", "tillit change-mandate vagn"), ("end", "tillit revoke vagn"), ("keep", None)],
)
def test_a_review_changes_nothing_and_says_what_would(town: Person, mandate: str, following: str | None) -> None:
    before = town.rows("who-owns vagn")
    line = f"review-delegation vagn --design fits --mandate {mandate} --delegator-part fits --learned more --with bo"
    result = town.say(f"{line} --me anna --on 2025-11-01")
    assert result.exit_code == 0
    assert (following in result.stderr) if following else ("next:" not in result.stderr)
    assert town.rows("who-owns vagn") == before


def test_the_mirror_needs_to_know_who_asks_and_is_shown_to_few(town: Person) -> None:
    code, error = town.error("mirror anna")
    assert (code, error["code"]) == (2, "who.unknown")
    for asker in ("bo", "dag"):
        code, error = town.error(f"mirror anna --me {asker}")
        assert (code, error["code"]) == (1, "mirror.not_yours")
        assert town.say(f"mirror anna --me {asker}").stdout == ""
    assert town.rows("mirror anna --me anna") == town.rows("mirror anna --me eva")
    assert "nobody proves" in " ".join(town.say("mirror --help").stdout.split())


def test_chains_answer_one_question_at_a_time(town: Person) -> None:
    assert town.rows("chains") == town.rows("chains --depth")
    for words in ("--depth --children", "--children --to-root {lease}", "--depth --unreported"):
        code, error = town.error(f"chains {words}")
        assert (code, error["code"]) == (2, "chains.one_question")
    assert town.rows("chains --unreported") == town.rows("chains --children --unreported")


def test_nobody_is_ranked_anywhere(town: Person) -> None:
    for line in ("load", "fit norr", "single-points"):
        names = [row.get("member") or row["code"] for row in town.rows(line)]
        assert names == sorted(names), line
    for line in ("load", "fit norr", "single-points", "board", "trend autonomy", "taken-back", "mirror anna --me anna"):
        assert not {"score", "rank", "rating", "index"} & set(town.rows(line)[0]), line
