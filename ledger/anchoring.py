"""The record held against what is remembered of it outside: signatures, checkpoints, cosignatures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self, TypeVar

from ledger.errors import Malformed
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import InvalidNote, InvalidPolicy, TransparencyError
from ledger.transparency.notes import Note, VerifierKey
from ledger.transparency.policies import Policy
from ledger.transparency.rotations import Rotation, Trusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ledger.signing import Keys, Signed
    from ledger.store import Check

_LONGEST: Final = 200
"""Characters of a name in a sentence."""

S = TypeVar("S", str, bytes)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint as somebody kept it: the signed `note`, or only its lines, as pasted into the minutes (None).

    `data` is what it was read from.
    """

    checkpoint: Checkpoint
    note: Note | None
    data: bytes = b""

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Raises InvalidNote. The lines alone may end as any editor ends them."""
        try:
            note = Note.parse(data)
        except InvalidNote as no_note:
            try:
                lines = data.decode().replace("\r\n", "\n").strip("\n")
                return cls(Checkpoint.parse(f"{lines}\n"), None, data)
            except ValueError:
                raise no_note from None
        return cls(Checkpoint.parse(note.text), note, data)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the verifier brings: keys to check signatures by, checkpoints that they remember, and a policy.

    `signed` is what the signer on this machine remembers to have signed last; `local` are the keys here. To keys that
    the verifier brings, something must be signed: else all could be altered by whoever takes the signatures away.
    """

    keys: tuple[VerifierKey, ...] = ()
    known: tuple[Kept, ...] = ()
    policy: Policy | None = None
    signed: Signed | None = None
    local: Keys | None = None

    @classmethod
    def read(
        cls, keys: Sequence[str] = (), known: Sequence[tuple[str, bytes]] = (), policy: bytes | None = None
    ) -> Outside:
        """From vkeys, notes by where they lie, and a policy, as they are written.

        Raises Malformed "verify.key", "verify.known", "verify.policy".
        """
        return cls(
            tuple(
                _read("verify.key", "“{name}” is no verifier key: {why}", VerifierKey.parse, key, key) for key in keys
            ),
            tuple(
                _read("verify.known", "{name} is no checkpoint: {why}", Kept.read, note, name) for name, note in known
            ),
            None
            if policy is None
            else _read("verify.policy", "The policy cannot be read: {why}", Policy.parse, policy),
        )

    def with_keys(self, keys: Keys, origin: str) -> Outside:
        """With the memory of this machine, and its public keys where the verifier brings none."""
        signer = keys.signer(origin, signs=False)
        return replace(self, signed=None if signer is None else signer.memory.last(), local=keys)

    def keys_of(self, names: Iterable[str]) -> tuple[VerifierKey, ...]:
        """The keys whose signatures count, for a log of these names."""
        if self.keys or self.local is None:
            return self.keys
        return tuple(key for name in names for key in self.local.verifiers(name))

    def trusted(self, names: Iterable[str], notes: Iterable[Note]) -> Trusted:
        """The keys whose signatures count, and those that they vouch for in the notes and in what is remembered."""
        return Trusted(self.keys_of(names), (*notes, *self._notes()))

    def meets(self, note: Note, notes: Iterable[Note] = ()) -> bool:
        """Whether the checkpoint is signed and cosigned as the policy demands, by a log's key as in `trusted`."""
        if self.policy is None:
            return False
        logs = Trusted((*self.keys, *(log.key for log in self.policy.logs)), (*notes, *self._notes()))
        return any(_met(self.policy, note, key) for key in logs.at(Checkpoint.parse(note.text).size))

    def _notes(self) -> Iterator[Note]:
        return (kept.note for kept in self.known if kept.note is not None)

    def sizes(self) -> set[int]:
        """The sizes at which the tree's root is wanted."""
        sizes = {each.checkpoint.size for each in self.known}
        return sizes | {self.signed.size} if self.signed else sizes


@dataclass(slots=True)
class Anchors:
    """What the checkpoints say: the first contradiction if there is one, and which events each of them fixes.

    `contradicting` are signed checkpoints from outside that are not of this history; `trusted` are the keys gone by.
    """

    trusted: Trusted

    said: str = ""
    damage: str | None = None
    position: int | None = None
    coverage: tuple[str, ...] = ()
    contradicting: list[Note] = field(default_factory=list[Note])
    fixed: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    lost: list[str] = field(default_factory=list[str])


