from __future__ import annotations

from typing import Any

from roadkit import board, proposed
from scenario import team

from ledger.events.decision import DecisionReported, DecisionReviewed, ReportNoted

LEARNED = {"happened": "fewer stops", "outcome": "better", "process": "weak", "learned": "ask the drivers first"}


def looked_at(id_: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - a command's fields
    return {"decision": id_, "by": "anna", "on": "06-01", "verdict": "keep", **LEARNED, **fields}


def test_a_decision_is_reported_to_the_one_it_is_due_to_or_to_whom_is_named() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    report = {"decision": id_, "by": "anna", "on": "03-05"}
    assert world.events("report", meeting="Board 12", item="7", **report) == [
        DecisionReported(to="eva", meeting="Board 12", item="7")
    ]
    world.refused("report.to_whom", "report", **report)
    world.refused("report.made_already", "report", to="eva", meeting="Board 12", **report)
    world.refused("member.unknown", "report", to="nobody", **report)
    assert world.events("report", to="bo", **report) == [DecisionReported(to="bo")]


def test_where_two_reports_are_due_it_is_said_which() -> None:
    world = team(conditions=["report:bo/14"])
    id_ = world.decides("Vans", by="anna")
    world.refused("report.to_whom", "report", decision=id_, by="anna", on="03-05")
    world.tell("report", decision=id_, to="bo", by="anna", on="03-05")
    world.tell("report", decision=id_, by="anna", on="03-06")
    assert [to for to, _meeting in world.decision(id_).reports] == ["bo", "eva"]


def test_only_what_is_decided_is_reported_or_looked_at() -> None:
    world = team()
    id_ = proposed(world)
    world.refused("decision.not_made", "report", decision=id_, to="eva", by="anna", on="03-05")
    world.refused("decision.not_made", "review", **looked_at(id_))
    world.refused("decision.unknown", "report", decision="D-0000000000", by="anna", on="03-05")


def test_a_report_is_noted_by_whom_it_was_made_to_and_a_question_alters_nothing() -> None:
    world = board("each")
    id_ = world.decides("Vans", by="anna")
    noted = {"decision": id_, "question": "why two?", "on": "03-06"}
    world.refused("report.not_to_you", "note-report", by="eva", **noted)
    world.tell("report", decision=id_, by="anna", on="03-05").tell(
        "report", decision=id_, to="board", by="anna", on="03-05"
    )
    assert world.events("note-report", by="eva", **noted) == [ReportNoted(question="why two?")]
    assert world.events("note-report", by="cia", **noted) == [ReportNoted(question="why two?", acting_for="board")]
    world.refused("report.not_to_you", "note-report", by="anna", **noted)
    assert world.decision(id_).stands(world.now)


def test_outcome_and_process_are_judged_apart() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna", review_on="2025-06-01")
    (event,) = world.events("review", **looked_at(id_, outcome="worse", process="sound", next_review_on="2025-12-01"))
    assert isinstance(event, DecisionReviewed)
    assert (event.outcome, event.process, str(event.next_review_on)) == ("worse", "sound", "2025-12-01")


def test_those_who_made_it_or_are_affected_look_at_it_and_who_holds_it_or_what_lies_above() -> None:
    world = team().tell("member add", handle="dan", on="01-01")
    id_ = world.decides("Vans", by="anna", affected=["cia"])
    world.refused("review.not_yours", "review", **looked_at(id_, by="dan"))
    for who in ("anna", "cia", "eva"):
        world.tell("review", **looked_at(id_, by=who))


def test_an_agreement_that_goes_on_is_looked_at_again_on_a_later_day() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna", kind="agreement", review_on="2025-06-01")
    world.refused("review.next_missing", "review", **looked_at(id_))
    world.refused("review.next_past", "review", **looked_at(id_, next_review_on="2025-06-01"))
    world.tell("review", **looked_at(id_, next_review_on="2025-12-01"))
    world.tell("review", **looked_at(id_, verdict="stop", on="07-01"))
