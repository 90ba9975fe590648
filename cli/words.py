"""The words for people: each goes through gettext, in the language that the environment asks for."""

from __future__ import annotations

import gettext
import os
from functools import cache

DOMAIN = "tillit"
FOLDER = os.path.join(os.path.dirname(__file__), "locale")  # noqa: PTH118, PTH120 - pathlib costs every start 3 ms


@cache
def _catalogue(folder: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, folder, fallback=True)


def _(text: str) -> str:
    """The sentence in the reader's language; the English one is its own key."""
    # gettext answers the empty string with the catalogue's header.
    return _catalogue(FOLDER).gettext(text) if text else ""


def plural(one: str, many: str, count: int) -> str:
    return _catalogue(FOLDER).ngettext(one, many, count)


def later(text: str) -> str:
    """Marks a sentence for the translators where it is only stored; whoever shows it calls `_`."""
    return text
