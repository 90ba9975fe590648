"""What was signed for a log on this machine, so that it is never signed otherwise."""

from __future__ import annotations

import base64
import fcntl
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Damaged, Unavailable
from ledger.signing.files import replace, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINE: Final = re.compile(rb"(0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)")
_LONG: Final = 65_536
"""Bytes of memory above which it is begun anew with its last line."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The last tree that was signed: its size and its root."""

    size: int
    root: bytes


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
            raise unavailable(self._lock, error) from error
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
            raise unavailable(self.path, error) from error
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
                replace(self.path, (line.decode().strip(),), 0o600)
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
            raise unavailable(self.path, error) from error
