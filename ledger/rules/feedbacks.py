"""The rules about feedback: named people, about the work, and only the receiver says what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aggregates.chain import chain_at
from ledger.aggregates.decider import require
from ledger.aggregates.feedback import CIRCLES
from ledger.aggregates.seats import member_seat, standing
from ledger.errors import Refused
from ledger.events import feedback as events
from ledger.events.corrections import corrected
from ledger.events.decision import DecisionReviewed
from ledger.events.private import commitments, kept
from ledger.events.responsibility import CheckInHeld, DelegationReviewed
from ledger.rules.common import ROOT_ID, require_present, require_reason, require_together, roster
from ledger.rules.forgetting import erasures, require_open
from ledger.values import FOREVER, MEMBERS, content_id, member_stream, timestamp

if TYPE_CHECKING:
    from ledger.aggregates.decider import Decided, World
    from ledger.aggregates.feedback import Feedback
    from ledger.commands import Command
    from ledger.commands import feedback as commands
    from ledger.events import Entry

_ANCHORS = (CheckInHeld, DelegationReviewed, DecisionReviewed)


def ask(command: commands.AskFeedback, world: World) -> Decided:
    _require_two(command, command.of, world)
    _require_about(command.about, world)
    _require_open_to(command.of, command.about, world)
    id_ = _new_id(command, world, of=command.of, about=command.about)
    question = None if command.question is None else world.commit(id_, "question", command.question)
    asked = events.FeedbackAsked(feedback=id_, of=command.of, about=command.about, question_digest=question)
    return [(id_, asked)]


def give(command: commands.GiveFeedback, world: World) -> Decided:
    _require_two(command, command.to, world)
    asked = _answered(command.answers, command, world) if command.answers else None
    about = command.about or (asked.about if asked else None)
    if about is None:
        raise Refused(
            "feedback.about_nothing",
            "Say with --about what in the ledger it is about.",
            hints=(f"--about D-…, or the code of a responsibility; appreciation may be --about {command.to} too",),
        )
    member = _require_about(about, world)
    require(
        command.kind == "appreciation" or not member,
        "feedback.guidance_without_anchor",
        "Guidance is about what was done, not about who did it: name a decision, a responsibility, a check-in or a "
        "review with --about.",
    )
    _require_open_to(command.to, about, world)
    id_ = _new_id(command, world, to=command.to, about=about, kind=command.kind)
    given = events.FeedbackGiven(
        feedback=id_,
        to=command.to,
        about=about,
        feedback_kind=command.kind,
        # Neither the id nor anything else in the event follows from the words: they could be guessed at.
        body_digest=world.commit(id_, "body", command.text),
        visibility=command.visibility,
        answers=command.answers,
    )
    return [(id_, given)]


def acknowledge(command: commands.AcknowledgeFeedback, world: World) -> Decided:
    state = _require_received(command, world)
    require(
        state.acknowledged == FOREVER,
        "feedback.acknowledged",
        "{feedback} is acknowledged already; answer it with tillit feedback reply.",
        feedback=state.id,
    )
    return [(state.id, events.FeedbackAcknowledged())]


def reply(command: commands.ReplyToFeedback, world: World) -> Decided:
    state = _require_received(command, world)
    require_open(world, state.id)
    return [(state.id, events.FeedbackReplied(body_digest=world.commit(state.id, "body", command.text)))]


def act(command: commands.ActOnFeedback, world: World) -> Decided:
    state = _require_received(command, world)
    if command.ref is not None:
        _require_there(command.ref, world)
    return [(state.id, events.FeedbackActedOn(what=command.what, ref=command.ref))]


def share(command: commands.ShareFeedback, world: World) -> Decided:
    state = _require_received(command, world)
    require(
        CIRCLES.index(command.visibility) > CIRCLES.index(state.visibility),
        "feedback.never_narrower",
        "{feedback} can be read by {circle} already; who may read it only grows.",
        feedback=state.id,
        circle=state.visibility,
    )
    return [(state.id, events.FeedbackShared(visibility=command.visibility))]


def retract(command: commands.RetractFeedback, world: World) -> Decided:
    require_reason(command)
    state = _require_begun(command.feedback, world)
    _require_not_retracted(state)
    require(
        command.by == state.giver,
        "feedback.not_giver",
        "Only {giver}, who said it, takes {feedback} back.",
        giver=state.giver,
        feedback=state.id,
    )
    return [(state.id, events.FeedbackRetracted())]


def erase(command: commands.EraseFeedback, world: World) -> Decided:
    """The giver's own words by the giver; all of them by the receiver, whom they are about, or who holds the root."""
    state = _require_begun(command.feedback, world)
    entries = world.entries(state.id)
    texts = kept(entries)
    receives = _receives(world, state, command.by)
    if not receives and command.by == state.giver:
        own = {digest for each in entries if each.actor == command.by for digest in commitments(each.event).values()}
        gone = {digest: field for digest, field in texts.items() if digest in own}
    else:
        if not receives:
            _require_root(command, state, world)
        gone = texts
    require(
        gone,
        "erasure.nothing",
        "{subject} has no private text of that kind that could be erased.",
        subject=state.id,
    )
    whole = len(gone) == len(texts)
    return [
        (state.id, events.FeedbackBodyErased(fields=fields, digests=digests, ground=command.ground, whole=whole))
        for fields, digests in erasures(list(gone.items()))
    ]


