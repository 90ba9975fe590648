"""Witnesses: they cosign a log's checkpoint once they have seen that the log only grew; both sides, without HTTP.

C2SP tlog-witness v1.0.0 (https://c2sp.org/tlog-witness@v1.0.0), the call `add-checkpoint`. A witness is worth nothing
if it ever goes back, so `Witness` makes no cosignature before its store has taken the new tree head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol, Self

from ledger.transparency.checkpoints import Checkpoint, exact_size, hash_line, hash_of_line, verify_cosignature
from ledger.transparency.errors import InvalidNote, InvalidProof, TransparencyError
from ledger.transparency.notes import COSIGNATURE_V1, MAX_NOTE, Note, Signature, SigningKey, VerifierKey
from ledger.transparency.proofs import verify_consistency
from ledger.transparency.tree import EMPTY_ROOT, HASH_SIZE

MAX_HASHES: Final = 63
"""Hashes of a consistency proof, as the specification limits them."""

MAX_REQUEST: Final = MAX_NOTE + 10_000
"""Bytes; a server need read no more of a request to know that it is refused."""

PLAIN_TEXT: Final = "text/plain; charset=utf-8"
TREE_SIZE: Final = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A tree as a witness remembers it: leaves, and root hash (32 bytes)."""

    size: int
    root: bytes


NOTHING_SEEN: Final = TreeHead(0, EMPTY_ROOT)
"""What a witness remembers of a log of which it has cosigned nothing."""


class TreeHeads(Protocol):
    """Where a witness remembers the last tree head that it cosigned, one for each origin. It must outlive a crash."""

    def latest(self, origin: str) -> TreeHead:
        """The tree head of `origin`; NOTHING_SEEN if there is none."""
        ...

    def replace(self, origin: str, old: TreeHead, new: TreeHead) -> bool:
        """Put `new` in the place of `old` if the latest is still `old`, and say whether it was.

        Comparing and putting are one atomic step against every other caller (one conditional statement of a database,
        or a lock held over both), and `new` is durable when this returns True. The two may be equal: that only asks.
        """
        ...


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: cosign `checkpoint`, which `proof` shows to be consistent with the tree of `old_size` leaves.

    `proof` is a consistency proof (RFC 6962, 2.1.2) of at most MAX_HASHES hashes of 32 bytes; empty if the old size
    is 0 or that of the checkpoint. Raises InvalidProof if it cannot be written, InvalidNote if there is no checkpoint.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Note

    def __post_init__(self) -> None:
        if len(self.proof) > MAX_HASHES or any(len(one) != HASH_SIZE for one in self.proof):
            raise InvalidProof(f"A consistency proof has at most {MAX_HASHES} hashes, each of {HASH_SIZE} bytes.")
        if not 0 <= self.old_size <= Checkpoint.parse(self.checkpoint.text).size:
            raise InvalidProof("The old size lies between 0 and that of the checkpoint.")

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The request of an HTTP body. Raises InvalidProof or InvalidNote unless `encoded` gives `body` back."""
        if len(body) > MAX_REQUEST:
            raise InvalidProof(f"A request has at most {MAX_REQUEST} bytes.")
        head, empty_line, note = body.partition(b"\n\n")
        if not empty_line or head.count(b"\n") > MAX_HASHES:
            raise InvalidProof(f"A request is an old size, at most {MAX_HASHES} hashes, an empty line, a checkpoint.")
        try:
            old, *hashes = head.decode("ascii").split("\n")
            size, proof = exact_size(old.removeprefix("old ")), tuple(map(hash_of_line, hashes))
        except ValueError as problem:
            raise InvalidProof(f"The old size or a hash is malformed: {problem}.") from problem
        if not old.startswith("old "):
            raise InvalidProof("The first line of a request is `old SIZE`.")
        return cls(size, proof, Note.parse(note))

    def encoded(self) -> bytes:
        lines = (f"old {self.old_size}", *map(hash_line, self.proof), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint.encoded()


@dataclass(frozen=True, slots=True)
class Response:
    """What a witness answers: an HTTP status, the Content-Type and the body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness that signs with `key`, of type COSIGNATURE_V1, for the logs whose origins and keys are in `logs`.

    `now` tells the time in seconds since 1970 (POSIX). Nothing is remembered here but in `heads`, so one process or
    several may answer at once. Raises InvalidNote if the key is not one for cosignatures.
    """

    key: SigningKey
    logs: Mapping[str, tuple[VerifierKey, ...]]
    heads: TreeHeads
    now: Callable[[], int]

    def __post_init__(self) -> None:
        if self.key.algorithm != COSIGNATURE_V1:
            raise InvalidNote(f"{self.key.name} is no key for cosignatures.")

    def add_checkpoint(self, body: bytes) -> Response:
        """The answer to a request's body; what it promises is stored by then. Raises only what `heads` or `now` do."""
        try:
            request = AddCheckpoint.parse(body)
            checkpoint = Checkpoint.parse(request.checkpoint.text)
        except TransparencyError as problem:
            return _refused(HTTPStatus.BAD_REQUEST, str(problem))
        if not (keys := self.logs.get(checkpoint.origin)):
            return _refused(HTTPStatus.NOT_FOUND, "This witness does not know the log.")
        try:
            request.checkpoint.verified(keys)
        except InvalidNote as problem:
            return _refused(HTTPStatus.FORBIDDEN, str(problem))
        latest = self.heads.latest(checkpoint.origin)
        if refusal := judged(request, checkpoint, latest):
            return refusal
        # The time is taken between the two looks at the latest head, so that a later head never has an earlier time.
        time = self.now()
        if not self.heads.replace(checkpoint.origin, latest, TreeHead(checkpoint.size, checkpoint.root)):
            return _conflict(self.heads.latest(checkpoint.origin))
        cosignature = self.key.cosignature(request.checkpoint.text, time)
        return Response(HTTPStatus.OK, PLAIN_TEXT, f"{cosignature.line}\n".encode())


