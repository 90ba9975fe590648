from __future__ import annotations

from decimal import Decimal

import pytest
from scenario import Scenario, chain, team

from ledger.aggregates.verdict import Duty

WHY = {"reason": "so it is"}


def test_a_holder_may_decide_what_the_mandate_holds() -> None:
    verdict = chain(amount="50000").ask("bo", "vagn", amount=Decimal(50000))
    assert verdict.no is None
    assert verdict.seat is not None
    assert verdict.seat.capacity == "holder"


def test_the_first_link_that_stops_it_is_the_answer_with_both_values() -> None:
    verdict = chain(amount="50000").ask("bo", "vagn", amount=Decimal(80000))
    assert (verdict.no, verdict.link, verdict.dimension) == ("limit passed", "vagn", "amount")
    assert (verdict.limit, verdict.asked) == ("50000", "80000")
    verdict = chain().ask("bo", "vagn", amount=Decimal(200001))
    assert (verdict.no, verdict.link, verdict.limit) == ("limit passed", "norr", "200000")


def test_never_granted_to_who_holds_nothing_of_it() -> None:
    verdict = chain().ask("cia", "vagn")
    assert (verdict.no, verdict.dimension, verdict.limit) == ("never granted", "holder", "bo")


def test_never_granted_where_the_type_is_not_in_the_mandate() -> None:
    verdict = chain().ask("bo", "vagn", type="hire")
    assert (verdict.no, verdict.link, verdict.dimension) == ("never granted", "norr", "types")


def test_not_accepted_while_the_offer_waits() -> None:
    world = team().tell("define", code="syd", title="South").tell("offer", code="syd", to="bo")
    assert world.ask("bo", "syd").no == "not accepted"


def test_ended_after_revocation_expiry_or_hand_over() -> None:
    world = team(until="2025-06-01").tell("revoke", code="norr", on="04-01", **WHY)
    verdict = world.ask("anna", on="04-01")
    assert (verdict.no, verdict.limit) == ("ended", "revoked 2025-04-01")
    assert team(until="2025-06-01").ask("anna", on="06-01").limit == "expired 2025-06-01"


def test_ended_for_who_has_left() -> None:
    world = team().tell("member leave", handle="anna", on="04-01")
    assert world.ask("anna", on="04-01").no == "ended"


def test_reserved_matters_stay_where_they_are() -> None:
    world = team().tell("clarify", code="root", reserve=["hire/*"], on="02-02")
    verdict = world.ask("anna", type="hire/head")
    assert (verdict.no, verdict.link, verdict.limit) == ("reserved", "root", "hire/*")
    assert world.ask("eva", "root", type="hire/head").no is None


def test_conflicted_where_a_conflict_was_declared() -> None:
    world = team(amount="10")
    fields = {"title": "Vans", "in": "norr", "type": "purchase", "amount": "100", **WHY}
    (proposed, _referred) = world.events("refer-up", by="anna", on="03-01", **fields)
    decision = proposed.model_dump()["decision"]
    world.tell("declare-conflict", decision=decision, on="03-02", **WHY)
    world.refused("authority.conflicted", "decide matter", decision=decision, on="03-03")


def test_every_no_refuses_a_decision_with_three_roads_out() -> None:
    world = chain(amount="50000")
    fields = {"title": "x", "type": "purchase", "on": "03-01", "in": "vagn"}
    assert len(world.refused("authority.limit_passed", "decide", by="bo", amount="80000", **fields).hints) == 3
    assert len(world.refused("authority.never_granted", "decide", by="cia", **fields).hints) == 3
    world.tell("revoke", code="vagn", by="anna", on="02-20", **WHY)
    assert len(world.refused("authority.ended", "decide", by="bo", **fields).hints) == 3
    world.tell("offer", code="vagn", to="cia", by="anna", on="02-20")
    assert len(world.refused("authority.not_accepted", "decide", by="cia", **fields).hints) == 3
    world.tell("clarify", code="norr", reserve=["purchase"], on="02-21")
    assert len(world.refused("authority.reserved", "decide", by="anna", **fields).hints) == 3


def test_the_vacant_middle_link_is_a_ceiling_and_no_hole() -> None:
    world = chain().tell("revoke", code="norr", on="03-01", **WHY)
    verdict = world.ask("bo", "vagn", on="04-01", amount=Decimal(200001))
    assert (verdict.no, verdict.link, verdict.limit) == ("limit passed", "norr", "200000")
    assert world.ask("bo", "vagn", on="04-01", amount=Decimal(200000)).no is None


def test_who_holds_the_nearest_live_ancestor_answers_for_what_is_vacant() -> None:
    world = chain().tell("revoke", code="vagn", by="anna", on="03-01", **WHY)
    seat = world.ask("anna", "vagn", on="03-02").seat
    assert seat is not None
    assert seat.capacity == "answers for vacant"
    assert world.ask("bo", "vagn", on="03-02").no == "ended"
    assert world.ask("eva", "vagn", on="03-02").no == "never granted"


