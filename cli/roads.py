"""Asking about the road to a decision and what came of it: who was heard, who stands behind it, who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import show
from cli.asking import ask
from cli.completion import live
from cli.days import DAY, SINCE, edge
from cli.options import reads
from cli.tables import answer
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cli.call import Asking
    from cli.days import Moment

    Row = dict[str, object]

STANDS_BEHIND = ("member", "stance", "version", "when", "concern", "joined_since", "unanimous", "review_on")
CONSENSUS = ("decision", "consenters_then", "consented_on_final_version", "missing", "conflicted", "changed_in_between")
OBJECTIONS = ("decision", "objection", "by", "kind", "argument", "state", "state_when_decided")
CONDITIONS = ("decision", "condition", "who", "sought", "answered", "when")
CONFLICTS = ("decision", "member", "ground", "declared", "acted_after", "who_decided_instead")
INVOLVED = ("decision", "affected", "asked", "answered", "answered_before", "share")
LEARNED = ("decision", "expected", "happened", "process", "outcome", "learned", "verdict", "came_of_it")
REPORTS = ("decision", "rule", "due", "reported", "days_late", "to")
PACK = ("number", "date", "code", "matter", "decision", "delegate", "acting", "case")
_DECISION = click.argument("decision", shell_complete=live("decision"))


@click.command(
    help=_(
        "Who stands behind a decision, on which version; and who joined since and was never asked.\n\n    tillit agreement D-2m9x1"
    )
)
@_DECISION
@reads(*STANDS_BEHIND, "left", "on_version")
def agreement(asking: Asking, decision: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    last: list[Row] = []

    def noted(rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            last[:] = [row]
            yield row

    with ask(asking, questions.agreement, decision) as got:
        nothing = _("Nobody was asked for their consent to it.")
        answer(noted(got.value), asking.usual(*STANDS_BEHIND), nothing=nothing, known=got.known)
    if last and asking.format not in {"json", "jsonl"}:
        unanimous = _("Everybody who was asked stands behind it.")
        show.say(unanimous if last[0]["unanimous"] else _("Not everybody who was asked stands behind it."))
        if last[0]["review_on"]:
            show.say(_("It is looked at again on {day}.").format(day=last[0]["review_on"]))


@click.command(
    help=_(
        "Decisions made by consensus, and whether everybody said yes to what was decided. With --check, exit 1 where somebody did not.\n\n    tillit consensus --check"
    )
)
@click.option("--check", is_flag=True, help=_("Only those that lack somebody's yes; exit 1 where there are any."))
@reads(*CONSENSUS, "title", "made")
def consensus(asking: Asking, check: bool) -> int:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    broken = 0

    def counted(rows: Iterable[Row]) -> Iterator[Row]:
        nonlocal broken
        for row in rows:
            broken += check
            yield row

    with ask(asking, questions.consensus, broken=check) as got:
        nothing = _("Every consensus was of all.") if check else _("Nothing was decided by consensus.")
        answer(counted(got.value), asking.usual(*CONSENSUS), nothing=nothing, known=got.known)
    return 1 if broken else 0


@click.command(help=_("What was objected, and how it was met.\n\n    tillit objections --overridden"))
@click.option("--overridden", is_flag=True, help=_("Only those that were open when it was decided."))
@reads(*OBJECTIONS, "title", "raised", "process", "resolved_by", "explanation")
def objections(asking: Asking, overridden: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.objections, overridden=overridden) as got:
        nothing = _("Nothing was decided over an open objection.") if overridden else _("Nobody has objected.")
        answer(got.value, asking.usual(*OBJECTIONS), nothing=nothing, known=got.known)


@click.command(
    help=_("What mandates and levels had come before or after each decision.\n\n    tillit conditions --unmet")
)
@click.option("--unmet", is_flag=True, help=_("Only what had not come in time."))
@reads(*CONDITIONS, "met", "title", "by")
def conditions(asking: Asking, unmet: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.conditions, unmet=unmet) as got:
        nothing = _("Every condition was met.") if unmet else _("No decision had a condition.")
        answer(got.value, asking.usual(*CONDITIONS), nothing=nothing, known=got.known)


@click.command(help=_("Who declared a conflict of interest, and whether they acted after it.\n\n    tillit conflicts"))
@reads(*CONFLICTS, "title")
def conflicts(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.conflicts) as got:
        nothing = _("Nobody has declared a conflict of interest.")
        answer(got.value, asking.usual(*CONFLICTS), nothing=nothing, known=got.known)


@click.command(help=_("Were those affected asked before, not after?\n\n    tillit involvement --since 90d"))
@click.option("--since", type=SINCE, help=_("Made on that day or later, as in 90d or 2027-01-01."))
@reads(*INVOLVED, "title", "made")
def involvement(asking: Asking, since: Moment | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.involvement, None if since is None else edge(since)) as got:
        nothing = _("No decision says whom it affects.")
        answer(got.value, asking.usual(*INVOLVED), nothing=nothing, known=got.known)


@click.command(help=_("Who is to hear of a decision, why, and whether they were told.\n\n    tillit audience D-7k3q2"))
@_DECISION
@reads("member", "because", "told", "left")
def audience(asking: Asking, decision: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.audience, decision) as got:
        nothing = _("Nobody needs to be told.")
        answer(got.value, asking.usual("member", "because", "told"), nothing=nothing, known=got.known)


@click.command(
    help=_(
        "What came of decisions, and what we learnt from it. What was learnt of a delegation stands in its own history, as of norr in `tillit history norr`.\n\n    tillit learned --type hire"
    )
)
@click.option(
    "--type",
    "type_",
    shell_complete=live("type"),
    metavar="TYPE",
    help=_("Only decisions of that type, as in purchase/vehicle or purchase/*."),
)
@reads(*LEARNED, "title", "type", "reviewed", "by")
def learned(asking: Asking, type_: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.learned, type_) as got:
        nothing = _("No decision has been reviewed.")
        answer(got.value, asking.usual(*LEARNED), nothing=nothing, known=got.known)


@click.command(help=_("What had to be reported to whom, and when it was.\n\n    tillit reports --late"))
@click.option("--late", is_flag=True, help=_("Only what was reported, or still is to be, after its day."))
@reads(*REPORTS, "title", "by", "meeting")
def reports(asking: Asking, late: bool) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.reports, late=late) as got:
        nothing = _("Every report came in time.") if late else _("Nothing has to be reported.")
        answer(got.value, asking.usual(*REPORTS), nothing=nothing, known=got.known)


@click.command(
    "report-pack",
    help=_(
        "The decisions that a body is to be told of at a meeting.\n\n    tillit report-pack kommunstyrelsen --meeting 2026-02-10"
    ),
)
@click.argument("body", shell_complete=live("handle"))
@click.option("--meeting", type=DAY, required=True, metavar="DAY", help=_("The day of the meeting."))
@reads(*PACK, "id", "verdict")
def report_pack(asking: Asking, body: str, meeting: Moment) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.report_pack, body, edge(meeting).date()) as got:
        nothing = _("There is nothing to report to {body} then.").format(body=body)
        answer(got.value, asking.usual(*PACK), nothing=nothing, known=got.known)
