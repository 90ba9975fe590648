"""Which ledger, and who is asking: what was said, else what the environment says, else what lies nearest."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from cli.errors import Usage
from cli.words import _, later

FOLDER: Final = ".tillit"
FILE: Final = "ledger.db"
_FOUND: Final = "tillit init NAME --founder HANDLE"
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# As far as the last @, since somebody may have written one that should have been %40.
_SECRET: Final = re.compile(r"(://[^:/?@]*:).*(?=@)|([?&](?:ssl)?password=)[^&]*")


def place(given: str | None) -> str:
    """The path or SQLAlchemy URL of the ledger. Raises NotFound where there is none, Usage as `no_secret`."""
    said = no_secret(given) or os.environ.get("TILLIT_LEDGER")
    if not said:
        return str(_nearest())
    if _URL.match(said):
        return said
    path = Path(said).expanduser()
    for candidate in (path, path / FILE if path.name == FOLDER else path / FOLDER / FILE):
        if candidate.is_file():
            return str(candidate)
    from ledger.errors import NotFound  # noqa: PLC0415 - the ledger is imported when needed

    raise NotFound("ledger.none", later("There is no ledger at {path}."), hints=(_FOUND,), path=said)


def founding_place(given: str | None) -> str:
    """Where a new ledger goes: `.tillit/ledger.db` in the folder given or this one, or the very file or URL given.

    Raises Usage as `no_secret`.
    """
    said = no_secret(given) or os.environ.get("TILLIT_LEDGER")
    if said and _URL.match(said):
        return said
    path = Path(said).expanduser() if said else Path()
    if path.suffix == ".db" and not path.is_dir():
        return str(path)
    return str(path / FILE if path.name == FOLDER else path / FOLDER / FILE)


def no_secret(given: str | None) -> str | None:
    """What was typed, unless it holds a password. Raises Usage "ledger.password"."""
    if given and masked(given) != given:
        hints = (
            _("a password file, ~/.pgpass or PGPASSFILE"),
            _("or a service file, PGSERVICEFILE, and ?service=NAME in the address"),
            _("or TILLIT_LEDGER, which only you can read"),
        )
        template = later("A password on the command line can be read by everybody on this machine; keep it elsewhere.")
        raise Usage("ledger.password", template, hints=hints)
    return given


def masked(place: str) -> str:
    """The place as it may be shown: the URL of a server without its password."""
    return _SECRET.sub(r"\1\2***", place) if _URL.match(place) else place


def _nearest() -> Path:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        # The folder was removed under our feet: nothing lies upward of it.
        folders: tuple[Path, ...] = ()
    else:
        folders = (here, *here.parents)
    for folder in folders:
        path = folder / FOLDER / FILE
        if path.is_file():
            return path
    from ledger.errors import NotFound  # noqa: PLC0415 - the ledger is imported when needed

    hints = (_FOUND, _("or say where it is: --ledger PATH, or TILLIT_LEDGER"))
    raise NotFound("ledger.none", later("There is no ledger here or in any folder above."), hints=hints)


def me(given: str | None) -> str | None:
    """The handle of whoever is typing, where anybody has said it."""
    return given or os.environ.get("TILLIT_ME") or settings().get("me") or None


def settings_file() -> Path:
    """`config.toml` in the folder that TILLIT_CONFIG names, else in the user's own for settings."""
    if folder := os.environ.get("TILLIT_CONFIG"):
        return Path(folder).expanduser() / "config.toml"
    from platformdirs import user_config_path  # noqa: PLC0415 - only who asks for the settings pays for it

    return user_config_path("tillit") / "config.toml"


def settings() -> dict[str, str]:
    """The texts that are set in the settings file; none where there is no file."""
    import tomllib  # noqa: PLC0415 - only who asks for the settings pays for it

    path = settings_file()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError as problem:
        template = later("The settings in {path} cannot be read: {problem}.")
        raise Usage("config.unreadable", template, path=path, problem=problem) from None
    return {name: value for name, value in found.items() if isinstance(value, str)}
