"""Feedback: named people, about the work, its words beside the log, and only the receiver says what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from scenario import Scenario, team

from ledger.errors import NotFound
from ledger.events.feedback import (
    FeedbackAcknowledged,
    FeedbackActedOn,
    FeedbackAsked,
    FeedbackBodyErased,
    FeedbackGiven,
    FeedbackReplied,
    FeedbackRetracted,
    FeedbackShared,
)
from ledger.events.private import kept

WORDS = "You asked us all before you chose"


def give(world: Scenario, *, by: str = "bo", to: str = "anna", on: str = "03-02", **fields: Any) -> str:  # noqa: ANN401
    """Bo's appreciation of norr to anna; its id."""
    said = {"about": world.responsibility("norr").id, "kind": "appreciation", "text": WORDS, **fields}
    (event,) = world.events("feedback give", by=by, to=to, on=on, **said)
    assert isinstance(event, FeedbackGiven)
    return event.feedback


def texts(world: Scenario, feedback: str) -> list[tuple[str, str]]:
    """What is not erased, as (field, text)."""
    return [(field, world.texts[digest].text) for digest, field in kept(world.entries(feedback)).items()]


def test_an_event_never_holds_the_words_but_a_salted_commitment_to_them() -> None:
    world = team()
    feedback = give(world)
    (entry,) = world.entries(feedback)
    assert isinstance(entry.event, FeedbackGiven)
    assert WORDS not in entry.event.model_dump_json()
    assert world.texts[entry.event.body_digest].text == WORDS
    # Nor does the id follow from them: whoever guesses the words could try.
    other = team()
    assert give(other, text="something else") == feedback


def test_the_reply_and_the_question_too_lie_outside_the_event() -> None:
    world = team()
    feedback = give(world)
    (replied,) = world.events("feedback reply", feedback=feedback, by="anna", text="Thank you", on="03-03")
    assert isinstance(replied, FeedbackReplied)
    (asked,) = world.events(
        "feedback ask", of="bo", by="anna", about=world.responsibility("norr").id, question="Was I clear?"
    )
    assert isinstance(asked, FeedbackAsked)
    assert asked.question_digest is not None
    assert [world.texts[digest].text for digest in (replied.body_digest, asked.question_digest)] == [
        "Thank you",
        "Was I clear?",
    ]


def test_giver_and_receiver_are_two() -> None:
    world = team()
    about = world.responsibility("norr").id
    said = {"about": about, "kind": "appreciation", "text": WORDS}
    world.refused("feedback.to_oneself", "feedback give", by="bo", to="bo", **said)
    world.refused("feedback.to_oneself", "feedback ask", by="bo", of="bo", about=about)


def test_a_group_may_receive_but_who_sits_in_it_does_not_speak_to_it() -> None:
    world = team().tell("member add", handle="crew", group=True)
    world.tell("member join", group="crew", handle="anna").tell("member join", group="crew", handle="bo")
    give(world, by="cia", to="crew")
    said = {"about": world.responsibility("norr").id, "kind": "appreciation", "text": WORDS, "on": "03-03"}
    world.refused("feedback.to_oneself", "feedback give", by="bo", to="crew", **said)


def test_no_feedback_is_anonymous() -> None:
    world = team().tell("member add", handle="crew", group=True)
    said = {"about": world.responsibility("norr").id, "kind": "appreciation", "text": WORDS}
    world.refused("feedback.from_a_person", "feedback give", by="crew", to="anna", **said)
    world.refused("member.unknown", "feedback give", by="bo", to="somebody", **said)
    world.refused("member.unknown", "feedback give", by="somebody", to="bo", **said)


def test_guidance_is_about_what_was_done_and_only_appreciation_about_a_member() -> None:
    world = team()
    said = {"by": "bo", "to": "anna", "about": "member:anna", "text": WORDS, "on": "03-01"}
    world.refused("feedback.guidance_without_anchor", "feedback give", kind="guidance", **said)
    world.tell("feedback give", kind="appreciation", **said)


