from __future__ import annotations

from scenario import Scenario, chain

from ledger.events.decision import DecisionOverruled, DecisionRatified
from ledger.values import responsibility_id

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


def test_a_municipality_calls_an_open_matter_in_or_revokes_instead() -> None:
    world = Scenario(profile="kommunal").tell("member add", handle="anna")
    world.tell("define", code="norr", title="North").tell("offer", code="norr", to="anna", amount="10")
    world.tell("accept", code="norr", by="anna", on="02-02")
    id_ = world.decides("Vans", by="anna", amount="10")
    world.refused("profile.no_overruling", "overrule", decision=id_, on="04-01", **WHY)
    rule = {"title": "No vans", "type": "purchase", "in": "root", "supersedes": [id_]}
    world.refused("profile.no_overruling", "decide", on="04-01", **rule, **WHY)
    assert world.decision(id_).stands(world.now)
    matter = {"title": "Boats", "type": "purchase", "in": "norr", "amount": "90", "by": "anna", "on": "04-01"}
    world.tell("refer-up", **matter, **WHY)
    world.tell("reverse", decision=id_, by="anna", on="04-02", **WHY)
    world.tell("revoke", code="norr", on="04-03", **WHY)


def test_in_a_municipality_what_was_decided_outside_is_decided_anew() -> None:
    world = Scenario(profile="kommunal").tell("define", code="norr", title="North")
    world.tell("member add", handle="anna").tell("offer", code="norr", to="anna", amount="10")
    world.tell("accept", code="norr", by="anna", on="02-02")
    id_ = world.decides("Vans", by="anna", amount="900", outside_mandate=True, **WHY)
    world.refused("profile.no_ratifying", "ratify", decision=id_, on="04-01", **WHY)
    world.tell("decide", title="Vans", type="purchase", amount="900", on="04-01", **{"in": "root"})


def test_where_nothing_else_was_agreed_a_decision_may_be_overruled_from_any_height() -> None:
    for by, from_ in (("anna", "norr"), ("eva", "root")):
        world, id_ = decided()
        (event,) = world.events("overrule", decision=id_, by=by, on="04-01", **WHY)
        assert event == DecisionOverruled(from_responsibility=responsibility_id(from_))


def test_who_answers_for_what_is_vacant_reverses_there() -> None:
    world, id_ = decided()
    world.tell("revoke", code="vagn", by="anna", on="03-15", **WHY)
    world.refused("delegation.not_yours", "reverse", decision=id_, by="bo", on="04-01", **WHY)
    world.tell("reverse", decision=id_, by="anna", on="04-01", **WHY)


def test_a_ratification_proves_its_own_right() -> None:
    world, id_ = decided(amount="900", outside_mandate=True, **WHY)
    (event,) = world.events("ratify", decision=id_, by="anna", on="04-01", **WHY)
    assert isinstance(event, DecisionRatified)
    assert (event.authority.verdict, event.authority.responsibility) == ("inside", responsibility_id("norr"))
