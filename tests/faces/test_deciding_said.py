"""Deciding where there is only one place and type, and an open matter by its id."""

from __future__ import annotations

from faceskit import Person


def test_a_decision_needs_no_place_and_type_where_there_is_only_one(town: Person) -> None:
    line = "decide 'Two tyres' --amount 800 --because flat --on 2025-11-01"
    assert town.row(f"{line} --type purchase/vehicle --me bo")["verdict"] == "inside"
    # Her mandate has two types, of which one is a pattern: nothing is certain. What he holds decides one type only.
    code, error = town.error(f"{line} --me anna")
    assert (code, error["code"]) == (2, "decide.type")
    assert town.row(f"{line.replace('Two', 'Three')} --me bo")["verdict"] == "inside"
    town.done("change-mandate vagn --types purchase/vehicle --reason clear --me anna --on 2025-10-01")
    other = line.replace("Two", "Four")
    assert town.row(f"{other} --chose a --option a --option b --me bo")["verdict"] == "inside"
    code, error = town.error(f"{line} --type hire --me eva --by gruppen")
    assert (code, error["code"]) == (2, "decide.where")
    town.done("accept bud --me cia --on 2025-11-01")
    assert town.error("decide 'Two tyres' --type hire --me dag --in norr --on 2025-11-01")[0] == 1


def test_an_open_matter_takes_the_choice_and_nothing_else(town: Person) -> None:
    third = town.ids["third"]
    for more in (("--type", "hire"), ("--amount", "5"), ("--option", "a"), ("--affected", "dag"), ("--one-way",)):
        code, error = town.error(f"decide {third} --because x --me anna", *more)
        assert (code, error["code"]) == (2, "decide.matter_is_open"), more
    told = town.row(f"decide {third[:6]} --because winter --me anna --on 2025-11-01")
    assert (told["decision"], told["verdict"]) == (third, "inside")
    assert town.error(f"decide {third} --because again --me anna")[0] == 1
