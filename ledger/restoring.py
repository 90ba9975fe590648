"""When the end of a log is lost: putting back what an export still has, or going on under a new name."""

from __future__ import annotations

import base64
import re
import secrets
from typing import TYPE_CHECKING

from ledger.commands import command
from ledger.errors import Damaged, NotFound, Refused
from ledger.publishing.findings import Broken
from ledger.publishing.published import Published
from ledger.publishing.reading import MAX_CHECKPOINT, Folder, shown
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.tiles import TILE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ledger.signing import Keys
    from ledger.store import Recorder
    from ledger.telling import Desk


def put_back(recorder: Recorder, keys: Keys, folder: Path) -> tuple[int, int]:
    """Adds to a log what it lacks of its own export in `folder`: (entries before, entries now).

    The export must be signed by a key of this machine. Raises NotFound "restore.no_key", Refused "restore.nothing",
    Damaged "restore.export", "restore.leaf", and as `Folder`; then nothing is added.
    """
    before = recorder.head().position
    with Folder(folder) as export:
        note = export.read("checkpoint", MAX_CHECKPOINT)
        checkpoint = _signed(note, keys, recorder.origin)
        if checkpoint.size <= before:
            template = "The export holds {size} events and the ledger {before}: there is nothing to put back."
            raise Refused("restore.nothing", template, size=checkpoint.size, before=before)
        now = recorder.put_back(_leaves(export, before, checkpoint.size), checkpoint.root)
    recorder.give_out(note, checkpoint.size)
    return before, now


def _signed(note: bytes, keys: Keys, origin: str) -> Checkpoint:
    trusted = keys.verifiers(origin)
    if not trusted:
        template = "There is no key for {origin} here, so an export cannot be told from a forged one."
        raise NotFound("restore.no_key", template, origin=origin)
    try:
        read = Note.parse(note)
        read.verified(trusted)
        checkpoint = Checkpoint.parse(read.text)
    except TransparencyError as wrong:
        template = "The export's checkpoint is not signed by this ledger's key: {why}"
        raise Damaged("restore.export", template, why=shown(str(wrong))) from wrong
    if checkpoint.origin != origin:
        template = "The export is of another log, {other}."
        raise Damaged("restore.export", template, other=shown(checkpoint.origin))
    return checkpoint


def _leaves(export: Folder, after: int, size: int) -> Iterator[bytes]:
    """The entries of an export from index `after` to `size`."""
    published = Published(export, size)
    for bundle in range(after // TILE_WIDTH, -(-size // TILE_WIDTH)):
        try:
            leaves = published.leaves(bundle)
        except Broken as broken:
            why = str(broken.damage)
            template = "The export cannot be read: {why}"
            raise Damaged("restore.export", template, why=why, position=broken.damage.position) from broken
        yield from leaves[max(0, after - bundle * TILE_WIDTH) :]


def begin_anew(
    recorder: Recorder, keys: Keys, begin: Callable[[], Desk], by: str, recorded_by: str, reason: str
) -> str:
    """The log goes on under a new name with a new key; its first entry says what is lost. Returns the new name.

    `by` decides it, who holds the root. Raises Refused where the rules say no, Unavailable "key.folder"; then nothing
    is changed.
    """
    former = recorder.origin
    signer, kept = keys.signer(former, signs=False), recorder.head().position
    last = None if signer is None else signer.memory.last()
    origin = f"{re.sub(r'-[0-9a-f]{8}$', '', former)}-{secrets.token_hex(4)}"
    keys.create(origin)
    before = recorder.sealer
    try:
        recorder.sealer = keys.signer(origin)
        desk = begin()
        said: dict[str, object] = {"do": "continue", "by": by, "reason": reason, "origin": origin, "former": former}
        if last is not None:
            said |= {"signed": last.size, "root": base64.b64encode(last.root).decode()}
        desk.add(command({**said, "kept": kept}), recorded_by)
        desk.commit(origin)
    except BaseException:
        recorder.sealer = before
        keys.forget(origin)
        raise
    return origin
