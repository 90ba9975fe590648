from __future__ import annotations

import pytest
from roadkit import choose, consents, proposed
from scenario import team

from ledger.events.decision import DecisionMade

WHY = {"reason": "so it is"}


# Advice


def test_a_matter_for_advice_is_decided_when_those_affected_were_asked_and_have_answered() -> None:
    world = team()
    id_ = proposed(world, "advice", affected=["bo"])
    world.refused("decision.advice_not_sought", "decide matter", **choose(id_))
    world.tell("ask-advice", decision=id_, of=["cia"], by="anna", on="03-02", by_when="2025-03-30")
    refusal = world.refused("decision.advice_not_sought", "decide matter", **choose(id_))
    assert refusal.facts["members"] == "bo"
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-02", by_when="2025-03-30")
    world.tell("advise", decision=id_, text="lease them", leaning="for", by="cia", on="03-03")
    refusal = world.refused("decision.advice_awaited", "decide matter", **choose(id_))
    assert refusal.facts["members"] == "bo"
    world.tell("advise", decision=id_, text="buy", leaning="against", by="bo", on="03-04")
    world.tell("decide matter", **choose(id_))


def test_advice_binds_no_one_and_who_is_silent_is_waited_for_only_until_their_day_has_passed() -> None:
    world = team()
    id_ = proposed(world, "advice")
    world.refused("decision.advice_not_sought", "decide matter", **choose(id_))
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-02", by_when="2025-03-10")
    world.refused("decision.advice_awaited", "decide matter", **choose(id_, "2025-03-10T23:00:00Z"))
    world.tell("decide matter", **choose(id_, "03-11"))


def test_nobody_waits_for_the_advice_of_who_has_left_or_is_barred() -> None:
    world = team()
    id_ = proposed(world, "advice", affected=["bo", "cia"])
    world.tell("ask-advice", decision=id_, of=["bo", "cia"], by="anna", on="03-02", by_when="2025-05-10")
    world.tell("member leave", handle="bo", on="03-03").tell(
        "declare-conflict", decision=id_, by="cia", **WHY, on="03-03"
    )
    world.tell("decide matter", **choose(id_))


# Consent


def test_under_consent_nothing_is_decided_over_an_open_objection() -> None:
    world = team()
    id_ = proposed(world)
    consents(world, id_, "anna", "bo")
    world.tell("object", decision=id_, argument="they do not start in winter", by="cia", on="03-06")
    world.refused("decision.objection_open", "decide matter", **choose(id_))
    world.refused("decision.objection_open", "decide matter", **choose(id_), urgent=True, **WHY)
    world.tell("resolve", decision=id_, objection=1, how="withdrawn", by="cia", on="03-07")
    world.tell("decide matter", **choose(id_))


def test_under_consent_every_consenter_is_heard_and_standing_aside_is_being_heard() -> None:
    world = team()
    id_ = proposed(world)
    refusal = world.refused("decision.consenters_awaited", "decide matter", **choose(id_))
    assert refusal.facts["members"] == "bo, cia"
    consents(world, id_, "bo")
    world.tell("stand-aside", decision=id_, by="cia", on="03-06", **WHY)
    world.tell("decide matter", **choose(id_))


def test_under_consent_silence_has_had_its_time_when_the_day_to_decide_by_has_passed() -> None:
    world = team()
    id_ = proposed(world, decide_by="2025-03-10")
    world.refused("decision.consenters_awaited", "decide matter", **choose(id_, "2025-03-10T12:00:00Z"))
    world.tell("decide matter", **choose(id_, "03-11"))


def test_what_was_amended_after_the_day_to_decide_by_gives_nobody_less_time_than_none() -> None:
    world = team()
    id_ = proposed(world, decide_by="2025-03-10")
    world.tell("amend", decision=id_, amount="90", by="anna", on="03-11")
    world.refused("decision.consenters_awaited", "decide matter", **choose(id_))
    world.tell("amend", decision=id_, amount="80", decide_by="2025-03-15", by="anna", on="03-12")
    world.tell("decide matter", **choose(id_, "03-16"))


def test_who_has_left_is_not_waited_for_under_consent() -> None:
    world = team()
    id_ = proposed(world)
    consents(world, id_, "bo")
    world.tell("member leave", handle="cia", on="03-06")
    world.tell("decide matter", **choose(id_))


