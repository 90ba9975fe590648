"""Small files that are whole or not there, and some that nobody else may read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LONGEST: Final = 10_000
"""Characters; no key has as many."""


def secret(path: Path) -> str:
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
        return opened.read(_LONGEST)


def replace(path: Path, lines: tuple[str, ...], mode: int) -> None:
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


def unavailable(path: Path, error: OSError) -> Unavailable:
    template = "{file} cannot be used: {why}."
    return Unavailable("key.folder", template, file=str(path), why=error.strerror or str(error))
