from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from scenario import Scenario, chain, day, team

from ledger.events.decision import AuthorityProof, Check, DecisionMade, DecisionProposed, ProofLink
from ledger.events.responsibility import Mandate
from ledger.values import instant, responsibility_id

WHY = {"reason": "so it is"}


def vans(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - a command's fields
    return {"by": "anna", "on": "03-01", "title": "Vans", "type": "purchase", "in": "norr", **fields}


def matter(world: Scenario, **fields: Any) -> str:  # noqa: ANN401 - a command's fields
    proposed, _referred = world.events("refer-up", **vans(amount="900", **WHY, **fields))
    return cast("DecisionProposed", proposed).decision


def test_a_decision_carries_the_chain_and_the_checks_that_made_it_its_makers() -> None:
    world = team(amount="100", level=5)
    proposed, made = world.events("decide", **vans(amount="90", because="worn out", **{"with": ["eva"]}))
    root, norr = responsibility_id("root"), responsibility_id("norr")
    assert isinstance(proposed, DecisionProposed)
    assert (proposed.title, proposed.responsibility, proposed.amount, proposed.process) == ("Vans", norr, "90", "alone")
    assert made == DecisionMade(
        rationale="worn out",
        authority=AuthorityProof(
            verdict="inside",
            responsibility=norr,
            delegation=1,
            capacity="holder",
            chain=(
                ProofLink(
                    responsibility=root,
                    code="root",
                    holder="eva",
                    delegation=1,
                    delegator="eva",
                    since=instant(day("01-01")),
                    mandate=Mandate(level=7),
                ),
                ProofLink(
                    responsibility=norr,
                    code="norr",
                    holder="anna",
                    delegation=1,
                    delegator="eva",
                    since=instant(day("02-01")),
                    mandate=Mandate(amount="100", level=5),
                ),
            ),
            checks=(
                Check(responsibility=norr, dimension="amount", limit="100", asked="90"),
                Check(responsibility=norr, dimension="consult", limit="eva", asked="level 5"),
            ),
        ),
    )


def test_the_same_decision_is_not_recorded_twice() -> None:
    world = team().tell("decide", **vans())
    world.refused("decision.exists", "decide", **vans())
    world.tell("decide", **vans(title="More vans"))


def test_outside_the_mandate_it_takes_a_reason_and_says_so() -> None:
    world = team(amount="100")
    world.refused("authority.limit_passed", "decide", **vans(amount="900"))
    world.refused("reason.missing", "decide", **vans(amount="900", outside_mandate=True))
    _proposed, made = world.events("decide", **vans(amount="900", outside_mandate=True, **WHY))
    assert cast("DecisionMade", made).authority.verdict == "outside"
    _proposed, made = world.events("decide", **vans(title="Pump", amount="900", urgent=True, **WHY))
    assert cast("DecisionMade", made).authority.verdict == "urgent"
    world.refused("decision.one_footing", "decide", **vans(title="x", outside_mandate=True, urgent=True, **WHY))


def test_what_lies_inside_is_inside_whatever_was_said() -> None:
    _proposed, made = team().events("decide", **vans(outside_mandate=True, **WHY))
    assert cast("DecisionMade", made).authority.verdict == "inside"


def test_a_choice_is_one_of_the_options() -> None:
    world = team()
    world.refused("decision.nothing_chosen", "decide", **vans(options=["buy", "lease"]))
    world.refused("decision.not_an_option", "decide", **vans(options=["buy", "lease"], chose="steal"))
    world.tell("decide", **vans(options=["buy", "lease"], chose="lease"))


def test_an_agreement_is_looked_at_again_and_a_trial_has_an_end() -> None:
    world = team()
    world.refused("decision.review_missing", "decide", **vans(kind="agreement"))
    world.refused("decision.trial_end_missing", "decide", **vans(kind="trial", review_on="2026-03-01"))
    world.tell("decide", **vans(kind="trial", review_on="2026-03-01", trial_until="2026-02-01"))


def test_a_decision_supersedes_one_that_stands_in_its_own_responsibility() -> None:
    world = team()
    old = world.decides("Vans", by="anna")
    world.refused("decision.unknown", "decide", **vans(title="x", supersedes=["D-0000000000"]))
    new = world.decides("Boats", by="anna", on="04-01", supersedes=[old])
    assert (world.decision(old).how, world.decision(new).stands(world.now)) == ("superseded", True)
    world.refused("decision.not_standing", "decide", **vans(title="Trains", on="05-01", supersedes=[old]))


def test_a_part_may_be_superseded_and_the_rest_stands() -> None:
    world = team()
    old = world.decides("Vans", by="anna")
    world.decides("Boats", by="anna", on="04-01", supersedes=[old], part="the second van")
    assert world.decision(old).stands(world.now)
    world.refused("decision.part_of_nothing", "decide", **vans(title="x", part="the second van"))


def test_superseding_from_above_is_an_overruling_and_from_below_is_not_done() -> None:
    world = chain()
    old = world.decides("Vans", by="bo", **{"in": "vagn"})
    above = world.decides("Rule", by="anna")
    world.refused("decision.not_from_above", "decide", **vans(title="x", by="bo", supersedes=[above], **{"in": "vagn"}))
    world.refused("reason.missing", "decide", **vans(title="No vans", on="04-01", supersedes=[old]))
    events = world.events("decide", **vans(title="No vans", on="04-01", supersedes=[old], **WHY))
    assert [event.kind for event in events[2:]] == ["decision.overruled.v1", "decision.superseded.v1"]


def test_a_matter_is_referred_up_by_who_holds_it_and_never_aside() -> None:
    world = chain()
    fields = vans(**WHY)
    world.refused("delegation.not_yours", "refer-up", **{**fields, "by": "cia"})
    world.refused("decision.not_above", "refer-up", **{**fields, "by": "bo", "in": "vagn", "to": "vagn"})
    world.refused("decision.nothing_above", "refer-up", **{**fields, "by": "eva", "in": "root"})
    world.tell("refer-up", **{**fields, "by": "bo", "in": "vagn", "to": "root"})


def test_what_was_referred_up_is_decided_above_and_may_go_further_up() -> None:
    world = chain(amount="10")
    id_ = _from_vagn(world)
    world.refused("authority.never_granted", "decide matter", decision=id_, by="bo", on="03-02")
    world.tell("refer-up matter", decision=id_, by="anna", on="03-02", **WHY)
    world.tell("decide matter", decision=id_, by="eva", on="03-03", because="yes")
    assert world.decision(id_).maker == "eva"


def _from_vagn(world: Scenario) -> str:
    proposed, _referred = world.events("refer-up", **{**vans(amount="900", **WHY), "by": "bo", "in": "vagn"})
    return cast("DecisionProposed", proposed).decision


def test_a_decided_matter_is_closed() -> None:
    world = team(amount="10")
    id_ = matter(world)
    world.tell("decide matter", decision=id_, on="03-02")
    for do in ("call-in", "declare-conflict", "refer-up matter"):
        world.refused("decision.not_open", do, decision=id_, on="03-03", **WHY)
    world.refused("decision.not_open", "decide matter", decision=id_, on="03-03")
    world.refused("decision.unknown", "call-in", decision="D-0000000000", on="03-03", **WHY)


def test_a_matter_is_called_in_only_from_above() -> None:
    world = chain(amount="10")
    id_ = _from_vagn(world)
    world.refused("decision.not_from_above", "call-in", decision=id_, by="bo", on="03-02", **WHY)
    world.refused("reason.missing", "call-in", decision=id_, on="03-02")
    world.tell("call-in", decision=id_, on="03-02", **WHY)
    assert world.decision(id_).responsibility == responsibility_id("root")


def test_who_declared_a_conflict_is_barred_and_the_matter_goes_past_them() -> None:
    world = chain(amount="10")
    id_ = _from_vagn(world)
    world.tell("declare-conflict", decision=id_, by="anna", on="03-02", **WHY)
    world.refused("decision.conflict_declared", "declare-conflict", decision=id_, by="anna", on="03-03", **WHY)
    world.refused("authority.conflicted", "decide matter", decision=id_, by="anna", on="03-03")
    world.tell("refer-up matter", decision=id_, by="anna", on="03-03", **WHY)
    world.tell("decide matter", decision=id_, by="eva", on="03-04")


def test_a_years_allowance_is_drawn_with_the_decision() -> None:
    world = team(amount_per_year="100")
    events = world.events("decide", **vans(amount="60"))
    assert events[-1].model_dump() == {
        "decision": cast("DecisionProposed", events[0]).decision,
        "amount": "60",
        "year": 2025,
    }
    refusal = world.refused("authority.limit_passed", "decide", **vans(title="Boats", amount="41"))
    assert refusal.facts["asked"] == "101"


def test_those_affected_and_informed_are_members() -> None:
    team().refused("member.unknown", "decide", **vans(affected=["nobody"]))
    team().refused("member.unknown", "decide", **vans(informed=["nobody"]))


def test_the_walk_and_the_decision_agree() -> None:
    world = team(amount="100")
    assert world.ask("anna", amount=Decimal(100)).no is None
    world.tell("decide", **vans(amount="100"))
