"""Whether an export is whole: every byte of it, with nothing but the verifier's own keys and memory."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import LedgerError, Malformed
from ledger.publishing.findings import Broken, Damage, Finding
from ledger.publishing.forks import fork_proof, log_checkpoint
from ledger.publishing.passing import Pass
from ledger.publishing.published import CHECKPOINT, Published
from ledger.publishing.reading import MAX_CHECKPOINT, Folder, shown
from ledger.publishing.remembered import Remembered
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import InvalidNote, TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.rotations import Trusted
from ledger.transparency.tiles import TiledNodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ledger.transparency.notes import VerifierKey


def verify_export(
    folder: Path,
    keys: Sequence[VerifierKey],
    known: Sequence[bytes] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Check an export of C2SP tlog-tiles in `folder`, of which nothing is believed.

    `keys` are the log's, as the verifier knows them; none is taken from the export. `known` are checkpoints that the
    verifier kept: signed notes, or only their lines; in a note the keys may vouch for others, see
    `transparency.rotations`. `progress` is told (entries done, of), bundle by bundle.

    The findings come in this order: `checkpoint` (form, signature), `entries` (bytes, order, streams, and that each
    is what the tree holds), `tiles` (the hashes of every level), `root`, a `known` for each that was kept, by size,
    `coverage` if all is whole, `files` (what else lies there). A check that needs one before it is left out when that
    fails. Where two signed checkpoints contradict each other, `known` carries a fork proof. Time grows with the bytes
    that are there, whatever the checkpoint claims; memory with the number of streams only.

    Raises Malformed "export.no_keys", "export.known"; and as Folder where there is no such folder.
    """
    if not keys:
        raise Malformed("export.no_keys", "Without the log's public key nothing can be verified; hand one in.")
    trusted = Trusted(keys, _notes(known))
    kept = sorted((Remembered.parse(data, trusted) for data in known), key=lambda one: one.checkpoint.size)
    with Folder(folder) as export:
        return _Verification(export, trusted, kept).findings(progress)


def _notes(known: Sequence[bytes]) -> Iterator[Note]:
    for data in known:
        with suppress(InvalidNote):
            yield Note.parse(data)


