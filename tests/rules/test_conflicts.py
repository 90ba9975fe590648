from __future__ import annotations

from roadkit import choose, proposed
from scenario import chain, team

from ledger.events.decision import DecisionMade

WHY = {"reason": "so it is"}


def test_the_matter_goes_past_a_holder_who_is_barred_to_their_stand_in() -> None:
    world = team()
    window = {"from": "2025-03-01", "until": "2025-04-01"}
    world.tell("stand-in", code="norr", member="bo", on="02-20", **window, **WHY)
    id_ = proposed(world, "alone")
    world.tell("declare-conflict", decision=id_, by="anna", on="03-02", **WHY)
    world.refused("authority.conflicted", "decide matter", **choose(id_))
    world.refused("authority.conflicted", "decide matter", **choose(id_, by="eva", **{"with": ["anna"]}))
    world.tell("decide matter", **choose(id_, by="bo"))


def test_the_matter_goes_past_a_holder_who_is_barred_to_the_level_above() -> None:
    world = chain()
    id_ = proposed(world, "alone", by="bo", **{"in": "vagn"})
    world.refused("authority.never_granted", "decide matter", **choose(id_, by="anna"))
    world.tell("declare-conflict", decision=id_, by="bo", on="03-02", **WHY)
    (made,) = world.events("decide matter", **choose(id_, by="anna"))
    assert isinstance(made, DecisionMade)
    assert (made.authority.capacity, made.authority.chain[-1].holder) == ("delegator", "bo")


def test_who_is_barred_neither_advises_nor_consents_nor_objects_nor_is_asked() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("declare-conflict", decision=id_, by="bo", on="03-02", **WHY)
    said = {"decision": id_, "by": "bo", "on": "03-03"}
    world.refused("authority.conflicted", "consent", version=1, **said)
    world.refused("authority.conflicted", "advise", text="x", **said)
    world.refused("authority.conflicted", "object", argument="x", **said)
    world.refused("authority.conflicted", "concern", text="x", **said)
    world.refused("authority.conflicted", "stand-aside", **said, **WHY)
    world.refused("authority.conflicted", "ask-advice", decision=id_, of=["bo"], by="anna", on="03-03")
