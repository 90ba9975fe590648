"""Bags: a folder with a list of its files and their hashes, whole or not there (BagIt 1.0, RFC 8493)."""

from __future__ import annotations

import shutil
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_PAYLOAD: Final = "data/"


def write_bag(
    folder: Path, payload: Iterable[tuple[str, bytes]], info: Mapping[str, str], beside: Mapping[str, bytes]
) -> None:
    """Write a bag into `folder`, which is not there yet or empty.

    `payload` gives paths below data/, each once, with their bytes; `info` is what bag-info.txt says besides
    Payload-Oxum; `beside` are further tag files. Paths are plain ASCII without spaces, so that the manifests need
    none of the RFC's escapes and `sha256sum --check` reads them.

    Raises Refused "case.folder_taken" unless the folder is free, Unavailable "case.folder" if it cannot be written.
    When anything is raised, by `payload` too, there is no bag and nothing is left behind.
    """
    try:
        final = _free(folder)
        final.parent.mkdir(parents=True, exist_ok=True)
        # Beside the final place, since a folder is renamed in one step only within one file system. What mkdtemp
        # makes only its owner may enter: a bag can hold texts that were meant for one reader.
        making = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".unfinished", dir=final.parent))
        try:
            _fill(making, payload, info, beside)
            making.rename(final)
        except BaseException:
            shutil.rmtree(making)
            raise
    except OSError as error:
        template = "{folder} cannot be written: {why}."
        raise Unavailable("case.folder", template, folder=str(folder), why=error.strerror or str(error)) from error


def _free(folder: Path) -> Path:
    """Where the bag goes, symbolic links followed. Raises Refused, OSError."""
    final = folder.resolve()
    if final.exists() and not (final.is_dir() and next(final.iterdir(), None) is None):
        template = "{folder} is there already and not an empty folder; name another one."
        raise Refused("case.folder_taken", template, folder=str(folder))
    return final


def _fill(
    folder: Path, payload: Iterable[tuple[str, bytes]], info: Mapping[str, str], beside: Mapping[str, bytes]
) -> None:
    manifest: dict[str, str] = {}
    octets = 0
    for name, data in payload:
        path = _PAYLOAD + name
        manifest[path] = _written(folder / path, data)
        octets += len(data)
    told = {"Payload-Oxum": f"{octets}.{len(manifest)}", **info}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in told.items()).encode(),
        "manifest-sha256.txt": _lines(manifest),
        **beside,
    }
    listed = {name: _written(folder / name, data) for name, data in tags.items()}
    _written(folder / "tagmanifest-sha256.txt", _lines(listed))


def _written(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return sha256(data).hexdigest()


def _lines(hashes: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items())).encode()
