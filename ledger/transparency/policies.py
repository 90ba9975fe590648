"""Policies: which logs a reader trusts, and which witnesses must have cosigned before a checkpoint is believed.

C2SP tlog-policy (https://c2sp.org/tlog-policy). A policy is a text file of bytes; whatever is not ASCII in it is
opaque, which `surrogateescape` keeps byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self, assert_never

from ledger.transparency.checkpoints import Checkpoint, verify_cosignature
from ledger.transparency.errors import InvalidNote, InvalidPolicy
from ledger.transparency.notes import COSIGNATURE_V1, Note, VerifierKey

NONE: Final = "none"
"""The quorum that asks for no cosignature."""

MAX_POLICY: Final = 1_000_000
"""Bytes. The specification wants room for at least 32 logs, witnesses and groups."""

_WHITESPACE: Final = re.compile("[ \t]+")
_WORD: Final = re.compile("[^\x00-\x20\x7f]+")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER: Final = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log that is trusted to sign for the origin that is its key's name."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness; `name` has a meaning only inside the policy, the key's own name is its name in notes."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group has witnessed a checkpoint when at least `threshold` of its members have: witnesses or other groups."""

    name: str
    threshold: int
    members: tuple[str, ...]


Definition = KnownLog | KnownWitness | Group


@dataclass(frozen=True, slots=True)
class Cosigned:
    """That a witness, by its name in the policy, cosigned at `time`, in seconds since 1970 (POSIX)."""

    witness: str
    time: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a policy found in a checkpoint that `log`, trusted, has signed. True if the quorum is met.

    `cosigned` names the witnesses that signed, whether or not they suffice, in the order of the policy.
    """

    checkpoint: Checkpoint
    log: VerifierKey
    cosigned: tuple[Cosigned, ...]
    quorum_met: bool

    def __bool__(self) -> bool:
        return self.quorum_met


@dataclass(frozen=True, slots=True)
class Policy:
    """What makes a checkpoint valid: signed by one of the logs, and witnessed by `quorum`.

    `quorum` names a witness or a group, or is NONE. `definitions` stand in the order of the file: a group names only
    what stands before it. Raises InvalidPolicy if they contradict the specification.
    """

    definitions: tuple[Definition, ...]
    quorum: str

    def __post_init__(self) -> None:
        known = _Definitions()
        for definition in self.definitions:
            known.add(definition)
        known.decide(self.quorum)

    @property
    def logs(self) -> tuple[KnownLog, ...]:
        return tuple(one for one in self.definitions if isinstance(one, KnownLog))

    @property
    def witnesses(self) -> tuple[KnownWitness, ...]:
        return tuple(one for one in self.definitions if isinstance(one, KnownWitness))

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(one for one in self.definitions if isinstance(one, Group))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The policy of a file. Raises InvalidPolicy, with the number of the line where there is one."""
        if len(data) > MAX_POLICY:
            raise InvalidPolicy(f"A policy has at most {MAX_POLICY} bytes, not {len(data)}.")
        *lines, rest = data.decode(errors="surrogateescape").split("\n")
        if rest:
            raise InvalidPolicy("The last line of the policy does not end in a newline; it may have been cut off.")
        known = _Definitions()
        for number, line in enumerate(lines, 1):
            try:
                known.read(_words(line))
            except (InvalidPolicy, InvalidNote) as problem:
                raise InvalidPolicy(f"Line {number} of the policy: {problem}") from problem
        if known.quorum is None:
            raise InvalidPolicy("The policy has no line `quorum NAME`.")
        return cls(tuple(known.definitions), known.quorum)

    def encoded(self) -> bytes:
        """The policy as a file that `parse` reads; comments and layout of an earlier file are not kept."""
        lines = (*map(_line, self.definitions), f"quorum {self.quorum}")
        return "".join(f"{line}\n" for line in lines).encode(errors="surrogateescape")

    def met(self, note: Note, log: VerifierKey | None = None) -> Finding:
        """What the policy says of the checkpoint `note`; true if it is valid.

        `log` is one more key to trust, and is needed where the policy lists no log. Raises InvalidNote if the note
        holds no checkpoint, if no trusted log signed it for its own origin, or if a signature of a known key is
        wrong; InvalidPolicy if there is no log to trust.
        """
        logs = [one.key for one in self.logs] + ([log] if log else [])
        if not logs:
            raise InvalidPolicy("The policy lists no log, so the key of the log must be given with the checkpoint.")
        verified = note.verified((*logs, *(one.key for one in self.witnesses)))
        checkpoint = Checkpoint.parse(note.text)
        signers = [key for key in logs if key in verified and key.name == checkpoint.origin]
        if not signers:
            raise InvalidNote(f"No trusted log signed the checkpoint of {checkpoint.origin}.")
        signed = [one for one in self.witnesses if one.key in verified]
        cosigned = tuple(Cosigned(one.name, verify_cosignature(note, one.key)) for one in signed)
        witnessed = {NONE, *(one.name for one in signed)}
        for group in self.groups:
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(group.name)
        return Finding(checkpoint, signers[0], cosigned, self.quorum in witnessed)


