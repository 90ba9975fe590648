"""Asking whether the ledger is whole, and what shows it to others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.completion import live
from cli.errors import Usage
from cli.escape import shown
from cli.options import calls
from cli.show import data, say, steps
from cli.signed import keys
from cli.tables import json_text
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.call import Call
    from ledger import Ledger, Report, View

DAMAGED: Final = 4
_LARGE: Final = 1_000_000
_DIGITS: Final = 20
FILE: Final = click.Path(path_type=Path)
OUTPUT: Final = click.Path(dir_okay=False, path_type=Path)


@click.command(
    help=_(
        "Is the ledger whole, and is it the one that is remembered? Exit 4 where it is not.\n\n    tillit verify --known minutes-2025-06.txt"
    )
)
@click.option("--known", multiple=True, metavar="FILE|URL", help=_("A checkpoint that you remember; repeat for more."))
@click.option("--policy", type=FILE, help=_("A tlog policy: whose cosignatures are needed."))
@click.option("--key", "vkeys", multiple=True, metavar="VKEY", help=_("Whose signatures count; repeat for more."))
@click.option(
    "--export",
    type=FILE,
    metavar="DIR",
    help=_("Verify an export instead of a ledger, offline."),
)
@click.option("--fork-proof", type=OUTPUT, metavar="FILE", help=_("Where to write the proof of a fork."))
@calls
def verify(
    call: Call,
    known: tuple[str, ...],
    policy: Path | None,
    vkeys: tuple[str, ...],
    export: Path | None,
    fork_proof: Path | None,
) -> int:
    from ledger import Outside, open_ledger, verify_export  # noqa: PLC0415 - the front door, when a command needs it

    outside = Outside.read(vkeys, [(each, _remembered(each)) for each in known], read_file(policy) if policy else None)
    with steps(_("verifying"), quiet=call.json) as progress:
        if export is not None:
            report = verify_export(export, replace(outside, local=keys()), progress)
        else:
            # It signs nothing, so whatever is wrong with the key, the record is verified.
            with open_ledger(call.place(), keys=keys(), sign=False) as ledger:
                report = ledger.verify(outside, progress)
    return _told(call, report, fork_proof)


def _told(call: Call, report: Report, fork_proof: Path | None) -> int:
    forked = _fork_file(report, fork_proof)
    if call.json:
        data(json_text({**report.facts(), "fork_proof": forked}))
        return 0 if report.whole else DAMAGED
    for check in report.checks:
        mark = "ok" if check.damage is None else "NO"
        data(f"{mark} {check.name:<11} {shown(check.said if check.damage is None else check.damage)}")
    for line in report.coverage:
        data(f"   {shown(line)}")
    if report.whole:
        for line in report.not_shown:
            say(_("This does not show {what}.").format(what=line))
        return 0
    if report.position is not None:
        say(_("The first break is at position {position}.").format(position=report.position))
    if forked:
        say(_("The proof of the fork is in {file}.").format(file=forked))
    return DAMAGED


def _fork_file(report: Report, path: Path | None) -> str | None:
    """Where the proof of a fork was written, where there is one."""
    if report.fork_proof is None:
        return None
    target = path or Path(f"fork-at-{report.position or 0}.txt")
    target.write_bytes(report.fork_proof)
    return str(target)


@click.command(
    help=_(
        "The signed checkpoint of the ledger as it stands: three lines for the minutes, and the signature.\n\n    tillit checkpoint"
    )
)
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help=_("Write it there."))
@click.option(
    "--submit", multiple=True, metavar="URL", help=_("Have it cosigned by the witness there; repeat for more.")
)
@click.option("--witness-key", "witness_keys", multiple=True, metavar="VKEY", help=_("The key of each witness."))
@calls
def checkpoint(call: Call, output: Path | None, submit: tuple[str, ...], witness_keys: tuple[str, ...]) -> None:
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place(), keys=keys()) as ledger:
        note = ledger.notary.checkpoint()
        for url in submit:
            note = ledger.notary.submit(note, url, witness_keys)
    if output is not None:
        output.write_bytes(note)
    text = note.decode()
    origin, size, root = text.split("\n")[:3]
    if call.json:
        data(json_text({"origin": origin, "size": int(size), "root": root, "note": text}))
        return
    data(text.rstrip("\n"))
    say(
        _(
            "The first three lines are for the minutes: whoever keeps them can tell later if anything before was altered."
        )
    )


@click.command(
    help=_(
        "The proof that an entry is in the log, for whoever cannot see the log: of a decision, of SUBJECT/VERSION as history shows it, or of a position.\n\n    tillit prove D-7k3q2 -o decision.tlog-proof"
    )
)
@click.argument("subject", shell_complete=live("id"))
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help=_("Write it there."))
@calls
def prove(call: Call, subject: str, output: Path | None) -> None:
    from ledger import open_ledger, questions  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(call.place(), keys=keys()) as ledger:
        # A number of more digits than a position can have would only be too long to be read.
        numbered = subject.isdecimal() and len(subject) < _DIGITS
        position = int(subject) if numbered else _position(ledger, questions.position_of, subject)
        proof = ledger.notary.prove(position)
    if output is not None:
        output.write_bytes(proof)
    if call.json:
        data(json_text({"position": position, "proof": proof.decode(), "file": str(output) if output else None}))
    elif output is None:
        data(proof.decode().rstrip("\n"))
    else:
        say(_("The proof of entry {position} is in {file}.").format(position=position, file=output))


def _position(ledger: Ledger, question: Callable[[View, str], int], subject: str) -> int:
    with ledger.ask(question, None, None, subject) as answer:
        return answer.value


@click.command(
    "verify-proof",
    help=_(
        "Does the proof hold, of an entry or of a fork? Needs no ledger. Exit 4 where it does not.\n\n    tillit verify-proof decision.tlog-proof --key VKEY"
    ),
)
@click.argument("file", type=FILE)
@click.option("--key", "vkeys", multiple=True, required=True, metavar="VKEY", help=_("Whose signature counts."))
@calls
def verify_proof(call: Call, file: Path, vkeys: tuple[str, ...]) -> None:
    from ledger import is_fork_proof  # noqa: PLC0415 - the front door, when a command needs it
    from ledger import verify_proof as proved  # noqa: PLC0415

    proof = read_file(file)
    if is_fork_proof(proof):
        _tell_fork(call, proof, vkeys)
        return
    found = proved(proof, vkeys)
    if call.json:
        facts = {"log": found.origin, "size": found.size, "position": found.position, "leaf": found.leaf}
        data(json_text(facts))
        return
    sentence = _("Entry {position} of {origin}, which had {size} entries then:")
    say(sentence.format(position=found.position, origin=found.origin, size=found.size))
    data(json_text(found.leaf))


def _tell_fork(call: Call, proof: bytes, vkeys: tuple[str, ...]) -> None:
    from ledger import verify_fork  # noqa: PLC0415 - the front door, when a command needs it

    fork = verify_fork(proof, vkeys)
    if call.json:
        data(json_text({"log": fork.origin, "first": fork.first.size, "second": fork.second.size}))
    else:
        data(str(fork))


def read_file(file: Path) -> bytes:
    """The bytes of a small file. Raises NotFound, Unavailable, and Usage where it is larger than anything read so."""
    from ledger.errors import NotFound, Unavailable  # noqa: PLC0415 - the ledger is imported when needed

    try:
        with file.open("rb") as stream:
            found = stream.read(_LARGE + 1)
    except FileNotFoundError:
        raise NotFound("file.none", later("There is no file {file}."), file=str(file)) from None
    except OSError as error:
        raise Unavailable(
            "file.unreadable", later("{file} cannot be read: {why}."), file=str(file), why=error.strerror
        ) from error
    if len(found) > _LARGE:
        template = later("{file} is larger than {limit} bytes, which nothing of this kind is.")
        raise Usage("file.too_large", template, file=file, limit=_LARGE)
    return found


def _remembered(place: str) -> bytes:
    """A checkpoint from a file or an address."""
    if not place.startswith(("https://", "http://")):
        return read_file(Path(place))
    from ledger import fetched  # noqa: PLC0415 - the front door, when a command needs it

    return fetched(place)