# Consensus


def test_consensus_takes_the_spoken_consent_of_every_consenter() -> None:
    world = team()
    id_ = proposed(world, "consensus")
    consents(world, id_, "anna", "bo")
    refusal = world.refused("decision.no_consensus", "decide matter", **choose(id_))
    assert refusal.facts["members"] == "cia"
    consents(world, id_, "cia")
    (made,) = world.events("decide matter", **choose(id_))
    assert isinstance(made, DecisionMade)


def test_silence_is_never_consent_however_long_it_lasts_and_whoever_is_named_beside() -> None:
    world = team()
    id_ = proposed(world, "consensus", decide_by="2025-03-10")
    consents(world, id_, "anna", "bo")
    world.refused("decision.no_consensus", "decide matter", **choose(id_, "06-01", **{"with": ["cia"]}))


def test_standing_aside_is_no_consent() -> None:
    world = team()
    id_ = proposed(world, "consensus")
    consents(world, id_, "anna", "bo", "cia")
    world.tell("stand-aside", decision=id_, by="cia", on="03-06", **WHY)
    world.refused("decision.no_consensus", "decide matter", **choose(id_))


def test_nothing_is_decided_by_consensus_over_an_open_objection() -> None:
    world = team().tell("member add", handle="dan", on="01-01")
    id_ = proposed(world, "consensus", affected=["dan"])
    consents(world, id_, "anna", "bo", "cia")
    world.tell("object", decision=id_, argument="I live there", by="dan", on="03-06")
    world.refused("decision.objection_open", "decide matter", **choose(id_))


def test_consensus_is_on_the_version_on_the_table() -> None:
    world = team()
    id_ = proposed(world, "consensus")
    consents(world, id_, "anna", "bo", "cia")
    world.tell("amend", decision=id_, amount="90", by="anna", on="03-06")
    world.refused("decision.no_consensus", "decide matter", **choose(id_))
    consents(world, id_, "anna", "bo", "cia", on="03-07", version=2)
    (made,) = world.events("decide matter", **choose(id_))
    assert isinstance(made, DecisionMade)
    assert made.version == 2


def test_who_is_barred_is_not_asked_and_what_they_said_before_does_not_count() -> None:
    world = team()
    id_ = proposed(world, "consensus")
    consents(world, id_, "anna", "bo", "cia")
    for who in ("cia", "bo"):
        world.tell("declare-conflict", decision=id_, by=who, on="03-06", **WHY)
    world.tell("decide matter", **choose(id_))


def test_a_consensus_of_nobody_is_none() -> None:
    world = team()
    id_ = proposed(world, "consensus", consenters=["bo"])
    world.tell("declare-conflict", decision=id_, by="bo", on="03-06", **WHY)
    world.refused("decision.no_consensus", "decide matter", **choose(id_))


def test_nothing_is_decided_before_what_was_said_of_it() -> None:
    world = team()
    id_ = proposed(world)
    consents(world, id_, "bo", "cia", on="03-10")
    world.refused("decision.not_the_last_word", "decide matter", **choose(id_, "03-09"))


# The level and the conditions of the mandate


@pytest.mark.parametrize(("level", "decider", "heard"), [(3, "eva", "anna"), (5, "anna", "eva")])
def test_where_the_level_has_somebody_heard_first_nobody_decides_without_asking_them(
    level: int, decider: str, heard: str
) -> None:
    world = team(level=level)
    fields = {"title": "Vans", "in": "norr", "type": "purchase", "by": decider, "on": "03-01"}
    refusal = world.refused("decision.advice_missing", "decide", **fields)
    assert refusal.facts["member"] == heard
    assert refusal.hints[0] == "tillit propose TITLE --in norr --type purchase --process advice"
    world.tell("decide", **fields, **{"with": [heard]})


def test_at_level_five_it_is_enough_to_have_asked_and_at_level_three_the_answer_is_waited_for() -> None:
    for level, decider, heard in ((5, "anna", "eva"), (3, "eva", "anna")):
        world = team(level=level)
        id_ = proposed(world, "alone", by="bo")
        world.refused("decision.advice_missing", "decide matter", **choose(id_, by=decider))
        world.tell("ask-advice", decision=id_, of=[heard], by=decider, on="03-02", by_when="2025-03-25")
        if level == 3:
            world.refused("decision.advice_missing", "decide matter", **choose(id_, by=decider))
            world.tell("advise", decision=id_, text="lease", by=heard, on="03-05")
        world.tell("decide matter", **choose(id_, by=decider))