def anchors(origin: str, check: Check, outside: Outside) -> Anchors:
    """Hold a log that was checked against every checkpoint there is.

    The verifier's keys decide; none in the record is believed. Checkpoints of a name that the log had before hold for
    the entries it had then; beyond them, what the log itself says to be lost is reported as that.
    """
    events, roots = check.events, check.roots
    trusted = outside.trusted((*(each.former for each in check.continued), origin), check.notes)
    found = Anchors(trusted)
    quorum: list[int] = []
    record = [Kept(Checkpoint.parse(note.text), note) for note in check.notes]
    for where, all_kept in (("in the record", record), ("outside", outside.known)):
        for kept in sorted(all_kept, key=lambda each: each.checkpoint.size):
            size = kept.checkpoint.size
            if (lost := _declared_lost(kept.checkpoint, check)) is not None:
                found.lost.append(lost)
            elif (problem := _problem(kept, where, origin, check, trusted)) is not None:
                if found.damage is None:
                    found.damage, found.position = problem
                    if found.position is None:
                        # A root does not tell where: after the last checkpoint of the same trust that agrees.
                        agreeing = (done for done, by in found.fixed if by == where and done < size)
                        found.position = max(agreeing, default=0) + 1
                        if roots.get(size, kept.checkpoint.root) != kept.checkpoint.root:
                            found.damage += f" (within events {found.position} to {size})"
                if where == "outside" and kept.note is not None and check.roots.get(size) != kept.checkpoint.root:
                    found.contradicting.append(kept.note)
            else:
                found.fixed.append((size, where))
                if kept.note is not None and outside.meets(kept.note, check.notes):
                    quorum.append(size)
    if found.damage is None and outside.signed is not None:
        _hold_against_memory(found, events, roots, outside.signed)
    if found.damage is None and outside.keys and events and not found.fixed:
        found.damage, found.position = "No checkpoint is there that the keys given have signed", 1
    if found.damage is None and outside.policy is not None and not quorum:
        found.damage = "No checkpoint is cosigned as the policy demands"
    found.said = _said(found, signatures=bool(trusted))
    found.coverage = tuple(_coverage(found, events, quorum, signatures=bool(trusted)))
    return found


def _problem(kept: Kept, where: str, origin: str, check: Check, trusted: Trusted) -> tuple[str, int | None] | None:
    """What contradicts the checkpoint: (sentence, position if it tells one), or None."""
    checkpoint, note = kept.checkpoint, kept.note
    size, events = checkpoint.size, check.events
    former = any(each.former == checkpoint.origin and size < each.position for each in check.continued)
    if checkpoint.origin != origin and not former:
        return f"A checkpoint {where} is of another log, {checkpoint.origin}", None
    if note is not None:
        try:
            Rotation.read(note)
            if trusted:
                note.verified(trusted.at(size))
        except InvalidNote as wrong:
            return (
                f"The checkpoint of {size} events {where} is not signed as it says: {wrong}{trusted.beside(note)}",
                None,
            )
    if size > events:
        return f"A checkpoint {where} is of {size} events, and the log holds {events}: its end is gone", events + 1
    if check.roots[size] != checkpoint.root:
        return f"The first {size} events are not those of the checkpoint {where}: history was altered", None
    return None


def _declared_lost(checkpoint: Checkpoint, check: Check) -> str | None:
    """What the log says to have lost, where the checkpoint is of that."""
    for each in check.continued:
        if each.former == checkpoint.origin and each.position <= checkpoint.size <= (each.signed or 0):
            return f"events {each.position} to {checkpoint.size} of {each.former}: lost, as entry {each.position} says"
    return None


def _hold_against_memory(found: Anchors, events: int, roots: Mapping[int, bytes], signed: Signed) -> None:
    if signed.size > events:
        found.damage = f"{signed.size} events were signed here, and the log holds {events}: its end is gone"
        found.position = events + 1
    elif roots[signed.size] != signed.root:
        found.damage = (
            f"The first {signed.size} events are not those that were signed here: history was altered "
            f"(within events 1 to {signed.size})"
        )
        found.position = 1
    else:
        found.fixed.append((signed.size, "in the signer's memory"))


def _met(policy: Policy, note: Note, log: VerifierKey) -> bool:
    try:
        return bool(policy.met(note, log))
    except (InvalidNote, InvalidPolicy):
        return False


def _said(found: Anchors, *, signatures: bool) -> str:
    count = len(found.fixed)
    signed = (
        "signed by keys that are trusted here" if signatures else "their signatures unchecked, since no key was given"
    )
    return f"{count} checkpoint{'' if count == 1 else 's'} agree with the events, {signed}"


def _coverage(found: Anchors, events: int, quorum: Sequence[int], *, signatures: bool) -> Iterator[str]:
    """Which events are fixed by what, largest hold first."""
    yield from dict.fromkeys(found.lost)
    for each in found.trusted.rotations:
        yield f"the key was replaced at {each.size} events, as both say: {each.old} by {each.new}"
    reached = 0
    anchored = max((size for size, where in found.fixed if where == "outside"), default=0)
    for size, what in (
        (max(quorum, default=0), "cosigned as the policy demands"),
        (anchored, "fixed by a checkpoint that you brought"),
        (max((size for size, where in found.fixed if where == "in the signer's memory"), default=0), "signed here"),
        (max((size for size, _where in found.fixed), default=0), "signed in the record"),
    ):
        if size > reached:
            yield f"events {reached + 1} to {size}: {what}"
            reached = size
    if reached < events:
        yield f"events {reached + 1} to {events}: not signed"
    if not signatures:
        yield "no key was given, so no signature was checked"
    if anchored == 0 and not quorum:
        yield "nothing from outside was brought: whoever holds the key could have signed another history"


def _read(code: str, template: str, parse: Callable[[S], T], text: S, name: str = "") -> T:
    try:
        return parse(text)
    except TransparencyError as wrong:
        raise Malformed(code, template, name=name[:_LONGEST], why=str(wrong)) from wrong