def judged(request: AddCheckpoint, checkpoint: Checkpoint, latest: TreeHead) -> Response | None:
    """Why a witness whose latest tree head is `latest` must refuse, or None: then `checkpoint` is its next head.

    `checkpoint` is that of the request, with its signature verified. Pure, for those who test or audit the rule.
    """
    if request.old_size != latest.size:
        return _conflict(latest)
    if checkpoint.size == latest.size and latest.size > 0 and checkpoint.root != latest.root:
        return _conflict(latest)
    try:
        if latest.size > 0:
            verify_consistency(latest.size, checkpoint.size, request.proof, latest.root, checkpoint.root)
        elif request.proof:
            return _refused(
                HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing is proved from the empty tree, so the proof is empty."
            )
        elif checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "This is not the root hash of an empty tree.")
    except InvalidProof as problem:
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(problem))
    return None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The witness cosigned: `checkpoint` is the note that was sent, with its verified cosignatures added."""

    checkpoint: Note


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The witness last cosigned a tree of `size` leaves: prove consistency from there.

    If that is the old size that was sent, and the checkpoint's too, the witness has another root for it: a fork.
    """

    size: int


@dataclass(frozen=True, slots=True)
class Declined:
    """The witness will not: 400 malformed, 403 no known signature, 404 unknown log, 422 wrong proof, or its trouble."""

    status: int


def understood(
    response: Response, request: AddCheckpoint, keys: Iterable[VerifierKey]
) -> Accepted | Elsewhere | Declined:
    """What a witness's `response` to `request` means for a log that knows the witness by `keys`.

    Raises InvalidNote if it says to have cosigned, and no signature line is by one of `keys` or one of those is wrong;
    TransparencyError if it tells a tree size that is none. Lines of unknown keys are left out.
    """
    if response.status == HTTPStatus.CONFLICT and response.content_type.partition(";")[0].strip().lower() == TREE_SIZE:
        return Elsewhere(_told_size(response.body))
    if response.status != HTTPStatus.OK:
        return Declined(response.status)
    known = {(key.name, key.key_id): key for key in keys}
    lines = [line for line in _signature_lines(response.body) if (line.name, line.key_id) in known]
    if not lines:
        raise InvalidNote("The witness answers without a cosignature of a known key.")
    note = request.checkpoint
    for line in Note(note.text, tuple(lines)).signatures:
        note = note.with_signature(line)
        verify_cosignature(note, known[line.name, line.key_id])
    return Accepted(note)


def _signature_lines(body: bytes) -> list[Signature]:
    # Line by line, not as the end of a note: what a witness answers must not become part of the text.
    try:
        *lines, rest = body.decode().split("\n")
    except UnicodeDecodeError as problem:
        raise InvalidNote("The witness answers with lines that are not UTF-8.") from problem
    if rest or len(body) > MAX_NOTE:
        raise InvalidNote("The witness answers with a line without an end, or with too many.")
    return [Signature.parse(line) for line in lines]


def _told_size(body: bytes) -> int:
    try:
        size, *rest = body.decode("ascii").split("\n")
        if rest == [""]:
            return exact_size(size)
    except ValueError:
        pass
    raise TransparencyError("The witness answers with a tree size that is none.")


def _conflict(latest: TreeHead) -> Response:
    return Response(HTTPStatus.CONFLICT, TREE_SIZE, f"{latest.size}\n".encode())


def _refused(status: int, sentence: str) -> Response:
    return Response(status, PLAIN_TEXT, f"{sentence}\n".encode(errors="replace"))
