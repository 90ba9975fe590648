"""What the log gives out for others to hold it to: signed checkpoints, proofs, a new key endorsed by the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.anchoring import Outside
from ledger.errors import NotFound
from ledger.proving import prove
from ledger.publishing.case import Case, export_case
from ledger.publishing.tlog import Exported, export_tlog
from ledger.signing import Signer
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note, SigningKey
from ledger.transparency.proofs import consistency_proof, root
from ledger.transparency.tiles import TiledNodes
from ledger.witnessing.client import witnessed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ledger.signing import Keys
    from ledger.store import Recorder
    from ledger.transparency.notes import VerifierKey


class Notary:
    """Signs for one ledger with its key on this machine, and keeps what was given out."""

    def __init__(self, recorder: Recorder, keys: Keys | None) -> None:
        self._recorder = recorder
        self._keys = keys

    @property
    def signs(self) -> bool:
        """Whether what is recorded is signed."""
        sealer = self._recorder.sealer
        return isinstance(sealer, Signer) and sealer.key is not None

    def checkpoint(self) -> bytes:
        """The signed checkpoint of the log as it stands, for somebody outside to remember; it is kept as given out.

        Raises NotFound "key.none" where there is no key here, Refused "log.behind", Damaged "log.forked".
        """
        note = self._signed()
        self.give_out(note)
        return note

    def fixed(self) -> tuple[bytes, int]:
        """A checkpoint as `checkpoint` gives it, and how many entries it fixes."""
        note = self.checkpoint()
        return note, Checkpoint.parse(Note.parse(note).text).size

    def give_out(self, note: bytes) -> None:
        """Keep a checkpoint, with the cosignatures it has, among those that somebody outside remembers."""
        self._recorder.give_out(note, Checkpoint.parse(Note.parse(note).text).size)
        sealer = self._recorder.sealer
        if isinstance(sealer, Signer):
            sealer.memory.settle()

    def root_at(self, size: int) -> bytes:
        """The root of the tree of the first `size` entries, 32 bytes. Raises InvalidTile where there are fewer."""
        return root(size, TiledNodes(self._recorder.tile).node)

    def prove(self, position: int) -> bytes:
        """A `.tlog-proof` of the entry at `position`. Raises NotFound "position.beyond", and as `checkpoint`."""
        return prove(self._recorder, self.checkpoint(), position)

    def submit(self, note: bytes, url: str, witness_keys: Sequence[str]) -> bytes:
        """The checkpoint with the cosignature of the witness at `url`, known by one of the vkeys; kept as given out.

        Raises Malformed "verify.key", and as `witnessing.client.witnessed`.
        """
        keys = Outside.read(witness_keys).keys
        checkpoint = Note.parse(note)
        size, node = Checkpoint.parse(checkpoint.text).size, TiledNodes(self._recorder.tile).node
        cosigned = witnessed(url, checkpoint, lambda old: consistency_proof(old, size, node), keys).encoded()
        self.give_out(cosigned)
        return cosigned

    def export_tlog(self, folder: Path, progress: Callable[[int, int], None] | None = None) -> Exported:
        """The log as files of C2SP tlog-tiles, up to the checkpoint of now; incremental. See `publishing.tlog`."""
        return export_tlog(self._recorder, folder, self.checkpoint(), progress)

    def export_case(self, folder: Path, case: Case, progress: Callable[[int, int], None] | None = None) -> None:
        """An answer with the entries behind it as a bag (BagIt, RFC 8493). See `publishing.case`."""
        export_case(self._recorder, folder, case, progress)

    def rotate_key(self) -> tuple[VerifierKey, bytes]:
        """Signs with a new key from now on: that, and the checkpoint of this moment, which both sign and is given out.

        Whoever goes by one of the keys may go by the other because of it, see `transparency.rotations`. Raises as
        `checkpoint`, Unavailable "key.folder".
        """
        sealer = self._recorder.sealer
        if self._keys is None or not isinstance(sealer, Signer):
            raise self._no_key()
        # Nobody signs meanwhile: what the old key signed after this would be a stranger's to whoever has the new one.
        with sealer.turn() as turn:
            tree, new = self._recorder.tree(), SigningKey.generate(self._recorder.origin)
            turn.compare(tree.size, self.root_at)
            note = turn.rotated(tree.size, tree.root(), new)
            if note is None:
                raise self._no_key()
            # First what shows that the old key wanted the new one: a key that nobody endorsed would be a stranger's.
            self._recorder.give_out(note, tree.size)
            self._keys.keep(new)
        sealer.memory.settle()
        return new.verifier, note

    def _signed(self) -> bytes:
        note = self._recorder.seal() if self.signs else None
        if note is None:
            raise self._no_key()
        return note

    def _no_key(self) -> NotFound:
        template = "There is no key for {origin} here; make one (tillit key create)."
        return NotFound("key.none", template, origin=self._recorder.origin)
