"""Random matters in a tiny world: nothing is ever decided over an open objection, or over somebody's silence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from scenario import Scenario

from ledger.commands import command
from ledger.errors import Refused
from ledger.events import Entry
from ledger.events import decision as events
from ledger.events.ledger import EntryAnnulled
from ledger.events.member import MemberLeft
from ledger.rules import decide
from ledger.values import member_stream

PEOPLE = ("eva", "anna", "bo", "cia")
FIRST, LAST = "2025-03-01", "2025-03-03"

people = st.sampled_from(PEOPLE)
# On the day of what was said last, mostly; the next day, or the one before.
steps = st.sampled_from([0, 0, 0, 1, -1])


class Roads(RuleBasedStateMachine):
    """One matter after another, spoken of by anybody in any order, on any of a few days."""

    @initialize()
    def found(self) -> None:
        self.town = Scenario()
        self.matters = 0
        self.id = ""
        for handle in PEOPLE[1:]:
            self.town.tell("member add", handle=handle, on="01-01")
        self.town.tell("define", code="norr", title="North", on="01-02")
        self.town.tell("offer", code="norr", to="anna", on="01-02").tell("accept", code="norr", by="anna", on="01-02")
        window = {"from": "2025-01-03", "until": "2025-12-01"}
        self.town.tell("stand-in", code="norr", member="bo", on="01-03", reason="so it is", **window)

    def tell(self, do: str, by: str, on: str, **fields: Any) -> bool:  # noqa: ANN401 - a command's fields
        told = command({"do": do, "by": by, "on": on, "reason": "so it is", **fields})
        assert told.on is not None
        self.town.on = told.on
        try:
            decided = decide(told, self.town)
        except Refused as refusal:
            event(f"{do}: {refusal.rule}")
            return False
        event(f"{do}: told")
        for stream, each in decided:
            entries = self.town.streams.setdefault(stream, [])
            if isinstance(each, events.DecisionMade):
                self.judge(entries, told.on, {by, *told.together_with})
            entries.append(Entry(stream, len(entries) + 1, each, told.on, by, by, together_with=told.together_with))
        return True

    @precondition(lambda self: not self.id or self.town.decision(self.id).closed <= self.town.now)
    @rule(
        by=people,
        process=st.sampled_from(["consent", "consensus"]),
        consenters=st.lists(people, min_size=1, max_size=3, unique=True),
        decide_by=st.sampled_from([None, LAST]),
    )
    def propose(self, by: str, process: str, consenters: list[str], decide_by: str | None) -> None:
        self.matters += 1
        matter = {"title": f"Matter {self.matters}", "in": "norr", "type": "rule", "options": ["yes"]}
        said = {"process": process, "consenters": consenters, "decide_by": decide_by, **matter}
        if self.tell("propose", by, FIRST, **said):
            self.id = next(
                each for each, entries in self.town.streams.items() if _title(entries) == f"Matter {self.matters}"
            )

    def day(self, step: int) -> str:
        last = self.town.decision(self.id).last
        return f"{last + timedelta(days=step):%Y-%m-%d}"

    @precondition(lambda self: self.id)
    @rule(by=people, step=steps, amount=st.sampled_from(["1", "2", "3"]), later=st.booleans())
    def amend(self, by: str, step: int, amount: str, later: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        more = {"decide_by": self.day(1)} if later else {}
        self.tell("amend", by, self.day(step), decision=self.id, amount=amount, **more)

    @precondition(lambda self: self.id)
    @rule(by=people, step=steps)
    def object_(self, by: str, step: int) -> None:
        self.tell("object", by, self.day(step), decision=self.id, argument="no")

    @precondition(lambda self: self.id)
    @rule(
        by=people,
        step=steps,
        number=st.sampled_from([1, 2]),
        how=st.sampled_from(["integrated", "withdrawn", "not_an_objection", "deferred"]),
        beside=st.lists(people, max_size=1),
    )
    def resolve(self, by: str, step: int, number: int, how: str, beside: list[str]) -> None:
        words = {
            "explanation": "because",
            "follow_up_on": "2025-06-01",
            "with": [each for each in beside if each != by],
        }
        self.tell("resolve", by, self.day(step), decision=self.id, objection=number, how=how, **words)

    @precondition(lambda self: self.id)
    @rule(by=people, step=steps, stale=st.sampled_from([0, 0, 0, 1]))
    def consent(self, by: str, step: int, stale: int) -> None:
        version = max(1, self.town.decision(self.id).version - stale)
        self.tell("consent", by, self.day(step), decision=self.id, version=version)

    @precondition(lambda self: self.id)
    @rule(step=steps)
    def all_consent(self, step: int) -> None:
        for who in PEOPLE:
            self.tell("consent", who, self.day(step), decision=self.id, version=self.town.decision(self.id).version)

    @precondition(lambda self: self.id)
    @rule(amended=st.booleans())
    def settle(self, amended: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        """Whoever objected takes it back, and everybody is asked again; the histories above leave few so far."""
        if amended:
            self.tell("amend", "eva", self.day(0), decision=self.id, amount=str(self.town.decision(self.id).version))
        for each in self.town.decision(self.id).open_objections:
            self.tell("resolve", each.by, self.day(0), decision=self.id, objection=each.number, how="withdrawn")
        self.all_consent(0)

    @precondition(lambda self: self.id)
    @rule(by=people, step=steps, do=st.sampled_from(["stand-aside", "stand-aside", "stand-aside", "declare-conflict"]))
    def keep_out(self, by: str, step: int, do: str) -> None:
        self.tell(do, by, self.day(step), decision=self.id)

    @precondition(lambda self: self.id)
    @rule(back=st.integers(0, 3), step=steps)
    def annul(self, back: int, step: int) -> None:
        version = len(self.town.streams[self.id]) - back
        if version > 0:
            self.tell(
                "annul", self.town.streams[self.id][version - 1].actor, self.day(step), stream=self.id, version=version
            )

    @precondition(lambda self: self.id and self.matters > 1)
    @rule(who=st.sampled_from(["cia", "bo"]))
    def leave(self, who: str) -> None:
        self.tell("member leave", "eva", LAST, handle=who)

    @precondition(lambda self: self.id)
    @rule(by=st.sampled_from(["anna", "bo", "eva"]), step=steps, beside=st.lists(people, max_size=2, unique=True))
    def decide(self, by: str, step: int, beside: list[str]) -> None:
        self.tell(
            "decide matter", by, self.day(step), decision=self.id, **{"with": [each for each in beside if each != by]}
        )

    def judge(self, entries: list[Entry], at: Any, deciders: set[str]) -> None:  # noqa: ANN401 - a moment
        """Read line by line: no objection is open, and each consenter has spoken as the process asks."""
        annulled: set[int] = set()
        for entry in reversed(entries):
            if isinstance(entry.event, EntryAnnulled) and entry.version not in annulled:
                annulled.add(entry.event.version)
        lines = [entry for entry in entries if entry.version not in annulled]
        (proposal,) = (entry.event for entry in lines if isinstance(entry.event, events.DecisionProposed))
        raised = {entry.event.objection for entry in lines if isinstance(entry.event, events.ObjectionRaised)}
        resolved = {entry.event.objection for entry in lines if isinstance(entry.event, events.ObjectionResolved)}
        assert raised <= resolved, f"decided over objections {raised - resolved}"
        barred = {entry.actor for entry in lines if isinstance(entry.event, events.ConflictDeclared)}
        assert not barred & deciders
        amendments = [entry for entry in lines if isinstance(entry.event, events.ProposalAmended)]
        version, begun = len(amendments) + 1, (amendments or lines)[-1 if amendments else 0]
        since = [entry for entry in lines if lines.index(entry) > lines.index(begun)]
        yes: dict[str, bool] = {}
        heard = set(deciders)
        for entry in since:
            match entry.event:
                case events.ConsentGiven(on_version=on) if on == version:
                    yes[entry.actor] = True
                    heard.add(entry.actor)
                case events.StoodAside():
                    yes[entry.actor] = False
                    heard.add(entry.actor)
                case _:
                    pass
        # Also one that was recorded before the amendment, and dated after it.
        heard |= {
            entry.actor
            for entry in lines
            if isinstance(entry.event, events.ObjectionRaised) and entry.occurred_at >= begun.occurred_at
        }
        asked = [who for who in proposal.consenters if who not in barred]
        event(f"decided by {proposal.process} in version {version}")
        if proposal.process == "consensus":
            assert asked
            assert all(yes.get(who) for who in asked), f"{asked} were asked, {yes} was said"
            return
        last = _decide_by(lines)
        passed = last is not None and begun.occurred_at.date() <= last < at.date()
        silent = [who for who in asked if who not in heard and not self.gone(who, at)]
        assert passed or not silent, f"{silent} were silent and had time"

    def gone(self, who: str, at: Any) -> bool:  # noqa: ANN401 - a moment
        lines = self.town.streams[member_stream(who)]
        return any(isinstance(entry.event, MemberLeft) and entry.event.last_day <= at for entry in lines)


def _title(entries: list[Entry]) -> str:
    first = entries[0].event
    return first.title if isinstance(first, events.DecisionProposed) else ""


def _decide_by(lines: list[Entry]) -> date | None:
    """As it was last amended."""
    found: date | None = None
    for entry in lines:
        if isinstance(entry.event, events.DecisionProposed):
            found = entry.event.decide_by
        if isinstance(entry.event, events.ProposalAmended):
            for change in entry.event.changes:
                if change.field == "decide_by":
                    found = date.fromisoformat(str(change.after))
    return found


class TestNoRandomHistoryDecidesOverAnObjectionOrOverSilence(Roads.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(
        max_examples=150,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )

    def test_no_random_history_decides_over_an_open_objection_or_over_silence(self) -> None:
        self.runTest()