def anchors(world: Scenario) -> dict[str, str]:
    """A decision, a responsibility, a check-in, and the reviews of both."""
    norr = world.responsibility("norr").id
    decision = world.decides("Vans", by="anna")
    world.tell("check-in", code="norr", by="anna", state="going_well", planned=True, on="03-01", **{"with": ["eva"]})
    check_in = len(world.entries(norr))
    said = {"design": "fits", "mandate": "keep", "delegator_part": "fits", "learned": "ask earlier"}
    world.tell("review-delegation", code="norr", by="eva", on="03-01", **said, **{"with": ["anna"]})
    return {
        "decision": decision,
        "responsibility": norr,
        "check-in": f"{norr}/{check_in}",
        "review": f"{norr}/{check_in + 1}",
    }


@pytest.mark.parametrize("anchor", ["decision", "responsibility", "check-in", "review"])
def test_guidance_is_about_a_decision_a_responsibility_a_check_in_or_a_review(anchor: str) -> None:
    world = team()
    about = anchors(world)[anchor]
    feedback = give(world, about=about, kind="guidance")
    assert world.feedback(feedback).about == about


def test_it_is_about_nothing_else_and_nothing_that_is_not_there() -> None:
    world = team()
    norr = world.responsibility("norr").id
    said = {"by": "bo", "to": "anna", "kind": "guidance", "text": WORDS}
    world.refused("feedback.about_entry", "feedback give", about=f"{norr}/1", **said)
    for missing in ("D-0000000000", f"{norr}/99", "member:nobody"):
        assert isinstance(world.refused("subject.unknown", "feedback give", about=missing, **said), NotFound)
    decision = world.decides("Vans", by="anna", on="03-01")
    world.refused("subject.unknown", "feedback give", about=decision, on="02-28", **said)
    world.refused("feedback.about_nothing", "feedback give", **said)


def test_what_was_asked_for_is_answered_by_who_was_asked() -> None:
    world = team()
    norr = world.responsibility("norr").id
    (asked,) = world.events("feedback ask", of="bo", by="anna", about=norr, on="03-01")
    assert isinstance(asked, FeedbackAsked)
    said = {"kind": "guidance", "text": WORDS, "answers": asked.feedback}
    world.refused("feedback.not_asked_of_you", "feedback give", by="cia", to="anna", on="03-02", **said)
    world.refused("feedback.not_asked_of_you", "feedback give", by="bo", to="cia", on="03-02", **said)
    world.refused("feedback.unknown", "feedback give", by="bo", to="anna", on="02-28", **said)
    (given,) = world.events("feedback give", by="bo", to="anna", on="03-02", **said)
    assert isinstance(given, FeedbackGiven)
    assert (given.about, given.answers) == (norr, asked.feedback)


def test_what_is_only_asked_for_is_neither_acknowledged_nor_answered_in_its_place() -> None:
    world = team()
    about = world.responsibility("norr").id
    (asked,) = world.events("feedback ask", of="bo", by="anna", about=about, on="03-01")
    assert isinstance(asked, FeedbackAsked)
    world.refused("feedback.only_asked", "feedback acknowledge", by="bo", feedback=asked.feedback, on="03-02")


def test_the_same_said_twice_in_one_instant_is_once() -> None:
    world = team()
    give(world, on="2025-03-02T09:00:00Z")
    said = {"about": world.responsibility("norr").id, "kind": "appreciation", "text": "more"}
    again = world.refused("feedback.exists", "feedback give", by="bo", to="anna", on="2025-03-02T09:00:00Z", **said)
    assert "F-" in str(again)
    give(world, on="2025-03-02T10:00:00Z")


ONLY_THE_RECEIVER: list[tuple[str, dict[str, str]]] = [
    ("feedback acknowledge", {}),
    ("feedback reply", {"text": "Thank you"}),
    ("feedback act", {"what": "We ask by mail now"}),
    ("feedback share", {"visibility": "line"}),
]


