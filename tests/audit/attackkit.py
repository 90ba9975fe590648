"""What an attacker does to a ledger's file, and what `tillit verify` then says of it in each way of asking."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from auditkit import Office, Row

from ledger.transparency.notes import SigningKey

Change = Callable[[list[Row]], list[Row]]
WAYS = ("bare", "alone", "known", "here")
"""With nothing; with the verifier's own key; also with the checkpoints he remembers; on the machine that signs."""


def verified(office: Office, way: str, *sizes: int) -> dict[str, Any]:
    """What `tillit verify` answers, which it must say in the same way to people and to programs."""
    words = ["verify"]
    if way in {"alone", "known"}:
        words += ["--key", office.vkey]
    if way == "known":
        words += [word for size in sizes or (14,) for word in ("--known", office.known(size))]
    told = office.say(*words, "--json", elsewhere=way != "here")
    plain = office.say(*words, elsewhere=way != "here")
    answer: dict[str, Any] = json.loads(told.stdout)
    assert told.exit_code == plain.exit_code == (0 if answer["verdict"] == "whole" else 4), plain.output
    for check in answer["checks"]:
        assert f"{'ok' if check['ok'] else 'NO'} {check['check']:<11} {check['said']}" in plain.stdout
    if answer["first_break"] is not None:
        assert f"position {answer['first_break']}" in plain.stderr
    for line in answer["coverage"]:
        assert line in plain.stdout
    return answer


def broken(answer: dict[str, Any]) -> tuple[str, int | None, str]:
    """Which check failed, where, and what it says. One check fails, and those that need it are not made."""
    (failed,) = (check for check in answer["checks"] if not check["ok"])
    assert failed is answer["checks"][-1]
    assert answer["verdict"] == "damaged"
    assert answer["first_break"] == failed["position"]
    return failed["check"], failed["position"], failed["said"]


def whole(answer: dict[str, Any]) -> list[str]:
    assert answer["verdict"] == "whole", answer
    assert answer["first_break"] is None
    assert len(answer["not_shown"]) == 3
    coverage: list[str] = answer["coverage"]
    return coverage


def edited(position: int) -> Change:
    def change(rows: list[Row]) -> list[Row]:
        rows[position - 1].entry["event"]["title"] = "Somebody Else"
        return rows

    return change


def deleted(position: int) -> Change:
    return lambda rows: rows[: position - 1] + rows[position:]


def inserted(position: int) -> Change:
    def change(rows: list[Row]) -> list[Row]:
        more = copy.deepcopy(rows[position - 1])
        more.entry["stream"], more.entry["event"]["code"] = "R-0000000000", "ghost"
        more.entry.pop("key", None)
        return [*rows[: position - 1], more, *rows[position - 1 :]]

    return change


def swapped(position: int) -> Change:
    def change(rows: list[Row]) -> list[Row]:
        rows[position - 1 : position + 1] = reversed(rows[position - 1 : position + 1])
        return rows

    return change


def cut(position: int) -> Change:
    """All from that position on."""
    return lambda rows: rows[: position - 1]


CLEVER = {"edit": edited, "delete": deleted, "insert": inserted, "swap": swapped}


def key_of(office: Office) -> SigningKey:
    return SigningKey.parse(office.mine("key").read_text().strip())
