"""The lines of the register are of when, and of whom, they came."""

from __future__ import annotations

from faceskit import Person


def test_a_line_added_to_the_register_is_of_when_it_was_defined(town: Person) -> None:
    town.done("clarify tom --title Full --me anna --on 2025-02-01")
    town.done("retire tom --reason done --me anna --on 2025-11-01")
    added = [row for row in town.rows("register --diff 2025-01-01..2025-10-01") if row["code"] == "tom"]
    assert [(row["change"], row["when"][:10]) for row in added] == [("added", "2025-01-14")]


def test_a_changed_line_of_the_register_is_of_whoever_changed_it(town: Person) -> None:
    town.done("change-mandate vagn --amount 40000 --reason budget --me anna --on 2025-10-20")
    town.done("renew norr --review-on 2027-01-01 --agreed-by anna --me eva --on 2025-11-01")
    rows = [row for row in town.rows("register --diff 2025-10-01..2025-11-30") if row["code"] == "vagn"]
    assert [(row["change"], row["by"], row["when"][:10]) for row in rows] == [("amount", "anna", "2025-10-20")]


def test_a_removed_line_of_the_register_is_of_when_it_was_retired(town: Person) -> None:
    town.done("retire tom --reason done --me anna --on 2025-11-01")
    rows = [row for row in town.rows("register --diff 2025-10-01..2025-11-30") if row["code"] == "tom"]
    assert [(row["change"], row["when"][:10], row["by"]) for row in rows] == [("removed", "2025-11-01", "anna")]


def test_under_the_profile_of_a_town_hall_nothing_is_overruled_nor_ratified(person: Person) -> None:
    person.done("init Kommunen --founder styrelsen --profile kommunal --on 2025-01-01")
    person.done("member add chef --me styrelsen --on 2025-01-01")
    person.done("define vagn --title Vagn --me styrelsen --on 2025-01-02")
    person.done("offer vagn --to chef --amount 1000 --me styrelsen --on 2025-01-03")
    person.done("accept vagn --me chef --on 2025-01-04")
    person.done(
        "big: decide Van --in vagn --type hire --amount 2000 --outside-mandate --reason x --me chef --on 2025-02-01"
    )
    assert person.error("ratify {big} --reason x --me styrelsen")[1]["code"] == "profile.no_ratifying"
    assert person.error("overrule {big} --reason x --me styrelsen")[1]["code"] == "profile.no_overruling"
