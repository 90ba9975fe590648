"""Private texts beside the log: each encrypted under the key of its subject, so that they can be destroyed for good.

A row is written once, at the end of its table, and erased where it stands: were it ever moved, SQLite would leave a
copy in the page that it came from. So the rows stay, emptied, as tombstones.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import bindparam, insert, null, select, union, update

from ledger.commitments import Disclosure, digest_of
from ledger.errors import Damaged
from ledger.store.schema import disclosure, subject_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from ledger.store.database import Link

KEY_BITS: Final = 256
NONCE_BYTES: Final = 12
"""96 bits, as NIST SP 800-38D has it for AES-GCM; at random, good for 2**32 texts under one key."""

_INSERT: Final = insert(disclosure)
_INSERT_KEY: Final = insert(subject_key).values(subject=bindparam("of"), key=bindparam("new"))
_TOMBSTONE: Final = insert(subject_key).values(subject=bindparam("of"), erased_at=bindparam("at"))
_KEY: Final = select(subject_key.c.key).where(subject_key.c.subject == bindparam("of"))
_TEXT: Final = (
    select(disclosure.c.ciphertext, disclosure.c.nonce, subject_key.c.key)
    .select_from(disclosure)
    .outerjoin(subject_key, subject_key.c.subject == disclosure.c.subject)
    .where(disclosure.c.digest == bindparam("of"))
)
_ERASE: Final = (
    update(disclosure)
    .values(nonce=null(), ciphertext=null())
    .where(disclosure.c.digest == bindparam("of"), disclosure.c.subject == bindparam("about"))
)
_ERASE_KEY: Final = (
    update(subject_key).values(key=null(), erased_at=bindparam("at")).where(subject_key.c.subject == bindparam("of"))
)
_ERASED: Final = union(
    select(disclosure.c.subject).where(disclosure.c.ciphertext.is_(None)),
    select(subject_key.c.subject).where(subject_key.c.erased_at.is_not(None)),
).order_by("subject")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A private text that an event of a batch commits to, by that event's place there (from 0).

    `subject` is the stream that it is about, `encoded` the disclosure whose digest the event holds.
    """

    subject: str
    digest: str
    encoded: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """Texts about a subject that are to be destroyed; with `whole`, so is its key, which is never made again."""

    subject: str
    digests: tuple[str, ...]
    whole: bool


def write(own: Link, texts: Iterable[TextRow], size: int) -> None:
    """Encrypts the texts of a batch that begins after position `size`. Raises Damaged "text.no_key"."""
    keys: dict[str, bytes] = {}
    for each in texts:
        if each.subject not in keys:
            keys[each.subject] = _key(own, each.subject)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = _cipher(keys[each.subject]).encrypt(nonce, each.encoded, each.digest.encode())
        own.run(_INSERT, (each.digest, size + 1 + each.offset, each.subject, nonce, sealed))


def erase(own: Link, erasures: Iterable[ErasureRow], at: str) -> None:
    """Destroys texts and nonces, and the keys of what is erased as a whole."""
    for each in erasures:
        for digest in each.digests:
            own.run(_ERASE, (digest, each.subject))
        if each.whole:
            _erase_key(own, each.subject, at)


def _erase_key(own: Link, subject: str, at: str) -> None:
    row = own.run(_KEY, (subject,)).fetchone()
    if row is None:
        # Nothing private was recorded about it, or it was put back from an export: it must not get a key now.
        own.run(_TOMBSTONE, (subject, at))
    elif row[0] is not None:
        own.run(_ERASE_KEY, (at, subject))


def read(own: Link, digest: str) -> Disclosure | None:
    """The text behind a commitment; None where it is erased. Raises Damaged "text.lost", "text.altered"."""
    row = own.run(_TEXT, (digest,)).fetchone()
    if row is None:
        template = "The text behind {digest} is not there, and no erasure took it; see tillit verify."
        raise Damaged("text.lost", template, digest=digest)
    ciphertext, nonce, key = row
    if ciphertext is None:
        return None
    found = opened(digest, ciphertext, nonce, key)
    if found is None:
        template = "The text behind {digest} is not the one that was recorded; see tillit verify."
        raise Damaged("text.altered", template, digest=digest)
    return found


def erased_subjects(own: Link) -> list[str]:
    """The streams about which texts were erased, in the order of their names."""
    return [subject for (subject,) in own.run(_ERASED)]


def opened(digest: str, ciphertext: object, nonce: object, key: object) -> Disclosure | None:
    """The disclosure in a ciphertext; None where it is not the one that the digest commits to."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - only whoever has private texts needs a cipher

    if not all(isinstance(part, bytes) for part in (ciphertext, nonce, key)):
        # Gone; or in a damaged file, anything.
        return None
    try:
        encoded = _cipher(cast("bytes", key)).decrypt(cast("bytes", nonce), cast("bytes", ciphertext), digest.encode())
        return Disclosure.decoded(encoded) if digest_of(encoded) == digest else None
    except (InvalidTag, ValueError):
        # ValueError: a key or nonce of a length that none has.
        return None


def _key(own: Link, subject: str) -> bytes:
    row = own.run(_KEY, (subject,)).fetchone()
    if row is None:
        new = secrets.token_bytes(KEY_BITS // 8)
        own.run(_INSERT_KEY, (subject, new))
        return new
    if row[0] is None:
        template = "The key of the private texts of {subject} is gone, and no erasure says so; see tillit verify."
        raise Damaged("text.no_key", template, subject=subject)
    return bytes(row[0])


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    return AESGCM(key)
