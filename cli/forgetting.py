"""Private texts: noting one, erasing, and asking what was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.asking import ask
from cli.completion import live
from cli.lookup import stream_of
from cli.options import reads, writes
from cli.recording import Said, record
from cli.tables import answer
from cli.values import TEXT
from cli.words import _

if TYPE_CHECKING:
    from cli.call import Asking, Writing

FIELDS = {"name": ("name",), "note": ("note",), "feedback": ("body", "question")}


@click.command(
    help=_(
        "Note something about a responsibility, a decision or a member; it changes nothing. The text lies beside the log, where it can be erased.\n\n    tillit note D-7k3q2 'The supplier called'"
    )
)
@click.argument("subject", shell_complete=live("id"))
@click.argument("text", type=TEXT)
@writes()
def note(writing: Writing, subject: str, text: str) -> None:
    stream = stream_of(writing, subject)
    sentence = _("It is noted about {subject}.").format(subject=subject)
    fields = {"stream": stream, "text": text}
    record(writing, "note", fields, lambda _told: Said(sentence, {"subject": stream}, f"tillit history {subject}"))


@click.command(
    help=_(
        "Erase the private texts about a member or anything else: their name, notes, and the words of all feedback that was given to a member or is about them. What they said to others is the receiver's too: they take that back with `feedback erase`. The texts, and without --field also the key they were encrypted under, are destroyed in every file of the ledger; the handle, the dates and salted digests stay, and all proofs go on working. Without --field nothing private is ever recorded about it again. Backups and copies that were made before still hold texts and key: erase there too, or let them run out. The ground is recorded for all to read.\n\n    tillit erase anna --ground 'asked on 3 May, GDPR art. 17'"
    )
)
@click.argument("subject", shell_complete=live("id"))
@click.option(
    "--field",
    "fields",
    multiple=True,
    type=click.Choice(tuple(FIELDS)),
    help=_("Only this kind of text, and there may be new ones; repeat for more."),
)
@click.option("--ground", type=TEXT, required=True, metavar="TEXT", help=_("Why, and by what right."))
@writes()
def erase(writing: Writing, subject: str, fields: tuple[str, ...], ground: str) -> None:
    stream = stream_of(writing, subject)
    told = {"stream": stream, "fields": [kind for field in fields for kind in FIELDS[field]], "ground": ground}
    sentence = _("The private texts of {subject} are erased here; backups made before still hold them.")
    said = Said(sentence.format(subject=subject), {"subject": stream}, "tillit erasures")
    record(writing, "erase", told, lambda _told: said)


@click.command(
    help=_("What was erased, whose it was, and on what ground; the digests are kept.\n\n    tillit erasures")
)
@reads("what", "whose", "ground", "by", "when", "digest_kept", "for_good", "occurred", "id")
def erasures(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    shown = asking.usual(*asking.columns[:6])
    with ask(asking, questions.erasures) as got:
        answer(got.value, shown, nothing=_("Nothing was erased by that moment."), known=got.known)


@click.command(help=_("Who takes part: people and groups, by the names that are not erased.\n\n    tillit members"))
@reads("member", "kind", "acts", "name", "since", "until")
def members(asking: Asking) -> None:
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    with ask(asking, questions.members) as got:
        answer(got.value, asking, nothing=_("Nobody takes part at that moment."), known=got.known)
