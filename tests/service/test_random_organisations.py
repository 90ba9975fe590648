"""Whole organisations in which anybody says anything: what must never be reached is looked for in the record itself.

Every command there is may be said, to a ledger in a file, under each profile. What is judged is read line by line from
the entries, without the rules and without the views.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ledger import Chosen, command, create_ledger, questions
from ledger.commands import COMMANDS
from ledger.errors import NotFound, Refused
from ledger.events import decision as decisions
from ledger.events import responsibility as responsibilities
from ledger.events.feedback import FeedbackGiven, FeedbackShared
from ledger.events.ledger import EntryAnnulled
from ledger.values import responsibility_id

if TYPE_CHECKING:
    from ledger.events import Entry
    from ledger.events.responsibility import Mandate

    Step = dict[str, Any]
    Choices = dict[str, tuple[Any, ...]]

PEOPLE = ("eva", "anna", "bo", "cia")
CODES = ("norr", "vagn", "syd")
START = datetime(2025, 1, 1, tzinfo=UTC)
TERMS: dict[str, dict[str, object]] = {
    "tillit": {},
    "kommunal": {"heads": ["anna"], "urgent_by": ["cia"]},
    "bolag": {"report_above": "50"},
}

seeds = st.integers(0, 2**32)
SOME: tuple[list[str], ...] = ([], ["anna"], ["bo", "cia"], ["cia", "anna"])
AMOUNTS = ("10", "100", "600")
TYPES = (["buy/*"], ["buy/van"], ["hire"])
KINDS = ("buy/van", "buy/van", "hire")
NUMBER = (1, 2)
DAYS = ("2025-06-01", "2025-12-01")
WORDS = ("so it is",)
# Which of those that there are, the latest first; told as the name of one.
WHICH = (0, 1, 2)
LIMITS: Choices = {"amount": AMOUNTS, "types": TYPES}
LEVEL = (None, None, 3, 4, 5, 7)
MATTER: Choices = {"title": WORDS, "in": CODES, "type": KINDS, "amount": (None, *AMOUNTS)}
# By the name of each command, what is said with it: `decision`, `goal` and `feedback` as a number of `WHICH`.
SAID: dict[str, Choices] = {
    "member add": {"handle": ("dan", "crew"), "group": (False, True), "name": WORDS},
    "member rename": {"handle": PEOPLE, "name": WORDS},
    "member leave": {"handle": ("bo", "cia")},
    "member return": {"handle": PEOPLE},
    "member join": {"group": ("crew",), "handle": PEOPLE},
    "member part": {"group": ("crew",), "handle": PEOPLE},
    "capacity": {"amount": AMOUNTS},
    "competence": {"competence": ("law",), "level": ("able",)},
    "confirm": {"handle": PEOPLE, "competence": ("law",), "level": ("able",)},
    "withdraw-competence": {"handle": PEOPLE, "competence": ("law",)},
    "away": {"from": DAYS, "until": ("2026-02-01",)},
    "define": {"code": ("hjul", "syd"), "title": WORDS, "parent": CODES},
    "clarify": {"code": CODES, "purpose": WORDS},
    "move": {"code": CODES, "parent": ("root", *CODES)},
    "retire": {"code": CODES},
    "offer": {"code": CODES, "to": PEOPLE, "level": LEVEL, **LIMITS},
    "withdraw-offer": {"code": CODES},
    "accept": {"code": CODES},
    "decline": {"code": CODES},
    "change-mandate": {"code": CODES, "agreed_by": (list(PEOPLE),), "level": LEVEL, **LIMITS},
    "stand-in": {"code": CODES, "member": PEOPLE, "from": DAYS, "until": ("2026-02-01",)},
    "end-stand-in": {"code": CODES, "member": PEOPLE},
    "renew": {"code": CODES, "until": DAYS},
    "complete": {"code": CODES, "summary": WORDS},
    "hand-back": {"code": CODES, "lacking": ("capacity",)},
    "revoke": {"code": CODES},
    "check-in": {"code": CODES, "with": SOME, "state": ("blocked",), "note": WORDS},
    "ask-support": {"code": CODES, "what": WORDS},
    "give-support": {"code": CODES, "what": WORDS},
    "review-delegation": {
        "code": CODES,
        "design": ("fits",),
        "mandate": ("keep",),
        "delegator_part": ("fits",),
        "learned": WORDS,
    },
    "propose": {
        "process": ("alone", "advice", "consent", "consensus"),
        "options": (["yes"],),
        "consenters": SOME,
        "affected": SOME,
        **MATTER,
    },
    "amend": {"decision": WHICH, "amount": AMOUNTS},
    "ask-advice": {"decision": WHICH, "of": (["anna"], ["bo"], ["cia"])},
    "advise": {"decision": WHICH, "text": WORDS},
    "concern": {"decision": WHICH, "text": WORDS},
    "object": {"decision": WHICH, "argument": WORDS},
    "resolve": {"decision": WHICH, "objection": NUMBER, "how": ("integrated",), "explanation": WORDS},
    "consent": {"decision": WHICH, "version": NUMBER},
    "stand-aside": {"decision": WHICH},
    "declare-conflict": {"decision": WHICH},
    "decline proposal": {"decision": WHICH},
    "withdraw": {"decision": WHICH},
    "refer-up": MATTER,
    "refer-up matter": {"decision": WHICH},
    "call-in": {"decision": WHICH},
    "decide": {"outside_mandate": (False, True), **MATTER},
    "decide matter": {"decision": WHICH, "outside_mandate": (False, True)},
    "reverse": {"decision": WHICH},
    "overrule": {"decision": WHICH},
    "ratify": {"decision": WHICH},
    "report": {"decision": WHICH, "to": PEOPLE},
    "note-report": {"decision": WHICH},
    "review": {
        "decision": WHICH,
        "happened": WORDS,
        "outcome": ("better",),
        "process": ("sound",),
        "learned": WORDS,
        "verdict": ("keep",),
    },
    "goal set": {"title": WORDS},
    "goal reword": {"goal": WHICH, "title": WORDS, "adopted_by": WHICH},
    "goal move": {"goal": WHICH},
    "goal note": {"goal": WHICH, "confidence": ("0.5",), "note": WORDS},
    "goal reach": {"goal": WHICH, "evidence": WORDS},
    "goal drop": {"goal": WHICH},
    "feedback ask": {"of": PEOPLE, "about": (None,)},
    "feedback give": {
        "to": PEOPLE,
        "about": (None, "member:bo"),
        "kind": ("guidance", "appreciation"),
        "visibility": ("between", "line", "open"),
    },
    "feedback acknowledge": {"feedback": WHICH},
    "feedback reply": {"feedback": WHICH},
    "feedback act": {"feedback": WHICH, "what": WORDS},
    "feedback share": {"feedback": WHICH, "visibility": ("line", "open")},
    "feedback retract": {"feedback": WHICH},
    "feedback erase": {"feedback": WHICH, "ground": WORDS},
    "correct": {"stream": WHICH, "version": NUMBER, "field": ("title",), "after": WORDS},
    "annul": {"stream": WHICH, "version": (1, 2, 3, 4, 5, 6)},
    "attach": {"stream": WHICH, "uri": WORDS, "label": WORDS},
    "note": {"stream": WHICH, "text": WORDS},
    "number": {"decision": WHICH, "register": ("KS-2025",)},
    "tag": {"stream": WHICH, "tags": (["cars"],)},
    "audit": {"query": WORDS, "as_of": (START,), "known_at": (1,), "fingerprint": ("0" * 64,)},
    "erase": {"stream": WHICH, "ground": WORDS},
}
# The founding is said once; to continue a lost log is no part of an organisation's days.
SAID_ELSEWHERE = {"init", "continue"}
ROAD = ("amend", "object", "resolve", "consent", "stand-aside", "declare-conflict", "annul", "decide matter")


def standing(entries: list[Entry]) -> list[Entry]:
    """The lines that no later line annuls."""
    gone: set[int] = set()
    for entry in reversed(entries):
        if isinstance(entry.event, EntryAnnulled) and entry.version not in gone:
            gone.add(entry.event.version)
    return [entry for entry in entries if entry.version not in gone]


class Organisations(RuleBasedStateMachine):
    """Anybody says anything, now or as of some hours ago; often what leads somewhere."""

    @initialize(profile=st.sampled_from(sorted(TERMS)))
    def found(self, profile: str) -> None:
        self.profile = profile
        self.folder = TemporaryDirectory()
        self.now, self.turn = START, 0
        place = Path(self.folder.name) / "ledger.db"
        self.ledger = create_ledger(
            place, "Works", ["eva"], profile=profile, terms=TERMS[profile], on=START, clock=lambda: self.now
        )
        self.streams: dict[str, list[Entry]] = {}
        for each in self.ledger._views.log.read(0, self.ledger.head()):
            self.streams.setdefault(each.entry.stream, []).append(each.entry)
        self.texts: dict[str, list[tuple[str, str]]] = {}
        for handle in PEOPLE[1:]:
            self.tell({"do": "member add", "handle": handle}, "eva")
        self.tell({"do": "member add", "handle": "crew", "group": True, "acts": "each"}, "eva")
        for code, parent, to, by in (("norr", "root", "anna", "eva"), ("vagn", "norr", "bo", "anna")):
            self.tell({"do": "define", "code": code, "title": code, "parent": parent}, by)
            further = {"further": 1} if code == "norr" else {}
            terms = {"amount": "500", "types": ["buy/*"], "level": 6, **further}
            self.tell({"do": "offer", "code": code, "to": to, **terms}, by)
            self.tell({"do": "accept", "code": code}, to)
            self.say(
                {"do": "propose", "in": code, "title": code, "type": "buy/van", "options": ["yes"]}
                | {"process": "consensus", "consenters": ["anna", "bo"]},
                by,
            )

    def say(self, step: Step, by: str, back: int = 0) -> bool:
        """Tell it with the names of what there is in the places of numbers; whether it was taken."""
        step = {name: value for name, value in step.items() if value is not None}
        do = step["do"]
        for name, prefix in (("decision", "D-"), ("goal", "G-"), ("feedback", "F-"), ("adopted_by", "D-")):
            if isinstance(step.get(name), int):
                step[name] = self.name(prefix, step[name])
            if step.get(name) == "":
                return False
        if isinstance(step.get("stream"), int):
            step["stream"] = self.name("DRF"[step["stream"]] + "-", 0) or responsibility_id("norr")
        text = f"secret-{len(self.texts)}-{self.ledger.head()}-"
        if do.startswith("feedback ") and do.rpartition(" ")[2] in {"give", "reply", "ask"}:
            step["question" if do == "feedback ask" else "text"] = text
            if do != "feedback reply":
                step.setdefault("about", self.name("D-", 0) or responsibility_id("norr"))
        return self.tell(step, by, back, text)

    def tell(self, step: Step, by: str, back: int = 0, text: str = "") -> bool:
        self.now += timedelta(hours=1)
        on = max(START, self.now - timedelta(hours=back))
        told = command({"reason": "so it is", **step, "by": by, "on": on})
        try:
            entries = self.ledger.tell(told).entries
        except (NotFound, Refused) as refusal:
            event(f"{step['do']}: {refusal.code}")
            return False
        event(f"{step['do']}: told")
        for entry in entries:
            self.judge(entry)
            self.streams.setdefault(entry.stream, []).append(entry)
            if text and entry.stream.startswith("F-"):
                self.texts.setdefault(entry.stream, []).append((by, text))
        return True

    def name(self, prefix: str, place: int) -> str:
        names = [stream for stream in self.streams if stream.startswith(prefix)]
        return names[-1 - place % len(names)] if names else ""

    @rule(seed=seeds)
    def anything(self, seed: int) -> None:
        """Sixteen things, each by the first who may."""
        draw = self.chance(seed)
        for _turn in range(16):
            step, actors = self.drawn(draw, *SAID), draw.sample(PEOPLE, len(PEOPLE))
            back = draw.choice((0, 0, 0, 30))
            next((by for by in actors if self.say(step, by, back)), None)

    @rule(seed=seeds)
    def speak(self, seed: int) -> None:
        """What is said on the road of a matter that was just opened, by whoever it is."""
        draw = self.chance(seed)
        opened = self.drawn(draw, "propose") | {"process": draw.choice(("consent", "consensus"))}
        self.say(opened | {"consenters": opened["consenters"] or ["anna"]}, draw.choice(PEOPLE))
        for _turn in range(draw.randrange(8)):
            step = self.drawn(draw, *ROAD)
            self.say({**step, "stream" if step["do"] == "annul" else "decision": 0}, draw.choice(PEOPLE))

    def chance(self, seed: int) -> Random:
        """Another one at each turn: what hypothesis draws for a turn it likes to draw again."""
        self.turn += 1
        return Random(f"{self.profile} {seed} {self.turn}")  # noqa: S311 - no secret

    def drawn(self, draw: Random, *names: str) -> Step:
        do = draw.choice(names)
        title = {"title": f"matter {draw.random()}"} if "in" in SAID[do] else {}
        return {"do": do, **{name: draw.choice(choices) for name, choices in SAID[do].items()}, **title}

    @rule(place=st.sampled_from(WHICH), but=st.sampled_from([None, None, *PEOPLE]), met=st.booleans())
    def all_agree(self, place: int, but: str | None, met: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        """Everybody, but one perhaps, consents to what is proposed now; who objected takes it back, or does not."""
        id_ = self.name("D-", place)
        entries = standing(self.streams.get(id_, []))
        version = 1 + sum(isinstance(entry.event, decisions.ProposalAmended) for entry in entries)
        for entry in entries if met else ():
            if isinstance(entry.event, decisions.ObjectionRaised):
                resolved = {"objection": entry.event.objection, "how": "withdrawn"}
                self.tell({"do": "resolve", "decision": id_, **resolved}, entry.actor)
        for who in PEOPLE:
            if id_ and who != but:
                self.tell({"do": "consent", "decision": id_, "version": version}, who)
        for who in PEOPLE:
            if id_ and self.tell({"do": "decide matter", "decision": id_}, who):
                break

    @rule(seed=seeds)
    def hand_over(self, seed: int) -> None:
        draw = self.chance(seed)
        code, to, by = draw.choice(CODES), draw.choice(PEOPLE), draw.choice(PEOPLE)
        terms = {name: draw.choice(choices) for name, choices in LIMITS.items()}
        self.tell({"do": "define", "code": code, "title": code, "parent": "norr"}, by)
        if self.tell({"do": "offer", "code": code, "to": to, **terms}, by):
            self.tell({"do": "accept", "code": code}, to)

    def judge(self, entry: Entry) -> None:
        """What this entry, in the light of those before it, may never be."""
        match entry.event:
            case decisions.DecisionMade():
                self.judge_road(standing(self.streams.get(entry.stream, [])))
            case responsibilities.DelegationOffered() | responsibilities.MandateChanged() as said:
                mandate = said.mandate if isinstance(said, responsibilities.DelegationOffered) else said.after
                self.judge_mandate(entry, mandate)
            case FeedbackGiven(feedback_kind="guidance", about=about):
                event("guidance given")
                assert about.partition("/")[0] in self.streams, f"guidance about {about}"
                assert not about.startswith("member:"), f"guidance about {about}"
            case _:
                pass

    def judge_road(self, lines: list[Entry]) -> None:
        proposal = next((line.event for line in lines if isinstance(line.event, decisions.DecisionProposed)), None)
        if proposal is None or proposal.process not in {"consent", "consensus"}:
            return
        event(f"decided by {proposal.process}")
        raised = {line.event.objection for line in lines if isinstance(line.event, decisions.ObjectionRaised)}
        resolved = {line.event.objection for line in lines if isinstance(line.event, decisions.ObjectionResolved)}
        assert raised <= resolved, f"decided over the objections {raised - resolved}"
        if proposal.process == "consent":
            return
        amended = [place for place, line in enumerate(lines) if isinstance(line.event, decisions.ProposalAmended)]
        barred = {line.actor for line in lines if isinstance(line.event, decisions.ConflictDeclared)}
        said_yes = {
            line.actor
            for line in lines[(amended or [0])[-1] :]
            if isinstance(line.event, decisions.ConsentGiven) and line.event.on_version == len(amended) + 1
        }
        silent = set(proposal.consenters) & set(PEOPLE) - barred - said_yes
        assert not silent, f"consensus without {silent}"

    def judge_mandate(self, entry: Entry, mandate: Mandate) -> None:
        """No limit of it is above any that holds, or held last, for what it lies under."""
        parent = self.parent(entry.stream, entry.occurred_at)
        while parent is not None:
            above = self.recorded(parent, entry.occurred_at)
            if above is not None and above.amount is not None and mandate.amount is not None:
                assert Decimal(mandate.amount) <= Decimal(above.amount), f"{mandate.amount} under {above.amount}"
            if above is not None and above.types is not None:
                event("a mandate below another")
                beyond = [each for each in mandate.types or () if not _covered(each, above.types)]
                assert not beyond, f"{beyond} under {above.types}"
            parent = self.parent(parent, entry.occurred_at)

    def parent(self, stream: str, at: datetime) -> str | None:
        found: list[tuple[datetime, int, str | None]] = []
        for line in standing(self.streams.get(stream, [])):
            if line.occurred_at <= at and isinstance(line.event, responsibilities.ResponsibilityDefined):
                found.append((line.occurred_at, line.version, line.event.parent))
            if line.occurred_at <= at and isinstance(line.event, responsibilities.ResponsibilityMoved):
                found.append((line.occurred_at, line.version, line.event.parent_after))
        return max(found, key=lambda each: each[:2])[2] if found else None

    def recorded(self, stream: str, at: datetime) -> Mandate | None:
        """The mandate of the delegation that began last by then, as it was changed last by then."""
        offers: dict[int, Mandate] = {}
        begun: list[tuple[datetime, int]] = []
        changes: list[tuple[datetime, int, int, Mandate]] = []
        for line in standing(self.streams.get(stream, [])):
            match line.event:
                case responsibilities.DelegationOffered(delegation=count, mandate=mandate, in_force=in_force):
                    offers[count] = mandate
                    begun += [(line.occurred_at, count)] if in_force and line.occurred_at <= at else []
                case responsibilities.DelegationAccepted(delegation=count) if line.occurred_at <= at:
                    begun += [(line.occurred_at, count)] if count not in [each[1] for each in begun] else []
                case responsibilities.MandateChanged(delegation=count, after=after) if line.occurred_at <= at:
                    changes.append((line.occurred_at, line.version, count, after))
                case _:
                    pass
        if not begun:
            return None
        last = max(begun)[1]
        own = [each for each in changes if each[2] == last]
        return max(own, key=lambda each: each[:2])[3] if own else offers.get(last)

    def judge_texts(self) -> None:
        """What was said between two is in nobody else's answers, nor in the record itself."""
        shared = {
            stream
            for stream, entries in self.streams.items()
            for entry in entries
            if isinstance(entry.event, FeedbackShared)
            or (isinstance(entry.event, FeedbackGiven) and entry.event.visibility != "between")
        }
        for reader in (*PEOPLE, None, "stranger"):
            self.ledger.reader = reader
            shown = self.everything()
            for stream, texts in self.texts.items():
                event = self.streams[stream][0].event
                inside = {self.streams[stream][0].actor, getattr(event, "to", None), getattr(event, "of", None)}
                for _by, text in texts:
                    assert stream in shared or reader in inside - {None} or text not in shown, f"{reader} reads {text}"
        assert not [text for texts in self.texts.values() for _by, text in texts if text in str(self.streams)]

    def everything(self) -> str:
        found: list[Any] = []
        with self.ledger.ask(questions.feedbacks, None, None, Chosen()) as got:
            found += list(got.value)
        with self.ledger.ask(questions.log, None, None) as got:
            found += list(got.value)
        for stream in self.texts:
            try:
                with self.ledger.ask(questions.feedback_shown, None, None, stream) as got:
                    found.append(got.value)
            except NotFound:
                event("an annulled feedback is not found")
        return str(found)

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            try:
                self.judge_texts()
            finally:
                self.ledger.close()
                self.folder.cleanup()


def _covered(asked: str, patterns: tuple[str, ...]) -> bool:
    return any(each == asked or (each.endswith("/*") and asked.startswith(each[:-1])) for each in patterns)


def test_the_organisations_below_may_say_every_command_there_is() -> None:
    assert set(SAID) == set(COMMANDS) - SAID_ELSEWHERE


class TestNoRandomOrganisationReachesWhatMustNeverBe(Organisations.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(
        max_examples=20,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )

    def test_no_random_organisation_reaches_what_must_never_be(self) -> None:
        self.runTest()
