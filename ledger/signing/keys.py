"""The keys of a machine: the one that signs for a log, and those that ever did."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ledger.errors import Damaged, NotFound, Refused
from ledger.signing.files import replace, secret, unavailable
from ledger.signing.memory import Memory
from ledger.signing.signer import Signer
from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import ED25519, SigningKey, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Keys:
    """A folder of keys, one for each log: `NAME.key` is secret, `NAME.vkeys` holds the public keys of all times."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, origin: str) -> VerifierKey:
        """A new key for a log that has none. Raises Refused "key.exists", Unavailable "key.folder"."""
        if self._file(origin, "key").exists():
            template = "There is a key for {origin} already; tillit key rotate replaces it."
            raise Refused("key.exists", template, origin=origin)
        key = SigningKey.generate(origin)
        self.keep(key)
        return key.verifier

    def key(self, origin: str) -> SigningKey:
        """The key that signs for a log. Raises NotFound "key.none", Refused "key.exposed", Damaged "key.malformed"."""
        path = self._file(origin, "key")
        try:
            text = secret(path)
        except FileNotFoundError:
            template = "There is no key for {origin} here; make one (tillit key create)."
            raise NotFound("key.none", template, origin=origin) from None
        except OSError as error:
            raise unavailable(path, error) from error
        try:
            key = SigningKey.parse(text.strip())
        except InvalidNote as wrong:
            template = "{file} holds no key: {why}"
            raise Damaged("key.malformed", template, file=str(path), why=str(wrong)) from wrong
        listed = self.verifiers(origin)
        # What a key signs that nobody can verify by is as good as damage; where the list itself is lost, it is not.
        if key.name != origin or key.algorithm != ED25519 or (listed and key.verifier not in listed):
            template = "{file} holds another key than those that sign for {origin}; restore it from a backup."
            raise Damaged("key.malformed", template, file=str(path), origin=origin)
        return key

    def verifiers(self, origin: str) -> tuple[VerifierKey, ...]:
        """The public keys that ever signed for the log here, the newest last. Raises Damaged "key.malformed"."""
        path = self._file(origin, "vkeys")
        try:
            return tuple(VerifierKey.parse(line) for line in path.read_text(encoding="utf-8").splitlines())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise unavailable(path, error) from error
        except (InvalidNote, ValueError) as wrong:
            template = "{file} holds what is no public key: {why}"
            raise Damaged("key.malformed", template, file=str(path), why=str(wrong)) from wrong

    def signer(self, origin: str, *, signs: bool = True) -> Signer | None:
        """Who signs for the log, or with `signs` false only compares; None where nothing was ever signed here."""
        memory = Memory(self._file(origin, "signed"), self._file(origin, "lock"))
        has_key = self._file(origin, "key").exists()
        if not has_key and not memory.path.exists():
            return None
        return Signer(origin, memory, self._reader(origin) if signs else lambda: None)

    @contextmanager
    def founding(self) -> Iterator[None]:
        """Nobody else founds a ledger with these keys meanwhile. Raises Unavailable "key.folder"."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise unavailable(self.folder, error) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def forget(self, origin: str) -> None:
        """Takes away the key of a log that came to nothing."""
        for ending in ("key", "vkeys", "signed", "lock"):
            self._file(origin, ending).unlink(missing_ok=True)

    def keep(self, key: SigningKey) -> None:
        """The key signs from now on, in place of the one that was, which is forgotten. Raises "key.folder"."""
        path = self._file(key.name, "key")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            public = self._file(key.name, "vkeys")
            # The public key first: a key that signs and that nobody can verify by would be the worse half.
            replace(public, (*map(str, self.verifiers(key.name)), str(key.verifier)), 0o644)
            replace(path, (str(key),), 0o600)
        except OSError as error:
            raise unavailable(path, error) from error

    def _file(self, origin: str, ending: str) -> Path:
        readable = re.sub(r"[^A-Za-z0-9._-]", "_", origin)[:60]
        return self.folder / f"{readable}-{hashlib.sha256(origin.encode()).hexdigest()[:12]}.{ending}"

    def _reader(self, origin: str) -> Callable[[], SigningKey | None]:
        """Gives the key that signs for the log, read again where its file is another; None until there is one.

        Once there was one, it raises as `key`.
        """
        path = self._file(origin, "key")
        seen: object = None
        key: SigningKey | None = None

        def current() -> SigningKey | None:
            nonlocal seen, key
            now = _identity(path)
            if now != seen:
                key, seen = self.key(origin), now
            return key

        return current


def _identity(path: Path) -> object:
    """What changes with every file that is put there, and with its rights; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - at each signature, and a Path costs more than the call
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unavailable(path, error) from error
    return found.st_ino, found.st_ctime_ns
