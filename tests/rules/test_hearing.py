from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from roadkit import board, consents, opened, proposed
from scenario import chain, team

from ledger.events.decision import AdviceGiven, AdviceSought, ConsentGiven, ObjectionRaised, StoodAside

WHY = {"reason": "so it is"}


def test_advice_is_asked_of_each_as_what_the_matter_makes_them() -> None:
    world = team(level=5, conditions=["consult:cia"])
    world.tell("member add", handle="dan", on="01-01").tell("member add", handle="eli", on="01-01")
    id_ = proposed(world, "advice", affected=["dan"])
    events = world.events("ask-advice", decision=id_, of=["eva", "cia", "dan", "eli"], by="anna", on="03-02")
    assert [(event.asked_as, event.of) for event in events if isinstance(event, AdviceSought)] == [
        ("delegator", ("eva",)),
        ("condition", ("cia",)),
        ("affected", ("dan",)),
        ("expert", ("eli",)),
    ]
    (event,) = world.events("ask-advice", decision=id_, of=["eli"], asked_as="affected", by="anna", on="03-02")
    assert isinstance(event, AdviceSought)
    assert event.asked_as == "affected"


def test_the_holder_is_asked_as_the_delegatee_where_the_level_above_decides() -> None:
    world = team(level=3)
    id_ = proposed(world, "advice", by="bo")
    (event,) = world.events("ask-advice", decision=id_, of=["anna"], by="eva", on="03-02")
    assert isinstance(event, AdviceSought)
    assert event.asked_as == "delegatee"


@pytest.mark.parametrize(
    ("mandate", "fields", "by_when"),
    [
        ({}, {}, date(2025, 3, 9)),
        ({}, {"decide_by": "2025-03-05"}, date(2025, 3, 5)),
        ({"conditions": ["consult:bo/30"]}, {}, date(2025, 4, 1)),
    ],
)
def test_there_is_a_week_to_answer_or_what_the_matter_or_a_condition_gives(
    mandate: dict[str, Any], fields: dict[str, Any], by_when: date
) -> None:
    world = team(**mandate)
    id_ = proposed(world, "advice", **fields)
    (event,) = world.events("ask-advice", decision=id_, of=["bo"], by="anna", on="03-02")
    assert isinstance(event, AdviceSought)
    assert event.by_when == by_when


def test_advice_is_asked_by_who_carries_the_matter_of_somebody_else_with_time_to_answer() -> None:
    world = team()
    id_ = proposed(world, "advice")
    world.refused("proposal.not_yours", "ask-advice", decision=id_, of=["cia"], by="bo", on="03-02")
    world.refused("advice.of_yourself", "ask-advice", decision=id_, of=["anna"], by="anna", on="03-02")
    world.refused("member.unknown", "ask-advice", decision=id_, of=["nobody"], by="anna", on="03-02")
    ask = {"decision": id_, "of": ["bo"], "by": "anna", "on": "03-02"}
    world.refused("advice.no_time", "ask-advice", by_when="2025-03-01", **ask)
    world.tell("ask-advice", by_when="2025-03-02", **ask)


def test_advice_is_given_by_who_was_asked_and_others_note_a_concern() -> None:
    world = team()
    id_ = proposed(world, "advice")
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-02")
    refusal = world.refused("advice.not_asked", "advise", decision=id_, text="rent", by="cia", on="03-03")
    assert refusal.hints[0] == f"tillit concern {id_} TEXT"
    world.tell("concern", decision=id_, text="narrow roads", by="cia", on="03-03")
    assert world.events("advise", decision=id_, text="rent", leaning="against", by="bo", on="03-03") == [
        AdviceGiven(text="rent", leaning="against")
    ]


def test_whoever_sits_in_a_post_that_was_asked_advises_for_it() -> None:
    for acts, acting_for in (("each", "board"), ("together", None)):
        world = board(acts)
        id_ = proposed(world, "advice")
        world.tell("ask-advice", decision=id_, of=["board"], by="anna", on="03-02")
        assert world.events("advise", decision=id_, text="rent", by="cia", on="03-03") == [
            AdviceGiven(text="rent", acting_for=acting_for)
        ]


def test_advice_that_was_not_asked_by_then_was_not_asked() -> None:
    world = team()
    id_ = proposed(world, "advice")
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-05")
    world.refused("advice.not_asked", "advise", decision=id_, text="rent", by="bo", on="03-04")


