"""Signed notes: a text with the lines of those who signed it, one value and one sequence of bytes.

C2SP signed-note v1.0.0 (https://c2sp.org/signed-note@v1.0.0) with its Ed25519 signatures, and the timestamped Ed25519
signatures of C2SP tlog-cosignature v1.0.0 (https://c2sp.org/tlog-cosignature@v1.0.0). Reading is strict: bytes that
are read as a note are the only ones that write it, so a flipped bit is either refused or changes what was signed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.transparency.errors import InvalidNote

ED25519: Final = 0x01
"""The signature type of a plain Ed25519 signature over a note's text."""

COSIGNATURE_V1: Final = 0x04
"""The signature type of a witness's timestamped Ed25519 signature over a checkpoint."""

MAX_NOTE: Final = 1_000_000
"""Bytes of a whole note. The specification asks for a limit and leaves the number to us."""

MAX_SIGNATURES: Final = 100
"""Lines, as in Go's note package; the specification wants at least 16."""

MAX_TIME: Final = 2**63 - 1
"""Seconds; the largest time that a cosignature may state."""

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64
_DASH: Final = "\u2014 "
_SECRET: Final = "PRIVATE+KEY+"  # noqa: S105 - how Go marks a private key, not one itself
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f]")


def exact_base64(text: str) -> bytes:
    """The bytes that `text` writes in RFC 4648's standard base64, padded. Raises ValueError if anything else would."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the base64 that its bytes are written in")
    return data


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name that it signs with.

    `algorithm` is ED25519 or COSIGNATURE_V1; `key` is the 32 bytes of an Ed25519 public key (RFC 8032).
    Raises InvalidNote on a name that no signature line can hold, another algorithm, or a key of another length.
    """

    name: str
    algorithm: int
    key: bytes

    def __post_init__(self) -> None:
        _require_key(self.name, self.algorithm, self.key)

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of its name; an address, no protection."""
        # The name and the algorithm are hashed too, so one key under two names or uses has two ids.
        material = bytes((self.algorithm,)) + self.key
        return hashlib.sha256(self.name.encode() + b"\n" + material).digest()[:_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key written `name+hex id+base64` (a "vkey"). Raises InvalidNote unless str() gives `text` back."""
        key = cls(*_split_key(text))
        if str(key) != text:
            raise InvalidNote(f"The id of the verifier key {key.name} is not that of its name and key.")
        return key

    def __str__(self) -> str:
        return _joined_key(self.name, self.key_id, self.algorithm, self.key)

    def verifies(self, text: str, value: bytes) -> bool:
        """Whether `value`, as a signature line holds it, is this key's signature over `text`."""
        message, signature = text.encode(), value
        if self.algorithm == COSIGNATURE_V1:
            time, signature = int.from_bytes(value[:_TIME_BYTES]), value[_TIME_BYTES:]
            if time > MAX_TIME:
                return False
            message = _cosigned_message(text, time)
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under the name that it signs with. `seed` is 32 bytes (RFC 8032); it and str() show the secret.

    `dataclasses.replace(key, algorithm=COSIGNATURE_V1)` is the cosigning key of the same seed: another key, with
    another id.
    """

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_key(self.name, self.algorithm, self.seed)

    @classmethod
    def generate(cls, name: str, algorithm: int = ED25519) -> Self:
        """A new key from the operating system's chance."""
        return cls(name, algorithm, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key written `PRIVATE+KEY+name+hex id+base64`, as Go's note package does. Raises InvalidNote."""
        key = cls(*_split_key(text.removeprefix(_SECRET)))
        if str(key) != text:
            raise InvalidNote(f"The signing key {key.name} is not written {_SECRET}name+id+key, or has another's id.")
        return key

    def __str__(self) -> str:
        return _SECRET + _joined_key(self.name, self.verifier.key_id, self.algorithm, self.seed)

    @property
    def verifier(self) -> VerifierKey:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.algorithm, public)

    def signature(self, text: str) -> Signature:
        """The signature over a note's text. Raises InvalidNote if the key is for cosignatures, which state a time."""
        if self.algorithm != ED25519:
            raise InvalidNote(f"{self.name} is a key for cosignatures.")
        return self._signature(text.encode())

    def cosignature(self, text: str, time: int) -> Signature:
        """The cosignature over a checkpoint's text at `time`, in seconds since 1970 (POSIX).

        Raises InvalidNote if the key is not one for cosignatures, or `time` lies outside 0 to MAX_TIME.
        """
        if self.algorithm != COSIGNATURE_V1:
            raise InvalidNote(f"{self.name} is no key for cosignatures.")
        if not 0 <= time <= MAX_TIME:
            raise InvalidNote(f"A cosignature states a time from 0 to 2^63-1, not {time}.")
        return self._signature(_cosigned_message(text, time), time.to_bytes(_TIME_BYTES))

    def _signature(self, message: bytes, before: bytes = b"") -> Signature:
        signed = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        return Signature(self.name, self.verifier.key_id, before + signed)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: the name and the id (4 bytes) of a key, and what it signed with, in the key's own format."""

    name: str
    key_id: bytes
    value: bytes

    def __post_init__(self) -> None:
        _require_name(self.name)
        if len(self.key_id) != _ID_BYTES or not self.value:
            raise InvalidNote(f"The signature of {self.name} has no key id of four bytes, or nothing after it.")

    @classmethod
    def parse(cls, line: str) -> Self:
        """The signature of a line, given without its newline. Raises InvalidNote unless `line` gives it back."""
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            data = exact_base64(encoded)
        except ValueError as problem:
            raise InvalidNote("A signature line is an em dash, a name and base64, with one space between.") from problem
        signature = cls(name, data[:_ID_BYTES], data[_ID_BYTES:])
        if signature.line != line:
            raise InvalidNote("A signature line starts with an em dash and a space.")
        return signature

    @property
    def line(self) -> str:
        """The signature line, without its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, of which there is at least one and none twice from the same key.

    `text` ends in a newline. Nothing is verified yet: the text must be ignored until `verified` returned.
    Raises InvalidNote if it cannot be written: a control character, a lone surrogate, too long, too many lines.
    """

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise InvalidNote("The text of a note ends in a newline and holds no other control character.")
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise InvalidNote(f"A note has 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}.")
        if len({(one.name, one.key_id) for one in self.signatures}) != len(self.signatures):
            raise InvalidNote("One key has two signature lines in a note.")
        try:
            _require_length(len(self.encoded()))
        except UnicodeEncodeError as problem:
            raise InvalidNote("The text of a note has no UTF-8 form.") from problem

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The note that `data` holds. Raises InvalidNote unless `encoded` gives `data` back."""
        _require_length(len(data))
        try:
            whole = data.decode()
        except UnicodeDecodeError as problem:
            raise InvalidNote("A note is written in UTF-8.") from problem
        # The last empty line ends the text, which may hold empty lines of its own.
        text, empty_line, lines = whole.rpartition("\n\n")
        if not empty_line or not lines.endswith("\n"):
            raise InvalidNote("A note is a text, an empty line and signature lines, each ended by a newline.")
        if lines.count("\n") > MAX_SIGNATURES:
            raise InvalidNote(f"A note has at most {MAX_SIGNATURES} signatures.")
        return cls(text + "\n", tuple(Signature.parse(line) for line in lines[:-1].split("\n")))

    def encoded(self) -> bytes:
        return "".join((self.text, "\n", *(f"{one.line}\n" for one in self.signatures))).encode()

    def with_signature(self, signature: Signature) -> Note:
        """This note with one more signature, in place of an earlier one by the same key."""
        others = (one for one in self.signatures if (one.name, one.key_id) != (signature.name, signature.key_id))
        return Note(self.text, (*others, signature))

    def signature_of(self, key: VerifierKey) -> Signature | None:
        """The signature whose line names `key`, not verified."""
        return next((one for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id)), None)

    def verified(self, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Those of `keys` that signed, in the order of their lines; lines of other keys are ignored.

        Raises InvalidNote if none of them signed, if a line names one of them and does not verify, or if two of them
        cannot be told apart.
        """
        known: dict[tuple[str, bytes], VerifierKey] = {}
        for key in keys:
            if known.setdefault((key.name, key.key_id), key) != key:
                raise InvalidNote(f"Two known keys have the name {key.name} and the same id.")
        signers: list[VerifierKey] = []
        for one in self.signatures:
            if signer := known.get((one.name, one.key_id)):
                if not signer.verifies(self.text, one.value):
                    raise InvalidNote(f"The signature of {signer.name} does not verify.")
                signers.append(signer)
        if not signers:
            raise InvalidNote("None of the known keys signed the note.")
        return tuple(signers)


