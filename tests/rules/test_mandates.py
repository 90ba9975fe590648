from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from scenario import Scenario, chain, team

from ledger.events.decision import Check, DecisionMade
from ledger.events.responsibility import AllowanceDrawn
from ledger.values import responsibility_id

WHY = {"reason": "so it is"}
NORR, VAGN = responsibility_id("norr"), responsibility_id("vagn")

PARENT: dict[str, Any] = {
    "types": ["purchase/*"],
    "amount": "1000",
    "amount_per_year": "5000",
    "scope": ["north", "west"],
    "two_way_only": True,
    "until": "2025-10-01",
    "further": 2,
    "from": "2025-02-01",
}
BEYOND = [
    ({"types": ["hire"]}, "types: purchase/* there, hire asked"),
    ({"amount": "1000.01"}, "amount: 1000 there, 1000.01 asked"),
    ({"amount_per_year": "5001"}, "amount_per_year: 5000 there, 5001 asked"),
    ({"scope": ["south"]}, "scope: north west there, south asked"),
    ({"two_way_only": False}, "one_way: two-way only there, one-way asked"),
    ({"until": "2025-10-02"}, "until: 2025-10-01 there, 2025-10-02 asked"),
    ({"from": "2025-01-31"}, "since: 2025-02-01 there, 2025-01-31 asked"),
    ({"further": 2}, "further: 1 there, 2 asked"),
]
WITHIN: list[dict[str, Any]] = [
    {"types": ["purchase/vehicle"]},
    {"amount": "1000"},
    {"amount_per_year": "5000"},
    {"scope": ["west"]},
    {"two_way_only": True},
    {"until": "2025-10-01"},
    {"from": "2025-02-01"},
    {"further": 1},
]


def below(**mandate: Any) -> Scenario:  # noqa: ANN401 - a mandate's fields
    """Anna holds norr within PARENT, and vagn lies below it, held by nobody."""
    return team(**(PARENT | mandate)).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")


def deeper(world: Scenario, code: str, parent: str, by: str, to: str, **mandate: Any) -> Scenario:  # noqa: ANN401
    """Somebody hands on a new responsibility below the parent."""
    world.tell("define", code=code, title=code, parent=parent, by=by, on="02-02")
    world.tell("offer", code=code, to=to, by=by, on="02-02", **mandate)
    return world.tell("accept", code=code, by=to, on="02-02")


@pytest.mark.parametrize(("mandate", "sentence"), BEYOND)
def test_the_refusal_names_the_dimension_and_both_values(mandate: dict[str, Any], sentence: str) -> None:
    refusal = below().refused("mandate.not_inside", "offer", code="vagn", to="bo", by="anna", **mandate)
    assert str(refusal) == f"The mandate reaches beyond that of norr in {sentence}."


@pytest.mark.parametrize("mandate", WITHIN)
def test_whatever_is_not_wider_than_the_parents_may_be_given(mandate: dict[str, Any]) -> None:
    below().tell("offer", code="vagn", to="bo", by="anna", **mandate)


@pytest.mark.parametrize(("mandate", "sentence"), [row for row in BEYOND if "from" not in row[0]])
def test_a_change_is_held_to_the_same_bounds_as_an_offer(mandate: dict[str, Any], sentence: str) -> None:
    world = below().tell("offer", code="vagn", to="bo", by="anna").tell("accept", code="vagn", by="bo", on="02-02")
    fields = {"code": "vagn", "by": "anna", "agreed_by": ["bo"], "on": "03-01", **mandate, **WHY}
    assert sentence in str(world.refused("mandate.not_inside", "change-mandate", **fields))


@pytest.mark.parametrize(("mandate", "sentence"), [row for row in BEYOND if "further" not in row[0]])
def test_a_grandparent_bounds_what_the_parent_left_out(mandate: dict[str, Any], sentence: str) -> None:
    world = deeper(team(**PARENT), "vagn", "norr", "anna", "bo")
    world.tell("define", code="hjul", title="Wheels", parent="vagn", by="bo", on="02-03")
    # What it reaches beyond is the chain as a whole; the sentence names the link that offers.
    sentence = f"The mandate reaches beyond that of vagn in {sentence}."
    refusal = world.refused("mandate.not_inside", "offer", code="hjul", to="cia", by="bo", on="02-03", **mandate)
    assert str(refusal) == sentence


