"""The auditor's own trail: what was asked, what it answered, and whether it still does."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from cli import days
from cli.asked import asked
from cli.asking import ask
from cli.errors import Usage, problem_of
from cli.options import reads, writes
from cli.recording import Said, record
from cli.signed import keys
from cli.tables import answer
from cli.values import TEXT
from cli.words import _, later, plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cli.call import Asking, Writing
    from ledger import Told

THEN = ("audit", "query", "as_of", "known_at", "fingerprint", "finding", "by", "when")
AGAIN = ("audit", "query", "as_of", "fingerprint", "fingerprint_now", "same", "why")
VERIFY = "verify"
_FAILED = 1


@click.command(
    help=_(
        "Ask a question and record that it was asked: its words, the moment, how much the ledger knew, and the fingerprint of the answer, so that anybody can ask it again later and see whether it answers the same. A finding is recorded for all to read. The question `verify` is answered by the root of the tree that was verified.\n\n    tillit audit 'decisions --outside' --finding 'two without a reason'"
    )
)
@click.argument("query")
@click.option("--finding", type=TEXT, metavar="TEXT", help=_("What was found, if anything."))
@writes()
def audit(writing: Writing, query: str, finding: str | None) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    words, as_of, known_at = _when(query, writing.now)
    with open_ledger(writing.place()) as ledger:
        head = ledger.head()
    known = head if known_at is None else known_at
    if known > head:
        raise Usage(
            "audit.known_at", later("The ledger ends at {head}; nothing is known at {known}."), head=head, known=known
        )
    rows, fingerprint = _answered(words, writing.place(), known, as_of)
    fields = {"query": words, "as_of": as_of, "known_at": known, "fingerprint": fingerprint, "finding": finding}
    record(writing, "audit", fields, lambda told: _said(told, rows))


def _said(told: Told, rows: int) -> Said:
    """Of the audit as it was recorded, which may have been before: see --key."""
    event = told.entries[0].event.model_dump()
    sentence = plural("It answers {count} row, {fingerprint}.", "It answers {count} rows, {fingerprint}.", rows)
    facts = {"query": event["query"], "known_at": event["known_at"], "fingerprint": event["fingerprint"], "rows": rows}
    return Said(sentence.format(count=rows, fingerprint=event["fingerprint"]), facts, "tillit audits --repeat")


@click.command(
    help=_(
        "What earlier audits asked; with --repeat, asked again as of the same moment and as known at the same position. Exit 1 where an answer is another than then.\n\n    tillit audits --repeat"
    )
)
@click.option("--repeat", is_flag=True, help=_("Ask again, and say whether the answers are the same."))
@reads(*dict.fromkeys((*THEN, *AGAIN)))
def audits(asking: Asking, repeat: bool) -> int:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    shown = asking.usual(*(AGAIN if repeat else THEN))
    with ask(asking, questions.audits) as got:
        rows, known = list(got.value), got.known
    if repeat:
        rows = list(_repeated(rows, asking.place()))
    answer(rows, shown, nothing=_("No audit was recorded by that moment."), known=known)
    return _FAILED if any(row.get("same") is False for row in rows) else 0


def _repeated(rows: list[dict[str, Any]], ledger: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        try:
            _count, now = _answered(row["query"], ledger, row["known_at"], row["as_of"])
        except Exception as error:
            problem = problem_of(error)
            if problem.code == "bug":
                raise
            # A question that this program does not know, or a name that is no more: that is the answer of today.
            yield {**row, "fingerprint_now": None, "same": None, "why": problem.message}
        else:
            yield {**row, "fingerprint_now": now, "same": now == row["fingerprint"], "why": None}


def _verified(ledger: str, size: int) -> tuple[int, str]:
    """How many checks passed, and what fixes all that was verified: the root of the tree of so many entries."""
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it
    from ledger.errors import Damaged  # noqa: PLC0415

    with open_ledger(ledger, keys=keys()) as opened:
        report = opened.verify()
        if not report.whole:
            template = later("The ledger does not verify, so that was not recorded; see tillit verify.")
            raise Damaged("audit.damaged", template, position=report.position)
        return len(report.checks), opened.notary.root_at(size).hex()


def _answered(words: str, ledger: str, known_at: int, as_of: datetime) -> tuple[int, str]:
    """How many rows, and the fingerprint of the columns and rows as a case has it. Raises as `asked`."""
    if words == VERIFY:
        return _verified(ledger, known_at)
    from ledger import Query  # noqa: PLC0415 - the front door, when a command needs it

    # What the words leave to the day on which they are said (30d, last friday) is that of the moment asked about.
    with days.standing_still(as_of):
        found = asked(words, ledger, known_at, as_of)
    return len(found.rows), Query(found.words, found.as_of, known_at, found.columns, found.rows).fingerprint


def _when(query: str, now: datetime) -> tuple[str, datetime, int | None]:
    """The question without its moment, and that: as of when (now if not said), and the position known at, if any."""
    try:
        words = shlex.split(query)
    except ValueError:
        raise Usage(
            "query.none", later("'{query}' is no question; write it as you would ask it."), query=query
        ) from None
    as_of, words = _taken(words, "--as-of")
    known_at, words = _taken(words, "--known-at")
    if known_at is not None and not known_at.isdecimal():
        raise Usage(
            "audit.known_at", later("{text} is no position; in an audit, say --known-at as one."), text=known_at
        )
    moment = now if as_of is None else days.asof(days.read(as_of, now), now)
    return shlex.join(words), moment, None if known_at is None else int(known_at)


def _taken(words: list[str], option: str) -> tuple[str | None, list[str]]:
    """The value of an option among the words, and the words without it."""
    for place, word in enumerate(words):
        if word == option and place + 1 < len(words):
            return words[place + 1], words[:place] + words[place + 2 :]
        if word.startswith(f"{option}="):
            return word.partition("=")[2], words[:place] + words[place + 1 :]
    return None, words
