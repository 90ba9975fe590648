"""Salted commitments to private texts: what an event holds in place of a text that may have to be forgotten.

The form is that of a Disclosure for an object property in SD-JWT (RFC 9901, section 4.2), so that others can check it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

SALT_BYTES: Final = 16
"""128 bits, as RFC 9901 recommends. An unsalted hash of a name or a personal number is guessed in seconds."""
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A text with the salt and the name of the field that it stands in: whoever has it can check the digest.

    `salt` is the base64url of SALT_BYTES random bytes, another for each text.
    """

    salt: str
    field: str
    text: str

    @classmethod
    def salted(cls, salt: bytes, field: str, text: str) -> Disclosure:
        return cls(_base64url(salt), field, text)

    @classmethod
    def decoded(cls, encoded: bytes) -> Disclosure:
        """The disclosure of those bytes. Raises ValueError where they are none."""
        parts = json.loads(urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)))
        if not isinstance(parts, list) or len(parts) != _PARTS or not all(isinstance(part, str) for part in parts):
            message = "not an array of a salt, a field and a text"
            raise ValueError(message)
        return cls(*parts)

    @property
    def encoded(self) -> bytes:
        """Base64url, without padding, of the JSON array [salt, field, text]."""
        return _base64url(json.dumps([self.salt, self.field, self.text], ensure_ascii=False).encode()).encode()

    @property
    def digest(self) -> str:
        """The commitment: what the event holds."""
        return digest_of(self.encoded)


def digest_of(encoded: bytes) -> str:
    """Base64url, without padding, of the SHA-256 of an encoded disclosure: 43 characters."""
    return _base64url(sha256(encoded).digest())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
