from __future__ import annotations

import pytest
from roadkit import board, choose, consents, opened, proposed
from scenario import chain, team

from ledger.events.decision import ProposalAmended
from ledger.events.responsibility import Change

WHY = {"reason": "so it is"}


def test_anybody_proposes_and_says_what_is_asked_of_whom_and_by_when() -> None:
    event = opened(team(), affected=["cia"], recommends="lease", decide_by="2025-03-15", kind="trial")
    assert (event.process, event.options, event.recommends, event.affected) == (
        "advice",
        ("lease", "buy"),
        "lease",
        ("cia",),
    )
    assert (event.decision_kind, str(event.decide_by)) == ("trial", "2025-03-15")
    team().refused(
        "member.unknown", "propose", title="x", type="t", options=["a"], by="bo", affected=["nobody"], **{"in": "norr"}
    )


def test_only_who_decides_alone_leaves_open_what_is_chosen_from() -> None:
    fields = {"title": "x", "type": "t", "by": "anna", "in": "norr"}
    for process in ("advice", "consent", "consensus"):
        extra = {"consenters": ["bo"]} if process != "advice" else {}
        team().refused("proposal.options_missing", "propose", process=process, **fields, **extra)
    team().tell("propose", process="alone", **fields)


def test_where_there_is_one_option_that_is_what_is_chosen() -> None:
    world = team()
    id_ = opened(world, options=["lease"], process="alone").decision
    world.tell("decide matter", decision=id_, by="anna", on="03-02")


def test_what_is_recommended_is_an_option() -> None:
    fields = {"title": "x", "type": "t", "by": "anna", "in": "norr", "options": ["a", "b"]}
    team().refused("decision.not_an_option", "propose", recommends="c", **fields)


def test_the_day_to_decide_by_lies_ahead() -> None:
    fields = {"title": "x", "type": "t", "by": "anna", "in": "norr", "options": ["a", "b"]}
    team().refused("proposal.decide_by_past", "propose", decide_by="2025-02-28", on="03-01", **fields)
    world = team()
    id_ = proposed(world)
    world.refused("proposal.decide_by_past", "amend", decision=id_, decide_by="2025-03-01", by="anna", on="03-02")


def test_those_whose_consent_is_asked_are_frozen_as_the_matter_opens() -> None:
    world = board()
    event = opened(world, process="consensus", consenters=["board", "anna"], **{"in": "syd"})
    assert event.consenters == ("bo", "cia", "anna")
    world.tell("member add", handle="dan", on="03-02").tell("member join", group="board", handle="dan", on="03-02")
    for who in ("bo", "cia", "anna"):
        world.tell("consent", decision=event.decision, by=who, on="03-03", version=1)
    decided = {"decision": event.decision, "chose": "lease", "by": "bo", "on": "03-04"}
    # Dan does not stand behind it, but as one of the board he decides with them.
    world.refused("authority.together", "decide matter", **decided)
    world.tell("decide matter", **decided, **{"with": ["dan"]})


def test_a_post_keeps_its_own_name_among_them_and_whoever_sits_in_it_speaks() -> None:
    world = board("each")
    event = opened(world, process="consensus", consenters=["board"], by="anna", **{"in": "syd"})
    assert event.consenters == ("board",)
    world.tell("consent", decision=event.decision, by="cia", on="03-03", version=1)
    world.tell("decide matter", decision=event.decision, chose="buy", by="bo", on="03-04")


def test_where_nobody_is_named_it_is_those_who_hold_it_together_or_whom_the_mandate_asks() -> None:
    assert opened(board(), process="consent", **{"in": "syd"}).consenters == ("bo", "cia")
    assert opened(team(level=4), process="consent").consenters == ("anna", "eva")
    assert opened(team(conditions=["consent:cia"]), process="consensus").consenters == ("cia",)
    fields = {"title": "x", "type": "t", "by": "anna", "in": "norr", "options": ["a", "b"]}
    team().refused("proposal.consenters_missing", "propose", process="consent", **fields)


