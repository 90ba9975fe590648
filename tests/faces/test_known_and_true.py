"""What was true and what was known are asked apart and together; names are given by any sure beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from faceskit import DECISION, Person

if TYPE_CHECKING:
    from faceskit import Clock


def test_what_was_true_and_what_was_known_are_asked_apart_and_together(person: Person, clock: Clock) -> None:
    clock.set("2025-03-01T09:00:00Z")
    for line in (
        "init Town --founder eva --on 2025-01-01",
        "member add anna --me eva --on 2025-01-01",
        "member add bo --me eva --on 2025-01-01",
        "define norr --title Norr --me eva --on 2025-01-02",
        "offer norr --to anna --me eva --on 2025-01-03",
        "accept norr --me anna --on 2025-01-04",
    ):
        person.done(line)
    before = person.head()
    clock.set("2025-04-01T09:00:00Z")
    person.done("revoke norr --reason moved --me eva --on 2025-02-01 --effective 2025-02-01")
    person.done("offer norr --to bo --me eva --on 2025-02-02")
    person.done("accept norr --me bo --on 2025-02-03")
    clock.set("2025-05-01T09:00:00Z")

    def holder(*words: str) -> object:
        return person.rows("who-owns norr", *words)[0]["holder"]

    assert holder() == "bo"
    assert holder("--as-of", "2025-01-15") == "anna"
    assert holder("--as-of", "2025-02-02T12:00:00Z") is None
    assert holder("--known-at", str(before)) == "anna"
    assert holder("--known-at", "2025-03-15") == "anna"
    assert holder("--known-at", "2025-03-15T12:00:00+02:00") == "anna"
    assert holder("--as-of", "2025-02-15", "--known-at", str(before)) == "anna"
    assert holder("--as-of", "2025-02-15", "--known-at", "2025-03-31") == "anna"
    assert holder("--as-of", "2025-02-15") == "bo"
    assert holder("--as-of", "2025-01-15", "--known-at", str(before + 1)) == "anna"
    assert person.say("who-owns norr --as-of 2025-02-15", "--known-at", str(before)).stderr == (
        f"1 row, as of Saturday 2025-02-15, known at {before}\n"
    )
    assert person.rows("who-owns norr", "--as-of", "2025-01-01") == []
    assert person.rows("who-owns", "--as-of", "2024-06-01") == []
    assert person.rows("log", "--known-at", "2025-02-01") == []
    assert person.error("who-owns --known-at 999") == (
        3,
        {
            "code": "position.beyond",
            "message": f"There is no position 999; the log ends at {before + 3}.",
            "hint": None,
        },
    )


def test_an_id_may_be_given_by_any_beginning_that_only_it_has(town: Person) -> None:
    lease = town.ids["lease"]
    full = town.rows("why", lease)
    assert town.rows("why", lease[:6]) == full
    norr = town.rows("who-owns norr")[0]["responsibility"]
    assert town.rows("who-owns", norr[:5]) == town.rows("who-owns norr")
    assert town.rows("history", norr[:5]) == town.rows("history norr")
    told = town.row(f"reverse {town.ids['big'][:7]} --reason sold --me bo --on 2025-11-01")
    assert told["decision"] == town.ids["big"]


def test_a_beginning_that_several_have_is_refused_with_all_of_them(town: Person) -> None:
    for line in (
        "why D-",
        "lineage D-",
        "history D-",
        "reverse D- --reason x --me bo",
        "attach D- u --label l --me bo",
    ):
        code, error = town.error(line)
        assert (line, code, error["code"]) == (line, 3, "name.ambiguous")
        decisions = {each for each in town.ids.values() if each.startswith("D-")}
        assert decisions <= set(DECISION.findall(error["message"]))
    for line in ("who-owns R-", "history R-"):
        code, error = town.error(line)
        assert (line, code, error["code"]) == (line, 3, "name.ambiguous")


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("who-owns nor", "norr"),
        ("who-owns vang --tree", "vagn"),
        ("holds ana", "anna"),
        ("delegated-by anan", "anna"),
        ("fit nor", "norr"),
        ("mirror ana --me eva", "anna"),
        ("check-in nor --state blocked --me eva", "norr"),
        ("can ana hire", "anna"),
        ("can anna hire --in nor", "norr"),
        ("decisions --in nor", "norr"),
        ("decisions --by ana", "anna"),
        ("history nor", "norr"),
        ("what-if leaves ana", "anna"),
        ("offer nor --to anna --me eva", "norr"),
        ("offer tom --to ana --me anna", "anna"),
        ("accept budd --me cia", "bud"),
        ("define ny --title Ny --parent nor --me anna", "norr"),
        ("move tom --parent nor --reason x --me anna", "norr"),
        ("member join grupen anna --me eva", "gruppen"),
        ("member leave ana --me eva", "anna"),
        ("stand-in vagn --member ciia --from 2026-01-01 --until 2026-02-01 --reason x --me anna", "cia"),
        ("decide T --in vang --type purchase/vehicle --me bo", "vagn"),
        ("attach nor uri --label l --me bo", "norr"),
        ("annul nor/3 --reason x --me anna", "norr"),
        ("who-owns --me anna --known-at 3 nor", ""),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_the_nearest_ones(town: Person, line: str, near: str) -> None:
    head = town.head()
    code, error = town.error(line)
    assert code == 3, error
    assert not near or f"did you mean {near}?" in (error["hint"] or ""), error
    plain = town.say(line)
    assert (plain.exit_code, plain.stdout) == (3, "")
    assert plain.stderr.startswith("Error: ")
    assert town.head() == head


def test_a_decision_that_nothing_has_is_refused(town: Person) -> None:
    for line in ("why D-zzzz", "lineage D-zzzz", "reverse D-zzzz --reason x --me bo", "decide D-zzzz --me bo"):
        assert town.error(line)[0] == 3, line
    for line in ("why nonsense", "lineage 7"):
        assert town.error(line)[0] == 3, line