def test_those_asked_or_affected_and_who_holds_it_may_object_and_others_may_not() -> None:
    world = chain().tell("member add", handle="dan", on="01-01").tell("member add", handle="eli", on="01-01")
    id_ = proposed(world, "consent", by="bo", consenters=["cia"], affected=["dan"], **{"in": "vagn"})
    refusal = world.refused("objection.not_yours", "object", decision=id_, argument="no", by="eli", on="03-02")
    assert refusal.hints == (f"tillit concern {id_} TEXT",)
    for number, who in enumerate(("cia", "dan", "bo", "anna", "eva"), 1):
        assert world.events("object", decision=id_, argument="no", kind="efficiency", by=who, on="03-02") == [
            ObjectionRaised(objection=number, argument="no", objection_kind="efficiency")
        ]


def test_the_number_of_an_annulled_objection_is_not_given_again() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("object", decision=id_, argument="no", by="bo", on="03-02")
    world.tell("annul", stream=id_, version=2, by="bo", on="03-03", **WHY)
    assert world.decision(id_).objections == ()
    world.tell("object", decision=id_, argument="still no", by="bo", on="03-04")
    assert [each.number for each in world.decision(id_).objections] == [2]


def test_an_objection_is_resolved_once_and_withdrawn_only_by_whose_it_is() -> None:
    world = team()
    id_ = proposed(world)
    resolve = {"decision": id_, "objection": 1, "on": "03-05"}
    world.refused("objection.not_there", "resolve", how="withdrawn", by="bo", **resolve)
    world.tell("object", decision=id_, argument="no", by="bo", on="03-04")
    world.refused("objection.not_there", "resolve", how="withdrawn", by="bo", **{**resolve, "on": "03-03"})
    world.refused("objection.not_yours_to_withdraw", "resolve", how="withdrawn", by="anna", **resolve)
    world.refused("proposal.not_yours", "resolve", how="not_an_objection", explanation="x", by="cia", **resolve)
    world.tell("resolve", how="withdrawn", by="bo", **resolve)
    world.refused("objection.resolved", "resolve", how="withdrawn", by="bo", **resolve)


def test_an_objection_is_integrated_by_an_amendment_and_nothing_less() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("amend", decision=id_, amount="9", by="anna", on="03-02")
    world.tell("object", decision=id_, argument="no", by="bo", on="03-04")
    resolve = {"decision": id_, "objection": 1, "how": "integrated", "by": "anna", "on": "03-06"}
    world.refused("objection.not_integrated", "resolve", **resolve)
    world.tell("amend", decision=id_, amount="8", because="objection 1", by="anna", on="03-05")
    world.tell("resolve", **resolve)
    assert world.decision(id_).open_objections == ()


def test_where_the_proposal_goes_on_as_it_is_it_is_said_why_and_when_it_is_looked_at_again() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("object", decision=id_, argument="no", by="bo", on="03-04")
    resolve = {"decision": id_, "objection": 1, "by": "anna", "with": ["bo"], "on": "03-06"}
    world.refused("objection.explanation_missing", "resolve", how="not_an_objection", **resolve)
    world.refused("objection.explanation_missing", "resolve", how="deferred", **resolve)
    later = {"how": "deferred", "explanation": "safe to try"}
    world.refused("objection.follow_up_missing", "resolve", **later, **resolve)
    world.refused("objection.follow_up_missing", "resolve", **later, follow_up_on="2025-03-06", **resolve)
    world.tell("resolve", **later, follow_up_on="2025-06-01", **resolve)


@pytest.mark.parametrize("process", ["consent", "consensus"])
@pytest.mark.parametrize("how", ["not_an_objection", "deferred"])
def test_the_proposer_does_not_go_on_over_an_objection_by_their_own_word(how: str, process: str) -> None:
    world = team().tell("member add", handle="dan", on="01-01")
    id_ = proposed(world, process)
    world.tell("object", decision=id_, argument="no", by="bo", on="03-04")
    said: dict[str, Any] = {"how": how, "explanation": "safe to try", "follow_up_on": "2025-06-01", "on": "03-06"}
    resolve = {"decision": id_, "objection": 1, "by": "anna", **said}
    refusal = world.refused("objection.judged_alone", "resolve", **resolve)
    assert [hint.rpartition(" ")[2] for hint in refusal.hints] == ["bo", "cia"]
    world.refused("objection.judged_alone", "resolve", **{"with": ["dan"], **resolve})
    for who in ("bo", "cia"):
        judged = copy.deepcopy(world)
        judged.tell("resolve", **{"with": [who], **resolve})
        assert judged.decision(id_).open_objections == ()


