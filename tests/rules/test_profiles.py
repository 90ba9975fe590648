"""What differs between a municipal board, a company and any other organisation, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest
from scenario import Scenario

from ledger.aggregates.profile import PROFILES
from ledger.commands import command
from ledger.errors import Malformed
from ledger.events.responsibility import DelegationOffered
from ledger.values import instant

WHY = {"reason": "so it is"}
HURRY: dict[str, Any] = {
    "title": "A tow",
    "type": "purchase",
    "amount": "900",
    "urgent": True,
    "in": "norr",
    "on": "03-01",
    **WHY,
}


def board(**terms: Any) -> Scenario:  # noqa: ANN401 - the founding's terms
    """A municipal board, eva, who has delegated norr to anna, at most 500; bo and cia are there too."""
    return _organisation("kommunal", **terms)


def company(**terms: Any) -> Scenario:  # noqa: ANN401 - the founding's terms
    """The same in a company, where anna has accepted."""
    return _organisation("bolag", **terms).tell("accept", code="norr", by="anna", on="01-10")


def _organisation(profile: str, **terms: Any) -> Scenario:  # noqa: ANN401 - the founding's terms
    world = Scenario(profile=profile, **terms)
    for handle in ("anna", "bo", "cia"):
        world.tell("member add", handle=handle, on="01-01")
    for code in ("norr", "syd"):
        world.tell("define", code=code, title=code, on="01-02")
    return world.tell("offer", code="norr", to="anna", amount="500", on="01-05")


def post(world: Scenario, handle: str, *who: str, **fields: Any) -> Scenario:  # noqa: ANN401 - a member's fields
    world.tell("member add", handle=handle, group=True, on="01-03", **fields)
    for each in who:
        world.tell("member join", group=handle, handle=each, on="01-03")
    return world


def mandate(world: Scenario, code: str, **fields: Any) -> Any:  # noqa: ANN401 - a command's fields and a mandate
    (event,) = world.events("offer", code=code, **fields)
    assert isinstance(event, DelegationOffered)
    return event.mandate


# Acceptance


@pytest.mark.parametrize("profile", ["tillit", "bolag"])
def test_there_is_no_authority_before_acceptance(profile: str) -> None:
    world = _organisation(profile)
    world.refused("authority.not_accepted", "decide", by="anna", on="02-01", title="Vans", type="buy", **{"in": "norr"})
    assert world.holder("norr", "02-01") is None


def test_what_a_municipal_board_decides_gives_authority_at_once() -> None:
    world = board()
    assert world.holder("norr", "01-05") == "anna"
    world.decides("Vans", by="anna", on="01-06", amount="500")


def test_an_acknowledgement_starts_nothing_and_is_given_once_by_the_delegate() -> None:
    world = board()
    world.refused("delegation.not_offered_to_you", "accept", code="norr", by="bo", on="02-01")
    world.tell("accept", code="norr", by="anna", on="02-01", reservations="until May")
    assert world.holder("norr", "01-06") == "anna"
    world.refused("delegation.no_offer", "accept", code="norr", by="anna", on="02-02")


def test_what_is_in_force_is_handed_back_or_revoked_and_neither_declined_nor_withdrawn() -> None:
    world = board()
    world.refused("profile.in_force", "decline", code="norr", by="anna", on="02-01", **WHY)
    world.refused("profile.in_force", "withdraw-offer", code="norr", on="02-01")
    world.tell("hand-back", code="norr", by="anna", on="02-01", lacking="capacity", **WHY)
    world.refused("delegation.no_offer", "accept", code="norr", by="anna", on="02-02")
    assert world.holder("norr", "02-01") is None


def test_a_delegation_in_force_takes_over_from_the_one_before_and_bars_no_new_one() -> None:
    world = board().tell("offer", code="norr", to="bo", on="02-01")
    assert [world.holder("norr", day) for day in ("01-31", "02-01")] == ["anna", "bo"]
    world.tell("offer", code="syd", to="cia", on="02-01", **{"from": "2025-03-01"})
    world.refused("delegation.overlaps", "offer", code="syd", to="bo", on="02-02")


# Who may hold


def test_employees_never_hold_together_in_a_municipality() -> None:
    world = post(board(), "chefer", "anna", "bo", acts="together")
    world.refused("profile.no_joint_holder", "offer", code="syd", to="chefer", on="02-01")
    stand_in: dict[str, Any] = {
        "code": "norr",
        "member": "chefer",
        "from": "2025-02-01",
        "until": "2025-03-01",
        "on": "02-01",
        **WHY,
    }
    world.refused("profile.no_joint_holder", "stand-in", **stand_in)
    post(world, "post:chef", acts="each")
    world.refused("profile.no_joint_holder", "member join", group="post:chef", handle="chefer", on="02-01")


def test_a_body_of_elected_members_a_post_and_a_person_may_hold_in_a_municipality() -> None:
    for holder in ("utskott", "post:chef", "cia"):
        world = post(board(), "utskott", "bo", "cia", body=True)
        post(world, "post:chef", "bo", "cia", acts="each").tell("offer", code="syd", to=holder, on="02-01")
        assert world.holder("syd", "02-01") == holder


def test_only_a_group_that_acts_together_is_a_body() -> None:
    world = board()
    for fields in ({}, {"group": True, "acts": "each"}):
        world.refused("member.body_acts_together", "member add", handle="x", body=True, **fields)


def test_a_group_may_hold_together_in_a_company() -> None:
    post(company(), "chefer", "anna", "bo", acts="together").tell("offer", code="syd", to="chefer", on="02-01")


def test_two_decide_together_in_a_municipality_only_where_a_body_does() -> None:
    world = post(board(), "utskott", "bo", "cia", body=True)
    world.refused("profile.no_joint_level", "offer", code="syd", to="bo", level=4, on="02-01")
    world.refused("profile.no_joint_level", "offer", code="syd", to="bo", levels={"buy/*": 4}, on="02-01")
    world.refused(
        "profile.no_joint_level", "change-mandate", code="norr", level=4, agreed_by=["anna"], on="02-01", **WHY
    )
    world.tell("offer", code="syd", to="utskott", level=4, on="02-01")


# Further delegation


def administration() -> Scenario:
    """The head of administration is the post chef, in which anna sits: it holds vagn and may delegate on one step."""
    world = post(board(heads=["chef"]), "chef", "anna", acts="each")
    world.tell("define", code="vagn", title="Vehicles", on="01-05").tell("offer", code="vagn", to="chef", further=1)
    return world.tell("define", code="hjul", title="Wheels", parent="vagn", on="01-05")


def test_the_head_of_administration_delegates_further_one_step() -> None:
    world = administration().tell("offer", code="hjul", to="bo", by="anna", on="02-02")
    world.tell("define", code="nav", title="Hubs", parent="hjul", by="bo", on="02-03")
    world.refused("profile.only_the_head_delegates_on", "offer", code="nav", to="cia", by="bo", on="02-03")
    world.refused("profile.one_step", "offer", code="hjul", to="cia", by="anna", further=1, on="02-04")


def test_the_post_of_the_head_passes_on_with_who_sits_in_it() -> None:
    world = administration().tell("define", code="dack", title="Tyres", parent="vagn", on="01-05")
    world.tell("member part", group="chef", handle="anna", on="02-02").tell("member join", group="chef", handle="cia")
    world.refused("delegation.not_yours", "offer", code="dack", to="bo", by="anna", on="02-03")
    world.tell("offer", code="dack", to="bo", by="cia", on="02-03")


def test_nobody_but_the_head_of_administration_delegates_further_in_a_municipality() -> None:
    world = administration().tell("offer", code="syd", to="bo", on="01-10")
    world.tell("define", code="dack", title="Tyres", parent="syd", by="bo", on="02-02")
    world.refused("profile.only_the_head_delegates_on", "offer", code="dack", to="cia", by="bo", on="02-02")
    world.refused("profile.one_step", "offer", code="syd", to="cia", further=1, on="02-02")
    world.refused("profile.one_step", "offer", code="syd", to="chef", further=2, on="02-02")
    world.tell("offer", code="hjul", to="bo", by="anna", on="02-02")
    world.refused("profile.only_the_head_delegates_on", "move", code="hjul", parent="syd", on="02-03", **WHY)


def test_the_head_delegates_further_only_where_the_board_allows_it() -> None:
    world = administration().tell("offer", code="norr", to="chef", on="02-01")
    world.tell("define", code="dack", title="Tyres", parent="norr", on="02-02")
    world.refused("mandate.not_inside", "offer", code="dack", to="bo", by="anna", on="02-02")


def test_what_is_decided_under_a_further_delegation_is_reported_to_the_head() -> None:
    world = administration()
    offer: dict[str, Any] = {"code": "hjul", "to": "bo", "by": "anna", "level": 5, "on": "02-02"}
    world.refused("profile.not_reported_to_the_head", "offer", **offer)
    world.tell("offer", conditions=["report:chef"], **offer)


def test_a_mandate_is_delegated_further_as_it_says_itself_in_a_company() -> None:
    world = company().tell("define", code="vagn", title="Vehicles", parent="norr", on="02-01")
    world.tell("offer", code="vagn", to="bo", by="anna", on="02-01").tell("accept", code="vagn", by="bo", on="02-02")
    world.tell("define", code="hjul", title="Wheels", parent="vagn", on="02-03")
    world.tell("offer", code="hjul", to="cia", by="bo", on="02-03")


# Reserved matters


@pytest.mark.parametrize(
    ("world", "type_"),
    [(board, "direction/budget"), (board, "statement"), (board, "principle/care"), (company, "board/merger")],
)
def test_what_the_profile_reserves_is_decided_by_the_board_itself(world: Any, type_: str) -> None:  # noqa: ANN401 - either
    town = world()
    fields: dict[str, Any] = {"title": "It", "type": type_, "on": "02-01"}
    town.refused("authority.reserved", "decide", by="anna", **{"in": "norr"}, **fields)
    town.refused("mandate.not_inside", "offer", code="syd", to="bo", types=[type_], on="02-01")
    town.tell("decide", **{"in": "root"}, **fields)


def test_what_the_profile_reserves_stays_reserved() -> None:
    world = board()
    world.refused("profile.stays_reserved", "clarify", code="root", reserve=["hire/*"])
    world.tell("clarify", code="root", reserve=[*PROFILES["kommunal"].reserved, "hire/*"])


def test_nothing_is_reserved_from_the_start_where_no_profile_says_so() -> None:
    world = _organisation("tillit")
    assert PROFILES["tillit"].reserved == ()
    world.tell("clarify", code="root", reserve=["hire/*"]).tell("clarify", code="root", reserve=["fire"])


# Overruling and ratifying: see also test_outcomes


def test_a_company_may_overrule_and_ratify() -> None:
    world = company()
    inside = world.decides("Vans", by="anna", amount="10")
    outside = world.decides("Ships", by="anna", amount="900", outside_mandate=True, **WHY)
    world.tell("overrule", decision=inside, on="04-01", **WHY).tell("ratify", decision=outside, on="04-01", **WHY)


# Urgent


def test_what_cannot_wait_is_decided_by_the_chair_or_who_is_named_in_a_municipality() -> None:
    world = post(board(urgent_by=["ordforande", "bo"]), "ordforande", "cia", acts="each")
    world.refused("profile.not_yours_though_urgent", "decide", by="anna", **HURRY)
    for by in ("cia", "bo"):
        world.tell("decide", by=by, **HURRY)
    board().refused("profile.not_yours_though_urgent", "decide", by="anna", **HURRY)


@pytest.mark.parametrize("profile", ["tillit", "bolag"])
def test_what_cannot_wait_is_decided_by_anybody_with_a_reason_elsewhere(profile: str) -> None:
    _organisation(profile).tell("decide", by="cia", **HURRY)


# Reports


def test_a_municipality_reports_what_is_delegated_or_says_how_it_is_minuted() -> None:
    world = board()
    assert mandate(world, "syd", to="bo").level == 6
    world.tell("revoke", code="syd", on="02-02", **WHY)
    offer: dict[str, Any] = {"code": "syd", "to": "bo", "level": 7, "on": "02-03"}
    world.refused("profile.neither_reported_nor_minuted", "offer", **offer)
    world.tell("clarify", code="syd", report_rule="minuted by the post, announced on the board", on="02-03")
    world.tell("offer", **offer)


def duties(world: Scenario, amount: str | None, by: str = "anna", where: str = "norr") -> list[str]:
    fields: dict[str, Any] = {
        "title": f"Van {amount}",
        "type": "purchase",
        "amount": amount,
        "by": by,
        "on": "03-01",
        "in": where,
    }
    _proposed, made = world.events("decide", **fields)
    checks = made.model_dump()["authority"]["checks"]
    return [f"{check['dimension']} {check['limit']}" for check in checks if check["result"] == "due after"]


def test_a_company_reports_to_its_board_what_is_above_the_limit() -> None:
    world = company(report_above="100")
    assert [duties(world, amount) for amount in ("100", "101", None)] == [[], ["report eva"], ["report eva"]]
    assert duties(world, "900", by="eva", where="root") == []


def test_a_company_without_a_limit_reports_everything_to_its_board() -> None:
    assert duties(company(), "1") == ["report eva"]


def test_a_condition_may_hold_only_above_an_amount() -> None:
    world = company().tell("offer", code="syd", to="bo", conditions=["report:cia/14+50"], on="02-01")
    world.tell("accept", code="syd", by="bo", on="02-01")
    assert duties(world, "50", by="bo", where="syd") == ["report eva"]
    assert duties(world, "50.5", by="bo", where="syd") == ["report eva", "report cia"]


# The longest window


def test_no_mandate_outlasts_the_term_of_office_of_a_municipal_board() -> None:
    world = board(term_ends="2026-10-15")
    assert mandate(world, "syd", to="bo").until == instant("2026-10-15")
    world.refused("mandate.not_inside", "offer", code="norr", to="bo", until="2026-10-16")
    world.refused("mandate.not_inside", "renew", code="norr", until="2026-10-16")
    world.tell("renew", code="root", until="2030-10-15").tell("renew", code="norr")


def test_a_mandate_in_a_company_ends_with_the_fiscal_year() -> None:
    world = company()
    assert mandate(world, "syd", to="bo", on="02-01").until == instant("2026-01-01")
    world.refused("profile.beyond_the_year", "offer", code="norr", to="bo", until="2026-01-02", on="02-01")
    world.refused("profile.beyond_the_year", "change-mandate", code="norr", until="2027-01-01", on="02-01", **WHY)
    inherit: dict[str, Any] = {"code": "norr", "inherit": ["until"], "agreed_by": ["anna"], **WHY}
    world.refused("mandate.unchanged", "change-mandate", on="02-01", **inherit)


def test_the_fiscal_year_ends_on_the_day_that_the_founding_says() -> None:
    for year_ends, on, until in (("04-30", "02-01", "2025-05-01"), ("04-30", "05-01", "2026-05-01")):
        assert mandate(company(year_ends=year_ends), "syd", to="bo", on=on).until == instant(until)


def test_a_mandate_is_renewed_for_the_next_fiscal_year_and_for_no_later_one() -> None:
    world = company().tell("renew", code="norr", on="12-01")
    assert world.responsibility("norr").delegations[-1].held.until == instant("2027-01-01")  # type: ignore[union-attr]
    world.refused("profile.beyond_the_year", "renew", code="norr", until="2027-06-01", on="12-02")


def test_a_mandate_has_no_longest_window_elsewhere() -> None:
    assert mandate(_organisation("tillit"), "syd", to="bo", until="2099-01-01").until == instant("2099-01-01")


# Numbers


def test_a_municipal_board_numbers_its_decisions_in_one_register_a_year() -> None:
    for terms in ({"register": "KS"}, {}):
        world = board(**terms)
        id_ = world.decides("Vans", by="anna", amount="10")
        world.refused("profile.one_register_a_year", "number", decision=id_, register="KS-2024", on="04-01")
        world.tell("number", decision=id_, register="KS-2025", on="04-01")
    other = board(register="KS")
    id_ = other.decides("Vans", by="anna", amount="10")
    other.refused("profile.one_register_a_year", "number", decision=id_, register="BUN-2025", on="04-01")


def test_numbers_are_given_as_wished_elsewhere() -> None:
    world = company()
    world.tell("number", decision=world.decides("Vans", by="anna", amount="10"), register="FLEET", on="04-01")


# The founding


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("tillit", {"heads": ["anna"]}),
        ("bolag", {"urgent_by": ["anna"]}),
        ("bolag", {"register": "KS"}),
        ("tillit", {"term_ends": "2026-01-01"}),
        ("kommunal", {"year_ends": "06-30"}),
        ("kommunal", {"report_above": "10"}),
    ],
)
def test_nothing_is_said_at_the_founding_that_the_profile_never_reads(profile: str, said: dict[str, Any]) -> None:
    world = Scenario()
    world.streams.clear()
    fields = {"name": "Works", "origin": "test/1", "founders": ["eva"], "profile": profile, "on": "01-01"}
    world.refused("profile.not_asked", "init", **fields, **said)


def test_a_term_ends_after_the_founding() -> None:
    world = Scenario()
    world.streams.clear()
    fields = {"name": "Works", "origin": "test/1", "founders": ["eva"], "profile": "kommunal", "on": "01-01"}
    world.refused("profile.term_over", "init", term_ends="2024-12-31", **fields)


@pytest.mark.parametrize("day", ["02-29", "13-01", "31-12", "x"])
def test_a_fiscal_year_ends_on_a_day_of_every_year(day: str) -> None:
    fields = {"do": "init", "by": "eva", "name": "X", "origin": "t/1", "founders": ["eva"], "profile": "bolag"}
    with pytest.raises(Malformed, match="no day of every year"):
        command({**fields, "year_ends": day})