@pytest.mark.parametrize(("do", "fields"), ONLY_THE_RECEIVER)
def test_only_the_receiver_acknowledges_replies_acts_and_shares(do: str, fields: dict[str, str]) -> None:
    world = team()
    feedback = give(world)
    for who in ("bo", "cia", "eva"):
        refused = world.refused("feedback.not_receiver", do, by=who, feedback=feedback, on="03-03", **fields)
        assert "anna" in str(refused)
    world.tell(do, by="anna", feedback=feedback, on="03-03", **fields)


@pytest.mark.parametrize(("do", "fields"), ONLY_THE_RECEIVER)
def test_nothing_becomes_of_what_was_not_given_by_then_or_was_taken_back(do: str, fields: dict[str, str]) -> None:
    world = team()
    assert isinstance(world.refused("feedback.unknown", do, by="anna", feedback="F-0000000000", **fields), NotFound)
    feedback = give(world)
    world.refused("feedback.unknown", do, by="anna", feedback=feedback, on="03-01", **fields)
    world.tell("feedback retract", by="bo", feedback=feedback, on="03-05", reason="I was wrong")
    for on in ("03-04", "03-06"):
        world.refused("feedback.retracted", do, by="anna", feedback=feedback, on=on, **fields)


def test_who_sits_in_the_group_that_received_it_acts_for_it() -> None:
    world = team().tell("member add", handle="crew", group=True).tell("member join", group="crew", handle="bo")
    feedback = give(world, by="cia", to="crew")
    world.refused("feedback.not_receiver", "feedback acknowledge", by="anna", feedback=feedback, on="03-03")
    assert world.events("feedback acknowledge", by="bo", feedback=feedback, on="03-03") == [FeedbackAcknowledged()]
    world.tell("member leave", handle="crew", on="03-04")
    world.refused("feedback.not_receiver", "feedback reply", by="bo", feedback=feedback, text="Late", on="03-05")


def test_it_is_acknowledged_once_and_answered_as_often_as_one_likes() -> None:
    world = team()
    feedback = give(world)
    world.tell("feedback acknowledge", by="anna", feedback=feedback, on="03-03")
    world.refused("feedback.acknowledged", "feedback acknowledge", by="anna", feedback=feedback, on="03-04")
    for text in ("Thank you", "And you?"):
        world.tell("feedback reply", by="anna", feedback=feedback, text=text, on="03-05")
    assert texts(world, feedback) == [("body", WORDS), ("body", "Thank you"), ("body", "And you?")]


def test_what_guidance_led_to_is_linked_to_what_came_of_it() -> None:
    world = team()
    decision = world.decides("Vans", by="anna")
    feedback = give(world, kind="guidance", about=decision)
    said = {"by": "anna", "feedback": feedback, "what": "Bought smaller ones", "on": "03-10"}
    world.refused("subject.unknown", "feedback act", ref="D-0000000000", **said)
    (acted,) = world.events("feedback act", ref=decision, **said)
    assert acted == FeedbackActedOn(what="Bought smaller ones", ref=decision)


def test_the_circle_of_readers_only_grows() -> None:
    world = team()
    feedback = give(world)
    said = {"by": "anna", "feedback": feedback}
    world.refused("feedback.never_narrower", "feedback share", visibility="between", on="03-03", **said)
    assert world.events("feedback share", visibility="line", on="03-03", **said) == [FeedbackShared(visibility="line")]
    world.tell("feedback share", visibility="open", on="03-04", **said)
    for visibility in ("between", "line", "open"):
        world.refused("feedback.never_narrower", "feedback share", visibility=visibility, on="03-05", **said)
    assert world.feedback(feedback).visibility == "open"


def test_who_may_read_it_is_changed_by_no_correction_either() -> None:
    world = team()
    feedback = give(world, visibility="line")
    world.tell("feedback share", by="anna", feedback=feedback, visibility="open", on="03-03")
    for version, who in ((1, "bo"), (2, "anna")):
        said = {"stream": feedback, "version": version, "by": who, "reason": "slip", "on": "03-04"}
        for field, after in (("visibility", "between"), ("occurred_at", "2025-02-02"), ("to", "cia"), ("about", "x")):
            world.refused("feedback.readers_settled", "correct", field=field, after=after, **said)
        world.refused("feedback.readers_settled", "annul", **said)


