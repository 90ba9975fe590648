"""Whether the ledger is whole: the record as it is stored, the entries as they are read, the views as they follow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import case, or_, select

from ledger.anchoring import Anchors, Outside, anchors
from ledger.errors import Damaged, LedgerError, Malformed, Unavailable
from ledger.projections import PROJECTIONS
from ledger.projections.projector import ONLY_READ, Projector, again
from ledger.projections.temporal import STILL_KNOWN
from ledger.publishing import offline
from ledger.publishing.forks import fork_proof
from ledger.publishing.reading import MAX_CHECKPOINT, Folder
from ledger.store import views_beside
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.tiles import TiledNodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Table

    from ledger.projections.projector import Log
    from ledger.store import Check, Database, Recorder, TextCheck

NOT_SHOWN = (
    "that what was entered is true, or that all that happened was entered",
    "that the end of the log is still there, beyond the last checkpoint that somebody outside remembers",
    "that whoever holds the signing key signed no other history, unless witnesses cosigned this one",
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: what it says when it passes, or what is broken and at which position."""

    name: str
    said: str
    damage: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every check that was made, in order; a check that needs one before it is left out when that fails.

    `coverage` says what fixes which events, and what does not; `fork_proof` shows to anybody that two histories were
    signed (see `publishing.forks`).
    """

    checks: tuple[CheckResult, ...]
    coverage: tuple[str, ...] = ()
    fork_proof: bytes | None = None

    @property
    def not_shown(self) -> tuple[str, ...]:
        """What a pass does not establish."""
        return NOT_SHOWN

    @property
    def whole(self) -> bool:
        return all(check.damage is None for check in self.checks)

    @property
    def position(self) -> int | None:
        """Where the first break is."""
        return next((check.position for check in self.checks if check.damage is not None), None)

    def facts(self) -> dict[str, object]:
        """The report as JSON."""
        checks = [
            {"check": each.name, "ok": each.damage is None, "said": each.damage or each.said, "position": each.position}
            for each in self.checks
        ]
        return {
            "verdict": "whole" if self.whole else "damaged",
            "first_break": self.position,
            "checks": checks,
            "coverage": list(self.coverage),
            "not_shown": list(NOT_SHOWN),
        }


def verify(
    recorder: Recorder,
    log: Log,
    projector: Projector,
    outside: Outside,
    progress: Callable[[int, int], None] | None,
) -> Report:
    """Check the record, then the checkpoints; if all is whole, build the views anew elsewhere and compare every row.

    `progress` hears (position, head). Memory does not grow with the ledger.
    """
    check = recorder.check(progress, outside.sizes())
    record = _record(check)
    if record.damage is not None:
        return Report((record,))
    texts = _texts(recorder.check_texts())
    anchored = anchors(recorder.origin, check, outside)
    sound = CheckResult("checkpoints", anchored.said, anchored.damage, anchored.position)
    if sound.damage is not None:
        return Report((record, texts, sound), anchored.coverage, _fork(recorder, anchored))
    views = _views(log, projector, progress)
    return Report((record, texts, sound, views), anchored.coverage)


def _fork(recorder: Recorder, anchored: Anchors) -> bytes | None:
    """The proof that the log signed two histories, where the record has all that it takes."""
    own = recorder.note()
    for note in anchored.contradicting:
        if own is None:
            break
        try:
            proof = fork_proof(note.encoded(), own, TiledNodes(recorder.tile).node)
            proof.verify(anchored.trusted.keys)
        except (TransparencyError, Malformed):
            continue
        return proof.encoded()
    return None


def verify_export(folder: Path, outside: Outside, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check an export of C2SP tlog-tiles, of which nothing is believed; see `publishing.offline`.

    Raises Malformed "export.no_keys" where there is no key to check it by, "export.known"; and as `Folder`.
    """
    note = _checkpoint_of(folder)
    keys = outside.keys_of([Checkpoint.parse(note.text).origin] if note else [])
    findings = offline.verify_export(folder, keys, [kept.data for kept in outside.known], progress)
    checks = [
        CheckResult(
            each.check,
            each.said,
            None if each.damage is None else str(each.damage),
            None if each.damage is None else each.damage.position,
        )
        for each in findings
    ]
    if outside.policy is not None and note is not None:
        said = "the checkpoint is cosigned as the policy demands"
        met = outside.meets(note)
        checks.append(
            CheckResult("policy", said, None if met else "The checkpoint is not cosigned as the policy demands")
        )
    fork = next((each.fork for each in findings if each.fork is not None), None)
    return Report(tuple(checks), fork_proof=fork)


