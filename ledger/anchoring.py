"""The record held against what is remembered of it outside: signatures, checkpoints, cosignatures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from ledger.errors import Malformed
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import InvalidNote, InvalidPolicy, TransparencyError
from ledger.transparency.notes import Note, VerifierKey
from ledger.transparency.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ledger.signing import Keys, Signed

S = TypeVar("S", str, bytes)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outside:
    """What the verifier brings: keys to check signatures by, checkpoints that they remember, and a policy.

    `signed` is what the signer on this machine remembers to have signed last.
    """

    keys: tuple[VerifierKey, ...] = ()
    known: tuple[Note, ...] = ()
    policy: Policy | None = None
    signed: Signed | None = None

    @classmethod
    def read(cls, keys: Sequence[str] = (), known: Sequence[bytes] = (), policy: bytes | None = None) -> Outside:
        """From vkeys, notes and a policy as they are written. Raises Malformed "verify.key", ".known", ".policy"."""
        return cls(
            tuple(_read("verify.key", "{text} is no verifier key: {why}", VerifierKey.parse, key) for key in keys),
            tuple(_read("verify.known", "A known checkpoint is none: {why}", _checkpoint_note, note) for note in known),
            None
            if policy is None
            else _read("verify.policy", "The policy cannot be read: {why}", Policy.parse, policy),
        )

    def with_keys(self, keys: Keys, origin: str) -> Outside:
        """With the public keys and the memory of this machine, where the verifier brought none."""
        signer = keys.signer(origin, signs=False)
        signed = None if signer is None else signer.memory.last()
        return replace(self, keys=self.keys or keys.verifiers(origin), signed=signed)

    def sizes(self) -> set[int]:
        """The sizes at which the tree's root is wanted."""
        sizes = {Checkpoint.parse(note.text).size for note in self.known}
        return sizes | {self.signed.size} if self.signed else sizes


@dataclass(frozen=True, slots=True)
class Fork:
    """Two signed checkpoints that cannot both be of one log: what the record leads to, and what is remembered."""

    record: Note
    outside: Note


@dataclass(slots=True)
class Anchors:
    """What the checkpoints say: the first contradiction if there is one, and which events each of them fixes."""

    said: str = ""
    damage: str | None = None
    position: int | None = None
    coverage: tuple[str, ...] = ()
    forks: tuple[Fork, ...] = ()
    fixed: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def anchors(origin: str, events: int, roots: Mapping[int, bytes], stored: Sequence[Note], outside: Outside) -> Anchors:
    """Hold a log of so many events, whose roots were computed from its leaves, against every checkpoint there is.

    `stored` are the record's own checkpoints. The verifier's keys decide; none in the record is believed.
    """
    found = Anchors()
    quorum: list[int] = []
    for note, where in (*((note, "in the record") for note in stored), *((note, "outside") for note in outside.known)):
        problem = _problem(note, where, origin, events, roots, outside.keys)
        if problem is not None and found.damage is None:
            found.damage, found.position = problem
            found.forks = tuple(_forks(note, where, stored, roots))
            continue
        size = Checkpoint.parse(note.text).size
        found.fixed.append((size, where))
        if outside.policy is not None and _meets(outside.policy, note):
            quorum.append(size)
    if found.damage is None and outside.signed is not None:
        _hold_against_memory(found, events, roots, outside.signed)
    if found.damage is None and outside.policy is not None and not quorum:
        found.damage = "No checkpoint is cosigned as the policy demands"
    if found.position is None and found.damage is not None:
        # Where exactly cannot be told from a root: after the last checkpoint that agrees.
        found.position = max((size for size, _where in found.fixed), default=0) + 1
    found.said = _said(found, outside)
    found.coverage = tuple(_coverage(found, events, outside, quorum))
    return found


def _problem(
    note: Note, where: str, origin: str, events: int, roots: Mapping[int, bytes], keys: Sequence[VerifierKey]
) -> tuple[str, int | None] | None:
    """What contradicts the checkpoint: (sentence, position if it can be told), or None."""
    checkpoint = Checkpoint.parse(note.text)
    size = checkpoint.size
    if checkpoint.origin != origin:
        return f"A checkpoint {where} is of another log, {checkpoint.origin}", None
    if keys:
        try:
            note.verified(keys)
        except InvalidNote as wrong:
            return f"The checkpoint of {size} events {where} is not signed as it says: {wrong}", None
    if size > events:
        return f"A checkpoint {where} is of {size} events, and the log holds {events}: its end is gone", events + 1
    if roots[size] != checkpoint.root:
        return f"The first {size} events are not those of the checkpoint {where}: history was altered", None
    return None


def _forks(note: Note, where: str, stored: Sequence[Note], roots: Mapping[int, bytes]) -> Iterator[Fork]:
    """The record's own signed word against the remembered one, where it has signed the same size."""
    if where != "outside":
        return
    wanted = Checkpoint.parse(note.text)
    for own in stored:
        checkpoint = Checkpoint.parse(own.text)
        if checkpoint.size == wanted.size and checkpoint.root == roots.get(wanted.size) != wanted.root:
            yield Fork(own, note)


def _hold_against_memory(found: Anchors, events: int, roots: Mapping[int, bytes], signed: Signed) -> None:
    if signed.size > events:
        found.damage = f"{signed.size} events were signed here, and the log holds {events}: its end is gone"
        found.position = events + 1
    elif roots[signed.size] != signed.root:
        found.damage = f"The first {signed.size} events are not those that were signed here: history was altered"
    else:
        found.fixed.append((signed.size, "in the signer's memory"))


def _meets(policy: Policy, note: Note) -> bool:
    try:
        return bool(policy.met(note))
    except (InvalidNote, InvalidPolicy):
        return False


def _said(found: Anchors, outside: Outside) -> str:
    count = len(found.fixed)
    signed = "signed by the keys given" if outside.keys else "their signatures unchecked, since no key was given"
    return f"{count} checkpoint{'' if count == 1 else 's'} agree with the events, {signed}"


def _coverage(found: Anchors, events: int, outside: Outside, quorum: Sequence[int]) -> Iterator[str]:
    """Which events are fixed by what, largest hold first."""
    reached = 0
    anchored = max((size for size, where in found.fixed if where == "outside"), default=0)
    for size, what in (
        (max(quorum, default=0), "cosigned as the policy demands"),
        (anchored, "fixed by a checkpoint that you brought"),
        (max((size for size, where in found.fixed if where == "in the signer's memory"), default=0), "signed here"),
        (max((size for size, where in found.fixed), default=0), "signed in the record"),
    ):
        if size > reached:
            yield f"events {reached + 1} to {size}: {what}"
            reached = size
    if reached < events:
        yield f"events {reached + 1} to {events}: not signed"
    if not outside.keys:
        yield "no key was given, so no signature was checked"
    if anchored == 0 and not quorum:
        yield "nothing from outside was brought: whoever holds the key could have signed another history"


def _checkpoint_note(data: bytes) -> Note:
    note = Note.parse(data)
    Checkpoint.parse(note.text)
    return note


def _read(code: str, template: str, parse: Callable[[S], T], text: S) -> T:
    try:
        return parse(text)
    except TransparencyError as wrong:
        raise Malformed(code, template, text=str(text)[:80], why=str(wrong)) from wrong
