"""A world in memory in which commands are judged, so that a rule's test reads as given, when, then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import pytest

from ledger.aggregates import decision, feedback, goal, ledger, member, responsibility, series
from ledger.aggregates.authority import walk
from ledger.aggregates.chain import WorldRoster, chain_at
from ledger.aggregates.decision import Decision
from ledger.aggregates.feedback import Feedback
from ledger.aggregates.goal import Goal
from ledger.aggregates.ledger import Founding
from ledger.aggregates.member import Member
from ledger.aggregates.responsibility import Responsibility
from ledger.aggregates.series import Series
from ledger.aggregates.verdict import Ask, Asker
from ledger.commands import command
from ledger.commitments import Disclosure
from ledger.errors import Refused
from ledger.events import Entry
from ledger.events.corrections import corrected
from ledger.events.responsibility import ResponsibilityDefined, ResponsibilityMoved
from ledger.rules import decide
from ledger.values import instant, member_stream, responsibility_id, series_stream

if TYPE_CHECKING:
    from decimal import Decimal

    from ledger.aggregates.verdict import Verdict
    from ledger.commands import Command
    from ledger.events import Event

NOW = datetime(2025, 12, 31, tzinfo=UTC)


class Scenario:
    """Founded by eva on 1 January 2025; it is now the last of December. Days are given as 'MM-DD'."""

    def __init__(self, founders: tuple[str, ...] = ("eva",), profile: str = "tillit", **terms: Any) -> None:  # noqa: ANN401 - the terms
        self.streams: dict[str, list[Entry]] = {}
        self.texts: dict[str, Disclosure] = {}
        self.on = self.now = NOW
        fields = {"name": "Works", "origin": "test/1", "founders": list(founders), "profile": profile, **terms}
        self.tell("init", by=founders[0], on="01-01", **fields)

    def tell(self, do: str, *, by: str = "eva", on: str | None = "02-01", **fields: Any) -> Self:  # noqa: ANN401 - a command's fields
        """Judge the command and keep what it causes."""
        self.events(do, by=by, on=on, **fields)
        return self

    def events(self, do: str, *, by: str = "eva", on: str | None = "02-01", **fields: Any) -> list[Event]:  # noqa: ANN401
        """The same; the events it caused, in order."""
        told = command({"do": do, "by": by, "on": None if on is None else day(on), **fields})
        self.on = self._occurred(told)
        decided = decide(told, self)
        for stream, event in decided:
            entries = self.streams.setdefault(stream, [])
            entries.append(
                Entry(
                    stream,
                    len(entries) + 1,
                    event,
                    self.on,
                    by,
                    by,
                    reason=told.reason,
                    basis=told.basis,
                    together_with=told.together_with,
                )
            )
        return [event for _stream, event in decided]

    def refused(self, rule: str, do: str, **fields: Any) -> Refused:  # noqa: ANN401
        """The command is refused by that rule, with a sentence, and nothing is kept."""
        before = {stream: len(entries) for stream, entries in self.streams.items()}
        with pytest.raises(Refused) as refusal:
            self.tell(do, **fields)
        assert refusal.value.rule == rule, str(refusal.value)
        assert "{" not in str(refusal.value)
        assert before == {stream: len(entries) for stream, entries in self.streams.items()}
        return refusal.value

    def decides(self, title: str, *, by: str, on: str = "03-01", **fields: Any) -> str:  # noqa: ANN401
        """Decide in norr; the id of the decision."""
        events = self.events("decide", by=by, on=on, **{"title": title, "in": "norr", "type": "purchase", **fields})
        return str(getattr(events[0], "decision", ""))

    def ask(
        self,
        who: str,
        code: str = "norr",
        *,
        on: str = "03-01",
        type: str = "purchase",  # noqa: A002 - the word of the domain
        amount: Decimal | None = None,
        scope: tuple[str, ...] = (),
        one_way: bool = False,
    ) -> Verdict:
        """The walk's verdict."""
        self.on = instant(day(on))
        member_ = self.member(who)
        asker = Asker(who, present=member_.present(self.on), absent=member_.absent(self.on))
        chain = chain_at(self, responsibility_id(code), self.on)
        return walk(chain, asker, Ask(type, amount, frozenset(scope), one_way), WorldRoster(self, self.on))

    def holder(self, code: str, on: str) -> str | None:
        """Who holds it on that day."""
        holding = chain_at(self, responsibility_id(code), instant(day(on)))[-1].holding
        return holding.holder if holding else None

    def ledger(self) -> Founding:
        return self._fold("ledger", Founding(), ledger.evolve)

    def member(self, handle: str) -> Member:
        return self._fold(member_stream(handle), Member(), member.evolve)

    def responsibility(self, id_or_code: str) -> Responsibility:
        stream = id_or_code if id_or_code.startswith("R-") else responsibility_id(id_or_code)
        return self._fold(stream, Responsibility(), responsibility.evolve)

    def decision(self, id_: str) -> Decision:
        return self._fold(id_, Decision(), decision.evolve)

    def goal(self, id_: str) -> Goal:
        return self._fold(id_, Goal(), goal.evolve)

    def feedback(self, id_: str) -> Feedback:
        return self._fold(id_, Feedback(), feedback.evolve)

    def series(self, register: str) -> Series:
        return self._fold(series_stream(register), Series(), series.evolve)

    def entries(self, stream: str) -> tuple[Entry, ...]:
        return tuple(self.streams.get(stream, ()))

    def commit(self, subject: str, field: str, text: str) -> str:
        """With a salt that is no secret: the number of texts before it."""
        del subject
        disclosure = Disclosure.salted(len(self.texts).to_bytes(16), field, text)
        self.texts[disclosure.digest] = disclosure
        return disclosure.digest

    def children(self, responsibility: str) -> tuple[str, ...]:
        return tuple(
            stream
            for stream, entries in self.streams.items()
            for entry in entries
            if (isinstance(entry.event, ResponsibilityDefined) and entry.event.parent == responsibility)
            or (isinstance(entry.event, ResponsibilityMoved) and entry.event.parent_after == responsibility)
        )

    def said_to(self, member: str) -> tuple[str, ...]:
        said = (stream for stream in self.streams if stream.startswith("F-"))
        return tuple(stream for stream in said if self.feedback(stream).said_to(member))

    def _occurred(self, told: Command) -> datetime:
        """When it was true, as telling has it: the day given, the beginning of a window that lies behind, or now."""
        if told.on is not None:
            return min(told.on, self.now) if told.plans else told.on
        since = getattr(told, "since", None) if told.do in {"stand-in", "away"} else None
        return self.now if since is None else min(since, self.now)

    def _fold(self, stream: str, state: Any, evolve: Any) -> Any:  # noqa: ANN401 - one for every kind of state
        for entry in corrected(self.streams.get(stream, ())):
            state = evolve(state, entry)
        return state


def day(text: str) -> str:
    """'03-14' is 14 March 2025; anything longer is itself."""
    return f"2025-{text}" if len(text) == len("03-14") else text


def team(**mandate: Any) -> Scenario:  # noqa: ANN401 - a mandate's fields
    """Eva has offered norr to anna, who accepted on 1 February; bo and cia are there too."""
    world = Scenario()
    for handle in ("anna", "bo", "cia"):
        world.tell("member add", handle=handle, on="01-01")
    world.tell("define", code="norr", title="North", on="01-02")
    world.tell("offer", code="norr", to="anna", on="01-15", **mandate)
    return world.tell("accept", code="norr", by="anna", on="02-01")


def chain(**mandate: Any) -> Scenario:  # noqa: ANN401 - a mandate's fields
    """As `team`, with up to 200 000 and purchases only; anna has handed vagn below norr on to bo."""
    world = team(types=["purchase/*"], amount="200000")
    world.tell("define", code="vagn", title="Vehicles", parent="norr", by="anna", on="02-02")
    world.tell("offer", code="vagn", to="bo", by="anna", on="02-02", **mandate)
    return world.tell("accept", code="vagn", by="bo", on="02-03")
