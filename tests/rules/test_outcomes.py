from __future__ import annotations

from scenario import Scenario, chain

WHY = {"reason": "so it is"}


def decided(profile: str = "tillit", **fields: object) -> tuple[Scenario, str]:
    world = chain(amount="100")
    if profile != "tillit":
        ledger = world.streams["ledger"][0]
        object.__setattr__(ledger.event, "profile", profile)
    return world, world.decides("Vans", by="bo", **{"in": "vagn", "amount": "10", **fields})


def test_a_decision_is_reversed_in_its_own_responsibility() -> None:
    world, id_ = decided()
    world.refused("delegation.not_yours", "reverse", decision=id_, by="anna", on="04-01", **WHY)
    world.refused("reason.missing", "reverse", decision=id_, by="bo", on="04-01")
    world.tell("reverse", decision=id_, by="bo", on="04-01", **WHY)
    world.refused("decision.not_standing", "reverse", decision=id_, by="bo", on="05-01", **WHY)
    world.refused("decision.unknown", "reverse", decision="D-0000000000", by="bo", on="05-01", **WHY)


def test_a_decision_is_overruled_only_from_above() -> None:
    world, id_ = decided()
    world.refused("decision.not_from_above", "overrule", decision=id_, by="bo", on="04-01", **WHY)
    world.tell("overrule", decision=id_, by="eva", on="04-01", **WHY)
    assert world.decision(id_).how == "overruled"


def test_in_a_municipality_nothing_is_overruled_or_ratified() -> None:
    world, id_ = decided("kommunal", amount="900", outside_mandate=True, **WHY)
    world.refused("profile.no_overruling", "overrule", decision=id_, by="anna", on="04-01", **WHY)
    world.refused("profile.no_ratifying", "ratify", decision=id_, by="anna", on="04-01", **WHY)
    fields = {"title": "No vans", "type": "purchase", "in": "norr", "supersedes": [id_]}
    world.refused("profile.no_overruling", "decide", by="anna", on="04-01", **fields, **WHY)


def test_what_was_made_outside_mandate_is_ratified_by_who_could_have_made_it() -> None:
    world, id_ = decided(amount="900", outside_mandate=True, **WHY)
    world.refused("decision.own_ratification", "ratify", decision=id_, by="bo", on="04-01", **WHY)
    world.refused("decision.not_yours_to_ratify", "ratify", decision=id_, by="cia", on="04-01", **WHY)
    world.tell("ratify", decision=id_, by="anna", on="04-01", **WHY)
    world.refused("decision.nothing_to_ratify", "ratify", decision=id_, by="anna", on="05-01", **WHY)


def test_what_was_made_inside_needs_no_ratifying() -> None:
    world, id_ = decided()
    world.refused("decision.nothing_to_ratify", "ratify", decision=id_, by="anna", on="04-01", **WHY)


def test_nobody_ratifies_beyond_their_own_mandate() -> None:
    world, id_ = decided(amount="900000", outside_mandate=True, **WHY)
    world.refused("decision.not_yours_to_ratify", "ratify", decision=id_, by="anna", on="04-01", **WHY)
    world.tell("ratify", decision=id_, by="eva", on="04-01", **WHY)
