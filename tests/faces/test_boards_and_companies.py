"""Founding a municipal board or a company on the command line, and what the first days look like there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faceskit import Person

BOARD = "--profile kommunal --head post:chef --urgent-by ordf --register KS --term-ends 2026-10-15"


def test_a_municipal_board_is_founded_with_what_its_rules_ask_for(person: Person) -> None:
    person.done(f"init Kommunstyrelsen --founder styrelsen {BOARD} --on 2025-01-01")
    (founded,) = [row["data"] for row in person.rows("history ledger") if row["event"] == "ledger.founded.v1"]
    assert (founded["heads"], founded["urgent_by"], founded["series"]) == (["post:chef"], ["ordf"], "KS")
    for handle in ("ordf", "bo"):
        person.done(f"member add {handle} --me styrelsen --on 2025-01-01")
    person.done("member add utskott --body --me styrelsen --on 2025-01-01")
    person.done("define 3.2 --title Vagnar --me styrelsen --on 2025-01-02")
    said = person.done("offer 3.2 --to bo --amount 1000 --me styrelsen --on 2025-01-03")
    assert said.startswith("3.2 is held by bo without waiting for an answer, level 6.")
    assert [(row["code"], row["to"]) for row in person.rows("offers")] == [("3.2", "bo")]
    made = person.done(
        "tow: decide Bil --in 3.2 --type hire --amount 9000 --urgent --reason x --me ordf --on 2025-02-01"
    )
    assert "is decided as urgent: Bil." in made
    refused = person.error("decide Bil --in 3.2 --type hire --amount 9000 --urgent --reason x --me bo --on 2025-02-01")
    assert refused[1]["code"] == "profile.not_yours_though_urgent"
    assert person.error("number {tow} --register BUN-2025 --me ordf")[1]["code"] == "profile.one_register_a_year"
    told = person.done("feedback give bo 'Ask first' --kind guidance --about {tow} --me ordf --on 2025-02-02")
    assert "It may become a public document: talk first" in told


def test_a_company_is_founded_with_its_fiscal_year_and_what_its_board_hears_of(person: Person) -> None:
    person.done(
        "init Bolaget --founder styrelsen --profile bolag --year-ends 06-30 --report-above 5000 --on 2025-01-01"
    )
    person.done("member add vd --me styrelsen --on 2025-01-01")
    person.done("define drift --title Drift --me styrelsen --on 2025-01-02")
    assert "It ends on Tuesday 2025-07-01." in person.done("offer drift --to vd --me styrelsen --on 2025-01-03")
    person.done("accept drift --me vd --on 2025-01-04")
    small = person.done("decide Bord --in drift --type buy --amount 5000 --me vd --on 2025-02-01")
    large = person.done("decide Bil --in drift --type buy --amount 5001 --me vd --on 2025-02-01")
    assert ("report it to styrelsen" in small, "report it to styrelsen" in large) == (False, True)


def test_what_a_profile_never_reads_is_not_said_at_its_founding(person: Person) -> None:
    for words in ("--head anna", "--profile bolag --register KS", "--profile kommunal --year-ends 06-30"):
        assert person.error(f"init X --founder eva {words}")[1]["code"] == "profile.not_asked"
    code, error = person.error("init X --founder eva --profile bolag --year-ends 31-12")
    assert (code, "no day of every year" in str(error)) == (2, True)