class _Definitions:
    """What stands before a line of a policy, and so what the line may name and may not say again."""

    def __init__(self) -> None:
        self.definitions: list[Definition] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._log_keys: set[bytes] = set()
        self._witness_keys: set[bytes] = set()

    def read(self, words: list[str]) -> None:
        match words:
            case []:
                return
            case ["quorum", name]:
                self.decide(name)
            case _:
                self.add(_definition(words))

    def decide(self, quorum: str) -> None:
        if self.quorum is not None:
            raise InvalidPolicy("A policy has one quorum.")
        if quorum != NONE and quorum not in self._names:
            raise InvalidPolicy(f"The quorum {quorum!r} is not defined before it is used.")
        self.quorum = quorum

    def add(self, definition: Definition) -> None:
        self.definitions.append(definition)
        match definition:
            case KnownLog(key, url):
                self._require_new_key(self._log_keys, key, url)
            case KnownWitness(name, key, url):
                if key.algorithm != COSIGNATURE_V1:
                    raise InvalidPolicy(f"The key of the witness {name!r} is none for cosignatures (type 0x04).")
                self._require_new_key(self._witness_keys, key, url)
                self._require_new_name(name)
            case Group(name, threshold, members):
                self._require_members(members)
                if not 1 <= threshold <= len(members):
                    raise InvalidPolicy(f"The threshold of the group {name!r} lies not in 1 to {len(members)}.")
                self._require_new_name(name)
            case _:
                assert_never(definition)

    def _require_new_name(self, name: str) -> None:
        _require_word(name)
        if name == NONE or name in self._names:
            raise InvalidPolicy(f"The name {name!r} is taken.")
        self._names.add(name)

    def _require_members(self, members: tuple[str, ...]) -> None:
        for member in members:
            if member not in self._names:
                raise InvalidPolicy(f"The member {member!r} is not defined before it is used.")
            if member in self._members:
                raise InvalidPolicy(f"{member!r} is a member twice; each counts in one way only.")
            self._members.add(member)

    @staticmethod
    def _require_new_key(keys: set[bytes], key: VerifierKey, url: str | None) -> None:
        # The same key under another name is no second witness.
        if key.key in keys:
            raise InvalidPolicy(f"The public key of {key.name} stands in the policy twice.")
        keys.add(key.key)
        if url is not None:
            _require_word(url)


def _require_word(word: str) -> None:
    try:
        same = word.encode(errors="surrogateescape").decode(errors="surrogateescape")
    except UnicodeEncodeError:
        same = None
    if word != same or not _WORD.fullmatch(word):
        raise InvalidPolicy(f"{word[:80]!r} is empty or holds a space, a control character or half a character.")


def _words(line: str) -> list[str]:
    if _FORBIDDEN.search(line):
        raise InvalidPolicy("It holds a control character other than a tab.")
    words = _WHITESPACE.split(line.strip(" \t"))
    return [] if not words[0] or words[0].startswith("#") else words


def _definition(words: list[str]) -> Definition:
    match words:
        case ["log", key]:
            return KnownLog(VerifierKey.parse(key))
        case ["log", key, url]:
            return KnownLog(VerifierKey.parse(key), url)
        case ["witness", name, key]:
            return KnownWitness(name, VerifierKey.parse(key))
        case ["witness", name, key, url]:
            return KnownWitness(name, VerifierKey.parse(key), url)
        case ["group", name, threshold, member, *members]:
            return Group(name, _threshold(threshold, len(members) + 1), (member, *members))
        case _:
            raise InvalidPolicy(
                "It is none of `log KEY [URL]`, `witness NAME KEY [URL]`, `group NAME all|any|N NAME…`, `quorum NAME`."
            )


def _threshold(word: str, members: int) -> int:
    if word in {"any", "all"}:
        return 1 if word == "any" else members
    if not _NUMBER.fullmatch(word):
        raise InvalidPolicy(f"The threshold {word[:40]!r} is none of all, any or a number.")
    return int(word)


def _line(definition: Definition) -> str:
    match definition:
        case KnownLog(key, url):
            return " ".join(("log", str(key), *((url,) if url else ())))
        case KnownWitness(name, key, url):
            return " ".join(("witness", name, str(key), *((url,) if url else ())))
        case Group(name, threshold, members):
            words = {len(members): "all", 1: "any"}
            return " ".join(("group", name, words.get(threshold, str(threshold)), *members))
        case _:
            assert_never(definition)
