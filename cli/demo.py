"""A small organisation's year, told step by step on a real ledger."""

from __future__ import annotations

import io
import os
import re
import shlex
import tempfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.errors import Usage, run
from cli.options import calls
from cli.show import data, say
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.call import Call

# A heading, or a command as it could be typed; {decision} is the id of the decision made last, and !N before a
# command says that it ends with exit code N.
YEAR: Final = (
    later("# January. Eva founds the ledger of a town's works department, and the team comes in."),
    "init 'Norrby works' --founder eva --on 2025-01-01",
    "member add anna --name 'Anna Berg' --me eva --on 2025-01-01",
    "member add bo --name 'Bo Ek' --me eva --on 2025-01-01",
    "member add cia --name 'Cia Lund' --me eva --on 2025-01-01",
    "member add ekonomi --group --acts each --me eva --on 2025-01-01",
    "member join ekonomi cia --me eva --on 2025-01-01",
    later("# She hands over: the north to Anna, with a mandate; Anna hands the vehicles on to Bo, with less."),
    "define norr --title 'Operations north' --purpose 'Streets that work all winter' --me eva --on 2025-01-02",
    (
        "offer norr --to anna --types 'purchase/*' --types hire --amount 200000 --two-way-only --level 5 "
        "--me eva --on 2025-01-02"
    ),
    "accept norr --me anna --on 2025-01-03",
    "define vagn --title 'Vehicles' --parent norr --decides 'purchase/vehicle' --me anna --on 2025-01-07",
    "offer vagn --to bo --amount 50000 --level 6 --condition consult:ekonomi --until 2025-12-31 --me anna --on 2025-01-07",
    "accept vagn --reservations 'if I get the spring to learn it' --me bo --on 2025-01-08",
    later("# Nobody can hand over more than they hold."),
    "!1 offer vagn --to cia --amount 500000 --me anna --on 2025-02-01",
    later(
        "# February. Those who lead agree on how: by consensus, where silence is no yes, and with a day to look again."
    ),
    (
        "propose 'We ask those affected before we decide' --in root --type way-of-working --kind agreement "
        "--process consensus --consenter anna --consenter bo --me eva --on 2025-02-03"
    ),
    "consent {decision} --me anna --on 2025-02-03",
    "!1 decide {decision} --review-on 2026-02-03 --me eva --on 2025-02-04",
    "consent {decision} --me bo --on 2025-02-05",
    "decide {decision} --review-on 2026-02-03 --me eva --on 2025-02-06",
    "agreement {decision} --as-of 2025-02-07",
    later("# March. Anna asks before she decides. Bo tries something, with an end and signs to watch."),
    (
        "propose 'Sand the schoolyards first' --in norr --type purchase/sand --amount 15000 --affected bo "
        "--process advice --me anna --on 2025-03-03"
    ),
    "ask-advice {decision} --of eva --of bo --me anna --on 2025-03-03",
    "advise {decision} 'then the bus stops wait an hour' --leaning for --me bo --on 2025-03-04",
    "advise {decision} 'tell the bus company' --leaning for --me eva --on 2025-03-04",
    "decide {decision} --because 'children walk, buses wait' --me anna --on 2025-03-05",
    (
        "propose 'Night shift on call from home' --in norr --type hire --kind trial --process consent "
        "--consenter bo --consenter cia --decide-by 2025-03-20 --me anna --on 2025-03-10"
    ),
    "ask-advice {decision} --of eva --me anna --on 2025-03-10",
    "advise {decision} 'ask again in summer' --leaning for --me eva --on 2025-03-11",
    "object {decision} 'whoever has no car cannot come' --kind side_effect --me cia --on 2025-03-11",
    "amend {decision} --title 'Night shift on call from home, with a car' --answers 'objection 1' --me anna --on 2025-03-12",
    "resolve {decision} 1 --how integrated --me anna --on 2025-03-12",
    "consent {decision} --version 2 --me cia --on 2025-03-13",
    "consent {decision} --version 2 --me bo --on 2025-03-13",
    (
        "decide {decision} --expects 'rested people, as fast as before' --sign 'minutes to the depot' "
        "--trial-until 2025-04-30 --review-on 2025-05-02 --me anna --on 2025-03-14"
    ),
    later("# April. Eva asks how it goes and takes nothing back; help is asked for and given."),
    "check-in norr --with anna --state needs-support --next 2025-05-05 --me eva --on 2025-04-07",
    "ask-support norr --what 'a second radio channel' --me anna --on 2025-04-07",
    "support --open --as-of 2025-04-08",
    "give-support norr --what 'channel 4 from Monday' --me eva --on 2025-04-10",
    (
        "feedback give anna 'You asked before you decided, and it was heard' --about norr --kind appreciation "
        "--visibility open --me eva --on 2025-04-11"
    ),
    later("# May. The trial is looked at: how it went and how it was decided, apart. It goes on otherwise."),
    (
        "review {decision} --happened 'two minutes slower, nobody ill' --outcome as_expected --process sound "
        "--learned 'a car is enough for two' --verdict adapt --me anna --on 2025-05-02"
    ),
    "learned --as-of 2025-05-03 --fields decision,happened,outcome,process,learned,verdict",
    (
        "propose 'Night shift on call, one car for two' --in norr --type hire --kind trial --process consent "
        "--consenter bo --consenter cia --follows {decision} --decide-by 2025-05-20 --me anna --on 2025-05-05"
    ),
    "stuck --as-of 2025-05-06",
    "withdraw {decision} --reason 'the spring is too short for it' --me anna --on 2025-05-19",
    later("# May. Bo goes on leave and Cia stands in; she decides, and the decision carries its proof."),
    "stand-in vagn --member cia --from 2025-05-28 --until 2025-06-10 --reason 'parental leave' --me anna --on 2025-05-20",
    (
        "decide 'Lease two vans' --in vagn --type purchase/vehicle --amount 40000 "
        "--because 'the old ones failed inspection' --me cia --on 2025-06-01"
    ),
    "why {decision} --as-of 2025-06-01",
    (
        "feedback give cia 'Name the price before the car, next time' --about {decision} --kind guidance "
        "--visibility open --me anna --on 2025-06-03"
    ),
    later("# July. Bo wants a third van, which is beyond his limit: he asks first, and refers it up."),
    "!1 can bo purchase/vehicle --amount 80000 --as-of 2025-07-01",
    (
        "refer-up 'A third van' --in vagn --type purchase/vehicle --amount 80000 --reason 'beyond my limit' "
        "--me bo --on 2025-07-02"
    ),
    "decide {decision} --because 'winter needs three' --with eva --me anna --on 2025-07-03",
    later("# It happens twice, so the mandate grows instead, with Bo's yes."),
    "change-mandate vagn --amount 100000 --agreed-by bo --reason 'two vans a year is normal' --me anna --on 2025-08-15",
    later("# October. Anna moves on. What she held is vacant and the level above answers; Bo keeps his own mandate."),
    "what-if leaves anna --on 2025-10-01 --as-of 2025-09-15",
    "member leave anna --me eva --on 2025-10-01",
    "vacant --as-of 2025-10-02",
    (
        "offer norr --to cia --types 'purchase/*' --types hire --amount 200000 --two-way-only --level 6 "
        "--me eva --on 2025-10-06"
    ),
    "accept norr --me cia --on 2025-10-07",
    later("# December. Who owns what, who may decide, what was so in March, and is all of it true to the record?"),
    "who-owns --tree --as-of 2025-12-01",
    "can bo purchase/vehicle --amount 80000 --as-of 2025-12-01",
    "!1 can bo hire --as-of 2025-12-01",
    "who-owns norr --as-of 2025-03-14",
    later(
        "# And how does Eva lead? The mirror shows her own signs, with what lies behind each; it never judges who was led."
    ),
    "mirror eva --me eva --as-of 2025-05-03",
    "due --within 90d --as-of 2025-12-01",
    "register --diff 2025-02-01..2025-11-30 --fields code,change,before,after",
    "verify",
)
_DECISION: Final = re.compile(r"D-[0-9a-z]{10}")