@pytest.mark.parametrize(("mandate", "sentence"), [row for row in BEYOND if not row[0].keys() & {"from", "until"}])
def test_a_vacant_link_keeps_its_last_mandate_as_ceiling_in_every_dimension(
    mandate: dict[str, Any], sentence: str
) -> None:
    world = below().tell("revoke", code="norr", on="03-01", **WHY)
    assert sentence in str(world.refused("mandate.not_inside", "offer", code="vagn", to="bo", on="03-02", **mandate))


def test_the_time_of_a_vacant_link_is_over_and_no_limit_below_it() -> None:
    world = below().tell("revoke", code="norr", on="03-01", **WHY)
    world.tell("offer", code="vagn", to="bo", until="2025-12-01", on="03-02")
    world = below().tell("offer", code="vagn", to="bo", until="2025-12-01", on="10-02")
    world.tell("accept", code="vagn", by="bo", on="10-03")
    assert [world.holder("vagn", on) for on in ("11-30", "12-01")] == ["bo", None]


def test_nobody_grows_because_somebody_above_leaves() -> None:
    for ending in (
        {"do": "revoke", "code": "norr"},
        {"do": "hand-back", "code": "norr", "by": "anna", "lacking": "capacity"},
        {"do": "member leave", "handle": "anna"},
    ):
        world = chain().tell(on="03-01", **ending, **WHY)  # type: ignore[arg-type]
        assert world.ask("bo", "vagn", on="03-02", amount=Decimal(200000)).no is None
        assert world.ask("bo", "vagn", on="03-02", amount=Decimal(200001)).limit == "200000"


def test_what_ended_in_the_instant_it_began_is_a_ceiling_too() -> None:
    world = chain().tell("revoke", code="norr", on="02-01", **WHY)
    assert world.ask("bo", "vagn", amount=Decimal(200001)).limit == "200000"


def test_a_backdated_ending_undoes_no_narrowing_for_those_below() -> None:
    world = chain().tell("change-mandate", code="norr", amount="100", on="03-01", **WHY)
    world.tell("hand-back", code="norr", by="anna", lacking="capacity", on="02-20", **WHY)
    assert world.ask("bo", "vagn", on="04-01", amount=Decimal(101)).limit == "100"


def test_a_link_that_nobody_ever_held_is_no_ceiling() -> None:
    world = team().tell("define", code="syd", title="South").tell("define", code="hamn", title="H", parent="syd")
    world.tell("offer", code="hamn", to="bo", amount="1000000").tell("accept", code="hamn", by="bo", on="02-02")
    assert world.ask("bo", "hamn", amount=Decimal(1000000)).no is None


def test_one_narrowing_above_bounds_every_descendant_on_every_dimension() -> None:
    world = deeper(deeper(team(), "vagn", "norr", "anna", "bo"), "hjul", "vagn", "bo", "cia")
    narrower = {"amount": "10", "types": ["purchase"], "scope": ["north"], "two_way_only": True}
    world.tell("change-mandate", code="norr", on="04-01", **narrower, **WHY)
    ask = {"amount": Decimal(10), "scope": ("north",)}
    assert world.ask("cia", "hjul", on="04-02", **ask).no is None  # type: ignore[arg-type]
    for beyond in ({"amount": Decimal(11)}, {"type": "hire"}, {"scope": ("south",)}, {"one_way": True}):
        verdict = world.ask("cia", "hjul", on="04-02", **(ask | beyond))  # type: ignore[arg-type]
        assert (verdict.link, verdict.no is None) == ("norr", False)
        assert world.ask("cia", "hjul", on="03-31", **(ask | beyond)).no is None  # type: ignore[arg-type]


@pytest.mark.parametrize("further", [0, 1, 2])
def test_a_mandate_goes_on_as_many_steps_as_it_says(further: int) -> None:
    world = team(further=further)
    steps = [("vagn", "norr", "anna", "bo"), ("hjul", "vagn", "bo", "cia"), ("mutter", "hjul", "cia", "eva")]
    for code, parent, by, to in steps[:further]:
        deeper(world, code, parent, by, to)
    code, parent, by, to = steps[further]
    world.tell("define", code=code, title=code, parent=parent, by=by, on="02-02")
    refusal = world.refused("mandate.not_inside", "offer", code=code, to=to, by=by, on="02-02")
    assert str(refusal) == f"The mandate reaches beyond that of {parent} in further: 0 there, one more step asked."