def require_settled(entry: Entry) -> None:
    """Who may read a feedback follows from what was said when: neither is said anew by a correction."""
    require(
        not isinstance(entry.event, events.FeedbackGiven | events.FeedbackShared),
        "feedback.readers_settled",
        "{entry} says who may read the feedback, and from when; that stays. What should be gone is erased with "
        "tillit feedback erase.",
        entry=entry.id,
    )


def _require_two(command: Command, other: str, world: World) -> None:
    """Both are there and are two, and the one who speaks is somebody."""
    require(
        roster(world).acts(command.by) is None,
        "feedback.from_a_person",
        "{by} is a group, and behind a group nobody is named; say with --by or --me who speaks.",
        by=command.by,
    )
    require_present(world, other)
    require(
        member_seat(other, command.by, roster(world)) is None,
        "feedback.to_oneself",
        "Feedback goes from one to another; {by} speaks to {other}, and is that or sits in it.",
        by=command.by,
        other=other,
    )


def _require_about(about: str, world: World) -> bool:
    """It is in the ledger on the day; whether it is a member."""
    _require_there(about, world)
    stream, _slash, version = about.partition("/")
    if version:
        (entry,) = (each for each in corrected(world.entries(stream)) if each.version == int(version))
        require(
            isinstance(entry.event, _ANCHORS),
            "feedback.about_entry",
            "{about} is neither a check-in nor a review; name {stream} itself, or one of those.",
            about=about,
            stream=stream,
        )
    return stream.startswith(MEMBERS)


def _require_open_to(member: str, about: str, world: World) -> None:
    """Neither whom it is said to nor whom it is about was promised that nothing private is recorded about them."""
    for subject in dict.fromkeys((member_stream(member), about)):
        if subject.startswith(MEMBERS):
            require_open(world, subject)


def _require_there(about: str, world: World) -> None:
    """A thing or an entry that is recorded, not annulled, and was so by the day."""
    stream, _slash, version = about.partition("/")
    entries = corrected(world.entries(stream))
    require(
        any(each.occurred_at <= world.on for each in entries if not version or each.version == int(version)),
        "subject.unknown",
        "There is nothing by the name {subject} on {day}.",
        subject=about,
        day=f"{world.on:%Y-%m-%d}",
    )


def _answered(feedback: str, command: commands.GiveFeedback, world: World) -> Feedback:
    """What was asked for, by the receiver and of the giver."""
    asked = _require_begun(feedback, world)
    require(
        asked.asked and asked.giver == command.to and _receives(world, asked, command.by),
        "feedback.not_asked_of_you",
        "{feedback} is nothing that {to} asked {by} for.",
        feedback=asked.id,
        to=command.to,
        by=command.by,
    )
    return asked


def _new_id(command: Command, world: World, **about: str) -> str:
    id_ = content_id("F", {"by": command.by, "on": timestamp(world.on), "key": command.key, **about})
    require(
        not world.feedback(id_).id,
        "feedback.exists",
        "That is recorded already as {feedback}; if it is another one, say with --on at what hour.",
        feedback=id_,
    )
    return id_


def _require_begun(feedback: str, world: World) -> Feedback:
    state = world.feedback(feedback)
    require(
        state.begun(world.on),
        "feedback.unknown",
        "There is no feedback {feedback} on {day}.",
        feedback=feedback,
        day=f"{world.on:%Y-%m-%d}",
    )
    return state


def _require_received(command: commands.OnFeedback, world: World) -> Feedback:
    """Somebody gave it to the actor, or to a group in which the actor sits, and has not taken it back."""
    state = _require_begun(command.feedback, world)
    require(
        not state.asked,
        "feedback.only_asked",
        "{feedback} is only asked for; {to} answers with tillit feedback give --answers {feedback}.",
        feedback=state.id,
        to=state.to,
    )
    require(
        _receives(world, state, command.by),
        "feedback.not_receiver",
        "Only {to}, who received {feedback}, may do that.",
        to=state.to,
        feedback=state.id,
    )
    _require_not_retracted(state)
    return state


def _receives(world: World, state: Feedback, handle: str) -> bool:
    """Whether it was said to the member, or to a group that is there and in which the member sits."""
    return roster(world).present(state.to) and member_seat(state.to, handle, roster(world)) is not None


def _require_not_retracted(state: Feedback) -> None:
    """At no time: what was taken back on a later day is not answered by an earlier one."""
    require(
        state.retracted == FOREVER,
        "feedback.retracted",
        "{feedback} was taken back by {giver}.",
        feedback=state.id,
        giver=state.giver,
    )


def _require_root(command: Command, state: Feedback, world: World) -> None:
    seat = standing(chain_at(world, ROOT_ID, world.on), command.by, roster(world))
    if seat is None:
        raise Refused(
            "erasure.not_yours",
            "The texts of {subject} are erased by {giver}, who said them, by {to}, who received them, or by who holds "
            "the root.",
            subject=state.id,
            giver=state.giver,
            to=state.to,
        )
    require_together(world, seat, command)