def test_a_scope_and_what_cannot_be_undone_are_limits_too() -> None:
    world = team(scope=["north"], two_way_only=True)
    assert world.ask("anna", scope=("south",)).dimension == "scope"
    assert world.ask("anna", scope=("north",)).no is None
    assert world.ask("anna", one_way=True).dimension == "one_way"


def test_what_is_not_stated_is_said_not_to_be() -> None:
    checks = team(amount="100", scope=["north"]).ask("anna").checks
    assert [(check.dimension, check.result) for check in checks] == [("amount", "not stated"), ("scope", "not stated")]


def test_a_years_allowance_counts_what_was_decided_below_it_too() -> None:
    world = team(amount_per_year="100").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna").tell("accept", code="vagn", by="bo", on="02-02")
    world.tell("decide", by="bo", on="03-01", title="a", type="t", amount="60", **{"in": "vagn"})
    verdict = world.ask("anna", on="04-01", amount=Decimal(41))
    assert (verdict.dimension, verdict.limit, verdict.asked) == ("amount_per_year", "100", "101")
    assert world.ask("anna", on="04-01", amount=Decimal(40)).no is None


@pytest.mark.parametrize(
    ("level", "decider", "duties"),
    [
        (1, "eva", [Duty("tell", "anna", "level 1")]),
        (2, "eva", [Duty("rationale", "anna", "level 2"), Duty("tell", "anna", "level 2")]),
        (3, "eva", [Duty("consult", "anna", "level 3"), Duty("tell", "anna", "level 3")]),
        (5, "anna", [Duty("consult", "eva", "level 5")]),
        (6, "anna", [Duty("report", "eva", "level 6")]),
        (7, "anna", []),
    ],
)
def test_the_level_says_who_decides_and_who_is_heard(level: int, decider: str, duties: list[Duty]) -> None:
    world = team(level=level)
    verdict = world.ask(decider)
    assert verdict.no is None
    assert list(verdict.duties) == duties
    other = world.ask("anna" if decider == "eva" else "eva")
    assert other.no == "never granted"


def test_at_level_four_both_decide() -> None:
    world = team(level=4)
    for who, other in (("anna", "eva"), ("eva", "anna")):
        seat = world.ask(who).seat
        assert seat is not None
        assert seat.together_with == {other}
    fields = {"title": "x", "type": "t", "on": "03-01", "in": "norr"}
    world.refused("authority.together", "decide", by="anna", **fields)
    world.tell("decide", by="anna", **fields, **{"with": ["eva"]})


def test_a_level_may_differ_by_type_and_the_longest_pattern_counts() -> None:
    world = team(level=6, levels={"hire/*": 3, "hire/summer": 7})
    assert world.ask("anna", type="hire/head").no == "never granted"
    assert world.ask("anna", type="hire/summer").no is None


def test_conditions_of_every_link_come_first_or_after() -> None:
    world = team(conditions=["consult:cia", "report:eva/14"]).tell(
        "define", code="vagn", title="V", parent="norr", by="anna"
    )
    world.tell("offer", code="vagn", to="bo", by="anna", level=7, conditions=["consent:cia"])
    world.tell("accept", code="vagn", by="bo", on="02-02")
    duties = [(duty.kind, duty.member, duty.within, duty.before) for duty in world.ask("bo", "vagn").duties]
    assert duties == [("consult", "cia", None, True), ("report", "eva", 14, False), ("consent", "cia", None, True)]


def boards(acts: str) -> Scenario:
    world = team().tell("member add", handle="board", group=True, acts=acts)
    world.tell("member add", handle="inner", group=True, acts="each").tell("member join", group="board", handle="inner")
    world.tell("member join", group="board", handle="bo").tell("member join", group="inner", handle="cia")
    everyone = {"with": ["cia"]} if acts == "together" else {}
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="board")
    return world.tell("accept", code="syd", by="bo", on="02-02", **everyone)


def test_an_occupant_of_a_group_that_acts_each_decides_alone_also_through_a_group_in_it() -> None:
    for who in ("bo", "cia"):
        seat = boards("each").ask(who, "syd").seat
        assert seat is not None
        assert (seat.capacity, seat.together_with) == ("occupant", frozenset())


def test_occupants_of_a_group_that_acts_together_decide_together() -> None:
    world = boards("together")
    seat = world.ask("bo", "syd").seat
    assert seat is not None
    assert seat.together_with == {"cia"}
    fields = {"title": "x", "type": "t", "on": "03-01", "in": "syd"}
    world.refused("authority.together", "decide", by="bo", **fields)
    world.tell("decide", by="bo", **fields, **{"with": ["cia"]})


def test_who_left_is_waited_for_no_more() -> None:
    world = boards("together").tell("member leave", handle="inner", on="03-01")
    seat = world.ask("bo", "syd", on="03-02").seat
    assert seat is not None
    assert seat.together_with == frozenset()


def test_absence_is_a_warning_and_no_stop() -> None:
    world = team().tell("away", by="anna", until="2025-04-01", **{"from": "2025-03-01"})
    verdict = world.ask("anna", on="03-15")
    assert verdict.no is None
    assert verdict.checks[-1].result == "warning"
