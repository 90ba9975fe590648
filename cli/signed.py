"""A ledger opened to be written to: signed by its key on this machine, and said where it is not."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cli import where
from cli.show import say
from cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger import Keys, Ledger

_NOTICED: Final = timedelta(seconds=1)


def keys() -> Keys:
    """The keys of this machine, in the folder of the settings and so outside every ledger's."""
    from ledger import Keys  # noqa: PLC0415 - the front door, when a command needs it

    return Keys(where.settings_file().with_name("keys"))


@contextmanager
def signed(place: str, *, sign: bool) -> Iterator[Ledger]:
    """The ledger; if anything was recorded in it and not signed, that is said at the end."""
    from ledger import open_ledger  # noqa: PLC0415 - the front door, when a command needs it

    with open_ledger(place, keys=keys(), sign=sign) as ledger:
        before = ledger.head()
        yield ledger
        after = ledger.head()
        tell_unsigned(ledger, before, after, sign=sign)
        if after != before:
            _tell_clock(ledger)


def tell_unsigned(ledger: Ledger, before: int, after: int, *, sign: bool) -> None:
    """Say which entries no checkpoint covers yet, and why."""
    if ledger.notary.signs or after == before:
        return
    why = _("there is no key for this ledger here; see tillit key create") if sign else _("as --no-sign asked")
    say(_("Not signed ({why}): entries {first} to {last}.").format(why=why, first=before + 1, last=after))


def _tell_clock(ledger: Ledger) -> None:
    behind = ledger.clock_behind()
    # Machines that share a server never have quite the same time.
    if behind >= _NOTICED:
        say(
            _(
                "The clock here is {behind} hours behind the last entry; set it right, since until it has caught up everything is recorded at that entry's time."
            ).format(behind=timedelta(seconds=round(behind.total_seconds())))
        )
