"""The key of a witness in a file that nobody else may read, and the keys of the logs that it knows."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, Malformed, NotFound, Refused, Unavailable
from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import COSIGNATURE_V1, ED25519, SigningKey, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LONGEST: Final = 10_000
"""Bytes; no key is written in more."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def create_witness_key(path: Path, name: str) -> VerifierKey:
    """A new key for cosignatures, kept in the new file `path` (mode 0600), and its public half.

    Raises Malformed "witness.name" if no signature line can hold the name, Refused "witness.key_exists",
    Unavailable "witness.key_file".
    """
    try:
        key = SigningKey.generate(name, COSIGNATURE_V1)
    except InvalidNote as wrong:
        template = "{name} is no name for a witness: {why}"
        raise Malformed("witness.name", template, name=name, why=wrong.sentence) from wrong
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep(path, f"{key}\n")
    except FileExistsError as found:
        template = "{file} is there already, and a key is never written over; name another file."
        raise Refused("witness.key_exists", template, file=str(path)) from found
    except OSError as error:
        raise _unavailable(path, error) from error
    return key.verifier


def witness_key(path: Path) -> VerifierKey:
    """The public half of the key in the file `path`. Raises as `read_signing_key`."""
    return read_signing_key(path).verifier


def read_signing_key(path: Path) -> SigningKey:
    """The key in the file `path`.

    Raises NotFound "witness.no_key", Refused "witness.key_exposed" if others may read or change the file, Damaged
    "witness.key_malformed", Unavailable "witness.key_file".
    """
    try:
        text = _secret(path)
    except FileNotFoundError as missing:
        template = "There is no key at {file}; make one (tillit witness key create)."
        raise NotFound("witness.no_key", template, file=str(path)) from missing
    except OSError as error:
        raise _unavailable(path, error) from error
    try:
        key = SigningKey.parse(text.removesuffix("\n"))
    except InvalidNote as wrong:
        # Without the sentence of `wrong`, which may quote from the file.
        raise _malformed(path) from wrong
    if key.algorithm != COSIGNATURE_V1:
        raise _malformed(path)
    return key


def known_logs(vkeys: Iterable[str]) -> dict[str, tuple[VerifierKey, ...]]:
    """The keys of each log by its origin, which is the name of its keys. Raises Malformed "witness.log_key"."""
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for text in vkeys:
        try:
            key = VerifierKey.parse(text)
        except InvalidNote as wrong:
            template = "{key} is not the public key of a log, as tillit key show writes it: {why}"
            raise Malformed("witness.log_key", template, key=text, why=wrong.sentence) from wrong
        if key.algorithm != ED25519:
            raise Malformed("witness.log_key", "{key} is the key of a witness, and not that of a log.", key=text)
        if key not in (keys := logs.get(key.name, ())):
            logs[key.name] = (*keys, key)
    return logs


def _secret(path: Path) -> str:
    # Never waits: a name that turns out to be a pipe has no writer.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(file, encoding="utf-8", errors="replace") as opened:
        mode = os.fstat(file).st_mode
        if not stat.S_ISREG(mode):
            raise _malformed(path)
        if mode & _OTHERS:
            raise Refused(
                "witness.key_exposed",
                "{file} is open to others, so it is not used; take that right away (chmod 600), and if somebody may "
                "have read it, make another key.",
                file=str(path),
            )
        return opened.read(_LONGEST)


def _keep(path: Path, text: str) -> None:
    """Writes the new file whole or not at all, and returns when it would outlive a crash. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(file)
        # Unlike a rename, a link never takes the place of a key that somebody made meanwhile.
        path.hardlink_to(new)
    finally:
        new.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _malformed(path: Path) -> Damaged:
    template = "{file} holds no key of a witness, as tillit witness key create writes it."
    return Damaged("witness.key_malformed", template, file=str(path))


def _unavailable(path: Path, error: OSError) -> Unavailable:
    template = "{file} cannot be used: {why}."
    return Unavailable("witness.key_file", template, file=str(path), why=error.strerror or str(error))