def _checkpoint_of(folder: Path) -> Note | None:
    """The export's own checkpoint, of which only the name of its log is of interest; None where it is malformed."""
    try:
        with Folder(folder) as export:
            note = Note.parse(export.read("checkpoint", MAX_CHECKPOINT))
        Checkpoint.parse(note.text)
    except (TransparencyError, Damaged):
        return None
    return note


def _record(check: Check) -> CheckResult:
    """Density, canonical bytes, leaf hashes, versions, columns, the tree and the head."""
    said = f"{check.events} events in {check.streams} streams: positions, bytes, hashes, tree and versions as written"
    if check.damage is None:
        return CheckResult("record", said)
    return CheckResult("record", said, str(check.damage), check.damage.position)


def _texts(check: TextCheck) -> CheckResult:
    """The private texts beside the log; an erased one is told apart from one that is lost."""
    said = f"{check.kept} private texts are those committed to, {check.erased} are gone and named by an erasure"
    if check.damage is None:
        return CheckResult("texts", said)
    return CheckResult("texts", said, str(check.damage), check.damage.position)


def _views(log: Log, projector: Projector, progress: Callable[[int, int], None] | None) -> CheckResult:
    """The cheapest lie is an edited view, so all of it is worked out anew and compared row by row."""
    try:
        with TemporaryDirectory(prefix="tillit-") as folder:
            scratch = views_beside(Path(folder) / "ledger.db")
            position = Projector(PROJECTIONS, log, scratch.reading, scratch.writing).catch_up(progress)
            compared, found = again(lambda: _first_difference(projector, scratch, position))
            scratch.close()
    except Unavailable:
        # A place that cannot be used, such as a full disk to build on, says nothing of the ledger.
        raise
    except LedgerError as error:
        where = error.facts.get("position")
        return CheckResult("entries", "", str(error), where if isinstance(where, int) else None)
    if found is not None:
        return CheckResult("views", "", f"{found}; run tillit rebuild")
    return CheckResult("views", f"every row follows from the log up to position {compared}")


def _first_difference(projector: Projector, scratch: Database, position: int) -> tuple[int, str | None]:
    """What differs first in the views from those that came to a position, and up to which one both were compared.

    Others may bring them further meanwhile, and whoever may only read them finds them as they are.
    """
    try:
        projector.catch_up()
    except Unavailable as refused:
        if refused.code not in ONLY_READ:
            raise
    with projector.state(0) as stored, scratch.reading() as computed:
        low, high = sorted((position, projector.reached(stored)))
        for projection in PROJECTIONS:
            for table in projection.tables:
                found = _difference(stored, computed, table, low, high)
                if found is not None:
                    return low, f"{table.name}: {found}"
    return low, None


def _difference(stored: Connection, computed: Connection, table: Table, low: int, high: int) -> str | None:
    """What differs first between the rows as stored and as worked out anew, or None.

    What events after `low` did is passed over, up to `high`: only one of the two has come so far.
    """
    # What stands for an entry as it was recorded is known from its position on, and for ever.
    known, until = table.c.get("known_from", table.c.id), table.c.get("known_until")
    columns = [
        each if each is not until else case((each.between(low + 1, high), STILL_KNOWN), else_=each) for each in table.c
    ]
    there = or_(known <= low, known > high)
    query = select(*columns).where(there).order_by(table.c.id)
    pages = (connection.execution_options(yield_per=1000).execute(query) for connection in (stored, computed))
    for have, want in zip_longest(*pages):
        if have != want:
            number = (have or want)[0]
            kind = (
                "a row that no event made"
                if want is None
                else "a row is missing"
                if have is None
                else "a row was altered"
            )
            return f"{kind} (row {number})"
    return None