def test_who_decides_alone_or_after_advice_asks_nobody_for_consent() -> None:
    fields = {"title": "x", "type": "t", "by": "anna", "in": "norr", "options": ["a", "b"], "consenters": ["bo"]}
    for process in ("alone", "advice"):
        team().refused("proposal.nobody_consents", "propose", process=process, **fields)
    team().refused("member.unknown", "propose", process="consent", **{**fields, "consenters": ["nobody"]})


def test_an_amendment_says_what_changed_and_restarts_the_consents() -> None:
    world = team()
    id_ = proposed(world)
    consents(world, id_, "bo", "cia")
    (event,) = world.events("amend", decision=id_, amount="90", options=["lease", "rent"], by="anna", on="03-06")
    assert event == ProposalAmended(
        changes=(
            Change(field="amount", before=None, after="90"),
            Change(field="options", before=["lease", "buy"], after=["lease", "rent"]),
        )
    )
    state = world.decision(id_)
    assert (state.version, state.consents) == (2, ())
    assert state.proposal is not None
    assert (state.proposal.options, state.proposal.amount, state.proposal.consenters) == (
        ("lease", "rent"),
        "90",
        ("anna", "bo", "cia"),
    )
    world.refused("decision.not_an_option", "decide matter", **choose(id_, chose="buy", **{"with": ["bo", "cia"]}))


def test_what_is_asked_about_as_a_whole_is_called_as_it_is_amended() -> None:
    world = team()
    id_ = opened(world, options=["Vans"], process="alone").decision
    world.tell("amend", decision=id_, title="Bikes", by="bo", on="03-02")
    assert (state := world.decision(id_).proposal) is not None
    assert state.options == ("Bikes",)


def test_an_amendment_that_changes_nothing_is_none() -> None:
    world = team()
    id_ = proposed(world)
    world.refused("proposal.unchanged", "amend", decision=id_, title="Vans", one_way=False, by="anna", on="03-06")
    world.tell("amend", decision=id_, one_way=True, by="anna", on="03-06")
    world.refused("proposal.options_missing", "amend", decision=id_, options=[], by="anna", on="03-07")


def test_who_proposed_it_or_holds_the_matter_amends_it_and_nobody_else() -> None:
    world = chain()
    id_ = proposed(world, by="cia", **{"in": "vagn"})
    world.tell("member add", handle="dan", on="01-01")
    world.refused("proposal.not_yours", "amend", decision=id_, amount="1", by="dan", on="03-02")
    for amount, who in enumerate(("cia", "bo", "anna", "eva")):
        world.tell("amend", decision=id_, amount=f"{amount + 1}", by=who, on="03-02")


def test_an_amendment_comes_after_what_was_said_and_names_what_it_answers() -> None:
    world = team()
    id_ = proposed(world)
    world.tell("object", decision=id_, argument="dear", by="bo", on="03-05")
    world.refused("decision.not_the_last_word", "amend", decision=id_, amount="1", by="anna", on="03-04")
    amend = {"decision": id_, "amount": "1", "by": "anna", "on": "03-06"}
    world.refused("objection.unknown", "amend", because="objection 2", **amend)
    world.refused("entry.unknown", "amend", because=f"{id_}/9", **amend)
    world.tell("amend", because="objection 1", **amend).tell("amend", **{**amend, "amount": "2"}, because=f"{id_}/2")


def test_what_lies_open_is_amended_and_not_corrected() -> None:
    world = team()
    id_ = proposed(world)
    correction = {"stream": id_, "version": 1, "field": "amount", "after": "9", "by": "anna", "on": "03-06", **WHY}
    world.refused("correction.amend_instead", "correct", **correction)
    consents(world, id_, "bo", "cia")
    for field, after in (("on_version", 2), ("acting_for", "board")):
        said = {"stream": id_, "version": 2, "field": field, "after": after, "by": "bo", "on": "03-06", **WHY}
        world.refused("correction.fixed_field", "correct", **said)


def test_an_annulled_amendment_leaves_the_version_before_it_and_what_was_said_of_that() -> None:
    world = team()
    id_ = proposed(world, "consensus")
    consents(world, id_, "anna", "bo", "cia")
    world.tell("amend", decision=id_, amount="90", by="anna", on="03-06")
    consents(world, id_, "bo", on="03-07", version=2)
    world.tell("annul", stream=id_, version=5, by="anna", on="03-08", **WHY)
    assert world.decision(id_).version == 1
    world.tell("amend", decision=id_, amount="80", by="anna", on="03-09")
    refusal = world.refused("decision.no_consensus", "decide matter", **choose(id_))
    assert refusal.facts["members"] == "anna, bo, cia"


