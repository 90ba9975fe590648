"""Keys and what was signed with them, outside the ledger's folder: the signer is the first witness of its own log."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, NotFound, Refused, Unavailable
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.errors import InvalidNote
from ledger.transparency.notes import ED25519, SigningKey, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LINE: Final = re.compile(rb"(0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)")
_LONG: Final = 65_536
"""Bytes of memory above which it is begun anew with its last line."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Signed:
    """The last tree that was signed: its size and its root."""

    size: int
    root: bytes


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

    def successor(self, origin: str) -> SigningKey:
        """A new key for a log that has one, to be endorsed by that and then kept. Raises as `key`."""
        self.key(origin)
        return SigningKey.generate(origin)

    def key(self, origin: str) -> SigningKey:
        """The key that signs for a log. Raises NotFound "key.none", Refused "key.exposed", Damaged "key.malformed"."""
        path = self._file(origin, "key")
        try:
            text = _secret(path)
        except FileNotFoundError:
            template = "There is no key for {origin} here; make one (tillit key create)."
            raise NotFound("key.none", template, origin=origin) from None
        except OSError as error:
            raise _unavailable(path, error) from error
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
            raise _unavailable(path, error) from error
        except (InvalidNote, ValueError) as wrong:
            template = "{file} holds what is no public key: {why}"
            raise Damaged("key.malformed", template, file=str(path), why=str(wrong)) from wrong

    def signer(self, origin: str, *, signs: bool = True) -> Signer | None:
        """Who signs for the log, or with `signs` false only compares; None where nothing was ever signed here."""
        memory = Memory(self._file(origin, "signed"), self._file(origin, "lock"))
        has_key = self._file(origin, "key").exists()
        if not has_key and not memory.path.exists():
            return None
        return Signer(origin, self.key(origin) if signs and has_key else None, memory)

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
            _replace(public, (*map(str, self.verifiers(key.name)), str(key.verifier)), 0o644)
            _replace(path, (str(key),), 0o600)
        except OSError as error:
            raise _unavailable(path, error) from error

    def _file(self, origin: str, ending: str) -> Path:
        readable = re.sub(r"[^A-Za-z0-9._-]", "_", origin)[:60]
        return self.folder / f"{readable}-{hashlib.sha256(origin.encode()).hexdigest()[:12]}.{ending}"


class Memory:
    """What was signed, one line for each time: `SIZE ROOT`. A line that a crash cut short is passed over."""

    def __init__(self, path: Path, lock: Path) -> None:
        self.path = path
        self._lock = lock

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else signs for this log on this machine meanwhile. Raises Unavailable "key.folder"."""
        try:
            ticket = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unavailable(self._lock, error) from error
        try:
            fcntl.flock(ticket, fcntl.LOCK_EX)
            yield
        finally:
            os.close(ticket)

    def last(self) -> Signed | None:
        """Raises Damaged "key.memory" where a line but the last is none."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unavailable(self.path, error) from error
        whole = data[: data.rfind(b"\n") + 1].splitlines()
        for line in reversed(whole):
            match = _LINE.fullmatch(line)
            if match is None:
                template = "{file} should hold what was signed last, and cannot be read; restore it from a backup."
                raise Damaged("key.memory", template, file=str(self.path))
            return Signed(int(match[1]), base64.b64decode(match[2]))
        return None

    def add(self, signed: Signed) -> None:
        """Raises Unavailable "key.forgotten"."""
        line = b"%d %b\n" % (signed.size, base64.b64encode(signed.root))
        try:
            # Not forced to the disk: what a power cut takes from it was signed for nobody but the ledger itself.
            # What leaves the house is forced, see `settle`.
            if self.path.exists() and self.path.stat().st_size > _LONG:
                _replace(self.path, (line.decode().strip(),), 0o600)
                return
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                end = os.fstat(file).st_size
                # After a crash the last line may be half there, or zeroes in its place.
                torn = end and os.pread(file, 1, end - 1) != b"\n"
                if torn:
                    whole = os.pread(file, end, 0)
                    os.ftruncate(file, whole.rfind(b"\n") + 1)
                os.write(file, line)
            finally:
                os.close(file)
        except OSError as error:
            template = "All is recorded and signed, but {file} could not be told: {why}. Make room there."
            raise Unavailable("key.forgotten", template, file=str(self.path), why=error.strerror) from error

    def settle(self) -> None:
        """Forces what was signed to the disk, before anybody outside is shown it."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise _unavailable(self.path, error) from error


class Signer:
    """Signs for one log and remembers what, so that it never signs two histories. `key` None: it only compares."""

    def __init__(self, origin: str, key: SigningKey | None, memory: Memory) -> None:
        self.origin = origin
        self.key = key
        self.memory = memory

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        with self.memory.held():
            turn = Turn(self, self.memory.last())
            yield turn
            # Before anybody else has a turn, whose later line this one would else come after.
            turn.remember()


class Turn:
    """One signature: compared with the last, made, and remembered once it is in the record."""

    def __init__(self, signer: Signer, last: Signed | None) -> None:
        self._signer = signer
        self._last = last
        self._made: Signed | None = None

    def compare(self, size: int, root_at: Callable[[int], bytes]) -> None:
        """Raises Refused "log.behind", Damaged "log.forked" where what was signed does not lead to this log."""
        last = self._last
        if last is None:
            return
        if size < last.size:
            raise Refused(
                "log.behind",
                "The ledger holds {size} events, and {signed} were signed here: it is an older copy, or cut short. "
                "It can be read, and nothing is added to it.",
                hints=("tillit continue --from-export DIR", "tillit continue --new-origin --reason TEXT"),
                size=size,
                signed=last.size,
            )
        if root_at(last.size) != last.root:
            raise Damaged(
                "log.forked",
                "The first {signed} events are not those that were signed here: history was altered. "
                "The ledger can be read, and nothing is added to it; see tillit verify.",
                signed=last.size,
            )

    def signed(self, size: int, root: bytes) -> bytes | None:
        """The checkpoint as a signed note; None where this signer has no key."""
        if self._signer.key is None:
            return None
        self._made = Signed(size, root)
        return Checkpoint(self._signer.origin, size, root).signed(self._signer.key).encoded()

    def remember(self) -> None:
        if self._made is not None and self._made != self._last:
            self._signer.memory.add(self._made)


def _secret(path: Path) -> str:
    """The text of a file that nobody else may read. Raises OSError, Refused "key.exposed"."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with os.fdopen(file, encoding="utf-8", errors="replace") as opened:
        if os.fstat(file).st_mode & _OTHERS:
            raise Refused(
                "key.exposed",
                "{file} can be read by others, so it is not used; take that right away (chmod 600), and if somebody "
                "may have read it, make another key (tillit key rotate).",
                file=str(path),
            )
        return opened.read(10_000)


def _replace(path: Path, lines: tuple[str, ...], mode: int) -> None:
    """The file with these lines, whole or not at all. Raises OSError."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.writelines(f"{line}\n" for line in lines)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _unavailable(path: Path, error: OSError) -> Unavailable:
    template = "{file} cannot be used: {why}."
    return Unavailable("key.folder", template, file=str(path), why=error.strerror or str(error))