class _Verification:
    def __init__(self, export: Folder, trusted: Trusted, kept: list[Remembered]) -> None:
        self._export = export
        self._trusted = trusted
        self._kept = kept

    def findings(self, progress: Callable[[int, int], None] | None) -> list[Finding]:
        try:
            data = self._export.read(CHECKPOINT, MAX_CHECKPOINT)
            note = Note.parse(data)
            checkpoint = Checkpoint.parse(note.text)
        except LedgerError as error:
            return [_damaged("checkpoint", error.code, error.template, error.facts)]
        except TransparencyError as problem:
            template = "The export's checkpoint is malformed: {why}"
            return [_damaged("checkpoint", "damage.checkpoint", template, {"why": shown(str(problem))})]
        published = Published(self._export, checkpoint.size)
        made = Pass(published, checkpoint, [one.checkpoint.size for one in self._kept])
        made.run(progress)
        signature = self._signature(note, checkpoint)
        agreed = self._agreed(made, checkpoint.size)
        found = [signature, *made.findings(agreed)]
        for kept in self._kept:
            finding = self._compared(kept, checkpoint, made)
            if finding is not None and finding.damage is not None and kept.note is not None and signature.whole:
                finding = self._proved(finding, kept.note, data, published)
            if finding is not None:
                found.append(finding)
        if all(one.whole for one in found):
            found.append(_coverage(checkpoint.size, agreed))
        found.append(_files(published))
        return found

    def _signature(self, note: Note, checkpoint: Checkpoint) -> Finding:
        try:
            log_checkpoint(note, self._trusted.at(checkpoint.size))
        except TransparencyError as problem:
            template = "The export's checkpoint is not signed by the log: {why}"
            why = f"{shown(str(problem))}{self._trusted.beside(note)}"
            return _damaged("checkpoint", "damage.signature", template, {"why": why})
        said = f"{checkpoint.size} entries of {shown(checkpoint.origin)}, signed with a known key"
        return Finding("checkpoint", said)

    def _agreed(self, made: Pass, most: int) -> int:
        """Up to which entry, `most` at the most, a checkpoint that was kept has the same history; 0 if none has."""
        right = (one.checkpoint for one in self._kept if made.root_at(one.checkpoint.size) == one.checkpoint.root)
        return max((one.size for one in right if one.size <= most), default=0)

    def _compared(self, kept: Remembered, checkpoint: Checkpoint, made: Pass) -> Finding | None:
        """None where the pass did not come so far, or is known to have met entries that the log does not hold."""
        origin, size = kept.checkpoint.origin, kept.checkpoint.size
        if origin != checkpoint.origin:
            former = next((one for one in made.continued if one.former == origin), None)
            if former is None:
                template = "The checkpoint that was kept is of the log {kept}, and the export of {origin}."
                names = {"kept": shown(origin), "origin": shown(checkpoint.origin)}
                return _damaged("known", "damage.other_log", template, names) if made.whole else None
            if former.position <= size <= former.signed:
                lost = f"entries {former.position} to {size} of {shown(origin)}"
                return Finding("known", f"{lost} are lost, as entry {former.position} says")
        if size > checkpoint.size:
            facts = {"export": checkpoint.size, "size": size}
            template = (
                "The export ends with entry {export}, and a checkpoint that was kept has {size}: the end is gone."
            )
            return _damaged("known", "damage.behind", template, facts, checkpoint.size + 1)
        agreed = self._agreed(made, size)
        if size == checkpoint.size and kept.checkpoint.root != checkpoint.root:
            # Whatever else lies in the folder.
            template = "The export's checkpoint of {size} entries has another root than one that was kept."
            position = agreed + 1 if agreed < size else None
            return _damaged("known", "damage.history", template, {"size": size}, position)
        computed = made.root_at(size)
        if computed is None:
            return None
        if computed == kept.checkpoint.root:
            return Finding("known", f"entries up to {size} are those of a checkpoint that was kept")
        template = (
            "The first {size} entries are not those of a checkpoint that was kept; up to {agreed} they are right."
        )
        return _damaged("known", "damage.history", template, {"size": size, "agreed": agreed}, agreed + 1)

    def _proved(self, finding: Finding, first: bytes, second: bytes, published: Published) -> Finding:
        """The finding with a proof that convinces others too, where the export has all that it takes."""
        try:
            proof = fork_proof(first, second, TiledNodes(published.hashes).node)
            proof.verify(self._trusted.keys)
        except (Broken, TransparencyError, Malformed):
            # There is none: the kept one is larger, or the tiles do not lead to the export's own checkpoint.
            return finding
        return replace(finding, fork=proof.encoded())


def _coverage(size: int, fixed: int) -> Finding:
    if not size:
        return Finding("coverage", "the log holds nothing yet")
    if not fixed:
        said = f"nothing kept outside fixes these {size} entries: who holds the log's key could have made others"
    elif fixed < size:
        said = f"entries 1 to {fixed} are fixed by a checkpoint that was kept; {fixed + 1} to {size} by the log alone"
    else:
        said = f"entries 1 to {size} are fixed by a checkpoint that was kept"
    return Finding("coverage", said)


def _files(published: Published) -> Finding:
    count, some = published.strays()
    if not count:
        return Finding("files", "nothing else lies in the folder")
    named = ", ".join(shown(path) for path in some)
    return Finding("files", f"not looked at, since the checkpoint does not lead there: {named} ({count} in all)")


def _damaged(check: str, what: str, template: str, facts: Mapping[str, object], position: int | None = None) -> Finding:
    return Finding(check, "", Damage(what, template, facts, position))