def test_who_could_decide_it_declines_it_and_it_is_kept() -> None:
    world = team(amount="10")
    id_ = proposed(world, "advice")
    world.refused("reason.missing", "decline proposal", decision=id_, by="anna", on="03-02")
    world.refused("authority.never_granted", "decline proposal", decision=id_, by="bo", on="03-02", **WHY)
    world.tell("ask-advice", decision=id_, of=["bo"], by="anna", on="03-04")
    world.refused("decision.not_the_last_word", "decline proposal", decision=id_, by="anna", on="03-03", **WHY)
    world.tell("decline proposal", decision=id_, by="anna", on="03-05", **WHY)
    assert not world.decision(id_).open(world.now)


def test_only_who_proposed_it_withdraws_it() -> None:
    world = team()
    id_ = proposed(world, by="bo")
    world.refused("reason.missing", "withdraw", decision=id_, by="bo", on="03-02")
    world.refused("proposal.not_yours", "withdraw", decision=id_, by="anna", on="03-02", **WHY)
    world.tell("withdraw", decision=id_, by="bo", on="03-02", **WHY)


@pytest.mark.parametrize("ending", ["decide matter", "decline proposal", "withdraw"])
def test_what_is_decided_declined_or_withdrawn_is_closed(ending: str) -> None:
    world = team()
    id_ = proposed(world)
    consents(world, id_, "bo", "cia")
    end = {"chose": "lease"} if ending == "decide matter" else WHY
    world.tell(ending, decision=id_, by="anna", on="03-10", **end)
    for on in ("03-08", "03-11"):
        said = {"decision": id_, "by": "bo", "on": on}
        world.refused("decision.not_open", "amend", amount="1", **said)
        world.refused("decision.not_open", "ask-advice", of=["cia"], **said)
        world.refused("decision.not_open", "advise", text="x", **said)
        world.refused("decision.not_open", "concern", text="x", **said)
        world.refused("decision.not_open", "object", argument="x", **said)
        world.refused("decision.not_open", "resolve", objection=1, how="withdrawn", **said)
        world.refused("decision.not_open", "consent", version=1, **said)
        world.refused("decision.not_open", "stand-aside", **said, **WHY)
        world.refused("decision.not_open", "decide matter", chose="lease", **said)
        world.refused("decision.not_open", "decline proposal", **said, **WHY)
        world.refused("decision.not_open", "withdraw", **said, **WHY)


def test_a_proposed_agreement_or_trial_is_decided_with_its_review_and_its_end() -> None:
    world = team()
    id_ = proposed(world, "alone", kind="trial")
    world.refused("decision.review_missing", "decide matter", **choose(id_))
    world.refused("decision.trial_end_missing", "decide matter", **choose(id_, review_on="2025-09-01"))
    world.tell("decide matter", **choose(id_, review_on="2025-09-01", trial_until="2025-08-01"))


def test_the_next_round_of_a_trial_points_back_to_one_that_was_looked_at() -> None:
    world = team()
    other = world.decides("Boats", by="anna")
    again = {"title": "Again", "in": "norr", "type": "purchase", "by": "anna", "on": "05-01"}
    world.refused("trial.not_a_trial", "decide", follows=other, **again)
    world.refused("decision.unknown", "decide", follows="D-0000000000", **again)
    trial = world.decides("Vans", by="anna", kind="trial", review_on="2025-04-10", trial_until="2025-04-01")
    world.refused("trial.not_reviewed", "decide", follows=trial, **again)
    learned = {"happened": "fewer stops", "outcome": "better", "process": "sound", "learned": "start in May"}
    world.tell("review", decision=trial, verdict="adapt", by="anna", on="04-10", **learned)
    world.tell("decide", follows=trial, **again)
    assert opened(world, title="Third", follows=trial, on="05-02").follows == trial