def test_what_it_is_about_and_its_words_are_not_corrected_either() -> None:
    world = team()
    feedback = give(world)
    world.tell("feedback reply", by="anna", feedback=feedback, text="Thank you", on="03-03")
    said = {"stream": feedback, "reason": "slip", "on": "03-04", "after": "x"}
    world.refused("correction.private_text", "correct", version=2, field="body_digest", by="anna", **said)
    about = world.responsibility("norr").id
    (asked,) = world.events("feedback ask", of="bo", by="anna", about=about, on="03-01")
    assert isinstance(asked, FeedbackAsked)
    said["stream"] = asked.feedback
    for field in ("about", "of", "feedback"):
        world.refused("correction.fixed_field", "correct", version=1, field=field, by="anna", **said)


def test_an_acknowledgement_by_mistake_is_annulled() -> None:
    world = team()
    feedback = give(world)
    world.tell("feedback acknowledge", by="anna", feedback=feedback, on="03-03")
    world.tell("annul", stream=feedback, version=2, by="anna", reason="not read yet", on="03-04")
    world.tell("feedback acknowledge", by="anna", feedback=feedback, on="03-05")


def test_only_the_giver_takes_it_back_and_says_why_and_that_it_was_given_stays() -> None:
    world = team()
    feedback = give(world)
    said = {"feedback": feedback, "on": "03-03"}
    world.refused("reason.missing", "feedback retract", by="bo", **said)
    for who in ("anna", "eva"):
        world.refused("feedback.not_giver", "feedback retract", by=who, reason="no", **said)
    assert world.events("feedback retract", by="bo", reason="I was wrong", **said) == [FeedbackRetracted()]
    world.refused("feedback.retracted", "feedback retract", by="bo", reason="again", **said)
    assert isinstance(world.entries(feedback)[0].event, FeedbackGiven)
    assert texts(world, feedback) == [("body", WORDS)]


def replied() -> tuple[Scenario, str]:
    world = team()
    feedback = give(world)
    return world.tell("feedback reply", by="anna", feedback=feedback, text="Thank you", on="03-03"), feedback


@pytest.mark.parametrize("who", ["anna", "eva"])
def test_the_receiver_or_who_holds_the_root_has_all_its_words_erased(who: str) -> None:
    world, feedback = replied()
    digests = tuple(kept(world.entries(feedback)))
    (erased,) = world.events("feedback erase", by=who, feedback=feedback, ground="asked", on="03-04")
    assert erased == FeedbackBodyErased(fields=("body",), digests=digests, ground="asked", whole=True)
    assert texts(world, feedback) == []
    world.refused("erasure.for_good", "feedback reply", by="anna", feedback=feedback, text="more", on="03-05")
    world.refused("erasure.nothing", "feedback erase", by="anna", feedback=feedback, ground="asked", on="03-05")


def test_the_giver_has_only_their_own_words_erased() -> None:
    world, feedback = replied()
    world.tell("feedback erase", by="bo", feedback=feedback, ground="regret", on="03-04")
    assert texts(world, feedback) == [("body", "Thank you")]
    world.tell("feedback reply", by="anna", feedback=feedback, text="A pity", on="03-05")
    world.refused("erasure.nothing", "feedback erase", by="bo", feedback=feedback, ground="regret", on="03-06")


def test_nobody_else_has_words_erased() -> None:
    world, feedback = replied()
    refused = world.refused("erasure.not_yours", "feedback erase", by="cia", feedback=feedback, ground="x", on="03-04")
    assert all(who in str(refused) for who in ("anna", "bo"))


def test_an_erasure_of_words_is_neither_corrected_nor_annulled() -> None:
    world, feedback = replied()
    world.tell("feedback erase", by="anna", feedback=feedback, ground="asked", on="03-04")
    said = {"stream": feedback, "version": 3, "by": "anna", "reason": "slip", "on": "03-05"}
    world.refused("correction.erasure", "annul", **said)
    world.refused("correction.erasure", "correct", field="ground", after="other", **said)