def test_without_a_word_about_it_a_mandate_may_be_delegated_on() -> None:
    deeper(deeper(team(), "vagn", "norr", "anna", "bo"), "hjul", "vagn", "bo", "cia")


def test_what_a_middle_link_reserves_is_decided_there_and_nowhere_below() -> None:
    world = deeper(team(), "vagn", "norr", "anna", "bo").tell("clarify", code="norr", reserve=["hire/*"], on="03-01")
    assert world.ask("anna", "norr", on="03-02", type="hire/head").no is None
    verdict = world.ask("bo", "vagn", on="03-02", type="hire/head")
    assert (verdict.no, verdict.link, verdict.dimension, verdict.limit) == ("reserved", "norr", "reserved", "hire/*")
    assert world.ask("bo", "vagn", on="03-02", type="fire").no is None
    assert world.ask("bo", "vagn", on="02-28", type="hire/head").no is None


def test_a_responsibility_decides_only_the_types_that_it_names() -> None:
    world = team().tell("clarify", code="norr", decides=["purchase/*"], on="02-02")
    assert world.ask("anna", type="purchase/vehicle").no is None
    verdict = world.ask("anna", type="hire")
    assert (verdict.no, verdict.dimension, verdict.limit) == ("never granted", "decides", "purchase/*")
    world.refused("mandate.not_decided_here", "change-mandate", code="norr", types=["hire"], on="03-01", **WHY)


def test_each_allowance_above_is_drawn_by_what_is_decided_below() -> None:
    world = deeper(team(amount_per_year="100"), "vagn", "norr", "anna", "bo", amount_per_year="80")
    fields = {"type": "t", "in": "vagn", "by": "bo"}
    proposed, _made, *drawn = world.events("decide", on="03-01", title="a", amount="60", **fields)
    decision = proposed.model_dump()["decision"]
    assert drawn == [AllowanceDrawn(decision=decision, amount="60", year=2025)] * 2
    assert [world.responsibility(id_).drawn for id_ in (NORR, VAGN)] == [{2025: Decimal(60)}] * 2
    refusal = world.refused("authority.limit_passed", "decide", on="04-01", title="b", amount="20.01", **fields)
    assert [refusal.facts[name] for name in ("link", "limit", "asked")] == ["vagn", "80", "80.01"]
    world.tell("decide", on="04-01", title="b", amount="20", **fields)


def test_an_ancestors_allowance_stops_what_the_own_would_allow() -> None:
    world = deeper(team(amount_per_year="100"), "vagn", "norr", "anna", "bo", amount_per_year="100")
    world.tell("decide", on="03-01", title="a", type="t", amount="70", by="anna", **{"in": "norr"})
    fields = {"type": "t", "in": "vagn", "by": "bo", "on": "04-01", "title": "b"}
    refusal = world.refused("authority.limit_passed", "decide", amount="31", **fields)
    assert [refusal.facts[name] for name in ("link", "dimension", "limit", "asked")] == [
        "norr",
        "amount_per_year",
        "100",
        "101",
    ]
    world.tell("decide", amount="30", **fields)


def test_an_allowance_begins_anew_with_the_calendar_year() -> None:
    world = team(amount_per_year="100")
    world.now = datetime(2026, 12, 31, tzinfo=UTC)
    for on in ("2025-12-31", "2026-01-01"):
        world.tell("decide", on=on, title="a", type="t", amount="100", by="anna", **{"in": "norr"})
        fields = {"on": on, "title": "b", "type": "t", "amount": "1", "by": "anna", "in": "norr"}
        world.refused("authority.limit_passed", "decide", **fields)


def test_what_is_backdated_draws_on_the_year_it_lies_in_with_all_that_is_known() -> None:
    world = team(amount_per_year="100").tell(
        "decide", on="06-01", title="a", type="t", amount="60", by="anna", **{"in": "norr"}
    )
    fields = {"on": "03-01", "title": "b", "type": "t", "by": "anna", "in": "norr"}
    world.refused("authority.limit_passed", "decide", amount="41", **fields)
    world.tell("decide", amount="40", **fields)


def test_a_decision_outside_mandate_draws_on_no_allowance() -> None:
    world = team(amount_per_year="100")
    fields = {"title": "a", "type": "t", "amount": "500", "by": "anna", "in": "norr"}
    world.tell("decide", on="03-01", outside_mandate=True, **fields, **WHY)
    assert world.responsibility(NORR).drawn == {}