@click.command(
    help=_(
        "A small organisation's year, told step by step: every line is a real command on a real ledger.\n\n    tillit demo\n    tillit demo ./try-it"
    )
)
@click.argument("folder", required=False, type=click.Path(file_okay=False), metavar="[DIR]")
@calls
def demo(call: Call, folder: str | None) -> int:
    del call
    with _place(folder) as place, _elsewhere(place, kept=folder is not None):
        decision = ""
        for step in YEAR:
            if step.startswith("#"):
                data("\n" + _(step))
                continue
            expected, line = (int(step[1]), step[3:]) if step.startswith("!") else (0, step)
            line = line.replace("{decision}", decision)
            code, said = _run(line)
            data(f"$ tillit {line}")
            for each in said.rstrip("\n").splitlines():
                data(f"  {each}")
            if code != expected:
                say(
                    _("This step ended with {code} where {expected} was meant; please report it.").format(
                        code=code, expected=expected
                    )
                )
                return code or 1
            if found := _DECISION.search(said):
                decision = found[0]
    if folder is not None:
        say(_("The ledger is yours to look at: cd {folder}").format(folder=folder))
    return 0


def _run(line: str) -> tuple[int, str]:
    """The exit code of a command and all that it says, words and data in the order in which they came."""
    from cli.main import root  # noqa: PLC0415 - the root imports this module

    heard = io.StringIO()
    with redirect_stdout(heard), redirect_stderr(heard):
        code = run(root, shlex.split(line))
    return code, heard.getvalue()


@contextmanager
def _place(folder: str | None) -> Iterator[Path]:
    """The folder that was named, which must hold no ledger yet, or one that goes away at the end."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="tillit-demo-") as temporary:
            yield Path(temporary)
        return
    path = Path(folder)
    if (path / ".tillit").exists():
        raise Usage(
            "demo.not_empty", later("There is a ledger in {folder} already; name another folder."), folder=folder
        )
    path.mkdir(parents=True, exist_ok=True)
    yield path


@contextmanager
def _elsewhere(place: Path, *, kept: bool) -> Iterator[None]:
    """The story is not about whoever runs it, nor about their ledger; its key goes where its ledger goes."""
    before = {name: os.environ.get(name) for name in ("TILLIT_LEDGER", "TILLIT_ME", "TILLIT_CONFIG")}
    os.environ["TILLIT_LEDGER"] = str(place)
    os.environ.pop("TILLIT_ME", None)
    if not kept:
        os.environ["TILLIT_CONFIG"] = str(place / "settings")
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
