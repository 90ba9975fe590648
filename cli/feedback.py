"""Recording what members say to each other about the work, and what the receiver makes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from cli.completion import live
from cli.lookup import feedback_id, look_up, stream_of
from cli.options import writes
from cli.recording import Said, record
from cli.values import TEXT, composed
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.call import Call, Writing
    from ledger import Told

_ENTRY: Final = re.compile(r"(.+)/([1-9][0-9]{0,5})")
_FEEDBACK = click.argument("feedback", shell_complete=live("feedback"))
_ABOUT: Final = _(
    "What in the ledger it is about: a decision, a responsibility, a check-in or a review (as in norr/20), or a member."
)


@click.command(
    help=_(
        "Ask a member what they think of something; they answer with `feedback give --answers`. The question is for the two of you.\n\n    tillit feedback ask bo 'Was I clear?' --about D-7k3q2"
    )
)
@click.argument("member", shell_complete=live("handle"))
@click.argument("question", type=TEXT, required=False)
@click.option("--about", required=True, shell_complete=live("id"), metavar="SUBJECT", help=_ABOUT)
@writes(reason="no")
def ask(writing: Writing, member: str, question: str | None, about: str) -> None:
    fields = {"of": member, "about": about_of(writing, about), "question": question}

    def said(told: Told) -> Said:
        id_ = told.entries[0].stream
        sentence = _("{member} is asked: {feedback}.").format(member=member, feedback=id_)
        return Said(sentence, {"feedback": id_}, f"tillit feedback show {id_}")

    record(writing, "feedback ask", fields, said)


@click.command(
    help=_(
        "Say to a member what was good, or what you wish were otherwise, about something in the ledger. Guidance is about what was done; only appreciation may be about a member. The words lie beside the log, encrypted under a key of this feedback, so that they can be erased for good; what came of it, and that you gave it, is for all to see.\n\n"
        "Who reads the words: between, you and the receiver; line, also whoever holds a responsibility above one that the receiver holds when you say it; open, every member. It is checked at every read, by what --me says. But whoever can read the file can read what is in it, key and words alike: the rights of the file are the outer wall, and the encryption is there for erasing, not against its owner. A text on the command line stays in your shell's history: - reads it from standard input, and without a text your editor opens.\n\n    tillit feedback give bo 'You asked us all first' --about D-7k3q2 --kind appreciation"
    )
)
@click.argument("member", shell_complete=live("handle"))
@click.argument("text", type=TEXT, required=False)
@click.option("--kind", required=True, type=click.Choice(("appreciation", "guidance")), help=_("Which of the two."))
@click.option("--about", shell_complete=live("id"), metavar="SUBJECT", help=_ABOUT)
@click.option(
    "--visibility",
    type=click.Choice(("between", "line", "open")),
    default="between",
    show_default=True,
    help=_("Who may read it; the receiver may let more people read it, and nobody fewer."),
)
@click.option(
    "--answers", shell_complete=live("feedback"), metavar="F-…", help=_("What you were asked; then --about is that.")
)
@writes(reason="no")
def give(
    writing: Writing,
    member: str,
    text: str | None,
    kind: str,
    about: str | None,
    visibility: str,
    answers: str | None,
) -> None:
    fields = {
        "to": member,
        "about": None if about is None else about_of(writing, about),
        "kind": kind,
        "text": composed() if text is None else text,
        "visibility": visibility,
        "answers": answers and feedback_id(writing, answers),
    }

    def said(told: Told) -> Said:
        id_ = told.entries[0].stream
        sentence = _("{feedback} is given to {member}.").format(feedback=id_, member=member)
        if kind == "guidance" and _public(writing):
            sentence += " " + _("It may become a public document: talk first, and write little.")
        return Said(sentence, {"feedback": id_}, f"tillit feedback show {id_}")

    record(writing, "feedback give", fields, said)


@click.command(
    help=_("Say that you have read what was said to you.\n\n    tillit feedback acknowledge F-7k3q2"),
)
@_FEEDBACK
@writes(reason="no")
def acknowledge(writing: Writing, feedback: str) -> None:
    _on(writing, "feedback acknowledge", feedback, _("{feedback} is acknowledged."), {}, "tillit feedback reply {id}")


@click.command(
    help=_(
        "Answer what was said to you; whoever may read the one may read the other.\n\n    tillit feedback reply F-7k3q2 'Thank you'"
    )
)
@_FEEDBACK
@click.argument("text", type=TEXT, required=False)
@writes(reason="no")
def reply(writing: Writing, feedback: str, text: str | None) -> None:
    fields = {"text": composed() if text is None else text}
    _on(writing, "feedback reply", feedback, _("{feedback} is answered."), fields)


@click.command(
    help=_(
        "Say what came of guidance that you were given; this is for all to read.\n\n    tillit feedback act F-7k3q2 'We ask by mail now' --ref D-2m9x1"
    )
)
@_FEEDBACK
@click.argument("what", type=TEXT)
@click.option(
    "--ref",
    shell_complete=live("id"),
    metavar="SUBJECT",
    help=_("Where it shows: a decision, a goal, a responsibility, or an entry such as norr/24."),
)
@writes(reason="no")
def act(writing: Writing, feedback: str, what: str, ref: str | None) -> None:
    fields = {"what": what, "ref": None if ref is None else about_of(writing, ref)}
    _on(writing, "feedback act", feedback, _("What came of {feedback} is recorded."), fields, "tillit feedback effects")


@click.command(
    help=_(
        "Let more people read what was said to you, and what you answered; nobody can undo it.\n\n    tillit feedback share F-7k3q2 --visibility open"
    )
)
@_FEEDBACK
@click.option(
    "--visibility",
    required=True,
    type=click.Choice(("line", "open")),
    help=_("line: also whoever holds a responsibility above yours; open: every member."),
)
@writes(reason="no")
def share(writing: Writing, feedback: str, visibility: str) -> None:
    _on(writing, "feedback share", feedback, _("{feedback} is shared."), {"visibility": visibility})


@click.command(
    help=_(
        "Take back what you said. That you said it stays, and so do the words, until they are erased; the reason is for all to read.\n\n    tillit feedback retract F-7k3q2 --reason 'I had not seen the whole'"
    )
)
@_FEEDBACK
@writes(reason="must")
def retract(writing: Writing, feedback: str) -> None:
    _on(writing, "feedback retract", feedback, _("{feedback} is taken back."), {}, "tillit feedback erase {id}")


@click.command(
    help=_(
        "Erase the words of a feedback: all of them by the receiver or by who holds the root, and then also the key they were encrypted under; the giver only their own. Salted digests stay, and all proofs go on working. Backups and copies that were made before still hold them: erase there too, or let them run out. The ground is recorded for all to read.\n\n    tillit feedback erase F-7k3q2 --ground 'asked on 3 May'"
    )
)
@_FEEDBACK
@click.option("--ground", type=TEXT, required=True, metavar="TEXT", help=_("Why, and by what right."))
@writes(reason="no")
def erase(writing: Writing, feedback: str, ground: str) -> None:
    sentence = _("The words of {feedback} are erased here; backups made before still hold them.")
    _on(writing, "feedback erase", feedback, sentence, {"ground": ground}, "tillit erasures")


def about_of(writing: Writing, name: str) -> str:
    """What a name means: a stream, or an entry of one. Raises NotFound."""
    found = _ENTRY.fullmatch(name)
    return stream_of(writing, name) if found is None else f"{stream_of(writing, found[1])}/{found[2]}"


def _public(call: Call) -> bool:
    """Whether whoever asks may come to read what is written between two."""
    from ledger import questions  # noqa: PLC0415 - the front door, when a command needs it

    return look_up(call, None, questions.profile).public


def _on(
    writing: Writing, do: str, feedback: str, sentence: str, fields: Mapping[str, str | None], then: str = ""
) -> None:
    id_ = feedback_id(writing, feedback)
    said = Said(sentence.format(feedback=id_), {"feedback": id_}, then.format(id=id_))
    record(writing, do, {"feedback": id_, **fields}, lambda _told: said)
