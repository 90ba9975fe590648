from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from scenario import Scenario, team

from ledger.events.decision import DecisionMade
from ledger.values import instant

WHY = {"reason": "so it is"}


def test_nothing_is_recorded_as_true_in_the_future() -> None:
    team().refused("time.future", "member add", handle="x", on="2026-01-01")


def test_nothing_is_recorded_as_true_before_the_founding() -> None:
    team().refused("time.before_founding", "member add", handle="x", on="2024-12-31")


def test_a_ledger_is_founded_once() -> None:
    fields = {"name": "Works", "origin": "test/2", "founders": ["eva"]}
    team().refused("ledger.founded", "init", on="02-01", **fields)


def test_several_founders_hold_the_root_as_a_group_that_acts_each() -> None:
    world = Scenario(founders=("eva", "kim"))
    assert world.holder("root", "01-01") == "founders"
    world.tell("define", code="norr", title="North", by="kim")


def test_a_command_is_judged_by_what_was_true_on_its_day_as_known_now() -> None:
    world = team(amount="100").tell("revoke", code="norr", on="06-01", **WHY)
    fields = {"type": "purchase", "in": "norr", "by": "anna", "amount": "90"}
    world.tell("decide", title="In March", on="03-01", **fields)
    world.refused("authority.not_accepted", "decide", title="Before the acceptance", on="01-20", **fields)
    world.refused("authority.ended", "decide", title="In June", on="06-01", **fields)


def test_what_was_learnt_later_about_that_day_counts() -> None:
    world = team(amount="100").tell("change-mandate", code="norr", amount="10", on="03-01", **WHY)
    assert world.ask("anna", on="02-20", amount=Decimal(90)).no is None
    assert world.ask("anna", on="03-15", amount=Decimal(90)).dimension == "amount"


def test_the_proof_shows_the_mandate_of_that_day() -> None:
    world = team(amount="100").tell("change-mandate", code="norr", amount="10", on="06-01", **WHY)
    fields = {"title": "In March", "type": "purchase", "in": "norr", "by": "anna", "amount": "90"}
    made = world.events("decide", on="03-01", **fields)[1]
    assert isinstance(made, DecisionMade)
    mandate = made.authority.chain[-1].mandate
    assert mandate is not None
    assert mandate.amount == "100"


def test_at_every_instant_of_a_hand_over_exactly_one_holds_it() -> None:
    world = team().tell("offer", code="norr", to="bo", on="03-01", **{"from": "2025-05-01"})
    world.tell("accept", code="norr", by="bo", on="03-10").tell("offer", code="norr", to="cia", on="06-01")
    world.tell("accept", code="norr", by="cia", on="2025-06-01T12:30:00Z")
    changes = {"02-01": "anna", "05-01": "bo", "2025-06-01T12:30:00Z": "cia"}
    for on, holder in changes.items():
        assert world.holder("norr", on) == holder
    before = {"2025-02-01": None, "2025-05-01": "anna", "2025-06-01T12:30:00Z": "bo"}
    for moment, former in before.items():
        last = (instant(moment) - timedelta(microseconds=1)).isoformat()
        assert world.holder("norr", last) == former
    start = instant("2025-02-01")
    for hours in range(0, 24 * 150, 12):
        moment = start + timedelta(hours=hours)
        live = [each for each in world.responsibility("norr").delegations if each.live(moment)]
        assert len(live) == 1, moment


def test_a_mandate_expires_without_anybody_doing_anything() -> None:
    world = team(until="2025-06-01")
    entries = len(world.streams["ledger"]), len(world.entries(world.responsibility("norr").id))
    assert [world.ask("anna", on=on).no for on in ("2025-05-31T23:59:59Z", "06-01")] == [None, "ended"]
    assert (len(world.streams["ledger"]), len(world.entries(world.responsibility("norr").id))) == entries
    world.refused("authority.ended", "decide", by="anna", on="06-01", title="x", type="t", **{"in": "norr"})


def test_who_holds_until_the_parent_ends_says_nothing_of_an_end_of_their_own() -> None:
    world = team(until="2025-06-01").tell("define", code="vagn", title="Vehicles", parent="norr", by="anna")
    world.tell("offer", code="vagn", to="bo", by="anna").tell("accept", code="vagn", by="bo", on="02-02")
    assert [world.holder("vagn", on) for on in ("05-31", "06-01")] == ["bo", None]


def test_an_offer_whose_time_has_passed_is_accepted_no_more() -> None:
    world = team().tell("define", code="syd", title="South").tell("offer", code="syd", to="bo", until="2025-03-01")
    world.refused("delegation.window_over", "accept", code="syd", by="bo", on="03-01")
    world.tell("accept", code="syd", by="bo", on="02-28")


def test_a_revocation_may_be_told_before_its_day_and_holds_from_that_day() -> None:
    world = team().tell("revoke", code="norr", on="03-01", effective="2025-05-01", **WHY)
    fields = {"type": "t", "in": "norr", "by": "anna", "title": "x"}
    world.tell("decide", on="04-30", **fields)
    world.refused("authority.ended", "decide", on="05-01", **fields)


def test_in_june_a_day_in_march_is_judged_by_the_mandate_of_march() -> None:
    world = team(amount="100").tell("revoke", code="norr", on="05-01", **WHY)
    world.tell("offer", code="norr", to="bo", amount="50", on="05-01").tell("accept", code="norr", by="bo", on="05-02")
    fields = {"type": "t", "in": "norr"}
    world.tell("decide", by="anna", on="03-15", title="March", amount="100", **fields)
    world.refused("authority.never_granted", "decide", by="bo", on="03-15", title="x", amount="50", **fields)
    world.refused("authority.ended", "decide", by="anna", on="05-01", title="x", amount="100", **fields)
    world.tell("decide", by="bo", on="06-15", title="June", amount="50", **fields)


def test_what_is_told_without_a_day_is_true_now() -> None:
    world = team().tell("define", code="syd", title="South", on=None)
    (defined,) = world.streams[world.responsibility("syd").id]
    assert defined.occurred_at == world.now


def test_what_begins_ahead_is_recorded_today() -> None:
    world = team().tell("member leave", handle="bo", on="2026-03-01")
    left = world.streams["member:bo"][-1]
    assert (left.occurred_at, world.member("bo").present(instant("2026-02-28"))) == (world.now, True)
    assert not world.member("bo").present(instant("2026-03-01"))
