"""Asking a question in its own words, and getting the answer as values: for those who hand it on."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cli.asking import for_anybody
from cli.errors import Usage
from cli.where import masked
from cli.words import later

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer: its columns, its rows as JSON values in their order, and the entries behind them."""

    words: str
    as_of: str
    known_at: int
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    positions: tuple[int, ...]


def asked(query: str, ledger: str, known_at: int, now: datetime) -> Asked:
    """What an asking command answers, as known at a position; as of now where the words do not say when.

    Raises Usage where the words are no asking command, or the command's own errors.
    """
    from cli.main import root  # noqa: PLC0415 - it leads to every command, this one's among them

    words = _split(query)
    as_of = next((after for word, after in itertools.pairwise(words) if word == "--as-of"), None)
    moment = f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"
    told = [*words, *([] if as_of else ["--as-of", moment])]
    how = ["--format", "jsonl", "--explain", "--known-at", str(known_at)]
    # A place with a password was not typed, and so is found again where it was found before.
    how += ["--ledger", ledger] if masked(ledger) == ledger else []
    answer = io.StringIO()
    try:
        with for_anybody(), contextlib.redirect_stdout(answer), contextlib.redirect_stderr(io.StringIO()):
            root.main(args=[*told, *how], prog_name="tillit", standalone_mode=False)
    except click.exceptions.NoSuchOption as no_option:
        raise _no_question(query) from no_option
    found: list[dict[str, Any]] = [json.loads(line) for line in answer.getvalue().splitlines()]
    positions = {position for row in found for position in row.get("explain") or ()}
    columns = tuple(found[0]) if found else ()
    rows = tuple(tuple(row[name] for name in columns) for row in found)
    return Asked(query, as_of or moment, known_at, columns, rows, tuple(sorted(positions)))


def _split(query: str) -> list[str]:
    try:
        words = shlex.split(query)
    except ValueError as wrong:
        raise _no_question(query) from wrong
    if words[:1] == ["tillit"]:
        words = words[1:]
    if not words or words[0].startswith("-"):
        raise _no_question(query)
    return words


def _no_question(query: str) -> Usage:
    template = later("'{query}' is no question that can be handed out; write it as you would ask it.")
    return Usage("query.none", template, hints=("--query 'decisions --in norr --since 2025-01-01'",), query=query)
