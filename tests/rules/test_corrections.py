from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from scenario import Scenario, chain, team

from ledger.events.ledger import EntryCorrected
from ledger.values import responsibility_id

WHY = {"reason": "a slip of the pen"}
NORR = responsibility_id("norr")


def correct(world: Scenario, version: int, field: str, after: object, *, by: str = "eva") -> Scenario:
    return world.tell("correct", stream=NORR, version=version, field=field, after=after, by=by, on="06-01", **WHY)


def test_a_correction_changes_what_was_true_and_never_the_proof_of_an_earlier_decision() -> None:
    world = team(amount="1000")
    id_ = world.decides("Vans", by="anna", amount="900")
    proof = world.streams[id_][1].event
    correct(world, 2, "mandate.amount", "100")
    assert world.ask("anna", on="03-01", amount=Decimal(900)).dimension == "amount"
    assert world.streams[id_][1].event == proof
    assert world.decision(id_).verdict == "inside"


def test_a_corrected_day_moves_what_follows_from_it() -> None:
    world = correct(team(), 3, "occurred_at", "2025-01-20")
    assert [world.holder("norr", on) for on in ("01-19", "01-20")] == [None, "anna"]


def test_what_is_annulled_counts_no_more_and_history_shows_it() -> None:
    world = team().tell("annul", stream=NORR, version=3, on="06-01", **WHY)
    assert world.holder("norr", "03-01") is None
    assert len(world.streams[NORR]) == 4
    world.refused("correction.no_such_entry", "annul", stream=NORR, version=3, on="06-02", **WHY)


def test_an_annulment_may_be_annulled() -> None:
    world = team().tell("annul", stream=NORR, version=3, on="06-01", **WHY)
    world.tell("annul", stream=NORR, version=4, on="06-02", **WHY)
    assert world.holder("norr", "03-01") == "anna"


def test_a_correction_needs_a_reason() -> None:
    world = team()
    world.refused("reason.missing", "correct", stream=NORR, version=2, field="to", after="bo", on="06-01")
    world.refused("reason.missing", "annul", stream=NORR, version=2, on="06-01")


def test_only_who_said_it_who_typed_it_or_who_holds_the_root_corrects() -> None:
    world = team()
    fields = {"stream": NORR, "field": "reservations", "after": "if it snows", "on": "06-01", **WHY}
    world.refused("correction.not_yours", "correct", version=3, by="bo", **fields)
    world.tell("correct", version=3, by="anna", **fields)


def test_what_an_entry_is_about_is_not_corrected() -> None:
    world = team()
    for field in ("delegation", "responsibility", "authority.verdict"):
        fields = {"stream": NORR, "version": 2, "field": field, "after": "x", "on": "06-01"}
        world.refused("correction.fixed_field", "correct", **fields, **WHY)


def test_a_correction_names_a_field_that_is_there_and_a_value_that_fits() -> None:
    world = team()
    for field, after in (
        ("colour", "red"),
        ("mandate.further", "many"),
        ("review_on", "soon"),
        ("occurred_at", "soon"),
    ):
        fields = {"stream": NORR, "version": 2, "field": field, "after": after, "on": "06-01"}
        world.refused("correction.no_such_field", "correct", **fields, **WHY)
    world.refused(
        "correction.unchanged", "correct", stream=NORR, version=2, field="mandate.level", after=6, on="06-01", **WHY
    )


def test_a_corrected_mandate_still_lies_inside_its_parents() -> None:
    world = team(amount="100").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", amount="50", by="anna")
    fields = {"stream": responsibility_id("vagn"), "version": 2, "field": "mandate.amount", "on": "06-01"}
    world.refused("mandate.not_inside", "correct", after="101", **fields, **WHY)
    world.tell("correct", after="100", **fields, **WHY)


def test_nothing_is_corrected_into_the_future() -> None:
    fields = {"stream": NORR, "version": 3, "field": "occurred_at", "after": "2027-01-01", "on": "06-01"}
    team().refused("time.future", "correct", **fields, **WHY)


def test_the_first_entry_stands() -> None:
    team().refused("correction.first_entry", "annul", stream=NORR, version=1, on="06-01", **WHY)


def test_evidence_is_linked_to_something_that_is_there() -> None:
    world = team()
    world.refused("subject.unknown", "attach", stream="R-0000000000", uri="https://example.org/a", label="a")
    (event,) = world.events("attach", stream=NORR, uri="https://example.org/a", label="Minutes")
    assert event.kind == "evidence.linked.v1"


