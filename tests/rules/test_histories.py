"""Random histories of a tiny world: whatever happens, no mandate reaches beyond the one above it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from scenario import Scenario

from ledger.aggregates.authority import walk
from ledger.aggregates.chain import WorldRoster, chain_at, held
from ledger.aggregates.verdict import Ask, Asker, Link
from ledger.commands import command
from ledger.errors import Refused
from ledger.events import Entry
from ledger.events.responsibility import DelegationAccepted, DelegationOffered, Mandate, MandateChanged
from ledger.rules import decide
from ledger.values import instant, responsibility_id

PEOPLE = ("eva", "anna", "bo")
PARENTS = {"norr": "root", "vagn": "norr", "hjul": "vagn", "syd": "root"}
# Who holds them at first: nobody holds what they answer for themselves.
HOLDERS = [("anna", "bo", "eva", "bo"), ("anna", "bo", "anna", "anna"), ("bo", "anna", "bo", "anna")]
DAYS = ("2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04", "2025-01-05")
MOMENTS = [moment for day in DAYS for moment in (instant(day), instant(day) + timedelta(hours=12))]
ASKS = [Ask(kind, Decimal(amount)) for kind in ("buy/van", "hire") for amount in (10, 100, 1000)]

Yes = frozenset[tuple[Any, ...]]

days = st.sampled_from(DAYS[:-1])
halves = st.sampled_from([f"{day}T{hour}:00:00Z" for day in DAYS[:-1] for hour in ("00", "12")])
codes = st.sampled_from(tuple(PARENTS))
people = st.sampled_from(PEOPLE)
terms = st.fixed_dictionaries(
    {},
    optional={
        "types": st.sampled_from([["buy/*"], ["buy/van"], ["hire"], ["buy/*", "hire"]]),
        "amount": st.sampled_from(["10", "100", "1000"]),
        "until": st.sampled_from(DAYS[3:]),
        "further": st.sampled_from([0, 1, 2]),
    },
)


class Town(Scenario):
    """A scenario that folds a stream again only when it has grown."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, Any]] = {}
        super().__init__()

    def _fold(self, stream: str, state: Any, evolve: Any) -> Any:  # noqa: ANN401 - one for every kind of state
        entries = self.streams.get(stream, [])
        if stream not in self.kept or self.kept[stream][0] != len(entries):
            self.kept[stream] = (len(entries), super()._fold(stream, state, evolve))
        return self.kept[stream][1]

    def attempt(self, do: str, on: str, **fields: Any) -> bool:  # noqa: ANN401 - a command's fields
        """Whoever may say it says it; False where nobody may."""
        for by in PEOPLE:
            told = command({"do": do, "by": by, "on": on, "reason": "so it is", **fields})
            assert told.on is not None
            self.on = told.on
            try:
                decided = decide(told, self)
            except Refused:
                continue
            for stream, each in decided:
                entries = self.streams.setdefault(stream, [])
                entries.append(Entry(stream, len(entries) + 1, each, self.on, by, by))
            return True
        return False


