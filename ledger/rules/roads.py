"""The three roads out of a no: refer it up, ask for a wider mandate, or decide outside mandate and say why."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.aggregates.verdict import Ask, Link, Verdict


def roads(verdict: Verdict, ask: Ask, by: str, near: str | None) -> tuple[str, ...]:
    """Commands that lead on from a no, ready to be filled in; empty for a yes."""
    if verdict.no is None or not verdict.chain:
        return ()
    leaf = verdict.chain[-1]
    amount = "" if ask.amount is None else f" --amount {ask.amount}"
    touched = repeated("--scope", sorted(ask.scope)) + (" --one-way" if ask.one_way else "")
    what = f"TITLE --in {leaf.code} --type {shlex.quote(ask.type)}{amount}{touched}"
    delegator = next((_holder(link) for link in reversed(verdict.chain[:-1]) if link.holding), "the founders")
    refer = f"tillit refer-up {what} --reason WHY" if verdict.seat else f"ask {near or delegator} to decide it"
    stops = next((link for link in verdict.chain if link.code == verdict.link), leaf)
    match verdict.dimension:
        case "decides":
            also = repeated("--decides", (*stops.decides, ask.type))
            mandate = f"have {stops.code} decide it too: tillit clarify {stops.code}{also}"
        case "reserved":
            mandate = f"have {_holder(stops)} decide it in {stops.code}, which keeps {verdict.limit} for itself"
        case "acceptance":
            mandate = f"tillit accept {leaf.code}"
        case dimension if wider := _wider(dimension, stops, ask, verdict.asked):
            change = f"tillit change-mandate {stops.code}{wider} --agreed-by {_holder(stops)} --reason WHY"
            anew = f"tillit offer {stops.code} --to HANDLE{wider}"
            mandate = f"ask for a wider mandate: {change if stops.holding else anew}"
        case _:
            mandate = f"ask {delegator} for the mandate: tillit offer {leaf.code} --to {by}"
    return (refer, mandate, f"tillit decide {what} --outside-mandate --reason WHY")


def _wider(dimension: str | None, link: Link, ask: Ask, asked: str | None) -> str:
    """What to say of the mandate so that it reaches; a list is said whole, for what is given takes its place."""
    mandate = link.mandate
    match dimension:
        case "types":
            return repeated("--types", (*((mandate and mandate.types) or ()), ask.type))
        case "scope":
            return repeated("--scope", dict.fromkeys((*((mandate and mandate.scope) or ()), *sorted(ask.scope))))
        case "amount":
            return f" --amount {asked}"
        case "amount_per_year":
            return f" --amount-per-year {asked}"
        case "one_way":
            return " --one-way-too"
        case "level":
            return " --level 4"
        case _:
            return ""


def _holder(link: Link) -> str:
    return link.holding.holder if link.holding else "the founders"


def repeated(option: str, values: Iterable[str]) -> str:
    """The option once for each value, as a shell takes it."""
    return "".join(f" {option} {shlex.quote(value)}" for value in values)