def _cosigned_message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _joined_key(name: str, key_id: bytes, algorithm: int, material: bytes) -> str:
    return f"{name}+{key_id.hex()}+{base64.b64encode(bytes((algorithm,)) + material).decode()}"


def _split_key(text: str) -> tuple[str, int, bytes]:
    # A name holds no plus; the base64 may.
    name, _, rest = text.partition("+")
    try:
        material = exact_base64(rest.partition("+")[2])
        return name, material[0], material[1:]
    except (ValueError, IndexError) as problem:
        raise InvalidNote("A key is written name+id+base64.") from problem


def _require_key(name: str, algorithm: int, material: bytes) -> None:
    _require_name(name)
    if algorithm not in {ED25519, COSIGNATURE_V1}:
        raise InvalidNote(f"The key {name} is of the type {algorithm:#04x}, which is not known here.")
    if len(material) != _KEY_BYTES:
        raise InvalidNote(f"The key {name} has {len(material)} bytes instead of {_KEY_BYTES}.")


def _require_name(name: str) -> None:
    if not name or any(one == "+" or one.isspace() or one < " " or "\ud800" <= one <= "\udfff" for one in name):
        raise InvalidNote(f"{name[:80]!r} is no key name: empty, or with a space, a plus or a control character.")


def _require_length(length: int) -> None:
    if length > MAX_NOTE:
        raise InvalidNote(f"A note has at most {MAX_NOTE} bytes, not {length}.")
