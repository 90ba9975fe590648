"""Official numbers, and tags: what is given to something once it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.lookup import decision_id, stream_of
from cli.options import reads, writes
from cli.recording import Said, record
from cli.tables import answer
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Asking, Writing
    from ledger import Told


@click.command(
    help=_(
        "Give a decision the next official number of a register; it is accepted wherever an id is.\n\n    tillit number D-7k3q2 --register KS-2025"
    )
)
@click.argument("decision", shell_complete=live("decision"))
@click.option(
    "--register", required=True, metavar="NAME", help=_("The series: one for each board and year, as a rule.")
)
@writes()
def number(writing: Writing, decision: str, register: str) -> None:
    id_ = decision_id(writing, decision)

    def said(told: Told) -> Said:
        given = told.entries[0].event.model_dump()["number"]
        official = f"{register}-{given}"
        sentence = _("{decision} has the number {number}.").format(decision=id_, number=official)
        return Said(sentence, {"decision": id_, "register": register, "number": given, "official": official})

    record(writing, "number", {"decision": id_, "register": register}, said)


@click.command(
    help=_("Give something words to find it by; those it has stay.\n\n    tillit tag D-7k3q2 winter vehicles")
)
@click.argument("subject", shell_complete=live("id"))
@click.argument("tags", nargs=-1, required=True)
@writes()
def tag(writing: Writing, subject: str, tags: tuple[str, ...]) -> None:
    stream = stream_of(writing, subject)
    sentence = _("{subject} is tagged: {tags}.").format(subject=subject, tags=", ".join(tags))
    record(
        writing,
        "tag",
        {"stream": stream, "tags": tags},
        lambda _told: Said(sentence, {"subject": stream, "tags": tags}),
    )


@click.command(
    help=_(
        "Which official numbers were given: is any missing, has anything two?\n\n    tillit numbers --register KS-2025"
    )
)
@click.option("--register", metavar="NAME", help=_("Only this series; else all."))
@reads("register", "number", "official", "of", "assigned", "by", "state")
def numbers(asking: Asking, register: str | None) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.numbers, register) as got:
        answer(got.value, asking, nothing=_("No number is given by that moment."), known=got.known)
