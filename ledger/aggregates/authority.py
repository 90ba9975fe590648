"""The authority walk: may this member decide this, by what right, and if not, where does it stop?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ledger.aggregates.mandate import LEVEL_NAMES, level_for
from ledger.aggregates.seats import acts_for, live_from, member_seat
from ledger.aggregates.verdict import Asker, Duty, No, Seat, Verdict
from ledger.events.decision import Check
from ledger.values import covered, covers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.verdict import Ask, Link, Roster

HOLDER_DECIDES = 5
AGREE = 4


def walk(chain: Sequence[Link], asker: Asker, ask: Ask, roster: Roster) -> Verdict:
    """Judge whether `asker` may decide `ask` in the last link of `chain`, which starts at the root.

    The first link and dimension that stops it is the answer. Pure: the chain and the roster are all it knows.
    """
    leaf = chain[-1]
    deciding = _deciding_link(chain, ask)
    seat = _seat(chain, deciding, asker.handle, ask, roster)
    checks, stop = _limits(chain, deciding, ask)
    proof = Verdict(None, leaf.responsibility, checks=tuple(checks), chain=tuple(chain))
    if not asker.present:
        return replace(proof, no="ended", link=leaf.code, dimension="member", limit="present", asked="left")
    if asker.conflicted:
        return replace(proof, no="conflicted", link=leaf.code, dimension="conflict", limit="none", asked="declared")
    if seat is None:
        no, dimension, limit = _no_seat(chain, deciding, asker.handle, ask, roster)
        return replace(proof, no=no, link=leaf.code, dimension=dimension, limit=limit, asked=asker.handle)
    if stop is not None:
        no, check = stop
        code = next(link.code for link in chain if link.responsibility == check.responsibility)
        return replace(
            proof, no=no, link=code, dimension=check.dimension, limit=check.limit, asked=check.asked, seat=seat
        )
    duties = tuple(duty for duty in _duties(chain, deciding, ask) if duty.member != asker.handle)
    if asker.absent:
        away = Check(
            responsibility=leaf.responsibility, dimension="absence", limit="here", asked="away", result="warning"
        )
        return replace(proof, seat=seat, duties=duties, checks=(*checks, away))
    return replace(proof, seat=seat, duties=duties)


def nearest(chain: Sequence[Link], ask: Ask, roster: Roster) -> tuple[str, Verdict] | None:
    """The holder closest above who could decide it alone, with their verdict: (handle, verdict)."""
    for end in range(len(chain), 0, -1):
        holding = chain[end - 1].holding
        if holding is None:
            continue
        verdict = walk(chain[:end], Asker(holding.holder), ask, roster)
        if verdict.no is None:
            return holding.holder, verdict
    return None


def _deciding_link(chain: Sequence[Link], ask: Ask) -> int | None:
    """Whose it is to decide: the leaf's holder from level 4 on, otherwise the nearest live ancestor's that decides."""
    index: int | None = len(chain) - 1
    while index is not None:
        holding = chain[index].holding
        if holding is not None and (index == 0 or level_for(holding.mandate, ask.type) >= AGREE):
            return index
        index = live_from(chain, index - 1)
    return None


def _seat(chain: Sequence[Link], deciding: int | None, handle: str, ask: Ask, roster: Roster) -> Seat | None:
    """As what somebody decides, for the link whose it is; at level 4 that takes its holder and who is above it."""
    if deciding is None:
        return None
    link, last = chain[deciding], len(chain) - 1
    own = acts_for(link, handle, roster)
    if deciding > 0 and link.holding and level_for(link.holding.mandate, ask.type) == AGREE:
        above = live_from(chain, deciding - 1)
        delegator = None if above is None else chain[above].holding
        if own is not None and delegator is not None:
            own = replace(own, together_with=own.together_with | {delegator.holder})
        elif own is None and above is not None and (upper := acts_for(chain[above], handle, roster)):
            return Seat("delegator", upper.acting_for, upper.together_with | {link.holding.holder})
    if own is None or deciding == last:
        return own
    return replace(own, capacity="delegator" if chain[last].holding else "answers for vacant")


def _no_seat(chain: Sequence[Link], deciding: int | None, handle: str, ask: Ask, roster: Roster) -> tuple[No, str, str]:
    """Why there is no seat: (kind of no, dimension, limit)."""
    leaf = chain[-1]
    if leaf.offered_to and member_seat(leaf.offered_to, handle, roster):
        return "not accepted", "acceptance", f"offered to {leaf.offered_to}"
    if leaf.holding and acts_for(leaf, handle, roster):
        level = level_for(leaf.holding.mandate, ask.type)
        return "never granted", "level", f"{level} {LEVEL_NAMES[level]}"
    if leaf.former and member_seat(leaf.former[0], handle, roster):
        return "ended", "window", f"{leaf.former[2]} {leaf.former[1]:%Y-%m-%d}"
    holding = None if deciding is None else chain[deciding].holding
    return "never granted", "holder", holding.holder if holding else "nobody"


def _limits(chain: Sequence[Link], deciding: int | None, ask: Ask) -> tuple[list[Check], tuple[No, Check] | None]:
    """Every test from the root down, until the first that fails."""
    checks: list[Check] = []
    last = len(chain) - 1
    for index, link in enumerate(chain):
        bound = deciding is None or index <= deciding
        for no, dimension, limit, asked, result in _link_tests(link, ask, bound=bound, leaf=index == last):
            check = Check.model_construct(
                responsibility=link.responsibility, dimension=dimension, limit=limit, asked=asked, result=result
            )
            checks.append(check)
            if result == "no":
                return checks, (no, check)
    return checks, None


_Test = tuple[No, str, str, str, Literal["ok", "no", "not stated"]]


def _link_tests(link: Link, ask: Ask, *, bound: bool, leaf: bool) -> Sequence[_Test]:
    """The tests of one link. A vacant link below who decides binds nobody; above, its last mandate is a ceiling."""
    tests: list[_Test] = []
    if link.decides:
        tests.append(
            ("never granted", "decides", " ".join(link.decides), ask.type, _ok(covered(ask.type, link.decides)))
        )
    if not leaf:
        kept = (pattern for pattern in link.reserved if covers(pattern, ask.type))
        tests.extend(("reserved", "reserved", pattern, ask.type, "no") for pattern in kept)
    mandate = link.mandate
    if mandate is None or not bound:
        return tests
    if mandate.types is not None:
        tests.append(
            ("never granted", "types", " ".join(mandate.types), ask.type, _ok(covered(ask.type, mandate.types)))
        )
    if mandate.amount is not None:
        within = None if ask.amount is None else ask.amount <= Decimal(mandate.amount)
        tests.append(("limit passed", "amount", mandate.amount, _stated(ask.amount), _ok(within)))
    if mandate.amount_per_year is not None:
        total = None if ask.amount is None else ask.amount + link.drawn
        within = None if total is None else total <= Decimal(mandate.amount_per_year)
        tests.append(("limit passed", "amount_per_year", mandate.amount_per_year, _stated(total), _ok(within)))
    if mandate.scope is not None:
        inside = ask.scope <= set(mandate.scope) if ask.scope else None
        asked = " ".join(sorted(ask.scope)) or "not stated"
        tests.append(("limit passed", "scope", " ".join(mandate.scope), asked, _ok(inside)))
    if mandate.one_way is False:
        asked = "one-way" if ask.one_way else "two-way"
        tests.append(("limit passed", "one_way", "two-way only", asked, _ok(not ask.one_way)))
    return tests


def _ok(passed: bool | None) -> Literal["ok", "no", "not stated"]:  # noqa: FBT001 - a test's outcome, not a switch
    return "not stated" if passed is None else "ok" if passed else "no"


def _stated(amount: Decimal | None) -> str:
    return "not stated" if amount is None else str(amount)


def _duties(chain: Sequence[Link], deciding: int | None, ask: Ask) -> list[Duty]:
    """Conditions of every mandate down to who decides, and what the level of the leaf asks for."""
    duties: dict[tuple[str, str], Duty] = {}
    decides = chain[deciding].holding if deciding is not None else None
    own = decides.holder if decides else None
    for link in chain[: (len(chain) - 1 if deciding is None else deciding) + 1]:
        for each in link.mandate.conditions if link.mandate else ():
            small = each.above is not None and ask.amount is not None and ask.amount <= Decimal(each.above)
            if small or (each.kind == "report" and each.member == own):
                # Nobody reports to themselves, neither what a group decides to that group.
                continue
            duties.setdefault(
                (each.kind, each.member), Duty(each.kind, each.member, f"condition of {link.code}", each.within)
            )
    leaf = chain[-1]
    if leaf.holding is None or len(chain) == 1:
        return list(duties.values())
    level = level_for(leaf.holding.mandate, ask.type)
    above = live_from(chain, len(chain) - 2)
    upper = chain[above].holding if above is not None else None
    delegator, holder = (upper.holder if upper else leaf.holding.delegator), leaf.holding.holder
    by_level: dict[int, list[tuple[Literal["consult", "report", "rationale", "tell"], str]]] = {
        1: [("tell", holder)],
        2: [("rationale", holder), ("tell", holder)],
        3: [("consult", holder), ("tell", holder)],
        HOLDER_DECIDES: [("consult", delegator)],
        6: [("report", delegator)],
    }
    for kind, member in by_level.get(level, []):
        duties.setdefault((kind, member), Duty(kind, member, f"level {level}"))
    return list(duties.values())