def test_a_corrected_amount_changes_a_later_backdated_decision_and_never_the_proof_that_stands() -> None:
    world = team(amount="1000")
    fields = {"by": "anna", "on": "03-01", "type": "purchase", "amount": "900", "in": "norr"}
    made = world.events("decide", title="Before the correction", **fields)[1]
    stored = made.model_dump_json()
    correct(world, 2, "mandate.amount", "500")
    refusal = world.refused("authority.limit_passed", "decide", title="After it", **fields)
    assert (refusal.facts["limit"], refusal.facts["asked"]) == ("500", "900")
    assert made.model_dump_json() == stored
    correct(world, 2, "mandate.amount", "900")
    after = world.events("decide", title="After it", **fields)[1].model_dump()["authority"]
    assert (after["verdict"], after["chain"][-1]["mandate"]["amount"]) == ("inside", "900")


def test_a_corrected_acceptance_makes_inside_what_was_outside() -> None:
    world = team()
    fields = {"by": "anna", "on": "01-20", "title": "x", "type": "t", "in": "norr"}
    world.refused("authority.not_accepted", "decide", **fields)
    correct(world, 3, "occurred_at", "2025-01-16")
    world.tell("decide", **fields)


def test_a_correction_may_be_annulled_and_then_counts_no_more() -> None:
    world = correct(team(amount="1000"), 2, "mandate.amount", "100")
    world.tell("annul", stream=NORR, version=4, on="06-02", **WHY)
    assert world.ask("anna", on="03-01", amount=Decimal(900)).no is None


def test_an_annulled_revocation_never_was() -> None:
    world = team().tell("revoke", code="norr", on="04-01", **WHY)
    world.tell("annul", stream=NORR, version=4, on="06-01", **WHY)
    world.tell("decide", by="anna", on="05-01", title="x", type="t", **{"in": "norr"})


def test_an_annulled_decision_stands_no_more_and_its_matter_is_open_again() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    world.tell("annul", stream=id_, version=2, by="anna", on="04-01", **WHY)
    assert (world.decision(id_).stands(world.now), world.decision(id_).open(world.now)) == (False, True)
    world.refused("decision.not_standing", "reverse", decision=id_, by="anna", on="05-01", **WHY)


def test_an_annulled_member_who_left_is_there() -> None:
    world = team().tell("member leave", handle="anna", on="04-01")
    world.tell("annul", stream="member:anna", version=2, on="05-01", **WHY)
    assert world.holder("norr", "06-01") == "anna"


def test_nothing_is_edited_a_correction_is_a_line_more() -> None:
    world = team(amount="1000")
    before = list(world.streams[NORR])
    correct(world, 2, "mandate.amount", "100")
    assert world.streams[NORR][:-1] == before
    assert world.streams[NORR][-1].event == EntryCorrected(
        version=2, field="mandate.amount", before="1000", after="100"
    )


def test_a_correction_says_what_stood_there_also_after_another_correction() -> None:
    world = correct(team(amount="1000"), 2, "mandate.amount", "100")
    (event,) = world.events("correct", stream=NORR, version=2, field="mandate.amount", after="200", on="06-02", **WHY)
    assert event == EntryCorrected(version=2, field="mandate.amount", before="100", after="200")


def test_evidence_found_later_never_touches_the_claim() -> None:
    world = team()
    id_ = world.decides("Vans", by="anna")
    decision, responsibility, bo = world.decision(id_), world.responsibility("norr"), world.member("bo")
    for stream in (id_, NORR, "member:bo", "ledger"):
        world.tell("attach", stream=stream, uri="https://example.org/a", label="Minutes", on="04-01")
    assert (world.decision(id_), world.responsibility("norr"), world.member("bo")) == (decision, responsibility, bo)


def _left() -> tuple[Scenario, str, int, str]:
    return team().tell("member leave", handle="anna", on="04-01"), "member:anna", 2, "last_day"


def _until() -> tuple[Scenario, str, int, str]:
    return team(until="2025-06-01"), NORR, 2, "mandate.until"


def _stand_in() -> tuple[Scenario, str, int, str]:
    window = {"from": "2025-04-01", "until": "2025-05-01"}
    world = chain().tell("stand-in", code="vagn", member="cia", by="anna", on="03-01", **window, **WHY)
    return world, responsibility_id("vagn"), 4, "until"


@pytest.mark.parametrize("given", [_left, _until, _stand_in])
def test_a_day_is_corrected_by_a_day(given: Any) -> None:  # noqa: ANN401 - one of three beginnings
    world, stream, version, field = given()
    world.tell("correct", stream=stream, version=version, field=field, after="2025-05-15", on="06-01", **WHY)
    assert world.holder("norr", "05-14") == "anna"
    if stream == responsibility_id("vagn"):
        assert [world.ask("cia", "vagn", on=on).no is None for on in ("05-14", "05-15")] == [True, False]
