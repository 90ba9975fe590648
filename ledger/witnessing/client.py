"""Asking a witness to cosign a checkpoint: C2SP tlog-witness v1.0.0, https://c2sp.org/tlog-witness@v1.0.0."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from ledger.errors import Conflict, LedgerError, Malformed, Refused, Unavailable
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import COSIGNATURE_V1, Note, VerifierKey
from ledger.transparency.witnesses import Accepted, AddCheckpoint, Declined, Elsewhere, Response, understood
from ledger.witnessing.web import TIMEOUT, Answer, call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MAX_ANSWER: Final = 65_536
"""Bytes of an answer: a hundred signature lines, and more."""

_TRIES: Final = 5
_LONGEST_WORDS: Final = 200
_DECLINED: Final = {
    HTTPStatus.BAD_REQUEST: ("witness.not_understood", "The witness at {url} did not understand the request{words}."),
    HTTPStatus.FORBIDDEN: (
        "witness.unknown_key",
        "The witness at {url} knows no key that signed the checkpoint{words}.",
    ),
    HTTPStatus.NOT_FOUND: ("witness.unknown_log", "The witness at {url} does not know the log {origin}{words}."),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "witness.inconsistent",
        "The witness at {url} does not find that {origin} only grew since it last cosigned{words}.",
    ),
}


def submit(
    url: str, request: AddCheckpoint, keys: Iterable[VerifierKey], timeout: float = TIMEOUT
) -> Accepted | Elsewhere:
    """What the witness whose submission prefix is `url`, and who signs with one of `keys`, answers to `request`.

    Elsewhere tells a size, other than the old one of the request and at most that of the checkpoint, from which to
    prove consistency and ask again. Raises Malformed "witness.no_known_key" if none of `keys` is for cosignatures;
    Refused "witness.forked" if the witness cosigned another tree of that size, "witness.ahead" if a larger one,
    "witness.inconsistent", "witness.unknown_log", "witness.unknown_key", "witness.not_understood" as it says so,
    "witness.incoherent" if its answer makes no sense or its cosignature does not verify; Unavailable
    "witness.unavailable" if it cannot answer; and as `web.call`, with which it shares `timeout` in seconds.
    """
    keys = tuple(keys)
    if not any(key.algorithm == COSIGNATURE_V1 for key in keys):
        template = "The key of the witness at {url} is missing: without it nothing shows that it cosigned."
        raise Malformed("witness.no_known_key", template, url=url)
    answer = call(f"{url.rstrip('/')}/add-checkpoint", request.encoded(), MAX_ANSWER, timeout)
    checkpoint = Checkpoint.parse(request.checkpoint.text)
    try:
        meaning = understood(Response(answer.status, answer.content_type, answer.body), request, keys)
    except TransparencyError as wrong:
        raise _incoherent(url, wrong.sentence) from wrong
    match meaning:
        case Accepted():
            return meaning
        case Elsewhere(size):
            _require_a_way_on(url, size, request.old_size, checkpoint)
            return meaning
        case Declined():
            raise _declined(url, answer, checkpoint)


def witnessed(
    url: str,
    checkpoint: Note,
    prove: Callable[[int], Sequence[bytes]],
    keys: Iterable[VerifierKey],
    timeout: float = TIMEOUT,
) -> Note:
    """The `checkpoint` with the cosignature of the witness at `url`, who is asked first where it stands.

    `prove(old_size)` is the consistency proof from there to the checkpoint, for 0 < old_size < its size. `timeout` is
    for each of at most five calls. Raises Conflict "witness.moving" if the witness stands elsewhere each time, and as
    `submit`.
    """
    keys = tuple(keys)
    size = Checkpoint.parse(checkpoint.text).size
    old = 0
    for _time in range(_TRIES):
        proof = tuple(prove(old)) if 0 < old < size else ()
        match submit(url, AddCheckpoint(old, proof, checkpoint), keys, timeout):
            case Accepted(note):
                return note
            case Elsewhere(told):
                old = told
    template = "The witness at {url} cosigns other checkpoints of this log all the time; try again."
    raise Conflict("witness.moving", template, url=url)


def _require_a_way_on(url: str, told: int, old: int, checkpoint: Checkpoint) -> None:
    if told > checkpoint.size:
        raise Refused(
            "witness.ahead",
            "The witness at {url} has cosigned {told} entries of {origin}, and the checkpoint has {size}: it is an "
            "earlier one, or the ledger is an older copy.",
            url=url,
            told=told,
            origin=checkpoint.origin,
            size=checkpoint.size,
        )
    if told == old == checkpoint.size:
        raise Refused(
            "witness.forked",
            "The witness at {url} has cosigned another tree of {size} entries of {origin}: there are two histories.",
            url=url,
            origin=checkpoint.origin,
            size=checkpoint.size,
        )
    if told == old:
        raise _incoherent(url, "It asks for a proof from where the proof began.")


def _declined(url: str, answer: Answer, checkpoint: Checkpoint) -> LedgerError:
    known = next((said for status, said in _DECLINED.items() if status == answer.status), None)
    first = answer.body.decode(errors="replace").partition("\n")[0].strip().rstrip(".")
    words = f" ({first[:_LONGEST_WORDS]})" if first else ""
    if known is None:
        template = "The witness at {url} cannot cosign now, with the status {status}{words}; try again later."
        return Unavailable("witness.unavailable", template, url=url, status=answer.status, words=words)
    code, template = known
    return Refused(code, template, url=url, origin=checkpoint.origin, words=words)


def _incoherent(url: str, why: str) -> Refused:
    template = "The answer of the witness at {url} makes no sense: {why}"
    return Refused("witness.incoherent", template, url=url, why=why)
