"""Asking how much room people have, who carries what, and where mandates meet or leave gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from cli.asking import ask
from cli.completion import live
from cli.errors import Usage
from cli.options import reads
from cli.tables import answer
from cli.words import _, later

if TYPE_CHECKING:
    from cli.call import Asking

LEVELS = ("tell", "sell", "consult", "agree", "advise", "inquire", "delegate")
DEPTHS = ("leaf", "depth", "links", "narrowest_limit", "widened_at", "dimension")
FURTHER = ("responsibility", "code", "from", "to", "when", "allowed_by", "reported")
BACK = ("step", "responsibility", "holder", "by", "date", "basis")


@click.command(
    help=_("The delegation board: each decision type, and at which level it is delegated.\n\n    tillit board")
)
@reads("decision_type", *LEVELS, "holder", "code")
def board(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.board) as got:
        answer(got.value, asking, nothing=_("Nothing is delegated at that moment."), known=got.known)


@click.command(
    help=_("Is the room to act growing? Never by person.\n\n    tillit trend autonomy --by quarter"),
)
@click.option("--by", "step", type=click.Choice(("quarter", "month")), default="quarter", help=_("The periods."))
@reads("period", "mandates", "mean_level", "widened", "narrowed", "decided", "decided_at_level_5_or_higher")
def autonomy(asking: Asking, step: Literal["quarter", "month"]) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.autonomy, step) as got:
        answer(got.value, asking, nothing=_("Nothing was delegated by that moment."), known=got.known)


@click.command(help=_("Who carries how much of what they said to have, by name.\n\n    tillit load"))
@reads("member", "capacity", "effort_held", "share", "responsibilities", "open_proposals", "flag")
def load(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.load) as got:
        answer(got.value, asking, nothing=_("Nobody is a member at that moment."), known=got.known)


@click.command(help=_("Who could grow into a responsibility: everybody, by name, never ranked.\n\n    tillit fit norr"))
@click.argument("code", shell_complete=live("code"))
@reads("member", "has", "lacks", "level", "confirmed", "capacity_left", "holds")
def fit(asking: Asking, code: str) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.fit, code) as got:
        answer(got.value, asking, nothing=_("Nobody is a member at that moment."), known=got.known)


@click.command(
    "single-points", help=_("What hangs on one person, with nobody to stand in.\n\n    tillit single-points")
)
@reads("responsibility", "code", "holder", "stand_ins", "competences", "others_with_the_competence")
def single_points(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.single_points) as got:
        answer(got.value, asking, nothing=_("Nothing hangs on one person alone."), known=got.known)


@click.command(help=_("Which decision types holders in several branches may decide.\n\n    tillit overlaps"))
@reads("decision_type", "responsibilities", "holders")
def overlaps(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.overlaps) as got:
        answer(got.value, asking, nothing=_("No mandates overlap."), known=got.known)


@click.command(
    help=_("Which decision types nobody may decide where they belong.\n\n    tillit gaps"),
)
@reads("decision_type", "nearest_ancestor", "who", "code", "why")
def gaps(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.gaps) as got:
        answer(got.value, asking, nothing=_("Every decision type can be decided where it belongs."), known=got.known)


@click.command(
    help=_(
        "How deep chains go and whether a link says more than those above; what was delegated further; or a decision back to its root.\n\n    tillit chains --children --unreported"
    )
)
@click.option("--depth", is_flag=True, help=_("Each chain from the root to its end; this if nothing is said."))
@click.option("--children", is_flag=True, help=_("What was delegated further."))
@click.option("--unreported", is_flag=True, help=_("With --children: only what was not reported upward."))
@click.option(
    "--to-root", "decision", metavar="D-…", shell_complete=live("decision"), help=_("From a decision to the root.")
)
@reads(*dict.fromkeys((*DEPTHS, *FURTHER, *BACK)))
def chains(asking: Asking, depth: bool, children: bool, unreported: bool, decision: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    if depth + (children or unreported) + (decision is not None) > 1:
        raise Usage("chains.one_question", later("--depth, --children and --to-root are three questions; ask one."))
    if decision is not None:
        shown = asking.usual(*BACK)
        with ask(asking, questions.to_root, decision) as got:
            answer(got.value, shown, nothing=_("Nothing lies above it."), known=got.known)
    elif children or unreported:
        shown = asking.usual(*FURTHER)
        with ask(asking, questions.sub_delegations, unreported=unreported) as got:
            nothing = _("Nothing was delegated further.")
            answer(got.value, shown, nothing=_("Everything was reported.") if unreported else nothing, known=got.known)
    else:
        shown = asking.usual(*DEPTHS)
        with ask(asking, questions.chain_depths) as got:
            answer(got.value, shown, nothing=_("Nothing is defined at that moment."), known=got.known)