class Histories(RuleBasedStateMachine):
    """Offers, changes and endings in any order, on any of four days, also before what was recorded earlier."""

    ends: ClassVar[frozenset[str]] = frozenset({"revoke", "hand-back", "complete", "member leave"})

    @initialize(holders=st.sampled_from(HOLDERS), terms=st.tuples(*(terms for _code in PARENTS)))
    def found(self, holders: tuple[str, ...], terms: tuple[dict[str, Any], ...]) -> None:
        self.town = Town()
        self.grown = True
        for handle in PEOPLE[1:]:
            self.town.tell("member add", handle=handle, on=DAYS[0])
        for code, parent in PARENTS.items():
            self.town.tell("define", code=code, title=code, parent=parent, on=DAYS[0])
        for code, to, limits in zip(PARENTS, holders, terms, strict=True):
            self.hand_over(code, to, DAYS[0], DAYS[0], limits)

    def tell(self, do: str, on: str, **fields: Any) -> bool:  # noqa: ANN401 - a command's fields
        if do in {"revoke", "hand-back"} and self.changed_since(fields["code"], on):
            # What that does to those below is a case of its own, in test_mandates.
            return False
        before = self.yes() if do in self.ends else None
        told = self.town.attempt(do, on, **fields)
        event(f"{do}: {'told' if told else 'refused'}")
        self.grown = self.grown or told
        if told and before is not None:
            holders = {(at, code): holder for at, code, holder, _ask in before}
            grown = {each for each in self.yes() - before if holders.get(each[:2]) == each[2]}
            assert not grown, f"{do} widened {min(map(str, grown))}"
        return told

    def changed_since(self, code: str, on: str) -> bool:
        entries = self.town.streams[responsibility_id(code)]
        return any(isinstance(entry.event, MandateChanged) and entry.occurred_at >= instant(on) for entry in entries)

    @rule(code=codes, to=people, offered=days, accepted=days, terms=terms)
    def hand_over(self, code: str, to: str, offered: str, accepted: str, terms: dict[str, Any]) -> None:
        if self.tell("offer", offered, code=code, to=to, **terms) and not self.tell(
            "accept", max(offered, accepted), code=code
        ):
            self.tell("withdraw-offer", max(offered, accepted), code=code)

    @rule(code=codes, on=days, terms=terms, inherit=st.sampled_from([[], ["amount"], ["types"]]))
    def change(self, code: str, on: str, terms: dict[str, Any], inherit: list[str]) -> None:
        holder = self.town.holder(code, on)
        self.tell("change-mandate", on, code=code, inherit=inherit, agreed_by=[holder] if holder else [], **terms)

    @rule(code=codes, on=days, until=st.sampled_from(DAYS[2:]))
    def renew(self, code: str, on: str, until: str) -> None:
        self.tell("renew", on, code=code, until=until)

    @rule(code=codes, on=halves)
    def revoke(self, code: str, on: str) -> None:
        self.tell("revoke", on, code=code)

    @rule(code=codes, on=halves)
    def hand_back(self, code: str, on: str) -> None:
        self.tell("hand-back", on, code=code, lacking="capacity")

    @rule(code=codes, member=people, on=days)
    def stand_in(self, code: str, member: str, on: str) -> None:
        self.tell("stand-in", on, code=code, member=member, until=DAYS[DAYS.index(on) + 1], **{"from": on})

    @rule(who=st.sampled_from(PEOPLE[1:]), on=st.sampled_from(DAYS[2:]))
    def leave(self, who: str, on: str) -> None:
        self.tell("member leave", on, handle=who)

    @rule(code=st.sampled_from(["vagn", "hjul"]), parent=st.sampled_from(["root", *PARENTS]), on=days)
    def move(self, code: str, parent: str, on: str) -> None:
        self.tell("move", on, code=code, parent=parent)

    @invariant()
    def no_mandate_reaches_beyond_those_above_it(self) -> None:
        if not self.grown:
            return
        self.grown = False
        for at in MOMENTS:
            for code in PARENTS:
                self.look(code, at)

    def look(self, code: str, at: Any) -> None:  # noqa: ANN401 - a moment
        state = self.town.responsibility(code)
        windows = [window for each in state.delegations if (window := held(self.town, each)) and window.holds(at)]
        assert len(windows) <= 1, f"{code} is held by several at {at}"
        chain = chain_at(self.town, state.id, at)
        for ask, who, no, deciding in self.verdicts(chain, at):
            if no is not None:
                continue
            event("somebody may decide")
            for link in chain[: deciding + 1]:
                mandate = self.recorded(link.responsibility, at)
                if mandate is None:
                    continue
                allowed = mandate.amount is None or ask.amount is None or ask.amount <= Decimal(mandate.amount)
                assert allowed, f"{who} decides {ask.amount} in {code} at {at}, {link.code} allows {mandate.amount}"
                assert mandate.types is None or any(_covers(pattern, ask.type) for pattern in mandate.types), (
                    f"{who} decides {ask.type} in {code} at {at}, {link.code} allows {mandate.types}"
                )

    def verdicts(self, chain: tuple[Link, ...], at: Any) -> list[tuple[Ask, str, str | None, int]]:  # noqa: ANN401
        """What everybody is told about everything, and which link they decide for."""
        live = [index for index, link in enumerate(chain) if link.holding]
        roster = WorldRoster(self.town, at)
        askers = [Asker(who, present=self.town.member(who).present(at)) for who in PEOPLE]
        return [
            (ask, asker.handle, walk(chain, asker, ask, roster).no, live[-1] if live else -1)
            for asker in askers
            for ask in ASKS
        ]

    def yes(self) -> Yes:
        """Everything that holders may decide in what they hold: (moment, code, holder, ask)."""
        found: set[tuple[Any, ...]] = set()
        for at in MOMENTS:
            roster = WorldRoster(self.town, at)
            for code in PARENTS:
                chain = chain_at(self.town, responsibility_id(code), at)
                if (holding := chain[-1].holding) is not None:
                    asker = Asker(holding.holder)
                    found |= {
                        (at, code, holding.holder, ask) for ask in ASKS if walk(chain, asker, ask, roster).no is None
                    }
        return frozenset(found)

    def recorded(self, id_: str, at: Any) -> Mandate | None:  # noqa: ANN401 - a moment
        """The mandate that the entries say: the latest accepted by then with its latest change by then."""
        offers: dict[int, Mandate] = {}
        accepted: list[tuple[Any, int]] = []
        changes: list[tuple[Any, int, int, Mandate]] = []
        for entry in self.town.streams[id_]:
            match entry.event:
                case DelegationOffered() as offer:
                    offers[offer.delegation] = offer.mandate
                case DelegationAccepted(delegation=number) if entry.occurred_at <= at:
                    accepted.append((entry.occurred_at, number))
                case MandateChanged(delegation=number, after=after) if entry.occurred_at <= at:
                    changes.append((entry.occurred_at, entry.version, number, after))
                case _:
                    pass
        if not accepted:
            return None
        last = max(accepted)[1]
        own = [change for change in changes if change[2] == last]
        return max(own, key=lambda change: change[:2])[3] if own else offers[last]


def _covers(pattern: str, kind: str) -> bool:
    return pattern == kind or (pattern.endswith("/*") and kind.startswith(pattern[:-1]))


class TestNoRandomHistoryWidensAMandateBeyondItsParent(Histories.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(
        max_examples=60,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )

    def test_no_random_history_widens_a_mandate_beyond_its_parent(self) -> None:
        self.runTest()