@pytest.mark.parametrize(
    ("level", "by", "capacity", "together", "due"),
    [
        (1, "eva", "delegator", (), [("tell", "anna", "due after")]),
        (2, "eva", "delegator", (), [("rationale", "anna", "ok"), ("tell", "anna", "due after")]),
        (3, "eva", "delegator", (), [("consult", "anna", "ok"), ("tell", "anna", "due after")]),
        (4, "eva", "delegator", ("anna",), []),
        (4, "anna", "holder", ("eva",), []),
        (5, "anna", "holder", (), [("consult", "eva", "ok")]),
        (6, "anna", "holder", (), [("report", "eva", "due after")]),
        (7, "anna", "holder", (), []),
    ],
)
def test_the_duties_of_the_level_stand_in_the_proof(
    level: int, by: str, capacity: str, together: tuple[str, ...], due: list[tuple[str, str, str]]
) -> None:
    heard = [who for kind, who, _result in due if kind == "consult"]
    fields = {"title": "a", "type": "t", "in": "norr", "because": "it pays", "with": [*together, *heard]}
    made = team(level=level).events("decide", by=by, on="03-01", **fields)[1]
    assert isinstance(made, DecisionMade)
    assert (made.authority.capacity, made.authority.together_with) == (capacity, together)
    assert made.authority.checks == tuple(
        Check(responsibility=NORR, dimension=kind, limit=who, asked=f"level {level}", result=result)  # type: ignore[arg-type]
        for kind, who, result in due
    )


@pytest.mark.parametrize("level", [1, 2, 3])
def test_up_to_level_three_the_holder_does_not_decide(level: int) -> None:
    fields = {"title": "a", "type": "t", "in": "norr", "on": "03-01"}
    refusal = team(level=level).refused("authority.never_granted", "decide", by="anna", **fields)
    assert refusal.facts["dimension"] == "level"


@pytest.mark.parametrize("level", [5, 6, 7])
def test_from_level_five_the_delegator_does_not_decide_below(level: int) -> None:
    fields = {"title": "a", "type": "t", "in": "norr", "on": "03-01"}
    team(level=level).refused("authority.never_granted", "decide", by="eva", **fields)


def test_who_decides_for_the_holder_is_bound_by_their_own_mandate_and_not_by_the_holders() -> None:
    world = chain(level=3, amount="10")
    assert world.ask("anna", "vagn", amount=Decimal(200000)).no is None
    assert world.ask("anna", "vagn", amount=Decimal(200001)).link == "norr"


def test_when_the_delegator_is_gone_the_nearest_above_takes_their_part() -> None:
    world = chain(level=3).tell("revoke", code="norr", on="03-01", **WHY)
    assert world.ask("eva", "vagn", on="03-02").no is None
    world = chain(level=4).tell("revoke", code="norr", on="03-01", **WHY)
    seat = world.ask("bo", "vagn", on="03-02").seat
    assert seat is not None
    assert seat.together_with == {"eva"}


def test_the_level_binds_delegator_and_holder_and_not_the_chain() -> None:
    world = chain(level=7).tell("change-mandate", code="norr", level=5, on="03-01", **WHY)
    assert world.ask("bo", "vagn", on="03-02").duties == ()


@pytest.mark.parametrize("level", [1, 2, 3])
def test_who_does_not_decide_in_their_own_does_not_decide_in_a_vacant_child_either(level: int) -> None:
    world = team(level=level).tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    assert world.ask("anna", "norr").no == "never granted"
    assert world.ask("anna", "vagn").no == "never granted"


def test_what_was_renewed_is_longer_for_those_below_too() -> None:
    world = team(until="2025-06-01").tell("renew", code="norr", until="2025-09-01", on="03-01")
    world.tell("define", code="vagn", title="Vehicles", parent="norr", by="anna", on="03-02")
    world.tell("offer", code="vagn", to="bo", by="anna", until="2025-08-01", on="03-02")


def test_a_code_taken_up_again_begins_without_a_ceiling() -> None:
    world = team(amount="5").tell("revoke", code="norr", on="03-01", **WHY)
    world.tell("retire", code="norr", on="03-02", **WHY).tell("define", code="norr", title="Another", on="04-01")
    world.tell("define", code="vagn", title="Vehicles", parent="norr", on="04-01")
    world.tell("offer", code="vagn", to="bo", amount="10", on="04-01")
