"""Official numbers, whole in each register; and tags, which grow without touching what they are about."""

from __future__ import annotations

import pytest
from scenario import Scenario, team

from ledger.errors import Malformed
from ledger.events.ledger import NumberAssigned, Tagged
from ledger.values import series_stream

KS = series_stream("KS-2025")


def number(world: Scenario, decision: str, register: str = "KS-2025", *, on: str = "04-01", by: str = "eva") -> int:
    (event,) = world.events("number", by=by, on=on, decision=decision, register=register)
    assert isinstance(event, NumberAssigned)
    assert (event.of, event.series) == (decision, register)
    return event.number


def test_each_register_counts_from_one_without_a_gap() -> None:
    world = team()
    ids = [world.decides(f"Matter {each}", by="anna") for each in range(3)]
    assert [number(world, each) for each in ids] == [1, 2, 3]
    assert number(world, ids[2], "SN-2025") == 1


def test_a_number_is_given_when_a_decision_is_registered_and_not_when_it_is_drafted() -> None:
    world = team()
    (proposed, *_rest) = world.events(
        "refer-up", by="anna", on="03-01", title="A bus", type="purchase", reason="much", **{"in": "norr"}
    )
    drafted = str(getattr(proposed, "decision", ""))
    world.refused("number.not_made", "number", on="04-01", decision=drafted, register="KS-2025")
    world.refused("decision.unknown", "number", decision="D-0000000000", register="KS-2025")
    made = world.decides("Vans", by="anna", on="03-05")
    world.refused("number.not_made", "number", on="03-04", decision=made, register="KS-2025")
    assert number(world, made, on="03-05") == 1


def test_a_decision_has_one_number_in_a_register() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    number(world, id_)
    world.refused("number.given", "number", on="04-02", decision=id_, register="KS-2025")


def test_the_next_number_is_not_given_before_the_last() -> None:
    world = team()
    first, second = (world.decides(each, by="anna") for each in ("One", "Two"))
    number(world, first, on="04-02")
    world.refused("number.before_last", "number", on="04-01", decision=second, register="KS-2025")
    assert number(world, second, on="04-02") == 2


def test_a_number_is_never_given_twice_also_not_after_it_was_annulled() -> None:
    world = team()
    first, second, third = (world.decides(each, by="anna") for each in ("One", "Two", "Three"))
    number(world, first)
    number(world, second)
    # Annulled, the last would be given again; so the end of a register stays.
    world.refused("number.last", "annul", on="04-02", stream=KS, version=2, reason="the wrong one")
    assert number(world, third) == 3
    world.tell("annul", on="04-02", stream=KS, version=2, reason="the wrong one")
    assert number(world, second, on="04-03") == 4
    world.refused("number.last", "annul", on="04-04", stream=KS, version=5, reason="the wrong one")


@pytest.mark.parametrize(("field", "after"), [("number", 7), ("of", "D-0000000000"), ("occurred_at", "2025-03-01")])
def test_what_was_given_is_annulled_and_not_corrected(field: str, after: object) -> None:
    world = team()
    number(world, world.decides("Vans", by="anna"))
    fields = {"stream": KS, "version": 1, "field": field, "after": after}
    world.refused("correction.fixed_field", "correct", on="04-02", reason="slip", **fields)


@pytest.mark.parametrize("register", ["D-2025", "R", "g-1", "KS 2025", "KS/2025", "", "-KS", "K" * 41])
def test_a_register_has_a_name_that_is_no_id(register: str) -> None:
    with pytest.raises(Malformed, match="register"):
        team().tell("number", decision="D-0000000000", register=register)


def test_tags_grow_and_a_tag_that_something_has_is_not_said_again() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    assert world.events("tag", by="bo", on="03-02", stream=id_, tags=["winter", "vans", "winter"]) == [
        Tagged(tags=("winter", "vans"))
    ]
    assert world.events("tag", by="bo", on="03-02", stream=id_, tags=["vans", "new"]) == [Tagged(tags=("new",))]
    world.refused("tag.had", "tag", by="bo", on="03-03", stream=id_, tags=["winter", "new"])
    world.refused("subject.unknown", "tag", stream="D-0000000000", tags=["winter"])
    entries = world.entries(id_)
    world.tell("annul", by="bo", on="03-04", stream=id_, version=entries[-1].version, reason="slip")
    assert world.events("tag", by="bo", on="03-05", stream=id_, tags=["new"]) == [Tagged(tags=("new",))]
