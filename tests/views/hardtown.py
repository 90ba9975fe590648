"""A town to which the hard things happen, one after the other; `marks` are the positions at which each had happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roadtown import RoadTown
from viewkit import day

from ledger import command
from ledger.store import mapper
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {code: responsibility_id(code) for code in ("norr", "vagn", "tom", "park", "root")}


class HardTown(RoadTown):
    """Eva's, with norr below the root and vagn below norr, which are held by anna and bo, and all kinds of words.

    Then norr falls vacant; norr is granted to bo and to cia in one second; what was recorded is corrected; and cia
    leaves.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, check_in_every="2d", conditions=["consult:cia", "report:eva/1"])
        self.marks["empty"] = self.founded
        self._tell_all()
        self.marks["told"] = self.ledger.head()
        self.marks["vacant"] = self.tell("hand-back", "anna", "11", code="norr", lacking="capacity", reason="ill")
        second = "12T12"
        self.grant("norr", "bo", on=second, check_in_every="2d", conditions=["consult:cia", "report:eva/1"])
        self.marks["twice"] = self.grant("norr", "cia", on=second)
        self._correct("delegation.handed_back.v1", NAMES["norr"], "effective", day("10").isoformat(), "it was the 10th")
        self._correct("decision.made.v1", self.ids["Van"], "occurred_at", day("5").isoformat(), "it was the 5th")
        reviewed = self._version(self.ids["Van"], "decision.reviewed.v1")
        annul = {"stream": self.ids["Van"], "version": reviewed, "reason": "of another van"}
        self.marks["corrected"] = self.tell("annul", on="14", **annul)
        self.marks["left"] = self.tell("member leave", on="15", handle="cia")

    def _tell_all(self) -> None:
        self._people_and_places()
        self._decisions()
        self._words()
        self._loose_ends()

    def _people_and_places(self) -> None:
        self.people("dan")
        self.tell("member add", on="1", handle="crew", group=True, acts="each")
        self.tell("member join", on="1", group="crew", handle="dan")
        self.tell("competence", "cia", "1", competence="repair", level="able")
        self.tell("capacity", "cia", "1", amount="8")
        self.tell("define", "anna", "2", code="vagn", title="Vehicles", parent="norr", competences=["repair"])
        terms = {"amount": "100", "review_on": "2025-01-09", "until": day("25"), "check_in_every": "3d"}
        self.grant("vagn", "bo", on="2", by="anna", **terms)
        self.tell("define", on="2", code="tom", title="Empty", decides=["paint"])
        self.tell("offer", on="2", code="tom", to="dan")
        away = {"from": day("3"), "until": day("6")}
        self.tell("stand-in", "anna", "3", code="vagn", member="dan", reason="a trip", **away)

    def _decisions(self) -> None:
        self.decide("Van", "4", by="bo", amount="80", expects="fewer stops", review_on="2025-01-08", **_VAN)
        self.decide("Bus", "4", by="bo", amount="90", **_VAN)
        self.decide("Pump", "4", by="dan", amount="10", **_VAN)
        self.decide("Tram", "4", by="bo", amount="900", outside_mandate=True, reason="cheap", **_VAN)
        self.on("Van", "report", "bo", "4", to="eva", meeting="2025-01-04")
        self.open("Rule", "5", "consensus", consenters=["anna", "cia"], affected=["bo"])
        self.on("Rule", "object", "cia", "5", argument="dear")
        self.on("Rule", "resolve", "cia", "6", objection=1, how="withdrawn")
        for who in ("anna", "cia"):
            self.on("Rule", "consent", who, "6", version=1)
        self.on("Rule", "decide matter", "anna", "6", chose="yes", review_on="2025-02-01", **{"with": ["cia"]})
        self.open("Flag", "6", "consent", consenters=["cia"], affected=["dan"])
        self.on("Flag", "declare-conflict", "bo", "6", reason="my flag")
        self.on("Flag", "ask-advice", "anna", "6", of=["cia"], by_when="2025-01-08")
        ends = {"kind": "trial", "trial_until": "2025-01-09", "review_on": "2025-01-09"}
        self.decide("Lamp", "6", by="anna", **ends, **{"with": ["cia"]})

    def _words(self) -> None:
        review = {"happened": "one stop", "outcome": "better", "process": "sound", "learned": "ask", "verdict": "keep"}
        self.on("Van", "review", "bo", "8", **review)
        self.tell("goal set", "anna", "8", title="No stops")
        self.on("Van", "number", "eva", "8", register="KS-2025")
        self.tell("attach", "bo", "8", stream=self.ids["Van"], uri="m.pdf", label="Minutes")
        self.tell("check-in", "bo", "8", code="vagn", state="going_well", **{"with": ["anna"]})
        self.tell("ask-support", "bo", "8", code="vagn", what="a hand")
        self._give("Praise", "anna", to="bo", about=self.ids["Van"], kind="appreciation", text="well done")
        self._give("Wish", "bo", to="anna", about=self.ids["Van"], kind="guidance", text="ask earlier")
        self.tell("feedback act", "anna", "9", feedback=self.ids["Wish"], what="asks by mail", ref=self.ids["Rule"])
        self.tell("change-mandate", "eva", "9", code="norr", amount="1000", agreed_by=["anna"], reason="a limit")

    def _loose_ends(self) -> None:
        """A delegation that was revoked, words that were erased, an audit, and what eva typed for bo, days later."""
        self.tell("define", on="2", code="park", title="Park")
        self.grant("park", "dan", on="2")
        self.tell("revoke", on="9", code="park", reason="closed", talked_first=True)
        self.tell("note", "bo", "9", stream="member:bo", text="ill")
        self.tell("erase", "bo", "9", stream="member:bo", ground="asked")
        asked = {"as_of": day("9"), "known_at": self.ledger.head(), "fingerprint": "0" * 64}
        self.tell("audit", "cia", "9", query="who-owns", **asked)
        capacity = {"do": "capacity", "by": "bo", "amount": "20", "on": day("3")}
        self.ledger.tell(command(capacity), recorded_by="eva")

    def _give(self, name: str, by: str, **fields: object) -> None:
        self.clock.now = max(self.clock.now, day("9"))
        told = self.ledger.tell(command({"do": "feedback give", "by": by, "on": day("9"), **fields}))
        self.ids[name] = told.entries[0].stream

    def _correct(self, kind: str, stream: str, field: str, after: str, reason: str) -> None:
        self.tell(
            "correct",
            on="13",
            stream=stream,
            version=self._version(stream, kind),
            field=field,
            after=after,
            reason=reason,
        )

    def _version(self, stream: str, kind: str) -> int:
        """Of the only entry of that kind."""
        entries = (mapper.recorded(leaf).entry for leaf in self.ledger._recorder.stream(stream))
        (found,) = (each.version for each in entries if each.event.kind == kind)
        return found


_VAN = {"in": "vagn", "counterparty": "Bilar", "with": ["cia"]}