def test_a_consenter_who_carries_what_another_proposed_judges_an_objection_to_it() -> None:
    world = team()
    id_ = proposed(world, by="bo")
    world.tell("object", decision=id_, argument="no", by="cia", on="03-04")
    resolve = {"decision": id_, "objection": 1, "how": "not_an_objection", "explanation": "it is not so", "on": "03-06"}
    world.refused("objection.judged_alone", "resolve", by="bo", **resolve)
    world.refused("objection.judged_alone", "resolve", by="eva", **resolve)
    world.tell("resolve", by="anna", **resolve)


def test_whose_post_is_asked_judges_an_objection_for_it() -> None:
    world = board("each")
    id_ = proposed(world, consenters=["board"])
    world.tell("object", decision=id_, argument="no", by="bo", on="03-04")
    resolve = {"decision": id_, "objection": 1, "how": "not_an_objection", "explanation": "it is not so", "on": "03-06"}
    world.tell("resolve", by="anna", **{"with": ["cia"], **resolve})


def test_who_proposes_goes_on_over_what_stops_nothing_and_over_their_own_objection() -> None:
    world = team()
    as_it_is: dict[str, Any] = {"how": "not_an_objection", "explanation": "it is not so", "by": "anna", "on": "03-06"}
    for process, who in (("advice", "eva"), ("consent", "anna")):
        id_ = proposed(world, process, title=process)
        world.tell("object", decision=id_, argument="no", by=who, on="03-04")
        world.tell("resolve", decision=id_, objection=1, **as_it_is)


def test_consent_counts_only_for_the_version_it_names() -> None:
    world = team()
    id_ = proposed(world)
    world.refused("consent.other_version", "consent", decision=id_, version=2, by="bo", on="03-02")
    world.tell("amend", decision=id_, amount="9", by="anna", on="03-03")
    refusal = world.refused("consent.other_version", "consent", decision=id_, version=1, by="bo", on="03-04")
    assert refusal.facts["version"] == 2
    world.refused("consent.other_version", "consent", decision=id_, version=2, by="bo", on="03-02")
    assert world.events("consent", decision=id_, version=2, by="bo", on="03-04") == [ConsentGiven(on_version=2)]
    world.refused("consent.given_already", "consent", decision=id_, version=2, by="bo", on="03-05")


def test_only_those_who_were_asked_consent_or_stand_aside() -> None:
    world = team(conditions=["consent:cia"])
    id_ = proposed(world, consenters=["bo"])
    world.refused("consent.not_asked", "consent", decision=id_, version=1, by="anna", on="03-02")
    world.refused("consent.not_asked", "stand-aside", decision=id_, by="anna", on="03-02", **WHY)
    consents(world, id_, "bo", "cia")


def test_nobody_consents_over_their_own_objection() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("object", decision=id_, argument="no", by="bo", on="03-02")
    world.refused("consent.over_own_objection", "consent", decision=id_, version=1, by="bo", on="03-03")
    world.tell("resolve", decision=id_, objection=1, how="withdrawn", by="bo", on="03-03")
    consents(world, id_, "bo")


def test_who_stands_aside_says_why_and_may_still_consent() -> None:
    world = team()
    id_ = proposed(world)
    world.refused("reason.missing", "stand-aside", decision=id_, by="bo", on="03-02")
    assert world.events("stand-aside", decision=id_, by="bo", on="03-02", **WHY) == [StoodAside()]
    world.refused("consent.stood_aside", "stand-aside", decision=id_, by="bo", on="03-03", **WHY)
    consents(world, id_, "bo")
    state = world.decision(id_)
    assert (state.consented, state.aside) == ({"bo"}, ())


def test_an_occupant_consents_for_the_post_and_in_a_group_that_acts_together_for_themselves() -> None:
    world = board("each")
    id_ = opened(world, process="consent", consenters=["board"], by="anna", **{"in": "syd"}).decision
    assert world.events("consent", decision=id_, version=1, by="cia", on="03-02") == [
        ConsentGiven(on_version=1, acting_for="board")
    ]
    world = board()
    id_ = opened(world, process="consent", **{"in": "syd"}).decision
    assert world.events("consent", decision=id_, version=1, by="cia", on="03-02") == [ConsentGiven(on_version=1)]


def test_who_has_left_neither_consents_nor_advises_nor_decides() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-02")
    world.tell("member leave", handle="bo", on="03-03").tell("member leave", handle="anna", on="03-03")
    world.refused("member.not_there", "consent", decision=id_, version=1, by="bo", on="03-04")
    world.refused("member.not_there", "advise", decision=id_, text="x", by="bo", on="03-04")
    world.refused("member.not_there", "decide matter", decision=id_, chose="lease", by="anna", on="03-04")
