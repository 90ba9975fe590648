"""The authority walk says the same, fed from the streams, by which rules judge, or from the views, which people ask."""

from __future__ import annotations

import itertools
import shutil
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hypothesis import event, given
from random_histories import CODES, MEMBERS, MOMENTS, PRELUDE, bounded, histories, told
from viewkit import day

from ledger import Ask
from ledger.aggregates import decision, member, responsibility
from ledger.aggregates.authority import walk
from ledger.aggregates.chain import WorldRoster, chain_at
from ledger.aggregates.decision import Decision
from ledger.aggregates.ledger import Founding
from ledger.aggregates.member import Member
from ledger.aggregates.responsibility import Responsibility
from ledger.asking.authority import verdict_in
from ledger.asking.view import View
from ledger.errors import NotFound, Refused
from ledger.events.corrections import corrected
from ledger.rules.common import asker
from ledger.telling import Scene
from ledger.values import member_stream, responsibility_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from random_histories import Step

    from ledger.aggregates.decider import World
    from ledger.aggregates.verdict import Verdict
    from ledger.events import Entry, Recorded

T = TypeVar("T")
ASKS = (Ask("spend"), Ask("spend", Decimal(200)), Ask("spend", Decimal(900)), Ask("hire", Decimal(200)))


class PastWorld:
    """The streams folded up to a position, for rules that look back."""

    def __init__(self, log: Sequence[Recorded], position: int, on: datetime) -> None:
        self.on = self.now = on
        self._log = [each.entry for each in log if each.position <= position]

        self._folded: dict[str, Any] = {}

    def _of(self, stream: str, initial: T, evolve: Callable[[T, Entry], T]) -> T:
        if stream not in self._folded:
            entries = corrected(entry for entry in self._log if entry.stream == stream)
            self._folded[stream] = reduce(evolve, entries, initial)
        return cast("T", self._folded[stream])

    def ledger(self) -> Founding:
        return Founding()

    def member(self, handle: str) -> Member:
        return self._of(member_stream(handle), Member(), member.evolve)

    def responsibility(self, id_or_code: str) -> Responsibility:
        stream = id_or_code if id_or_code.startswith("R-") else responsibility_id(id_or_code)
        return self._of(stream, Responsibility(), responsibility.evolve)

    def decision(self, id_: str) -> Decision:
        return self._of(id_, Decision(), decision.evolve)

    def entries(self, stream: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self._log if entry.stream == stream)

    def children(self, responsibility: str) -> tuple[str, ...]:
        del responsibility
        return ()


def _said(verdict: Verdict) -> tuple[object, ...]:
    duties = sorted((duty.kind, duty.member, duty.source, duty.within or 0) for duty in verdict.duties)
    return verdict.no, verdict.link, verdict.dimension, verdict.limit, verdict.asked, verdict.seat, duties


def _from_streams(world: World, code: str, handle: str) -> list[tuple[object, ...]] | None:
    try:
        chain = chain_at(world, responsibility_id(code), world.on)
    except Refused:
        return None
    who, roster = asker(world, handle), WorldRoster(world, world.on)
    return [_said(walk(chain, who, ask, roster)) for ask in ASKS]


def _from_views(view: View, code: str, handle: str) -> list[tuple[object, ...]] | None:
    try:
        return [_said(verdict_in(view, responsibility_id(code), handle, ask)) for ask in ASKS]
    except NotFound:
        return None


@bounded(20)
@given(steps=histories(most=20))
def test_the_walk_gives_the_same_verdict_from_the_streams_and_from_the_views(steps: list[Step]) -> None:
    _same_from_both_sides(steps, "tillit")


@bounded(10)
@given(steps=histories(most=20))
def test_the_walk_gives_the_same_verdict_where_an_offer_is_in_force_at_once(steps: list[Step]) -> None:
    _same_from_both_sides(steps, "kommunal")


def _same_from_both_sides(steps: list[Step], profile: str) -> None:
    town = told(steps, profile=profile).town
    ledger = town.ledger
    try:
        ledger.catch_up()
        head = ledger.head()
        log = ledger._views.log.read(0, head)
        desk = ledger.begin()
        past = (town.founded + PRELUDE + head) // 2
        reached: set[str] = set()
        for t, position in itertools.product(MOMENTS, (head, past)):
            world = Scene(desk, t, day("7")) if position == head else PastWorld(log, position, t)
            with ledger._views._reading() as connection:
                view = View(connection, ledger._views.log, t, position)
                for code, handle in itertools.product(("root", *CODES), MEMBERS):
                    have, want = _from_views(view, code, handle), _from_streams(world, code, handle)
                    assert have == want, f"{handle} in {code} as of {t} as known at {position}"
                    reached |= {f"no: {no}, {dimension}" if no else "yes" for no, _, dimension, *_ in want or ()}
                    reached |= {f"yes, as {each[5].capacity}" for each in want or () if not each[0]}  # type: ignore[attr-defined]
        for what in sorted(reached - {"yes"}):
            event(what)
    finally:
        ledger.close()
        shutil.rmtree(town.path.parent)
