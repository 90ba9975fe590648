"""The three roads out of a no: refer it up, ask for a wider mandate, or decide outside mandate and say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.aggregates.verdict import Ask, Verdict

_WIDER = {"amount": "--amount {asked}", "amount_per_year": "--amount-per-year {asked}", "scope": "--scope {asked}"}


def roads(verdict: Verdict, ask: Ask, by: str, near: str | None) -> tuple[str, ...]:
    """Commands that lead on from a no, ready to be filled in; empty for a yes."""
    if verdict.no is None or not verdict.chain:
        return ()
    leaf = verdict.chain[-1]
    amount = "" if ask.amount is None else f" --amount {ask.amount}"
    what = f"TITLE --in {leaf.code} --type {ask.type}{amount}"
    delegator = next((link.holding.holder for link in reversed(verdict.chain[:-1]) if link.holding), "the founders")
    refer = f"tillit refer-up {what} --reason WHY" if verdict.seat else f"ask {near or delegator} to decide it"
    wider = _WIDER.get(verdict.dimension or "", f"--types {ask.type}").format(asked=verdict.asked)
    if verdict.dimension == "decides":
        mandate = f"have {verdict.link} decide it too: tillit clarify {verdict.link} --decides {ask.type}"
    elif verdict.no in {"limit passed", "never granted"} and verdict.seat:
        mandate = f"ask for a wider mandate: tillit change-mandate {verdict.link} {wider} --agreed-by {by} --reason WHY"
    elif verdict.no == "not accepted":
        mandate = f"tillit accept {leaf.code}"
    else:
        mandate = f"ask {delegator} for the mandate: tillit offer {leaf.code} --to {by}"
    return (refer, mandate, f"tillit decide {what} --outside-mandate --reason WHY")