def test_at_level_three_what_the_holder_proposed_has_been_heard() -> None:
    world = team(level=3)
    id_ = proposed(world, "alone", by="anna")
    world.tell("decide matter", **choose(id_, by="eva"))


def test_a_condition_to_consult_waits_for_the_answer_or_for_the_days_it_gives() -> None:
    world = team(conditions=["consult:bo/10"])
    id_ = proposed(world, "alone")
    world.refused("decision.advice_missing", "decide matter", **choose(id_))
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-02", by_when="2025-03-03")
    world.refused("decision.advice_missing", "decide matter", **choose(id_, "03-12"))
    (made,) = world.events("decide matter", **choose(id_, "03-13"))
    assert isinstance(made, DecisionMade)
    assert ("consult", "ok") in {(check.dimension, check.result) for check in made.authority.checks}


def test_a_condition_to_ask_for_consent_takes_it_on_the_matter_or_together() -> None:
    world = team(conditions=["consent:bo"])
    fields = {"title": "Vans", "in": "norr", "type": "purchase", "by": "anna", "on": "03-01"}
    refusal = world.refused("decision.consent_missing", "decide", **fields)
    assert refusal.hints[0] == "tillit propose TITLE --in norr --type purchase --process consent --consenter bo"
    world.tell("decide", **fields, **{"with": ["bo"]})
    id_ = proposed(world, "alone", on="04-01")
    world.refused("decision.consent_missing", "decide matter", **choose(id_, "04-20"))
    consents(world, id_, "bo", on="04-02")
    world.tell("decide matter", **choose(id_, "04-20"))


def test_a_consent_that_a_condition_asks_for_falls_with_the_version_it_was_given_to() -> None:
    world = team(conditions=["consent:bo"])
    id_ = proposed(world, "alone")
    consents(world, id_, "bo")
    world.tell("amend", decision=id_, amount="90", by="anna", on="03-06")
    world.refused("decision.consent_missing", "decide matter", **choose(id_))


def test_at_level_four_the_other_may_have_consented_on_the_matter() -> None:
    world = team(level=4)
    id_ = proposed(world, "alone")
    world.refused("authority.together", "decide matter", **choose(id_))
    consents(world, id_, "eva")
    world.tell("decide matter", **choose(id_))


def test_at_level_two_it_is_explained_first() -> None:
    world = team(level=2)
    id_ = proposed(world, "alone")
    world.refused("decision.rationale_missing", "decide matter", **choose(id_, by="eva"))
    world.tell("decide matter", **choose(id_, by="eva", because="cheaper"))


def test_who_sits_in_the_post_that_is_to_be_consulted_need_not_ask_it() -> None:
    world = team().tell("member add", handle="economy", group=True, acts="each", on="01-02")
    world.tell("member join", group="economy", handle="anna", on="01-02").tell("define", code="syd", title="South")
    world.tell("offer", code="syd", to="anna", conditions=["consult:economy"]).tell("accept", code="syd", by="anna")
    world.decides("Vans", by="anna", **{"in": "syd"})


def test_nobody_waits_for_a_consultant_who_has_left_but_for_a_consent_that_cannot_come() -> None:
    fields = {"title": "Vans", "in": "norr", "type": "purchase", "by": "anna", "on": "03-02"}
    gone = team(conditions=["consult:bo"]).tell("member leave", handle="bo", on="03-01")
    gone.tell("decide", **fields)
    gone = team(conditions=["consent:bo"]).tell("member leave", handle="bo", on="03-01")
    gone.refused("decision.consent_missing", "decide", **fields)


def test_what_is_decided_outside_the_mandate_waits_for_none_of_its_duties() -> None:
    world = team(amount="10", conditions=["consent:bo"])
    fields = {"title": "Vans", "in": "norr", "type": "purchase", "by": "anna", "on": "03-01"}
    world.tell("decide", amount="90", urgent=True, **fields, **WHY)
