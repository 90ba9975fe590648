from __future__ import annotations

from datetime import date

from scenario import Scenario, day

from ledger.events import decision as decisions
from ledger.events import ledger, member
from ledger.events import responsibility as responsibilities
from ledger.events.decision import AuthorityProof, Check, ProofLink
from ledger.events.responsibility import Change, Condition, Mandate
from ledger.values import content_id, instant, member_stream, responsibility_id, timestamp

ROOT, PARK = responsibility_id("root"), responsibility_id("park")
WHY = {"reason": "so it is"}


def matter(title: str, kind: str, amount: str, by: str, on: str) -> str:
    content = {"title": title, "in": PARK, "type": kind, "amount": amount, "by": by, "key": None}
    return content_id("D", {**content, "on": timestamp(instant(day(on)))})


def test_a_year_in_the_park_is_told_in_exactly_these_events_and_in_this_order() -> None:
    """From the founding to the last day: every command once, and all that it caused."""
    world = Scenario()
    founded = Mandate(level=7)
    assert [entry.event for stream in world.streams.values() for entry in stream] == [
        ledger.LedgerFounded(name="Works", origin="test/1", founders=("eva",), root=ROOT),
        member.MemberAdded(member="eva"),
        responsibilities.ResponsibilityDefined(responsibility=ROOT, code="root", title="Works"),
        responsibilities.DelegationOffered(delegation=1, to="eva", mandate=founded, review_on=date(2026, 1, 1)),
        responsibilities.DelegationAccepted(delegation=1),
    ]
    assert list(world.streams) == ["ledger", member_stream("eva"), ROOT]

    for handle, name in (("anna", "Anna Ek"), ("bo", None)):
        events = world.events("member add", handle=handle, name=name)
        digest = None if name is None else list(world.texts)[-1]
        assert events == [member.MemberAdded(member=handle, name_digest=digest)]

    defined = {"code": "park", "title": "The park", "purpose": "Green", "duties": ["mow"], "decides": ["purchase/*"]}
    assert world.events("define", on="02-02", **defined) == [
        responsibilities.ResponsibilityDefined(
            responsibility=PARK,
            code="park",
            title="The park",
            purpose="Green",
            parent=ROOT,
            duties=("mow",),
            decision_types=("purchase/*",),
        )
    ]

    terms = {"amount": "1000", "amount_per_year": "2000", "conditions": ["consult:bo/7"], "until": "2025-11-01"}
    mandate = Mandate(
        amount="1000",
        amount_per_year="2000",
        until=instant("2025-11-01"),
        conditions=(Condition(kind="consult", member="bo", within=7),),
    )
    assert world.events("offer", code="park", to="anna", on="02-03", review_on="2025-08-01", **terms) == [
        responsibilities.DelegationOffered(
            delegation=1,
            to="anna",
            mandate=mandate,
            review_on=date(2025, 8, 1),
            readiness={"resources": "none named"},
        )
    ]
    assert world.events("accept", code="park", by="anna", on="02-04", reservations="not in winter") == [
        responsibilities.DelegationAccepted(delegation=1, reservations="not in winter")
    ]

    bench = {"title": "A bench", "in": "park", "type": "purchase/bench", "amount": "800", "affected": ["bo"]}
    id_ = matter("A bench", "purchase/bench", "800", "anna", "03-01")
    proposed = decisions.DecisionProposed(
        decision=id_,
        title="A bench",
        responsibility=PARK,
        decision_type="purchase/bench",
        amount="800",
        options=("oak", "steel"),
        affected=("bo",),
    )
    choice = {"options": ["oak", "steel"], "chose": "oak", "because": "it lasts", "with": ["bo"]}
    chain = (
        ProofLink(
            responsibility=ROOT,
            code="root",
            holder="eva",
            delegation=1,
            since=instant(day("01-01")),
            delegator="eva",
            mandate=founded,
        ),
        ProofLink(
            responsibility=PARK,
            code="park",
            holder="anna",
            delegation=1,
            since=instant(day("02-04")),
            delegator="eva",
            mandate=mandate,
        ),
    )
    checks = (
        Check(responsibility=PARK, dimension="decides", limit="purchase/*", asked="purchase/bench"),
        Check(responsibility=PARK, dimension="amount", limit="1000", asked="800"),
        Check(responsibility=PARK, dimension="amount_per_year", limit="2000", asked="800"),
        Check(responsibility=PARK, dimension="consult", limit="bo", asked="condition of park"),
        Check(responsibility=PARK, dimension="report", limit="eva", asked="level 6", result="due after"),
    )
    proof = AuthorityProof(
        verdict="inside", responsibility=PARK, delegation=1, capacity="holder", chain=chain, checks=checks
    )
    assert world.events("decide", by="anna", on="03-01", **bench, **choice) == [
        proposed,
        decisions.DecisionMade(chosen="oak", rationale="it lasts", authority=proof),
        responsibilities.AllowanceDrawn(decision=id_, amount="800", year=2025),
    ]

    world.refused("authority.limit_passed", "decide", by="anna", on="03-02", **{**bench, "amount": "1001"})
    pond = {"title": "A pond", "in": "park", "type": "purchase/pond", "amount": "5000"}
    pond_id = matter("A pond", "purchase/pond", "5000", "anna", "03-02")
    assert world.events("refer-up", by="anna", on="03-02", **pond, **WHY) == [
        decisions.DecisionProposed(
            decision=pond_id, title="A pond", responsibility=PARK, decision_type="purchase/pond", amount="5000"
        ),
        decisions.DecisionReferredUp(from_responsibility=PARK, to_responsibility=ROOT),
    ]
    above = AuthorityProof(
        verdict="inside", responsibility=ROOT, delegation=1, capacity="holder", chain=chain[:1], checks=()
    )
    assert world.events("decide matter", decision=pond_id, on="03-09", because="frogs", informed=["bo"]) == [
        decisions.DecisionMade(rationale="frogs", authority=above, informed=("bo",))
    ]

    narrower = mandate.model_copy(update={"amount": "500"})
    assert world.events("change-mandate", code="park", amount="500", on="04-01", **WHY) == [
        responsibilities.MandateChanged(delegation=1, before=mandate, after=narrower, direction="narrowed")
    ]
    assert world.events("clarify", code="park", by="anna", on="04-02", duties=["mow", "rake"]) == [
        responsibilities.ResponsibilityClarified(
            changes=(Change(field="duties", before=("mow",), after=("mow", "rake")),)
        )
    ]
    window = {"from": "2025-07-01", "until": "2025-08-01"}
    assert world.events("stand-in", code="park", member="bo", by="anna", on="06-20", **window, **WHY) == [
        responsibilities.StandInAppointed(
            delegation=1, member="bo", since=instant("2025-07-01"), until=instant("2025-08-01")
        )
    ]
    assert world.events("overrule", decision=id_, on="07-15", **WHY) == [
        decisions.DecisionOverruled(from_responsibility=ROOT)
    ]
    assert world.events("hand-back", code="park", by="anna", lacking="resources", on="09-01", **WHY) == [
        responsibilities.DelegationHandedBack(delegation=1, lacking="resources", effective=instant("2025-09-01"))
    ]
    assert world.events("member leave", handle="anna", on="10-01", **WHY) == [
        member.MemberLeft(last_day=instant("2025-10-01"))
    ]
    assert world.events("retire", code="park", on="10-02", **WHY) == [responsibilities.ResponsibilityRetired()]

    assert {stream: [entry.version for entry in entries] for stream, entries in world.streams.items()} == {
        "ledger": [1],
        member_stream("eva"): [1],
        member_stream("anna"): [1, 2],
        member_stream("bo"): [1],
        ROOT: [1, 2, 3],
        PARK: [*range(1, 10)],
        id_: [1, 2, 3],
        pond_id: [1, 2, 3],
    }
